"""`commitments`: what was promised for each period, and what came of it. Key: name, period_start.

The rules, where the contract leaves a choice:

* Rows begin with the period of the later of `in_force.from` and the first fact of the lives. Without a fact, or where that period
  comes after the one of `as_of`, there are none.
* A period is over when `period_end <= as_of`. Of a running one as much has passed as of the working time of the default calendar
  (nobody's absences count); of clock time where there is no such calendar, or no working time in the whole period.
* `n` are the hand-offs counted (decided ones for a share accepted, pursued ones for `pursue`), the clocks or the wins.
* Shares are compared exactly, and so are counts and money with what is expected by now: numbers become floats at the very end.
* The forecast before 10 % have passed is the mean of the last three periods before this one, or of those that have a row.
* Where two versions promise under one name for periods of different lengths that begin together, the row of the later one stays.
* Intervals are those of `derivations.intervals`. What is still to come is the forecast less the actual, and not below 0. The
  single amounts of money are those of this period, or of the three before where the forecast is their mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import polars as pl

from smarketing.agreement.models import Agreement, Commitment
from smarketing.agreement.sequence import version_at
from smarketing.derivations.business_time import elapsed, lay_out
from smarketing.derivations.intervals import compound, poisson, wilson
from smarketing.derivations.tables.tallies import Promise, Tallies, Tally
from smarketing.vocabulary.periods import Period, day_start, micros, periods
from smarketing.vocabulary.tables import COMMITMENTS

LEADS, MONEY, SHARE = "leads", "money", "share"
ENOUGH = Fraction(1, 10)
"""From this share of a period on, its own pace says more than the periods before."""
BEFORE = 3
"""So many periods before are the forecast until then."""
AROUND = timedelta(days=3)
"""How far working time is laid out around a period: calendars may have another zone than the agreement."""


def commitments(tallies: Tallies) -> pl.DataFrame:
    """One row for each commitment and period, from all leads that the tallies have seen."""
    rows: dict[tuple[str, datetime], dict[str, Any]] = {}
    if tallies.first_at is not None:
        found, begin = tallies.found(), max(tallies.first_at, tallies.since)
        for place, promise in enumerate(tallies.promises):
            sums = {start_at: tally for (of, start_at), tally in found.items() if of == place}
            for row in rows_of(promise, sums, tallies.versions, begin, tallies.as_of):
                rows[row["name"], row["period_start"]] = row
    return pl.DataFrame(list(rows.values()), schema=COMMITMENTS.columns)


def rows_of(
    promise: Promise, sums: Mapping[datetime, Tally], versions: Sequence[Agreement], begin: datetime, as_of: datetime
) -> Iterator[dict[str, Any]]:
    """The rows of one commitment, for the periods in which its version is the one that counts."""
    agreement, commitment = promise.agreement, promise.commitment
    before: list[Tally] = []
    for period in periods(commitment.per, agreement.timezone, first_at=begin, last_at=as_of):
        tally = sums.get(period.start_at, Tally())
        if version_at(versions, min(as_of, period.end_at)) is agreement:
            passed = passed_share(agreement, period, as_of)
            standing = Standing(commitment, tally, passed, period.end_at <= as_of, before[-BEFORE:])
            yield bounds(agreement, commitment, period) | standing.row()
        before.append(tally)


def bounds(agreement: Agreement, commitment: Commitment, period: Period) -> dict[str, Any]:
    """Whose promise it is, for when, and whether it was on trial then."""
    until = agreement.in_force.trial_until
    trial = until is not None and period.start_at < day_start(until, agreement.timezone)
    return {
        "name": commitment.name, "period_start": period.start_at, "period_end": period.end_at, "team": commitment.by, "trial": trial,
    }  # fmt: skip


def passed_share(agreement: Agreement, period: Period, as_of: datetime) -> Fraction:
    """How much of a period's working time has passed, 0 to 1."""
    if period.end_at <= as_of:
        return Fraction(1)
    start, now, end = micros(period.start_at), micros(as_of), micros(period.end_at)
    if "default" in agreement.calendars:
        first, last = (period.start_at - AROUND).date(), (period.end_at + AROUND).date()
        line = lay_out(agreement.calendars["default"], agreement.timezone, first=first, last=last)
        if whole := elapsed(line.starts, line.ends, line.before, start, end):
            return Fraction(int(elapsed(line.starts, line.ends, line.before, start, now)), int(whole))
    return Fraction(now - start, end - start)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one promise stands in one period: what counts, how much of the period has passed, what counted `before` it."""

    commitment: Commitment
    tally: Tally
    passed: Fraction
    over: bool
    before: Sequence[Tally]

    @property
    def unit(self) -> str:
        """What is promised: leads, money or a share."""
        if self.commitment.due is not None or self.commitment.accepted is not None:
            return SHARE
        return MONEY if self.commitment.kind in {"worth", "revenue"} else LEADS

    @property
    def target(self) -> Fraction:
        """What is promised."""
        return Fraction(self.commitment.target)

    @property
    def actual(self) -> Fraction | None:
        """What came of it; None for a share of nothing."""
        return self.value(self.tally)

    @property
    def expected(self) -> Fraction:
        """What should have come by now."""
        return self.target if self.unit == SHARE else self.target * self.passed

    def value(self, tally: Tally) -> Fraction | None:
        """The figure that sums make."""
        if self.unit == SHARE:
            return Fraction(tally.kept, tally.n) if tally.n else None
        return Fraction(tally.cents, 100) if self.unit == MONEY else Fraction(tally.n)

    def row(self) -> dict[str, Any]:
        """The row's figures."""
        forecast = self.forecast()
        low, high = (None, None) if forecast is None else self.interval(forecast)
        figures = {
            "target": self.target, "actual": self.actual, "expected_by_now": self.expected,
            "forecast_low": low, "forecast": forecast, "forecast_high": high,
        }  # fmt: skip
        floats = {name: None if figure is None else float(figure) for name, figure in figures.items()}
        return floats | {"unit": self.unit, "n": self.tally.n, "status": self.status()}

    def status(self) -> str | None:
        """Kept, broken, or how it looks so far; None where there is nothing to judge."""
        actual = self.actual
        if actual is None:
            return None
        if actual >= self.target and (self.over or self.unit != SHARE):
            return "met"
        if self.over:
            return "missed"
        return "on_pace" if actual >= self.expected else "behind"

    def forecast(self) -> Fraction | None:
        """What the whole period will bring; None where nothing tells."""
        actual = self.actual
        if self.unit == SHARE or actual is None:
            return actual
        if self.passed >= ENOUGH:
            return actual / self.passed
        earlier = [self.value(tally) or Fraction(0) for tally in self.before]
        return sum(earlier, Fraction(0)) / len(earlier) if earlier else None

    def interval(self, forecast: Fraction) -> tuple[float | Fraction, float | Fraction]:
        """Where the forecast lies with a chance of 90 %."""
        if self.unit == SHARE:
            return wilson(self.tally.kept, self.tally.n)
        actual = self.actual or Fraction(0)
        to_come = float(max(forecast - actual, Fraction(0)))
        low, high = poisson(to_come) if self.unit == LEADS else self.money_to_come(to_come)
        return actual + Fraction(low), actual + Fraction(high)

    def money_to_come(self, mean: float) -> tuple[float, float]:
        """The interval of money still to come."""
        seen = self.tally if self.passed >= ENOUGH else sum(self.before, Tally())
        return compound(mean, total=seen.cents / 100, squares=seen.squares / 10_000)
