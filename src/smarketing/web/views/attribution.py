"""`/attribution`: which campaigns (or channels) made the money: the models side by side, their spread, the return on spend."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smarketing.reports.report import Report
from smarketing.web.answer import drawn_as, table_page
from smarketing.web.held import asked, held
from smarketing.web.periods import period_picker
from smarketing.web.questions import OF_THE_PAGE
from smarketing.web.tables.table import Table
from smarketing.web.told.credited import BY, given, of_attribution, returned
from smarketing.web.told.figures import chart_of
from smarketing.web.told.links import linked
from smarketing.web.told.notes import page_notes

KEPT_OUT = ("by", *OF_THE_PAGE)
RETURNS = "returns"
"""The second table of the page; the first is that of the report."""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; `?by=campaign|channel`, `?period=…`, `?sort=…`, `?export=csv|xlsx`."""
    now = held()
    period = period_picker(request, zone=now.agreement.timezone, as_of=now.as_of, default=None)
    by = request.GET.get("by") or "campaign"
    report = asked("attribution", by=by, period=period.chosen)
    models, returns = _tables(request, report)
    if request.headers.get("HX-Target") == RETURNS:
        return table_page(request, "pages/attribution.html", returns)
    context = {
        "period": period,
        "answer": of_attribution(linked(report.rows, report.behind), by, report.beside["model"]),
        "chart": chart_of(report, part="attribution", by=by, period=period.chosen) if report.rows else None,
        "notes": page_notes(report),
        "drawn_as": drawn_as(request, report),
        "returns": returns,
        **_filters(request, by),
    }
    return table_page(request, "pages/attribution.html", models, context)


def _tables(request: HttpRequest, report: Report) -> tuple[Table, Table]:
    """What every model gives, and what came of what was spent; either is exported with every figure."""
    by, signed, currency = report.beside["by"], report.beside["model"], held().agreement.currency
    costs = any(row["spend"] for row in report.rows)
    columns = {report.report: given(by, signed, currency), RETURNS: returned(by, signed, currency, costs=costs)}
    models, returns = (
        Table.of_rows(
            name, report.rows, list(shown), path=request.path, query=request.GET, questions=report.behind, frame=report.to_polars
        )
        for name, shown in columns.items()
    )
    return models, returns


def _filters(request: HttpRequest, by: str) -> dict[str, Any]:
    """The choice of the form, and what the form carries along."""
    kept = [(key, value) for key, value in request.GET.items() if key not in KEPT_OUT]
    return {"by": by, "cuts": BY[1:], "chosen": "" if by == "campaign" else by, "kept": kept}
