"""An act written down: once for each key, as facts with its name on them, and the answer that it is given from then on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from smarketing.actions.acts.asked import Asked, Done, KeyIsUsed, NoSuchLead, NotAllowed, Value
from smarketing.actions.acts.mentions import mentioned
from smarketing.actions.acts.standing import Standing, standings_of
from smarketing.actions.acts.verbs import DENY, RIGHTS, TO, right
from smarketing.agreement.changes.phrases import joined

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace
    from smarketing.journal.sent.facts import Row
    from smarketing.records.people import User
    from smarketing.records.standings import Known, Told

SOURCE = "app"
UNDO_WITHIN = timedelta(minutes=15)
"""So long one's own act can be taken back, in the time of whoever did it."""


def once(key: str, digest: str, do: Any) -> Done:
    """What `do` gives in one transaction; where another one was faster under this key, its answer. Afterwards the worker is called."""
    from django.db import transaction

    from smarketing.actions.live.calling import call_worker

    with transaction.atomic():
        body = do()
    if body is None:
        before = answered(key, digest)
        assert before is not None, "an act that is there has an answer"
        return before
    transaction.on_commit(call_worker)
    return Done(201, body)


def answered(key: str, digest: str) -> Done | None:
    """What the same question under this key was answered; None where there is none. Raises KeyIsUsed for another question."""
    from smarketing.records.acts import Act

    found = Act.objects.filter(key=key).values_list("digest", "answer").first()
    if found is None:
        return None
    if found[0] != digest:
        raise KeyIsUsed
    return Done(200, found[1])


def check_role(user: User, verb: str) -> None:
    """Raises NotAllowed for a verb that is not for this role with any lead."""
    if verb in RIGHTS and (right(verb, user.role) == DENY or not user.is_active):
        allowed = [role for role, said in RIGHTS[verb].items() if said != DENY]
        raise NotAllowed(f"Your role, {user.role}, does not {TO[verb]}; ask somebody of {joined(allowed, 'or')}.", verb=verb)


def standing_of(lead_id: str, now: datetime) -> Standing:
    """Where a lead stands. Raises NoSuchLead."""
    found = standings_of([lead_id], now=now).get(lead_id)
    if found is None:
        raise NoSuchLead(f'There is no lead "{lead_id[:200]}"; look for it in the list of leads.')
    return found


def known_of(lead_id: str) -> Known:
    """What is derived of a lead. Raises NoSuchLead."""
    from smarketing.records.standings import known_leads

    found = known_leads([lead_id]).get(lead_id)
    if found is None:
        raise NoSuchLead(f'There is no lead "{lead_id[:200]}"; look for it in the list of leads.')
    return found


def row(key: str, number: int, kind: str, lead_id: str, user: User, properties: dict[str, Value], now: datetime) -> Row:
    """The `number`-th fact of an act."""
    from smarketing.journal.sent.facts import Row

    fact_id = f"{SOURCE}:{key}" if number == 1 else f"{SOURCE}:{key}:{number}"
    at = now.astimezone(UTC).isoformat()
    return Row(fact_id, lead_id, at, at, kind, None, None, user.email, None, None, None, dict(properties), SOURCE)


def as_told(row: Row, now: datetime) -> Told:
    """A fact as it is read back."""
    from smarketing.records.standings import Told

    return Told(row.lead_id, row.fact_id, row.kind, row.actor, now, "", row.source, None, None, None, row.properties)


def tell(rows: list[Row], now: datetime) -> None:
    """Take the facts in. Raises KeyIsUsed where their ids are other facts' already."""
    from smarketing.records.stream import store_messages

    stored = store_messages([rows], recorded_at=now)[0]
    if stored.new != len(rows):
        raise KeyIsUsed


def finish(
    workspace: Workspace,
    user: User,
    asked: Asked,
    after: Standing,
    rows: list[Row],
    *,
    serial: int,
    doubted: str | None,
    now: datetime,
    reason: str = "",
) -> dict[str, Any]:
    """Write down what the act came to, and say it; `after`: where the lead stands now."""
    from smarketing.records.acts import Act

    body: dict[str, Any] = {
        "key": asked.key, "verb": asked.verb, "lead_id": after.lead_id, "by": user.email, "at": as_iso(now),
        "fact_ids": [each.fact_id for each in rows], "etag": after.etag, "doubt": doubted,
        "mentions": mentioned(str(asked.properties.get("text", ""))) if asked.verb == "commented" else [],
        "undo_until": None if asked.verb == "undone" else as_iso(now + UNDO_WITHIN * workspace.pace),
    }  # fmt: skip
    Act.objects.filter(key=asked.key).update(
        facts=body["fact_ids"], status=201, answer=body, doubt=doubted or "", serial=serial, cycle=after.cycle, reason=reason
    )
    return body


def as_iso(at: datetime) -> str:
    """An instant as programs read it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
