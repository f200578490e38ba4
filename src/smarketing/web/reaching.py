"""How a lead is reached: its phone number and its mail address as links, so that a rep calls with one tap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from smarketing.reports.person.consent import is_word

PHONES, MAILS = ("phone", "mobile", "mobile_phone", "phone_number"), ("email", "email_address")
"""Attributes that tell a phone number, and a mail address."""
LEAST_DIGITS = 4
WORDS = {True: "yes", False: "no"}
ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


class Way(NamedTuple):
    """One way: what it is (`sign`: phone or mail), as it was told (`text`), and where a tap leads."""

    sign: str
    text: str
    url: str


def ways_to(profile: Mapping[str, Any]) -> list[Way]:
    """The ways that a profile tells of, the phone first; each number and address once."""
    return list(dict.fromkeys([*_phones(profile), *_mails(profile)]))


def _phones(profile: Mapping[str, Any]) -> Iterator[Way]:
    for text in _told(profile, PHONES):
        abroad = text.startswith("+")
        number = re.sub(r"[^\d]", "", text.replace("(0)", "") if abroad else text)
        if len(number) >= LEAST_DIGITS:
            yield Way("phone", text, f"tel:{'+' if abroad else ''}{number}")


def _mails(profile: Mapping[str, Any]) -> Iterator[Way]:
    for text in _told(profile, MAILS):
        if ADDRESS.fullmatch(text):
            yield Way("mail", text, f"mailto:{quote(text, safe='@+')}")


def _told(profile: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    return (str(profile[name]).strip() for name in names if profile.get(name) not in (None, ""))


def profile_shown(profile: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Each attribute: its label, its value in words, and where it leads ("" for most).

    What it says about being contacted is left out: beside it stands what holds of that, with since when (see `consenting.lines_of`).
    """
    urls = {way.text: way.url for way in ways_to(profile)}
    told = {name: value for name, value in profile.items() if not is_word(name, value)}
    said = {name: WORDS.get(value, str(value)) if isinstance(value, bool) else str(value) for name, value in told.items()}
    return [(name.replace("_", " "), text, urls.get(text.strip(), "")) for name, text in said.items()]
