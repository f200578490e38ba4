"""Wins to celebrate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.reports.figures import iso
from smarketing.reports.groups import group_of
from smarketing.reports.lives import standing_wins
from smarketing.vocabulary.periods import Period

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]


def wins(outcome: Following, window: Period) -> list[Row]:
    """The wins of the period that stand, latest first: `{"opportunity_id", "lead_id", "won_at", "amount", "currency", "campaign", "rep"}`.

    One for each opportunity, by its last win. `amount` is null in a foreign currency; `campaign` is that of the lead's first touch
    with one; `rep`: who was responsible first in the lead's latest hand-off before the win that names somebody, else who entered it.
    """
    found = wins_with_reps(outcome).filter(pl.col("won_at") >= window.start_at, pl.col("won_at") < window.end_at)
    return [_row(row, outcome.agreement.currency) for row in found.to_dicts()]


def wins_with_reps(outcome: Following) -> pl.DataFrame:
    """All standing wins that count, latest first, with `campaign` and `rep`."""
    return outcome.once("wins with reps", lambda: _with_reps(outcome))


def _with_reps(outcome: Following) -> pl.DataFrame:
    won = standing_wins(outcome).filter(pl.col("counts")).sort("won_at")
    handed = outcome.table("handoffs").select("lead_id", "handed_at", "rep").drop_nulls("rep").sort("handed_at")
    responsible = won.join_asof(handed, left_on="won_at", right_on="handed_at", by="lead_id", check_sortedness=False)
    campaigns = group_of(outcome, "campaign").rename({"value": "campaign"})
    named = responsible.join(campaigns, on="lead_id", how="left").with_columns(rep=pl.coalesce("rep", "actor"))
    return named.sort("won_at", "fact_id", descending=True)


def _row(won: Row, currency: str) -> Row:
    return {
        "opportunity_id": won["opportunity_id"],
        "lead_id": won["lead_id"],
        "won_at": iso(won["won_at"]),
        "amount": None if won["amount"] is None else float(won["amount"]),
        "currency": won["foreign"] or currency,
        "campaign": won["campaign"],
        "rep": won["rep"],
    }
