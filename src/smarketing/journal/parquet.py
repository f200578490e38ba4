"""Facts at rest as Parquet: read from a file, a folder of parts or a table in memory; written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl

from smarketing.journal.columns import conform
from smarketing.journal.fact import COLUMNS
from smarketing.vocabulary.errors import DocumentError, UsageError
from smarketing.vocabulary.problems import Problem

Marks = tuple[tuple[str, int, int], ...]
"""What tells the files of a journal from others of the same names."""
IN_MEMORY = "facts"
"""The source that problems of a table in memory name."""


def scan_facts(source: str | Path | pl.DataFrame | pl.LazyFrame | Any) -> pl.LazyFrame:
    """The facts of a Parquet file, a folder of Parquet parts or a table (Polars, or anything with `__arrow_c_stream__`).

    A row is a fact, in no order; the columns are exactly FACT_SCHEMA (see `conform` for what is read as what). Nothing is
    corrected or united yet: that is what `survey` is for.
    Raises UsageError where there is nothing to read, DocumentError with every problem of every file.
    """
    scans = [(named, frame) for named, frame in opened(source)]
    read = [conform(frame, source=named) for named, frame in scans]
    problems = [problem for _, found in read for problem in found]
    if problems:
        raise DocumentError(problems)
    return read[0][0] if len(read) == 1 else pl.concat([frame for frame, _ in read], how="vertical")


def sliceable(source: Any) -> bool:
    """Whether `scan_facts` of this source gives any rows without going through those before: of one file or a table in memory; not of a plan,
    which starts anew each time, nor of many files, which are all opened each time."""
    if isinstance(source, (str, Path)):
        return len(parts(Path(source))) == 1
    return not isinstance(source, pl.LazyFrame)


@contextmanager
def unchanged(source: Any) -> Iterator[Marks]:
    """Where the journal is in files, whoever reads it more than once within this sees the same facts each time. Else raises UsageError,
    also in the place of whatever went wrong; files that come meanwhile do no harm. Gives the marks of the files."""
    before = marks_of(source)
    try:
        yield before
    except (Exception, pl.exceptions.PanicException):
        refuse_changed(before)
        raise
    refuse_changed(before)


def marks_of(source: Any) -> Marks:
    """Of each file its path, how large it is and when it was written; nothing of a journal that is in none."""
    if not isinstance(source, (str, Path)) or not Path(source).exists():
        return ()
    return tuple(_mark(part.resolve()) for part in parts(Path(source)))


def refuse_changed(marks: Marks) -> None:
    """Raises UsageError for the first file that is not as it was."""
    for mark in marks:
        path = Path(mark[0])
        if not path.exists() or _mark(path) != mark:
            raise UsageError(
                f'"{path}" was written while it was read, so the facts are of two journals; begin anew when it stands still'
            )


def _mark(path: Path) -> tuple[str, int, int]:
    stands = path.stat()
    return str(path), stands.st_size, stands.st_mtime_ns


def opened(source: Any) -> list[tuple[str, pl.LazyFrame]]:
    """What there is to read, each with the name that problems give it."""
    if isinstance(source, pl.LazyFrame):
        return [(IN_MEMORY, source)]
    if isinstance(source, (str, Path)):
        return opened_files(Path(source))
    if isinstance(source, pl.DataFrame) or hasattr(source, "__arrow_c_stream__"):
        return [(IN_MEMORY, pl.DataFrame(source).lazy())]
    raise UsageError(f"facts are a Parquet file, a folder of them or a table, not {type(source).__name__}")


def opened_files(path: Path) -> list[tuple[str, pl.LazyFrame]]:
    """One scan for each schema among the files, so that parts written by different hands can lie together."""
    each = files_by_schema(path).values()
    return [(str(files[0]), pl.scan_parquet(files, hive_partitioning=False, glob=False)) for files in each]


def files_by_schema(path: Path) -> dict[tuple[tuple[str, pl.DataType], ...], list[Path]]:
    """The files at a path by their columns and types. Raises UsageError where there is nothing, DocumentError for what is no Parquet."""
    if not path.exists():
        raise UsageError(f'there are no facts at "{path}"')
    by_schema: dict[tuple[tuple[str, pl.DataType], ...], list[Path]] = {}
    problems: list[Problem] = []
    for part in parts(path):
        try:
            with part.open("rb") as opened_here:  # a name would be read as a pattern
                by_schema.setdefault(tuple(pl.read_parquet_schema(opened_here).items()), []).append(part)
        except pl.exceptions.PolarsError:
            problems.append(
                Problem("SMK-J002", str(part), "is not a Parquet file; bring other files in with `smarketing import`")
            )
    if problems:
        raise DocumentError(problems)
    return by_schema


def parts(path: Path) -> list[Path]:
    """The file itself, or every `*.parquet` below the folder but hidden ones and those still being written (`_…`)."""
    if path.is_file():
        return [path]
    inside = (part for part in sorted(path.rglob("*.parquet")) if part.is_file())
    found = [part for part in inside if not any(name[0] in "._" for name in part.relative_to(path).parts)]
    if not found:
        raise DocumentError([Problem("SMK-J001", str(path), "holds no Parquet file; its parts must end in .parquet")])
    return found


def write_facts(frame: pl.DataFrame | pl.LazyFrame, path: str | Path) -> None:
    """Write facts to one Parquet file (zstd), in the order given; the file appears whole or not at all."""
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with unfinished.open("xb") as opened_here:  # a writer that fails could otherwise open it again after it was removed
            frame.lazy().select(COLUMNS).sink_parquet(opened_here, compression="zstd", statistics=True)
            opened_here.flush()
            os.fsync(opened_here.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
