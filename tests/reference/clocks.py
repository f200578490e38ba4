"""The clocks that start at a hand-off: when something is due, when it was done, how it stands (contract, 3.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.reference.business import working_time
from tests.reference.handoffs import Handoff, first_at
from tests.reference.receipt import elapsed


def clock_rows(handoff: Handoff, as_of: datetime) -> list[dict[str, Any]]:
    """The rows of `clocks` of one hand-off; none where marketing did not bring it."""
    if handoff.handed_at is None or handoff.sourced != "marketing":
        return []
    rows = []
    for commitment in handoff.agreement.get("commitments") or []:
        duration = commitment.get("respond_within") or commitment.get("decide_within") or commitment.get("within")
        if duration is None:
            continue
        due = due_at(handoff, duration)
        kept = kept_at(handoff, commitment)
        state = state_of(due, kept, handoff.cycle.end, as_of)
        row = {"lead_id": handoff.lead_id, "cycle": handoff.cycle.number, "commitment": commitment["name"]}
        rows.append({**row, "due_at": due, "kept_at": kept, "state": state})
    return rows


def due_at(handoff: Handoff, duration: str) -> datetime:
    """The hand-off plus a duration, in elapsed or in business time."""
    start = handoff.handed_at
    count, business, unit = (duration.split() + ["", ""])[:3]
    if business != "business":
        return start + elapsed(duration.replace(" ", ""))
    calendar = working_time(handoff.rep, handoff.agreement, handoff.tables)
    assert calendar is not None, "a business duration needs a calendar"
    if unit.startswith("day"):
        return calendar.after_days(start, int(count))
    minutes = int(count) * (60 if unit.startswith("hour") else 1)
    return calendar.after_time(start, timedelta(minutes=minutes))


def kept_at(handoff: Handoff, commitment: dict[str, Any]) -> datetime | None:
    """When the thing promised was done."""
    if "respond_within" in commitment:
        return first_at(handoff.attempts)
    if "decide_within" in commitment:
        return handoff.first("accepted", "rejected", "recycled", "disqualified")
    attempts = handoff.attempts[commitment["attempts"] - 1 :]
    done = [at for at in (first_at(attempts), first_at(handoff.connects)) if at is not None]
    return min(done, default=None)


def state_of(due: datetime, kept: datetime | None, end: datetime | None, as_of: datetime) -> str:
    """kept | late | void | breached | open."""
    if kept is not None:
        return "kept" if kept <= due else "late"
    if end is not None and end <= due:
        return "void"
    return "breached" if as_of > due else "open"
