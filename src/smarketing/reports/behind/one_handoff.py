"""One hand-off: its cycle, the facts at both ends of its waits, the receipt of its lead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = Mapping[str, Any]
WAITS = {
    "check": (None, "handed_at"),
    "system": (None, "handed_at"),
    "routing": ("handed_at", "assigned_at"),
    "human": ("assigned_at", "first_attempt_at"),
}
"""The columns of a hand-off between which each wait lies; those of the check and the system begin when the lead is qualified."""


def handoff_of(outcome: Following, question: Mapping[str, str]) -> Row:
    """The hand-off of a `lead` in a `cycle`. Raises UsageError where there is none."""
    lead, cycle = question.get("lead", ""), question.get("cycle", "")
    number = int(cycle) if cycle.isdecimal() and len(cycle) < 10 else -1
    found = outcome.table("handoffs").filter(pl.col("lead_id") == lead, pl.col("cycle") == number)
    if found.is_empty():
        raise UsageError(f'the lead "{lead}" was not handed over in a cycle "{cycle}".')
    return found.row(0, named=True)


def points(outcome: Following, question: Mapping[str, str]) -> pl.DataFrame:
    """The receipt of a `lead` on an `axis`, `until` an instant (included): rows of `score_changes`, in order of time."""
    found = outcome.table("score_changes").filter(pl.col("lead_id") == question.get("lead", ""))
    found = found.filter(pl.col("axis") == question["axis"]) if "axis" in question else found
    if "until" in question:
        try:
            found = found.filter(pl.col("at") <= datetime.fromisoformat(question["until"]))
        except (ValueError, TypeError) as error:
            raise UsageError(f'"{question["until"]}" is not an instant like 2026-05-31T10:00:00+00:00.') from error
    return found.sort("at", "axis", "rule", "fact_id")


def cycle_bounds(outcome: Following, lead: str, cycle: int) -> tuple[datetime | None, bool, datetime | None]:
    """When a cycle begins (None: it entered no stage), whether its begin belongs to it, and when it ends (None: not yet)."""
    entries = outcome.table("stage_entries").filter(pl.col("lead_id") == lead)
    bounds = {number: _bounds(entries.filter(pl.col("cycle") == number)) for number in (cycle - 1, cycle)}
    begin, end = bounds[cycle]
    return begin, cycle == 1 or bounds[cycle - 1][1] != begin, end


def _bounds(entries: pl.DataFrame) -> tuple[Any, Any]:
    open_still = entries["left_at"].is_null().any()
    return entries["entered_at"].min(), None if open_still else entries["left_at"].max()


def between(outcome: Following, question: Mapping[str, str]) -> pl.Expr:
    """The facts at both ends of a `wait` (check, system, routing, human) of a hand-off. Raises UsageError where it has not ended."""
    row, wait = handoff_of(outcome, question), question["wait"]
    if wait not in WAITS:
        raise UsageError(f'no wait is called "{wait}"; choose {", ".join(WAITS)}.{did_you_mean(wait, WAITS)}')
    begin, end = WAITS[wait]
    ends = [_qualified_at(outcome, row) if begin is None else row[begin], row[end]]
    if None in ends:
        raise UsageError(f'the wait "{wait}" of this hand-off has not ended.')
    return pl.col("at").is_in(ends)


def _qualified_at(outcome: Following, row: Row) -> datetime | None:
    stage = outcome.version_at(row["handed_at"]).handoff.at
    entries = outcome.table("stage_entries").filter(
        pl.col("lead_id") == row["lead_id"], pl.col("cycle") == row["cycle"], pl.col("stage") == stage
    )
    found = entries["entered_at"].min()
    return found if isinstance(found, datetime) else None
