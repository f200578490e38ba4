"""Single lives out of the journal, whole, with every life that is tied to them; found by index, whatever else there is."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from smarketing.journal.fact import COLUMNS, FACT_SCHEMA
from smarketing.records.facts import WAITS_NOT
from smarketing.records.personal import rejoined

FIELDS = ", ".join({"properties": "properties::text AS properties"}.get(name, f'"{name}"') for name in (*COLUMNS, "personal"))
LINKS, ENDS = "kind IN ('linked', 'unlinked')", "opportunity_id IS NOT NULL AND kind IN ('opportunity_won', 'opportunity_lost')"
NAMED = "lead_id, fact_id, kind, properties ->> 'with' AS other, properties ->> 'fact_id' AS retracted, opportunity_id"
OF_LEADS = "lead_id = ANY(%(leads)s)"


def _both(columns: str, where: str) -> str:
    """These columns of the facts and of those set aside for which a condition holds."""
    return " UNION ALL ".join(f"SELECT {columns} FROM {table} WHERE {where}" for table in ("fact", "fact_set_aside"))  # noqa: S608


TELLING = _both(NAMED, OF_LEADS)
TIED = " UNION ".join(
    (
        _both("lead_id", f"{LINKS} AND properties ->> 'with' = ANY(%(leads)s)"),
        _both("lead_id", "fact_id = ANY(%(retracted)s)"),
        _both("lead_id", "kind = 'retracted' AND properties ->> 'fact_id' = ANY(%(facts)s)"),
        _both("lead_id", f"{ENDS} AND opportunity_id = ANY(%(deals)s)"),
        "SELECT lead_id FROM fact_set_aside WHERE fact_id = ANY(%(facts)s)",
        "SELECT lead_id FROM fact WHERE fact_id = ANY(%(aside)s)",
    )
)
ASIDE = "SELECT fact_id FROM fact_set_aside WHERE lead_id = ANY(%(leads)s)"
VALUES = "SELECT fact_id, personal, name, value FROM personal_value WHERE lead_id = ANY(%(leads)s)"


def tied_leads(leads: Iterable[str], *, most: int) -> set[str] | None:
    """These ids and all whose lives decide what follows for them; None where they are more than `most`.

    Tied are the ids that a link names, also one that was undone; the lead of a fact that a retraction names, and of the retraction;
    leads whose facts share an id; and leads with wins or losses of the same opportunity.
    """
    found, fresh = set(leads), set(leads)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # an index is right however little is known of a fresh table
        while fresh and len(found) <= most:
            fresh = _tied(cursor, sorted(fresh)) - found
            found |= fresh
    return found if len(found) <= most else None


def _tied(cursor: CursorWrapper, leads: list[str]) -> set[str]:
    cursor.execute(TELLING, {"leads": leads})
    tied, facts, retracted, deals = set(), [], [], []
    for _, fact_id, kind, other, named, opportunity in cursor.fetchall():
        facts.append(fact_id)
        if kind in ("linked", "unlinked") and other:
            tied.add(other)
        if kind == "retracted" and named:
            retracted.append(named)
        if opportunity and kind in ("opportunity_won", "opportunity_lost"):
            deals.append(opportunity)
    cursor.execute(ASIDE, {"leads": leads})
    aside = [fact_id for (fact_id,) in cursor.fetchall()]
    cursor.execute(TIED, {"leads": leads, "facts": facts, "retracted": retracted, "deals": deals, "aside": aside})
    return tied | {lead_id for (lead_id,) in cursor.fetchall()}


def tellings_of(leads: Iterable[str], *, followed: bool = False) -> pl.DataFrame:
    """Every telling of the facts of these ids, as `load_facts` gives them; `followed`: without those that still wait."""
    wanted = {"leads": sorted(set(leads))}
    waits_not = WAITS_NOT.replace(" WHERE ", " AND ", 1) if followed else ""
    told = f"SELECT {FIELDS} FROM fact WHERE {OF_LEADS}{waits_not} UNION ALL "  # noqa: S608
    told += f"SELECT {FIELDS} FROM fact_set_aside WHERE {OF_LEADS}"  # noqa: S608
    told += waits_not.replace("fact.id AND NOT", "fact_set_aside.id AND")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(told, wanted)
        facts = pl.DataFrame(cursor.fetchall(), schema={**FACT_SCHEMA, "personal": pl.String()}, orient="row")
        cursor.execute(VALUES, wanted)
        text = pl.String()
        values = pl.DataFrame(
            cursor.fetchall(), schema={"fact_id": text, "personal": text, "name": text, "value": text}, orient="row"
        )
    return rejoined(facts, values).select(COLUMNS)
