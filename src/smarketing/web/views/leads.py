"""`/leads`: who is where. Search, stages, filters and the order are in the address; each row opens the lead."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from smarketing.reports.feedback.called import called
from smarketing.reports.leads import leads
from smarketing.web.answer import table_page
from smarketing.web.consenting import contact_column, mark_beside
from smarketing.web.held import held, remembered
from smarketing.web.lead_filters import SEARCH, STAGE, TITLES, Chip, chips, choices, label, selected, stage_tabs
from smarketing.web.lives import united_with
from smarketing.web.locale import reader
from smarketing.web.tables.columns import Column, Kind
from smarketing.web.tables.table import Table
from smarketing.web.told.names import stage_label
from smarketing.web.views.saved import views_of

LATEST_HANDOFF_FIRST = "-handed_at"
MOST_LISTS = 12
"""So many lists of one state are kept; each holds its rows."""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; without an order in the address the latest hand-off comes first."""
    found = listed(request)
    search = request.GET.get(SEARCH, "").strip()
    context = {
        **views_of(request),
        "answer": found.answer,
        "drawn_as": found.drawn_as,
        "tabs": found.tabs,
        "choices": choices(request.GET),
        "chips": found.chips,
        "search": search,
        "united": united_with(search) if search else None,
        "kept": [(name, request.GET[name]) for name in (STAGE, "sort") if request.GET.get(name)],
    }
    return table_page(request, "pages/leads.html", found.table, context)


class Listed(NamedTuple):
    """The leads that an address asks for, as its page shows them: the table, the tabs and chips above it, how many there are.

    `drawn_as` stands for all of it.
    """

    table: Table
    tabs: list[dict[str, Any]]
    chips: list[Chip]
    answer: SafeString
    drawn_as: object


def listed(request: HttpRequest) -> Listed:
    """What the address shows. Of one state some of them are kept: many open the same list."""
    kept: OrderedDict[Hashable, Listed] = remembered("lists of leads", lambda _: OrderedDict())
    key = (request.get_full_path(), reader())
    found = kept.get(key)
    if found is None:
        found = kept[key] = _listed(request)
        for oldest in list(kept)[: max(len(kept) - MOST_LISTS, 0)]:
            kept.pop(oldest, None)
    return found


def _listed(request: HttpRequest) -> Listed:
    asked = request.GET.copy()
    asked.setdefault("sort", LATEST_HANDOFF_FIRST)
    way = pl.col(STAGE).cast(pl.Enum(held().agreement.stage_names), strict=False)
    rows = selected(request.GET).with_columns(way)
    if asked.get("export"):
        rows = rows.join(contact_column(held()), on="lead_id", how="left", maintain_order="left")
    table = Table.of_frame("leads", rows, columns(), path=request.path, query=asked, told=_named)
    on = chips(request)
    return Listed(table, stage_tabs(request), on, _answer(table, filtered=bool(on)), object())


def _named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a page with what each lead is `called`; of all leads of a list nobody asks that."""
    names = called(held(), [row["lead_id"] for row in rows])
    return [row | {"called": names[row["lead_id"]]} for row in rows]


def _beside(row: Mapping[str, Any]) -> SafeString:
    """The mark of a lead, and its account where it is called otherwise."""
    mark = mark_beside(row["lead_id"])
    if not row["account"] or row["account"] == row["called"]:
        return mark
    return format_html('{} <span class="beneath">{}</span>', mark, row["account"])


def columns() -> list[Column]:
    """The columns on the page; the export has all of the table. Leads are put in order by account, which stands in the list itself."""
    return [
        Column("account", "Lead", Kind.lead, value=lambda row: row["called"], beside=_beside),
        Column(STAGE, "Stage", value=_in_words(STAGE)),
        Column("grade", "Grade", term="grade"),
        Column("total", "Score", Kind.points, link=lambda row: f"/leads/{quote(row['lead_id'])}#receipt"),
        *(Column(name, TITLES[name], value=_in_words(name)) for name in ("persona", "campaign", "owner")),
        Column("handed_at", "Handed over", Kind.day, term="hand-off"),
    ]


def _in_words(name: str) -> Any:
    def words(row: Mapping[str, Any]) -> str | None:
        return label(name, str(row[name])) if row[name] else None

    return words


def _answer(table: Table, *, filtered: bool) -> SafeString:
    """How many there are, in one sentence; each number opens to them."""
    everybody, here = leads(held()), reverse("leads")
    if filtered:
        there = _link(f"#{table.name}", table.total), _link(here, everybody.height)
        return format_html("{} of {} leads match.", *there)
    at = held().agreement.handoff.at
    there = (
        _link(f"#{table.name}", table.total),
        _link(f"{here}?{STAGE}={quote(at)}", everybody.filter(pl.col(STAGE) == at).height),
    )
    said = "{} leads; {} of them are at {} right now, where sales takes over."
    return format_html(said, *there, stage_label(at))


def _link(url: str, number: int) -> SafeString:
    return format_html('<a class="number" href="{}">{}</a>', url, reader().number(number))
