"""Which cycle of its lead a fact belongs to, and which cycles were won."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.lives import ends

if TYPE_CHECKING:
    from smarketing.reports.following import Following


OVER = pl.when(pl.col("left_at").is_not_null().all()).then(pl.col("left_at").max())
"""Of the entries of one cycle: when it ended."""


def cycle_ends(stage_entries: pl.DataFrame) -> pl.DataFrame:
    """`lead_id, cycle, over`: when each cycle ended; null: it goes on. A stage that was left nowhere else ends with its cycle."""
    return stage_entries.group_by("lead_id", "cycle").agg(over=OVER)


def in_cycles(rows: pl.DataFrame, over: pl.DataFrame) -> pl.DataFrame:
    """Rows with `lead_id`, `at` and their number `place`, each with its `cycle`; rows that belong to none are left out.

    The first cycle that is not over before it: what happens at the moment at which a cycle ends is still of that one.
    """
    of_these = over.join(rows.select("lead_id").unique(), on="lead_id", how="semi")
    within = rows.join(of_these, on="lead_id").filter(pl.col("over").is_null() | (pl.col("over") >= pl.col("at")))
    return within.sort("cycle").unique("place", keep="first").drop("over").sort("place")


def standing(outcome: Following) -> pl.DataFrame:
    """Every win whose opportunity was not lost after it, in order: `place, lead_id, deal, at, actor`."""
    found = ends(outcome).with_row_index("place")
    lost = found.filter(pl.col("kind") == "opportunity_lost").group_by("deal").agg(lost=pl.col("place").max())
    wins = found.filter(pl.col("kind") == "opportunity_won").join(lost, on="deal", how="left", maintain_order="left")
    stands = pl.col("lost").is_null() | (pl.col("lost") < pl.col("place"))
    return wins.filter(stands).select("place", "lead_id", "deal", "at", "actor")


def won_cycles(outcome: Following) -> pl.DataFrame:
    """`lead_id, cycle` of every cycle with a win that stands (its opportunity was not lost after it), and `closer`: who entered it.

    Of several wins in a cycle the last one's.
    """
    placed = in_cycles(standing(outcome), cycle_ends(outcome.table("stage_entries")))
    return placed.group_by("lead_id", "cycle").agg(closer=pl.col("actor").sort_by("place").last())
