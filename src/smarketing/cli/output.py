"""How a command speaks: results to stdout or a file, messages to stderr, progress on what takes longer than a second."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smarketing.vocabulary.problems import Problem


class Format(StrEnum):
    """How a result is written."""

    table = "table"
    json = "json"
    csv = "csv"


@dataclass(slots=True)
class Voice:
    """How loud and how colourful this run of the program is: `--quiet` and `--no-color`."""

    quiet: bool = False
    color: bool = True


VOICE = Voice()


def say(message: object) -> None:
    """A message for the person, to stderr; silent with `--quiet`."""
    if not VOICE.quiet:
        print(message, file=sys.stderr)


def say_when_preparing() -> None:
    """Tell the person to wait where the kernels have never been compiled on this machine."""
    from smarketing.derivations.compiling import prepared

    if not prepared():
        say("Preparing the calculation, once; this takes about half a minute ...")


def complain(message: object) -> None:
    """What went wrong, to stderr; `--quiet` does not silence it."""
    print(message, file=sys.stderr)


def doubt(problems: Iterable[Problem]) -> None:
    """The warnings among the problems, one line each, as messages."""
    for problem in problems:
        if problem.severity == "warning":
            say(f"{problem} (warning)")


def write(text: str, *, to: Path | None = None) -> None:
    """The result itself: to the file `to`, else to stdout; ends with a newline."""
    with _opened(to) as out:
        out.write(text if text.endswith("\n") else text + "\n")


def write_json(value: object, *, to: Path | None = None) -> None:
    """The result as JSON: money as numbers, instants as ISO 8601 in UTC."""
    write(json.dumps(value, indent=2, ensure_ascii=False, default=_plain), to=to)


def write_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, format: Format = Format.table, to: Path | None = None
) -> None:
    """Rows under `columns`, as a table to read, as CSV, or as a JSON list of objects.

    Text that a spreadsheet would run as a formula gets a leading apostrophe in CSV.
    """
    if format is Format.json:
        return write_json([dict(zip(columns, row, strict=True)) for row in rows], to=to)
    if format is Format.csv:
        return write(_csv(columns, rows), to=to)
    write(readable(columns, list(rows)), to=to)


@contextmanager
def progress(doing: str, *, total: float | None = None) -> Iterator[Callable[[float], None]]:
    """A bar on stderr; call what it yields with how much more is done.

    Silent with `--quiet` and where stderr is no terminal.
    """
    if VOICE.quiet or not sys.stderr.isatty():
        yield lambda more: None
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True, no_color=not VOICE.color)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda more: bar.advance(task, more)


@contextmanager
def counting(doing: str) -> Iterator[Callable[[int, int], None]]:
    """The same for what counts facts: call what it yields with how many are done, and of how many."""
    say_when_preparing()
    with progress(doing, total=100) as advance:
        before = 0

        def counted(done: int, of: int) -> None:
            nonlocal before
            advance((done - before) / max(of, 1) * 100)
            before = done

        yield counted


@contextmanager
def _opened(to: Path | None) -> Iterator[IO[str]]:
    """stdout, or the file written beside its place and moved there when it is whole."""
    if to is None:
        yield sys.stdout
        return
    partial = to.with_name(to.name + ".part")
    try:
        with partial.open("w", encoding="utf-8", newline="") as out:
            yield out
        os.replace(partial, to)
    finally:
        partial.unlink(missing_ok=True)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    import csv
    from io import StringIO

    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell_for_spreadsheet(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell_for_spreadsheet(cell: object) -> object:
    from smarketing.reports.report import FORMULA_STARTS

    if isinstance(cell, str):
        return "'" + cell if cell.startswith(FORMULA_STARTS) else cell
    return "" if cell is None else _plain(cell) if isinstance(cell, datetime) else cell


def readable(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns that line up, numbers to the right; nothing is cut, since a pipe has no width."""
    texts = [list(columns), *([_as_text(cell) for cell in row] for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*texts, strict=True)]
    right = [_is_numeric(row[place] for row in rows) for place in range(len(columns))]
    lines = [
        "  ".join(
            cell.rjust(wide) if is_right else cell.ljust(wide) for cell, wide, is_right in zip(cells, widths, right, strict=True)
        )
        for cells in texts
    ]
    lines.insert(1, "─" * (sum(widths) + 2 * (len(widths) - 1)))
    return "\n".join(line.rstrip() for line in lines)


def _as_text(cell: object) -> str:
    return "" if cell is None else str(_plain(cell) if isinstance(cell, datetime) else cell)


def _is_numeric(cells: Iterable[object]) -> bool:
    known = [cell for cell in cells if cell is not None]
    return bool(known) and all(isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) for cell in known)


def _plain(value: Any) -> object:
    """What JSON has no word for."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
