"""The fact: one row of the journal, its columns and types, and the order of facts."""

from __future__ import annotations

import polars as pl

INSTANT = pl.Datetime("us", "UTC")
MONEY = pl.Decimal(18, 2)

FACT_SCHEMA: dict[str, pl.DataType] = {
    "fact_id": pl.String(),
    "lead_id": pl.String(),
    "at": INSTANT,
    "recorded_at": INSTANT,
    "kind": pl.String(),
    "campaign": pl.String(),
    "channel": pl.String(),
    "actor": pl.String(),
    "opportunity_id": pl.String(),
    "amount": MONEY,
    "currency": pl.String(),
    "properties": pl.String(),
    "source": pl.String(),
}
"""The columns of a fact in order: instants in µs UTC, money as decimal(18,2), `properties` as the text of a JSON object."""

COLUMNS = list(FACT_SCHEMA)
"""Their names."""

REQUIRED = ("fact_id", "lead_id", "at", "kind")
"""A fact without one of these is none; every other column may be missing in a file and empty in a row."""

OPTIONAL_TEXTS = ("campaign", "channel", "actor", "opportunity_id", "currency", "source")
"""The text columns that may be empty; an empty text in them is no value."""

ORDER = ("at", "fact_id")
"""The order of facts everywhere: by time, then by id (by code point)."""

EMPTY_PROPERTIES = "{}"


def no_facts() -> pl.DataFrame:
    """The journal before the first fact: FACT_SCHEMA without a row."""
    return pl.DataFrame(schema=FACT_SCHEMA)
