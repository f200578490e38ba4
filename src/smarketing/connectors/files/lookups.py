"""Columns of another file beside those of a row: found by a key, empty where the other file has none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from smarketing.connectors.files.sources import Source
from smarketing.connectors.files.template import Template
from smarketing.vocabulary.problems import Problem

KEY = "key of the lookup"


@dataclass(frozen=True, slots=True)
class LookupTable:
    """The rows of the other file by `KEY`, each once (the first in the file), its columns called `NAME.column`.

    `broken` are warnings: records of the other file that are no rows.
    """

    with_: Template
    rows: pl.DataFrame
    broken: list[Problem] = field(default_factory=list)

    def beside(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with the looked-up columns."""
        keyed = frame.with_columns(self.with_.expression().alias(KEY))
        return keyed.join(self.rows, on=KEY, how="left", maintain_order="left").drop(KEY)


def load_lookup(name: str, sources: Iterable[Source], *, key: str, columns: list[str], with_: Template) -> LookupTable:
    """Read what is needed of the other file or files; it is held in memory."""
    wanted = list(dict.fromkeys([key, *columns]))
    names = [pl.col(column).alias(f"{name}.{column}") for column in columns]
    parts = [pl.DataFrame(schema=dict.fromkeys([KEY, *(f"{name}.{column}" for column in columns)], pl.String()))]
    broken: list[Problem] = []
    for source in sources:
        for batch in source.batches(wanted):
            rows = batch.frame.select(pl.col(key).alias(KEY), *names).drop_nulls(KEY)
            parts.append(rows.unique(KEY, keep="first", maintain_order=True))
            broken += [
                Problem("SMK-I002", f"{source.path}:{one.line}", f"left out of the lookup: {one.reason}", "warning")
                for one in batch.broken
            ]
    return LookupTable(with_, pl.concat(parts).unique(KEY, keep="first", maintain_order=True), broken)
