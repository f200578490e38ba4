"""`stage_entries` out of what the fold wrote. Key: lead_id, cycle, stage."""

from __future__ import annotations

import numpy as np
import polars as pl

from smarketing.derivations.columns import gathered, instants, named
from smarketing.derivations.life.rows import Out
from smarketing.derivations.matching.facts import Matched
from smarketing.derivations.rulebook import Rulebook
from smarketing.vocabulary.tables import STAGE_ENTRIES


def stage_entries(matched: Matched, folded: Out, book: Rulebook) -> pl.DataFrame:
    """When each lead entered and left each stage, cycle by cycle."""
    rows = folded.entries
    columns = {
        "lead_id": gathered(matched.leads, rows["lead"]), "cycle": np.ascontiguousarray(rows["cycle"]), "stage": named(rows["stage"], book.stage_names),
        "entered_at": instants(rows["entered_at"]), "left_at": instants(rows["left_at"]),
        "fact_id": matched.column("fact_id", rows["fact"]),
    }  # fmt: skip
    assert list(columns) == list(STAGE_ENTRIES.columns)
    return pl.DataFrame(columns)
