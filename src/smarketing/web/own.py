"""Figures of single reps, as far as the agreement's `rankings` let this reader see them."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest

from smarketing.reports.report import Report
from smarketing.web.gate import only_rep

BY_REP = {"reps"}


def own_rows(report: Report, request: HttpRequest) -> Report:
    """The report, without the rows of others where only one's own may be seen; its totals then are not told either."""
    only = only_rep(request)
    if only is None or report.report not in BY_REP:
        return report
    places = [place for place, row in enumerate(report.rows) if row.get("by") == only]
    behind = [report.behind[place] for place in places if place < len(report.behind)]
    return replace(report, rows=[report.rows[place] for place in places], behind=behind, grids=[])
