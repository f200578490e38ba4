"""The open hand-offs of a rep as of this moment: as derived, and where somebody acted since then, as they are now.

All of them are put in order by a few numbers; rows are made of those that are looked at.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from smarketing.reports.explain.life import facts_alone, life_of
from smarketing.reports.inbox.cases import CASES, Case, cases_by
from smarketing.reports.inbox.lone import cases_alone
from smarketing.reports.inbox.order import Order, order_at
from smarketing.reports.inbox.rows import PARTS, InboxRow, inbox
from smarketing.web.fresh import fresh_lives
from smarketing.web.held import held
from smarketing.web.lives import one_life

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome

AT_ONCE = 100
"""So many leads of a part are read with the first one: twice what is listed."""


@dataclass(frozen=True)
class Inbox:
    """A rep's inbox at an instant: the leads of each of its `parts` in order, and of how many a promise is broken (`late`)."""

    outcome: Outcome
    rep: str
    now: datetime
    parts: tuple[list[str], ...]
    late: int
    made: dict[str, InboxRow] = field(default_factory=dict)

    @property
    def leads(self) -> list[str]:
        """All of them in order."""
        return [lead_id for part in self.parts for lead_id in part]

    @property
    def number(self) -> int:
        """How many there are."""
        return sum(map(len, self.parts))

    def rows(self, leads: Collection[str]) -> list[InboxRow]:
        """The rows of these leads, which are in it."""
        unmade = [lead_id for lead_id in leads if lead_id not in self.made]
        if unmade:
            cases = self._cases(unmade).values()
            self.made.update((row.lead_id, row) for row in inbox(self.outcome, self.rep, cases, now=self.now))
        return [self.made[lead_id] for lead_id in leads]

    def _cases(self, leads: list[str]) -> dict[str, Case]:
        """Their cases. Whoever has to read one reads those that come up next as well: reading is a look through all facts."""
        known = self.outcome.asked_so_far(CASES) or {}
        if any(lead_id not in known for lead_id in leads):
            cases_by(self.outcome, [*leads, *(lead_id for part in self.parts for lead_id in part[:AT_ONCE])])
        return cases_by(self.outcome, leads)

    def lead(self, chosen: str) -> str:
        """The chosen lead where it is in it, else the first one; "" of an empty one."""
        return chosen if any(chosen in part for part in self.parts) else next(iter(self.leads), "")


def inbox_of(rep: str, now: datetime) -> Inbox:
    """The rep's inbox."""
    outcome = held()
    derived = order_at(outcome, rep, now)
    ahead = fresh_lives(derived.leads, now, owner=rep)
    cases = [case for life in ahead.values() for case in open_cases(life) if case.row["owner"] == rep]
    rows = inbox(outcome, rep, cases, now=now)
    order = derived.without(ahead).among(rows) if ahead else derived
    return Inbox(outcome, rep, now, _parts(order), int(order.broken.sum()), {row.lead_id: row for row in rows})


def _parts(order: Order) -> tuple[list[str], ...]:
    found: tuple[list[str], ...] = tuple([] for _ in range(PARTS))
    for place in order.ordered():
        found[order.part[place]].append(order.leads[place])
    return found


def row_of(lead_id: str, now: datetime) -> InboxRow | None:
    """The row of one lead, whosever it is; None where it has no open hand-off. Raises Http404 where there is no such lead."""
    cases = open_cases(one_life(lead_id))
    return next(iter(inbox(held(), cases[0].row["owner"] or "", cases, now=now)), None) if cases else None


def open_cases(life: Outcome) -> list[Case]:
    """The open hand-offs of a life that is held alone."""
    return life.once("open cases", lambda: _open_cases(life))


def _open_cases(life: Outcome) -> list[Case]:
    alone = facts_alone(life)
    assert alone is not None, "this is no life alone"
    story = life_of(life, alone["lead_id"][0]) if alone.height else None
    return cases_alone(story) if story is not None else []
