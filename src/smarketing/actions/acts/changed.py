"""What changed about a lead since a page showed it, in sentences; one's own acts are no news."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from smarketing.actions.acts.standing import Decision, Standing
from smarketing.actions.acts.verbs import CHECKS, DECISIONS, SAID

if TYPE_CHECKING:
    from smarketing.records.acts import Act
    from smarketing.records.people import User

TAG = re.compile(r'(?:W/)?"?(\d{1,18})\.(\d{1,9})([hm])\.([a-z]+)\.([a-z]+)\.([0-9a-f]{6})(?:~[0-9a-f]*)?"?')
UNKNOWN = "The tag that was sent is none of this lead's; load the page anew."
SPANS = ((60, "minute", 60), (3600, "hour", 24), (86_400, "day", 10_000))


@dataclass(frozen=True, slots=True)
class Seen:
    """A tag, read."""

    serial: int
    cycle: int
    decided: str
    checked: str
    owner: str


def read_tag(seen: str) -> Seen | None:
    """A tag as `etag` writes it, quoted or not, with or without what a read of the whole lead adds; None for anything else."""
    found = TAG.fullmatch(seen.strip())
    return Seen(int(found[1]), int(found[2]), found[4], found[5], found[6]) if found else None


def changes(seen: str | None, now_is: Standing, user: User, verb: str, *, now: datetime, own: int = 0) -> list[str]:
    """The sentences; none: nothing that this user did not do themselves, or nothing was asked. `own`: the serial of the act itself."""
    if seen is None or seen.strip() == "*":
        return []
    tag = read_tag(seen)
    if tag is None or tag.serial > max(now_is.serial - (own > 0), 0):
        return [UNKNOWN]
    alone = own > 0 and tag.serial == own - 1 and len(now_is.ids) == 1  # every act has a serial of its own: there is none between
    acts = [] if alone else _acts_since(now_is, tag.serial)
    return list(_sentences(tag, now_is, acts, user, verb, now))


def _acts_since(now_is: Standing, serial: int) -> list[Act]:
    from smarketing.records.acts import Act

    found = Act.objects.filter(lead_id__in=now_is.ids, serial__gt=serial, undone_at=None).select_related("user")
    return list(found.order_by("serial"))


def _sentences(tag: Seen, now_is: Standing, acts: list[Act], user: User, verb: str, now: datetime) -> Iterator[str]:
    told = {fact_id for act in acts for fact_id in act.facts}
    for act in acts:
        if act.user_id != user.pk:
            yield f"{name_of(act.user.email if act.user else None)} {SAID[act.verb]} {ago(act.at, now)}."
    for before, decision in ((tag.decided, now_is.decided), (tag.checked, now_is.checked)):
        if decision and decision.kind != before and decision.fact_id not in told and not _is(user, decision.by):
            yield f"{decided_said(decision, now)}."
    if verb in DECISIONS | CHECKS and tag.cycle != now_is.cycle:
        yield f"The lead is in cycle {now_is.cycle} now; the page showed cycle {tag.cycle}."
    if _moved(tag, now_is) and not (_is(user, now_is.owner) or _is(user, now_is.assigned_by)):
        yield f"It belongs to {name_of(now_is.owner)} now." if now_is.owner else "It belongs to nobody now."


def _moved(tag: Seen, now_is: Standing) -> bool:
    return not now_is.etag.endswith(f".{tag.owner}")


def _is(user: User, address: str | None) -> bool:
    return (address or "").lower() == user.email


def decided_said(decision: Decision, now: datetime) -> str:
    """`Anna Ames accepted it 2 minutes ago`."""
    return f"{name_of(decision.by)} {SAID[decision.kind]} {ago(decision.at, now)}"


def name_of(address: str | None) -> str:
    """The name of somebody who may log in, else the address."""
    from smarketing.records.people import User, as_login

    if not address:
        return "Somebody"
    found = User.objects.filter(email=as_login(address)).values_list("name", flat=True).first()
    return found or address


def ago(at: datetime, now: datetime) -> str:
    """How long ago an instant was, in the largest whole unit."""
    seconds = int(max(now - at, timedelta()).total_seconds())
    if seconds < SPANS[0][0]:
        return "just now"
    for unit, name, most in SPANS:
        number = seconds // unit
        if number < most:
            return f"{number} {name}{'s' if number != 1 else ''} ago"
    return "long ago"
