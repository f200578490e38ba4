"""A regular journal of as many leads as wanted, each handed over and sent back as often as wanted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from smarketing.journal.fact import FACT_SCHEMA

EXAMPLE = Path(__file__).parents[3] / "examples" / "hart_vale" / "agreement.yaml"
BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
ROUND = [
    ("form_submitted", '{"form": "demo"}'),
    ("profile_changed", '{"role": "coo", "employees": 120}'),
    ("assigned", '{"to": "rita@hart.example"}'),
    ("call_made", '{"outcome": "voicemail"}'),
    ("recycled", '{"reason": "no timing"}'),
]


def journal(*, leads: int, cycles: int) -> pl.DataFrame:
    """`leads` × `cycles` × 5 facts, an hour apart within a lead."""
    rows = [
        {"fact_id": f"{lead}-{round}-{place}", "lead_id": f"lead-{lead}", "at": BEGIN + timedelta(hours=5 * round + place, minutes=lead % 60),
         "kind": kind, "properties": properties}
        for lead in range(leads) for round in range(cycles) for place, (kind, properties) in enumerate(ROUND)
    ]  # fmt: skip
    empty = {name: [None] * len(rows) for name in FACT_SCHEMA if name not in rows[0] and name != "recorded_at"}
    frame = pl.DataFrame({name: [row[name] for row in rows] for name in rows[0]} | empty)
    return frame.with_columns(recorded_at="at", source=pl.lit("test")).select(
        pl.col(name).cast(kind) for name, kind in FACT_SCHEMA.items()
    )
