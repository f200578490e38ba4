"""`/audit`: who did what, when and from where; the filters, the period and the order are in the address."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smarketing.actions.trail import MOST_ENTRIES, entries, known
from smarketing.vocabulary.periods import period_asked
from smarketing.web.answer import table_page
from smarketing.web.locale import reader
from smarketing.web.periods import period_picker
from smarketing.web.tables.columns import Column, Kind
from smarketing.web.tables.table import Table

COLUMNS = [
    Column("at", "When", Kind.moment),
    Column("by", "Who"),
    Column("what", "What"),
    Column("about", "Whom or what"),
    Column("network", "From where"),
    Column("details", "More", sortable=False),
]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The latest first, unless the address says otherwise."""
    zone = reader().zone
    picker = period_picker(request, zone=zone, as_of=datetime.now(UTC), default=None)
    period = period_asked(picker.chosen, zone)
    asked = {name: request.GET.get(name, "").strip() for name in ("by", "what", "about")}
    rows = entries(**asked, since=period.start_at if period else None, until=period.end_at if period else None)
    table = Table.of_rows("audit", rows, COLUMNS, path=request.path, query=request.GET)
    context = {
        "answer": _answer(len(rows)),
        "picker": picker,
        "asked": asked,
        "people": [(name, name) for name in known("by")],
        "deeds": [(what, what) for what in known("what")],
        "kept": [(name, request.GET[name]) for name in ("sort", "period", "from", "to") if request.GET.get(name)],
    }
    return table_page(request, "pages/trail.html", table, context)


def _answer(number: int) -> str:
    if number == MOST_ENTRIES:
        return f"The latest {number:,} entries; a shorter period shows the others."
    return f"{reader().number(number)} {'entry' if number == 1 else 'entries'}; nobody can change or remove one."
