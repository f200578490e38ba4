"""How a page with a table answers: whole, as the part that htmx replaces, or as a file; and a list that is asked for again and again."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render

from smarketing.actions.trail import note
from smarketing.web.gate import only_rep
from smarketing.web.held import remembered
from smarketing.web.inbox.shown import millis
from smarketing.web.network import network_of
from smarketing.web.states import place
from smarketing.web.tables.exports import as_file
from smarketing.web.tables.table import Table

if TYPE_CHECKING:
    from smarketing.reports.report import Report

PART = "parts/table.html"


def took_away(request: HttpRequest, what: str, **details: object) -> None:
    """Somebody takes rows along: that is written into the trail."""
    by = str(getattr(request.user, "email", "somebody"))
    note(by, "exported", what, now=datetime.now(UTC), network=network_of(request), **details)


def drawn_as(request: HttpRequest, report: Report) -> tuple[object, ...]:
    """Stands for all that a page of figures shows: the state that is held, what is asked of it, its answer, and whose figures may be seen."""
    return remembered("drawn as", lambda _: object()), request.get_full_path(), id(report), only_rep(request)


def list_page(request: HttpRequest, template: str, context: dict[str, Any], *, shows: object, now: datetime) -> HttpResponse:
    """A list that its page asks for every few seconds: 304 while what it `shows` (as `repr` writes it) is what the page has.

    The headers `X-Now` and `X-Speed` set the browser's clocks.
    """
    tag = f'"{hashlib.sha256(repr(shows).encode()).hexdigest()[:24]}"'
    same = request.headers.get("If-None-Match") == tag
    response = HttpResponseNotModified() if same else render(request, template, context)
    for name, value in {"ETag": tag, "X-Now": str(millis(now)), "X-Speed": str(place().speed)}.items():
        response.headers[name] = value
    return response


def table_page(
    request: HttpRequest, template: str, table: Table, context: dict[str, Any] | None = None, *, part: str = PART
) -> HttpResponse:
    """`?export=csv|xlsx` gives the file, a request of htmx for the element of that name the table alone, else the whole page.

    The template finds `table` in its context and shows it with `{% include "parts/table.html" %}`, or another `part`.
    """
    form = request.GET.get("export", "")
    if form:
        took_away(request, table.name, form=form, rows=table.total, asked=request.GET.urlencode())
        return as_file(table.frame(table.places), name=table.name, form=form, raw=request.GET.get("raw") == "1")
    whole = request.headers.get("HX-Request") != "true" or request.headers.get("HX-Target") != table.name
    return render(request, template if whole else part, {**(context or {}), "table": table})
