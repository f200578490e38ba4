"""An inbox as its page shows it: each row in words, its clock for the browser to count down."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from babel.dates import format_skeleton
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from smarketing.agreement.changes.phrases import short_name, upper
from smarketing.reports.person.consent import consent_of
from smarketing.web.held import held
from smarketing.web.inbox.words import because, to_do
from smarketing.web.locale import reader
from smarketing.web.look import formats
from smarketing.web.people import name_of, persona_name

if TYPE_CHECKING:
    from smarketing.reports.inbox.rows import InboxRow, Running
    from smarketing.web.inbox.mine import Inbox

Shown = dict[str, Any]
PARTS = ("Next", "Without a promise that runs", "Put aside")
MOST = 50
"""So many rows of a part are listed; the others come up as these are done."""
MINUTES_OF_AN_HOUR = 60
SOON_HOURS, FAR_HOURS = 1, 10
"""With so little left a clock is pressing; with so much its due day says more than hours do."""


def rows_shown(inbox: Inbox, chosen: str, now: datetime) -> list[Shown]:
    """The rows, in parts: of each that has any its `title`, how many there are (`number`), the first MOST `rows`, and how many `more`.

    The chosen one is listed, wherever it stands.
    """
    parts = [(title, leads, _first(leads, chosen)) for title, leads in zip(PARTS, inbox.parts, strict=True) if leads]
    rows = {row.lead_id: row for row in inbox.rows([lead_id for _, _, first in parts for lead_id in first])}
    place = f"{reverse('inbox')}?rep={quote(inbox.rep)}"
    found = []
    for title, leads, first in parts:
        shown = [_listed(row_shown(rows[lead_id], chosen, now), place) for lead_id in first]
        found.append({"title": title, "number": len(leads), "rows": shown, "more": len(leads) - len(first)})
    return found


def _first(leads: Sequence[str], chosen: str) -> list[str]:
    return [*leads[:MOST], *(lead_id for lead_id in leads[MOST:] if lead_id == chosen)]


def _listed(row: Shown, place: str) -> Shown:
    """The row with the `url` of its lead in this inbox, and `key`: all that its place in the list shows."""
    shown = (row[name] for name in ("lead_id", "rep", "chosen", "name", "mark", "to_do", "why"))
    worth, clock = row["worth"] or {}, row["clock"] or {}
    return {
        **row,
        "url": f"{place}&lead={quote(row['lead_id'], safe='')}",
        "key": (*shown, bool(row["broken"]), *worth.values(), None, *clock.values()),
    }


def row_shown(row: InboxRow, chosen: str, now: datetime) -> Shown:
    """One row of the list."""
    case = row.case
    return {
        "lead_id": row.lead_id,
        "rep": case.row["owner"],
        "anchor": f"row-{digest(row.lead_id)}",
        "chosen": row.lead_id == chosen,
        "name": case.name,
        "what": row.step.what,
        "to_do": to_do(row.step),
        "why": because(row, now),
        "worth": {"amount": row.worth, "currency": held().agreement.currency} if row.worth else None,
        "clock": clock_shown(row.clock, now) if row.clock else None,
        "broken": [clock.commitment for clock in row.broken],
        "consent": SimpleLazyObject(lambda: consent_of(case.facts)),
        "mark": mark_of(row),
    }


def lead_shown(row: InboxRow, now: datetime) -> Shown:
    """What one row says of its lead."""
    case, agreement = row.case, held().agreement
    account = case.profile.get("account")
    return {
        **row_shown(row, row.lead_id, now),
        "grade": case.row["grade"],
        "stage": upper(short_name(case.stage, agreement)) if case.stage else "",
        "persona": persona_name(case.row["persona"]) if case.row["persona"] else "",
        "account": account if account != case.name else None,
        "owner": name_of(case.row["owner"]),
    }


def clock_shown(clock: Running, now: datetime) -> Shown:
    """A clock: its words now, and the instants (ms) with which the browser goes on counting."""
    return {
        "name": clock.commitment,
        "rule": clock.rule,
        "due_at": clock.due_at,
        "state": clock.state,
        "due": millis(clock.due_at),
        "work": " ".join(f"{_whole(begin, now)}-{millis(end)}" for begin, end in clock.intervals),
        "left": left(clock, now) if clock.state == "open" else "",
        "far": far(clock),
        "soon": clock.state == "open" and clock.hours <= SOON_HOURS,
        "working": clock.working,
    }


def far(clock: Running) -> str:
    """`due Fri 13 Nov`: what is said of a clock with more than a working day left."""
    due = reader().local(clock.due_at)
    return f"due {format_skeleton('MMMEd', due, locale=reader().locale)}"


def left(clock: Running, now: datetime) -> str:
    """`3 h 5 min`, as the browser writes it; `3 h, from Mon 08:30` while the rep is not at work."""
    if clock.hours >= FAR_HOURS:
        return far(clock)
    said = formats.span(max(int(clock.hours * MINUTES_OF_AN_HOUR), 0))
    begins = clock.intervals[0][0] if clock.intervals else now
    if begins <= now:
        return said
    at = reader().local(begins)
    return f"{said}, from {format_skeleton('EHm', at, locale=reader().locale)}"


def millis(at: datetime) -> int:
    """An instant in milliseconds since 1970, as browsers count."""
    return round(at.timestamp() * 1000)


def _whole(begin: datetime, now: datetime) -> int:
    """The begin of an interval; of one that goes on, that of its hour: browsers count from now, and so the text stays the same for longer."""
    return millis(begin if begin > now else begin.replace(minute=0, second=0, microsecond=0))


def mark_of(row: InboxRow) -> str:
    """Another text where something about the lead is another one."""
    last = row.case.facts[-1]["fact_id"] if row.case.facts else ""
    return digest(f"{last} {len(row.case.facts)} {row.step} {row.case.row['owner']} {[clock.commitment for clock in row.broken]}")


def digest(text: str) -> str:
    """A short name for a text, of letters that an id may have."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
