"""Whose calendar counts: the working time of every rep, laid out once for a replay."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.models import Agreement
from smarketing.derivations.business_time import Timeline, Timelines, lay_out, stack
from smarketing.vocabulary.periods import instant, micros

DEFAULT, NO_CALENDAR = "default", -1
BEYOND = timedelta(days=3 * 366)
"""How far past `as_of` working time is laid out at least."""


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The timelines of a replay; for each version, `place` gives each rep's who has one of their own and the others work by `default`."""

    timelines: Timelines
    place: Sequence[Mapping[str, int]]
    default: Sequence[int]

    def of_people(self, people: pl.Series) -> NDArray[np.int64]:
        """For each version the timeline of each person by code; one more at the end, for nobody (code -1)."""
        found = [
            [*(place.get(person, default) for person in people.to_list()), default]
            for place, default in zip(self.place, self.default, strict=True)
        ]
        return np.array(found, dtype=np.int64)


def absences_of(absences: Iterable[Mapping[str, str]], zone: str) -> dict[str, list[tuple[int, int]]]:
    """Each rep's absences as half-open spans in µs; a date alone is the start of that day in the agreement's zone."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for row in absences:
        spans.setdefault(row["rep"], []).append((micros(instant(row["from"], zone)), micros(instant(row["to"], zone))))
    return spans


def working_time(
    versions: Sequence[Agreement], small: Mapping[str, pl.DataFrame], *, first_at: datetime, as_of: datetime
) -> WorkingTime:
    """Lay out the calendars of the versions and their reps, from before `first_at` to well past `as_of`."""
    timelines: list[Timeline] = []
    made = [Desks(version, small, first_at, as_of, timelines) for version in versions]
    places = [desks.place_reps() for desks in made]
    return WorkingTime(stack(timelines), places, [desks.shared.get(DEFAULT, NO_CALENDAR) for desks in made])


class WorkingTimes:
    """The working time of some versions, laid out when an instant asks for it and kept for those that follow; threads may share it."""

    MOST = 4
    """So many days on which somebody asks are kept."""

    def __init__(self, versions: Sequence[Agreement], small: Mapping[str, pl.DataFrame]) -> None:
        self.versions, self.small = versions, small
        self._since: datetime | None = None
        self._laid_out: dict[tuple[date, ...], WorkingTime] = {}
        self._lock = threading.Lock()

    def __call__(self, *, first_at: datetime, as_of: datetime) -> WorkingTime:
        """What `working_time` lays out, or more of it before `first_at`; it ends on the same day."""
        until = tuple(last_day(version, as_of) for version in self.versions)
        with self._lock:
            if self._since is None or first_at < self._since:
                self._since = first_at.replace(month=1, day=1, hour=0)
                self._laid_out.clear()
            if until not in self._laid_out:
                for oldest in list(self._laid_out)[: 1 - self.MOST]:
                    del self._laid_out[oldest]
                self._laid_out[until] = working_time(self.versions, self.small, first_at=self._since, as_of=as_of)
            return self._laid_out[until]


class Desks:
    """Who works when under one version; what is laid out goes to the end of `timelines`. `shared`: the place of each calendar's."""

    def __init__(
        self,
        version: Agreement,
        small: Mapping[str, pl.DataFrame],
        first_at: datetime,
        as_of: datetime,
        timelines: list[Timeline],
    ) -> None:
        self.version, self.small, self.timelines = version, small, timelines
        self.days = (first_at - timedelta(days=2)).date(), last_day(version, as_of)
        self.shared = {name: self.lay_out(name) for name in version.calendars}

    def lay_out(self, calendar: str, absences: Sequence[tuple[int, int]] = ()) -> int:
        """Lay out a calendar, without some absences; its place."""
        first, last = self.days
        zone = self.version.timezone
        self.timelines.append(lay_out(self.version.calendars[calendar], zone, first=first, last=last, absences=absences))
        return len(self.timelines) - 1

    def place_reps(self) -> dict[str, int]:
        """The place of each rep who is named in the small tables."""
        small, calendars = self.small, self.version.calendars
        away = absences_of(small["absences"].iter_rows(named=True), self.version.timezone) if "absences" in small else {}
        reps = {row["rep"]: row["calendar"] for row in small["reps"].iter_rows(named=True)} if "reps" in small else {}
        place: dict[str, int] = {}
        for rep in sorted(reps.keys() | away.keys()):
            name = reps[rep] if reps.get(rep) in calendars else DEFAULT
            alone = rep in away and name in calendars
            place[rep] = self.lay_out(name, away[rep]) if alone else self.shared.get(name, NO_CALENDAR)
        return place


def last_day(agreement: Agreement, as_of: datetime) -> date:
    """Far enough past `as_of` for the longest budget, even where one day in ten is worked."""
    longest = timedelta()
    for clock in agreement.commitments:
        duration = clock.respond_within or clock.decide_within or clock.within
        if duration is not None and duration.business:
            days = duration.amount if duration.unit == "day" else duration.microseconds / 3_600_000_000
            longest = max(longest, timedelta(days=10 * days))
    return min((as_of.astimezone(UTC) + BEYOND + longest).date(), date(2400, 1, 1))
