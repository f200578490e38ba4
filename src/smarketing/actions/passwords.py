"""Which passwords will do: twelve characters of any kind that nobody guesses, however they are composed."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smarketing.records.people import User

LEAST = 12
"""Characters of a password, at least; at most 1,024, so that sentences fit."""
KNOWN_HERE = (
    "smarketing",
    "marketing",
    "sales",
    "leader",
    "operations",
    "viewer",
    "password",
    "passwort",
    "welcome",
    "login",
    "admin",
)
"""Words that everybody here would try first; the company's own come with the address of whoever chooses."""
LEAST_LEFT = 6
"""So many letters must be left when the words that everybody knows, figures and signs are taken away."""
WALKS = (
    "0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip
TOO_EASY = "This password is too easy to guess: it is made of {}."


def password_rules() -> list[dict[str, Any]]:
    """The rules, as Django's setting of them says it. None asks for signs or figures, and none lets a password grow old."""
    django = "django.contrib.auth.password_validation"
    return [
        {"NAME": f"{django}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["email", "name"]}},
        {"NAME": f"{django}.MinimumLengthValidator", "OPTIONS": {"min_length": LEAST}},
        {"NAME": f"{django}.CommonPasswordValidator"},
        {"NAME": f"{__name__}.Guessed"},
    ]


class Guessed:
    """Refuses what a list of passwords that were found out makes easy to guess: one of them made longer, or words that everybody here knows."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError."""
        from django.core.exceptions import ValidationError

        if (said := made_of(password, getattr(user, "email", ""))) is not None:
            raise ValidationError(TOO_EASY.format(said), code="password_too_easy")

    def get_help_text(self) -> str:
        """What it asks for."""
        return "Your password can’t be a common one made longer, or the name of your company with a year."


def made_of(password: str, email: str = "") -> str | None:
    """Of what a password is made that is easy to guess; None: of nothing that is known to be."""
    low = password.lower()
    pieces = _repeated(low)
    if len(pieces) < LEAST_LEFT:
        return "the same again and again"
    if low.isdecimal() and len(set(low)) < LEAST_LEFT or _walks(low):
        return "keys that lie side by side"
    if any(_bare(each) in _common() for each in (pieces, _repeated(_bare(low)))):
        return "a common password with something around it"
    known = sorted({*KNOWN_HERE, *_company(email)}, key=len, reverse=True)
    left = re.sub("|".join(map(re.escape, known)), "", low)
    if left != low and sum(each.isalpha() for each in left) < LEAST_LEFT:
        return "words that everybody here knows"
    return None


def _bare(text: str) -> str:
    """Without the figures and signs around it."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


def _repeated(text: str) -> str:
    """The shortest piece that makes the text when it is said again and again; the text itself where none does."""
    place = (text + text).find(text, 1)
    return text[:place] if place > 0 else text


def _walks(text: str) -> bool:
    """Whether it is a row of keys, forwards or backwards."""
    return any(text in row + row for each in WALKS for row in (each, each[::-1]))


def _company(email: str) -> set[str]:
    """The names in the address of whoever chooses: `alderfinch` of `mia@alderfinch.example`."""
    house = email.lower().rpartition("@")[2]
    return {word for word in re.split(r"[.-]", house.rpartition(".")[0]) if len(word) > 2}


@cache
def _common() -> frozenset[str]:
    """Passwords that were found out most often, in small letters."""
    from django.contrib.auth.password_validation import CommonPasswordValidator

    return frozenset(CommonPasswordValidator().passwords)
