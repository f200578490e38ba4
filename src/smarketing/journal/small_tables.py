"""The small tables that stand beside the facts: campaigns, spend, reps, absences, rates. CSV files in a folder, or frames."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from smarketing.vocabulary.errors import DocumentError, UsageError
from smarketing.vocabulary.problems import Problem
from smarketing.vocabulary.tables import SMALL_TABLES
from smarketing.vocabulary.words import did_you_mean

ONCE = {"campaigns": "campaign", "reps": "rep"}
"""The tables with one row for each of these."""
NEEDED = {
    "campaigns": ("campaign",),
    "spend": ("campaign", "day", "amount"),
    "reps": ("rep",),
    "absences": ("rep", "from", "to"),
    "rates": ("day", "from_currency", "to_currency", "rate"),
}
"""The columns without a value of which a row says nothing; the others may be left out."""


def read_small_tables(given: str | Path | Mapping[str, pl.DataFrame] | None) -> dict[str, pl.DataFrame]:
    """The small tables that are there, each with exactly the columns of SMALL_TABLES; an empty cell is null.

    `given`: a folder with `NAME.csv` files, or frames by name. Raises UsageError where there is no folder, DocumentError with
    every problem of every table.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        given = read_folder(Path(given))
    problems: list[Problem] = []
    tables = {name: conform(name, frame, problems) for name, frame in given.items()}
    if problems:
        raise DocumentError(problems)
    return tables


def read_folder(folder: Path) -> dict[str, pl.DataFrame]:
    """The CSV files of the folder that are small tables, every cell as text."""
    if not folder.is_dir():
        raise UsageError(
            f'there is no folder "{folder}" with small tables (campaigns.csv, spend.csv, reps.csv, absences.csv, rates.csv)'
        )
    files = {path.stem: path for path in sorted(folder.glob("*.csv")) if path.stem in SMALL_TABLES}
    return {name: pl.read_csv(path, infer_schema=False, encoding="utf8-lossy") for name, path in files.items()}


def conform(name: str, frame: pl.DataFrame, problems: list[Problem]) -> pl.DataFrame:
    """The table with its columns and types; what is wrong with it is added to `problems`."""
    if name not in SMALL_TABLES:
        problems.append(
            Problem(
                "SMK-J030", name, f"is not one of the small tables {', '.join(SMALL_TABLES)}.{did_you_mean(name, SMALL_TABLES)}"
            )
        )
        return frame
    source, columns = f"{name}.csv", SMALL_TABLES[name]
    frame = frame.select(column for column in columns if column in frame.columns)
    for column in set(NEEDED[name]) - set(frame.columns):
        problems.append(Problem("SMK-J031", f"{source}:1", f'has no column "{column}"; its columns are {", ".join(columns)}'))
    missing = [column for column in columns if column not in frame.columns]
    frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(column) for column in missing)
    texts = frame.select(pl.col(list(columns)).cast(pl.String).str.strip_chars())
    texts = texts.select(pl.when(pl.all() != "").then(pl.all()))
    read = texts.with_columns(pl.col(column).cast(kind, strict=False) for column, kind in columns.items())
    for column in columns:
        needed = column in NEEDED[name] and column not in missing
        empty = texts[column].is_null() if needed else pl.repeat(False, texts.height, eager=True)
        wrong = (read[column].is_null() & texts[column].is_not_null()) | empty
        for row in wrong.arg_true().to_list()[:20]:
            found = f'"{texts[column][row]}" cannot be read as {columns[column]}' if texts[column][row] else "has no value"
            problems.append(Problem("SMK-J032", f"{source}:{row + 2}", f'column "{column}": {found}'))
    if name in ONCE:
        for row in (texts[ONCE[name]].is_not_null() & ~texts[ONCE[name]].is_first_distinct()).arg_true().to_list()[:20]:
            twice = f'"{texts[ONCE[name]][row]}" has a row already; leave one of them'
            problems.append(Problem("SMK-J033", f"{source}:{row + 2}", twice))
    return read
