"""How long a win takes after the hand-off."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.lives import standing_wins

if TYPE_CHECKING:
    from smarketing.reports.following import Following

ENOUGH_WINS = 10
"""Of how many wins the usual time is read."""
USUAL = 0.9
"""The share of wins within the usual time."""


def times_to_win(outcome: Following, handoffs: pl.DataFrame) -> pl.Series:
    """µs from each win's latest hand-off before it, of the wins that follow one."""
    won = standing_wins(outcome).filter(pl.col("counts")).select("lead_id", "won_at").sort("won_at")
    handed = handoffs.select("lead_id", "handed_at").sort("handed_at")
    followed = won.join_asof(handed, left_on="won_at", right_on="handed_at", by="lead_id", check_sortedness=False)
    return followed.select((pl.col("won_at") - pl.col("handed_at")).dt.total_microseconds()).to_series().drop_nulls()


def usual_time_to_win(outcome: Following) -> timedelta | None:
    """The time after a marketing-sourced hand-off within which nine of ten wins came; None under 10 wins."""
    took = times_to_win(outcome, outcome.table("handoffs").filter(pl.col("sourced") == "marketing"))
    if len(took) < ENOUGH_WINS:
        return None
    return timedelta(microseconds=float(took.quantile(USUAL, "linear") or 0))
