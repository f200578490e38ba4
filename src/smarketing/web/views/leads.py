"""`/leads`: every lead on one line."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smarketing.reports.leads import leads
from smarketing.web.answer import table_page
from smarketing.web.held import held
from smarketing.web.tables.guess import columns_of
from smarketing.web.tables.table import Table


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page."""
    now = held()
    frame = leads(now)
    table = Table.of_frame(
        "leads", frame, columns_of(frame, currency=now.agreement.currency), path=request.path, query=request.GET
    )
    return table_page(request, "pages/table.html", table)
