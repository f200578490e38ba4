"""The columns of a foreign table of facts, each brought to its type in FACT_SCHEMA, or a problem that says what to mend."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from smarketing.journal.fact import EMPTY_PROPERTIES, FACT_SCHEMA, INSTANT, MONEY, REQUIRED
from smarketing.vocabulary.problems import Problem
from smarketing.vocabulary.words import did_you_mean

LARGEST_AMOUNT = 10**16
"""Money has 18 digits, two of them after the point."""

MENDS = {
    INSTANT: "write it as a timestamp (any unit; with a zone, or in UTC)",
    MONEY: "write it as a decimal, a number or text like 12.50",
    pl.String(): "write it as text",
}


def conform(facts: pl.LazyFrame, *, source: str) -> tuple[pl.LazyFrame, list[Problem]]:
    """The same rows with exactly FACT_SCHEMA, and the problems that make that impossible (the frame is then of no use).

    Read as they are: every unit of time, times without a zone (UTC), categorical and binary text, whole-number ids, amounts
    as text or float (to the cent, half away from zero), columns of nulls. Missing optional columns are empty; a missing or
    empty `recorded_at` is `at`; empty `properties` are `{}`. Columns beyond the schema are left out.
    """
    found = dict(facts.collect_schema())
    expressions = {name: readable(name, found.get(name)) for name in FACT_SCHEMA}
    stand_ins = {"recorded_at": expressions["at"], "properties": pl.lit(EMPTY_PROPERTIES)}
    problems = missing_columns(found, source=source)
    problems += [
        Problem("SMK-J004", source, f'column "{name}" is {str(found[name]).lower()}; {MENDS[FACT_SCHEMA[name]]}')
        for name, expression in expressions.items()
        if expression is None
    ]
    problems += lost_amounts(facts, found.get("amount"), source=source)
    if problems:
        return facts, problems
    filled = {
        name: expression if stand_ins.get(name) is None else expression.fill_null(stand_ins[name])
        for name, expression in expressions.items()
        if expression is not None
    }
    return facts.select(expression.alias(name) for name, expression in filled.items()), []


def missing_columns(found: Mapping[str, pl.DataType], *, source: str) -> list[Problem]:
    """A problem for each required column that is not there, with the column that looks like it."""
    others = [name for name in found if name not in FACT_SCHEMA]
    return [
        Problem("SMK-J003", source, f'column "{name}" is missing; every fact needs one.{did_you_mean(name, others)}')
        for name in REQUIRED
        if name not in found
    ]


def readable(name: str, found: pl.DataType | None) -> pl.Expr | None:
    """The expression that reads column `name`, found with this type (None: not there); None where that cannot be done."""
    if found is None or found == pl.Null:
        return pl.lit(None, FACT_SCHEMA[name])
    if FACT_SCHEMA[name] == INSTANT:
        return instant(pl.col(name), found)
    return money(pl.col(name), found) if FACT_SCHEMA[name] == MONEY else text(pl.col(name), found)


def text(column: pl.Expr, found: pl.DataType) -> pl.Expr | None:
    """Text as it is, categories and bytes as text, whole numbers in digits."""
    if found == pl.String:
        return column
    return column.cast(pl.String) if isinstance(found, (pl.Categorical, pl.Enum, pl.Binary)) or found.is_integer() else None


def instant(column: pl.Expr, found: pl.DataType) -> pl.Expr | None:
    """µs in UTC; a time without a zone is UTC, a date its 00:00 UTC."""
    if found == INSTANT:
        return column
    if isinstance(found, pl.Datetime):
        in_microseconds = column.dt.cast_time_unit("us")
        return in_microseconds.dt.convert_time_zone("UTC") if found.time_zone else in_microseconds.dt.replace_time_zone("UTC")
    return column.cast(pl.Datetime("us")).dt.replace_time_zone("UTC") if found == pl.Date else None


def money(column: pl.Expr, found: pl.DataType) -> pl.Expr | None:
    """To the cent, half away from zero; what cannot be read is null (see `lost_amounts`)."""
    if found == MONEY:
        return column
    if found.is_float():
        column = pl.when(column.abs() < LARGEST_AMOUNT).then(column)
    elif isinstance(found, (pl.Categorical, pl.Enum)):
        column = column.cast(pl.String)
    elif not (found.is_decimal() or found.is_integer() or found == pl.String):
        return None
    exact = column if found.is_decimal() else column.cast(pl.Decimal(38, 6), strict=False)
    return exact.round(2, mode="half_away_from_zero").cast(MONEY, strict=False)


def lost_amounts(facts: pl.LazyFrame, found: pl.DataType | None, *, source: str) -> list[Problem]:
    """A problem if amounts of another type than ours hold something that is no amount."""
    read = None if found in (None, MONEY, pl.Null) else readable("amount", found)
    if found is None or read is None:
        return []
    written = pl.col("amount").cast(pl.String, strict=False).replace(["", "NaN"], None)
    wrong = facts.select(written.alias("written"), read.alias("read")).filter(
        pl.col("written").is_not_null() & pl.col("read").is_null()
    )
    lost = wrong.select("written").collect(engine="streaming").to_series()
    if lost.is_empty():
        return []
    what = f'column "amount" holds "{lost[0]}"' + (f" and {len(lost) - 1} more" if len(lost) > 1 else "")
    return [Problem("SMK-J005", source, f"{what}, no amount; write 12.50, below 10,000,000,000,000,000, or leave it empty")]
