"""What an act came to, for the message that answers it."""

from __future__ import annotations

from typing import Any

from smarketing.reports.inbox.cases import one_name
from smarketing.web.held import held
from smarketing.web.people import name_of

DONE = {
    "accepted": "Accepted", "rejected": "Rejected", "recycled": "Given back for later", "disqualified": "Disqualified",
    "call_made": "Call logged", "email_sent": "Mail logged", "message_sent": "Message logged", "meeting_booked": "Meeting noted",
    "meeting_held": "Meeting logged", "obstacle_noted": "Obstacle noted", "snoozed": "Put aside", "assigned": "Passed on",
    "commented": "Comment kept", "attached": "File attached", "passed": "Passed to sales", "held": "Held back", "undone": "Taken back",
    "lead_entered": "Entered",
}  # fmt: skip


def told(body: dict[str, Any], *, to: str = "") -> str:
    """`Rejected: Minkad Works. But its grade is A.` `to`: whom a lead was passed on to."""
    whom = f" to {name_of(to)}" if to and body["verb"] == "assigned" else ""
    said = f"{DONE[body['verb']]}{whom}: {one_name(held(), body['lead_id'])}."
    return f"{said} {body['doubt']}" if body.get("doubt") else said
