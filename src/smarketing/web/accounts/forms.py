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


def _typed(field: Any, label: str) -> None:
    field.label = label
    field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


def _used_now(user: Any, code: str) -> None:
    """Raises ValidationError for a code that was used before."""
    if not cache.add(f"code:{user.pk}:{normalize_user_code(code)}", True, SECONDS_A_CODE_IS_RIGHT):
        raise get_adapter().validation_error("incorrect_code")


class Code(AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _typed(self.fields["code"], "Code")

    def clean_code(self) -> str:
        """Right, and not used yet."""
        code: str = super().clean_code()
        _used_now(self.user, code)
        return code


class CodeAgain(ReauthenticateForm):  # type: ignore[misc]
    """Before a change to what protects an account."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _typed(self.fields["code"], "Code")

    def clean_code(self) -> str:
        """Right, and not used yet."""
        code: str = super().clean_code()
        _used_now(self.user, code)
        return code


class FirstCode(ActivateTOTPForm):  # type: ignore[misc]
    """The proof that the app has the secret."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _typed(self.fields["code"], "Code that the app shows now")

    def clean_code(self) -> str:
        """Right, and not used yet."""
        code: str = super().clean_code()
        _used_now(self.user, code)
        return code
