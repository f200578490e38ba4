"""The plan, month by month: how many hand-offs the revenue needs, how many come, how many are missing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from smarketing.vocabulary.periods import local_day, parse_period
from smarketing.web.locale import reader
from smarketing.web.look import formats
from smarketing.web.questions import Question, question_url
from smarketing.web.told.links import links

if TYPE_CHECKING:
    from datetime import datetime

    from smarketing.reports.report import Report

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of some rows of a plan: hand-offs needed, expected and missing; `urls`: the rows behind each."""

    needed: int
    expected: float
    missing: int
    urls: dict[str, str]


@dataclass(frozen=True, slots=True)
class Month:
    """One month: `when` is over, running or to come; `rows` by grade, each with the `urls` behind its figures; `total` of them."""

    label: str
    when: str
    rows: tuple[Row, ...]
    total: Total


def months(report: Report, zone: str) -> tuple[Month, ...]:
    """The rows of a plan by month, in order."""
    asked = [row | {"urls": links(about)} for row, about in zip(report.rows, report.behind, strict=True)]
    return tuple(_month(label, [*rows], report.as_of, zone) for label, rows in groupby(asked, lambda row: str(row["month"])))


def _month(label: str, rows: list[Row], as_of: datetime, zone: str) -> Month:
    period = parse_period(label, zone)
    when = "over" if period.end_at <= as_of else "running" if period.start_at <= as_of else "to come"
    return Month(
        reader().month(local_day(period.start_at, zone)), when, tuple(rows), total(rows, {"of": "plan", "period": label})
    )


def total(rows: list[Row], question: Question) -> Total:
    """The sum of rows, which the question opens; what is missing of one grade is not made up by another."""
    return Total(
        needed=sum(row["needed"] for row in rows),
        expected=round(sum(row["expected"] for row in rows), 1),
        missing=sum(row["missing"] for row in rows),
        urls={name: question_url({**question, "sum": name}) for name in ("needed", "expected", "missing")},
    )


def needed(plan: Total, label: str) -> SafeString:
    """`The revenue of Q4 2026 needs 272 hand-offs; 171 come as things go, and 87 are missing.`"""
    need, come, lack = (_linked(plan, name) for name in ("needed", "expected", "missing"))
    are = "is" if plan.missing == 1 else "are"
    missing = format_html("and {} {} missing, grade by grade", lack, are) if plan.missing else "and none is missing"
    return format_html("The revenue of {} needs {} hand-offs; {} come as things go, {}.", label, need, come, missing)


def _linked(plan: Total, name: str) -> SafeString:
    shown = formats.number(round(getattr(plan, name)))
    return format_html('<a class="number" href="{}">{}</a>', plan.urls[name], shown)
