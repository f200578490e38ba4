"""What an act came to, or why it was not done, for the message that answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smarketing.actions.acts.asked import KeyIsUsed, NotDone, Refused, Stale, Taken
from smarketing.actions.acts.changed import UNKNOWN
from smarketing.reports.inbox.cases import one_name
from smarketing.web.held import held
from smarketing.web.people import name_of

if TYPE_CHECKING:
    from smarketing.records.people import User

DONE = {
    "accepted": "Accepted", "rejected": "Rejected", "recycled": "Given back for later", "disqualified": "Disqualified",
    "call_made": "Call logged", "email_sent": "Mail logged", "message_sent": "Message logged", "meeting_booked": "Meeting noted",
    "meeting_held": "Meeting logged", "obstacle_noted": "Obstacle noted", "snoozed": "Put aside", "assigned": "Passed on",
    "commented": "Comment kept", "attached": "File attached", "passed": "Passed to sales", "held": "Held back", "undone": "Taken back",
    "lead_entered": "Entered",
}  # fmt: skip
PLACES = {
    "note": "Note", "reason": "Reason", "outcome": "Outcome", "until": "Until when", "to": "To whom", "obstacle": "Obstacle",
    "text": "Comment", "url": "Address of the file", "name": "Name",
}  # fmt: skip
"""What can be chosen or typed, as its form calls it; other places are those of programs."""


def told(body: dict[str, Any], *, to: str = "") -> str:
    """`Rejected: Minkad Works. But its grade is A.` `to`: whom a lead was passed on to."""
    whom = f" to {name_of(to)}" if to and body["verb"] == "assigned" else ""
    said = f"{DONE[body['verb']]}{whom}: {one_name(held(), body['lead_id'])}."
    return f"{said} {body['doubt']}" if body.get("doubt") else said


def refused(problem: NotDone, user: User) -> str:
    """Where and why it was not done, and what would be, to a person: they know nothing of keys and verbs, and are `you`."""
    body = problem.body
    if isinstance(problem, Stale):
        said = "" if body["changed"] == [UNKNOWN] else f"{' '.join(body['changed'])} "
        return f"the lead has changed. {said}Look at it as it is now, and choose anew."
    if isinstance(problem, Taken):
        own = body["by"].lower() == user.email
        said = f"you{problem.args[0].removeprefix(body['name'])}" if own else problem.args[0]
        return f"{said} {'Take that back first.' if own else 'Ask them, or take another lead.'}"
    if isinstance(problem, KeyIsUsed):
        return "this form was sent before, with something else; choose once more."
    if isinstance(problem, Refused):
        where = f"{PLACES[body['place']]}: " if body["place"] in PLACES else ""
        return f"{where}{body['reason']}; {body['mend']}."
    return str(problem)
