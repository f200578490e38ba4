"""Who would have got the hand-offs of a period: the same choice as today's, over what happened.

The agreement in force and the table of reps decide as they are now; absences, working hours and days in the company are those of the
hand-off's own instant. Turns begin with whoever had the last hand-off longest ago before the period. A hand-off fills a desk for as
long as it really was in work there: until its cycle ended, it was won, or it was passed on. Profiles are as they are known last.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from smarketing.derivations.matching.properties import read_properties
from smarketing.derivations.routing.book import EMPTY, Book, noted
from smarketing.derivations.routing.choice import Handed, choose
from smarketing.derivations.routing.desks import Office, office_of
from smarketing.derivations.routing.wishes import Wishes, asked_attributes, wishes
from smarketing.reports.handed.cycles import cycle_ends, in_cycles, standing
from smarketing.reports.leads import leads
from smarketing.reports.lives import latest_values
from smarketing.vocabulary.periods import Period, micros, period_asked

if TYPE_CHECKING:
    from smarketing.agreement.models import Route
    from smarketing.reports.following import Following

MOST = 5_000
"""So many hand-offs, the latest of the period, are gone through."""


class Would(NamedTuple):
    """One hand-off: who was responsible for it first (`then`), and who would be (`now`), each null for nobody; `why` the latter."""

    lead_id: str
    cycle: int
    handed_at: datetime
    account: str | None
    grade: str | None
    then: str | None
    now: str | None
    why: str


class Share(NamedTuple):
    """One rep's part (null: nobody): how many hand-offs `then`, how many `now`, and how many are the same."""

    rep: str | None
    name: str
    then: int
    now: int
    same: int


@dataclass(frozen=True)
class Simulation:
    """The answer for a period: `shares` by rep, who would get most first, and each hand-off in order. `left_out`: earlier ones of many."""

    period: Period | None
    shares: list[Share] = field(default_factory=list)
    handoffs: list[Would] = field(default_factory=list)
    left_out: int = 0

    @property
    def others(self) -> int:
        """How many would have gone to somebody else."""
        return sum(each.then != each.now for each in self.handoffs)


def simulation(outcome: Following, *, period: str | Period | None = None) -> Simulation:
    """Who would have got the hand-offs of a period that marketing brought in. Raises UsageError for no period."""
    window = period_asked(period, outcome.agreement.timezone)
    handed = _handed(outcome)
    asked = (
        handed if window is None else handed.filter(pl.col("handed_at").is_between(window.start_at, window.end_at, closed="left"))
    )
    asked = asked.filter(pl.col("sourced") == "marketing")
    chosen = asked.tail(MOST)
    if chosen.is_empty():
        return Simulation(window)
    first_at, last_at = chosen["handed_at"][0], chosen["handed_at"][-1]
    office = office_of(outcome.agreement, outcome.small, first_at=first_at, last_at=last_at)
    past = _Past(office, outcome.agreement.handoff.route, handed.filter(pl.col("handed_at") < first_at))
    told = list(past.went(chosen, _wished(outcome, chosen)))
    return Simulation(window, _shares(told, office), told, asked.height - chosen.height)


def _handed(outcome: Following) -> pl.DataFrame:
    """All hand-offs in order, with `account`, and `closed_at`: when each was no longer in work with its first rep (null: it still is)."""
    return outcome.once("hand-offs of desks", lambda: _with_ends(outcome))


def _with_ends(outcome: Following) -> pl.DataFrame:
    handed = outcome.table("handoffs").select("lead_id", "cycle", "handed_at", "sourced", "rep", "grade")
    over = cycle_ends(outcome.table("stage_entries"))
    won = in_cycles(standing(outcome), over).group_by("lead_id", "cycle").agg(won=pl.col("at").min())
    found = handed.join(leads(outcome).select("lead_id", "account"), on="lead_id", how="left")
    for table in (over, won):
        found = found.join(table, on=["lead_id", "cycle"], how="left")
    found = found.join(_passed_on(outcome, handed), on=["lead_id", "cycle"], how="left")
    closed = pl.min_horizontal("over", "won", "passed")
    return found.with_columns(closed_at=closed).drop("over", "won", "passed").sort("handed_at", "lead_id", "cycle")


