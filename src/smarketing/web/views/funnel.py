"""`/funnel`: where leads are lost, how long each step takes, what is won and what it costs; of everybody, or group by group."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smarketing.reports.report import Report
from smarketing.web.answer import table_page
from smarketing.web.gate import only_rep
from smarketing.web.held import asked, held
from smarketing.web.periods import period_picker
from smarketing.web.questions import OF_THE_PAGE
from smarketing.web.tables.table import Table
from smarketing.web.told.figures import chart_of
from smarketing.web.told.links import linked
from smarketing.web.told.notes import page_notes
from smarketing.web.told.sentences import known_of_the_won, of_funnel
from smarketing.web.told.steps import COHORTS, columns, cuts, lines, steps

PART = "parts/groups.html"
FILTERS = ("by", "cohort", *OF_THE_PAGE)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; `?period=…`, `?cohort=first_touch|handoff`, `?by=…`, `?sort=…`, `?export=csv|xlsx`."""
    now = held()
    period = period_picker(request, zone=now.agreement.timezone, as_of=now.as_of, default=None)
    by, cohort = request.GET.get("by") or None, request.GET.get("cohort") or "first_touch"
    report = asked("funnel", by=by, period=period.chosen, cohort=cohort)
    chart = (
        chart_of(report, part="funnel", by=by, period=period.chosen, cohort=cohort)
        if by and report.rows and not known_of_the_won(report.rows)
        else None
    )
    context = {
        "period": period,
        "answer": of_funnel(linked(report.rows, report.behind), by),
        "notes": page_notes(report),
        "chart": chart,
        "costly": any(row["spend"] for row in report.rows),
        **_filters(request, by, cohort),
        **({} if by else _everybody(report)),
    }
    return table_page(request, "pages/funnel.html", _table(request, report, by), context, part=PART)


def _filters(request: HttpRequest, by: str | None, cohort: str) -> dict[str, Any]:
    """The choices of the form, what is chosen, and what the form carries along."""
    alone = only_rep(request) is not None
    choices = [choice for choice in cuts() if not (alone and choice[0] == "rep")]
    if by and by not in dict(choices):
        choices.append((by, by.replace("_", " ").capitalize()))
    kept = [(key, value) for key, value in request.GET.items() if key not in FILTERS]
    return {"by": by, "cuts": choices, "cohorts": COHORTS, "cohort": "" if cohort == "first_touch" else cohort, "kept": kept}


def _everybody(report: Report) -> dict[str, Any]:
    row = report.rows[0]
    urls = {path: question for path, question in report.behind[0].items() if "." not in path}
    return {"row": row, "behind": urls, "steps": list(steps(report))}


def _table(request: HttpRequest, report: Report, by: str | None) -> Table:
    """The groups; of everybody it is exported only."""
    rows = list(lines(report.rows, report.behind, by or "group"))
    return Table.of_rows(
        "funnel", rows, list(columns(report.rows, by or "group")), path=request.path, query=request.GET, questions=report.behind,
        frame=report.to_polars,
    )  # fmt: skip
