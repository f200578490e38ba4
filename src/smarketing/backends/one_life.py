"""The replay of a single lead out of a whole journal: what opening one score needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.backends.local import SmallTables, at_instant, replay, versions_of
from smarketing.derivations.replay import OF_LEADS
from smarketing.journal.parquet import scan_facts
from smarketing.journal.survey import survey
from smarketing.reports.outcome import Outcome


def replay_life(
    facts: Any, agreement: Agreement | Sequence[Agreement], lead_id: str, as_of: datetime | str | None = None, *,
    tables_in: SmallTables = None,
) -> Outcome:  # fmt: skip
    """What follows for one lead, under any of the ids it goes by: `replay` with the tables of this lead alone, without `commitments`.

    Duplicates, retractions and links are sought in the whole journal, so the rows are those of a full replay; `facts` of the
    outcome are all facts, the derived tables only hold this lead (nothing, where there is no such lead).
    """
    scanned, versions = scan_facts(facts), versions_of(agreement)
    known = survey(scanned, as_of=at_instant(as_of, versions))
    united = known.united.rename({"lead_id": "id", "united_id": "lead_id"})
    ids = united.filter(pl.col("id") == lead_id)["lead_id"].to_list() or [lead_id]
    settled = known.settle(scanned)
    # A settled life replays to itself: what remains of its links names the same lead again.
    its_facts = settled.filter(pl.col("lead_id") == ids[0]).collect()
    life = replay(its_facts, versions, known.as_of, tables=OF_LEADS, tables_in=tables_in)
    return Outcome(
        life.agreement, known.as_of, life.tables, settled, life.small, united=united, versions=life.versions, problems=life.problems
    )  # fmt: skip
