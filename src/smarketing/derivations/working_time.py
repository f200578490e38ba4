"""Whose calendar counts: the working time of every rep, laid out once for a replay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.derivations.business_time import Micros, Timeline, Timelines, lay_out, stack
from smarketing.vocabulary.periods import instant, micros

DEFAULT, NO_CALENDAR = "default", -1
BEYOND = timedelta(days=3 * 366)
"""How far past `as_of` working time is laid out at least."""


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The timelines of a replay; `place` gives each rep's who has one of their own, the others work by number `default`."""

    timelines: Timelines
    place: Mapping[str, int]
    default: int

    def of_people(self, people: pl.Series) -> Micros:
        """The timeline of each person by code; one more at the end, for nobody (code -1)."""
        return np.array([self.place.get(person, self.default) for person in people.to_list()] + [self.default], dtype=np.int64)


def absences_of(absences: Iterable[Mapping[str, str]], zone: str) -> dict[str, list[tuple[int, int]]]:
    """Each rep's absences as half-open spans in µs; a date alone is the start of that day in the agreement's zone."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for row in absences:
        spans.setdefault(row["rep"], []).append((micros(instant(row["from"], zone)), micros(instant(row["to"], zone))))
    return spans


def working_time(agreement: Agreement, small: Mapping[str, pl.DataFrame], *, first_at: datetime, as_of: datetime) -> WorkingTime:
    """Lay out the calendars of the agreement and its reps, from before `first_at` to well past `as_of`."""
    calendars, zone = agreement.calendars or {}, agreement.timezone
    away = absences_of(small["absences"].iter_rows(named=True), zone) if "absences" in small else {}
    reps = {row["rep"]: row["calendar"] for row in small["reps"].iter_rows(named=True)} if "reps" in small else {}
    first, last = (first_at - timedelta(days=2)).date(), last_day(agreement, as_of)
    timelines: list[Timeline] = []
    shared: dict[str, int] = {}
    for name, calendar in calendars.items():
        shared[name] = len(timelines)
        timelines.append(lay_out(calendar, zone, first=first, last=last))
    place: dict[str, int] = {}
    for rep in sorted(reps.keys() | away.keys()):
        name = reps[rep] if reps.get(rep) in calendars else DEFAULT
        if rep not in away or name not in calendars:
            place[rep] = shared.get(name, NO_CALENDAR)
        else:
            place[rep] = len(timelines)
            timelines.append(lay_out(calendars[name], zone, first=first, last=last, absences=away[rep]))
    return WorkingTime(stack(timelines), place, shared.get(DEFAULT, NO_CALENDAR))


def last_day(agreement: Agreement, as_of: datetime) -> date:
    """Far enough past `as_of` for the longest budget, even where one day in ten is worked."""
    longest = timedelta()
    for clock in agreement.commitments:
        duration = clock.respond_within or clock.decide_within or clock.within
        if duration is not None and duration.business:
            days = duration.amount if duration.unit == "day" else duration.microseconds / 3_600_000_000
            longest = max(longest, timedelta(days=10 * days))
    return min((as_of.astimezone(UTC) + BEYOND + longest).date(), date(2400, 1, 1))
