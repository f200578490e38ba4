"""Signing in and out and what protects an account, as entries of the audit trail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from allauth.mfa import signals as factors
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from smarketing.actions.trail import note
from smarketing.web.accounts.sessions import begin
from smarketing.web.network import network_of

KINDS = {"totp": "a second factor", "recovery_codes": "recovery codes"}


def listen() -> None:
    """Hear of it from now on; called once, when all apps are there."""
    user_logged_in.connect(_in, dispatch_uid="smarketing.in")
    user_logged_out.connect(_out, dispatch_uid="smarketing.out")
    for signal, what in (
        (factors.authenticator_added, "set up {}"), (factors.authenticator_removed, "switched off {}"),
        (factors.authenticator_reset, "made new {}"),
    ):  # fmt: skip
        signal.connect(_factor(what), weak=False, dispatch_uid=f"smarketing.{what}")
    factors.authentication_failed.connect(_wrong_code, dispatch_uid="smarketing.code")


def _note(request: HttpRequest | None, user: Any, what: str, **details: object) -> None:
    network = network_of(request) if request is not None else ""
    note(user.email, what, user.email, now=datetime.now(UTC), network=network, **details)


def _in(sender: Any, request: HttpRequest, user: Any, **more: Any) -> None:
    begin(request)
    used = [str(each.get("method")) for each in request.session.get("account_authentication_methods", [])]
    _note(request, user, "signed in", **({"way": ", ".join(dict.fromkeys(used))} if used else {}))


def _out(sender: Any, request: HttpRequest, user: Any, **more: Any) -> None:
    if user is not None:
        _note(request, user, "signed out")


def _factor(what: str) -> Any:
    def told(sender: Any, request: HttpRequest, user: Any, authenticator: Any, **more: Any) -> None:
        _note(request, user, what.format(KINDS.get(authenticator.type, authenticator.type)))

    return told


def _wrong_code(sender: Any, request: HttpRequest, user: Any, **more: Any) -> None:
    _note(request, user, "failed to sign in", because="wrong code")
