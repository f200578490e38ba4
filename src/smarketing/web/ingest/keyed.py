"""Programs that come with a key: `Authorization: Bearer smk_…`."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from smarketing.records.keys import ApiKey

BEARER = "bearer "
REMEMBERED_SECONDS = 1.0
"""So long a key that was found is believed; one that is revoked meanwhile opens nothing after that."""
MOST_REMEMBERED = 1_000
BETWEEN_MARKS = timedelta(minutes=1)
WORK = frozenset({"api:inbox", "api:lead", "api:receipt", "api:handoffs"})
"""What somebody has to see who acts."""
NUMBERS = "state scoreboard funnel campaigns attribution reps plan leads agreements agreement behind"
ROUTES_OF = {
    "facts:write": frozenset({"api:facts"}),
    "read": WORK | {f"api:{name}" for name in NUMBERS.split()},
    "acts:write": WORK | {"api:act", "api:undo"},
}
"""What each scope opens, by the names of routes; everything else stays closed to a key."""
_known: dict[str, tuple[float, ApiKey]] = {}
_lock = threading.Lock()


def token_of(request: HttpRequest) -> str | None:
    """The token that a program shows; None where the request shows none."""
    said = request.META.get("HTTP_AUTHORIZATION", "")
    return said[len(BEARER) :].strip() if said[: len(BEARER)].lower() == BEARER else None


def key_shown(token: str) -> ApiKey | None:
    """The key of this token; None for one that is unknown or revoked."""
    from smarketing.records.keys import key_of

    now = time.monotonic()
    with _lock:
        until, key = _known.get(token, (0.0, None))
    if key is not None and now < until:
        return key
    found = key_of(token)
    if found is not None:
        _used(found)
    with _lock:
        if len(_known) >= MOST_REMEMBERED:
            _known.clear()
        _known.pop(token, None)
        if found is not None:
            _known[token] = (now + REMEMBERED_SECONDS, found)
    return found


def _used(key: ApiKey) -> None:
    """Written down once a minute at most: a key that is used all the time costs nothing more."""
    now = datetime.now(UTC)
    if key.last_used_at is None or now - key.last_used_at > BETWEEN_MARKS:
        key.last_used_at = now
        key.save(update_fields=["last_used_at"])


def opens(key: ApiKey, route: str) -> bool:
    """Whether the key's scope holds this route."""
    return route in ROUTES_OF.get(key.scope, ())


def forget_keys() -> None:
    """Look every key up again."""
    with _lock:
        _known.clear()
