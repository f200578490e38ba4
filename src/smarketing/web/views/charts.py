"""The chart of a report as a Vega-Lite document, for the script of the page."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smarketing.web.charting import numbers
from smarketing.web.held import asked
from smarketing.web.own import own_rows
from smarketing.web.questions import question_url
from smarketing.web.story.score import score_spec
from smarketing.web.told.figures import named

CHARTS = {
    "scoreboard": ("period",),
    "funnel": ("by", "period", "cohort"),
    "campaigns": ("period",),
    "attribution": ("by", "period"),
    "reps": ("period",),
    "plan": ("period",),
}
"""The reports with a chart, and what may be asked of each."""
SCORE = "score"
"""One lead's score over time: `/charts/score.json?lead=…`."""
THEMES = ("page", "light", "dark", "print")


@require_safe
def spec(request: HttpRequest, report: str) -> HttpResponse:
    """`/charts/funnel.json?by=channel&theme=dark&part=…`; what is asked is what the page asks, and marks link to what is behind."""
    from smarketing.reports.charts.page import page_spec
    from smarketing.reports.charts.render import parts

    theme = request.GET.get("theme", "page")
    if theme not in THEMES or report not in {*CHARTS, SCORE}:
        raise Http404
    if report == SCORE:
        return _sent(score_spec(request.GET.get("lead", ""), theme=theme))
    asks = {key: request.GET[key] for key in CHARTS[report] if request.GET.get(key)}
    shown = named(own_rows(asked(report, **asks), request), asks.get("by"))
    part = request.GET.get("part") or None
    if part is not None and part not in parts(shown):
        raise Http404
    made = page_spec(shown, theme=theme, part=part, link=question_url, numbers=numbers())
    return _sent(made)


def _sent(made: dict[str, Any]) -> HttpResponse:
    return HttpResponse(json.dumps(made, ensure_ascii=False), content_type="application/json; charset=utf-8")
