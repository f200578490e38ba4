"""How often somebody may try: failures of a login by account and by address, and what may be asked for in a while; in this process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from smarketing.web.network import network_of

WITHIN_SECONDS = 15 * 60
OF_AN_ACCOUNT_THERE = 10
"""From one address: whoever tries another's password holds up nobody who sits elsewhere."""
OF_AN_ADDRESS = 50
"""An office shares one address."""
OF_AN_ACCOUNT = 100
"""From everywhere."""
REMEMBERED = 10_000
API = "api:"

_failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
_lock = threading.Lock()


class Rate(NamedTuple):
    """So many requests `within_seconds`, counted by whoever sends them: a key, a user, or the address of whoever is nobody yet."""

    most: int
    within_seconds: float


OFTEN = Rate(3000, 60)
"""Of the API; what one person or program can send. Facts have their own measure, at their own door."""
UNKNOWN = Rate(300, 60)
"""Of keys that nobody has, from one address; whoever comes with a good one is not held up by them."""
CODES, LINKS, CHANGES, GUESSES = Rate(30, 60), Rate(30, 60), Rate(30, 60), Rate(10, WITHIN_SECONDS)
RATES = {
    "mfa_authenticate": CODES, "mfa_reauthenticate": CODES, "account_reauthenticate": GUESSES, "mfa_activate_totp": CODES,
    "invitation": LINKS, "openid_connect_login": LINKS, "openid_connect_callback": LINKS, "password": GUESSES,
    "invite": CHANGES, "person-change": CHANGES, "key-make": CHANGES,
}  # fmt: skip
"""Of forms and links that somebody could try again and again; each has its own count."""
EVEN_LOOKED_AT = {"invitation", "openid_connect_login", "openid_connect_callback"}
"""Routes where looking is trying."""
UNCOUNTED = {"api:facts"}


def wait_seconds(email: str, address: str) -> int:
    """For how long nobody may try this account, or from this address; 0: go ahead."""
    with _lock:
        return max(_wait(key, most) for key, most in _counts(email, address))


def failed(email: str, address: str) -> None:
    """One more failure."""
    with _lock:
        for key, most in _counts(email, address):
            _remember(key, most)


def _counts(email: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    """What failures are counted under, and how many may be."""
    there = (f"account at {address}", email)
    return (there, OF_AN_ACCOUNT_THERE), (("address", address), OF_AN_ADDRESS), (("account", email), OF_AN_ACCOUNT)


def forgiven(email: str, address: str) -> None:
    """Somebody logged in: the account's failures at that address are forgotten, all others are not."""
    with _lock:
        _failures.pop((f"account at {address}", email), None)


def forget() -> None:
    """No failure and no request is remembered any more."""
    with _lock:
        _failures.clear()


def over_the_rate(name: str, whose: str, rate: Rate) -> int:
    """Count one request; the seconds to wait where it is one too many, else 0. One too many is not counted itself."""
    key = (name, whose)
    with _lock:
        seconds = _wait(key, rate.most, rate.within_seconds)
        if not seconds:
            _remember(key, rate.most)
    return seconds


def _remember(key: tuple[str, str], most: int) -> None:
    _failures.setdefault(key, deque(maxlen=most)).append(time.monotonic())
    _failures.move_to_end(key)
    while len(_failures) > REMEMBERED:
        _failures.popitem(last=False)


def _wait(key: tuple[str, str], most: int, within: float = WITHIN_SECONDS) -> int:
    """Seconds until fewer than `most` of them lie within the time."""
    times = _failures.get(key, ())
    left = times[-most] + within - time.monotonic() if len(times) >= most else 0.0
    return int(left) + 1 if left > 0 else 0


class Pace:
    """Answers 429 with `Retry-After` to whoever asks too often."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Called by Django when it knows the route; an answer from here ends the request."""
        route = request.resolver_match.view_name if request.resolver_match else ""
        rate = RATES.get(route) or (OFTEN if route.startswith(API) and route not in UNCOUNTED else None)
        counted = request.method == "POST" or route in EVEN_LOOKED_AT or route.startswith(API)
        seconds = over_the_rate(route if route in RATES else API, whose(request), rate) if rate and counted else 0
        return slower(request, seconds) if seconds else None


def whose(request: HttpRequest) -> str:
    """Whom a request is counted for."""
    key = getattr(request, "key", None)
    if key is not None:
        return f"key {key.pk}"
    return f"user {request.user.pk}" if request.user.is_authenticated else f"address {network_of(request)}"


def slower(request: HttpRequest, seconds: int) -> HttpResponse:
    """429, and when to come again."""
    said = f"Too many at once. Try again in {seconds} seconds."
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "too_many", "message": said}, status=429, headers={"Retry-After": str(seconds)})
    answer = render(request, "errors/429.html", {"seconds": seconds}, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer
