"""What waits for marketing's check before the hand-off, and what marketing holds back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from smarketing.derivations.matching.properties import known, read_properties
from smarketing.reports.handed.cycles import cycle_ends
from smarketing.reports.leads import leads
from smarketing.vocabulary.tables import INSTANT

if TYPE_CHECKING:
    from smarketing.reports.following import Following

OF_THE_LEAD = ("lead_id", "account", "persona", "grade", "fit", "engagement", "total", "campaign", "channel")
SAID = ["reason", "note"]
HELD: dict[str, pl.DataType | type[pl.DataType]] = {
    "lead_id": pl.String,
    "held_at": INSTANT,
    "held_by": pl.String,
    "reason": pl.String,
    "note": pl.String,
}


def checking(outcome: Following) -> pl.DataFrame:
    """One row for each lead that reached the stage of the hand-off in the cycle it is in and was not handed over, the longest wait first.

    `lead_id`, `cycle`, `qualified_at` (when it reached that stage), what `leads` knows of it, and of the last `held` of the cycle
    `held_at`, `held_by`, `reason`, `note`; null where marketing has not looked yet. Without a check in the agreement nobody is here.
    """
    return outcome.once("checking", lambda: _checking(outcome))


def waiting(outcome: Following) -> pl.DataFrame:
    """Those of `checking` that nobody has held back."""
    return checking(outcome).filter(pl.col("held_at").is_null())


def held_back(outcome: Following) -> pl.DataFrame:
    """Those of `checking` that marketing holds back, the last one first."""
    return checking(outcome).filter(pl.col("held_at").is_not_null()).sort("held_at", "lead_id", descending=[True, False])


def _checking(outcome: Following) -> pl.DataFrame:
    entries, there = outcome.table("stage_entries"), ["lead_id", "cycle"]
    reached = entries.filter(pl.col("stage") == outcome.agreement.handoff.at)
    reached = reached.join(outcome.table("handoffs"), on=there, how="anti")
    ends = cycle_ends(entries.join(reached, on=there, how="semi")).filter(pl.col("over").is_null()).drop("over")
    open_ones = reached.join(ends, on=there).select(*there, qualified_at="entered_at")
    found = open_ones.join(leads(outcome).select(OF_THE_LEAD), on="lead_id", how="left")
    return found.join(_last_held(outcome, entries, open_ones), on="lead_id", how="left").sort("qualified_at", "lead_id")


def _last_held(outcome: Following, entries: pl.DataFrame, waiting: pl.DataFrame) -> pl.DataFrame:
    """The last `held` of each lead in the cycle it is in."""
    begun = entries.join(waiting, on=["lead_id", "cycle"]).group_by("lead_id").agg(begin_at=pl.col("entered_at").min())
    facts = (
        outcome.facts.filter(pl.col("kind") == "held").join(begun.lazy(), on="lead_id").filter(pl.col("at") >= pl.col("begin_at"))
    )
    held = facts.sort("at", "fact_id").unique("lead_id", keep="last", maintain_order=True).collect()
    if held.is_empty():
        return pl.DataFrame(schema=HELD)
    said = known(read_properties(held["properties"], SAID))
    said.columns = SAID
    return held.select("lead_id", held_at="at", held_by="actor").hstack(said).cast(HELD)  # type: ignore[arg-type]
