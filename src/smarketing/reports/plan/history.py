"""What a hand-off of each grade has brought, read from those that are old enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.lives import standing_wins
from smarketing.vocabulary.errors import NotEnoughData

if TYPE_CHECKING:
    from smarketing.reports.following import Following

ENOUGH_HANDOFFS = 30
ENOUGH_WINS = 10
USUAL = 0.9
"""The share of wins within the usual time."""


@dataclass(frozen=True, slots=True)
class History:
    """`grades`: one row for each grade (`grade`, `n`, `share` of the hand-offs, `worth`: won amount of one); `days` a win usually takes."""

    grades: pl.DataFrame
    handoffs: int
    days: float
    until: datetime

    @property
    def worth(self) -> Decimal:
        """What one hand-off of the usual mix has brought."""
        return Decimal(str(self.grades.select((pl.col("share") * pl.col("worth")).sum()).item()))

    def share(self, grade: str) -> float:
        """How much of the mix is of the grade."""
        found = self.grades.filter(pl.col("grade") == grade)["share"]
        return float(found[0]) if len(found) else 0.0


def history(outcome: Following) -> History:
    """The hand-offs of both teams that are older than the usual time to win, by grade.

    The usual time is that within which nine of ten wins came after the hand-off of their lead. Raises NotEnoughData below 30 such
    hand-offs, below 10 wins that followed a hand-off, and where those old hand-offs brought no money.
    """
    return outcome.once("plan history", lambda: _history(outcome))


def _history(outcome: Following) -> History:
    handoffs = outcome.table("handoffs").select("lead_id", "handed_at", "grade", "won_amount")
    took = _times_to_win(outcome, handoffs)
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
    n = pl.len().cast(pl.Float64)
    grades = old.group_by("grade").agg(n=n, worth=pl.col("won_amount").cast(pl.Float64).mean()).sort("grade")
    if not grades["worth"].sum():
        raise NotEnoughData(
            "The hand-offs that are old enough to be judged brought no money; nothing says how many more it takes."
        )
    return History(grades.with_columns(share=pl.col("n") / pl.col("n").sum()), old.height, usual / timedelta(days=1), until)


def _times_to_win(outcome: Following, handoffs: pl.DataFrame) -> pl.Series:
    """µs from each win's latest hand-off before it."""
    won = standing_wins(outcome).filter(pl.col("counts")).select("lead_id", "won_at").sort("won_at")
    handed = handoffs.select("lead_id", "handed_at").sort("handed_at")
    followed = won.join_asof(handed, left_on="won_at", right_on="handed_at", by="lead_id", check_sortedness=False)
    return followed.select((pl.col("won_at") - pl.col("handed_at")).dt.total_microseconds()).to_series().drop_nulls()
