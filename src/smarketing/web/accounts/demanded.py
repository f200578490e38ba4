"""Whoever needs a second factor and has none sets one up before anything else."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from smarketing.web.access import Role, Verdict, verdict
from smarketing.web.accounts.settings import needs_second_factor
from smarketing.web.gate import API, Answer

HAS_ONE = "second factor"
"""What a session remembers: whoever has one keeps it while it is demanded, and loses the session with it."""
FIRST = {"mfa_activate_totp", "account_reauthenticate", "logout", "account_logout", "login", "account_login"}
"""These open to them; so do routes that open to everybody."""


class SecondFactorFirst:
    """Sends whoever has to set up a second factor there."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Called by Django when it knows the route; an answer from here ends the request."""
        user: Any = request.user
        if getattr(request, "key", None) is not None or not user.is_authenticated or not lacks_second_factor(request):
            return None
        route = request.resolver_match.view_name if request.resolver_match else ""
        if route in FIRST or verdict(route, Role.anonymous) is Verdict.allow:
            return None
        if route.startswith(API):
            return JsonResponse({"code": "second_factor", "message": "Set up a second factor in the browser first."}, status=403)
        to = reverse("mfa_activate_totp")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": to})
        return redirect(to)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether the reader needs a second factor and has none yet."""
    user: Any = request.user
    if not needs_second_factor(user.role) or request.session.get(HAS_ONE):
        return False
    if has_second_factor(user):
        request.session[HAS_ONE] = True
        return False
    return True


def has_second_factor(user: Any) -> bool:
    """Whether an app makes codes for this user."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())
