"""Leads on which somebody acted a moment ago, from which nothing follows yet: their lives replayed alone, by the same rules.

So a page shows at once what an act led to, and shows the same when the worker has derived it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from smarketing.actions.refresh import open_life_of
from smarketing.journal.properties import decoded
from smarketing.web.held import held, keeper, remembered

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome

LATELY = timedelta(minutes=5)
"""Acts of so long before the state that is held may be missing in it."""
_looked: ContextVar[dict[str, str | None] | None] = ContextVar("looked", default=None)
"""What the look that goes on has seen: of each lead the mark of what was done with it last, None where nothing was lately."""


@contextmanager
def one_look() -> Iterator[None]:
    """Within it the database is asked once for each lead whether somebody acted on it: a page shows one moment."""
    token = _looked.set({})
    try:
        yield
    finally:
        _looked.reset(token)


def fresh_lives(leads: Collection[str], now: datetime, *, owner: str = "") -> dict[str, Outcome]:
    """The lives of those of these leads (and of those that came to this owner) that are ahead of the state that is held, by lead."""
    since = held().as_of - LATELY
    moved = _moved(since, leads, owner)
    ahead = {lead_id: mark for lead_id, mark in moved.items() if not keeper().has(lead_id, mark)}
    lives = {lead_id: _ahead(lead_id, mark, since, now) for lead_id, mark in ahead.items()}
    return {lead_id: life for lead_id, life in lives.items() if life is not None}


def _moved(since: datetime, leads: Collection[str], owner: str) -> dict[str, str]:
    """The leads on which somebody acted lately, each with its mark."""
    from smarketing.records.lately import moved_since

    seen = _looked.get()
    if seen is None:
        return moved_since(since, leads=leads, owner=owner)
    unseen = [lead_id for lead_id in leads if lead_id not in seen]
    found = moved_since(since, leads=unseen, owner=owner) if unseen or owner else {}
    seen |= dict.fromkeys(unseen) | found
    return found | {lead_id: mark for lead_id in leads if (mark := seen[lead_id]) is not None}


def _ahead(lead_id: str, mark: str, since: datetime, now: datetime) -> Outcome | None:
    """The life with what was told; None where the state that is held has all of it, which then is known of later ones as well."""

    def replayed(outcome: Outcome) -> Outcome | None:
        from smarketing.records.lately import told_since

        came = told_since(since, [lead_id])
        if came.is_empty():
            return None
        known = outcome.facts.filter(pl.col("lead_id") == lead_id).collect()
        return None if _has(known, came) else _replayed(outcome, known, came, now)

    life: Outcome | None = remembered("ahead", replayed, lead_id, mark)
    if life is None:
        keeper().knows(lead_id, mark)
    return life


def _has(known: pl.DataFrame, came: pl.DataFrame) -> bool:
    held_ids = set(known["fact_id"].to_list())
    gone = _taken_back(came)
    wanted = {fact_id for fact_id, kind in came.select("fact_id", "kind").iter_rows() if kind != "retracted"} - gone
    return wanted <= held_ids and not gone & held_ids


def _replayed(outcome: Outcome, known: pl.DataFrame, came: pl.DataFrame, now: datetime) -> Outcome:
    gone = _taken_back(came)
    fresh = came.filter((pl.col("kind") != "retracted") & (pl.col("at") <= now))
    fresh = fresh.filter(~pl.col("fact_id").is_in(known["fact_id"].implode()))
    both = pl.concat([known, fresh.select(known.columns).cast(dict(known.schema))])  # type: ignore[arg-type]
    return open_life_of(outcome, both.filter(~pl.col("fact_id").is_in(list(gone))), max(now, outcome.as_of))


def _taken_back(came: pl.DataFrame) -> set[str]:
    """What the retractions among these facts name."""
    told = came.filter(pl.col("kind") == "retracted")["properties"].to_list()
    return {str(read["fact_id"]) for text in told if (read := decoded(text)) and read.get("fact_id")}
