"""Text cut into records: quotes, quoted newlines, ragged rows, with the line each record begins on.

Two ways, one result. The fast one finds separators, quotes and ends of lines of a whole block at once and leaves the cells
to the table reader; it is taken where every quote stands at the edge of a cell. The careful one walks cell by cell and is taken
for the rest: a quote inside a cell (`5" pipe`), one that is never closed, bytes that are no text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

LONGEST = 8 << 20
"""No record is longer (bytes): a quote that is still open after that was never meant to be closed."""

QUOTE, RETURN = 34, 13
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """How cells and records end."""

    separator: str
    newline: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that is no row of the table: its line, its cells as far as they can be told, and why."""

    line: int
    cells: list[str]
    reason: str


@dataclass(slots=True)
class Cut:
    """What a block of text holds: rows of the right width, broken records, and how much of it was used."""

    consumed: int
    newlines: int
    lines: Places
    broken: list[Broken] = field(default_factory=list)
    clean: bytes = b""
    rows: list[list[str]] | None = None
    starts: Places | None = None

    def frame(self, names: list[str], wanted: list[int], layout: Layout) -> pl.DataFrame:
        """The wanted columns (by place) as text."""
        if self.rows is not None:
            rows = self.rows
            return pl.DataFrame([pl.Series(names[place], [row[place] for row in rows], pl.String) for place in wanted])
        if not len(self.lines):
            return pl.DataFrame(schema={names[place]: pl.String for place in wanted})
        places = [str(place) for place in range(len(names))]
        read = pl.read_csv(
            io.BytesIO(self.clean),
            has_header=False,
            schema=dict.fromkeys(places, pl.String()),
            columns=wanted,
            separator=layout.separator,
            eol_char=layout.newline,
            quote_char='"',
        )
        return read.select(pl.col(str(place)).alias(names[place]) for place in wanted)

    def cells(self, row: int, layout: Layout) -> list[str]:
        """All cells of one row."""
        if self.rows is not None:
            return self.rows[row]
        assert self.starts is not None
        return next(records(self.clean[self.starts[row] : self.starts[row + 1]], layout, final=True)).cells


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the careful way: where it begins and where the next one does, in bytes."""

    start: int
    after: int
    cells: list[str]
    reason: str | None
    blank: bool


def cut(block: bytes, layout: Layout, *, width: int, line: int, final: bool, careful: bool = False) -> Cut:
    """Cut a block that begins with a record on `line`; the last record is left over unless the block is the `final` one."""
    found = None if careful else _fast(block, layout, width, line, final)
    return found or _careful(block, layout, width, line, final)


def ragged(cells: int, width: int) -> str:
    """The reason for a record with too many or too few cells."""
    return f"has {cells} cell{'' if cells == 1 else 's'}, the header has {width}"


def _fast(block: bytes, layout: Layout, width: int, line: int, final: bool) -> Cut | None:
    """The whole block at once, or None where it needs care."""
    signs = np.frombuffer(block, np.uint8)
    newlines = np.flatnonzero(signs == ord(layout.newline))
    quotes = np.flatnonzero(signs == QUOTE)
    ends = _outside(newlines, quotes)
    if final and len(block) and (not ends.size or ends[-1] != len(block) - 1):
        if quotes.size % 2:
            return None
        ends = np.append(ends, len(block))
    if not ends.size:
        return None if len(block) >= LONGEST else Cut(0, 0, np.empty(0, np.int64))
    consumed = min(int(ends[-1]) + 1, len(block))
    quotes = quotes[quotes < consumed]
    if not _at_edges(signs, quotes, layout) or not _is_text(block, consumed):
        return None
    starts = np.append(0, ends[:-1] + 1)
    separators = _outside(np.flatnonzero(signs[:consumed] == ord(layout.separator)), quotes)
    counts = np.searchsorted(separators, ends) - np.searchsorted(separators, starts) + 1
    before = (ends > starts) & (signs[np.maximum(ends, 1) - 1] == RETURN) if layout.newline == "\n" else np.zeros(len(ends), bool)
    filled = ends - before > starts
    good = filled & (counts == width)
    lines = line + np.searchsorted(newlines, starts)
    lengths = np.append(starts[1:], consumed) - starts
    clean = block[:consumed] if good.all() else signs[:consumed][np.repeat(good, lengths)].tobytes()
    broken = [_too_ragged(block[starts[i] : ends[i]], layout, int(lines[i]), width) for i in np.flatnonzero(filled & ~good)]
    used = int(np.searchsorted(newlines, consumed))
    return Cut(consumed, used, lines[good], broken, clean, starts=np.append(0, np.cumsum(lengths[good])))


def _outside(places: Places, quotes: Places) -> Places:
    """The places that are not between an opening quote and its closing one."""
    return places[np.searchsorted(quotes, places) % 2 == 0] if quotes.size else places


def _at_edges(signs: NDArray[np.uint8], quotes: Places, layout: Layout) -> bool:
    """True where every quote opens a cell, closes one, or is one of a doubled pair inside."""
    if not quotes.size:
        return True
    opening, closing = quotes[0::2], quotes[1::2]
    edges = [ord(layout.separator), ord(layout.newline), QUOTE]
    before = signs[np.maximum(opening, 1) - 1]
    doubled = np.append(False, opening[1:] == closing[: len(opening) - 1] + 1)
    opens = (opening == 0) | (np.isin(before, edges[:2])) | doubled
    after = signs[np.minimum(closing + 1, len(signs) - 1)]
    returned = (after == RETURN) & (signs[np.minimum(closing + 2, len(signs) - 1)] == ord(layout.newline))
    closes = (closing == len(signs) - 1) | np.isin(after, edges) | returned
    return bool(opens.all() and closes.all())


def _is_text(block: bytes, consumed: int) -> bool:
    if block.isascii():
        return True
    try:
        block[:consumed].decode()
    except UnicodeDecodeError:
        return False
    return True


def _too_ragged(record: bytes, layout: Layout, line: int, width: int) -> Broken:
    cells = next(records(record, layout, final=True)).cells
    return Broken(line, cells, ragged(len(cells), width))


def _careful(block: bytes, layout: Layout, width: int, line: int, final: bool) -> Cut:
    """Record by record."""
    rows: list[list[str]] = []
    lines: list[int] = []
    found = Cut(0, 0, np.empty(0, np.int64), rows=rows)
    newline = layout.newline.encode()
    for record in records(block, layout, final=final):
        at = line + found.newlines
        reason = record.reason or (ragged(len(record.cells), width) if len(record.cells) != width else None)
        if reason is None and not record.blank:
            rows.append(record.cells)
            lines.append(at)
        elif not record.blank:
            found.broken.append(Broken(at, record.cells, reason or ""))
        found.newlines += block.count(newline, record.start, record.after)
        found.consumed = record.after
    found.lines = np.array(lines, np.int64)
    return found


def records(block: bytes, layout: Layout, *, final: bool) -> Iterator[Record]:
    """The records of a block; an unfinished last one is left out unless the block is the `final` one."""
    text = block.decode("latin-1")  # one sign is one byte: places in the text are places in the block
    start = 0
    while start < len(text):
        record = _record(text, start, layout, patience=not final and len(text) - start < LONGEST)
        if record is None:
            return
        yield record
        start = record.after


def _record(text: str, start: int, layout: Layout, *, patience: bool) -> Record | None:
    """The record that begins at `start`; None where its end may still come and there is `patience` to wait for it."""
    cell, open_quote = _patterns(layout.separator, layout.newline)
    cells: list[str] = []
    reason: str | None = None
    place = start
    while True:
        found = cell.match(text, place)
        assert found is not None
        if patience and (len(text) - found.end() < 2 or open_quote.match(text, place)):
            return None
        if found[1] is None and found[2].startswith('"'):
            never = open_quote.match(text, place)
            reason = "opens a quote that is never closed" if never else "has text behind a closing quote"
        cells.append(found[2] if found[1] is None else found[1].replace('""', '"'))
        place = found.end()
        if text[place : place + 1] != layout.separator:
            break
        place += 1
    if layout.newline == "\n" and found[1] is None:
        cells[-1] = cells[-1].removesuffix("\r")
    after = min(text.find(layout.newline, place) + 1 or len(text), len(text))
    blank = place - start - text[start:place].endswith("\r") <= 0
    return _decoded(Record(start, after, cells, reason, blank))


@cache
def _patterns(separator: str, newline: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A cell (1: between quotes, 2: plain), and a quote that is still open at the end of the text."""
    ends = re.escape(separator) + ("|\r?(?:\n|\\Z)" if newline == "\n" else "|\r|\\Z")
    plain = f"[^{re.escape(separator)}{newline}]*"
    return re.compile(f'"((?:[^"]|"")*+)"(?={ends})|({plain})'), re.compile(r'"(?:[^"]|"")*+\Z')


def _decoded(record: Record) -> Record:
    """The cells as the text they are in UTF-8."""
    try:
        cells = [cell.encode("latin-1").decode() for cell in record.cells]
    except UnicodeDecodeError:
        cells = [cell.encode("latin-1").decode(errors="replace") for cell in record.cells]
        return Record(record.start, record.after, cells, record.reason or "holds bytes that are not text in UTF-8", record.blank)
    return Record(record.start, record.after, cells, record.reason, record.blank)
