"""`/campaigns`: what became of the leads that each campaign brought, best first, against what such leads win elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smarketing.web.answer import drawn_as, table_page
from smarketing.web.held import asked, held
from smarketing.web.periods import period_picker
from smarketing.web.told.boards import PART, board
from smarketing.web.told.figures import chart_of
from smarketing.web.told.links import linked
from smarketing.web.told.notes import page_notes
from smarketing.web.told.sentences import of_campaigns


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; `?period=…`, `?sort=…`, `?export=csv|xlsx`."""
    now = held()
    period = period_picker(request, zone=now.agreement.timezone, as_of=now.as_of, default=None)
    report = asked("campaigns", period=period.chosen)
    table = board(request, "campaigns", report.rows, report.behind, by="campaign", caption="Campaigns, best first")
    context = {
        "period": period,
        "answer": of_campaigns(linked(report.rows, report.behind)),
        "notes": page_notes(report),
        "drawn_as": drawn_as(request, report),
        "chart": chart_of(report, part="won", period=period.chosen) if report.rows else None,
    }
    return table_page(request, "pages/campaigns.html", table, context, part=PART)
