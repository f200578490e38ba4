"""What to do next with a lead, and why; read from its hand-off and what happened since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smarketing.reports.explain.words import properties_of

if TYPE_CHECKING:
    from smarketing.reports.inbox.cases import Case

TO_DO = ("answer", "respond", "attempt", "decide", "meet", "follow_up", "wait")


@dataclass(frozen=True, slots=True)
class Step:
    """`what` to do (see TO_DO), and `why`: untouched, came_back, not_reached, tried_all, reached, they_acted, booked, accepted, held,
    opportunity, snoozed. `number` of `of`: which attempt it would be of how many that were promised; `at`: when what is the reason
    happened or, of what waits and of meetings, will happen; `kind`: of which fact.
    """

    what: str
    why: str
    at: datetime | None = None
    kind: str = ""
    number: int = 0
    of: int = 0


def next_step(case: Case, now: datetime) -> Step:
    """The next step of a lead at an instant."""
    until = case.snoozed_until
    if until is not None and until > now:
        return Step("wait", "snoozed", until, "snoozed")
    booked = _meeting_ahead(case)
    if booked is not None:
        return booked
    touch, act = case.touch, case.act
    if touch is not None and act is not None and touch["at"] > act["at"]:
        return Step("answer", "they_acted", touch["at"], touch["kind"])
    return _undecided(case) if case.row["accepted_at"] is None else _accepted(case)


def _meeting_ahead(case: Case) -> Step | None:
    """A meeting that was booked and not held yet."""
    booked = case.last("meeting_booked", "meeting_held")
    if booked is None or booked["kind"] == "meeting_held":
        return None
    said = properties_of(booked)
    when = next((at for name in ("on", "for", "when", "starts") if (at := _instant(said.get(name), case)) is not None), None)
    return Step("meet", "booked", when or booked["at"], "meeting_booked")


def _instant(said: object, case: Case) -> datetime | None:
    from smarketing.vocabulary.periods import instant

    try:
        return instant(str(said), case.version.timezone) if said else None
    except ValueError:
        return None


def _undecided(case: Case) -> Step:
    row, act, promised = case.row, case.act, _attempts_promised(case)
    if row["first_attempt_at"] is None:
        came_back = row["cycle"] > 1
        return Step("respond", "came_back" if came_back else "untouched", case.begun_at if came_back else row["handed_at"])
    last_at = act["at"] if act is not None else row["first_attempt_at"]
    kind = act["kind"] if act is not None else ""
    if row["connected_at"] is not None:
        return Step("decide", "reached", row["connected_at"], kind)
    if promised and row["attempts"] >= promised:
        return Step("decide", "tried_all", last_at, kind, row["attempts"], promised)
    return Step("attempt", "not_reached", last_at, kind, row["attempts"] + 1, promised)


def _accepted(case: Case) -> Step:
    act = case.act
    at = act["at"] if act is not None else case.row["accepted_at"]
    deal = case.last("opportunity_opened", "opportunity_moved")
    if deal is not None:
        return Step("follow_up", "opportunity", max(at, deal["at"]), deal["kind"])
    held = case.last("meeting_held")
    return Step("follow_up", "held" if held is not None else "accepted", at, act["kind"] if act is not None else "accepted")


def _attempts_promised(case: Case) -> int:
    """How many attempts the strictest commitment asks for; 0: none."""
    return max((each.attempts or 0 for each in case.version.commitments), default=0)
