"""The small tables that stand beside the facts: campaigns, spend, reps, absences, rates. CSV files in a folder, or frames."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import polars as pl

from smarketing.vocabulary.errors import DocumentError, UsageError
from smarketing.vocabulary.periods import instant
from smarketing.vocabulary.problems import Problem
from smarketing.vocabulary.tables import REP_ROLES, SMALL_TABLES
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
DAYS = {
    "campaigns": ("starts", "ends"),
    "spend": ("day",),
    "reps": ("active_from", "active_to"),
    "absences": ("from", "to"),
    "rates": ("day",),
}
"""The columns that hold days (or times)."""
SHORT_NAME = 6
"""A slip of the hand is one letter in a name of up to so many, two in a longer one."""
SHOWN = 20
"""So many cells of a column are named; the others come up when these are mended."""


def read_small_tables(given: str | Path | Mapping[str, pl.DataFrame] | None) -> dict[str, pl.DataFrame]:
    """The small tables that are there, each with exactly the columns of SMALL_TABLES; an empty cell is null.

    `given`: a folder with `NAME.csv` files, or frames by name. Raises UsageError where there is no folder, DocumentError with
    every problem of every table.
    """
    if given is None:
        return {}
    problems: list[Problem] = []
    if not isinstance(given, Mapping):
        given = read_folder(Path(given), problems)
    tables = {name: conform(name, frame, problems) for name, frame in given.items()}
    if problems:
        raise DocumentError(problems)
    return tables


def read_folder(folder: Path, problems: list[Problem]) -> dict[str, pl.DataFrame]:
    """The CSV files of the folder that are small tables, every cell as text; one that is no CSV, or that is misspelt, is added to `problems`."""
    if not folder.is_dir():
        raise UsageError(
            f'there is no folder "{folder}" with small tables (campaigns.csv, spend.csv, reps.csv, absences.csv, rates.csv)'
        )
    read: dict[str, pl.DataFrame] = {}
    for path in sorted(path for path in folder.glob("*.csv") if path.stem in SMALL_TABLES):
        try:
            read[path.stem] = pl.read_csv(path, infer_schema=False, encoding="utf8-lossy")
        except pl.exceptions.NoDataError:
            problems.append(Problem("SMK-J034", path.name, "is empty; a table begins with the names of its columns"))
        except pl.exceptions.ComputeError:
            problems.append(Problem("SMK-J034", path.name, "cannot be read as CSV; does a row have more cells than the header?"))
    problems += _misspelt(folder, read)
    return read


def _misspelt(folder: Path, read: Mapping[str, pl.DataFrame]) -> list[Problem]:
    """Files that are almost called like a table that is not there; other files of the folder are nobody's business."""
    known = ", ".join(f"{name}.csv" for name in SMALL_TABLES)
    asked = [(path.name, _slip_of(path.stem.strip().lower())) for path in sorted(folder.glob("*.[cC][sS][vV]"))]
    return [
        Problem("SMK-J030", name, f'is not one of {known}, so nothing would read it. Did you mean "{meant}.csv"?')
        for name, meant in asked
        if meant is not None and name != f"{meant}.csv" and meant not in read and not (folder / f"{meant}.csv").exists()
    ]


def _slip_of(stem: str) -> str | None:
    """The table of which a file's name is a slip of the hand: one letter amiss, two in a long name."""
    from rapidfuzz.distance import OSA

    return next((name for name in SMALL_TABLES if OSA.distance(stem, name) <= (2 if len(name) > SHORT_NAME else 1)), None)


def conform(name: str, frame: pl.DataFrame, problems: list[Problem]) -> pl.DataFrame:
    """The table with its columns and types; what is wrong with it is added to `problems`."""
    if name not in SMALL_TABLES:
        known = f"is not one of the small tables {', '.join(SMALL_TABLES)}.{did_you_mean(name, SMALL_TABLES)}"
        problems.append(Problem("SMK-J030", name, known))
        return frame
    source, columns = f"{name}.csv", SMALL_TABLES[name]
    for column in [column for column in NEEDED[name] if column not in frame.columns]:
        problems.append(Problem("SMK-J031", f"{source}:1", f'has no column "{column}"; needed are {", ".join(NEEDED[name])}'))
    missing = [column for column in columns if column not in frame.columns]
    frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(column) for column in missing)
    texts = frame.select(pl.col(list(columns)).cast(pl.String).str.strip_chars())
    texts = texts.select(pl.when(pl.all() != "").then(pl.all()))
    read = texts.with_columns(pl.col(column).cast(kind, strict=False) for column, kind in columns.items())
    for column, kind in columns.items():
        needed = column in NEEDED[name] and column not in missing
        problems += _cells(source, texts[column], read[column], kind, needed=needed, day=column in DAYS[name])
    if name in ONCE:
        problems += _once(source, texts[ONCE[name]])
    if name == "rates":
        problems += _rates(source, texts)
    return read


