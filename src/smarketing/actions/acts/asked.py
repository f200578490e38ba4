"""What is asked of the door, what it answers, and why it may refuse."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from smarketing.vocabulary.errors import UsageError

Value = str | int | float | bool


@dataclass(frozen=True)
class Asked:
    """One act that somebody asks for.

    `verb`: what to do (see `verbs`); `lead_id`: any id that the lead goes by; `key`: the idempotency key, one for each rendered form;
    `seen`: the tag of the lead as the page showed it (None: not checked); `properties`: reason, outcome, note, to, until, obstacle,
    text, url, name.
    """

    verb: str
    lead_id: str
    key: str
    seen: str | None = None
    properties: dict[str, Value] = field(default_factory=dict)

    def digest(self, email: str) -> str:
        """What is asked and by whom, so that another question under the same key is known for one."""
        said = json.dumps([self.key, self.verb, self.lead_id, self.properties, email], sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(said.encode()).hexdigest()


class Done(NamedTuple):
    """An act that was done: 201 now, 200 before under the same key, with the same body.

    `body`: key, verb, lead_id, by, at, fact_ids, etag (of the lead after it), doubt (a sentence or None), mentions (addresses), and
    undo_until.
    """

    status: int
    body: dict[str, Any]


class NotDone(UsageError):
    """An act that was not done, and nothing with it; `status` and `body` are what a program is answered."""

    status = 400
    code = "wrong"

    def __init__(self, message: str, **told: Any) -> None:
        super().__init__(message)
        self.body: dict[str, Any] = {"code": self.code, "message": message, **told}


class NoSuchLead(NotDone):
    """There is not a fact of a lead with this id, or no act under this key."""

    status, code = 404, "not_found"


class NotAllowed(NotDone):
    """This user may not do that, or not with this lead."""

    status, code = 403, "forbidden"


class Taken(NotDone):
    """Somebody was faster: `by` (an address), `name`, `verb` and `at` say who did what and when."""

    status, code = 409, "taken"

    def __init__(self, message: str, *, by: str, name: str, verb: str, at: datetime) -> None:
        super().__init__(message, by=by, name=name, verb=verb, at=at.isoformat().replace("+00:00", "Z"))


class Stale(NotDone):
    """The lead is not any more as the page showed it: `changed` says in sentences what is different."""

    status, code = 412, "stale"

    def __init__(self, changed: list[str], *, etag: str) -> None:
        super().__init__("This page is older than what is known by now. " + " ".join(changed), changed=changed, etag=etag)


class Refused(NotDone):
    """What was asked makes no sense: `place`, `reason` and `mend` say where, why and what would."""

    status, code = 422, "refused"

    def __init__(self, place: str, reason: str, mend: str) -> None:
        super().__init__(f"{place}: {reason}; {mend}.", place=place, reason=reason, mend=mend)


class KeyIsUsed(Refused):
    """Something else was done under this key: a form that was sent before, or a program that counts wrongly."""

    def __init__(self) -> None:
        super().__init__("key", "another act was done under this key", "send a fresh key with each act")
