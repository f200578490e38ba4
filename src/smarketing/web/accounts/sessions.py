"""How long somebody stays signed in, and where else they are."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase

from smarketing.actions.trail import note
from smarketing.web.gate import Answer
from smarketing.web.network import network_of

BEGUN, SEEN = "begun", "seen"
IDLE_SECONDS = 12 * 3600
"""A working day without a page ends the session."""
LONGEST_SECONDS = 7 * 24 * 3600
"""However busy somebody is, after so long they show again who they are."""
SECONDS_BETWEEN_MARKS = 5 * 60
"""A session is written to the database at most so often only because it was used."""
HUNG_ON_A_WALL = ("/tv",)
"""Pages that nobody touches: looking at them is using them."""


class EndInTime:
    """Ends sessions that nobody used for long, or that are old. A page that asks for its own parts uses nothing."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.COOKIES and SESSION_KEY in request.session:
            now = time.time()
            if over(request.session, now):
                note(str(getattr(request.user, "email", "somebody")), "was signed out", now=datetime.now(UTC), network=network_of(request),
                     because="too long ago")  # fmt: skip
                request.session.flush()
                request.user = AnonymousUser()
            elif is_used(request):
                _mark(request, now)
        return self.answer(request)


def over(session: Any, now: float) -> bool:
    """Whether a session has come to its end."""
    return bool(now - session.get(SEEN, now) > IDLE_SECONDS or now - session.get(BEGUN, now) > LONGEST_SECONDS)


def begin(request: HttpRequest) -> None:
    """Somebody has just signed in."""
    request.session[BEGUN] = request.session[SEEN] = time.time()


def is_used(request: HttpRequest) -> bool:
    """Whether a person did this: pages ask for their own parts again and again, with nobody there."""
    by_itself = request.headers.get("HX-Request") == "true" and request.method == "GET"
    return not by_itself or request.path.startswith(HUNG_ON_A_WALL)


def renewed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view; whoever proves in it anew who they are goes on in a new session, and the old one opens nothing any more."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        from allauth.usersessions.models import UserSession

        before, proved = request.session.session_key, _proved(request)
        answer = view(request, *args, **kwargs)
        if proved != _proved(request):
            request.session.cycle_key()
            UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
        return answer

    return answered


def _proved(request: HttpRequest) -> Any:
    """When and how whoever sits there showed who they are, the last time."""
    return (request.session.get("account_authentication_methods") or [None])[-1]


def _mark(request: HttpRequest, now: float) -> None:
    from allauth.usersessions.models import UserSession

    session = request.session
    session.setdefault(BEGUN, now)
    if now - session.get(SEEN, 0.0) < SECONDS_BETWEEN_MARKS:
        return
    session[SEEN] = now
    UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=datetime.now(UTC))


def sessions_of(request: HttpRequest) -> list[Any]:
    """Where the reader is signed in, this session first, then the one used last; those that ended are forgotten."""
    from allauth.usersessions.models import UserSession

    UserSession.objects.create_from_request(request)
    found = UserSession.objects.purge_and_list(request.user)
    return sorted(found, key=lambda each: (not is_this(each, request), -each.last_seen_at.timestamp()))


def is_this(session: Any, request: HttpRequest) -> bool:
    """Whether it is the session of this request."""
    return bool(session.session_key == request.session.session_key)


def other_session(request: HttpRequest, number: int) -> Any:
    """One of the reader's sessions; None where that is no session of theirs, or this one."""
    from allauth.usersessions.models import UserSession

    session = UserSession.objects.filter(user_id=request.user.pk, pk=number).first()
    return None if session is None or is_this(session, request) else session


def end_one(request: HttpRequest, number: int) -> None:
    """Sign the reader out in one other place, where they are there."""
    session = other_session(request, number)
    if session is not None:
        session.end()


def end_others(request: HttpRequest) -> int:
    """Sign the reader out everywhere but here; in how many places."""
    others = [each for each in sessions_of(request) if not is_this(each, request)]
    for each in others:
        each.end()
    return len(others)


DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


def device(agent: str) -> str:
    """What a browser calls itself, in two words: `Firefox on Linux`."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "A browser")
    where = next((name for sign, name in DEVICES if sign in agent), "")
    return f"{browser} on {where}" if where else browser
