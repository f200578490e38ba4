"""The plain reference: the same tables as the product's, slowly and straight from the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.reference.clocks import clock_rows
from tests.reference.commitments import commitment_rows
from tests.reference.handoffs import Handoff
from tests.reference.journal import lives
from tests.reference.receipt import Receipt
from tests.reference.stages import StagesOfCycle, cycles
from tests.reference.versions import Document, Versions

KEYS = {
    "score_changes": ("lead_id", "at", "axis", "rule", "fact_id"),
    "stage_entries": ("lead_id", "cycle", "stage"),
    "handoffs": ("lead_id", "cycle"),
    "clocks": ("lead_id", "cycle", "commitment"),
    "commitments": ("name", "period_start"),
}
Tables = dict[str, list[dict[str, Any]]]


def reference_replay(
    facts: Iterable[Mapping[str, Any]],
    agreement: Document | Sequence[Document],
    as_of: datetime,
    tables: Tables | None = None,
) -> Tables:
    """The five tables as lists of rows, sorted by their keys, under one version of an agreement or several in sequence; `tables` are the
    small tables beside the facts."""
    found: Tables = {name: [] for name in KEYS}
    versions = Versions(agreement, as_of)
    everybody = lives(facts, as_of)
    for lead_id, life in everybody.items():
        receipt = Receipt(life, versions, as_of)
        found["score_changes"] += receipt.rows(lead_id)
        for cycle in cycles(life):
            stages = StagesOfCycle(cycle, receipt)
            found["stage_entries"] += stages.rows(lead_id)
            handoff = Handoff(lead_id, stages, tables or {})
            if handoff.handed_at is not None:
                found["handoffs"].append(handoff.row())
            found["clocks"] += clock_rows(handoff, as_of)
    found["commitments"] = commitment_rows(versions, as_of, everybody, found["handoffs"], found["clocks"])
    return {name: sorted(rows, key=lambda row, name=name: tuple(row[key] for key in KEYS[name])) for name, rows in found.items()}
