"""What leads are called, many at a time: the person's name, else the account, else the id."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.explain.dossier import name_in, profile_of

if TYPE_CHECKING:
    from smarketing.reports.following import Following


def called(outcome: Following, leads: Collection[str]) -> dict[str, str]:
    """What each of these leads is called, by its own id."""
    wanted = pl.Series("lead_id", sorted(set(leads)), pl.String)
    told = outcome.facts.filter((pl.col("kind") == "profile_changed") & pl.col("lead_id").is_in(wanted.implode()))
    rows = told.select("lead_id", "at", "fact_id", "kind", "properties").sort("at", "fact_id").collect()
    lives: dict[str, list[dict[str, object]]] = {}
    for row in rows.to_dicts():
        lives.setdefault(row["lead_id"], []).append(row)
    return {lead: _called(lead, lives.get(lead, [])) for lead in wanted}


def _called(lead: str, changes: list[dict[str, object]]) -> str:
    profile = profile_of(changes)
    return str(name_in(profile) or profile.get("account") or lead)
