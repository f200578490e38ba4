"""One side of a back-test: what one agreement hands over, and what became of it as far as anybody knows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.reports.backtest.past import CYCLE, Past
from smarketing.reports.figures import money, rate

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Figures = dict[str, Any]
DAY_US = 86_400_000_000
BROKEN = ("late", "breached")


@dataclass(frozen=True)
class Side:
    """An agreement over the past; `made` are the hand-offs that really happened, by lead and cycle (None: all of its own)."""

    outcome: Following
    past: Past
    made: pl.DataFrame | None = None

    @cached_property
    def all_handed(self) -> pl.DataFrame:
        """Its marketing-sourced hand-offs, whenever, with `won`: its cycle has a win that stands, later than the hand-off."""
        handed = self.outcome.table("handoffs").filter(pl.col("sourced") == "marketing")
        wins = self.past.wins.drop_nulls("cycle").group_by(CYCLE).agg(pl.col("won_at").max())
        joined = handed.join(wins, on=CYCLE, how="left", maintain_order="left")
        return joined.with_columns(won=(pl.col("won_at") > pl.col("handed_at")).fill_null(False))

    @cached_property
    def handed(self) -> pl.DataFrame:
        """Those that count, with `known`: whether anybody knows what became of them."""
        handed = self.all_handed.filter(self.past.counts("handed_at"))
        if self.made is None:
            return handed.with_columns(known=pl.lit(True))
        seen = pl.concat([self.made.select(CYCLE), self.past.worked]).unique().with_columns(known=pl.lit(True))
        return handed.join(seen, on=CYCLE, how="left", maintain_order="left").with_columns(pl.col("known").fill_null(False))

    @cached_property
    def unknown(self) -> pl.DataFrame:
        """The hand-offs that were never made, of leads that nobody worked in that cycle."""
        return self.handed.filter(~pl.col("known"))

    @cached_property
    def first(self) -> pl.DataFrame:
        """`lead_id, first_at`: each lead's first hand-off."""
        return self.all_handed.group_by("lead_id").agg(first_at=pl.col("handed_at").min())

    @cached_property
    def found(self) -> pl.DataFrame:
        """One row for each later win: `deal`, and `before`: whether a lead of it was handed over before it, in the cycle of the win."""
        handed = self.all_handed.select(*CYCLE, "handed_at")
        joined = self.past.wins.filter("counts").join(handed, on=CYCLE, how="left")
        before = (pl.col("handed_at") < pl.col("won_at")).fill_null(False).any()
        return joined.group_by("deal").agg(before=before)

    def figures(self, other: Side) -> Figures:
        """The SIDE of the JSON shape; `other` is the agreement in force, for it itself too."""
        agreement, known = self.outcome.agreement, self.handed.filter("known")
        worth = Decimal(self.handed["worth"].sum() or 0)
        return {
            "mqls_per_week": self.qualified() / self.past.weeks,
            "handoffs": self.handed.height,
            "effort_hours_per_week": self.effort(other),
            "worth": None if agreement.worth is None else money(worth, agreement.currency),
            "precision": rate(int(known["won"].sum()), known.height),
            "recall": rate(int(self.found["before"].sum()), self.found.height),
            "days_earlier": self.days_earlier(other),
            "breaches": self.breaches(known),
        }

    def qualified(self) -> int:
        """How often the stage of the hand-off was entered, but for leads that sales brought in themselves."""
        entries = self.outcome.table("stage_entries").filter(pl.col("stage") == self.outcome.agreement.handoff.at)
        own = self.outcome.table("handoffs").filter(pl.col("sourced") == "sales")
        return entries.filter(self.past.counts("entered_at")).join(own, on=CYCLE, how="anti").height

    def effort(self, other: Side) -> float | None:
        """Hours of attempts a week: those there were, and for a hand-off that was never made the mean of the agreement's of that grade."""
        priced = self.outcome.agreement.effort
        attempts = float(self.handed.filter("known")["attempts"].sum()) + self.assumed_attempts(other)
        return None if priced is None else attempts * float(priced.minutes_per_attempt) / 60 / self.past.weeks

    def assumed_attempts(self, other: Side) -> float:
        """What the unknown hand-offs would have taken: each the mean of the agreement's hand-offs of its grade, else of all."""
        if self.unknown.is_empty() or other.handed.is_empty():
            return 0.0
        usual = other.handed.group_by("grade").agg(usual=pl.col("attempts").mean())
        mean = other.handed["attempts"].mean()
        joined = self.unknown.join(usual, on="grade", how="left", nulls_equal=True)
        return float(joined["usual"].fill_null(mean).sum())

    def days_earlier(self, other: Side) -> float | None:
        """The median, over the leads counted here that both hand over, of how much earlier their first hand-off is here."""
        here = self.handed.select("lead_id").unique().join(self.first, on="lead_id")
        both = here.join(other.first, on="lead_id", suffix="_there")
        ahead = both.select((pl.col("first_at_there") - pl.col("first_at")).dt.total_microseconds()).to_series()
        median = ahead.median()
        return None if median is None else float(median) / DAY_US  # type: ignore[arg-type]

    def breaches(self, handed: pl.DataFrame) -> int:
        """The clocks of these hand-offs that were kept late or not at all."""
        broken = self.outcome.table("clocks").filter(pl.col("state").is_in(BROKEN))
        return broken.join(handed.select(CYCLE), on=CYCLE, how="semi").height

    def not_in(self, other: Side) -> list[str]:
        """The leads that count here and that the other side never hands over."""
        return (
            self.handed.select("lead_id")
            .unique()
            .join(other.first, on="lead_id", how="anti")
            .sort("lead_id")["lead_id"]
            .to_list()
        )
