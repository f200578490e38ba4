"""What is news: clocks that ran out and deals that were won, of the leads that changed since a state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from smarketing.records.derived import current_state

BREACHES = """
SELECT clocks.lead_id, clocks.cycle, clocks.commitment, clocks.due_at, coalesce(handoffs.owner, handoffs.rep)
FROM derived.clocks LEFT JOIN derived.handoffs USING (lead_id, cycle)
WHERE clocks.state = 'breached' AND clocks.due_at > %(since)s AND clocks.due_at <= %(until)s{leads}
ORDER BY clocks.due_at, clocks.lead_id
"""
WINS = """
SELECT fact.fact_id, fact.lead_id, fact.at, fact.amount, coalesce(fact.currency, ''), fact.actor, last.rep, last.campaign
FROM fact LEFT JOIN LATERAL (
    SELECT rep, campaign FROM derived.handoffs
    WHERE handoffs.lead_id = coalesce((SELECT united.lead_id FROM derived.united WHERE united.id = fact.lead_id LIMIT 1), fact.lead_id)
      AND handoffs.handed_at <= fact.at AND rep IS NOT NULL ORDER BY handoffs.handed_at DESC LIMIT 1
) last ON true
WHERE fact.kind = 'opportunity_won' AND fact.at > %(since)s AND fact.at <= %(until)s{leads}
  AND NOT EXISTS (SELECT FROM fact undone WHERE undone.kind = 'retracted' AND undone.properties ->> 'fact_id' = fact.fact_id)
ORDER BY fact.at, fact.fact_id
"""
CHANGED = "SELECT DISTINCT lead_id FROM derived.changed WHERE serial > %s LIMIT %s"
CHECKS = """
SELECT entry.lead_id, entry.cycle, entry.entered_at FROM derived.stage_entries entry
WHERE entry.stage = %(stage)s AND entry.left_at IS NULL AND entry.entered_at > %(since)s AND entry.entered_at <= %(until)s{leads}
  AND NOT EXISTS (SELECT FROM derived.handoffs WHERE handoffs.lead_id = entry.lead_id AND handoffs.cycle = entry.cycle)
ORDER BY entry.entered_at, entry.lead_id
"""
ACCOUNTS = """
SELECT DISTINCT ON (lead_id) lead_id, properties ->> 'account' FROM fact
WHERE lead_id = ANY(%s) AND kind = 'profile_changed' AND properties ->> 'account' <> '' ORDER BY lead_id, at DESC
"""
UNITED = "SELECT id FROM derived.united WHERE lead_id = ANY(%s)"


def changed_since(serial: int, *, most: int) -> list[str] | None:
    """The ids of the leads whose rows changed after the state of this serial; None: of any, as it is not known or they are more than `most`."""
    state = current_state()
    if state is None or not state.since <= serial <= state.serial:
        return None
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [serial, most + 1])
        leads = [lead_id for (lead_id,) in cursor.fetchall()]
        if len(leads) > most:
            return None
        cursor.execute(UNITED, [leads])
        return sorted({*leads, *(other for (other,) in cursor.fetchall())})


def breaches(leads: Sequence[str] | None, *, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """`lead_id, cycle, commitment, due_at, owner` of the clocks that ran out between two instants and were not kept since."""
    return _asked(BREACHES, leads, since, until, "clocks.lead_id")


def wins(leads: Sequence[str] | None, *, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """`fact_id, lead_id, at, amount, currency, closer, rep, campaign` of the wins between two instants that nobody took back."""
    return [
        (*row[:3], None if row[3] is None else float(row[3]), *row[4:])
        for row in _asked(WINS, leads, since, until, "fact.lead_id")
    ]


def checks(leads: Sequence[str] | None, *, stage: str, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """`lead_id, cycle, entered_at` of the leads that reached the stage of the hand-off between two instants and were not handed over."""
    return _asked(CHECKS, leads, since, until, "entry.lead_id", stage=stage)


def _asked(
    statement: str, leads: Sequence[str] | None, since: datetime, until: datetime, column: str, **more: str
) -> list[tuple[Any, ...]]:
    narrowed = "" if leads is None else f" AND {column} = ANY(%(leads)s)"
    with connection.cursor() as cursor:
        cursor.execute(statement.format(leads=narrowed), {"since": since, "until": until, "leads": list(leads or ()), **more})
        return list(cursor.fetchall())


def accounts_of(leads: Sequence[str]) -> dict[str, str]:
    """The account of each of these leads of which one is known, by its latest fact that names it."""
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, [list(leads)])
        return dict(cursor.fetchall())
