"""Columns of the contract's types out of the fold's integers, and what a column means under the versions."""

from __future__ import annotations

from collections.abc import Sequence
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


def instants(micros: NDArray[np.int64]) -> pl.Series:
    """Instants; null where it never happened."""
    column = pl.Series(np.ascontiguousarray(micros), dtype=pl.Int64)
    if len(micros) and micros.max() == NEVER:
        column = column.set(column == NEVER, None)
    return column.cast(INSTANT)


def money(hundredths: NDArray[np.int64]) -> pl.Series:
    """Money or points from whole hundredths."""
    whole = pl.Series(np.ascontiguousarray(hundredths), dtype=pl.Int64).cast(pl.Decimal(18, 0))
    return (whole * CENT).cast(MONEY)


def named(codes: NDArray[Any], names: Sequence[str] | pl.Series) -> pl.Series:
    """Names by their codes; null for -1."""
    if not len(names):
        return pl.repeat(None, len(codes), dtype=pl.String, eager=True)
    texts = names if isinstance(names, pl.Series) else pl.Series(names, dtype=pl.String)
    found = texts.gather(np.maximum(codes, 0))
    return found.set(pl.Series(codes < 0), None) if len(codes) and codes.min() < 0 else found


def gathered(column: pl.Series, rows: NDArray[np.int64]) -> pl.Series:
    """The values at some rows; null for row -1."""
    if not len(column):
        return pl.repeat(None, len(rows), dtype=column.dtype, eager=True)
    found = column.gather(np.maximum(rows, 0))
    return found.set(pl.Series(rows < 0), None) if len(rows) and rows.min() < 0 else found


def currency_in(versions: Sequence[Agreement]) -> pl.Expr:
    """The currency of a fact's amount; where it names none, that of the version in force when it happened."""
    own = pl.lit(versions[0].currency)
    if len({version.currency for version in versions}) > 1:
        for version in versions[1:]:
            own = pl.when(pl.col("at") >= begins_at(version)).then(pl.lit(version.currency)).otherwise(own)
    return pl.col("currency").fill_null(own)
