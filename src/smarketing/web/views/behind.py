"""`/behind?of=…`: the rows behind a number. As many rows (or as large a sum) as the number said, each of them a link.

The page to copy. A page asks a report (`asked`, `remembered`), declares its columns once, and lets `table_page` answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smarketing.web.answer import table_page
from smarketing.web.held import held, remembered
from smarketing.web.questions import question_of
from smarketing.web.tables.columns import Column, Kind
from smarketing.web.tables.guess import kind_of, title_of
from smarketing.web.tables.table import Table

if TYPE_CHECKING:
    from smarketing.reports.behind.asked import Behind

SHOWN = {
    "leads": "lead_id account stage grade total campaign owner first_at handed_at won_at won_amount",
    "handoffs": "lead_id cycle handed_at grade rep owner campaign accepted_at rejected_at reason business_minutes_to_first_attempt won_amount",
    "clocks": "lead_id cycle commitment state due_at kept_at rep handed_at",
    "wins": "lead_id opportunity_id won_at amount campaign rep",
    "spend": "campaign day amount",
    "facts": "lead_id at kind campaign channel actor amount source",
}
"""The columns of each unit on the page; the export has all of them."""
NOUNS = {"handoffs": "hand-offs", "spend": "lines of spend"}
OTHER_FIGURES = {"sum": "together", "share": "share", "median": "median"}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page: one sentence, the number again, the rows."""
    question = question_of(request.GET)
    found = remembered("behind", lambda outcome: outcome.behind(question), *sorted(question.items()))
    table = Table.of_frame(found.unit, found.frame, columns_of(found), path=request.path, query=request.GET)
    context = {"title": found.title, "noun": NOUNS.get(found.unit, found.unit), "figure": _figure(found)}
    return table_page(request, "pages/behind.html", table, context)


def columns_of(found: Behind) -> list[Column]:
    """The columns of these rows; the one that the number is made of stands second."""
    names = SHOWN[found.unit].split()
    if found.column and found.column not in names:
        names.insert(1, found.column)
    currency, schema = held().agreement.currency, found.frame.schema
    return [Column(name, title_of(name), kind_of(name, schema[name]), currency=currency) for name in names if name in schema]


def _figure(found: Behind) -> dict[str, Any] | None:
    """The number, where it is another than the count of the rows: `label`, `kind`, `value`."""
    if found.figure not in OTHER_FIGURES or found.number is None:
        return None
    kind = Kind.rate if found.figure == "share" else kind_of(found.column, found.frame.schema[found.column])
    value: Any = {"amount": found.number, "currency": held().agreement.currency} if kind is Kind.money else found.number
    return {"label": f"{title_of(found.column)}, {OTHER_FIGURES[found.figure]}", "kind": kind, "value": value}
