"""What is known when leads are routed: the reps and their working time, the profiles of the leads, and what is wished for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from smarketing.actions.workspace import Workspace
from smarketing.agreement.models import Agreement

if TYPE_CHECKING:
    from smarketing.derivations.routing.desks import Office
    from smarketing.derivations.routing.wishes import Wishes


class _Offices:
    """The office of this process as it was laid out last: what for, and it."""

    made_for: tuple[object, ...] = ()
    office: Office | None = None


def office_now(workspace: Workspace, agreement: Agreement, now: datetime) -> Office:
    """The reps of the workspace and when they work around now. Raises DocumentError for a small table with problems."""
    from smarketing.derivations.routing.desks import office_of
    from smarketing.journal.small_tables import read_small_tables

    wanted = (workspace.folder, workspace.stamp(), agreement.id, now.date())
    found = _Offices.office if _Offices.made_for == wanted else None
    if found is None:
        found = office_of(agreement, read_small_tables(workspace.small_tables()), first_at=now, last_at=now)
        _Offices.office, _Offices.made_for = found, wanted
    return found


def wishes_now(agreement: Agreement, leads: Sequence[str], now: datetime) -> list[Wishes]:
    """What the agreement prefers for each of these leads, by their profiles as they are known now."""
    import polars as pl

    from smarketing.derivations.routing.wishes import asked_attributes, wishes

    route = agreement.handoff.route
    names = asked_attributes(route)
    if not names:
        return wishes(route, pl.DataFrame({"lead_id": list(leads)}))
    known = profiles(leads, now)
    rows = {name: [known[lead].get(name) for lead in leads] for name in names}
    return wishes(route, pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)))


def profiles(leads: Sequence[str], now: datetime) -> dict[str, dict[str, str]]:
    """What is known of each of these leads: attribute → its text. Personal values are nobody's reason, so they are left out."""
    from smarketing.agreement.version import json_text
    from smarketing.records.standings import facts_of, known_leads

    known = known_leads(leads)
    owner = {own: lead for lead in leads for own in (known[lead].ids if lead in known else (lead,))}
    found: dict[str, dict[str, str]] = {lead: {} for lead in leads}
    for fact in facts_of(list(owner), ["profile_changed"], until=now):
        for name, value in fact.says.items():
            text = "" if value is None else json_text(value)
            found[owner[fact.lead_id]].pop(name, None)
            if text:
                found[owner[fact.lead_id]][name] = text
    return found
