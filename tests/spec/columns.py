"""The columns of a table: their order, their types, the key."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.spec import ascii, engines, tables
from tests.spec.ascii import Rows

LIFE = """
at                   | kind
Mon 2026-03-02 10:00 | form_submitted
"""
WORDS = {
    "String": "text",
    "Boolean": "boolean",
    "Int64": "int64",
    "Float64": "float64",
    "Decimal(precision=18, scale=2)": "decimal(18,2)",
    "Datetime(time_unit='us', time_zone='UTC')": "timestamp, UTC, µs",
}


@dataclass(frozen=True)
class Columns:
    """One table and its columns; under `key` stands `key` where a column is part of it."""

    table: str
    columns: Rows

    def judge(self) -> None:
        names = [row["column"] for row in self.columns.rows]
        if engines.current == "reference":
            facts = tables.fact_rows(tables.Spec("", [tables.BASE], ascii.rows(LIFE), None, {}, {}))
            rows = engines.reference(facts, [tables.BASE], facts[0]["at"], {})[self.table]
            assert all(list(row) == names for row in rows), f"{list(rows[0])}\n{names}"
            return
        found = engines.schemas(tables.BASE)[self.table]
        if (listed := [f"{name}: {WORDS[str(kind)]}" for name, kind in found.items()]) != self.wanted():
            pytest.fail("\n".join([f"{self.table} has these columns:", *listed]), pytrace=False)
        assert tables.KEYS[self.table] == [row["column"] for row in self.columns.rows if row["key"]]

    def wanted(self) -> list[str]:
        return [f"{row['column']}: {row['type']}" for row in self.columns.rows]


def columns(*, table: str, listed: str) -> None:
    """The table has exactly these columns in this order, under the base agreement."""
    tables.take(Columns(table, ascii.rows(listed)))
