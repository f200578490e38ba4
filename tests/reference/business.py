"""Business time by walking: the days of a calendar one by one, cut into pieces at every border (contract, 3.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import holidays

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY = timedelta(days=1)
Piece = tuple[datetime, datetime]


class WorkingTime:
    """The working time of one person: a calendar without its holidays and without the person's absences."""

    def __init__(self, calendar: dict[str, Any], zone: str, absences: list[Piece]) -> None:
        self.zone = ZoneInfo(calendar.get("timezone") or zone)
        self.week = read_week(calendar["hours"])
        self.holidays = calendar.get("holidays") or {}
        self.absences = absences

    def is_holiday(self, day: date) -> bool:
        """By the law of the country and region, or by the calendar's own list."""
        if day in [read_date(one) for one in self.holidays.get("also") or []]:
            return True
        country = self.holidays.get("country")
        return country is not None and day in of_country(country, self.holidays.get("region"), day.year)

    def instant(self, day: date, minute: int) -> datetime:
        """A local time in UTC; one that occurs twice or not at all has the offset before the change."""
        local = datetime.combine(day + minute // 1440 * DAY, time(minute % 1440 // 60, minute % 60))
        return local.replace(tzinfo=self.zone, fold=0).astimezone(UTC)

    def spans(self, day: date) -> list[Piece]:
        """The spans that start on a day, as instants, before absences."""
        if self.is_holiday(day):
            return []
        found = [(self.instant(day, start), self.instant(day, end)) for start, end in self.week[day.weekday()]]
        return [(start, end) for start, end in found if start < end]

    def pieces(self, spans: list[Piece], low: datetime, high: datetime) -> Iterator[Piece]:
        """What of the spans lies in [low, high) and in no absence: pieces in order, none twice."""
        borders = {low, high} | {border for one in spans + self.absences for border in one}
        cuts = sorted(border for border in borders if low <= border <= high)
        for start, end in pairwise(cuts):
            at_work = any(one <= start and end <= other for one, other in spans)
            absent = any(one <= start and end <= other for one, other in self.absences)
            if at_work and not absent:
                yield start, end

    def local_day(self, at: datetime) -> date:
        """The day on the calendar's wall."""
        return at.astimezone(self.zone).date()

    def walk(self, start: datetime, end: datetime | None = None) -> Iterator[Piece]:
        """The pieces of working time from `start` to `end` (or for ever), a stretch of 24 hours at a time."""
        low = start
        while end is None or low < end:
            high = low + DAY if end is None else min(low + DAY, end)
            spans = [span for near in range(-3, 4) for span in self.spans(self.local_day(low) + near * DAY)]
            yield from self.pieces(spans, low, high)
            low = high

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two instants."""
        return sum((high - low for low, high in self.walk(start, end)), timedelta())

    def after_time(self, start: datetime, budget: timedelta) -> datetime:
        """The moment at which that much working time has passed."""
        for low, high in self.walk(start):
            if high - low >= budget:
                return low + budget
            budget -= high - low
        raise AssertionError("walked for ever")

    def after_days(self, start: datetime, count: int) -> datetime:
        """The end of work on the n-th working day after the day of `start`."""
        day = self.local_day(start)
        while True:
            day += DAY
            spans = self.spans(day)
            borders = [border for span in spans for border in span]
            pieces = list(self.pieces(spans, min(borders), max(borders))) if spans else []
            if pieces:
                count -= 1
                if count == 0:
                    return max(end for _, end in pieces)


def read_week(hours: dict[str, Any]) -> list[list[tuple[int, int]]]:
    """For each day of the week, from Monday, its spans in minutes; an end after 1440 lies on the next day."""
    week: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for key, texts in hours.items():
        for day in read_days(key):
            for text in texts:
                start, end = (int(one[:2]) * 60 + int(one[3:]) for one in text.strip().split("-"))
                week[day].append((start, end if end > start else end + 1440))
    return week


def read_days(key: str) -> list[int]:
    """`mon`, `mon-fri`, `sat-mon`, `mon,wed`."""
    found = []
    for part in key.split(","):
        first, _, last = part.strip().partition("-")
        day, stop = DAYS.index(first), DAYS.index(last or first)
        while day != stop:
            found.append(day)
            day = (day + 1) % 7
        found.append(stop)
    return found


@lru_cache(maxsize=1000)
def of_country(country: str, region: str | None, year: int) -> frozenset[date]:
    """Public holidays of a year."""
    return frozenset(day for day in holidays.country_holidays(country, subdiv=region, years=year) if day.year == year)


def read_date(value: Any) -> date:
    """A date, or its text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def read_instant(value: Any, zone: str) -> datetime:
    """An instant from text; a date alone is its first moment, and a time without a zone is local, in the zone given."""
    found = datetime.fromisoformat(str(value))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def working_time(rep: str | None, agreement: dict[str, Any], tables: dict[str, list[dict[str, Any]]]) -> WorkingTime | None:
    """The working time of a rep, by their own calendar or else (also where the agreement has none of that name) by `default`."""
    calendars, zone = agreement.get("calendars") or {}, agreement["timezone"]
    own = [row.get("calendar") for row in tables.get("reps", []) if rep is not None and row["rep"] == rep]
    calendar = (calendars.get(own[0]) if own else None) or calendars.get("default")
    if calendar is None:
        return None
    absences = [
        (read_instant(row["from"], zone), read_instant(row["to"], zone))
        for row in tables.get("absences", [])
        if rep is not None and row["rep"] == rep
    ]
    return WorkingTime(calendar, zone, absences)
