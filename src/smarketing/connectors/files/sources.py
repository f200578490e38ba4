"""One file as batches of rows: CSV in whatever dialect, or Parquet; every cell as text, empty ones as null."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.connectors.files.dialect import HEAD, find_dialect, find_encoding, write_utf8
from smarketing.connectors.files.records import Broken, Cut, Layout, cut, records
from smarketing.vocabulary.errors import UsageError

BLOCK = 4 << 20
"""Bytes of text read at once; with it the memory an import needs is bounded."""
ROWS = 50_000
"""Rows of Parquet read at once."""
FOREIGN = {
    b"PK\x03\x04": "is a spreadsheet or an archive; save the sheet as CSV",
    b"\x1f\x8b": "is compressed; unpack it first",
    b"\xd0\xcf\x11\xe0": "is an old spreadsheet; save the sheet as CSV",
}


@dataclass(slots=True)
class Batch:
    """Some rows of one file: `frame` has the columns asked for, as text; `lines` says where each stands in the file.

    `broken` are the records that are no rows. `size` is how much of the file this was, in the unit of the source's `size`.
    """

    frame: pl.DataFrame
    lines: NDArray[np.int64]
    cells: Callable[[int], list[str]]
    broken: list[Broken] = field(default_factory=list)
    size: int = 0

    @property
    def height(self) -> int:
        """Rows read, broken records included."""
        return len(self.lines) + len(self.broken)


class Source(Protocol):
    """A file that can be read in batches. `typed` are columns whose cells have a type of their own already."""

    path: Path
    header: list[str]
    typed: frozenset[str]
    size: int

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows in order, with these columns."""
        ...


def open_source(path: Path, *, scratch: Path) -> Source:
    """The file as a source; a text that is not UTF-8 is copied to the folder `scratch` in UTF-8, piece by piece.

    Raises UsageError for a file that is neither CSV nor Parquet.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name the files in it")
    if not path.is_file():
        raise UsageError(f"{path} does not exist")
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == b"PAR1":
        return ParquetSource(path)
    if what := next((what for sign, what in FOREIGN.items() if magic.startswith(sign)), None):
        raise UsageError(f"{path} {what}")
    return CsvSource(path, scratch)


def distinct(names: Sequence[str]) -> list[str]:
    """Names of columns without blanks around them; a name that comes again is called `name (2)`, an empty one `column 3`."""
    found: dict[str, None] = {}
    for place, given in enumerate(names, start=1):
        name = given.strip() or f"column {place}"
        again = 2
        while name in found:
            name = f"{given.strip() or f'column {place}'} ({again})"
            again += 1
        found[name] = None
    return list(found)


def cleaned(frame: pl.DataFrame) -> pl.DataFrame:
    """Blanks around the text of a cell are no part of it, and an empty text is no value."""
    return frame.with_columns(pl.all().str.strip_chars().replace("", None))


class CsvSource:
    """A text file with a header and rows."""

    typed: frozenset[str] = frozenset()

    def __init__(self, path: Path, scratch: Path) -> None:
        self.path = self.text = path
        encoding, start = find_encoding(path)
        if encoding != "utf-8":
            with tempfile.NamedTemporaryFile(dir=scratch, suffix=".csv", delete=False) as copy:
                write_utf8(path, encoding, start, copy)
            self.text, start = Path(copy.name), 0
        self.size = self.text.stat().st_size
        self.dialect = find_dialect(self.text, encoding=encoding, start=start)
        self._read_header()

    def _read_header(self) -> None:
        with self.text.open("rb") as file:
            file.seek(self.dialect.start)
            head = file.read(HEAD)
        self.header: list[str] = []
        self.body, self.line = self.dialect.start, self.dialect.line
        for record in records(head, self.layout, final=True):
            self.body = self.dialect.start + record.after
            self.line = self.dialect.line + head.count(self.layout.newline.encode(), 0, record.after)
            if not record.blank:
                self.header = distinct(record.cells)
                return

    @property
    def layout(self) -> Layout:
        """How cells and records end."""
        return self.dialect.layout

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows in order, with these columns."""
        wanted = [self.header.index(name) for name in columns] or [0]
        with self.text.open("rb") as file:
            file.seek(self.body)
            block, line, ended = b"", self.line, not self.header
            while not ended:
                piece = file.read(BLOCK)
                ended = len(piece) < BLOCK
                batch, done, lines = self._cut(block + piece, line, ended, wanted)
                block, line = (block + piece)[done:], line + lines
                yield batch

    def _cut(self, block: bytes, line: int, final: bool, wanted: list[int]) -> tuple[Batch, int, int]:
        """The rows of a block, how much of it they took, and its lines."""
        width = len(self.header)
        found = cut(block, self.layout, width=width, line=line, final=final)
        frame = self._frame(found, wanted)
        if frame is None:
            found = cut(block, self.layout, width=width, line=line, final=final, careful=True)
            frame = found.frame(self.header, wanted, self.layout)
        layout = self.layout
        batch = Batch(cleaned(frame), found.lines, lambda row: found.cells(row, layout), found.broken, found.consumed)
        return batch, found.consumed, found.newlines

    def _frame(self, found: Cut, wanted: list[int]) -> pl.DataFrame | None:
        """The cells, or None where the table reader sees other records than were cut."""
        try:
            frame = found.frame(self.header, wanted, self.layout)
        except pl.exceptions.PolarsError:
            return None
        return frame if frame.height == len(found.lines) else None


