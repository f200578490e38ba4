"""Quiet hours: nobody is mailed outside their own working time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from smarketing.vocabulary.periods import EPOCH, instant, micros

if TYPE_CHECKING:
    import polars as pl

    from smarketing.actions.workspace import Workspace
    from smarketing.agreement.models import Agreement
    from smarketing.derivations.business_time import Timeline

DEFAULT = "default"
AHEAD = timedelta(days=45)
"""Who works on none of so many days is looked at again then."""


class WorkingHours:
    """Who works when, by the agreement in force and the small tables `reps` and `absences`; read once."""

    def __init__(self, version: Agreement, small: Mapping[str, pl.DataFrame]) -> None:
        self.version = version
        rows = small["reps"].iter_rows(named=True) if "reps" in small else ()
        self.calendar_of = {str(row["rep"]).lower(): row["calendar"] for row in rows}
        self.away: dict[str, list[tuple[int, int]]] = {}
        for row in small["absences"].iter_rows(named=True) if "absences" in small else ():
            span = tuple(micros(instant(row[end], version.timezone)) for end in ("from", "to"))
            self.away.setdefault(str(row["rep"]).lower(), []).append((span[0], span[1]))

    def next_at_work(self, person: str, at: datetime) -> datetime:
        """The instant from which somebody (an address) may be mailed: `at` where they work then, else when they next do.

        Whoever has no calendar of their own works by the default one; without one, always.
        """
        line = self._laid_out(person, at)
        if line is None:
            return at
        now = micros(at)
        place = int(line.ends.searchsorted(now, side="right"))
        if place == len(line.ends):
            return at + AHEAD
        return at if line.starts[place] <= now else EPOCH + timedelta(microseconds=int(line.starts[place]))

    def is_working_day(self, at: datetime) -> bool:
        """Whether anybody works, by the default calendar, on the local day of an instant."""
        line = self._laid_out("", at)
        if line is None:
            return True
        from smarketing.vocabulary.periods import local_day

        return local_day(at, self.version.timezone).toordinal() in {int(day) for day in line.day_ordinals}

    def _laid_out(self, person: str, at: datetime) -> Timeline | None:
        from smarketing.derivations.business_time import lay_out

        wanted = self.calendar_of.get(person.lower())
        calendars = self.version.calendars
        calendar = calendars.get(wanted if wanted in calendars else DEFAULT)
        if calendar is None:
            return None
        first = (at.astimezone(UTC) - timedelta(days=2)).date()
        absences = self.away.get(person.lower(), ())
        return lay_out(calendar, self.version.timezone, first=first, last=first + AHEAD, absences=absences)


def working_hours(workspace: Workspace, now: datetime) -> WorkingHours:
    """Who works when in a workspace. Raises DocumentError, UsageError."""
    from smarketing.agreement.sequence import version_at
    from smarketing.journal.small_tables import read_small_tables

    return WorkingHours(version_at(workspace.agreements(), now), read_small_tables(workspace.small_tables()))
