"""Whom the company's own provider brings in: people we know, or asked in, by an address that it has verified."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, NamedTuple, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from smarketing.actions.invitations import accept_by_provider
from smarketing.actions.trail import note
from smarketing.web.accounts.settings import PROVIDER
from smarketing.web.network import network_of

UNVERIFIED = "Your provider has not verified your e-mail address, so nobody knows that it is yours."
UNKNOWN = "Nobody here has this address. Ask somebody of operations to invite you."
ANOTHER = "This address belongs to another identity at your provider. Ask somebody of operations to take that link away."
SWITCHED_OFF = "You may not come in any more. Ask somebody of operations."
TWO_PEOPLE = "Your provider told of two people at once."
FAILED = "failed to sign in"
ELSEWHERE = {"cross-site", "same-site"}
"""What browsers say of a link on a page that is not ours."""


class Offered(NamedTuple):
    """A provider to sign in with: its name, and the address that leads there."""

    name: str
    url: str


def offered() -> Offered | None:
    """The company's own provider, where the settings name one."""
    apps = getattr(settings, "SOCIALACCOUNT_PROVIDERS")["openid_connect"]["APPS"]  # noqa: B009 -- not one of Django's
    return Offered(apps[0]["name"], reverse("openid_connect_login", args=[PROVIDER])) if apps else None


def asked_for(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view; nobody is sent to the provider, and so signed in, because another site's page leads there: they see the login first."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.headers.get("Sec-Fetch-Site", "same-origin") in ELSEWHERE:
            return redirect("login")
        return view(request, *args, **kwargs)

    return answered


def admit(request: HttpRequest, login: Any) -> None:
    """Go on for a user who may come in, linked with the identity from now on. Raises ImmediateHttpResponse with the reason else."""
    told = login.account.extra_data
    email = str(_claims(told).get("email") or "").strip().lower()
    if _two_people(told):
        _refuse(request, email, TWO_PEOPLE)
    if not login.is_existing:
        _link(request, login, email)
    if not login.user.is_active:
        _refuse(request, login.user.email, SWITCHED_OFF)


def _link(request: HttpRequest, login: Any, email: str) -> None:
    if _claims(login.account.extra_data).get("email_verified") is not True:
        _refuse(request, email, UNVERIFIED)
    user = _known(email) or accept_by_provider(email, network=network_of(request))
    if user is None:
        _refuse(request, email, UNKNOWN)
    if _has_another(user, login):
        _refuse(request, email, ANOTHER)
    if not user.is_active:
        _refuse(request, email, SWITCHED_OFF)
    login.connect(request, user)
    note(user.email, "linked a provider", user.email, now=datetime.now(UTC), network=network_of(request))


def _known(email: str) -> Any:
    from smarketing.records.people import User

    return User.objects.filter(email=email).first() if email else None


def _has_another(user: Any, login: Any) -> bool:
    """An address that is given to somebody new opens nothing of whoever had it."""
    from allauth.socialaccount.models import SocialAccount

    mine = SocialAccount.objects.filter(user=user, provider=login.account.provider)
    return bool(mine.exclude(uid=login.account.uid).exists())


def _claims(told: dict[str, Any]) -> dict[str, Any]:
    """What is said of the person: by the address for that where there is one, else by the token."""
    claims: dict[str, Any] = told.get("userinfo") or told.get("id_token") or {}
    return claims


def _two_people(told: dict[str, Any]) -> bool:
    """The answer about a person must be about the one whom the token names."""
    both = [part["sub"] for part in (told.get("userinfo"), told.get("id_token")) if part and "sub" in part]
    return len(set(both)) > 1


def _refuse(request: HttpRequest, email: str, reason: str) -> NoReturn:
    note(email or "somebody", FAILED, email, now=datetime.now(UTC), network=network_of(request), way="provider", because=reason)
    raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", {"reason": reason}, status=403))


def failed(request: HttpRequest, provider: Any, error: Any, exception: Exception | None) -> None:
    """The provider did not bring anybody."""
    because = type(exception).__name__ if exception else str(getattr(error, "value", error) or "unknown")
    note("somebody", FAILED, now=datetime.now(UTC), network=network_of(request), way="provider", because=because)


def linked(user: Any) -> bool:
    """Whether this user is linked with an identity of the provider."""
    from allauth.socialaccount.models import SocialAccount

    return bool(SocialAccount.objects.filter(user=user, provider=PROVIDER).exists())
