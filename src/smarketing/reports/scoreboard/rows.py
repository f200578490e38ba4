"""The scoreboard: what was promised, what should be there by now, what is, and what it will be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.reports.figures import iso
from smarketing.reports.report import Note, Question, Report
from smarketing.reports.scoreboard.clauses import of_promise
from smarketing.reports.scoreboard.promises import actual_behind, commitment_of, overlapping, version_at
from smarketing.reports.scoreboard.reward import reward
from smarketing.reports.scoreboard.text import grids
from smarketing.reports.scoreboard.waterfall import waterfall
from smarketing.reports.scoreboard.wins import wins
from smarketing.reports.spend import money_notes
from smarketing.vocabulary.periods import Period, period_asked, period_at

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]
INSTANTS = ("period_start", "period_end")
RECKONED = ("expected_by_now", "forecast_low", "forecast", "forecast_high")
"""The figures that are reckoned from others."""


def scoreboard(outcome: Following, *, period: str | Period | None = None) -> Report:
    """One row for each commitment and each of its periods that overlaps the one asked for: the `commitments` table's columns.

    In the agreement's order, then by time; `period` left out is the quarter of `as_of`. Beside the rows: `waterfall` (see
    `waterfall.waterfall`), `reward` (see `reward.reward`) and `wins` (see `wins.wins`). `target`, `actual` and the forecasts are in
    the row's `unit`: leads, money (the agreement's currency) or share (0 to 1). Raises UsageError.
    """
    zone = outcome.agreement.timezone
    window = period_asked(period, zone) or period_at("quarter", zone, outcome.as_of)
    rows = _rows(outcome, window)
    earned, on_reward = reward(outcome, window)
    line, on_line, behind_line = waterfall(outcome, window)
    beside = {"waterfall": line, "reward": earned, "wins": wins(outcome, window)}
    notes = [*_notes(outcome, rows, window), *money_notes(outcome), *on_reward, *on_line]
    drawn = grids(outcome, window, rows, beside)
    behind = [_behind(outcome, row) for row in rows]
    shown = [{name: iso(value) if name in INSTANTS else value for name, value in row.items()} for row in rows]
    return Report(
        "scoreboard", window, outcome.as_of, outcome.agreement.id, shown, sorted(notes), drawn, beside=beside, behind=behind,
        behind_beside={"waterfall": behind_line},
    )  # fmt: skip


def _rows(outcome: Following, window: Period) -> list[Row]:
    order = {commitment.name: place for place, commitment in enumerate(outcome.agreement.commitments)}
    found = overlapping(outcome.table("commitments"), window).to_dicts()
    return sorted(found, key=lambda row: (order.get(row["name"], len(order)), row["period_start"]))


def _behind(outcome: Following, row: Row) -> dict[str, Question]:
    """What is behind a row's figures: for a share `actual` and `n` open everything that was judged, `target` its clause, the rest the
    steps by which it is reckoned."""
    version = version_at(outcome, min(outcome.as_of, row["period_end"]))
    promise = commitment_of(version, row["name"])
    period = period_at(promise.per, version.timezone, row["period_start"]).label
    actual = actual_behind(promise, period)
    counted = {key: value for key, value in actual.items() if key not in ("sum", "share")}
    reckoned = {"of": "steps", "commitment": promise.name, "period": period}
    steps = {name: reckoned | {"figure": name} for name in RECKONED if row[name] is not None}
    return {"actual": actual, "n": counted, "target": of_promise(version, promise.name), **steps}


def _notes(outcome: Following, rows: list[Row], window: Period) -> Iterator[Note]:
    if not rows:
        yield Note("SMK-R023", f"Nothing was promised for {window.label}: {_since(outcome)}.")
    trial = sum(row["trial"] for row in rows)
    if trial:
        yield Note(
            "SMK-R020", f"{trial} of the {len(rows)} rows {'is' if trial == 1 else 'are'} on trial: measured, not rewarded."
        )


def _since(outcome: Following) -> str:
    starts = outcome.table("commitments").select(pl.col("period_start").min()).item()
    if not isinstance(starts, datetime):
        return "the agreement has no commitments, or there are no facts"
    return f"the commitments begin with the period from {iso(starts)} and are known until {iso(outcome.as_of)}"
