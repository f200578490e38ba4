"""What of a password is easy to guess, whoever chooses it; a sentence of any letters is not."""

from __future__ import annotations

import pytest

pytest.importorskip("django", reason="needs the extra `app`")

from smarketing.actions.passwords import made_of

MIA = "mia@alderfinch.example"


@pytest.mark.parametrize(
    ("password", "of"),
    [
        ("password2026!!", "a common password"),
        ("!!Letmein123456", "a common password"),
        ("iloveyouiloveyou", "a common password"),
        ("dragon123dragon123", "a common password"),
        ("smarketing2026", "words that everybody here knows"),
        ("Alderfinch-2026!", "words that everybody here knows"),
        ("AlderfinchSales26", "words that everybody here knows"),
        ("123456789012", "side by side"),
        ("zyxwvutsrqponmlk", "side by side"),
        ("1qaz2wsx3edc4rfv", "side by side"),
        ("abcabcabcabcabc", "again and again"),
    ],
)
def test_what_everybody_would_try_first_is_easy(password: str, of: str):
    assert of in (made_of(password, MIA) or "")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "marketing is a craft of its own",
        "alles klein und ohne zahlen",
        "27182818284590452",
        "dm4z9-hec9t-xv5xt-exzvg",
        "ein Wort mit ÄÖÜ und ß",
        "a" * 20 + " and then something else",
    ],
)
def test_a_sentence_of_any_letters_is_not(password: str):
    assert made_of(password, MIA) is None


def test_the_name_of_another_company_is_a_word_like_any_other():
    assert made_of("Alderfinch-2026!", "rita@hart.example") is None
    assert made_of("Hart-2026-hart!", "rita@hart.example") is not None
