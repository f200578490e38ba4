"""Leads on which somebody acted a moment ago, from which nothing follows yet: their lives replayed alone, by the same rules.

So a page shows at once what an act led to, and shows the same when the worker has derived it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from smarketing.actions.refresh import open_life_of
from smarketing.journal.properties import decoded
from smarketing.web.held import held, remembered

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome

LATELY = timedelta(minutes=5)
"""Acts of so long before the state that is held may be missing in it."""


def fresh_lives(leads: Collection[str], now: datetime, *, owner: str = "") -> dict[str, Outcome]:
    """The lives of those of these leads (and of those that came to this owner) that are ahead of the state that is held, by lead."""
    from smarketing.records.lately import moved_since, told_since

    outcome = held()
    since = outcome.as_of - LATELY
    moved = moved_since(since, leads=leads, owner=owner)
    if not moved:
        return {}
    told = told_since(since, moved)
    return {lead_id: life for lead_id in moved if (life := _ahead(outcome, lead_id, told, now)) is not None}


def _ahead(outcome: Outcome, lead_id: str, told: pl.DataFrame, now: datetime) -> Outcome | None:
    """The life with what was told; None where the state that is held has all of it."""
    came = told.filter(pl.col("lead_id") == lead_id)
    ids = tuple(came["fact_id"].to_list())
    if not ids or remembered("has", lambda outcome: _has(outcome, came), lead_id, ids):
        return None
    life: Outcome = remembered("ahead", lambda outcome: _replayed(outcome, lead_id, came, now), lead_id, ids)
    return life


def _has(outcome: Outcome, came: pl.DataFrame) -> bool:
    held_ids = set(_facts(outcome, came["lead_id"][0])["fact_id"].to_list())
    gone = _taken_back(came)
    wanted = {fact_id for fact_id, kind in came.select("fact_id", "kind").iter_rows() if kind != "retracted"} - gone
    return wanted <= held_ids and not gone & held_ids


def _replayed(outcome: Outcome, lead_id: str, came: pl.DataFrame, now: datetime) -> Outcome:
    known, gone = _facts(outcome, lead_id), _taken_back(came)
    fresh = came.filter((pl.col("kind") != "retracted") & (pl.col("at") <= now))
    fresh = fresh.filter(~pl.col("fact_id").is_in(known["fact_id"].implode()))
    both = pl.concat([known, fresh.select(known.columns).cast(dict(known.schema))])  # type: ignore[arg-type]
    return open_life_of(outcome, both.filter(~pl.col("fact_id").is_in(list(gone))), max(now, outcome.as_of))


def _facts(outcome: Outcome, lead_id: str) -> pl.DataFrame:
    return outcome.facts.filter(pl.col("lead_id") == lead_id).collect()


def _taken_back(came: pl.DataFrame) -> set[str]:
    """What the retractions among these facts name."""
    told = came.filter(pl.col("kind") == "retracted")["properties"].to_list()
    return {str(read["fact_id"]) for text in told if (read := decoded(text)) and read.get("fact_id")}
