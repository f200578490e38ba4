"""What a hand-off of each grade has brought, read from those that are old enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.handed.waiting import ENOUGH_WINS, USUAL, times_to_win
from smarketing.vocabulary.errors import NotEnoughData

if TYPE_CHECKING:
    from smarketing.reports.following import Following

ENOUGH_HANDOFFS = 30


@dataclass(frozen=True, slots=True)
class History:
    """The hand-offs before `until`, older than the `days` that a win usually takes: of each grade how many, and what they brought."""

    handoffs: dict[str, int]
    amounts: dict[str, Decimal]
    days: float
    until: datetime

    @property
    def count(self) -> int:
        """How many hand-offs."""
        return sum(self.handoffs.values())

    @property
    def amount(self) -> Decimal:
        """What they brought together; above 0."""
        return sum(self.amounts.values(), Decimal(0))

    def needed(self, grade: str, money: Decimal) -> Fraction:
        """How many hand-offs of the grade belong to so much money: the money's share of what all brought, times those of the grade."""
        return Fraction(money) * self.handoffs.get(grade, 0) / Fraction(self.amount)


def history(outcome: Following) -> History:
    """The hand-offs of both teams that are older than the usual time to win, by grade.

    The usual time is that within which nine of ten wins came after the hand-off of their lead. Raises NotEnoughData below 30 such
    hand-offs, below 10 wins that followed a hand-off, and where those old hand-offs brought no money.
    """
    return outcome.once("plan history", lambda: _history(outcome))


def _history(outcome: Following) -> History:
    handoffs = outcome.table("handoffs").select("lead_id", "handed_at", "grade", "won_amount")
    took = times_to_win(outcome, handoffs)
    if len(took) < ENOUGH_WINS:
        raise NotEnoughData(
            f"A plan needs {ENOUGH_WINS} wins that followed a hand-off, to say what a hand-off brings; there are {len(took)}."
        )
    usual = timedelta(microseconds=float(took.quantile(USUAL, "linear") or 0))
    until = outcome.as_of - usual
    old = handoffs.filter(pl.col("handed_at") < until)
    if old.height < ENOUGH_HANDOFFS:
        raise NotEnoughData(
            f"A plan needs {ENOUGH_HANDOFFS} hand-offs that are older than the {usual / timedelta(days=1):.0f} days in which nine of "
            f"ten wins come; there are {old.height}."
        )
    grades = old.group_by("grade").agg(n=pl.len(), amount=pl.col("won_amount").sum()).sort("grade").to_dicts()
    found = History(
        {row["grade"]: row["n"] for row in grades},
        {row["grade"]: Decimal(row["amount"]) for row in grades},
        usual / timedelta(days=1),
        until,
    )
    if not found.amount:
        raise NotEnoughData(
            "The hand-offs that are old enough to be judged brought no money; nothing says how many more it takes."
        )
    return found
