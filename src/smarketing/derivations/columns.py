"""Columns of the contract's types out of the fold's integers, and what a column means under the versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.models import Agreement
from smarketing.agreement.sequence import begins_at
from smarketing.derivations.life.words import NEVER
from smarketing.vocabulary.tables import INSTANT, MONEY

CENT = Decimal("0.01")
FEW = 128
"""Up to so many rows a list is quicker than the steps of a data frame, each of which takes as long as a hundred rows do."""


def instants(micros: NDArray[np.int64]) -> pl.Series:
    """Instants; null where it never happened."""
    column = pl.Series(np.ascontiguousarray(micros), dtype=pl.Int64)
    if len(micros) and micros.max() == NEVER:
        column = without(column, micros == NEVER)
    return column.cast(INSTANT)


def cut(column: pl.Series, parts: int) -> Iterator[pl.Series]:
    """A column cut into so many of equal length: one step for many columns of a kind that were laid end to end."""
    rows = len(column) // parts
    return (column.slice(part * rows, rows) for part in range(parts))


def without(column: pl.Series, where: NDArray[np.bool_]) -> pl.Series:
    """The same column, null in some rows."""
    if len(column) > FEW:
        return column.set(pl.Series(where), None)
    values = [None if absent else value for value, absent in zip(column.to_list(), where.tolist(), strict=True)]
    return pl.Series(values, dtype=column.dtype)


def money(hundredths: NDArray[np.int64]) -> pl.Series:
    """Money or points from whole hundredths."""
    whole = pl.Series(np.ascontiguousarray(hundredths), dtype=pl.Int64).cast(pl.Decimal(18, 0))
    return (whole * CENT).cast(MONEY)


def named(codes: NDArray[Any], names: Sequence[str] | pl.Series) -> pl.Series:
    """Names by their codes; null for -1."""
    if len(codes) > FEW and not isinstance(names, pl.Series):
        names = pl.Series(names, dtype=pl.String)
    if isinstance(names, pl.Series):
        return gathered(names, codes)
    return pl.Series([names[code] if code >= 0 else None for code in codes.tolist()], dtype=pl.String)


def gathered(column: pl.Series, rows: NDArray[Any]) -> pl.Series:
    """The values at some rows; null for row -1."""
    if len(rows) <= FEW:
        return pl.Series([column[row] if row >= 0 else None for row in rows.tolist()], dtype=column.dtype)
    if not len(column):
        return pl.Series([None], dtype=column.dtype).new_from_index(0, len(rows))
    found = column.gather(np.maximum(rows, 0))
    return found.set(pl.Series(rows < 0), None) if rows.min() < 0 else found


def repeated(text: str, times: int) -> pl.Series:
    """The same text in every row."""
    return pl.Series([text], dtype=pl.String).new_from_index(0, times)


def distinct(numbers: NDArray[np.int64], below: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct numbers in order, and where each of the given ones stands among them; all are less than `below`."""
    if below > len(numbers):
        return np.unique(numbers, return_inverse=True)
    there = np.zeros(below, dtype=np.bool_)
    there[numbers] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[numbers]


def currency_in(versions: Sequence[Agreement]) -> pl.Expr:
    """The currency of a fact's amount; where it names none, that of the version in force when it happened."""
    own = pl.lit(versions[0].currency)
    if len({version.currency for version in versions}) > 1:
        for version in versions[1:]:
            own = pl.when(pl.col("at") >= begins_at(version)).then(pl.lit(version.currency)).otherwise(own)
    return pl.col("currency").fill_null(own)
