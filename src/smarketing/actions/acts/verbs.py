"""The verbs: who may do what, with whose leads, and what belongs to it.

`all`: with every lead; `own`: with leads that are theirs or nobody's; `deny`: not at all. A rep works what is theirs and may take what
nobody has; leaders and operations step in wherever it is needed; marketing checks before the hand-off and says what it knows, but
decides nothing for sales, as sales does not check for marketing; a viewer looks. One's own act alone is taken back.
"""

from __future__ import annotations

from typing import NamedTuple

TABLE = """
verb            marketing sales leader operations viewer
accepted        deny      own   all    all        deny
rejected        deny      own   all    all        deny
recycled        deny      own   all    all        deny
disqualified    deny      own   all    all        deny
call_made       deny      own   all    all        deny
email_sent      deny      own   all    all        deny
message_sent    deny      own   all    all        deny
meeting_booked  deny      own   all    all        deny
meeting_held    deny      own   all    all        deny
obstacle_noted  deny      own   all    all        deny
snoozed         deny      own   all    all        deny
assigned        deny      own   all    all        deny
commented       all       all   all    all        deny
attached        all       all   all    all        deny
passed          all       deny  all    all        deny
held            all       deny  all    all        deny
undone          own       own   own    own        deny
"""
ALL, OWN, DENY = "all", "own", "deny"


class Verb(NamedTuple):
    """What a verb asks for: properties that it `needs`, and those that it `may` have."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


ACCEPTED = "accepted"
ENDS = frozenset({"rejected", "recycled", "disqualified"})
"""They end the cycle."""
DECISIONS = ENDS | {ACCEPTED}
CHECKS = frozenset({"passed", "held"})
OUTREACH = ("call_made", "email_sent", "message_sent", "meeting_booked", "meeting_held")
VERBS: dict[str, Verb] = {
    ACCEPTED: Verb(may=("note",)),
    **dict.fromkeys(("rejected", "recycled", "disqualified", "held"), Verb(needs=("reason",), may=("note",))),
    **dict.fromkeys(OUTREACH, Verb(may=("outcome", "note"))),
    "obstacle_noted": Verb(needs=("obstacle",), may=("note",)),
    "snoozed": Verb(needs=("until",), may=("note",)),
    "assigned": Verb(needs=("to",), may=("note",)),
    "commented": Verb(needs=("text",)),
    "attached": Verb(needs=("url",), may=("name", "note")),
    "passed": Verb(may=("note",)),
    "undone": Verb(needs=("key",)),
}
LONGEST = {"note": 4000, "text": 4000, "url": 2000}
LONGEST_OTHER = 200
"""Characters of a property."""
SAID = {
    "accepted": "accepted it", "rejected": "rejected it", "recycled": "gave it back for later", "disqualified": "disqualified it",
    "call_made": "logged a call", "email_sent": "logged a mail", "message_sent": "logged a message",
    "meeting_booked": "booked a meeting", "meeting_held": "logged a meeting", "obstacle_noted": "noted an obstacle",
    "snoozed": "put it aside for a while", "assigned": "passed it on", "commented": "left a comment", "attached": "attached a file",
    "passed": "passed it to sales", "held": "held it back", "undone": "took an act back",
    "lead_entered": "entered the lead",
}  # fmt: skip
"""Each verb as the end of a sentence that begins with a name."""


TO = {
    "accepted": "accept leads", "rejected": "reject leads", "recycled": "give leads back", "disqualified": "disqualify leads",
    "call_made": "log calls", "email_sent": "log mails", "message_sent": "log messages", "meeting_booked": "book meetings",
    "meeting_held": "log meetings", "obstacle_noted": "note obstacles", "snoozed": "put leads aside", "assigned": "pass leads on",
    "commented": "comment", "attached": "attach files", "passed": "pass leads to sales", "held": "hold leads back",
    "undone": "take acts back",
}  # fmt: skip
"""Each verb as what somebody does."""


def read_rights(table: str) -> dict[str, dict[str, str]]:
    """The table above as verb → role → all, own or deny."""
    head, *lines = (line.split() for line in table.strip().splitlines())
    return {verb: dict(zip(head[1:], said, strict=True)) for verb, *said in lines}


RIGHTS = read_rights(TABLE)


def right(verb: str, role: str) -> str:
    """With which leads somebody of this role may do that: all, own, deny."""
    return RIGHTS.get(verb, {}).get(role, DENY)


def may(verb: str, role: str, email: str, owner: str | None) -> bool:
    """Whether this user may do that with a lead of this owner (None: nobody's); pages ask it before they show a button."""
    said = right(verb, role)
    return said == ALL or (said == OWN and (not owner or owner.lower() == email.lower()))
