"""Where leads stand for those who act on them: what is derived of them, and what facts say that are not derived yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper

from smarketing.journal.properties import as_text, decoded, says_machine

ATTEMPTS = 5
NEAR, AS_USUAL = "SET LOCAL enable_seqscan = off", "SET LOCAL enable_seqscan = DEFAULT"
"""An index is right however little is known of fresh tables; until the end of the transaction, which may be this one question."""
KNOWN = """
SELECT leads.lead_id, coalesce(leads.cycle, 1), handoffs.handed_at, leads.owner, leads.stage, leads.grade, leads.persona,
    ARRAY(SELECT id FROM derived.united WHERE united.lead_id = leads.lead_id),
    (SELECT min(entered_at) FROM derived.stage_entries WHERE stage_entries.lead_id = leads.lead_id AND stage_entries.cycle = leads.cycle),
    coalesce((SELECT serial FROM turn WHERE turn.lead_id = leads.lead_id), 0)
FROM derived.leads LEFT JOIN derived.handoffs ON handoffs.lead_id = leads.lead_id AND handoffs.cycle = leads.cycle
WHERE leads.lead_id = ANY(%s)
"""
BEFORE = """
SELECT handoffs.lead_id, handoffs.cycle, handoffs.handed_at, (SELECT min(entered_at) FROM derived.stage_entries
    WHERE stage_entries.lead_id = handoffs.lead_id AND stage_entries.cycle = handoffs.cycle)
FROM act JOIN derived.handoffs ON handoffs.lead_id = act.lead_id AND handoffs.cycle = act.cycle
WHERE act.lead_id = ANY(%s) AND act.undone_at IS NOT NULL AND act.at = CASE act.verb
    WHEN 'rejected' THEN rejected_at WHEN 'recycled' THEN recycled_at WHEN 'disqualified' THEN disqualified_at END
"""
"""The cycles that were ended, as derived, by an act that was taken back since: they go on."""
UNITED = "SELECT id, lead_id FROM derived.united WHERE id = ANY(%s)"
UNKNOWN = "SELECT DISTINCT lead_id FROM fact WHERE lead_id = ANY(%s)"
LIFE = """
SELECT lead_id, fact_id, kind, actor, at, properties::text, source, campaign, channel, amount FROM fact
WHERE lead_id = ANY(%s) AND at <= %s AND kind = ANY(%s) ORDER BY at, fact_id
"""
RETRACTED = """
SELECT r.fact_id, r.properties ->> 'fact_id', r.properties::text FROM fact f
CROSS JOIN LATERAL (
    SELECT fact_id, at, properties FROM fact WHERE kind = 'retracted' AND properties ->> 'fact_id' = f.fact_id COLLATE "default" AND at <= %s OFFSET 0
) r
WHERE f.lead_id = ANY(%s) AND f.at <= %s AND f.kind = ANY(%s) ORDER BY r.at, r.fact_id
"""
"""What retracts facts of LIFE, found by index: ids are compared as they are in that, one after the other."""
RETRACTIONS = """
SELECT fact_id, properties ->> 'fact_id', properties::text FROM fact
WHERE kind = 'retracted' AND properties ->> 'fact_id' = ANY(%s) AND at <= %s ORDER BY at, fact_id
"""


class Known(NamedTuple):
    """What is derived of a lead: all `ids` it goes by, its current `cycle`, when that began and was handed over (null: not), who owns
    it, where it is. `derived` false: its facts are so new that nothing is. `serial`: of its turn (see `acts`; 0: nobody acted here).
    """

    lead_id: str
    cycle: int = 1
    handed_at: datetime | None = None
    owner: str | None = None
    stage: str | None = None
    grade: str | None = None
    persona: str | None = None
    ids: tuple[str, ...] = ()
    begun_at: datetime | None = None
    derived: bool = True
    serial: int = 0


class Told(NamedTuple):
    """A fact of a life: some of its columns, the personal ones left out of its properties; `says` are these, read."""

    lead_id: str
    fact_id: str
    kind: str
    actor: str | None
    at: datetime
    properties: str
    source: str | None
    campaign: str | None
    channel: str | None
    amount: Decimal | None
    says: dict[str, Any]


def known_leads(asked: Iterable[str]) -> dict[str, Known]:
    """What is derived of the leads that go by these ids, by the id that was asked for; ids of nobody are left out."""
    wanted = sorted({lead_id for lead_id in asked if "\0" not in lead_id})
    for _ in range(ATTEMPTS):  # the tables may be replaced between two questions, or not be there yet
        with suppress(ProgrammingError), _by_itself(), connection.cursor() as cursor:
            return _known_leads(cursor, wanted)
    with connection.cursor() as cursor:
        return _underived(cursor, wanted)


def _by_itself() -> AbstractContextManager[Any]:
    """What fails inside does not end the transaction around it; outside of one there is nothing to keep."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _known_leads(cursor: CursorWrapper, wanted: list[str]) -> dict[str, Known]:
    found = _derived(cursor, wanted)
    missing = [lead_id for lead_id in wanted if lead_id not in found]
    if missing:
        own = dict(_rows(cursor, UNITED, [missing]))
        united = _derived(cursor, sorted(set(own.values())))
        found |= {other: united[lead_id] for other, lead_id in own.items() if lead_id in united}
        found |= _underived(cursor, [lead_id for lead_id in missing if lead_id not in found])
    return found


