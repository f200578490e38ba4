"""The plan, month by month: how many hand-offs the revenue needs, how many come, how many are missing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from smarketing.vocabulary.periods import local_day, parse_period
from smarketing.web.locale import reader
from smarketing.web.look import formats
from smarketing.web.questions import question_url

if TYPE_CHECKING:
    from datetime import datetime

    from smarketing.reports.report import Report

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of some rows of a plan: hand-offs needed, expected and missing."""

    needed: int
    expected: float
    missing: int


@dataclass(frozen=True, slots=True)
class Month:
    """One month: `when` is over, running or to come; `rows` by grade, each with the `url` of what has come; `total` of them."""

    label: str
    when: str
    rows: tuple[Row, ...]
    total: Total


def months(report: Report, zone: str) -> tuple[Month, ...]:
    """The rows of a plan by month, in order."""
    asked = [row | {"url": question_url(about.get("expected"))} for row, about in zip(report.rows, report.behind, strict=True)]
    return tuple(_month(label, [*rows], report.as_of, zone) for label, rows in groupby(asked, lambda row: str(row["month"])))


def _month(label: str, rows: list[Row], as_of: datetime, zone: str) -> Month:
    period = parse_period(label, zone)
    when = "over" if period.end_at <= as_of else "running" if period.start_at <= as_of else "to come"
    return Month(reader().month(local_day(period.start_at, zone)), when, tuple(rows), total(rows))


def total(rows: list[Row]) -> Total:
    """The sum of rows; what is missing of one grade is not made up by another."""
    return Total(
        needed=sum(row["needed"] for row in rows),
        expected=round(sum(row["expected"] for row in rows), 1),
        missing=sum(row["missing"] for row in rows),
    )


def needed(plan: Total, label: str) -> str:
    """`The revenue of Q4 2026 needs 272 hand-offs; 171 come as things go, and 87 are missing.`"""
    need, come, lack = (formats.number(round(figure)) for figure in (plan.needed, plan.expected, plan.missing))
    missing = (
        f"and {lack} {'is' if plan.missing == 1 else 'are'} missing, grade by grade" if plan.missing else "and none is missing"
    )
    return f"The revenue of {label} needs {need} hand-offs; {come} come as things go, {missing}."
