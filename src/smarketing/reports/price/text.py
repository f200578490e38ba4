"""The prices as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from smarketing.reports.layout import NOTHING, Grid, amount, interval, percent
from smarketing.vocabulary.periods import Period

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]


def grids(outcome: Following, window: Period | None, rows: Sequence[Row]) -> list[Grid]:
    """One table: a line for each grade."""
    zone, which = outcome.agreement.timezone, f"handed over in {window.label}" if window else "handed over by marketing"
    title = (
        f"What a lead of each grade is worth: {which}, as of {outcome.as_of.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
    )
    columns = ("grade", "hand-offs", "won", "of hand-offs", "90% interval", "worth", "low", "high", "")
    return [Grid(title, columns, [_line(row) for row in rows])]


def _line(row: Row) -> list[str]:
    figures = [f"{row['n']:,}", f"{row['won']['n']:,}", percent(row["won"]), interval(row["won"]), amount(row["worth"])]
    ends = [NOTHING if row[end] is None else f"{row[end]:,.2f}" for end in ("low", "high")]
    return [row["grade"], *figures, *ends, "" if row["enough"] else "not enough"]
