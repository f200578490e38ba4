"""`/behind?of=…`: the rows behind a number. As many rows (or as large a sum) as the number said, each of them a link.

The page to copy. A page asks a report (`asked`, `remembered`), declares its columns once, and lets `table_page` answer.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smarketing.web.answer import table_page
from smarketing.web.held import held, remembered
from smarketing.web.questions import question_of
from smarketing.web.tables.guess import columns_of
from smarketing.web.tables.table import Table

UNITS = {
    "leads": ("lead", "leads"), "handoffs": ("hand-off", "hand-offs"), "clocks": ("clock", "clocks"), "wins": ("win", "wins"),
    "spend": ("line of spend", "lines of spend"), "facts": ("fact", "facts"),
}  # fmt: skip
SUMS = {"wins": "amount", "spend": "amount"}
"""What is added up, where the number is a sum."""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page: one sentence, the total, the table."""
    question = question_of(request.GET)
    found = remembered("behind", lambda outcome: outcome.behind(question), *sorted(question.items()))
    currency = held().agreement.currency
    columns = columns_of(found.frame, currency=currency)
    table = Table.of_frame(found.unit, found.frame, columns, path=request.path, query=request.GET)
    one, many = UNITS.get(found.unit, (found.unit, found.unit))
    context: dict[str, Any] = {
        "title": found.title,
        "noun": one if found.frame.height == 1 else many,
        "sum": _sum(found, currency),
    }
    return table_page(request, "pages/behind.html", table, context)


def _sum(found: Any, currency: str) -> dict[str, Any] | None:
    name = SUMS.get(found.unit)
    if name is None or name not in found.frame.columns:
        return None
    return {"amount": found.frame[name].sum(), "currency": currency}
