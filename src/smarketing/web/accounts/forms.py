"""The forms of codes: each code opens once, however long it would still be right."""

from __future__ import annotations

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache

SECONDS_A_CODE_IS_RIGHT = 120
"""With the half minute before and after its own, and some to spare."""


def _used_now(user: Any, code: str) -> None:
    """Raises ValidationError for a code that was used before."""
    if not cache.add(f"code:{user.pk}:{normalize_user_code(code)}", True, SECONDS_A_CODE_IS_RIGHT):
        raise get_adapter().validation_error("incorrect_code")


class OpensOnce:
    """What the forms of a code share: what is typed into its field, and that a right code opens once."""

    label = "Code"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["code"]  # type: ignore[attr-defined]  # of the form beside it
        field.label = self.label
        field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}

    def clean_code(self) -> str:
        """Right, and not used yet."""
        code: str = super().clean_code()  # type: ignore[misc]
        _used_now(self.user, code)  # type: ignore[attr-defined]
        return code


class Code(OpensOnce, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class CodeAgain(OpensOnce, ReauthenticateForm):  # type: ignore[misc]
    """Before a change to what protects an account."""


class FirstCode(OpensOnce, ActivateTOTPForm):  # type: ignore[misc]
    """The proof that the app has the secret."""

    label = "Code that the app shows now"