def doubts_of(small: Mapping[str, pl.DataFrame], *, calendars: Collection[str]) -> list[Problem]:
    """Warnings about tables that were read: cells that stand as they are, and name nothing that anybody knows.

    `calendars`: those of the agreement in force; of one without any, nobody's calendar is in doubt.
    """
    if "reps" not in small:
        return []
    roles = f"is not one of {', '.join(REP_ROLES)}; reports show such people apart"
    hours = f"is no calendar of the agreement ({', '.join(sorted(calendars))}); the working hours of default count"
    found = _unknown(small["reps"]["role"], REP_ROLES, "SMK-J036", roles)
    return found + (_unknown(small["reps"]["calendar"], calendars, "SMK-J037", hours) if calendars else [])


def _unknown(column: pl.Series, known: Collection[str], code: str, said: str) -> list[Problem]:
    wrong = (column.is_not_null() & ~column.is_in([*known])).arg_true().to_list()[:SHOWN]
    return [
        Problem(code, f"reps.csv:{row + 2}", f'column "{column.name}": "{column[row]}" {said}.{did_you_mean(column[row], known)}', "warning")
        for row in wrong
    ]  # fmt: skip


def _cells(source: str, texts: pl.Series, read: pl.Series, kind: Any, *, needed: bool, day: bool) -> list[Problem]:
    """The cells of one column that are not what they should be, and the empty ones where a value is needed."""
    wrong = read.is_null() & texts.is_not_null()
    if day:
        no_days = [text for text in texts.unique() if text is not None and not _is_day(text)]
        wrong |= texts.is_in(no_days).fill_null(False)
    if needed:
        wrong |= texts.is_null()
    found = []
    for row in wrong.arg_true().to_list()[:SHOWN]:
        said = f'"{texts[row]}" is not {"a day, like 2018-06-01" if day else _expected(kind)}' if texts[row] else "has no value"
        found.append(Problem("SMK-J032", f"{source}:{row + 2}", f'column "{texts.name}": {said}'))
    return found


def _rates(source: str, texts: pl.DataFrame) -> list[Problem]:
    """The rates that are none, and those that contradict an earlier row of the same pair and day."""
    found, there = [], dict[tuple[object, ...], Decimal]()
    for row, (day, *pair, text) in enumerate(texts.select("day", "from_currency", "to_currency", "rate").iter_rows(), 2):
        rate = _number(text)
        if text is not None and rate is None:
            found.append(Problem("SMK-J032", f"{source}:{row}", f'column "rate": "{text}" is not a number, like 1.08'))
        elif rate is not None and rate <= 0:
            found.append(Problem("SMK-J032", f"{source}:{row}", f'column "rate": "{text}" is not above 0'))
        elif (
            rate is not None
            and _is_day(day or "")
            and rate != there.setdefault((datetime.fromisoformat(day).date(), *pair), rate)
        ):
            said = f"{pair[0]} to {pair[1]} has another rate on {day} already; leave one of them"
            found.append(Problem("SMK-J035", f"{source}:{row}", said))
    return found[:SHOWN]


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal(text or "")
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _is_day(text: str) -> bool:
    try:
        instant(text, "UTC")
    except ValueError:
        return False
    return True


def _expected(kind: Any) -> str:
    if kind == pl.Int64:
        return "a whole number"
    return "an amount, like 1250.50" if isinstance(kind, pl.Decimal) else "a number, like 1.08"


def _once(source: str, keys: pl.Series) -> list[Problem]:
    again = (keys.is_not_null() & ~keys.is_first_distinct()).arg_true().to_list()[:SHOWN]
    return [Problem("SMK-J033", f"{source}:{row + 2}", f'"{keys[row]}" has a row already; leave one of them') for row in again]
