"""The next step of a lead in words: what to do, why, and what it waits for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from smarketing.agreement.changes.phrases import upper
from smarketing.reports.explain.dossier import passed_at
from smarketing.reports.explain.words import kind_words, properties_of
from smarketing.web.locale import reader
from smarketing.web.look import formats
from smarketing.web.people import name_of

if TYPE_CHECKING:
    from smarketing.reports.inbox.cases import Case
    from smarketing.reports.inbox.rows import InboxRow
    from smarketing.reports.inbox.steps import Step

DAY_MINUTES = 24 * 60
TOLD_BY = ("url", "content", "title", "topic", "form", "event", "webinar", "name", "list", "subject")
"""The properties by which a touch is told apart, the best first."""


def to_do(step: Step) -> str:
    """`Respond`, `Attempt 3 of 5`."""
    if step.what == "attempt":
        return f"Attempt {step.number} of {step.of}" if step.of else "Try again"
    return {
        "answer": "Answer",
        "respond": "Respond",
        "decide": "Decide",
        "meet": "Meet",
        "follow_up": "Follow up",
        "wait": "Put aside",
    }[step.what]


def because(row: InboxRow, now: datetime) -> str:
    """Why that is next, in a sentence."""
    step = row.step
    when = ago(step.at, now) if step.at is not None and step.at <= now else ""
    if step.why == "untouched":
        return f"Handed over {when}; nobody has called or written yet."
    if step.why == "came_back":
        return f"Back again since {when.removesuffix(' ago')}: cycle {row.case.row['cycle']}, nobody has called or written in it yet."
    if step.why == "not_reached":
        return (
            f"Not reached so far; the last attempt ({kind_words(step.kind)}) was {when}." if step.kind else "Not reached so far."
        )
    if step.why == "tried_all":
        return f"{upper(times(row.case.row['attempts']))} tried, the last {when}, and not reached. Accept it, or give it back."
    if step.why == "reached":
        return f"Reached {when}. Accept it, or say why not."
    if step.why == "they_acted":
        touch = row.case.touch
        return f"{upper(touch_words(touch))} {when}, after your last word." if touch else f"They acted {when}."
    return _later(row, step, when)


def _later(row: InboxRow, step: Step, when: str) -> str:
    if step.why == "snoozed":
        return f"Until {reader().datetime(step.at)}."
    if step.why == "booked":
        said = f"A meeting was booked {when}" if when else f"The meeting is on {reader().datetime(step.at)}"
        return f"{said}. Hold it, and log it here."
    last = f"the last act of sales was {when}" if row.case.act is not None else f"accepted {when}"
    done = {"opportunity": "The opportunity is open", "held": "The meeting was held"}.get(step.why, "No meeting yet")
    return f"{done}; {last}."


def times(number: int) -> str:
    """`once`, `twice`, `5 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def ago(at: datetime, now: datetime) -> str:
    """`12 min ago`, `3 days ago`; `just now`."""
    minutes = max((now - at).total_seconds() / 60, 0)
    if minutes < 1:
        return "just now"
    whole = minutes if minutes < DAY_MINUTES else (minutes // DAY_MINUTES) * DAY_MINUTES
    return f"{formats.days(whole / DAY_MINUTES) if minutes >= DAY_MINUTES else formats.span(whole)} ago"


def touch_words(touch: dict[str, Any]) -> str:
    """`page viewed: /pricing`."""
    said = properties_of(touch)
    what = next((str(said[name]) for name in TOLD_BY if said.get(name) not in (None, "")), "")
    return f"{kind_words(touch['kind'])}{': ' + what.replace('_', ' ') if what else ''}"


def waits(case: Case, now: datetime) -> list[tuple[str, str]]:
    """Where the time went so far, and where it goes now: pairs of whose and how long."""
    row, found = case.row, []
    ripe = (row["handed_at"] - _qualified_at(case)).total_seconds() / 60
    if ripe >= 1:
        checked = passed_at(row["handed_at"], case.facts)
        whose, what = ("Marketing", "until it passed the check") if checked else ("The system", "from qualified to handed over")
        found.append((whose, f"{formats.span(ripe)} {what}"))
    assigned, first = row["assigned_at"], row["first_attempt_at"]
    if assigned is None and first is None and not row["owner"]:
        return [*found, ("Routing", f"{formats.span((now - row['handed_at']).total_seconds() / 60)} so far: nobody has it yet")]
    routed = max(((assigned or row["handed_at"]) - row["handed_at"]).total_seconds() / 60, 0)
    found.append(("Routing", f"{formats.span(routed)} until it was somebody's" if assigned else "nobody was assigned"))
    human = max(((first or now) - max(assigned or row["handed_at"], row["handed_at"])).total_seconds() / 60, 0)
    return [*found, ("A person", f"{formats.span(human)} {'until the first attempt' if first else 'so far: no attempt yet'}")]


def _qualified_at(case: Case) -> datetime:
    at: datetime = case.qualified_at or case.row["handed_at"]
    return at


def waits_for(case: Case, now: datetime) -> str:
    """For whom an open hand-off waits right now, in a sentence; "" where it was accepted."""
    row, who = case.row, name_of(case.row["owner"])
    if not who:
        return f"It waits for routing: nobody has it, for {ago(row['handed_at'], now).removesuffix(' ago')}."
    if row["first_attempt_at"] is None and row["accepted_at"] is None:
        given = case.last("assigned")
        since = given["at"] if given is not None else row["assigned_at"] or row["handed_at"]
        return f"It waits for a person: {who} has it since {reader().datetime(since)}, without an attempt."
    return f"It waits for a verdict by {who}." if row["accepted_at"] is None else ""
