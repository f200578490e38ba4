"""The nearest right word, for messages that end in "Did you mean …?"."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that looks most like `word`, or None when nothing is near enough to be a slip of the hand."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(word, sorted(choices), scorer=fuzz.ratio, score_cutoff=60)
    return str(found[0]) if found else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """` Did you mean "stages"?`, or nothing."""
    guess = nearest(word, choices)
    return f' Did you mean "{guess}"?' if guess else ""
