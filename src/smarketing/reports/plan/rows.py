"""The plan: how many hand-offs of each grade every month needs, how many will come, and how many are missing.

How it is turned round. The hand-offs that are old enough to be judged brought the amount W, and n(g) of them were of grade g. A month
that has to bring the money M needs M ÷ W times as many: M · n(g) ÷ W of grade g. The mix stays as it is, only the volume changes. The
money is counted to the month in which the lead is handed over, whenever it is won.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.derivations.tables.commitments import ENOUGH, passed_share
from smarketing.reports.layout import Grid
from smarketing.reports.plan.goals import Goal, goal_of, money_of, months_of
from smarketing.reports.plan.history import History, history
from smarketing.reports.report import Note, Question, Report
from smarketing.reports.spend import money_notes
from smarketing.vocabulary.errors import NotEnoughData
from smarketing.vocabulary.periods import Period, period_asked, period_at, periods

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]
BEFORE = 3
"""So many whole months say what a month to come will bring."""


def plan(outcome: Following, *, period: str | Period | None = None) -> Report:
    """One row for each month of the period (left out: the quarter of `as_of`) and grade: `{"month", "grade", "needed", "expected", "missing"}`.

    `needed`: whole hand-offs, rounded up (see above; `goals.money_of` says what money a month has to bring). `expected`: of a month
    that is over, the hand-offs there were; of the running one, those so far ÷ the share of its working time that has passed, once
    that is 10%, before that as of a month to come: the mean of the last three whole months. `missing`: `needed` − `expected`, rounded
    up, never below 0. Hand-offs of both teams count. Raises NotEnoughData, UsageError.
    """
    zone = outcome.agreement.timezone
    window = period_asked(period, zone) or period_at("quarter", zone, outcome.as_of)
    known = history(outcome)
    goals = {month.label: goal_of(outcome, month) for month in months_of(window, zone)}
    if not any(goals.values()):
        raise NotEnoughData("A plan needs a goal: a commitment of revenue in the agreement, or quotas in the table of reps.")
    rows = [row for month in months_of(window, zone) for row in _rows(outcome, known, goals[month.label], month)]
    notes = [*_notes(outcome, known, [goal for goal in goals.values() if goal])]
    behind = [_behind(outcome, row) for row in rows]
    grid = [_grid(window, rows)]
    return Report("plan", window, outcome.as_of, outcome.agreement.id, rows, sorted(set(notes)), grid, behind=behind)


def _rows(outcome: Following, known: History, goal: Goal | None, month: Period) -> Iterator[Row]:
    if goal is None:
        return
    money = money_of(outcome, goal, month)
    for grade in _grades(outcome):
        needed = ceil(known.needed(grade, money))
        expected = expected_in(outcome, grade, month)
        missing = max(0, ceil(needed - expected))
        yield {"month": month.label, "grade": grade, "needed": needed, "expected": expected, "missing": missing}


def _grades(outcome: Following) -> list[str]:
    """The grades that were ever handed over, the best first."""
    met = set(outcome.table("handoffs")["grade"].drop_nulls())
    known = [grade for grade in outcome.agreement.grades if grade in met]
    return known + sorted(met - set(known))


def expected_in(outcome: Following, grade: str, month: Period) -> float | int:
    """How many hand-offs of the grade the month will have brought."""
    so_far = _handed(outcome, grade, month)
    if month.end_at <= outcome.as_of:
        return so_far
    if month.start_at <= outcome.as_of:
        passed = passed_share(outcome.agreement, month, outcome.as_of)
        if passed >= ENOUGH:
            return round(float(so_far / passed), 1)
    before = whole_months(outcome)
    counts = [_handed(outcome, grade, each) for each in before]
    return round(max(sum(counts) / len(counts) if counts else 0.0, so_far), 1)


def whole_months(outcome: Following) -> list[Period]:
    """What a month to come is like: the last three whole months before `as_of` that have begun after the first hand-off's month began."""
    first = outcome.table("handoffs")["handed_at"].min()
    if not isinstance(first, datetime):
        return []
    months = periods("month", outcome.agreement.timezone, first_at=first, last_at=outcome.as_of)
    return [month for month in months if month.end_at <= outcome.as_of][-BEFORE:]


def _handed(outcome: Following, grade: str, month: Period) -> int:
    at = pl.col("handed_at")
    return outcome.table("handoffs").filter(pl.col("grade") == grade, at >= month.start_at, at < month.end_at).height


def _behind(outcome: Following, row: Row) -> dict[str, Question]:
    """Behind what is expected of a month that is over are its hand-offs; the rest is reckoned, step by step."""
    month = period_asked(row["month"], outcome.agreement.timezone)
    over = month is not None and month.end_at <= outcome.as_of
    about = {"month": row["month"], "grade": row["grade"]}
    reckoned = {name: {"of": "steps", "figure": name} | about for name in ("needed", "expected", "missing")}
    return reckoned | ({"expected": {"of": "handoffs", "grade": row["grade"], "period": row["month"]}} if over else {})


def _notes(outcome: Following, known: History, goals: list[Goal]) -> Iterator[Note]:
    currency = outcome.agreement.currency
    yield from money_notes(outcome)
    for goal in {goal.period.label: goal for goal in goals}.values():
        promised = "no revenue" if goal.revenue is None else f"{goal.revenue:,.2f} {currency} of revenue"
        quotas = "nobody has a quota" if goal.quotas is None else f"the reps' quotas add up to {goal.quotas:,.2f} {currency}"
        higher = "" if goal.revenue is None or goal.quotas is None else "; the plan is for the higher of both"
        won = f"; {goal.won:,.2f} {currency} are won so far" if goal.won else ""
        yield Note("SMK-R040", f"{goal.period.label}: {promised} is promised, {quotas}{higher}{won}.")
    mix = ", ".join(
        f"{100 * n / known.count:.0f}% of grade {grade} with {known.amounts[grade] / n:,.2f} {currency}"
        for grade, n in known.handoffs.items()
    )
    yield Note(
        "SMK-R041",
        f"Nine of ten wins came within {known.days:.0f} days of the hand-off. The {known.count:,} hand-offs that are older brought "
        f"{known.amount / known.count:,.2f} {currency} each ({mix}); the plan keeps that mix, and counts money to the "
        f"month of the hand-off.",
    )


def _grid(window: Period, rows: list[Row]) -> Grid:
    columns = ("month", "grade", "needed", "expected", "missing")
    lines = [(row["month"], row["grade"], f"{row['needed']:,}", f"{row['expected']:,}", f"{row['missing']:,}") for row in rows]
    return Grid(f"Plan of {window.label}: hand-offs for each month and grade", columns, lines)
