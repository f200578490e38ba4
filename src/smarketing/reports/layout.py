"""Text for people: columns that line up, tables that are split rather than cut, paragraphs that wrap."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import combining, east_asian_width

from smarketing.vocabulary.words import with_minus

GAP = "  "
NOTHING = "–"
NAME_WIDTH = 32


@dataclass(frozen=True, slots=True)
class Grid:
    """A table for people: the first column names the row and stands on the left, the others are figures on the right."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def draw(grid: Grid, *, width: int) -> Iterator[str]:
    """The grid as text; where it is wider than `width` its columns go to further tables, each with the names again."""
    columns = [[head, *cells] for head, *cells in zip(grid.columns, *grid.rows, strict=True)]
    names = [shorten(cell) for cell in columns[0]]
    title = grid.title
    for part in _split(columns[1:], room=width - _width(names)):
        yield "\n".join([title, *_lines(names, part)])
        title = f"{grid.title} (continued)"


def paragraph(text: str, *, width: int, indent: int = 0) -> str:
    """Wrapped text; the lines after the first are indented."""
    return textwrap.fill(text, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def percent(figure: dict[str, Any]) -> str:
    """`12.3%`, or a dash for a rate of nothing."""
    return NOTHING if figure["rate"] is None else f"{100 * figure['rate']:.1f}%"


def interval(figure: dict[str, Any]) -> str:
    """`11.0–13.7%`: the 90% interval."""
    return NOTHING if figure["low"] is None else f"{100 * figure['low']:.1f}–{100 * figure['high']:.1f}%"


def amount(figure: dict[str, Any] | None) -> str:
    """`1,234.50 BRL`."""
    return NOTHING if figure is None else with_minus(f"{figure['amount']:,.2f}") + f" {figure['currency']}"


def columns_wide(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def shorten(text: str, width: int = NAME_WIDTH) -> str:
    """The text on one line, cut in the middle where it is too long: ids differ at their ends."""
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    if columns_wide(text) <= width:
        return text
    half = (width - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _split(columns: list[list[str]], *, room: int) -> list[list[list[str]]]:
    parts: list[list[list[str]]] = []
    left = 0
    for column in columns:
        wide = _width(column) + len(GAP)
        if not parts or wide > left:
            parts.append([])
            left = room
        parts[-1].append(column)
        left -= wide
    return parts or [[]]


def _lines(names: list[str], columns: list[list[str]]) -> Iterator[str]:
    widths = [_width(column) for column in columns]
    named = _width(names)
    for row, name in enumerate(names):
        cells = [" " * (wide - columns_wide(column[row])) + column[row] for wide, column in zip(widths, columns, strict=True)]
        yield GAP.join([name + " " * (named - columns_wide(name)), *cells]).rstrip()
        if row == 0:
            yield "─" * (named + sum(wide + len(GAP) for wide in widths))


def _width(cells: list[str]) -> int:
    return max(columns_wide(cell) for cell in cells)
