"""Charts for the reader of this request: how their figures are written, how much room they take, what they say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from babel.dates import format_date

from smarketing.reports.charts.numbers import Numbers
from smarketing.web.locale import reader
from smarketing.web.look import formats

if TYPE_CHECKING:
    from smarketing.reports.charts.form.drawing import Drawing
    from smarketing.reports.report import Report


def numbers() -> Numbers:
    """Figures as this reader writes them, for `page_spec(…, numbers=…)`."""
    who = reader()
    return Numbers(
        count=lambda value: formats.number(value),
        money=who.money,
        share=lambda value: formats.share(value),
        day=lambda day: who.date(day),
        month=month,
    )


def month(day: date) -> str:
    """`Nov 2026`."""
    return format_date(day, format="MMM y", locale=reader().locale)


def drawn(report: Report, *, part: str | None = None) -> Drawing:
    """A chart of a report: its `room` (pixels down the page), its `answer` (what it shows in one sentence). Raises UsageError."""
    from smarketing.reports.charts.render import drawing
    from smarketing.reports.charts.theme import PAGE

    return drawing(report, part=part, theme=PAGE, numbers=numbers())


def spec_url(report: str, **asks: str | None) -> str:
    """The address of a chart's document: `/charts/scoreboard.json?period=2026-Q4&part=waterfall`."""
    query = urlencode([(key, value) for key, value in sorted(asks.items()) if value])
    return f"/charts/{report}.json?{query}" if query else f"/charts/{report}.json"
