"""Taking an act back, where that is honest: one's own, soon after, and before anybody built on it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from smarketing.actions.acts.asked import Asked, Done, NoSuchLead, NotAllowed, Refused
from smarketing.actions.acts.changed import ago, name_of
from smarketing.actions.acts.question import check_key
from smarketing.actions.acts.standing import Standing
from smarketing.actions.acts.telling import (
    UNDO_WITHIN,
    answered,
    check_role,
    finish,
    once,
    row,
    standing_of,
    tell,
)
from smarketing.actions.acts.verbs import SAID
from smarketing.vocabulary.kinds import HANDOVER, OPPORTUNITY, SALES_ACTS

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace
    from smarketing.records.acts import Act
    from smarketing.records.people import User

BUILT_ON = SALES_ACTS | HANDOVER | OPPORTUNITY
"""Facts by people that may rest on what an act said."""


def undo(workspace: Workspace, user: User, key: str, *, now: datetime, new_key: str) -> Done:
    """Take back the act that was done under `key`: its facts are retracted, and what was decided before holds again.

    Only one's own, within 15 minutes (of the person's, where the workspace's clock goes faster), while nobody (oneself included) did
    anything with the lead since. Answers and errors are those of `act`; `new_key` is the idempotency key of the taking back.
    """
    check_key(new_key)
    asked = Asked("undone", "", new_key, properties={"key": key})
    digest = asked.digest(user.email)
    if (before := answered(new_key, digest)) is not None:
        return before
    check_role(user, "undone")
    return once(new_key, digest, lambda: _undo(workspace, user, key, asked, digest, now))


def undoable(workspace: Workspace, act: Act, user: User, *, now: datetime) -> bool:
    """Whether a page may offer it; whether nobody did anything since is found out when it is asked for."""
    own = act.user_id == user.pk and act.verb != "undone" and act.undone_at is None
    return own and workspace.felt(act.at, now) <= UNDO_WITHIN


def _undo(workspace: Workspace, user: User, key: str, asked: Asked, digest: str, now: datetime) -> dict[str, Any] | None:
    from smarketing.records.acts import Act, Move, begin_act, take_turn

    known = Act.objects.filter(key=key).first()
    if known is None:
        raise NoSuchLead("There is no act under this key; look at the lead, and act anew.")
    _check_own(workspace, known, user, now)
    before = standing_of(known.lead_id, now)
    if not begin_act(key=asked.key, user=user, verb="undone", lead_id=before.lead_id, at=now, digest=digest):
        return None
    serial = take_turn(Move(before.lead_id, known.cycle, now, user.email, f"app:{asked.key}"))  # from here on others wait for us
    assert serial is not None, "a turn that decides nothing is always given"
    act = Act.objects.select_for_update().get(key=key)
    _check_own(workspace, act, user, now)
    _check_alone(act, before, now)
    rows = [
        row(asked.key, number, "retracted", before.lead_id, user, {"fact_id": fact_id}, now)
        for number, fact_id in enumerate(act.facts, start=1)
    ]
    tell(rows, now)
    Act.objects.filter(key=key).update(undone_at=now)
    _give_back(act, before.lead_id, now)
    return finish(workspace, user, asked, standing_of(before.lead_id, now), rows, serial=serial, doubted=None, now=now)


def _check_own(workspace: Workspace, act: Act, user: User, now: datetime) -> None:
    if act.user_id != user.pk:
        raise NotAllowed("This was done by somebody else; ask them to take it back, or act anew.")
    if act.verb == "undone":
        raise Refused("key", "this was a taking back itself", "do anew what it took back")
    if act.undone_at is not None:
        raise Refused("key", f"it was taken back {ago(act.undone_at, now)}", "there is nothing to do")
    if (since := workspace.felt(act.at, now)) > UNDO_WITHIN:
        minutes = int(UNDO_WITHIN.total_seconds() // 60)
        raise Refused("key", f"it was done {ago(now - since, now)}, and is taken back within {minutes} minutes", "act anew")


def _check_alone(act: Act, stands: Standing, now: datetime) -> None:
    """Raises Refused where something was done with the lead since."""
    from smarketing.records.acts import Act as Acts
    from smarketing.records.standings import facts_of

    later = Acts.objects.filter(lead_id__in=stands.ids, serial__gt=act.serial, undone_at=None).exclude(verb="undone")
    if (first := later.select_related("user").order_by("serial").first()) is not None:
        own = first.user_id == act.user_id
        whose, mend = ("you", "take that back first") if own else (name_of(first.user.email if first.user else None), "ask them")
        raise Refused("key", f"{whose} {SAID[first.verb]} since", f"{mend}, or act anew")
    others = [fact for fact in facts_of(stands.ids, BUILT_ON, until=now) if fact.at > act.at and fact.fact_id not in act.facts]
    if others:
        raise Refused("key", f'"{others[0].kind.replace("_", " ")}" came in about the lead since', "act anew")


def _give_back(act: Act, lead_id: str, now: datetime) -> None:
    """What was decided and checked before holds again."""
    from smarketing.records.acts import Turn, free_turn

    stands = standing_of(lead_id, now)
    for column, decision in (("decided", stands.decided), ("checked", stands.checked)):
        before = (decision.kind, decision.by, decision.at, decision.fact_id) if decision else (None,) * 4
        free_turn(lead_id, act.facts, column, before)
    Turn.objects.filter(lead_id=lead_id).update(owner=stands.owner, snoozed_until=stands.snoozed_until)