class ParquetSource:
    """A Parquet file; times, numbers and booleans become the text that JSON would write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.scan = pl.scan_parquet(path, glob=False, hive_partitioning=False)
            self.schema = dict(self.scan.collect_schema())
        except pl.exceptions.PolarsError as error:
            raise UsageError(f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}") from error
        self.header = distinct(list(self.schema))
        self.typed = frozenset(name for name, dtype in zip(self.header, self.schema.values(), strict=True) if not _is_text(dtype))
        self.size = int(self.scan.select(pl.len()).collect().item())

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows in order, with these columns."""
        texts = [_text(column, dtype).alias(name) for name, (column, dtype) in zip(self.header, self.schema.items(), strict=True)]
        row = 0
        for frame in self.scan.select(texts).collect_batches(chunk_size=ROWS, maintain_order=True):
            yield self._batch(frame, row, columns)
            row += frame.height

    def _batch(self, frame: pl.DataFrame, row: int, columns: Sequence[str]) -> Batch:
        def cells(place: int) -> list[str]:
            return ["" if cell is None else cell for cell in frame.row(place)]

        return Batch(cleaned(frame.select(columns)), np.arange(row + 1, row + 1 + frame.height), cells, size=frame.height)


def _is_text(dtype: pl.DataType) -> bool:
    return dtype in (pl.String, pl.Categorical, pl.Enum, pl.Binary)


def _text(column: str, dtype: pl.DataType) -> pl.Expr:
    """A column of any type as text."""
    cell = pl.col(column)
    if isinstance(dtype, pl.Datetime):
        utc = cell.dt.convert_time_zone("UTC") if dtype.time_zone else cell
        return utc.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f" + ("Z" if dtype.time_zone else ""))
    if dtype.is_float():
        whole = pl.when((cell == cell.floor()) & (cell.abs() < 2**53)).then(cell).cast(pl.Int64, strict=False)
        return pl.coalesce(whole.cast(pl.String), pl.when(cell.is_finite()).then(cell).cast(pl.String))
    if isinstance(dtype, pl.Struct):
        return cell.struct.json_encode()
    if dtype.is_nested():
        return cell.map_elements(
            lambda value: str(value.to_list() if isinstance(value, pl.Series) else value), return_dtype=pl.String
        )
    return cell.cast(pl.String)
