"""Preferences: which reps the agreement names for leads like these."""

from __future__ import annotations

import polars as pl

from smarketing.agreement.models import Route

Wishes = tuple[tuple[str, ...], ...]
"""For one lead, the reps of each preference that holds, in the agreement's order."""


def asked_attributes(route: Route) -> list[str]:
    """The attributes that preferences look at."""
    return sorted({name for preference in route.prefer for name in preference.when.names()})


def wishes(route: Route, profiles: pl.DataFrame) -> list[Wishes]:
    """For each row of `profiles` (a column of text for each of `asked_attributes`, null: not known) what is wished for it."""
    if not route.prefer or profiles.is_empty():
        return [()] * profiles.height
    whole = pl.lit(value=True, dtype=pl.Boolean)
    holds = profiles.with_row_index("row").select(
        (each.when.expression(pl.col) & whole & (pl.col("row") >= 0)).alias(str(place)) for place, each in enumerate(route.prefer)
    )
    to = [tuple(each.to) for each in route.prefer]
    return [tuple(to[place] for place, held in enumerate(row) if held) for row in holds.iter_rows()]
