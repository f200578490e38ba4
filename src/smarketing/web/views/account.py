"""`/account`: what protects one's own account, and where one is signed in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from smarketing.actions.trail import note
from smarketing.web.accounts import sessions
from smarketing.web.accounts.demanded import has_second_factor
from smarketing.web.accounts.provided import linked, offered
from smarketing.web.accounts.settings import needs_second_factor, second_factor
from smarketing.web.network import network_of


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The password, the second factor, the provider, the sessions."""
    user: Any = request.user
    here = [{"session": each, "this": sessions.is_this(each, request), "device": sessions.device(each.user_agent)}
            for each in sessions.sessions_of(request)]  # fmt: skip
    has_one = has_second_factor(user)
    context = {
        "answer": _answer(has_one, len(here)),
        "has_second_factor": has_one,
        "second_factor": second_factor(),
        "needed": needs_second_factor(user.role),
        "provider": offered(),
        "linked": linked(user),
        "sessions": here,
    }
    return render(request, "pages/account.html", context)


def _answer(has_one: bool, number: int) -> str:
    factor = "a password and a second factor" if has_one else "a password alone"
    places = "here alone" if number == 1 else f"at {number} places"
    return f"Your account is protected by {factor}, and you are signed in {places}."


@require_POST
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """Sign out in one other place; somebody else's session is nowhere to be found."""
    if sessions.other_session(request, number) is None:
        raise Http404
    answer: HttpResponse = _end_session(request, number)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def _end_session(request: HttpRequest, number: int) -> HttpResponse:
    sessions.end_one(request, number)
    _told(request, 1)
    return redirect("account")


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    _told(request, sessions.end_others(request))
    return redirect("account")


def _told(request: HttpRequest, number: int) -> None:
    user: Any = request.user
    if number:
        note(user.email, "signed out elsewhere", user.email, now=datetime.now(UTC), network=network_of(request), places=number)
    messages.success(request, "Everywhere else you are signed out." if number != 1 else "You are signed out there.")
