"""Business time minute by minute, straight from the contract: the judge of `smarketing.derivations.business_time`.

Every minute of a stretch of UTC is marked as worked or not. Slow, plain, and without a line in common with the product.
Instants are whole UTC minutes since 1970. Never shipped, never optimised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

UNTOLD = -1
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class PlainCalendar:
    """Hours as text for each weekday, like `{"mon": ["09:00-12:30"]}`, and the dates on which nobody works."""

    zone: str
    hours: dict[str, list[str]]
    holidays: frozenset[date] = frozenset()


def minute_of(moment: datetime) -> int:
    """A moment's UTC minute since 1970; moments lie on whole minutes."""
    seconds = int(moment.astimezone(UTC).timestamp())
    assert seconds % 60 == 0, moment
    return seconds // 60


def local_minute(zone: str, day: date, clock: str) -> int:
    """The UTC minute of a clock time on a day; a time that occurs twice or not at all is read with the offset before the change."""
    if clock == "24:00":
        day, clock = day + timedelta(days=1), "00:00"
    return minute_of(datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).replace(fold=0))


def spans_of(calendar: PlainCalendar, day: date) -> list[tuple[int, int]]:
    """(first minute, minute after the last) of each span that starts on that day."""
    if day in calendar.holidays:
        return []
    spans = []
    for text in calendar.hours.get(WEEKDAYS[day.weekday()], []):
        start, end = text.split("-")
        end_day = day if end > start else day + timedelta(days=1)
        spans.append((local_minute(calendar.zone, day, start), local_minute(calendar.zone, end_day, end)))
    return spans


@dataclass(frozen=True)
class Minutes:
    """The minutes from `begin` on: worked or not, and for each working day its last worked minute's end."""

    zone: str
    begin: int
    worked: np.ndarray
    ends_of_work: list[tuple[date, int]]

    def so_far(self) -> np.ndarray:
        """How many minutes were worked before the begin of each minute, and before the end of the last."""
        return np.concatenate([[0], np.cumsum(self.worked)])

    def due_after(self, at: np.ndarray, budget: int) -> np.ndarray:
        """For each minute the first one by which `budget` more were worked; UNTOLD where this stretch does not tell."""
        so_far = self.so_far()
        due = np.searchsorted(so_far, so_far[at - self.begin] + budget, side="left")
        return np.where(due == len(so_far), UNTOLD, self.begin + due)

    def due_on_day(self, at: np.ndarray, n: int) -> np.ndarray:
        """For each minute the end of work on the n-th working day after its local day; UNTOLD where this stretch does not tell."""
        due = np.full(len(at), UNTOLD)
        today = local_days(self.zone, int(at[0]), int(at[-1]) + 1)[at - at[0]]
        for day in np.unique(today).tolist():
            later = [end for working, end in self.ends_of_work if working.toordinal() > day]
            if len(later) >= n:
                due[today == day] = later[n - 1]
        return due


@lru_cache(maxsize=4)
def local_days(zone: str, begin: int, end: int) -> np.ndarray:
    """The ordinal of the local date at each minute."""
    info = ZoneInfo(zone)
    return np.array([datetime.fromtimestamp(minute * 60, info).toordinal() for minute in range(begin, end)])


def mark(calendar: PlainCalendar, begin: int, end: int, absences: Sequence[tuple[int, int]] = ()) -> Minutes:
    """Mark every minute from `begin` to `end`; days that reach over an edge are cut there."""
    zone = ZoneInfo(calendar.zone)
    away = np.zeros(end - begin, bool)
    for start, stop in absences:
        away[max(start - begin, 0) : max(stop - begin, 0)] = True
    worked, ends_of_work = np.zeros(end - begin, bool), []
    day = datetime.fromtimestamp(begin * 60, zone).date() - timedelta(days=2)
    while day <= datetime.fromtimestamp(end * 60, zone).date():
        today = np.zeros(end - begin, bool)
        for start, stop in spans_of(calendar, day):
            today[max(start - begin, 0) : max(stop - begin, 0)] = True
        today &= ~away
        if today.any():
            ends_of_work.append((day, begin + int(np.flatnonzero(today)[-1]) + 1))
        worked |= today
        day += timedelta(days=1)
    return Minutes(calendar.zone, begin, worked, ends_of_work)
