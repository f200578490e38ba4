"""A report as one page that needs nothing but itself: question, answer, charts, tables, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from smarketing.reports.charts.form.drawing import WIDTH, Drawing
from smarketing.reports.charts.numbers import ENGLISH, Numbers
from smarketing.reports.charts.render import drawings, svg
from smarketing.reports.charts.theme import FONT, PAGE, PALETTES, Palette

if TYPE_CHECKING:
    from smarketing.reports.layout import Grid
    from smarketing.reports.report import Report

PHONE = 328
"""Pixels of a chart on a phone; it is drawn for both widths, and the stylesheet shows the one that fits."""
NAMES = {"both": "together", "track": "line", "line": "line-strong"}
"""What the pages call a colour of the palette, where it is another word."""
STYLE = """
* { box-sizing: border-box; }
body { margin: 0; background: var(--surface); color: var(--ink); font: 16px/1.5 FONT; font-variant-numeric: tabular-nums; }
main { max-width: 784px; margin: 0 auto; padding: 48px 32px; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 8px; letter-spacing: -0.01em; text-wrap: balance; }
h2 { font-size: 20px; line-height: 1.3; margin: 48px 0 8px; }
p { margin: 0; }
.of { color: var(--muted); font-size: 13px; margin-bottom: 16px; }
figure { margin: 32px 0 0; }
svg { display: block; overflow: visible; }
.phone { display: none; }
.table { overflow-x: auto; margin-top: 32px; }
.table:focus-visible { outline: 2px solid var(--together); outline-offset: 4px; }
table { border-collapse: collapse; font-size: 13px; width: 100%; }
caption { text-align: left; font-weight: 600; padding: 0 0 8px; }
th, td { padding: 6px 0 6px 16px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; }
thead th { color: var(--muted); border-bottom-color: var(--line-strong); vertical-align: bottom; }
tr > :first-child { text-align: left; padding-left: 0; }
dl { margin: 32px 0 0; font-size: 13px; color: var(--muted); display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; }
dd { margin: 0; }
@media (max-width: 800px) { main { padding: 24px 16px; } .wide { display: none; } .phone { display: block; } }
@media print { main { max-width: none; padding: 0; } .wide { display: block; } .phone { display: none; } figure, table { break-inside: avoid; }
  .table { overflow: visible; } table { font-size: 10px; } th, td { padding-left: 8px; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def document(report: Report, *, numbers: Numbers = ENGLISH) -> str:
    """The page: light and dark as the reader likes it, and made to be printed. Raises MissingExtra and UsageError."""
    drawn = drawings(report, theme=PAGE, numbers=numbers)
    main = drawn[0]
    body = [
        f'<p class="of">{escape(main.about)}</p>',
        f"<h1>{escape(main.question)}</h1>",
        f"<p>{escape(main.answer)}</p>",
        _figure(main),
    ]
    for other in drawn[1:]:
        body += [f"<h2>{escape(other.question)}</h2>", f"<p>{escape(other.answer)}</p>", _figure(other)]
    body += [_table(grid) for grid in report.grids]
    body += _notes(report.notes)
    return _whole(main.question, "\n".join(body))


def _whole(title: str, body: str) -> str:
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>{_colours()}{STYLE.replace('FONT', FONT)}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _colours() -> str:
    """The palettes as properties that the drawings' colours name."""
    light, dark, paper = (_properties(PALETTES[name]) for name in ("light", "dark", "print"))
    return f"\n:root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n@media print {{ :root {{ {paper} }} }}"


def _properties(palette: Palette) -> str:
    return " ".join(f"--{NAMES.get(name, name)}: {getattr(palette, name)};" for name in Palette.__dataclass_fields__)


def _figure(drawn: Drawing) -> str:
    wide, phone = (_inline(drawn, width) for width in (WIDTH, PHONE))
    return f'<figure>\n<div class="wide">{wide}</div>\n<div class="phone">{phone}</div>\n</figure>'


def _inline(drawn: Drawing, width: int) -> str:
    """The drawing as a part of the page: names of other documents' kinds are needed in files only."""
    return re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg(drawn, theme=PAGE, width=width))


def _table(grid: Grid) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' if name.strip() else "<td></td>" for name in grid.columns)
    rows = "\n".join(_row(row) for row in grid.rows)
    title = escape(grid.title)
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(grid.title, quote=True)}">\n<table><caption>{title}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )


def _row(cells: Sequence[str]) -> str:
    first, *others = (escape(cell) for cell in cells)
    name = f'<th scope="row">{first}</th>' if first.strip() else "<td></td>"
    return f"<tr>{name}{''.join(f'<td>{cell}</td>' for cell in others)}</tr>"


def _notes(notes: Sequence[tuple[str, str]]) -> Iterator[str]:
    if notes:
        yield "<dl>" + "\n".join(f"<dt>{escape(code)}</dt><dd>{escape(text)}</dd>" for code, text in notes) + "</dl>"
