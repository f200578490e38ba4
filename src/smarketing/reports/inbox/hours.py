"""How long there is: what is left of a clock in a rep's own working hours, as intervals between instants.

Between two instants nothing depends on a zone any more, so whoever counts them down is right across a change to summer time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from smarketing.derivations.business_time import Timeline, elapsed, lay_out
from smarketing.derivations.working_time import DEFAULT, absences_of
from smarketing.vocabulary.periods import EPOCH, micros

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement
    from smarketing.reports.following import Following

HOUR = 3_600_000_000
AROUND, AHEAD = timedelta(days=2), timedelta(days=120)
LONGEST = timedelta(days=400)
"""Further back nobody counts hours: it is long ago."""
Interval = tuple[datetime, datetime]
Key = tuple[str, str, date]
"""A rep, a version of the agreement, a day."""
HOURS = "hours"
"""Under this name an outcome keeps what was laid out."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody works; `timeline` is None where no calendar says so, and then every hour counts."""

    timeline: Timeline | None

    def between(self, begin: datetime, end: datetime) -> list[Interval]:
        """The intervals of work from one instant to another; none where that is not the later one."""
        if begin >= end:
            return []
        if self.timeline is None:
            return [(begin, end)]
        first, last = micros(begin), micros(end)
        starts, ends = np.maximum(self.timeline.starts, first), np.minimum(self.timeline.ends, last)
        there = starts < ends
        return [(_at(start), _at(stop)) for start, stop in zip(starts[there].tolist(), ends[there].tolist(), strict=True)]

    def worked(self, begin: datetime, end: datetime) -> float:
        """Hours of work from one instant to another, negative where that is the earlier one."""
        first, last = micros(begin), micros(end)
        if self.timeline is None:
            return (last - first) / HOUR
        line = self.timeline
        return elapsed(line.starts, line.ends, line.before, first, last) / HOUR

    def worked_until(self, now: datetime, instants: NDArray[np.int64]) -> NDArray[np.float64]:
        """`worked` from now to each of many instants, in microseconds since 1970."""
        first = micros(now)
        if self.timeline is None:
            return (instants - first) / HOUR
        hours: NDArray[np.float64] = (_before(self.timeline, instants) - _before(self.timeline, np.array([first]))) / HOUR
        return hours


def _before(line: Timeline, instants: NDArray[np.int64]) -> NDArray[np.int64]:
    """What was worked from the begin of the layout to each of these instants."""
    if not len(line.starts):
        return np.zeros(len(instants), np.int64)
    place = np.searchsorted(line.starts, instants, side="right") - 1
    so_far = line.before[place] + np.minimum(instants, line.ends[place]) - line.starts[place]
    return np.where(place < 0, 0, so_far)


EVERY_HOUR = Hours(None)


def _at(instant: int) -> datetime:
    return EPOCH + timedelta(microseconds=instant)


def hours_of(outcome: Following, rep: str, version: Agreement, now: datetime) -> Hours:
    """The working hours of a rep under a version, from long before `now` to well past it; laid out once a day."""
    key = rep, version.id, now.astimezone(UTC).date()
    kept: dict[Key, Hours] = outcome.once(HOURS, dict)
    if key not in kept:
        kept[key] = _laid_out(outcome, rep, version, now)
    return kept[key]


def latest(kept: Mapping[Key, Hours]) -> dict[Key, Hours]:
    """Of what was laid out, that of the last day."""
    last = max((day for _, _, day in kept), default=None)
    return {key: hours for key, hours in [*kept.items()] if key[2] == last}


def _laid_out(outcome: Following, rep: str, version: Agreement, now: datetime) -> Hours:
    calendar = version.calendars.get(_calendar_of(outcome, rep)) or version.calendars.get(DEFAULT)
    if calendar is None:
        return EVERY_HOUR
    first, last = (now - LONGEST - AROUND).date(), (now + AHEAD).date()
    absences = outcome.small.get("absences")
    own = [] if absences is None else absences.filter(absences["rep"] == rep).to_dicts()
    away = absences_of(own, version.timezone).get(rep, [])
    return Hours(lay_out(calendar, version.timezone, first=first, last=last, absences=away))


def _calendar_of(outcome: Following, rep: str) -> str:
    reps = outcome.small.get("reps")
    found = [] if reps is None else reps.filter(reps["rep"] == rep)["calendar"].to_list()
    return str(found[0]) if found and found[0] else DEFAULT
