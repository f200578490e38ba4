"""`/feed`: what happened to the leads of a campaign, day by day. What is shown is in the address."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smarketing.reports.feedback.called import called
from smarketing.reports.feedback.feed import NONE, WHAT, everything, feed
from smarketing.reports.handed.doubts import doubts
from smarketing.web.consenting import consent_of_lead
from smarketing.web.held import held, reckoned, remembered
from smarketing.web.lead_filters import Chip, Choice
from smarketing.web.locale import reader
from smarketing.web.periods import PeriodPicker, period_picker
from smarketing.web.questions import address
from smarketing.web.told.feedback import entry
from smarketing.web.told.names import name_of

ON_A_PAGE = 50
FILTERS = ("campaign", "what", "reason", "lead")
TITLES = {"campaign": "Campaign", "what": "What", "reason": "Reason", "lead": "Lead"}
SAID = {"recycled": "given back for later"}
"""What may be asked for, where the page says it in other words than the address."""
Shown = dict[str, Any]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; `?campaign=…&what=…&reason=…&lead=…&period=…&page=…`."""
    now = held()
    period = period_picker(request, zone=now.agreement.timezone, as_of=now.as_of, default=None)
    filters = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    rows = feed(now, filters | ({"period": period.chosen} if period.chosen else {}))
    pager, shown = paged(request, rows)
    context = {
        "period": period,
        "answer": answer(rows.height, filters, period),
        "choices": choices(request),
        "chips": chips(request, filters),
        "kept": [(key, request.GET[key]) for key in ("period", "from", "to", "lead") if request.GET.get(key)],
        "days": days(shown),
        "pager": pager,
        "total": rows.height,
    }
    return render(request, "pages/feed.html", context)


def paged(request: HttpRequest, rows: pl.DataFrame) -> tuple[Shown, pl.DataFrame]:
    """The rows of the page that is asked for; a page beyond the last is the last."""
    pages = max(1, -(-rows.height // ON_A_PAGE))
    word = request.GET.get("page", "")
    page = min(max(int(word) if word.isdecimal() and len(word) < 9 else 1, 1), pages)
    first = (page - 1) * ON_A_PAGE
    part = rows.slice(first, ON_A_PAGE)
    urls = {"previous": page - 1 if page > 1 else None, "next": page + 1 if page < pages else None}
    ways = {name: address(request.path, request.GET, page="" if to == 1 else to) if to else "" for name, to in urls.items()}
    return {"first": min(first + 1, rows.height), "last": first + part.height, "total": rows.height, **ways}, part


def days(rows: pl.DataFrame) -> list[Shown]:
    """The rows day by day, the latest first, each in a sentence."""
    names = called(held(), rows["lead_id"].to_list())
    against = _doubts()
    entries: list[Shown] = [
        {
            "entry": entry(row, names[row["lead_id"]], against.get((row["lead_id"], row["kind"], row["at"]), "")),
            "campaign": name_of(row["campaign"], "campaign").text if row["campaign"] else "",
            "account": row["account"] if row["account"] != names[row["lead_id"]] else "",
            "consent": consent_of_lead(row["lead_id"]),
        }
        for row in rows.to_dicts()
    ]
    return [{"day": day, "entries": list(some)} for day, some in groupby(entries, key=lambda each: _day(each["entry"].at))]


def _day(at: Any) -> date:
    return reader().local(at).date()


def _doubts() -> dict[tuple[str, str, Any], str]:
    """What speaks against the reasons that were given, by lead, kind and instant."""
    found: dict[tuple[str, str, Any], str] = reckoned(
        "doubts of the feed",
        lambda outcome: {(one["lead_id"], one["kind"], one["at"]): one["doubt"] for one in doubts(outcome) if one["doubt"]},
    )
    return found


def answer(number: int, filters: Shown, period: PeriodPicker) -> str:
    """How much happened, to whose leads."""
    campaign = filters.get("campaign")
    whose = (
        "the leads"
        if not campaign
        else "leads without a campaign"
        if campaign == NONE
        else f"the leads of {name_of(campaign, 'campaign').quoted}"
    )
    when = f" in {period.label}" if period.chosen else ""
    if not number:
        return f"Nothing of that kind has happened to {whose}{when}."
    happened = "1 thing" if number == 1 else f"{reader().number(number)} things"
    return f"{happened} happened to {whose}{when}, the latest first."


def choices(request: HttpRequest) -> list[Choice]:
    """The filters with everything there is to choose."""
    offered = {
        "campaign": _campaigns(),
        "what": [(name, SAID.get(name, name).capitalize()) for name in WHAT],
        "reason": _reasons(),
    }
    return [Choice(TITLES[name], name, options, request.GET.get(name, "")) for name, options in offered.items()]


def _campaigns() -> list[tuple[str, str]]:
    found: list[str | None] = reckoned(
        "campaigns of the feed", lambda outcome: everything(outcome)["campaign"].unique().to_list()
    )
    named = sorted(((each, name_of(each, "campaign").text) for each in found if each), key=lambda one: one[1].casefold())
    return [*named, *([(NONE, "No campaign")] if None in found else [])]


def _reasons() -> list[tuple[str, str]]:
    found: list[str | None] = remembered("reasons of the feed", lambda outcome: everything(outcome)["reason"].unique().to_list())
    return sorted(((each, each) for each in found if each), key=lambda one: one[1].casefold())


def chips(request: HttpRequest, filters: Shown) -> list[Chip]:
    """The filters that are on."""
    return [
        Chip(TITLES[name], _label(name, value), address(request.path, request.GET, **{name: "", "page": ""}))
        for name, value in filters.items()
    ]


def _label(name: str, value: str) -> str:
    if name == "campaign":
        return "None" if value == NONE else name_of(value, "campaign").text
    return SAID.get(value, value) if name == "what" else value
