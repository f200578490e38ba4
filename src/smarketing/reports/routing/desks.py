"""The reps today: who is there, who works now, and how many leads each has in work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from smarketing.derivations.routing.desks import NEVER, Desk, Office, office_of
from smarketing.reports.leads import leads
from smarketing.vocabulary.periods import micros

if TYPE_CHECKING:
    from smarketing.reports.following import Following

WORKS, OFF, AWAY, GONE, LATER = "works", "off", "away", "gone", "later"
"""At work; not in working hours; absent; with the company no more; not yet."""


class DeskNow(NamedTuple):
    """One rep of the table at an instant. `until`: when an absence ends, working time begins, or they begin (null: not known).

    `takes`: they are among those who get leads in turn; `open`: hand-offs in work; `capacity`: null without one.
    """

    rep: str
    name: str
    role: str | None
    takes: bool
    state: str
    until: datetime | None
    open: int
    capacity: int | None

    @property
    def full(self) -> bool:
        """Whether they have as many as they can take."""
        return self.capacity is not None and self.open >= self.capacity


def office_at(outcome: Following, at: datetime) -> Office:
    """The reps under the agreement in force, around an instant."""
    return outcome.once(("office", at.date()), lambda: office_of(outcome.agreement, outcome.small, first_at=at, last_at=at))


def desks(outcome: Following, at: datetime) -> list[DeskNow]:
    """Everybody in the table of reps who is not of marketing: first those who get leads in turn, then the others, then who has left."""
    return sorted(_desks(outcome, at), key=lambda desk: (not desk.takes, desk.state in (GONE, LATER)))


def _desks(outcome: Following, at: datetime) -> Iterator[DeskNow]:
    office, instant = office_at(outcome, at), micros(at)
    queue = {desk.rep for desk in office.queue(instant)}
    work = in_work(outcome)
    for desk in office.desks:
        if desk.role != "marketing":
            state, until = _state(desk, instant)
            when = None if until is None or abs(until) >= NEVER else _instant(until)
            yield DeskNow(desk.rep, desk.name, desk.role, desk.rep in queue, state, when, work[desk.rep.lower()], desk.capacity)


def in_work(outcome: Following) -> Counter[str]:
    """How many hand-offs each owner (in small letters) has in work; counted once for an outcome."""
    return outcome.once(
        "numbers in work", lambda: Counter(owner.lower() for owner in open_handoffs(outcome)["owner"].drop_nulls())
    )


def _state(desk: Desk, at: int) -> tuple[str, int | None]:
    if not desk.is_active(at):
        return (LATER, desk.active[0]) if at < desk.active[0] else (GONE, None)
    if (back := desk.away_until(at)) is not None:
        return AWAY, back
    begins = desk.works_from(at)
    return (WORKS, None) if begins == at else (OFF, begins)


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=at)


def open_handoffs(outcome: Following) -> pl.DataFrame:
    """The hand-offs in work, the latest first: `lead_id, cycle, owner, account, grade, handed_at, accepted_at`.

    Those of cycles that go on and in which nothing was won.
    """
    return outcome.once("hand-offs in work", lambda: _open(outcome))


def _open(outcome: Following) -> pl.DataFrame:
    of_leads = leads(outcome).select("lead_id", "account", "won_at", current="cycle")
    over = pl.any_horizontal(pl.col("rejected_at", "recycled_at", "disqualified_at").is_not_null())
    won = (pl.col("won_amount").fill_null(0) > 0) | (pl.col("won_at") >= pl.col("handed_at")).fill_null(value=False)
    found = outcome.table("handoffs").join(of_leads, on="lead_id").filter(~over, ~won, pl.col("cycle") == pl.col("current"))
    return found.sort("handed_at", "lead_id", descending=[True, False]).select(
        "lead_id", "cycle", "owner", "account", "grade", "handed_at", "accepted_at"
    )


def older_without_anybody(outcome: Following, before: datetime) -> pl.DataFrame:
    """The open hand-offs from before an instant that nobody has: routing leaves them to people."""
    return open_handoffs(outcome).filter(pl.col("owner").is_null(), pl.col("handed_at") < before)
