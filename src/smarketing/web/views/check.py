"""`/check`: marketing passes leads to sales or holds them back; the held ones in a second tab."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import polars as pl
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from smarketing.actions.acts.verbs import right
from smarketing.web.answer import list_page
from smarketing.web.checking import beside, names, next_after, row_shown, rows_now
from smarketing.web.held import held
from smarketing.web.inbox.shown import millis
from smarketing.web.inbox.words import ago
from smarketing.web.look import formats
from smarketing.web.states import place
from smarketing.web.told.names import stage_label

Context = dict[str, Any]
PART, LIST, LEAD = "parts/check.html", "parts/check_list.html", "parts/check_lead.html"
MOST = 100
"""So many are listed at once; as they leave, others come in."""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; `lead` chooses one, `held=1` shows those held back. htmx asks for the lead alone."""
    if not held().agreement.handoff.check:
        return render(request, "pages/check_none.html", {"stage": stage_label(held().agreement.handoff.at)})
    context = check_context(request, request.GET)
    if request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == "inbox-lead":
        return render(request, LEAD, context)
    return render(request, "pages/check.html", context)


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The list alone."""
    now = place().now()
    context = list_context(request.GET, now)
    marks = [(row["lead_id"], row["mark"]) for row in context["rows"]]
    return list_page(request, LIST, context, shows=(context["lead_id"], marks), now=now)


def check_context(request: HttpRequest, asked: QueryDict, *, acted: str = "") -> Context:
    """What the whole page shows. `acted`: the lead that was just passed or held; the one behind it is chosen."""
    now = place().now()
    found = list_context(asked, now, acted=acted)
    row = next((row for row in found["rows"] if row["lead_id"] == found["lead_id"]), None)
    user: Any = request.user
    wanted = asked.get("lead", "")
    return {
        **found,
        "asked": bool(wanted) and found["lead_id"] == wanted,
        "gone": wanted if wanted and found["lead_id"] != wanted and not acted else "",
        "lead": beside(row, user, now) if row else None,
        "may_act": right("passed", user.role) == "all",
        "answer": answer(found),
    }


def list_context(asked: QueryDict, now: datetime, *, acted: str = "") -> Context:
    """What the list shows."""
    every = rows_now(now)
    waits, back = every.filter(pl.col("held_at").is_null()), every.filter(pl.col("held_at").is_not_null())
    is_held = bool(asked.get("held"))
    rows = back.sort("held_at", "lead_id", descending=[True, False]) if is_held else waits
    wanted = next_after(held(), rows, acted) if acted and acted not in rows["lead_id"] else acted or asked.get("lead", "")
    chosen = wanted if wanted in rows["lead_id"] else next(iter(rows["lead_id"]), "")
    shown = pl.concat([rows.head(MOST), rows.slice(MOST).filter(pl.col("lead_id") == chosen)])
    called = names(shown["lead_id"].to_list())
    return {
        "rows": [row_shown(row, called[row["lead_id"]], chosen, now) for row in shown.to_dicts()],
        "lead_id": chosen,
        "is_held": is_held,
        "number": rows.height,
        "more": rows.height - shown.height,
        "tabs": tabs(waits.height, back.height, is_held=is_held),
        "waits": waits.height,
        "longest": ago(waits["qualified_at"][0], now).removesuffix(" ago") if waits.height else "",
        "stage": stage_label(held().agreement.handoff.at),
        "query": "held=1" if is_held else "",
        "now_ms": millis(now),
        "speed": place().speed,
        "still": place().stands_still,
    }


def tabs(waits: int, back: int, *, is_held: bool) -> list[Context]:
    """Those that wait, and those held back."""
    url = reverse("check")
    return [
        {"label": "To check", "count": formats.number(waits), "url": url, "current": not is_held},
        {"label": "Held back", "count": formats.number(back), "url": f"{url}?held=1", "current": is_held},
    ]


def answer(found: Context) -> str:
    """How many wait, and how long already, in a sentence."""
    number = found["waits"]
    if not number:
        return "Nobody waits for a check. Leads that become ripe appear here by themselves."
    many = "1 lead waits" if number == 1 else f"{formats.number(number)} leads wait"
    return f"{many} for a check before {'it goes' if number == 1 else 'they go'} to sales, the first for {found['longest']}."


def asked_by(request: HttpRequest) -> QueryDict | None:
    """The query of this page, where the form that was sent stands on it."""
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.POST.get("next", ""))
    return QueryDict(parts.query) if parts.path == reverse("check") else None
