"""A file of whole paths: a CSV with the touches of a path and how often it was walked, to a sale and to none."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import polars as pl

from smarketing.derivations.attribution.lone import coded
from smarketing.derivations.attribution.paths import Floats, Paths, starts_of
from smarketing.vocabulary.errors import DocumentError, UsageError
from smarketing.vocabulary.problems import Problem

BETWEEN = " > "
COLUMNS = ("path", "total_conversions", "total_conversion_value", "total_null")
SHOWN = 20
"""So many problems are listed; the others come up when these are mended."""
MOST = 2**53
"""Counts beyond are no longer exact."""


@dataclass(frozen=True, slots=True)
class WholePaths:
    """The paths of a file with what each brought, and the exact sum of that."""

    paths: Paths
    values: Floats
    total: Decimal


@dataclass(slots=True)
class Reading:
    """The rows that were read so far, and what is wrong with the others."""

    source: str
    touches: list[list[str]] = field(default_factory=list)
    sales: list[int] = field(default_factory=list)
    nulls: list[int] = field(default_factory=list)
    values: list[Decimal] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int, path: str, sales: str, value: str, nulls: str) -> None:
        """Take in one row, or say what is wrong with it."""
        touches = [touch.strip() for touch in path.split(BETWEEN)]
        counts = [self.cell(line, name, text, whole) for name, text in (("total_conversions", sales), ("total_null", nulls))]
        worth = self.cell(line, "total_conversion_value", value, number)
        if not all(touch.strip(" >") and touch.strip(">") == touch for touch in touches):
            self.problem(
                "SMK-P002", line, f'the path "{path}" has a touch without a name; write touches with "{BETWEEN}" between'
            )
        elif None not in (*counts, worth):
            self.touches.append(touches)
            self.sales.append(int(counts[0] or 0))
            self.nulls.append(int(counts[1] or 0))
            self.values.append(worth or Decimal(0))

    def cell(self, line: int, column: str, text: str, read: Callable[[str], Decimal | None]) -> Decimal | None:
        """The number in a cell; None, with a problem, where there is none."""
        found = read(text)
        if found is None:
            wanted = "a whole number, like 12" if read is whole else "an amount, like 1250.50"
            self.problem("SMK-P002", line, f'column "{column}": "{text}" is not {wanted}')
        return found

    def problem(self, code: str, line: int, said: str) -> None:
        if len(self.problems) < SHOWN:
            self.problems.append(Problem(code, f"{self.source}:{line}", said))

    def whole(self) -> WholePaths:
        """All rows. Raises DocumentError with every problem."""
        if self.problems:
            raise DocumentError(self.problems)
        names, codes = coded(pl.Series([touch for touches in self.touches for touch in touches], dtype=pl.String))
        starts = starts_of(np.array([len(touches) for touches in self.touches], dtype=np.int64))
        paths = Paths(names, codes, starts, np.array(self.sales, dtype=np.int64), np.array(self.nulls, dtype=np.int64))
        return WholePaths(paths, np.array(self.values, dtype=np.float64), sum(self.values, Decimal(0)))


def whole(text: str) -> Decimal | None:
    """A count: whole, not below 0."""
    found = number(text)
    return found if found is not None and 0 <= found <= MOST and found == found.to_integral_value() else None


def number(text: str) -> Decimal | None:
    """A finite number."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def read_paths(file: Path) -> WholePaths:
    """The paths of a CSV with the columns COLUMNS, others are left alone.

    Raises UsageError where there is no file, DocumentError with every row that cannot be read, by file and line.
    """
    reading = Reading(file.name)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.reader(lines)
            places = columns_of(next(rows, []), reading)
            for line, row in numbered(rows):
                if not reading.problems or reading.problems[0].code != "SMK-P001":
                    cells = [row[place] if place < len(row) else "" for place in places]
                    reading.add(line, *cells)
    except FileNotFoundError as error:
        raise UsageError(f'there is no file "{file}"') from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DocumentError([Problem("SMK-P001", f"{file.name}:1", f"cannot be read as CSV in UTF-8: {error}")]) from error
    return reading.whole()


def columns_of(header: Sequence[str], reading: Reading) -> list[int]:
    """Where the columns stand; what is missing is a problem."""
    names = [name.strip() for name in header]
    alone = " Separate the columns by commas." if len(names) == 1 and set(names[0]) & {";", "\t", "|"} else ""
    for column in COLUMNS:
        if column not in names:
            reading.problem("SMK-P001", 1, f'has no column "{column}"; needed are {", ".join(COLUMNS)}.{alone}'.removesuffix("."))
    return [names.index(column) if column in names else 0 for column in COLUMNS]


def numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line it begins on."""
    before = 1
    for row in rows:
        line, before = before + 1, int(getattr(rows, "line_num", before + 1))
        if any(cell.strip() for cell in row):
            yield line, row
