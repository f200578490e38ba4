"""The worth of the leads handed over, day by day, as rows of a table. In Python, as a year has 365 of them."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString

from smarketing.web.locale import reader
from smarketing.web.look import formats
from smarketing.web.questions import question_url

if TYPE_CHECKING:
    from smarketing.reports.report import Report

WATERFALL = "waterfall"


def days(report: Report, currency: str) -> SafeString:
    """The rows of the waterfall: the day, what was promised and what was delivered by its end, each with what lies behind it."""
    rows = zip(report.beside[WATERFALL], report.behind_beside[WATERFALL], strict=True)
    return SafeString("".join(_row(row, about, currency) for row, about in rows))


def _row(row: dict[str, Any], about: dict[str, dict[str, str]], currency: str) -> str:
    day = f'<time datetime="{row["day"]}">{escape(reader().date(date.fromisoformat(row["day"])))}</time>'
    cells = "".join(
        f'<td class="figure">{_money(row[name], currency, about.get(name))}</td>' for name in ("promised", "delivered")
    )
    return f'<tr><th scope="row">{day}</th>{cells}</tr>'


def _money(amount: float | None, currency: str, question: dict[str, str] | None) -> str:
    shown, url = escape(formats.money(amount, currency)), question_url(question)
    return f'<a class="number" href="{escape(url)}">{shown}</a>' if url else f'<span class="number">{shown}</span>'
