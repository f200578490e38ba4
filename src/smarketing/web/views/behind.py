"""`/behind?of=…`: the rows behind a number. As many rows (or as large a sum) as the number said, each of them a link.

The page to copy. A page asks a report (`asked`, `remembered`), declares its columns once, and lets `table_page` answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smarketing.web.answer import table_page
from smarketing.web.gate import only_rep
from smarketing.web.held import held
from smarketing.web.questions import question_of
from smarketing.web.tables.columns import Kind
from smarketing.web.tables.guess import kind_of, title_of
from smarketing.web.tables.table import Table
from smarketing.web.told.opened import columns_of, remembered_behind, steps, told

if TYPE_CHECKING:
    from smarketing.reports.behind.asked import Behind

NOUNS = {"handoffs": "Hand-offs", "spend": "Lines of spend", "points": "Lines of the receipt", "plan": "Rows of the plan"}
OTHER_FIGURES = {"sum": "in all", "share": "share", "median": "median", "span": "between the first and the last"}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page: one sentence, the number again, the rows; a number that is reckoned shows its steps."""
    question = question_of(request.GET)
    found, frame = remembered_behind(question)
    table = Table.of_frame(found.unit, frame, columns_of(found, frame), path=request.path, query=request.GET)
    context: dict[str, Any] = {"title": told(found, question), "noun": NOUNS.get(found.unit, found.unit.capitalize())}
    context |= (
        {"steps": steps(found, of_others=only_rep(request) is None)} if found.unit == "steps" else {"figure": _figure(found)}
    )
    return table_page(request, "pages/behind.html", table, context)


def _figure(found: Behind) -> dict[str, Any] | None:
    """The number, where it is another than the count of the rows: `label`, `kind`, `value`."""
    if found.figure not in OTHER_FIGURES or found.number is None:
        return None
    kind = {"share": Kind.rate, "span": Kind.minutes}.get(found.figure) or kind_of(found.column, found.frame.schema[found.column])
    value: Any = {"amount": found.number, "currency": held().agreement.currency} if kind is Kind.money else found.number
    name = "Time" if found.figure == "span" else title_of(found.column)
    return {"label": f"{name} {OTHER_FIGURES[found.figure]}", "kind": kind, "value": value}
