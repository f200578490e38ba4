"""A rep's inbox: open hand-offs in the order of what is lost by waiting.

The order, exactly. First come the hand-offs with a promise that is not kept yet, and those whose lead did something after the last act of
sales; then those without either; last those that were put off, the earliest to wake first.

In the first part what is lost by waiting is `(worth + 1) ÷ (1 + h)`, the highest first. `worth` is that of the hand-off (none: 0); `h` are
hours of the rep's own work: to the due time of a clock that is open, or since a due time that has passed, or since the lead acted. A
promise that is broken already counts half of it: the other half is lost. Of several the most urgent counts.

In the second part it is `(worth + 1) × h`, where `h` are the hours of work since the last act of sales: who is worth most and was left
alone longest comes first. Equal ones are in order of the hand-off, the oldest first, then of the id.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from smarketing.reports.explain.dossier import rule_of
from smarketing.reports.figures import iso
from smarketing.reports.inbox.hours import EVERY_HOUR, Hours, Interval, hours_of
from smarketing.reports.inbox.steps import Step, next_step

if TYPE_CHECKING:
    from smarketing.reports.following import Following
    from smarketing.reports.inbox.cases import Case, Row

BROKEN = 0.5
"""What is still to be lost of a promise that is broken."""
PARTS = 3
PROMISED, LEFT_ALONE, PUT_OFF = range(PARTS)
"""The parts of an inbox."""


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that is not kept: `state` open or breached at the instant of asking; `rule` says what it asks.

    `intervals`: the rep's working time that is left until `due_at` (all time, where the promise is in elapsed time: `working` is then
    false); `hours`: how much that is, negative when it has passed.
    """

    commitment: str
    rule: str
    due_at: datetime
    state: str
    working: bool
    intervals: list[Interval]
    hours: float

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "commitment": self.commitment, "rule": self.rule, "due_at": iso(self.due_at), "state": self.state,
            "working": self.working, "hours_left": round(self.hours, 3),
            "intervals": [[iso(begin), iso(end)] for begin, end in self.intervals],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One lead of an inbox: its `case`, the next `step`, the `clock` that runs out next (else the one broken last), all `broken` promises.

    `part` and `urgency` are its place in the order (see above); `alone`: hours of work since the last act of sales.
    """

    case: Case
    step: Step
    clock: Running | None
    broken: list[Running]
    part: int
    urgency: float
    alone: float

    @property
    def lead_id(self) -> str:
        """Whose it is."""
        return self.case.lead_id

    @property
    def worth(self) -> Decimal | None:
        """What the hand-off is worth."""
        worth: Decimal | None = self.case.row["worth"]
        return worth

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape, instants as ISO 8601 in UTC."""
        row, step = self.case.row, self.step
        return {
            "lead_id": self.lead_id, "cycle": row["cycle"], "name": self.case.name, "account": self.case.profile.get("account"),
            "owner": row["owner"], "stage": self.case.stage, "persona": row["persona"], "grade": row["grade"],
            "worth": None if self.worth is None else float(self.worth), "handed_at": iso(row["handed_at"]),
            "accepted_at": _iso(row["accepted_at"]), "attempts": row["attempts"],
            "step": {
                "what": step.what, "why": step.why, "at": _iso(step.at), "kind": step.kind or None,
                "attempt": step.number or None, "of": step.of or None,
            },
            "clock": self.clock.to_dict() if self.clock else None,
            "broken": [clock.commitment for clock in self.broken],
        }  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at is not None else None


def inbox(outcome: Following, rep: str, cases: Iterable[Case], *, now: datetime) -> list[InboxRow]:
    """The rows of these hand-offs, ordered; `rep`: in whose working hours time is counted, "" in the default calendar."""
    found = [*cases]
    hours = {id(each): hours_of(outcome, rep, each, now) for each in {id(case.version): case.version for case in found}.values()}
    return sorted((_row(case, hours[id(case.version)], now) for case in found), key=_place)


def _place(row: InboxRow) -> tuple[Any, ...]:
    wakes = row.step.at if row.part == PUT_OFF else None
    return row.part, wakes.timestamp() if wakes else 0.0, -row.urgency, row.case.row["handed_at"], row.lead_id


def _row(case: Case, hours: Hours, now: datetime) -> InboxRow:
    step = next_step(case, now)
    running = [_running(case, clock, hours, now) for clock in case.clocks if clock["state"] in ("open", "breached")]
    running.sort(key=lambda clock: clock.due_at)
    broken = [clock for clock in running if clock.state == "breached"]
    ahead = [clock for clock in running if clock.state == "open"]
    nearest = ahead[0] if ahead else broken[-1] if broken else None
    alone = max(hours.worked(_last_act_at(case), now), 0.0)
    part = PUT_OFF if step.what == "wait" else PROMISED if running or step.what == "answer" else LEFT_ALONE
    return InboxRow(case, step, nearest, broken, part, _urgency(case, step, running, hours, now, alone), alone)


def _last_act_at(case: Case) -> datetime:
    act = case.act
    at: datetime = act["at"] if act is not None else case.row["accepted_at"] or case.row["handed_at"]
    return at


def _running(case: Case, clock: Row, hours: Hours, now: datetime) -> Running:
    promise = case.promise(clock["commitment"])
    working = promise is not None and promise.due is not None and promise.due.business
    own, due = hours if working else EVERY_HOUR, clock["due_at"]
    state = "open" if due >= now else "breached"
    rule = rule_of(promise) if promise is not None else ""
    return Running(clock["commitment"], rule, due, state, working, own.between(now, due), own.worked(now, due))


def _urgency(case: Case, step: Step, running: list[Running], hours: Hours, now: datetime, alone: float) -> float:
    stake = float(case.row["worth"] or 0) + 1
    lost = [stake * (1 if clock.state == "open" else BROKEN) / (1 + abs(clock.hours)) for clock in running]
    if step.what == "answer" and step.at is not None:
        lost.append(stake / (1 + max(hours.worked(step.at, now), 0.0)))
    return max(lost) if lost else stake * alone
