"""The door: one act, told as facts in one transaction that decides, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from smarketing.actions.acts.asked import Asked, Done, NotAllowed, Refused, Stale, Taken
from smarketing.actions.acts.changed import changes, decided_said, name_of
from smarketing.actions.acts.doubts import doubt
from smarketing.actions.acts.news import tell_news
from smarketing.actions.acts.question import Question, check_key, read_question
from smarketing.actions.acts.standing import Decision, Standing, standing, told_of
from smarketing.actions.acts.telling import SOURCE, answered, as_told, check_role, finish, known_of, once, row, standing_of, tell
from smarketing.actions.acts.undoing import undo
from smarketing.actions.acts.verbs import ACCEPTED, CHECKS, DECISIONS, ENDS, OWN, right

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace
    from smarketing.journal.sent.facts import Row
    from smarketing.records.acts import Move
    from smarketing.records.people import User
    from smarketing.records.standings import Known


def act(workspace: Workspace, user: User, asked: Asked, *, now: datetime) -> Done:
    """Do what is asked, once: 201; the same key again: 200 with the same body. `now` is the workspace's clock.

    Raises NoSuchLead, NotAllowed, Taken, Stale, Refused (see `asked`); then nothing was done. When the call returns outside a
    transaction, the act and its facts are durable. The workspace is open.
    """
    if asked.verb == "undone":
        return undo(workspace, user, str(asked.properties.get("key", "")), now=now, new_key=asked.key)
    check_key(asked.key)
    digest = asked.digest(user.email)
    if (before := answered(asked.key, digest)) is not None:
        return before
    check_role(user, asked.verb)
    question = read_question(asked, workspace, now=now)
    known = known_of(asked.lead_id)
    return once(asked.key, digest, lambda: _do(workspace, user, asked, question, known, now))


def _do(workspace: Workspace, user: User, asked: Asked, question: Question, known: Known, now: datetime) -> dict[str, Any] | None:
    from django.db import transaction

    from smarketing.records.acts import Turn, begin_act

    digest = asked.digest(user.email)
    if not begin_act(key=asked.key, user=user, verb=asked.verb, lead_id=known.lead_id, at=now, digest=digest):
        return None
    serial = _take(user, asked, question, known, now)
    told = told_of(known, now=now)  # the turn is ours until the commit
    stands = standing(known, told, serial)
    _check(user, asked, stands, serial, now)
    reason = str(question.properties.get("reason", ""))
    said = doubt(workspace, asked.verb, reason, stands, now=now)
    rows = list(_rows(user, asked, question, stands, now))
    tell(rows, now)
    if _claims(user, asked.verb, stands):
        Turn.objects.filter(lead_id=known.lead_id).update(owner=user.email)
    after = standing(known, [*told, *(as_told(each, now) for each in rows)], serial)
    body = finish(workspace, user, asked, after, rows, serial=serial, doubted=said, now=now, reason=reason)
    transaction.on_commit(partial(tell_news, user, body, stands.owner, question.to, now=now), robust=True)
    return body


def _take(user: User, asked: Asked, question: Question, known: Known, now: datetime) -> int:
    """Take the lead's turn. Raises Taken."""
    from smarketing.records.acts import Turn, free_turn, take_turn

    move = _move(user, asked, question, known, now)
    serial = take_turn(move)
    if serial is None:
        turn = Turn.objects.get(lead_id=known.lead_id)
        column, kind, by, at, fact_id = _held(turn, asked.verb)
        stood = standing_of(known.lead_id, now)
        holds = {each.fact_id for each in (stood.decided, stood.checked) if each}
        if fact_id in holds or not free_turn(known.lead_id, [fact_id], column) or (serial := take_turn(move)) is None:
            raise taken(Decision(kind, by, at, fact_id), now)
    return serial


def _held(turn: Any, verb: str) -> tuple[str, str, str | None, datetime, str]:
    """Who holds what an act of this verb would take."""
    column = "checked" if verb in CHECKS else "decided"
    kind, by, at, fact_id = (getattr(turn, f"{column}{part}") for part in ("", "_by", "_at", "_fact"))
    return column, kind, by, at, fact_id


def _move(user: User, asked: Asked, question: Question, known: Known, now: datetime) -> Move:
    from smarketing.records.acts import Move

    verb = asked.verb
    return Move(
        known.lead_id, known.cycle, now, user.email, f"{SOURCE}:{asked.key}",
        decided=verb if verb in DECISIONS else None, checked=verb if verb in CHECKS else None,
        owner=question.to, snoozed_until=question.until,
        anybodys=right(verb, user.role) != OWN,
    )  # fmt: skip


def _claims(user: User, verb: str, stands: Standing) -> bool:
    """Whether a rep who accepts what nobody has gets it."""
    return verb == ACCEPTED and not stands.owner and user.role == "sales"


def _check(user: User, asked: Asked, stands: Standing, serial: int, now: datetime) -> None:
    """Raises Taken, Stale, NotAllowed, Refused."""
    verb = asked.verb
    decided = stands.checked if verb in CHECKS else stands.decided if verb in DECISIONS else None
    if decided and not _may_follow(user, verb, decided):
        raise taken(decided, now)
    if right(verb, user.role) == OWN and stands.owner and stands.owner.lower() != user.email.lower():
        raise NotAllowed(
            f"This lead belongs to {name_of(stands.owner)}; ask them, or have it passed on to you.", verb=verb, owner=stands.owner
        )
    if verb in ENDS - {"disqualified"} and stands.handed_at is None:
        raise Refused("verb", "the lead is not with sales", "wait until it is handed over, or disqualify it")
    if changed := changes(asked.seen, stands, user, verb, now=now, own=serial):
        raise Stale(changed, etag=replace(stands, serial=serial - 1).etag)  # this act is rolled back
    if verb == "assigned" and stands.owner and str(asked.properties.get("to", "")).strip().lower() == stands.owner.lower():
        raise Refused("to", f"{name_of(stands.owner)} has it already", "name somebody else")


def _may_follow(user: User, verb: str, decided: Decision) -> bool:
    """Whether this may be done after that: what one accepted (or anybody, for leaders) can be given back, what was held can be passed."""
    mine = (decided.by or "").lower() == user.email or right(verb, user.role) != OWN
    return (decided.kind, verb) == ("held", "passed") or (decided.kind == ACCEPTED and verb in ENDS and mine)


def taken(decision: Decision, now: datetime) -> Taken:
    """Somebody was faster."""
    by = decision.by or ""
    return Taken(f"{decided_said(decision, now)}.", by=by, name=name_of(by), verb=decision.kind, at=decision.at)


def _rows(user: User, asked: Asked, question: Question, stands: Standing, now: datetime) -> Iterable[Row]:
    yield row(asked.key, 1, asked.verb, stands.lead_id, user, question.properties, now)
    if _claims(user, asked.verb, stands):
        yield row(asked.key, 2, "assigned", stands.lead_id, user, {"to": user.email}, now)