def _passed_on(outcome: Following, handed: pl.DataFrame) -> pl.DataFrame:
    """`lead_id, cycle, passed`: when a hand-off first went on to somebody else than its first rep."""
    told = outcome.facts.filter(pl.col("kind") == "assigned").select("lead_id", "at", "properties").collect()
    to = read_properties(told["properties"], ["to"]).to_series().alias("to")
    moved = told.select("lead_id", "at").with_columns(to).join(handed, on="lead_id")
    moved = moved.filter(pl.col("at") > pl.col("handed_at"), pl.col("to").is_not_null(), pl.col("to") != pl.col("rep"))
    return moved.group_by("lead_id", "cycle").agg(passed=pl.col("at").min())


def _wished(outcome: Following, chosen: pl.DataFrame) -> list[Wishes]:
    route = outcome.agreement.handoff.route
    profiles = chosen.select("lead_id")
    for name in asked_attributes(route):
        known = latest_values(outcome, name).rename({"value": f"={name}", "lead_id": "="})
        profiles = profiles.join(known, left_on="lead_id", right_on="=", how="left", maintain_order="left")
    named = {f"={name}": name for name in asked_attributes(route)}
    return wishes(route, profiles.select("lead_id") if not named else profiles.select(list(named)).rename(named))


class _Past:
    """The office as the period begins, and how it goes on: the book of turns, who has which account and lead, and what closes when."""

    def __init__(self, office: Office, route: Route, before: pl.DataFrame) -> None:
        self.office, self.route = office, route
        self.book: Book = {}
        self.accounts: dict[str, str] = {}
        self.had: dict[str, str] = {}
        self.closes: list[tuple[datetime, str]] = []
        for row in before.filter(pl.col("rep").is_not_null()).iter_rows(named=True):
            desk = office.desk(row["rep"])
            rep = desk.rep if desk else row["rep"]
            line = self.book.get(rep, EMPTY)
            self._noted(row, rep, {**self.book, rep: line._replace(last=micros(row["handed_at"]), open=line.open + 1)})

    def went(self, handoffs: pl.DataFrame, wished: list[Wishes]) -> Iterator[Would]:
        """Go through hand-offs in order."""
        for row, wish in zip(handoffs.iter_rows(named=True), wished, strict=True):
            at = row["handed_at"]
            self._close(at)
            lead = self._lead(row, wish)
            choice = choose(lead, self.office, self.book, self.route, at)
            if choice.rep is not None:
                self._noted(row, choice.rep, noted(self.book, choice, self.route, at))
            told = row["lead_id"], row["cycle"], at, row["account"], row["grade"]
            yield Would(*told, self._known(row["rep"]), choice.rep, choice.why)

    def _lead(self, row: dict[str, Any], wish: Wishes) -> Handed:
        owner = self.accounts.get(row["account"] or "")
        return Handed(row["lead_id"], row["cycle"], row["account"], owner, self.had.get(row["lead_id"]), wish)

    def _noted(self, row: dict[str, Any], rep: str, book: Book) -> None:
        self.book = book
        self.had[row["lead_id"]] = rep
        if row["account"]:
            self.accounts[row["account"]] = rep
        if row["closed_at"] is not None:
            heapq.heappush(self.closes, (row["closed_at"], rep))

    def _close(self, at: datetime) -> None:
        book = dict(self.book)
        while self.closes and self.closes[0][0] <= at:
            _, rep = heapq.heappop(self.closes)
            book[rep] = book[rep]._replace(open=book[rep].open - 1)
        self.book = book

    def _known(self, rep: str | None) -> str | None:
        desk = self.office.desk(rep)
        return desk.rep if desk else rep


def _shares(told: list[Would], office: Office) -> list[Share]:
    then, now = Counter(each.then for each in told), Counter(each.now for each in told)
    same = Counter(each.now for each in told if each.then == each.now)
    rows = [Share(rep, office.name(rep) if rep else "Nobody", then[rep], now[rep], same[rep]) for rep in then.keys() | now.keys()]
    return sorted(rows, key=lambda row: (row.rep is None, -row.now, -row.then, row.name))
