"""Charts on a page: a document for the browser, and the script that draws it under a strict content security policy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from smarketing.reports.charts.form.drawing import Drawing
from smarketing.reports.charts.numbers import ENGLISH, Numbers
from smarketing.reports.charts.render import Link, drawing, need
from smarketing.reports.charts.theme import PAGE, Spec

if TYPE_CHECKING:
    from smarketing.reports.report import Report

EMBED: Spec = {
    "mode": "vega-lite",
    "ast": True,
    "renderer": "svg",
    "actions": False,
    "defaultStyle": False,
    "tooltip": {"disableDefaultStyle": True},
}
"""How a page's charts are embedded: expressions are interpreted (`ast`), since a strict policy forbids to compile them, and no
style is written into the page. As SVG, so that the stylesheet gives the colours and print is sharp."""
SNIPPET = "window.vegaEmbed = vegaEmbed;"


def page_spec(
    report: Report, *, theme: str = PAGE, part: str | None = None, link: Link | None = None, numbers: Numbers = ENGLISH
) -> Spec:
    """A chart of a report for `vegaEmbed(place, spec)`: Vega-Lite as plain JSON, as wide as its place, with the options it needs.

    `part` is one of `parts(report)`, else the main one; `link` turns the question behind a figure into an address; `numbers` writes
    them as the reader does. `description` is the sentence to tell who cannot see it. Raises UsageError.
    """
    return on_page(drawing(report, part=part, theme=theme, link=link, numbers=numbers), theme=theme)


def room(report: Report, *, part: str | None = None) -> int:
    """How many pixels a chart takes down the page, whatever its width, to be kept free until it is drawn. Raises UsageError."""
    return drawing(report, part=part, theme=PAGE).room


def on_page(drawn: Drawing, *, theme: str = PAGE) -> Spec:
    """A drawing for `vegaEmbed(place, spec)`; see `page_spec`."""
    return drawn.spec(theme, width="container") | {"usermeta": {"embedOptions": EMBED}}


@cache
def bundle() -> str:
    """Vega, Vega-Lite, Vega-Embed and the interpreter of expressions as one script, which sets `window.vegaEmbed`.

    To be served from the page's own address and loaded with `<script type="module">`; about 0.9 MB, a third of it compressed.
    Raises MissingExtra.
    """
    need("vl_convert")
    import vl_convert

    made: str = vl_convert.javascript_bundle(SNIPPET)
    return made
