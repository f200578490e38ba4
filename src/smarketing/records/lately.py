"""What was told of some leads a moment ago, whether anything follows from it yet or not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import polars as pl
from django.db import connection, transaction
from django.db.models import Q

from smarketing.journal.fact import COLUMNS, FACT_SCHEMA
from smarketing.records.lives import FIELDS, VALUES
from smarketing.records.personal import rejoined
from smarketing.records.standings import NEAR

LATELY = f"SELECT {FIELDS} FROM fact WHERE lead_id = ANY(%s) AND recorded_at > %s ORDER BY at, fact_id"  # noqa: S608


def moved_since(since: datetime, *, leads: Collection[str] = (), owner: str = "") -> list[str]:
    """The leads on which somebody acted here after an instant: those of these, and those that belong to this owner by then."""
    from smarketing.records.acts import Turn

    wanted = Q(lead_id__in=list(leads)) | (Q(owner=owner) if owner else Q(pk__in=()))
    return list(Turn.objects.filter(wanted, changed_at__gt=since).values_list("lead_id", flat=True))


def told_since(since: datetime, leads: Collection[str]) -> pl.DataFrame:
    """The facts of these leads that were learned after an instant, FACT_SCHEMA, in order, with their personal values."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NEAR)
        cursor.execute(LATELY, [sorted(leads), since])
        rows = pl.DataFrame(cursor.fetchall(), schema={**FACT_SCHEMA, "personal": pl.String()}, orient="row")
        if rows["personal"].null_count() == rows.height:
            return rows.drop("personal")
        cursor.execute(VALUES, {"leads": sorted(leads)})
        texts = dict.fromkeys(("fact_id", "personal", "name", "value"), pl.String())
        values = pl.DataFrame(cursor.fetchall(), schema=texts, orient="row")
    return rejoined(rows, values).select(COLUMNS).sort("at", "fact_id")
