"""Attribution as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from smarketing.reports.layout import NOTHING, Grid, amount
from smarketing.vocabulary.periods import Period
from smarketing.vocabulary.words import with_minus

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]


def grids(outcome: Following, window: Period | None, by: str, rows: Sequence[Row], signed: str | None) -> list[Grid]:
    """What each model gives, in money; then what was spent, and what came of it by the signed model and by all."""
    zone, currency = outcome.agreement.timezone, outcome.agreement.currency
    when = f"wins of {window.label}" if window else "all wins"
    title = f"Attribution in {currency}: {when}, as of {outcome.as_of.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
    models = list(rows[0]["models"]) if rows else []
    heads = [f"{model}*" if model == signed else model for model in models]
    lines = [
        [_name(row, by), f"{row['wins']:,}", *(with_minus(f"{row['models'][model]['amount']:,.2f}") for model in models)]
        for row in rows
    ]
    spread = [[_name(row, by), _between(row["spread"]), amount(row["spend"]), *_returns(row)] for row in rows]
    columns = (by, "least to most", "spend", "return (signed)", "least to most")
    below = "* the signed model. Least to most: over all models" if signed else "Least to most: over all models"
    return [Grid(title, (by, "wins", *heads), lines), Grid(below, columns, spread)]


def _name(row: Row, by: str) -> str:
    return f"(without a {by})" if row["by"] is None else row["by"]


def _between(spread: Row) -> str:
    return with_minus(f"{spread['low']:,.2f} to {spread['high']:,.2f}")


def _returns(row: Row) -> list[str]:
    found = row["return_on_spend"]
    if found is None:
        return [NOTHING, NOTHING]
    signed = NOTHING if found["signed"] is None else with_minus(f"{found['signed']:.2f}")
    return [signed, with_minus(f"{found['low']:.2f} to {found['high']:.2f}")]
