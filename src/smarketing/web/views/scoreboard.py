"""`/`: are we keeping our promises, and will we make the revenue? And `/plan`: how many leads does that revenue need?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smarketing.vocabulary.errors import NotEnoughData
from smarketing.web.answer import drawn_as
from smarketing.web.board.answer import answer
from smarketing.web.board.celebrated import wins
from smarketing.web.board.days import days
from smarketing.web.board.needs import months, needed, total
from smarketing.web.board.news import standing
from smarketing.web.board.prize import prize
from smarketing.web.board.promises import board
from smarketing.web.held import asked, held, remembered
from smarketing.web.locale import reader
from smarketing.web.periods import PeriodPicker, neighbours, period_picker
from smarketing.web.questions import address
from smarketing.web.told.figures import chart_of
from smarketing.web.told.notes import page_notes

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome
    from smarketing.reports.report import Report

TABS = (("Scoreboard", "/"), ("Plan", "/plan"))
WATERFALL = "waterfall"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The scoreboard: the answer, the revenue between both halves, the reward, the worth day by day, wins."""
    now, context = held(), around(request)
    period: PeriodPicker = context["period"]
    report = asked("scoreboard", period=period.chosen)
    context |= remembered("scoreboard as told", lambda outcome: told(outcome, report, period.chosen), reader(), period.chosen)
    context |= {"report": report, "seen": standing(), "drawn_as": drawn_as(request, report)}
    if report.period is not None and report.period.start_at > now.as_of:
        context["to_come"] = f"{period.label} has not begun"
    return render(request, "pages/scoreboard.html", context)


def told(outcome: Outcome, report: Report, chosen: str | None) -> dict[str, Any]:
    """What the scoreboard tells, as this reader reads it; the same for everybody who reads so."""
    currency = outcome.agreement.currency
    found = board(report, outcome.agreement.timezone, currency)
    shown = {"board": found, "answer": answer(found, currency), "currency": currency, "notes": page_notes(report)}
    shown |= {"prize": prize(outcome, report), "wins": wins(outcome, report)}
    if report.beside[WATERFALL]:
        shown |= {"chart": chart_of(report, part=WATERFALL, period=chosen), "days": days(report, currency)}
    return shown


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The plan: hand-offs needed, expected and missing, by month and grade; without enough data what it would take."""
    context, now = around(request), held()
    period: PeriodPicker = context["period"]
    try:
        report = asked("plan", period=period.chosen)
    except NotEnoughData as lack:
        return render(request, "pages/scoreboard_plan.html", context | {"lack": str(lack)})
    context |= {"report": report, "months": months(report, now.agreement.timezone)}
    whole = total(report.rows, {"of": "plan", "period": period.chosen or ""})
    context |= {"total": whole, "answer": needed(whole, period.label), "notes": page_notes(report)}
    context["chart"] = chart_of(report, part=None, period=period.chosen)
    return render(request, "pages/scoreboard_plan.html", context)


def around(request: HttpRequest) -> dict[str, Any]:
    """What both parts share: the period, the one before and the one after it, the way from one part to the other."""
    now = held()
    zone = now.agreement.timezone
    period = period_picker(request, zone=zone, as_of=now.as_of, default="quarter")
    before, after = neighbours(request, period.chosen, zone)
    tabs = [{"label": label, "url": address(path, request.GET), "current": request.path == path} for label, path in TABS]
    return {"period": period, "before": before, "after": after, "tabs": tabs}
