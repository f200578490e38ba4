"""The book of turns: how often each rep's turn came, when the last time, and how many open leads they have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from smarketing.agreement.models import Route
from smarketing.vocabulary.periods import micros


class Line(NamedTuple):
    """One rep's line. `turns`: how many leads; `last`: the µs of the latest one, later ones higher (-1: none yet); `open`: leads in work.

    `owed`: by weight, how many leads they should have more than they got; below 0, how many fewer.
    """

    turns: int = 0
    last: int = -1
    owed: float = 0.0
    open: int = 0


EMPTY = Line()
Book = Mapping[str, Line]


class Choice(NamedTuple):
    """Who gets the lead (None: nobody can now), why, and between whom the turn decided (nobody: a rule that names one did)."""

    rep: str | None
    why: str
    among: tuple[str, ...] = ()


def shares(route: Route, reps: tuple[str, ...]) -> dict[str, float]:
    """What part of the whole each of these reps is to get. Those without a weight get leads where nobody of them has one."""
    if route.by != "weighted":
        return dict.fromkeys(reps, 1 / len(reps))
    written = {rep.lower(): float(weight) for rep, weight in route.weights.items()}
    weights = {rep: weight for rep in reps if (weight := written.get(rep.lower(), 0.0)) > 0}
    if not weights:
        return dict.fromkeys(reps, 1 / len(reps))
    whole = sum(weights.values())
    return {rep: weight / whole for rep, weight in weights.items()}


def noted(book: Book, choice: Choice, route: Route, at: datetime) -> Book:
    """The book after a choice at an instant. Raises ValueError for a choice of nobody."""
    if choice.rep is None:
        raise ValueError("nobody was chosen, so there is no turn to note")
    after, weighed = dict(book), route.by == "weighted" and bool(choice.among)
    for rep, share in shares(route, choice.among).items() if weighed else ():
        line = after.get(rep, EMPTY)
        after[rep] = line._replace(owed=line.owed + share)
    latest = max((line.last for line in book.values()), default=-1)
    line = after.get(choice.rep, EMPTY)
    after[choice.rep] = Line(line.turns + 1, max(micros(at), latest + 1), line.owed - weighed, line.open + 1)
    return after
