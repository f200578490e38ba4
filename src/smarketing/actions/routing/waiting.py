"""Routing: hand-offs that have nobody get a rep, each once, by what the agreement says.

Where the agreement in force has a `handoff.route`, these are routed:

* hand-offs of the last 14 days of cycles that go on, to whom no `assigned` fact belongs, that nobody tried to reach and nobody decided.
  Older ones are left to people: a workspace that takes in years of facts does not give them all away on its first day;
* with `after_breach: reassign`, hand-offs that somebody has, and neither tried to reach nor accepted, when the time of a promise to
  respond has passed within the last three days: to somebody else, once for each promise that was broken.

What nobody can take waits in rows of its own with the reason, and is tried again. A workspace that stands still routes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from smarketing.actions.routing.given import Given, give
from smarketing.actions.routing.known import office_now
from smarketing.actions.routing.told import tell
from smarketing.actions.workspace import Workspace
from smarketing.agreement.models import Agreement
from smarketing.agreement.sequence import version_at

if TYPE_CHECKING:
    from smarketing.records.routing import Routed
    from smarketing.records.unrouted import Unrouted

HANDED_WITHIN, BREACHED_WITHIN = timedelta(days=14), timedelta(days=3)
BATCH = 50
"""So many hand-offs in one transaction; the tables cannot be replaced while it goes on."""
SECONDS_BETWEEN_TRIES = 15.0
"""So much later what nobody could take is tried again."""
REPLACED = ("42P01", "3F000")
"""PostgreSQL's codes for a table and a schema that are not there: they are replaced just now, and there is another look soon."""
Key = tuple[str, int, int]
"""Lead, cycle and round: one hand-off that is routed once."""


class _Tries:
    """When this process tried last to route what waits, by the folder of the workspace."""

    at: dict[object, float] = {}  # noqa: RUF012 -- of the process, as the class is


def keep_routing(workspace: Workspace, now: datetime) -> list[Given]:
    """`route_waiting` for a worker that asks every moment: what waits is tried again only now and then."""
    again = time.monotonic() - _Tries.at.get(workspace.folder, -SECONDS_BETWEEN_TRIES) >= SECONDS_BETWEEN_TRIES
    if again:
        _Tries.at[workspace.folder] = time.monotonic()
    return route_waiting(workspace, now, again=again)


def route_waiting(workspace: Workspace, now: datetime, *, again: bool = True) -> list[Given]:
    """Give every hand-off that wants one its rep, and tell the reps; those that got one now. The workspace is open.

    `again`: also those that were tried before. Any number of workers may do this at once: whoever picks reps has locked the
    rows of turns, so nothing is given twice and everybody's turn counts.
    """
    from django.db import ProgrammingError

    from smarketing.records.derived import current_state

    if workspace.stands_still or current_state() is None:
        return []
    agreement = version_at(workspace.agreements(), now)
    given: list[Given] = []
    tried: set[Key] = set()
    try:
        while _wants(agreement, now, tried, again=again):
            given += _batch(workspace, agreement, now, tried, again=again)
    except ProgrammingError as problem:
        if getattr(problem.__cause__, "sqlstate", "") not in REPLACED:
            raise
    return given


def _wants(agreement: Agreement, now: datetime, tried: set[Key], *, again: bool) -> bool:
    """Whether there is anything to do, found out without a lock."""
    from smarketing.records.routing import Routed

    found = _unrouted(agreement, now)
    waits = set(Routed.objects.filter(rep=None).values_list("lead_id", "cycle", "round"))
    return bool(_todo(found, tried, again=again)) or bool(waits - {one[:3] for one in found})


def _unrouted(agreement: Agreement, now: datetime) -> list[Unrouted]:
    from smarketing.records.unrouted import breached, unowned

    handoff = agreement.handoff
    if not handoff.routes:
        return []
    promises = (
        [each.name for each in agreement.commitments if each.respond_within] if handoff.route.after_breach == "reassign" else []
    )
    return [*unowned(now, since=now - HANDED_WITHIN), *breached(now, since=now - BREACHED_WITHIN, promises=promises)]


def _todo(found: Iterable[Unrouted], tried: set[Key], *, again: bool) -> list[Unrouted]:
    return [one for one in found if one[:3] not in tried and (again or not one.waits)]


def _batch(workspace: Workspace, agreement: Agreement, now: datetime, tried: set[Key], *, again: bool) -> list[Given]:
    """Route some of what is to be routed, in one transaction."""
    from django.db import transaction

    from smarketing.records.unrouted import keep_turns, loads, lock_turns, waits_no_more

    office = office_now(workspace, agreement, now)
    with transaction.atomic():
        turns = lock_turns(desk.rep for desk in office.desks)
        found = _unrouted(agreement, now)
        waits_no_more(found)
        batch = _todo(found, tried, again=again)[:BATCH]
        tried |= {one[:3] for one in batch}
        if not batch:
            return []
        work = loads(now)
        book = {rep: line._replace(open=work.get(rep.lower(), 0)) for rep, line in turns.items()}
        given, after = give(batch, office, book, agreement, now)
        keep_turns(turns, after)
        tell(given, office, now)
    return given


def waiting() -> list[Routed]:
    """What could not be routed, with the reason; what waits longest comes first."""
    from smarketing.records.routing import Routed

    return list(Routed.objects.filter(rep=None).order_by("asked_at", "lead_id"))
