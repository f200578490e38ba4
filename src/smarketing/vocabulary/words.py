"""What is written alike wherever people read: the nearest right word ("Did you mean …?"), and the sign of what is below zero."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that looks most like `word`, or None when nothing is near enough to be a slip of the hand.

    Capitals do not matter, and the beginning of a choice is near enough: `cal` is near `call_made`.
    """
    from rapidfuzz import fuzz, process

    ordered = sorted(choices)
    found = process.extractOne(word, ordered, scorer=fuzz.ratio, processor=str.lower, score_cutoff=60)
    if found:
        return str(found[0])
    begun = [choice for choice in ordered if len(word) > 2 and choice.lower().startswith(word.lower())]
    return min(begun, key=len, default=None)


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """` Did you mean "stages"?`, or nothing."""
    guess = nearest(word, choices)
    return f' Did you mean "{guess}"?' if guess else ""


def with_minus(figure: str) -> str:
    """A figure with a minus sign in the place of the hyphen that programs write."""
    return figure.replace("-", "\N{MINUS SIGN}")
