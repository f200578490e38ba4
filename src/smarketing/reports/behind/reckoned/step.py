"""A step on the way to a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from smarketing.vocabulary.errors import UsageError

Question = Mapping[str, str]
SHARE, HANDOFFS, MONTHS, POINTS, LEADS, WINS = "share", "hand-offs", "months", "points", "leads", "wins"
"""Units of steps, beside those of commitments."""


class Step(NamedTuple):
    """One step: `text` says what it is, `figure` is in `unit`, `behind` opens it."""

    text: str
    figure: float | None
    unit: str
    behind: Question | None = None


def asked(question: Question, *names: str) -> list[str]:
    """The values of keys that a figure needs. Raises UsageError where one is not there."""
    for name in names:
        if not question.get(name):
            raise UsageError(f'how "{question["figure"]}" is reckoned can only be said of one {name}; name it.')
    return [question[name] for name in names]
