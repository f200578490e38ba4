"""What follows from the facts, at rest: the tables of the schema `derived`, replaced all at once and read as of one state.

The tables are made from the frames' own types, so that a stage more in the agreement is a column more here. New ones are written
beside the old and take their place in the transaction that writes the state; a lock, taken by readers together and by the writer
alone, keeps a reader from seeing half of each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl
from django.db import ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper

from smarketing.records.database import connection_text
from smarketing.records.facts import Extent, as_csv
from smarketing.vocabulary.tables import INSTANT, MONEY

TYPES: dict[pl.DataType, str] = {
    pl.String(): 'text COLLATE "C"',
    pl.Int64(): "bigint",
    pl.Float64(): "double precision",
    pl.Boolean(): "boolean",
    INSTANT: "timestamp with time zone",
    MONEY: "numeric(18, 2)",
}
"""How each type of the contract is kept."""
READ_AS = {re.split(r" COLLATE|\(", kept)[0]: kind for kind, kept in TYPES.items()}
"""The same the other way round, by the names in the database's catalogue."""
PATIENCE = "20s"
"""So long the writer waits for those who read the old tables."""
SWAPPING, REFRESHING = 20180602, 20180603
"""The numbers of the locks: of whoever reads or replaces the tables, and of whoever derives them."""
STATE = """
CREATE TABLE fresh.state (
    serial bigint NOT NULL, as_of timestamptz NOT NULL, versions json NOT NULL, stamp text NOT NULL,
    facts bigint NOT NULL, last_fact bigint NOT NULL, last_aside bigint NOT NULL, rows bigint NOT NULL, personal bigint NOT NULL
)
"""
NOW = "SELECT serial, as_of, versions, stamp, facts, last_fact, last_aside, rows, personal FROM derived.state"
SWAP = "DROP SCHEMA IF EXISTS derived CASCADE; ALTER SCHEMA fresh RENAME TO derived"
COLUMNS_OF = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = 'derived' AND table_name <> 'state' ORDER BY table_name, ordinal_position
"""


class State(NamedTuple):
    """Of when the derived tables are, and what they follow from.

    `serial` grows by one with each refresh. `versions`: the ids of the agreements in order; `stamp`: what else they were made of
    (see `Workspace.stamp`); `facts`: how many facts of the lives there are; `extent`: how far the journal reached.
    """

    serial: int
    as_of: datetime
    versions: tuple[str, ...]
    stamp: str
    facts: int
    extent: Extent


ATTEMPTS = 5
IS_THERE = "SELECT FROM pg_catalog.pg_tables WHERE schemaname = 'derived' AND tablename = 'state'"
"""Asked of the catalogue's rows: `to_regclass` answers from what this session remembers of them, which may be the swap before."""


def current_state() -> State | None:
    """The latest state; None before the first refresh."""
    with connection.cursor() as cursor:
        for _ in range(ATTEMPTS):  # a swap between the two questions takes the table away that the first one saw
            cursor.execute(IS_THERE)
            if cursor.fetchone() is None:
                return None
            with suppress(ProgrammingError), transaction.atomic():
                cursor.execute(NOW)
                return _state(cursor)
    return None


def _state(cursor: CursorWrapper) -> State | None:
    row = cursor.fetchone()
    if row is None:
        return None
    serial, as_of, versions, stamp, facts, *extent = row
    named = json.loads(versions) if isinstance(versions, str) else versions
    return State(serial, as_of, tuple(named), stamp, facts, Extent(*extent))


@contextmanager
def refreshing(*, wait: bool = True) -> Iterator[bool]:
    """Be the only one who derives, from reading the facts to writing what follows: else an older state could replace a newer one.

    False, at once, where another one derives and we do not `wait`.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_{'' if wait else 'try_'}advisory_lock(%s)", [REFRESHING])
        alone = wait or bool((cursor.fetchone() or (False,))[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [REFRESHING])


def replace_derived(tables: Mapping[str, pl.DataFrame], state: State) -> State:
    """Put these tables and this state in the place of those that are there, in one transaction; the state with its serial.

    What was there is gone, tables of other names included. To be called inside `refreshing`. Raises OperationalError where
    somebody reads the old tables for longer than the writer waits.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        before = current_state()
        numbered = state._replace(serial=before.serial + 1 if before else 1)
        cursor.execute("DROP SCHEMA IF EXISTS fresh CASCADE; CREATE SCHEMA fresh")
        for name, frame in tables.items():
            _write(cursor, name, frame)
        cursor.execute(STATE)
        cursor.execute("INSERT INTO fresh.state VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", _row(numbered))
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SWAPPING])
        cursor.execute(SWAP)
    return numbered


def _row(state: State) -> list[Any]:
    return [state.serial, state.as_of, json.dumps(state.versions), state.stamp, state.facts, *state.extent]


def _write(cursor: CursorWrapper, name: str, frame: pl.DataFrame) -> None:
    columns = ", ".join(f"{_named(column)} {_kept(kind)}" for column, kind in frame.schema.items())
    cursor.execute(f"CREATE TABLE fresh.{_named(name)} ({columns})")
    with connection.wrap_database_errors, cursor.copy(f"COPY fresh.{_named(name)} FROM STDIN (FORMAT csv, FREEZE)") as copy:
        for text in as_csv(frame):
            copy.write(text)


def _kept(kind: pl.DataType) -> str:
    """The type in the database; a sum of money is wider in memory than what it has to hold."""
    return TYPES[MONEY if isinstance(kind, pl.Decimal) and kind.scale == MONEY.scale else kind]


def _named(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def load_derived() -> tuple[State, dict[str, pl.DataFrame]] | None:
    """The latest state and its tables, as they were written but for the order of rows; None before the first refresh."""
    from adbc_driver_postgresql import dbapi  # type: ignore[import-untyped]

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [SWAPPING])
        state = current_state()
        if state is None:
            return None
        cursor.execute(COLUMNS_OF)
        schemas: dict[str, dict[str, pl.DataType]] = {}
        for table, column, kind in cursor.fetchall():
            schemas.setdefault(table, {})[column] = READ_AS[kind]
        with dbapi.connect(connection_text()) as reader:
            return state, {name: _read(reader, name, schema) for name, schema in schemas.items()}


def _read(reader: Any, name: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    money = [column for column, kind in schema.items() if kind == MONEY]
    columns = ", ".join(
        f"({_named(column)} * 100)::bigint AS {_named(column)}" if column in money else _named(column) for column in schema
    )
    with reader.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM derived.{_named(name)}")  # noqa: S608
        frame = pl.DataFrame(cursor.fetch_arrow_table())
    return frame.with_columns((pl.col(money).cast(pl.Decimal(38, 2)) / 100).cast(MONEY)).cast(pl.Schema(schema))
