"""The settings of a workspace: environment variables, or lines of its `.env`; a wrong or unknown one stops the start."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from smarketing.actions.account_settings import ACCOUNT_SETTINGS
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import instant
from smarketing.vocabulary.words import did_you_mean

PREFIX = "SMARKETING_"
FILE = ".env"
TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
LEAST_SECRET = 32
"""Characters of a secret key, at least."""


@dataclass(frozen=True)
class Settings:
    """What the settings say; see `SETTINGS` for what each means."""

    database_url: str | None = None
    secret_key: str | None = None
    secret_key_file: Path | None = None
    host: str = "127.0.0.1"
    port: int | None = None
    url: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    as_of: str | None = None
    mail_url: str | None = None
    mail_from: str | None = None
    daily_at: str = "07:30"
    mfa: str = "optional"
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_client_secret_file: Path | None = None
    oidc_name: str = "your company"
    proxies: int = 0
    development: bool = False


class Setting(NamedTuple):
    """One setting: what it means, what holds where it is left out, and how its text is read (ValueError: what would be right)."""

    means: str
    left_out: str
    read: Callable[[str], Any]


def read_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the workspace in this folder; the environment wins over the file. Raises UsageError with every mistake."""
    given = {**_of_file(folder / FILE), **_of_environment(os.environ if environment is None else environment)}
    values, wrong = {}, []
    for name, (text, where) in given.items():
        try:
            values[name.removeprefix(PREFIX).lower()] = _known(name).read(text)
        except ValueError as error:
            wrong.append(f"{where}: {name}: {error}")
    if wrong:
        raise UsageError("\n".join(wrong))
    found: dict[str, Any] = {name: folder / value if isinstance(value, Path) else value for name, value in values.items()}
    return Settings(**found)


def _known(name: str) -> Setting:
    if name not in SETTINGS:
        raise ValueError(f"there is no such setting.{did_you_mean(name, SETTINGS)}")
    return SETTINGS[name]


def _of_environment(environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Ours among the variables; an empty one is left out."""
    return {name: (text, "environment") for name, text in environment.items() if name.startswith(PREFIX) and text.strip()}


def _of_file(path: Path) -> dict[str, tuple[str, str]]:
    """The lines `NAME=value` of a file, each with its place; quotes around a value fall away, `#` begins a comment."""
    found: dict[str, tuple[str, str]] = {}
    if not path.is_file():
        return found
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        name, equals, text = line.strip().removeprefix("export ").partition("=")
        if not name or name.startswith("#"):
            continue
        if not equals:
            raise UsageError(f'{path}:{number}: "{name}" is no setting; a line is NAME=value')
        if _unquoted(text):
            found[name.strip()] = (_unquoted(text), f"{path}:{number}")
    return found


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text.partition(" #")[0].strip()


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise ValueError(f'"{text}" is no port; write a number up to 65535, 0 for any free one')
    return int(text)


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ValueError(f'"{text}" is not how people reach the pages; write something like https://smarketing.example.com')
    return text.rstrip("/")


def _database(text: str) -> str:
    if urlsplit(text).scheme not in ("postgresql", "postgres"):
        raise ValueError("that is no PostgreSQL database; write something like postgresql://user@host/name")
    return text


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    if wrong := [host for host in hosts if "/" in host or host == "*"]:
        raise ValueError(f'"{wrong[0]}" is no name of a host; write names with commas between, such as smarketing.example.com')
    return hosts


def _secret(text: str) -> str:
    if len(text) < LEAST_SECRET:
        raise ValueError(f"a key of {len(text)} characters can be guessed; give at least {LEAST_SECRET}, or leave it out")
    return text


def _time(text: str) -> str:
    instant(text, "UTC")
    return text


def _mail_server(text: str) -> str:
    from smarketing.actions.mail_address import mail_server

    mail_server(text)
    return text


def _sender(text: str) -> str:
    from smarketing.actions.mail_address import sender

    return sender(text)


def _time_of_day(text: str) -> str:
    if text.lower() != "off" and not TIME_OF_DAY.fullmatch(text):
        raise ValueError(f'"{text}" is no time of the day; write 07:30, or off')
    return text.lower()


def _yes(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError(f'"{text}" is neither yes nor no')
    return text.lower() == "yes"


SETTINGS: dict[str, Setting] = {
    "SMARKETING_DATABASE_URL": Setting(
        "the PostgreSQL database of the records, as `postgresql://user@host/name`",
        "a private server inside the workspace, in `data/database`", _database),
    "SMARKETING_SECRET_KEY": Setting(
        f"what signs the sessions, at least {LEAST_SECRET} characters; another one logs everybody out",
        "made once, and kept in `data/secret-key`", _secret),
    "SMARKETING_SECRET_KEY_FILE": Setting("a file that holds it, for secrets that are mounted", "`data/secret-key`", Path),
    "SMARKETING_HOST": Setting("the address to listen on; `0.0.0.0` for all of the machine", "`127.0.0.1`: this machine alone", str),
    "SMARKETING_PORT": Setting("the port to listen on; `0` for any free one", "`8000`, or any free one where that is taken", _port),
    "SMARKETING_URL": Setting(
        "how people reach the pages, such as `https://smarketing.example.com`; with https, cookies are for https alone",
        "`http://HOST:PORT`", _url),
    "SMARKETING_ALLOWED_HOSTS": Setting(
        "other names under which the pages may be asked for, with commas between", "the one of `SMARKETING_URL` and this machine's own", _hosts),
    "SMARKETING_AS_OF": Setting(
        "the time at which the workspace stands still, such as `2018-06-01`; nothing later is known. For past data and for demos",
        "the clock", _time),
    "SMARKETING_MAIL_URL": Setting(
        "the mail server, as `smtp://user:password@host:587?starttls`, or `smtps://…` where it speaks TLS at once; see"
        " [how to send mail](../how-to/send-mail.md)",
        "nothing is mailed", _mail_server),
    "SMARKETING_MAIL_FROM": Setting(
        "whom letters are from, such as `Smarketing <smarketing@example.com>`",
        "the user of `SMARKETING_MAIL_URL` where that is an address, else `smarketing@` and the host of `SMARKETING_URL`", _sender),
    "SMARKETING_DAILY_AT": Setting(
        "when each team's daily mail goes out on working days, in the agreement's zone; `off`: never", "`07:30`", _time_of_day),
    **{name: Setting(*said) for name, said in ACCOUNT_SETTINGS.items()},
    "SMARKETING_DEVELOPMENT": Setting("`yes` shows the page `/design` and what went wrong in full; never where others reach it", "`no`", _yes),
}  # fmt: skip
"""Every setting by its name."""
