"""How much money each month has to bring: the revenue promised, the reps' quotas, and what of it is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.lives import standing_wins
from smarketing.vocabulary.periods import Period, local_day, period_at, periods

if TYPE_CHECKING:
    from datetime import datetime

    from smarketing.reports.following import Following

PER_QUOTA = "quarter"
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Goal:
    """Money for a `period`: `revenue` promised by the agreement, `quotas` of the reps (None: there is none), and what is won so far."""

    period: Period
    revenue: Decimal | None
    quotas: Decimal | None
    won: Decimal

    @property
    def amount(self) -> Decimal:
        """The higher of both: only then both are reached."""
        return max(self.revenue or Decimal(0), self.quotas or Decimal(0))


def goal_of(outcome: Following, month: Period) -> Goal | None:
    """The goal whose period holds the month: that of the first revenue commitment or, without one, the quarter of the quotas."""
    agreement = outcome.agreement
    promise = next((promise for promise in agreement.commitments if promise.revenue is not None), None)
    period = period_at(_per(promise.per if promise else PER_QUOTA), agreement.timezone, month.start_at)
    months = len(months_of(period, agreement.timezone))
    revenue = None if promise is None else promise.target * (1 if promise.per != "week" else _weeks(period))
    quotas = _quotas(outcome, period)
    if revenue is None and quotas is None:
        return None
    scaled = None if quotas is None else quotas * months / 3
    return Goal(period, revenue, scaled, won_in(outcome, period.start_at, min(outcome.as_of, period.end_at - MOMENT)))


def money_of(outcome: Following, goal: Goal, month: Period) -> Decimal:
    """What the month has to bring: of a goal that is over or still to come an equal part; of a running one, a month that is over an
    equal part, and each month from now on its part of what was missing when this month began, never below 0."""
    zone = outcome.agreement.timezone
    months = months_of(goal.period, zone)
    running = goal.period.start_at <= outcome.as_of < goal.period.end_at
    left = [each for each in months if each.end_at > outcome.as_of]
    if not running or month.end_at <= outcome.as_of:
        return goal.amount / len(months)
    missing = goal.amount - won_in(outcome, goal.period.start_at, left[0].start_at - MOMENT)
    return max(missing, Decimal(0)) / len(left)


def months_of(period: Period, zone: str) -> list[Period]:
    """The months that begin in the period, or hold its begin."""
    return [*periods("month", zone, first_at=period.start_at, last_at=period.end_at - MOMENT)]


def won_in(outcome: Following, since: datetime, until: datetime) -> Decimal:
    """The standing wins from `since` to `until`, both included, in the agreement's currency."""
    found = standing_wins(outcome).filter(pl.col("won_at") >= since, pl.col("won_at") <= until, pl.col("counts"))
    return Decimal(found["amount"].fill_null(0).sum() or 0)


def _per(per: str) -> str:
    """A week has no months: its goal is planned by the month."""
    return "month" if per == "week" else per


def _weeks(month: Period) -> Decimal:
    """How many weeks a month has."""
    return Decimal((month.end_at - month.start_at) / timedelta(weeks=1)).quantize(Decimal("0.0001"))


def _quotas(outcome: Following, period: Period) -> Decimal | None:
    """The quotas (money per quarter) of the reps who are active at the begin of the period, or begin in it; None: nobody has one."""
    table = outcome.small.get("reps")
    if table is None:
        return None
    zone = outcome.agreement.timezone
    first, last = local_day(period.start_at, zone).isoformat(), local_day(period.end_at - MOMENT, zone).isoformat()
    active = table.filter(
        pl.col("quota").is_not_null(),
        pl.col("active_from").is_null() | (pl.col("active_from").str.slice(0, 10) <= last),
        pl.col("active_to").is_null() | (pl.col("active_to").str.slice(0, 10) > first),
    )
    return Decimal(active["quota"].sum()) if active.height else None
