"""The plain reference: the same tables as the product's, slowly and straight from the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.reference.clocks import clock_rows
from tests.reference.commitments import commitment_rows
from tests.reference.credits import credit_rows
from tests.reference.handoffs import Handoff
from tests.reference.journal import lives
from tests.reference.ledger import ledger_rows
from tests.reference.rates import Exchange
from tests.reference.receipt import Receipt
from tests.reference.stages import StagesOfCycle, cycles
from tests.reference.versions import Document, Versions

KEYS = {
    "score_changes": ("lead_id", "at", "axis", "rule", "fact_id"),
    "stage_entries": ("lead_id", "cycle", "stage"),
    "handoffs": ("lead_id", "cycle"),
    "clocks": ("lead_id", "cycle", "commitment"),
    "commitments": ("name", "period_start"),
    "ledger": ("at", "team", "lead_id", "cycle", "reason", "opportunity_id"),
    "credits": ("opportunity_id", "model", "campaign"),
}
"""Credits of opportunities without an id share their keys: there is one for each lead."""
Tables = dict[str, list[dict[str, Any]]]


def reference_replay(
    facts: Iterable[Mapping[str, Any]],
    agreement: Document | Sequence[Document],
    as_of: datetime,
    tables: Tables | None = None,
) -> Tables:
    """The seven tables as lists of rows, sorted by their keys, under one version of an agreement or several in sequence; `tables` are the
    small tables beside the facts."""
    found: Tables = {name: [] for name in KEYS}
    versions, small = Versions(agreement, as_of), tables or {}
    exchange, everybody = Exchange(versions, small), lives(facts, as_of)
    cycles_of, handoffs = {lead_id: cycles(life) for lead_id, life in everybody.items()}, []
    for lead_id, life in everybody.items():
        receipt = Receipt(life, versions, as_of)
        found["score_changes"] += receipt.rows(lead_id)
        for cycle in cycles_of[lead_id]:
            stages = StagesOfCycle(cycle, receipt)
            found["stage_entries"] += stages.rows(lead_id)
            handoff = Handoff(lead_id, stages, small)
            if handoff.handed_at is not None:
                handoffs.append(handoff)
            found["clocks"] += clock_rows(handoff, as_of)
    found["handoffs"] = [handoff.row() for handoff in handoffs]
    found["commitments"] = commitment_rows(exchange, as_of, everybody, found["handoffs"], found["clocks"])
    found["ledger"] = ledger_rows(exchange, everybody, cycles_of, handoffs)
    found["credits"] = credit_rows(exchange, small, everybody, as_of)
    return {name: sorted(rows, key=lambda row, name=name: place_of(name, row)) for name, rows in found.items()}


def place_of(name: str, row: Mapping[str, Any]) -> tuple[tuple[bool, Any], ...]:
    """Where a row stands in its table: by its key, no value first."""
    return tuple((row[key] is not None, row[key] if row[key] is not None else "") for key in KEYS[name])
