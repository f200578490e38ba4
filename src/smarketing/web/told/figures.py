"""A chart beside a page's table: where its document is, what it says in words, the room it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from smarketing.reports.report import Report
from smarketing.web.charting import drawn, spec_url
from smarketing.web.held import remembered
from smarketing.web.locale import reader
from smarketing.web.told.names import name_of, stage_label


class Chart(NamedTuple):
    """One chart of a page: the address of its document, what it says in words, the pixels it takes down the page."""

    url: str
    answer: str
    height: int


def chart_of(report: Report, *, part: str | None, **asks: str | None) -> Chart:
    """A chart of this report; `asks` is what the page asked of it, and what its document's address says again."""
    told = sorted((key, value) for key, value in asks.items() if value)
    whose = tuple(row.get("by") for row in report.rows)  # one's own rows are another chart than everybody's
    key = (report.report, part, reader().tag, whose, *told)
    answer, height = remembered("chart", lambda outcome: _measured(report, part, asks.get("by")), *key)
    return Chart(spec_url(report.report, part=part, **asks), answer, height)


def named(report: Report, by: str | None) -> Report:
    """The groups and stages of a funnel, and whom attribution names, as people read them, for the chart; the questions behind stay as they are."""
    if report.report == "attribution":
        cut = report.beside["by"]
        return replace(report, rows=[{**row, "by": name_of(row["by"], cut).text} for row in report.rows])
    if report.report != "funnel" or not by:
        return report
    rows = [
        {**row, "by": None if len(report.rows) == 1 and row["by"] is None else name_of(row["by"], by).text,
         "stages": [{**step, "stage": stage_label(step["stage"])} for step in row["stages"]]} for row in report.rows
    ]  # fmt: skip
    return replace(report, rows=rows)


def _measured(report: Report, part: str | None, by: str | None) -> tuple[str, int]:
    made = drawn(named(report, by), part=part)
    return made.answer, made.room
