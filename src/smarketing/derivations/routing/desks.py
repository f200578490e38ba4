"""The reps of the small tables as routing sees them: who may get leads, who is away, and when somebody works next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.models import Agreement
from smarketing.derivations.business_time import lay_out
from smarketing.derivations.working_time import DEFAULT, absences_of
from smarketing.vocabulary.periods import instant, micros

FIRST_DESK, SELLERS = "inside_sales", ("sales", None)
"""The role that leads are handed to, and those that get them where nobody has it."""
EVER, NEVER = -(2**63), 2**63 - 1
AROUND = timedelta(days=3)
AHEAD = timedelta(days=60)
"""So far past the last instant asked about it is known when somebody works next."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """One rep: instants are µs since 1970 in UTC, spans half-open.

    `active`: from when to when they are with the company; `away`: absences; `capacity`: the most open leads (None: no limit).
    `starts`, `ends`: working time, absences taken out; None: no calendar says when they work, so they always do.
    """

    rep: str
    name: str
    role: str | None = None
    capacity: int | None = None
    active: Span = (EVER, NEVER)
    away: tuple[Span, ...] = ()
    starts: NDArray[np.int64] | None = None
    ends: NDArray[np.int64] | None = None

    def is_active(self, at: int) -> bool:
        """Whether they are with the company then."""
        return self.active[0] <= at < self.active[1]

    def away_until(self, at: int) -> int | None:
        """When somebody who is absent is back, absences that touch each other taken together; None: not absent."""
        until = None
        for begin, end in sorted(self.away):
            if begin <= (at if until is None else until) < end:
                until = end
        return until

    def works_from(self, at: int) -> int:
        """The first instant of working time from then on: that instant itself where they work; NEVER where none is known."""
        if self.starts is None or self.ends is None:
            return at
        place = int(np.searchsorted(self.ends, at, side="right"))
        return NEVER if place == len(self.starts) else max(at, int(self.starts[place]))


@dataclass(frozen=True, slots=True)
class Office:
    """Everybody in the table of reps, in its order; `known`: there is such a table. Sentences are told in `zone`."""

    desks: tuple[Desk, ...] = ()
    known: bool = True
    zone: str = "UTC"
    by_rep: Mapping[str, Desk] = field(default_factory=dict)

    def desk(self, rep: str | None) -> Desk | None:
        """The one of this address, whatever its capitals."""
        return self.by_rep.get(rep.lower()) if rep else None

    def name(self, rep: str) -> str:
        """What people call them; somebody who is not in the table goes by the address."""
        desk = self.desk(rep)
        return desk.name if desk else rep

    def queue(self, at: int) -> list[Desk]:
        """Who takes leads in turn: inside sales, or all of sales where nobody of inside sales is with the company then."""
        active = [desk for desk in self.desks if desk.is_active(at)]
        return [desk for desk in active if desk.role == FIRST_DESK] or [desk for desk in active if desk.role in SELLERS]

    def local(self, at: int) -> datetime:
        """An instant on the office's wall clock."""
        return (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=at)).astimezone(ZoneInfo(self.zone))


def office(desks: Iterable[Desk], *, zone: str = "UTC", known: bool = True) -> Office:
    """These reps as an office."""
    listed = tuple(desks)
    return Office(listed, known, zone, {desk.rep.lower(): desk for desk in listed})


def office_of(agreement: Agreement, small: Mapping[str, pl.DataFrame], *, first_at: datetime, last_at: datetime) -> Office:
    """The reps of the small tables under an agreement, for leads that are routed from `first_at` to `last_at`."""
    if "reps" not in small:
        return office((), zone=agreement.timezone, known=False)
    zone = agreement.timezone
    away = absences_of(small["absences"].iter_rows(named=True), zone) if "absences" in small else {}
    days = (first_at - AROUND).date(), (last_at + AHEAD).date()
    desks = []
    for row in small["reps"].iter_rows(named=True):
        absent = away.get(row["rep"], [])
        calendar = agreement.calendars.get(row["calendar"] or DEFAULT) or agreement.calendars.get(DEFAULT)
        hours = lay_out(calendar, zone, first=days[0], last=days[1], absences=absent) if calendar else None
        active = _edge(row["active_from"], zone, EVER), _edge(row["active_to"], zone, NEVER)
        starts, ends = (hours.starts, hours.ends) if hours else (None, None)
        name = row["name"] or row["rep"]
        desks.append(Desk(row["rep"], name, row["role"], row["capacity"], active, tuple(absent), starts, ends))
    return office(desks, zone=zone)


def _edge(day: str | None, zone: str, without: int) -> int:
    return micros(instant(day, zone)) if day else without