def _underived(cursor: CursorWrapper, leads: list[str]) -> dict[str, Known]:
    """Leads whose facts are so new that nothing is derived of them."""
    rows = _rows(cursor, UNKNOWN, [leads]) if leads else []
    return {lead_id: Known(lead_id, ids=(lead_id,), derived=False) for (lead_id,) in rows}


def _derived(cursor: CursorWrapper, leads: list[str]) -> dict[str, Known]:
    rows = {}
    for lead_id, cycle, handed_at, owner, stage, grade, persona, ids, begun_at, serial in (
        _rows(cursor, KNOWN, [leads]) if leads else ()
    ):
        every = tuple(sorted({lead_id, *ids}))
        rows[lead_id] = Known(lead_id, cycle, handed_at, owner, stage, grade, persona, every, begun_at, serial=serial)
    return rows | _going_on(cursor, rows)


def _going_on(cursor: CursorWrapper, rows: dict[str, Known]) -> dict[str, Known]:
    """Leads that are in the cycle before the derived one: what ended it was taken back, and nothing is derived of that yet."""
    later = [lead_id for lead_id, known in rows.items() if known.cycle > 1 and known.serial]
    found = _rows(cursor, BEFORE, [later]) if later else []
    return {
        lead_id: rows[lead_id]._replace(cycle=cycle, handed_at=handed_at, begun_at=begun_at)
        for lead_id, cycle, handed_at, begun_at in found
        if cycle == rows[lead_id].cycle - 1
    }


def _rows(cursor: CursorWrapper, ask: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """The rows (of the first question), found by index, in one journey to the database and back."""
    cursor.execute(f"{NEAR}; {ask}", values)
    cursor.nextset()
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def facts_of(ids: Collection[str], kinds: Collection[str], *, until: datetime) -> list[Told]:
    """The facts of these kinds that stand (not retracted, not by a machine) under any of these ids at or before an instant, in order."""
    of_life = [sorted(ids), until, sorted(kinds)]
    with connection.cursor() as cursor:
        found = _rows(cursor, f"{LIFE}; {RETRACTED}", [*of_life, until, *of_life])
        rows = [Told._make((*row, decoded(row[5]) or {})) for row in found if not says_machine(row[5])]
        cursor.nextset()
        gone = _retracted(cursor, cursor.fetchall(), until)
    return [row for row in rows if row.fact_id not in gone]


def _retracted(cursor: CursorWrapper, found: list[tuple[Any, ...]], until: datetime) -> set[str]:
    """Which facts are taken back by these retractions, by the journal's rule: what retracts one of them is asked for."""
    from smarketing.journal.corrections import counting

    names: dict[str, str | None] = {}
    while found:
        fresh = {fact_id: as_text(name) for fact_id, name, text in found if not says_machine(text)}
        asked = [fact_id for fact_id in fresh if fact_id not in names]
        names |= fresh
        found = _rows(cursor, RETRACTIONS, [asked, until]) if asked else []
    return {name for one in counting(names) if (name := names[one]) is not None}


STATE = """
SELECT fit, engagement, ARRAY(
    SELECT stage FROM derived.stage_entries WHERE stage_entries.lead_id = leads.lead_id AND stage_entries.cycle = leads.cycle
) FROM derived.leads WHERE lead_id = %s
"""


class Scored(NamedTuple):
    """What a lead has reached, as derived: its points now, and the stages it entered in its cycle."""

    fit: Decimal
    engagement: Decimal
    stages: frozenset[str]


def scored(lead_id: str) -> Scored:
    """The points and stages of a lead by its own id; nothing where nothing is derived of it."""
    fit, engagement, stages = None, None, ()
    with suppress(ProgrammingError), _by_itself(), connection.cursor() as cursor:
        fit, engagement, stages = next(iter(_rows(cursor, STATE, [lead_id])), (None, None, ()))
    return Scored(fit or Decimal(0), engagement or Decimal(0), frozenset(stages))
