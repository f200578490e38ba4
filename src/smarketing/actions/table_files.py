"""The small tables as CSV files in a folder, completed by what an import told."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from smarketing.connectors.files.mapping import TABLE_KEYS
from smarketing.journal.small_tables import read_small_tables
from smarketing.vocabulary.tables import SMALL_TABLES


def complete_table(folder: Path, name: str, told: pl.DataFrame) -> Path:
    """Write `NAME.csv` with the rows that are there and the rows told (text), sorted by key; the file appears whole.

    A told row replaces the one of the same key, so that the same import again changes nothing. Spend of one campaign, day and
    currency within one import is added up: an export has a line for each ad. Of other tables' rows with one key the last counts.
    """
    path, key = folder / f"{name}.csv", TABLE_KEYS[name]
    rows = _united(name, told.select(pl.col(column).cast(kind) for column, kind in SMALL_TABLES[name].items()))
    if path.exists():
        there = read_small_tables({name: pl.read_csv(path, infer_schema=False)})[name]
        rows = pl.concat([there.join(rows, on=key, how="anti", nulls_equal=True), rows])
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{name}.csv.part"
    rows.sort(key, maintain_order=True).write_csv(partial)
    os.replace(partial, path)
    return path


def _united(name: str, told: pl.DataFrame) -> pl.DataFrame:
    key = TABLE_KEYS[name]
    if name == "spend":
        summed = told.group_by(key, maintain_order=True).agg(pl.col("amount").sum())
        return summed.select(told.columns)
    return told.unique(key, keep="last", maintain_order=True)
