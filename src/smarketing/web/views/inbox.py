"""`/inbox`: whom a rep calls next, and how long there is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smarketing.web.answer import list_page
from smarketing.web.fresh import one_look
from smarketing.web.inbox.beside import beside
from smarketing.web.inbox.mine import Inbox, inbox_of
from smarketing.web.inbox.shown import millis, rows_shown
from smarketing.web.inbox.whose import desks, whose
from smarketing.web.inbox.words import to_do
from smarketing.web.look import formats
from smarketing.web.people import name_of
from smarketing.web.states import place

Context = dict[str, Any]
PART, LIST, LEAD = "parts/inbox.html", "parts/inbox_list.html", "parts/inbox_lead.html"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; `lead` chooses one, else the first is beside the list where there is room. htmx asks for the lead alone."""
    context = inbox_context(request, chosen=request.GET.get("lead", ""))
    if request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == "inbox-lead":
        return render(request, LEAD, context)
    return render(request, "pages/inbox.html", context)


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The list alone."""
    now = place().now()
    context = list_context(request, inbox_of(whose(request), now), request.GET.get("lead", ""), now)
    return list_page(request, LIST, context, shows=_without_time(context), now=now)


def _without_time(context: Context) -> tuple[object, ...]:
    """What makes the list another one: not the minutes that the browser counts itself."""
    rows = [
        (row["lead_id"], row["mark"], row["clock"] and row["clock"]["state"]) for part in context["parts"] for row in part["rows"]
    ]
    return context["lead_id"], context["number"], rows


def inbox_context(request: HttpRequest, *, chosen: str = "", done: Mapping[str, Any] | None = None) -> Context:
    """What the whole of the inbox shows, after what was `done`. A lead that is not in it (any more) is not chosen."""
    with one_look():
        return _inbox_context(request, chosen, place().now(), done)


def _inbox_context(request: HttpRequest, chosen: str, now: datetime, done: Mapping[str, Any] | None) -> Context:
    inbox = inbox_of(whose(request), now)
    lead_id = inbox.lead(chosen)
    found = list_context(request, inbox, lead_id, now)
    row = next(iter(inbox.rows([lead_id])), None) if lead_id else None
    return {
        **found,
        "asked": bool(chosen) and lead_id == chosen,
        "gone": chosen if chosen != lead_id else "",
        "lead": beside(row, request.user, now, done) if row else None,  # type: ignore[arg-type]  # who is let in here is a user
        "desks": desks(request, found["rep"]),
        "answer": _answer(request, inbox),
    }


def list_context(request: HttpRequest, inbox: Inbox, chosen: str, now: datetime) -> Context:
    """What the list shows."""
    rep = inbox.rep
    return {
        "rep": rep,
        "rep_name": name_of(rep),
        "mine": rep.lower() == getattr(request.user, "email", ""),
        "parts": rows_shown(inbox, chosen, now),
        "lead_id": chosen,
        "number": inbox.number,
        "now": now,
        "now_ms": millis(now),
        "speed": place().speed,
        "still": place().stands_still,
    }


def _answer(request: HttpRequest, inbox: Inbox) -> str:
    """Whom to call next, in a sentence."""
    whose_are = "yours" if inbox.rep.lower() == getattr(request.user, "email", "") else f"{name_of(inbox.rep)}’s"
    number = inbox.number
    if not number:
        return f"No lead is {whose_are} right now."
    (first,) = inbox.rows([inbox.lead("")])
    many = f"{formats.number(number)} lead{'s are' if number > 1 else ' is'} {whose_are}"
    broken = f", {formats.number(inbox.late)} with a promise that is broken" if inbox.late else ""
    return f"{many}{broken}. First: {first.case.name}, {to_do(first.step).lower()}."
