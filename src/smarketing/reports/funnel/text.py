"""The funnel as people read it: one table of steps for everybody, or groups side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from smarketing.reports.layout import NOTHING, Grid, amount, interval, percent
from smarketing.vocabulary.periods import Period

Row = dict[str, Any]
COHORT_WORDS = {"first_touch": "first touched", "handoff": "first handed over"}


def grids(rows: Sequence[Row], *, by: str | None, period: Period | None, cohort: str, as_of: datetime, zone: str) -> list[Grid]:
    """The tables: the steps and the money of everybody, or of each group what it won and how many reached each stage."""
    when = f"leads {COHORT_WORDS[cohort]} in {period.label}" if period else "all leads"
    title = f"Funnel{f' by {by}' if by else ''}: {when}, as of {as_of.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
    if by is None:
        return [_steps(title, rows[0]), _money(rows[0])]
    names = [_name(row["by"], by) for row in rows]
    reached = Grid("Reached each stage (of those at the stage before)", *_reached(by, names, rows))
    return [Grid(title, *_won(by, names, rows)), *([reached] if rows else [])]


def _days(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.1f}"


def _steps(title: str, row: Row) -> Grid:
    columns = ("stage", "leads", "of previous", "90% interval", "of leads", "median days", "p90 days")
    lines = [("lead", f"{row['leads']:,}", "", "", "", "", "")]
    lines += [
        (
            step["stage"],
            f"{step['reached']:,}",
            percent(step["from_previous"]),
            interval(step["from_previous"]),
            percent(step["from_lead"]),
            _days(step["time_from_previous"]["median_days"]),
            _days(step["time_from_previous"]["p90_days"]),
        )
        for step in row["stages"]
    ]
    return Grid(title, columns, lines)


def _money(row: Row) -> Grid:
    columns = ("", "leads", "of leads", "90% interval", "amount", "spend", "spend per won")
    figures = (f"{row['won']:,}", percent(row["won_rate"]), interval(row["won_rate"]))
    return Grid("Won", columns, [("won", *figures, amount(row["won_amount"]), amount(row["spend"]), amount(row["cost_per_won"]))])


def _won(by: str, names: list[str], rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    costly = any(row["spend"] for row in rows)
    columns = [by, "leads", "won", "of leads", "90% interval", "amount", *(["spend", "per won"] if costly else [])]
    return columns, [[name, *_outcome(row, costly)] for name, row in zip(names, rows, strict=True)]


def _outcome(row: Row, costly: bool) -> list[str]:
    won = [f"{row['leads']:,}", f"{row['won']:,}", percent(row["won_rate"]), interval(row["won_rate"]), amount(row["won_amount"])]
    return [*won, amount(row["spend"]), amount(row["cost_per_won"])] if costly else won


def _reached(by: str, names: list[str], rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    columns = [by, *(step["stage"] for step in rows[0]["stages"])] if rows else [by]
    cells = [[f"{step['reached']:,} ({percent(step['from_previous'])})" for step in row["stages"]] for row in rows]
    return columns, [[name, *line] for name, line in zip(names, cells, strict=True)]


def _name(value: str | None, by: str) -> str:
    return f"(without {'an' if by[0] in 'aeiou' else 'a'} {by})" if value is None else value
