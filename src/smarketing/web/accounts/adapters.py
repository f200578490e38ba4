"""Where django-allauth asks us: who is where, what is kept how, whom a provider may bring in."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from smarketing.web.accounts import provided
from smarketing.web.accounts.onward import home_of
from smarketing.web.accounts.settings import needs_second_factor, second_factor
from smarketing.web.network import network_of

NOWHERE = "0.0.0.0"  # noqa: S104 -- nothing is bound to it: a session's row must name an address
SAID = {
    "mfa/messages/totp_activated.txt": "Your second factor is set up.",
    "mfa/messages/totp_deactivated.txt": "Your second factor is switched off.",
}
"""What is said of its messages, in our words; the others are not."""


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """The login's steps."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up; people are invited."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """From where the request comes."""
        return network_of(request) or NOWHERE

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where their day begins."""
        return home_of(request.user)

    def get_login_stages(self) -> list[str]:
        """After the password the second factor, unless nobody is asked for one."""
        stages: list[str] = super().get_login_stages()
        return [] if second_factor() == "off" else stages

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, message_context: Any = None,
        extra_tags: str = "", message: str | None = None,
    ) -> None:  # fmt: skip
        """Told in our words."""
        if said := message or SAID.get(message_template or ""):
            messages.add_message(request, level, said, extra_tags=extra_tags)


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie encrypted in the database, under a key that follows from the workspace's own."""

    def encrypt(self, text: str) -> str:
        """What is kept."""
        return _locked().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was kept; of a workspace with another key now, something that no code fits."""
        try:
            return _locked().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(
                hashlib.sha256(encrypted_text.encode() + str(settings.SECRET_KEY).encode()).digest()[:20]
            ).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Who needs a second factor keeps it."""
        return not needs_second_factor(authenticator.user.role)


def _locked() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(salted_hmac("second factors", "key", algorithm="sha256").digest()))


class Providers(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The company's own provider: whom it may bring in is decided in `provided`."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody signs up; people are invited."""
        return False

    def authenticate_by_email(self, sociallogin: Any) -> None:
        """Not here: `provided` finds people by their address, and is stricter."""
        return

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Raises ImmediateHttpResponse for whoever may not come in."""
        sociallogin.state["process"] = "login"
        provided.admit(request, sociallogin)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Written into the trail; the page says it to the reader."""
        provided.failed(request, provider, error, exception)
