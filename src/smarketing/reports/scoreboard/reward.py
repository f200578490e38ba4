"""The joint reward: what both sides together get for the quarter as it stands, and as it is going to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.reports.figures import money
from smarketing.reports.report import Note
from smarketing.reports.scoreboard.promises import version_at
from smarketing.vocabulary.periods import Period, day_start, period_at

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]
SIDES = ("marketing", "sales")
MOMENT = timedelta(microseconds=1)


def reward(outcome: Following, window: Period) -> tuple[Row, list[Note]]:
    """`{"today": R, "forecast": R}` for the reward's quarter (`reward.per`) that holds `as_of` or, where the window ends before, its end.

    R is `{"amount", "currency", "share", "marketing", "sales"}`: `amount` is the pool times `share`, what both sides get together
    (each half of it); `marketing`, `sales`: whether that side's half is met; None without a reward in the agreement, or where nothing
    that it depends on was promised for that quarter. A half is met
    when every commitment of `reward.for` (left out: those of revenue) by that side or by both is kept in every period of the quarter
    that has begun. Today a period is kept when it is met, or running and on pace; in the forecast, when its forecast reaches the
    target. What cannot be judged yet breaks nothing, nor does a half without a commitment. Periods on trial are not judged; a
    quarter that begins on trial earns nothing.
    """
    found = basis(outcome, window)
    if found is None:
        return {"today": None, "forecast": None}, []
    version, quarter, rows = found
    trial = on_trial(version, quarter)
    told = {
        when: _earned(version, rows, kept, trial=trial) for when, kept in (("today", kept_today), ("forecast", kept_at_the_end))
    }
    return told, [*_notes(version, rows, quarter, trial=trial)]


def basis(outcome: Following, window: Period) -> tuple[Agreement, Period, list[Row]] | None:
    """What the reward follows from: the version that promises it, its quarter, and the rows of `commitments` that decide.

    None without a reward, or where nothing that it depends on was promised for that quarter. Found once for an outcome.
    """
    return outcome.once(("reward rests on", window), lambda: _basis(outcome, window))


def _basis(outcome: Following, window: Period) -> tuple[Agreement, Period, list[Row]] | None:
    at = min(outcome.as_of, window.end_at - MOMENT)
    promised = version_at(outcome, at).reward
    if promised is None:
        return None
    quarter = period_at(promised.per, outcome.agreement.timezone, at)
    version = version_at(outcome, min(outcome.as_of, quarter.end_at))
    rows = _deciding(outcome, version, quarter) if version.reward is not None else []
    return (version, quarter, rows) if rows else None


def on_trial(version: Agreement, period: Period) -> bool:
    """Whether the period begins on trial."""
    until = version.in_force.trial_until
    return until is not None and period.start_at < day_start(until, version.timezone)


def kept_today(row: Row) -> bool:
    """Met, or running and on pace; what cannot be judged yet breaks nothing."""
    return row["status"] in ("met", "on_pace", None)


def kept_at_the_end(row: Row) -> bool:
    """The forecast reaches what is promised; without a forecast nothing is broken."""
    return row["forecast"] is None or row["forecast"] >= row["target"]


def names_for(version: Agreement) -> list[str]:
    """The commitments that the reward depends on: `reward.for`, or those of revenue."""
    wanted = version.reward.for_ if version.reward else None
    return wanted or [promise.name for promise in version.commitments if promise.revenue is not None]


def _deciding(outcome: Following, version: Agreement, quarter: Period) -> list[Row]:
    """The rows that decide: periods that begin in the quarter or, of a commitment with none such, those that hold it."""
    rows = outcome.table("commitments").filter(
        pl.col("name").is_in(names_for(version)),
        pl.col("period_start") < quarter.end_at,
        pl.col("period_end") > quarter.start_at,
    )
    begun = pl.col("period_start") >= quarter.start_at
    return rows.filter(begun | ~begun.any().over("name")).to_dicts()


def broken(rows: list[Row], side: str, kept: Callable[[Row], bool], *, trial: bool) -> list[Row]:
    """The rows by which a side misses its half: none, and it is met. Periods on trial count only where the whole quarter is on trial."""
    judged = [row for row in rows if row["team"] in (side, "both") and (trial or not row["trial"])]
    return [row for row in judged if not kept(row)]


def _earned(version: Agreement, rows: list[Row], kept: Callable[[Row], bool], *, trial: bool) -> Row:
    promised = version.reward
    assert promised is not None, "a basis has a reward"
    halves = {side: not broken(rows, side, kept, trial=trial) for side in SIDES}
    shares = {2: promised.both_met, 1: promised.one_missed, 0: promised.none_met}
    share = Decimal(shares[sum(halves.values())])
    amount = Decimal(0) if trial else promised.pool * share
    return {**money(amount, version.currency), "share": float(share), **halves}


def _notes(version: Agreement, rows: list[Row], quarter: Period, *, trial: bool) -> Iterator[Note]:
    if trial:
        yield Note("SMK-R020", f"{quarter.label} is on trial: the reward is measured and not paid, so its amount is 0.")
    elif any(row["trial"] for row in rows):
        yield Note("SMK-R020", f"The periods of {quarter.label} that are on trial do not count for the reward.")
    unknown = sorted({row["name"] for row in rows if row["status"] is None})
    if unknown:
        yield Note(
            "SMK-R021", f"Nothing to judge yet for {', '.join(unknown)}: for the reward of {quarter.label} it breaks nothing."
        )
    for side in SIDES:
        if not any(row["team"] in (side, "both") for row in rows):
            yield Note(
                "SMK-R021", f"The reward of {quarter.label} depends on no commitment of {side} so far; its half counts as met."
            )
