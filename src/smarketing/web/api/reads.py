"""The reads: what the pages show, as data."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from ninja import P, QueryEx, Router

from smarketing.actions.acts.standing import etag_of
from smarketing.reports.figures import iso
from smarketing.reports.leads import leads, select_leads
from smarketing.web.api import shapes
from smarketing.web.held import asked, held, keeper, remembered
from smarketing.web.lives import life
from smarketing.web.own import own_rows
from smarketing.web.questions import question_of
from smarketing.web.states import place
from smarketing.web.versions import Version, versions

router = Router(tags=["Reads"])
MISTAKES = {code: shapes.Mistake for code in (400, 401, 403, 404, 409, 422, 429)}
MOST_AT_ONCE = 1000
Page = QueryEx[int, P(ge=1)]
Size = QueryEx[int, P(ge=1, le=MOST_AT_ONCE)]
Of = QueryEx[str, P(description="leads, handoffs, clocks, wins, spend, credits, facts, points, plan, steps or clauses")]


def answered(data: Any) -> HttpResponse:
    """The data as it is: the shapes are for the description, and a test holds both together."""
    return HttpResponse(json.dumps(data, ensure_ascii=False), content_type="application/json; charset=utf-8")


def tagged(request: HttpRequest, data: Any, of: str = "", *, same: Any = None) -> HttpResponse:
    """The data with its tag, which is `of` and a digest; nothing but the tag for a program that holds the same already (304).

    `same`: what of the data makes it the same, where that is not all of it: time that passes alone is no news.
    """
    response = answered(data)
    content = response.content if same is None else answered(same).content
    tag = f'"{of}~{hashlib.sha256(content).hexdigest()[:16]}"'
    held_by = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    if tag in held_by or "*" in held_by:
        response = HttpResponse(status=304)
    response.headers["ETag"] = tag
    return response


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a table in JSON's words: instants as ISO 8601 in UTC, money and points as numbers."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _answers(shape: Any) -> dict[int, Any]:
    return {200: shape, **MISTAKES}


@router.get("/state", response=_answers(shapes.State), url_name="state", summary="What the server holds")
def state(request: HttpRequest) -> HttpResponse:
    """How fresh the numbers are."""
    now = keeper().now
    outcome = now.outcome
    held_now = {
        "serial": now.serial,
        "as_of": iso(outcome.as_of) if outcome else None,
        "agreement": outcome.agreement.id if outcome else None,
        "leads": leads(outcome).height if outcome else 0,
    }
    return answered(held_now)


@router.get("/scoreboard", response=_answers(shapes.Scoreboard), url_name="scoreboard", summary="Scoreboard")
def scoreboard(request: HttpRequest, period: str | None = None) -> HttpResponse:
    """Both halves of the agreement: promised, expected by now, delivered, forecast. Left out: the quarter of today."""
    return answered(asked("scoreboard", period=period).to_dict())


@router.get("/funnel", response=_answers(shapes.Funnel), url_name="funnel", summary="Funnel")
def funnel(request: HttpRequest, by: str | None = None, period: str | None = None, cohort: str = "first_touch") -> HttpResponse:
    """From lead to won, by campaign, channel, persona, rep, grade or any attribute."""
    return answered(asked("funnel", by=by, period=period, cohort=cohort).to_dict())


@router.get("/campaigns", response=_answers(shapes.Leaderboard), url_name="campaigns", summary="Campaigns")
def campaigns(request: HttpRequest, period: str | None = None) -> HttpResponse:
    """What became of the leads of each campaign."""
    return answered(asked("campaigns", period=period).to_dict())


@router.get("/reps", response=_answers(shapes.Leaderboard), url_name="reps", summary="Reps")
def reps(request: HttpRequest, period: str | None = None) -> HttpResponse:
    """What became of the hand-offs of each rep; one's own alone where the agreement says `rankings: leaders`."""
    return answered(own_rows(asked("reps", period=period), request).to_dict())


