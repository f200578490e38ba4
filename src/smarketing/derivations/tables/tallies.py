"""What counts for each commitment in each of its periods, in sums that add up over leads, however many there are.

The rules, where the contract leaves a choice:

* A clock counts from the moment its due time has passed, `due_at < as_of`, as a breach does: exactly at its due time it is still
  open, whether it was kept already or not. Kept ones count among all but the void ones.
* An opportunity is known by its id across leads, and its last win counts only where no loss of it, by whichever lead, comes after.
  Without an id it is one opportunity of its lead. A win without an amount, or without a rate for its currency, is a win of 0.00.
* A hand-off that is worth nothing known is worth 0.00.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from smarketing.agreement.models import Agreement, Commitment
from smarketing.agreement.sequence import begins_at
from smarketing.derivations.columns import currency_in
from smarketing.derivations.money.rates import NO_RATES, Rates
from smarketing.vocabulary.periods import periods
from smarketing.vocabulary.tables import INSTANT

SUMS: dict[str, pl.DataType | type[pl.DataType]] = {"n": pl.Int64, "kept": pl.Int64, "cents": pl.Int128, "squares": pl.Int128}
TALLY: dict[str, pl.DataType | type[pl.DataType]] = {"promise": pl.Int64, "period_start": INSTANT, **SUMS}
DECISIONS = ("accepted_at", "rejected_at", "recycled_at", "disqualified_at")
ENDS = ("opportunity_won", "opportunity_lost")


@dataclass(frozen=True, slots=True)
class Tally:
    """What counts in one period: how many, how many of them kept it, their amounts in hundredths, the squares of these."""

    n: int = 0
    kept: int = 0
    cents: int = 0
    squares: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.n + other.n, self.kept + other.kept, self.cents + other.cents, self.squares + other.squares)


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment in one version of the agreement."""

    agreement: Agreement
    commitment: Commitment


