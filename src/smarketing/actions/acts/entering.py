"""A lead entered by hand: what somebody tells of a person becomes facts of a new lead, once for each form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from smarketing.actions.acts.asked import Asked, Done, NotAllowed
from smarketing.actions.acts.question import check_key
from smarketing.actions.acts.standing import Standing
from smarketing.actions.acts.telling import SOURCE, answered, finish, once, row, tell
from smarketing.agreement.changes.phrases import joined

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace
    from smarketing.journal.sent.facts import Row
    from smarketing.records.people import User

VERB = "lead_entered"
MAY = frozenset({"marketing", "sales", "leader", "operations"})


class Way(NamedTuple):
    """A way a lead comes by: the touch that it is (None: it did nothing itself), and by which channel."""

    label: str
    kind: str | None
    channel: str | None


WAYS = {
    "event": Way("Met at an event", "event_attended", "event"),
    "called": Way("Called us", "called_us", "direct"),
    "wrote": Way("Wrote us a mail", "wrote_us", "direct"),
    "referral": Way("Was referred to us", "referral_submitted", "referral"),
    "found": Way("We found them; they did nothing yet", None, None),
}
"""How a lead that is entered by hand came, by the word in the form.

None of the kinds with a fixed meaning is a call or a mail by the lead: `chat_started` would give it the points of a chat, and `call_made`
and `email_sent` are acts of sales. So these two are kinds of their own, which a rule can name and which count as touches like any other.
"""


@dataclass(frozen=True)
class NewLead:
    """What is told of a person; an empty text tells nothing. `way`: a word of WAYS; `campaign`: of the touch, an id; `by`: who referred.

    `may_mail`, `may_call`: what the person said about being contacted; None: nobody asked.
    """

    name: str
    email: str = ""
    phone: str = ""
    company: str = ""
    way: str = "found"
    campaign: str = ""
    note: str = ""
    may_mail: bool | None = None
    may_call: bool | None = None

    def profile(self) -> dict[str, Any]:
        """The attributes that are known with it."""
        domain = self.email.rpartition("@")[2].lower()
        told = {"name": self.name, "email": self.email, "email_domain": domain, "phone": self.phone, "account": self.company}
        asked = {"email_consent": self.may_mail, "phone_consent": self.may_call}
        return {name: value for name, value in (told | asked).items() if value not in ("", None)}


def lead_id_of(key: str) -> str:
    """The id of the lead that is entered under a key."""
    return f"{SOURCE}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def enter_lead(workspace: Workspace, user: User, new: NewLead, *, key: str, now: datetime) -> Done:
    """Enter it, once: the same form again changes nothing. The body of the answer is that of an act (see `asked.Done`).

    Raises NotAllowed for a role that enters nobody, Refused for a key that is none or was another act's.
    """
    check_key(key)
    if user.role not in MAY or not user.is_active:
        raise NotAllowed(f"Your role, {user.role}, does not enter leads; ask somebody of {joined(sorted(MAY), 'or')}.", verb=VERB)
    said = json.dumps([key, VERB, asdict(new), user.email], sort_keys=True, ensure_ascii=True)
    digest = hashlib.sha256(said.encode()).hexdigest()
    if (before := answered(key, digest)) is not None:
        return before
    return once(key, digest, lambda: _enter(workspace, user, new, key, digest, now))


def _enter(workspace: Workspace, user: User, new: NewLead, key: str, digest: str, now: datetime) -> dict[str, Any] | None:
    from smarketing.records.acts import Move, begin_act, take_turn

    lead_id = lead_id_of(key)
    if not begin_act(key=key, user=user, verb=VERB, lead_id=lead_id, at=now, digest=digest):
        return None
    serial = take_turn(Move(lead_id, 1, now, user.email, f"{SOURCE}:{key}"))
    assert serial is not None, "a turn that decides nothing is always given"
    rows = list(_rows(user, new, key, lead_id, now))
    tell(rows, now)
    stands = Standing(lead_id, (lead_id,))
    return finish(workspace, user, Asked(VERB, lead_id, key), stands, rows, serial=serial, doubted=None, now=now)


def _rows(user: User, new: NewLead, key: str, lead_id: str, now: datetime) -> Iterator[Row]:
    """Who it is; what it did; what colleagues should know. At one moment, so that the touch is already that of the known person."""
    yield row(key, 1, "profile_changed", lead_id, user, new.profile(), now)
    way = WAYS[new.way]
    if way.kind is not None:
        touch = row(key, 2, way.kind, lead_id, user, {"entered_by_hand": True}, now.astimezone(UTC))
        yield touch._replace(campaign=new.campaign or None, channel=way.channel, actor=None)
    if new.note:
        yield row(key, 3, "commented", lead_id, user, {"text": new.note}, now)
