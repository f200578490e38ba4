"""What django-allauth has to know, as a function of what the workspace says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smarketing.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

HERE = "smarketing.web.accounts"
PROVIDER = "company"
"""The name of the company's own provider in addresses."""
REAUTHENTICATE_SECONDS = 15 * 60
"""So long who proved who they are need not do it again before a change to what protects an account."""
SECONDS_TO_GET_IN = 15 * 60
"""From the password to the second factor, at most."""
CODES_THAT_FAIL = "10/15m/key"


@dataclass(frozen=True, slots=True)
class Provider:
    """The company's own OpenID provider: `issuer` is its address, `name` what people call it."""

    issuer: str
    client_id: str
    secret: str
    name: str


def provider_of(workspace: Workspace) -> Provider | None:
    """The provider that the settings name; None without one. Raises UsageError where a part of it is missing."""
    said = workspace.settings
    file = said.oidc_client_secret_file
    if file is not None and not file.is_file():
        raise UsageError(f"SMARKETING_OIDC_CLIENT_SECRET_FILE names {file}, which is not there")
    secret = file.read_text(encoding="utf-8").strip() if file is not None else said.oidc_client_secret
    given = {"ISSUER": said.oidc_issuer, "CLIENT_ID": said.oidc_client_id, "CLIENT_SECRET": secret}
    if not any(given.values()):
        return None
    if missing := [f"SMARKETING_OIDC_{name}" for name, value in given.items() if not value]:
        raise UsageError(f"signing in with a provider needs {' and '.join(missing)} too")
    return Provider(given["ISSUER"] or "", given["CLIENT_ID"] or "", secret or "", said.oidc_name)


def account_settings(*, provider: Provider | None, second_factor: str, proxies: int) -> dict[str, Any]:
    """Nobody signs up by themselves; mails are ours to send; codes are few, kept encrypted, and shown once.

    `second_factor`: off, optional, required, or the roles that need one, with commas between. `proxies`: how many stand in front.
    """
    return {
        "ACCOUNT_ADAPTER": f"{HERE}.adapters.Accounts",
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_RATE_LIMITS": {**dict.fromkeys(("reauthenticate", "login", "signup")), "login_failed": CODES_THAT_FAIL},
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": REAUTHENTICATE_SECONDS,
        "ACCOUNT_LOGIN_TIMEOUT": SECONDS_TO_GET_IN,
        "MFA_ADAPTER": f"{HERE}.adapters.SecondFactors",
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes"],
        "MFA_TOTP_TOLERANCE": 1,
        "MFA_TOTP_ISSUER": "Smarketing",
        "MFA_RECOVERY_CODES_SHOW_ONCE": True,
        "MFA_FORMS": {
            "authenticate": f"{HERE}.forms.Code",
            "reauthenticate": f"{HERE}.forms.CodeAgain",
            "activate_totp": f"{HERE}.forms.FirstCode",
        },
        "SOCIALACCOUNT_ADAPTER": f"{HERE}.adapters.Providers",
        "SOCIALACCOUNT_LOGIN_ON_GET": True,  # a link: the policy lets no form lead to another site
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": _apps(provider)}},
        "SECOND_FACTOR": second_factor,
        "PROXIES": proxies,
    }


def _apps(provider: Provider | None) -> list[dict[str, Any]]:
    if provider is None:
        return []
    return [{
        "provider_id": PROVIDER, "name": provider.name, "client_id": provider.client_id, "secret": provider.secret,
        "settings": {"server_url": provider.issuer, "oauth_pkce_enabled": True},
    }]  # fmt: skip


def second_factor() -> str:
    """What `SMARKETING_MFA` says."""
    from django.conf import settings

    return str(getattr(settings, "SECOND_FACTOR", "optional"))


def needs_second_factor(role: str) -> bool:
    """Whether somebody of this role comes in with a second factor alone."""
    said = second_factor()
    return said == "required" or role in said.split(",")