@dataclass(slots=True)
class Tallies:
    """The sums of all commitments: shown one bucket of whole leads after the other, asked at the end.

    `versions`: those of the agreement, in the order in which they came into force; `rates`: what other currencies were worth.
    `first_at`: the first fact shown.
    """

    versions: Sequence[Agreement]
    as_of: datetime
    rates: Rates = NO_RATES
    first_at: datetime | None = None
    promises: list[Promise] = field(init=False)
    parts: list[pl.DataFrame] = field(default_factory=list)
    deals: list[pl.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.promises = [Promise(version, commitment) for version in self.versions for commitment in version.commitments]

    @property
    def since(self) -> datetime:
        """From when on the first version is in force."""
        return begins_at(self.versions[0])

    def see(self, facts: pl.DataFrame, handoffs: pl.DataFrame, clocks: pl.DataFrame) -> None:
        """Count in whole leads: their settled facts, and the tables that follow from these."""
        first = facts["at"].min()
        if not isinstance(first, datetime):
            return
        self.first_at = first if self.first_at is None else min(self.first_at, first)
        if any(promise.commitment.revenue is not None for promise in self.promises):
            self.deals.append(last_ends(facts, self.versions))
        due = clocks.filter(pl.col("due_at") < self.as_of, pl.col("state") != "void")
        theirs = handoffs.filter(pl.col("sourced") == "marketing")
        for place, promise in enumerate(self.promises):
            if promise.commitment.revenue is None:
                self.count(place, counted(promise.commitment, theirs, due))

    def merge(self, other: Tallies) -> None:
        """Count in what other tallies of the same promises were shown."""
        firsts = [first_at for first_at in (self.first_at, other.first_at) if first_at is not None]
        self.first_at = min(firsts, default=None)
        self.parts += other.parts
        self.deals += other.deals

    def count(self, place: int, events: pl.DataFrame) -> None:
        """Add events (`at`, `kept`, `cents`) to the sums of one promise."""
        if not events.is_empty():
            self.parts.append(
                summed(events, self.starts(self.promises[place], events["at"])).select(
                    pl.lit(place, pl.Int64).alias("promise"), "period_start", *SUMS
                )
            )

    def starts(self, promise: Promise, at: pl.Series) -> pl.Series:
        """When the periods begin that hold any of the instants and have a row."""
        first = at.min()
        assert isinstance(first, datetime)
        zone, first = promise.agreement.timezone, max(first, self.since)
        these = periods(promise.commitment.per, zone, first_at=first, last_at=self.as_of)
        return pl.Series("period_start", [period.start_at for period in these], INSTANT)

    def found(self) -> dict[tuple[int, datetime], Tally]:
        """The sums by promise and start of the period; where nothing counts there are none."""
        self.count_wins()
        rows = pl.concat([pl.DataFrame(schema=TALLY), *self.parts])
        found: dict[tuple[int, datetime], Tally] = {}
        for place, start_at, *sums in rows.iter_rows():
            found[place, start_at] = found.get((place, start_at), Tally()) + Tally(*sums)
        return found

    def count_wins(self) -> None:
        """Count the wins that stand, now that the opportunities of all leads are known."""
        if not self.deals:
            return
        won = latest(pl.concat(self.deals)).filter(pl.col("kind") == "opportunity_won")
        for place, promise in enumerate(self.promises):
            if promise.commitment.revenue is not None:
                worth = self.rates.convert(won, to=promise.agreement.currency, versions=self.versions)
                self.count(place, won.select("at", kept=pl.lit(True), cents=pl.Series(worth.hundredths).cast(pl.Int128)))
        self.deals.clear()


def counted(commitment: Commitment, handoffs: pl.DataFrame, clocks: pl.DataFrame) -> pl.DataFrame:
    """What counts for a commitment: when (`at`), whether it was `kept`, its worth in `cents`."""
    worth = pl.col("worth").to_physical().cast(pl.Int128)
    if commitment.due is not None:
        return clocks.filter(pl.col("commitment") == commitment.name).select(
            at="due_at", kept=pl.col("state") == "kept", cents=pl.lit(None, pl.Int128)
        )
    if commitment.grades is not None:
        handoffs = handoffs.filter(pl.col("grade").is_in(commitment.grades))
    if commitment.accepted is not None:
        handoffs = handoffs.filter(pl.any_horizontal(pl.col(DECISIONS).is_not_null()))
        return handoffs.select(at="handed_at", kept=pl.col("accepted_at").is_not_null(), cents=worth)
    if commitment.pursue is not None:
        handoffs = handoffs.filter(pl.col("first_attempt_at").is_not_null())
    return handoffs.select(at="handed_at", kept=pl.lit(True), cents=worth)


def summed(events: pl.DataFrame, starts: pl.Series) -> pl.DataFrame:
    """The events' sums by period; one before the first period counts nowhere."""
    period = starts.search_sorted(events["at"], side="right") - pl.Series([1], dtype=pl.Int64)
    within = events.with_columns(period=period).filter(pl.col("period") >= 0)
    sums = within.group_by("period").agg(
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("kept").sum().cast(pl.Int64),
        pl.col("cents").sum().cast(pl.Int128),
        (pl.col("cents") * pl.col("cents")).sum().cast(pl.Int128).alias("squares"),
    )
    return sums.with_columns(period_start=starts.gather(sums["period"]))


def last_ends(facts: pl.DataFrame, versions: Sequence[Agreement]) -> pl.DataFrame:
    """The last win or loss of each opportunity (`deal`) of these leads."""
    own = ("=" + pl.col("opportunity_id")).fill_null("?" + pl.col("lead_id"))
    ends = facts.filter(pl.col("kind").is_in(ENDS)).with_columns(pl.col("kind", "currency").cast(pl.String))
    return latest(ends.select("at", "fact_id", "kind", "amount", currency=currency_in(versions), deal=own))


def latest(ends: pl.DataFrame) -> pl.DataFrame:
    """Of each opportunity the last row, by time and fact id."""
    return ends.sort("at", "fact_id").unique("deal", keep="last", maintain_order=True)
