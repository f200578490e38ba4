"""The settings of who comes in and how; `smarketing.actions.settings` reads them with all the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROLES = ("marketing", "sales", "leader", "operations", "viewer")
HOME = {"localhost", "127.0.0.1", "::1"}
LONGEST_NAME = 40
MOST_PROXIES = 9
SECOND_FACTOR = ("off", "optional", "required")


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme == "http" and parts.hostname in HOME:
        return text.rstrip("/")
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f'"{text}" is no OpenID provider; write its issuer, such as https://login.example.com')
    return text.rstrip("/")


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise ValueError(f"a name of {len(text)} characters does not fit on a button; at most {LONGEST_NAME}")
    return text


def _second_factor(text: str) -> str:
    said = [word.strip().lower() for word in text.split(",") if word.strip()]
    if said and (said[0] in SECOND_FACTOR and len(said) == 1 or all(word in ROLES for word in said)):
        return ",".join(said)
    raise ValueError(f'"{text}" is none of {", ".join(SECOND_FACTOR)}, nor roles with commas between, such as operations,leader')


def _proxies(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST_PROXIES:
        raise ValueError(f'"{text}" is no number of proxies; write 0 to {MOST_PROXIES}')
    return int(text)


ACCOUNT_SETTINGS: dict[str, tuple[str, str, Callable[[str], Any]]] = {
    "SMARKETING_MFA": (
        ("whether a second factor is asked for: `off`, `optional` (whoever set one up), `required`, or the roles that need one, such as"
        " `operations,leader`"),
        "`optional`", _second_factor),
    "SMARKETING_OIDC_ISSUER": (
        ("the OpenID provider that people may sign in with, by its issuer; see"
        " [how to sign in with your provider](../how-to/sign-in-with-your-provider.md)"),
        "passwords alone", _issuer),
    "SMARKETING_OIDC_CLIENT_ID": ("what the provider calls this site", "needed with an issuer", str),
    "SMARKETING_OIDC_CLIENT_SECRET": ("what this site shows the provider", "needed with an issuer", str),
    "SMARKETING_OIDC_CLIENT_SECRET_FILE": ("a file that holds it, for secrets that are mounted", "no file", Path),
    "SMARKETING_OIDC_NAME": ("what people call the provider; it stands on the button", "`your company`", _name),
    "SMARKETING_PROXIES": (
        "how many proxies stand in front and add to `X-Forwarded-For`; without them the header is believed by nobody",
        "`0`", _proxies),
}  # fmt: skip
"""Setting → what it means, what holds where it is left out, how its text is read."""
