"""Columns of another file beside those of a row: found by a key, empty where the other file has none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from smarketing.connectors.files.sources import Source
from smarketing.connectors.files.template import Template

KEY = "key of the lookup"


@dataclass(frozen=True, slots=True)
class LookupTable:
    """The rows of the other file by `KEY`, each once (the first in the file), its columns called `NAME.column`."""

    with_: Template
    rows: pl.DataFrame

    def beside(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with the looked-up columns."""
        keyed = frame.with_columns(self.with_.expression().alias(KEY))
        return keyed.join(self.rows, on=KEY, how="left", maintain_order="left").drop(KEY)


def load_lookup(name: str, sources: Iterable[Source], *, key: str, columns: list[str], with_: Template) -> LookupTable:
    """Read what is needed of the other file or files; it is held in memory."""
    wanted = list(dict.fromkeys([key, *columns]))
    names = [pl.col(column).alias(f"{name}.{column}") for column in columns]
    parts = [
        batch.frame.select(pl.col(key).alias(KEY), *names).drop_nulls(KEY).unique(KEY, keep="first", maintain_order=True)
        for source in sources
        for batch in source.batches(wanted)
    ]
    return LookupTable(with_, pl.concat(parts).unique(KEY, keep="first", maintain_order=True))
