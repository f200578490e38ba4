"""The periods of commitments: weeks, months, quarters and years, cut at 00:00 in a zone (contract, 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.reference.business import DAY, WorkingTime

LONGEST = {"week": 7, "month": 31, "quarter": 92, "year": 366}
"""Days of the longest period: so many after a first day lie in the next period."""
TENTH = 0.1
"""The share of a period that has to have passed before it says where it leads."""


@dataclass(frozen=True)
class Period:
    """From `start`, `end` not included."""

    start: datetime
    end: datetime

    def has(self, at: datetime | None) -> bool:
        """Does this time lie in the period?"""
        return at is not None and self.start <= at < self.end

    def over(self, as_of: datetime) -> bool:
        """Is nothing of it still to come?"""
        return self.end <= as_of


def first_day(day: date, per: str) -> date:
    """The first day of the period that a day lies in; weeks begin on Monday."""
    if per == "week":
        return day - day.weekday() * DAY
    if per == "month":
        return day.replace(day=1)
    if per == "quarter":
        return day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1)
    return day.replace(day=1, month=1)


def midnight(day: date, zone: str) -> datetime:
    """00:00 of a day in a zone; where that occurs twice or not at all, with the offset before the change."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def periods(first: datetime, last: datetime, per: str, zone: str) -> list[Period]:
    """All from the one that `first` lies in to that of `last`; none where that is an earlier one."""
    begin, final = (first_day(at.astimezone(ZoneInfo(zone)).date(), per) for at in (first, last))
    found = []
    while begin <= final:
        following = first_day(begin + timedelta(days=LONGEST[per]), per)
        found.append(Period(midnight(begin, zone), midnight(following, zone)))
        begin = following
    return found


def passed_share(period: Period, as_of: datetime, calendar: WorkingTime | None) -> float:
    """How much of the period's business time has passed; of its plain time where there is no calendar, or no work in it."""
    if period.over(as_of):
        return 1.0
    whole = worked(calendar, period.start, period.end) if calendar else timedelta(0)
    if calendar and whole:
        return worked(calendar, period.start, as_of) / whole
    return (as_of - period.start) / (period.end - period.start)


def worked(calendar: WorkingTime, start: datetime, end: datetime) -> timedelta:
    """Working time between two instants, as `WorkingTime.worked` finds it, but quick enough for years: nobody is absent here."""
    day, last = calendar.local_day(start) - 3 * DAY, calendar.local_day(end) + 3 * DAY
    spans = []
    while day <= last:
        spans += calendar.spans(day)
        day += DAY
    total, reached = timedelta(0), start
    for low, high in sorted(spans):
        low, high = max(low, reached), min(high, end)
        if low < high:
            total += high - low
            reached = high
    return total
