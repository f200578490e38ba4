"""What was told of some leads a moment ago, whether anything follows from it yet or not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import polars as pl
from django.db import connection

from smarketing.journal.fact import COLUMNS, FACT_SCHEMA
from smarketing.records.lives import FIELDS, VALUES
from smarketing.records.personal import rejoined
from smarketing.records.standings import NEAR

LATELY = f"SELECT {FIELDS} FROM fact WHERE lead_id = ANY(%s) AND recorded_at > %s ORDER BY at, fact_id"  # noqa: S608


MOVED = "SELECT lead_id, xmin::text FROM turn WHERE changed_at > %s AND (lead_id = ANY(%s) OR owner = %s)"


def moved_since(since: datetime, *, leads: Collection[str] = (), owner: str = "") -> dict[str, str]:
    """The leads on which somebody acted here after an instant: those of these, and those that belong to this owner by then.

    With each a mark that is another one after every act; what was told up to then is there for whoever has seen the mark.
    """
    with connection.cursor() as cursor:
        cursor.execute(MOVED, [since, list(leads), owner or None])
        return dict(cursor.fetchall())


def told_since(since: datetime, leads: Collection[str]) -> pl.DataFrame:
    """The facts of these leads that were learned after an instant, FACT_SCHEMA, in order, with their personal values."""
    with connection.cursor() as cursor:
        cursor.execute(f"{NEAR}; {LATELY}", [sorted(leads), since])
        cursor.nextset()
        rows = pl.DataFrame(cursor.fetchall(), schema={**FACT_SCHEMA, "personal": pl.String()}, orient="row")
        if rows["personal"].null_count() == rows.height:
            return rows.drop("personal")
        cursor.execute(f"{NEAR}; {VALUES}", {"leads": sorted(leads)})
        cursor.nextset()
        texts = dict.fromkeys(("fact_id", "personal", "name", "value"), pl.String())
        values = pl.DataFrame(cursor.fetchall(), schema=texts, orient="row")
    return rejoined(rows, values).select(COLUMNS).sort("at", "fact_id")
