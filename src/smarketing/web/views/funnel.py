"""`/funnel`: the report of that name as a table."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smarketing.web.answer import table_page
from smarketing.web.held import asked, held
from smarketing.web.periods import period_picker
from smarketing.web.tables.guess import columns_of
from smarketing.web.tables.table import Table


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page."""
    now = held()
    period = period_picker(request, zone=now.agreement.timezone, as_of=now.as_of, default=None)
    report = asked("funnel", period=period.chosen, by=request.GET.get("by") or None)
    frame = report.to_polars()
    table = Table.of_frame(
        "funnel", frame, columns_of(frame, currency=now.agreement.currency), path=request.path, query=request.GET
    )
    return table_page(request, "pages/table.html", table, {"period": period, "report": report})
