"""Tables as two engines wrote them, compared row for row."""

from __future__ import annotations

from pathlib import Path

import polars as pl


def differences(expected: Path, found: Path) -> list[str]:
    """What differs between two folders of tables: names, types, rows. The order of rows says nothing."""
    names = sorted(path.name for path in expected.iterdir())
    if names != (others := sorted(path.name for path in found.iterdir())):
        return [f"the tables are {others}, expected {names}"]
    return [line for name in names if (line := difference(name, expected / name, found / name))]


def read(table: Path) -> pl.DataFrame:
    """A file, or a folder of parts; Spark puts a hidden check sum beside each file of this machine."""
    return pl.read_parquet(sorted(table.glob("*.parquet")) if table.is_dir() else table)


def difference(name: str, expected: Path, found: Path) -> str:
    """What differs in one table; nothing where they are equal."""
    one, other = read(expected), read(found)
    if one.schema != other.schema:
        return f"{name}: the columns are {other.schema}, expected {one.schema}"
    rows, others = one.sort(one.columns), other.sort(one.columns)
    if rows.equals(others):
        return ""
    missing, surplus = (
        rows.join(others, on=one.columns, how="anti", nulls_equal=True),
        others.join(rows, on=one.columns, how="anti", nulls_equal=True),
    )
    return f"{name}: {other.height} rows, expected {one.height}; missing {missing.head(3).rows()}, not expected {surplus.head(3).rows()}"
