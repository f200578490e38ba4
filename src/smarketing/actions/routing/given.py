"""Giving: for each hand-off of a batch the choice, and the rows and the fact that make it so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from smarketing.actions.routing.known import wishes_now
from smarketing.agreement.models import Agreement

if TYPE_CHECKING:
    from smarketing.derivations.routing.book import Book
    from smarketing.derivations.routing.choice import Handed
    from smarketing.derivations.routing.desks import Office
    from smarketing.derivations.routing.wishes import Wishes
    from smarketing.records.unrouted import Unrouted

BY = "routing"
"""What the facts name as the one who assigned, and what their ids begin with."""


class Given(NamedTuple):
    """A hand-off that has a rep now: by the fact `fact_id`, and why. `before`: who had it and did not answer in time."""

    lead_id: str
    cycle: int
    round: int
    rep: str
    why: str
    fact_id: str
    account: str | None = None
    before: str | None = None


def give(batch: Sequence[Unrouted], office: Office, book: Book, agreement: Agreement, now: datetime) -> tuple[list[Given], Book]:
    """Choose for each of them in order, and write down what was chosen; what was given, and the book after that.

    To be called in the transaction that has locked the turns.
    """
    from smarketing.derivations.routing.book import noted
    from smarketing.derivations.routing.choice import choose
    from smarketing.records.unrouted import account_owners, keep_routed

    route = agreement.handoff.route
    owners = account_owners([one.account for one in batch if one.account], now) if route.account_owner_first else {}
    given: list[Given] = []
    for one, wished in zip(batch, wishes_now(agreement, [one.lead_id for one in batch], now), strict=True):
        choice = choose(_handed(one, owners, wished), office, book, route, now)
        why = choice.why if one.round == 0 else f"{office.name(one.owner or '')} did not answer in time. {choice.why}"
        told = _given(one, choice.rep, why) if choice.rep else None
        new = keep_routed(one, rep=choice.rep, why=why, fact_id=told.fact_id if told else None, at=now)
        if told is None or not new:
            continue
        _assign(one, told, now)
        book = noted(book, choice, route, now)
        given.append(told)
        owners |= {one.account: told.rep} if one.account else {}
    return given, book


def _handed(one: Unrouted, owners: dict[str, str], wished: Wishes) -> Handed:
    from smarketing.derivations.routing.choice import Handed

    owner = owners.get(one.account or "")
    if one.round == 0:
        return Handed(one.lead_id, one.cycle, one.account, owner, before=one.owner, wishes=wished)
    return Handed(one.lead_id, one.cycle, one.account, owner, wishes=wished, not_to=tuple(filter(None, (*one.had, one.owner))))


def _given(one: Unrouted, rep: str, why: str) -> Given:
    fact_id = f"app:{BY}:{one.lead_id}:{one.cycle}:{one.round}"
    return Given(one.lead_id, one.cycle, one.round, rep, why, fact_id, one.account, one.owner if one.round else None)


def _assign(one: Unrouted, told: Given, now: datetime) -> None:
    """The fact that it was assigned, and whose turn the lead is."""
    from smarketing.journal.sent.facts import Row
    from smarketing.records.stream import store_messages
    from smarketing.records.unrouted import keep_owner

    said = {"to": told.rep, "by": BY, "why": told.why}
    nothing = (None, None, None, None, None, None)
    store_messages([[Row(told.fact_id, told.lead_id, now.isoformat(), None, "assigned", *nothing, said, "app")]], recorded_at=now)
    keep_owner(one, rep=told.rep, fact_id=told.fact_id, at=now)
