"""When the people of the example company work, and who of them takes the next lead."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from smarketing.agreement.calendars import Calendar, Holidays
from smarketing.connectors.example.company import (
    ABSENCES,
    AMERICAN_HOLIDAYS,
    FIRST_DAY,
    FIXED_LAST_DAY,
    GERMAN_HOLIDAYS,
    REPS,
    SECOND,
    ZONE,
    Rep,
)
from smarketing.derivations.business_time import lay_out

EUROPE = Calendar(
    hours={"mon-fri": ["08:30-12:30", "13:30-17:30"]},
    holidays=Holidays(also=[date.fromisoformat(day) for day in GERMAN_HOLIDAYS]),
)
AMERICA = Calendar(
    timezone="America/New_York",
    hours={"mon-fri": ["09:00-12:00", "12:45-17:45"]},
    holidays=Holidays(also=[date.fromisoformat(day) for day in AMERICAN_HOLIDAYS]),
)


class Desk:
    """The working time of one person."""

    def __init__(self, calendar: Calendar, absences: Sequence[tuple[int, int]] = ()) -> None:
        last = FIXED_LAST_DAY + timedelta(days=400)
        timeline = lay_out(calendar, ZONE, first=FIRST_DAY - timedelta(days=5), last=last, absences=absences)
        self.absences = absences
        self._starts: list[int] = timeline.starts.tolist()
        self._ends: list[int] = timeline.ends.tolist()
        self._before: list[int] = timeline.before.tolist()

    def after(self, at: int, worked: int) -> int:
        """The instant at which so much more has been worked."""
        spot = bisect_right(self._starts, at) - 1
        goal = worked + (self._before[spot] + min(at, self._ends[spot]) - self._starts[spot] if spot >= 0 else 0)
        there = bisect_left(self._before, goal) - 1
        return self._starts[there] + goal - self._before[there]

    def away(self, at: int) -> bool:
        """Whether the person is absent."""
        return any(begin <= at < end for begin, end in self.absences)


def absences_of(rep: Rep) -> list[tuple[str, str]]:
    """A rep's absences, (from, to) as texts."""
    return [(begin, end) for begin, _, end in (span.partition("/") for span in ABSENCES[rep.rep.partition("@")[0]])]


def instant_of(text: str) -> int:
    """A date, or date and time, in the company's zone."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp()) * SECOND


class Office:
    """Everybody's desk, and whose turn it is."""

    def __init__(self) -> None:
        self.marketing = Desk(EUROPE)
        self.desks = {
            rep.rep: Desk(
                AMERICA if rep.calendar == "new_york" else EUROPE,
                [(instant_of(begin), instant_of(end)) for begin, end in absences_of(rep)],
            )
            for rep in REPS
        }
        self._rounds = {team: turns([rep for rep in REPS if rep.team == team and rep.turns]) for team in ("Europe", "America")}
        self._closers = {
            team: [rep for rep in REPS if rep.team == team and rep.role == "sales"] for team in ("Europe", "America")
        }

    def next_rep(self, country: str, at: int) -> Rep:
        """Whose turn it is among those who are there."""
        return self._next(self._rounds[team_of(country)], at)

    def next_closer(self, country: str, at: int) -> Rep:
        """The same for meetings and deals."""
        return self._next(self._closers[team_of(country)], at)

    def _next(self, queue: list[Rep], at: int) -> Rep:
        there = next((rep for rep in queue if not self.desks[rep.rep].away(at)), queue[0])
        queue.remove(there)
        queue.append(there)
        return there


def team_of(country: str) -> str:
    """Which office looks after a country."""
    return "America" if country == "US" else "Europe"


def turns(reps: list[Rep]) -> list[Rep]:
    """A round of ten turns, each rep's spread over it."""
    slots = [(turn * 100 // rep.turns + place, rep) for place, rep in enumerate(reps) for turn in range(rep.turns)]
    return [rep for _, rep in sorted(slots, key=lambda slot: slot[0])]
