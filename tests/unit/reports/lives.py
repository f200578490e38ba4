"""Journals in a few words, for the tests of reports."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.backends.local import replay
from smarketing.journal.fact import FACT_SCHEMA
from smarketing.reports.outcome import Outcome

SIGNED: dict[str, Any] = {
    "name": "Test", "currency": "EUR", "timezone": "Europe/Berlin", "in_force": {"from": "2026-01-01"},
    "stages": [
        {"name": "visitor", "owner": "marketing"},
        {"name": "mql", "owner": "marketing", "when": {"fact": "form_submitted"}},
        {"name": "sal", "owner": "sales", "when": {"fact": "accepted"}},
        {"name": "customer", "owner": "sales", "when": {"fact": "opportunity_won"}},
    ],
    "handoff": {"at": "mql"},
}  # fmt: skip


def journal(text: str) -> pl.DataFrame:
    """Facts, one a line: `lead  2026-03-01T10:00  kind  column=value …` (UTC); other names are properties, in JSON where it is any."""
    rows = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
        lead, at, kind, *more = line.split()
        row: dict[str, Any] = dict.fromkeys(FACT_SCHEMA) | {"fact_id": f"f{number:03}", "lead_id": lead, "kind": kind}
        said: dict[str, Any] = {}
        for name, value in (cell.split("=", 1) for cell in more):
            (row if name in FACT_SCHEMA else said)[name] = value
        row["amount"] = Decimal(row["amount"]) if row["amount"] else None
        row["at"] = row["recorded_at"] = datetime.fromisoformat(at).replace(tzinfo=UTC)
        rows.append(row | {"properties": json.dumps({name: _read(value) for name, value in said.items()})})
    return pl.DataFrame(rows, schema=FACT_SCHEMA)


def _read(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value


def outcome_of(
    text: str, *, as_of: str | None = None, spend: list[tuple[str, str, str]] | None = None,
    reps: list[tuple[str, str, str | None]] | None = None, **signed: Any,
) -> Outcome:  # fmt: skip
    """The replay of a journal under SIGNED, changed by `signed`; `spend`: campaign, day, amount; `reps`: rep, role, quota."""
    tables = {}
    if spend is not None:
        tables["spend"] = pl.DataFrame(spend, schema=dict.fromkeys(("campaign", "day", "amount"), pl.String), orient="row")
    if reps is not None:
        tables["reps"] = pl.DataFrame(reps, schema=dict.fromkeys(("rep", "role", "quota"), pl.String), orient="row")
    return replay(journal(text), Agreement.model_validate(SIGNED | signed), as_of, tables_in=tables)
