"""What really happened, for both sides: the cycles, the wins that stand, and who was worked.

Cycles begin and end by facts alone, so both agreements see the same ones, and a hand-off of one side has its counterpart in the same
cycle of the same lead on the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.handed.cycles import cycle_ends, in_cycles, standing
from smarketing.vocabulary.kinds import SALES_ACTS

if TYPE_CHECKING:
    from smarketing.reports.following import Following

CYCLE = ["lead_id", "cycle"]
WORKED = frozenset(
    "accepted rejected recycled disqualified held_out opportunity_opened opportunity_moved opportunity_won opportunity_lost".split()
)
"""Beside the acts of sales, the facts after which it is known what became of a lead: a verdict, a deal, the holdout."""


@dataclass(frozen=True)
class Past:
    """The past as both sides share it, and the span of time that counts: `begin_at` to `end_at`.

    `from_at`, `to_at`: the ends that were asked for (None: none); a hand-off counts from the one and before the other.
    """

    draft: Following
    against: Following
    begin_at: datetime
    end_at: datetime
    from_at: datetime | None = None
    to_at: datetime | None = None

    @property
    def weeks(self) -> float:
        """How long the span is."""
        return (self.end_at - self.begin_at).total_seconds() / 604_800

    def counts(self, column: str) -> pl.Expr:
        """Whether an instant lies in what was asked for."""
        counted = pl.lit(True)
        if self.from_at is not None:
            counted &= pl.col(column) >= self.from_at
        return counted if self.to_at is None else counted & (pl.col(column) < self.to_at)

    @cached_property
    def over(self) -> pl.DataFrame:
        """`lead_id, cycle, over`: every cycle and its end. A side whose first stages were not entered lacks some."""
        ends = [cycle_ends(side.table("stage_entries")) for side in (self.against, self.draft)]
        return pl.concat(ends).unique(CYCLE, keep="first")

    @cached_property
    def wins(self) -> pl.DataFrame:
        """The standing wins: `deal, lead_id, cycle, won_at, counts`; `counts`: the deal's last win lies in what was asked for."""
        found = standing(self.against)
        placed = found.join(in_cycles(found, self.over).select("place", "cycle"), on="place", how="left")
        last = pl.col("at") == pl.col("at").max().over("deal")
        named = placed.with_columns(won_at="at", last_at=pl.col("at").filter(last).first().over("deal"))
        return named.select("deal", *CYCLE, "won_at", counts=self.counts("last_at"))

    @cached_property
    def worked(self) -> pl.DataFrame:
        """`lead_id, cycle` of every cycle that sales worked, or of which the outcome is known all the same."""
        kinds = SALES_ACTS | WORKED | set(self.against.agreement.handoff.attempts or ())
        acts = self.against.facts.filter(pl.col("kind").is_in(sorted(kinds))).select("lead_id", "at").unique().collect()
        return in_cycles(acts.with_row_index("place"), self.over).select(CYCLE).unique()

    @cached_property
    def held_out(self) -> pl.DataFrame:
        """`lead_id` of everybody in the holdout."""
        return self.against.facts.filter(pl.col("kind") == "held_out").select(pl.col("lead_id").unique()).collect()
