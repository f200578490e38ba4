"""The chart of a report as a Vega-Lite document, for the script of the page."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smarketing.web.charting import numbers
from smarketing.web.held import asked
from smarketing.web.own import own_rows
from smarketing.web.questions import question_url

CHARTS = {
    "scoreboard": ("period",),
    "funnel": ("by", "period", "cohort"),
    "campaigns": ("period",),
    "reps": ("period",),
    "plan": ("period",),
}
"""The reports with a chart, and what may be asked of each."""
THEMES = ("page", "light", "dark", "print")


@require_safe
def spec(request: HttpRequest, report: str) -> HttpResponse:
    """`/charts/funnel.json?by=channel&theme=dark&part=…`; what is asked is what the page asks, and marks link to what is behind."""
    from smarketing.reports.charts.page import page_spec

    theme = request.GET.get("theme", "page")
    if report not in CHARTS or theme not in THEMES:
        raise Http404
    asks = {key: request.GET[key] for key in CHARTS[report] if request.GET.get(key)}
    shown = own_rows(asked(report, **asks), request)
    made = page_spec(shown, theme=theme, part=request.GET.get("part"), link=question_url, numbers=numbers())
    return HttpResponse(json.dumps(made, ensure_ascii=False), content_type="application/json; charset=utf-8")