@router.get("/attribution", response=_answers(shapes.Attribution), url_name="attribution", summary="Attribution")
def attribution(request: HttpRequest, by: str = "campaign", period: str | None = None) -> HttpResponse:
    """Who brought the money, by every model, and what it cost; by campaign or channel, of the wins of the period."""
    return answered(asked("attribution", by=by, period=period).to_dict())


@router.get("/plan", response=_answers(shapes.Plan), url_name="plan", summary="Plan")
def plan(request: HttpRequest, period: str | None = None) -> HttpResponse:
    """Leads per grade and month that the revenue goal needs."""
    return answered(asked("plan", period=period).to_dict())


@router.get("/leads", response=_answers(shapes.Leads), url_name="leads", summary="Leads")
def lead_list(
    request: HttpRequest, stage: str | None = None, owner: str | None = None, rep: str | None = None, grade: str | None = None,
    campaign: str | None = None, channel: str | None = None, persona: str | None = None, account: str | None = None,
    search: str | None = None, page: Page = 1, size: Size = 100,
) -> HttpResponse:  # fmt: skip
    """Every lead on one line, in order of id. An empty filter means "none": `owner=` finds those nobody owns."""
    named = {"stage": stage, "owner": owner, "rep": rep, "grade": grade, "campaign": campaign, "channel": channel}
    named |= {"persona": persona, "account": account, "search": search}
    filters = {name: value for name, value in named.items() if value is not None}
    return answered(paged(select_leads(held(), filters), page, size))


@router.get("/leads/{path:lead_id}", response={304: None, **_answers(shapes.Life)}, url_name="lead", summary="One lead")
def lead(request: HttpRequest, lead_id: str) -> HttpResponse:
    """The life of one lead, as `smarketing explain --format json` tells it. Its `ETag` is what `If-Match` of an act takes."""
    told = life(lead_id)
    return tagged(request, told.to_dict(), etag_of(told.lead_id, now=place().now()) or "")


@router.get("/agreements", response=_answers(list[shapes.Version]), url_name="agreements", summary="Versions of the agreement")
def agreements(request: HttpRequest) -> HttpResponse:
    """Every version, the oldest first; also those to come."""
    return answered([_version(each) for each in versions()])


@router.get("/agreements/{number}", response=_answers(shapes.Agreement), url_name="agreement", summary="One version")
def agreement(request: HttpRequest, number: str) -> HttpResponse:
    """A version by its id, or `current`."""
    known = versions()
    found = next((each for each in known if each.id == number or (number == "current" and each.state == "in force")), None)
    if found is None:
        raise Http404
    return answered(_version(found) | {"document": json.loads(found.agreement.canonical)})


@router.get("/behind", response=_answers(shapes.Behind), url_name="behind", summary="The rows behind a number")
def behind(request: HttpRequest, of: Of, page: Page = 1, size: Size = 100) -> HttpResponse:
    """The keys are those of the links on the pages; `number` is the count of the rows, or the sum, share or median of a column."""
    question = question_of(request.GET)
    question.pop("size", None)
    found = remembered("behind", lambda outcome: outcome.behind(question), *sorted(question.items()))
    number = None if found.number is None else float(found.number)
    head = {"title": found.title, "unit": found.unit, "figure": found.figure, "column": found.column, "number": number}
    return answered(head | paged(found.frame, page, size))


def paged(frame: pl.DataFrame, page: int, size: int) -> dict[str, Any]:
    """One page of rows."""
    at, rows = turned_to(frame.height, page, size)
    return at | {"rows": [plain(row) for row in frame[rows].to_dicts()]}


def turned_to(total: int, page: int, size: int) -> tuple[dict[str, int], slice]:
    """Which page of how many that is, and which rows of all stand on it; a page beyond the last is the last."""
    pages = max(1, -(-total // size))
    here = min(page, pages)
    return {"total": total, "page": here, "pages": pages}, slice((here - 1) * size, here * size)


def _version(version: Version) -> dict[str, Any]:
    return {
        "id": version.id,
        "name": version.agreement.name,
        "in_force_from": version.since.isoformat(),
        "in_force_until": version.until.isoformat() if version.until else None,
        "trial_until": version.trial_until.isoformat() if version.trial_until else None,
        "in_force": version.state == "in force",
        "state": version.state,
    }
