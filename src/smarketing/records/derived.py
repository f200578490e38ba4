"""What follows from the facts, at rest: the tables of the schema `derived`, read as of one state.

The tables are made from the frames' own types, so that a stage more in the agreement is a column more here. They are replaced all at
once: new ones are written beside the old and take their place in the transaction that writes the state; a lock, taken by readers
together and by the writer alone, keeps a reader from seeing half of each. Or lead by lead: the rows of the leads that changed are
replaced in the transaction that advances the state, which notes under its serial which leads these were; a reader's snapshot sees
all of it or nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl
from django.db import ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper

from smarketing.records.database import connection_text
from smarketing.records.facts import as_csv
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
    serial bigint NOT NULL, as_of timestamptz NOT NULL, versions json NOT NULL, stamp text NOT NULL, facts bigint NOT NULL,
    since bigint NOT NULL, written_at timestamptz
);
CREATE TABLE fresh.changed (serial bigint NOT NULL, lead_id text COLLATE "C" NOT NULL);
CREATE INDEX ON fresh.changed (serial)
"""
NOW = "SELECT serial, as_of, versions, stamp, facts, since, written_at FROM derived.state"
OURS = ("state", "changed")
"""The tables that hold nothing that follows."""
LEAD, NEXT = "lead_id", "next_at"
FOUND_BY = (LEAD, NEXT, "handed_at", "due_at", "account")
"""The columns by which rows are found; a table that has them has an index on them."""
REMEMBERED = 2_000
"""So many changes lead by lead are known back; who read a state before that reads everything."""
SWAP = "DROP SCHEMA IF EXISTS derived CASCADE; ALTER SCHEMA fresh RENAME TO derived"
COLUMNS_OF = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = 'derived' AND table_name NOT IN ('state', 'changed') ORDER BY table_name, ordinal_position
"""


class State(NamedTuple):
    """Of when the derived tables are, and what they follow from.

    `serial` grows by one with each change. `versions`: the ids of the agreements in order; `stamp`: what else they were made of
    (see `Workspace.stamp`); `facts`: how many facts of the lives there are; `since`: from that serial on it is known which leads
    changed; `written_at`: when that was, which `as_of` does not say of a workspace that stands still.
    """

    serial: int
    as_of: datetime
    versions: tuple[str, ...]
    stamp: str
    facts: int
    since: int = 0
    written_at: datetime | None = None


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
    serial, as_of, versions, *rest = row
    named = json.loads(versions) if isinstance(versions, str) else versions
    return State(serial, as_of, tuple(named), *rest)


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
        serial = before.serial + 1 if before else 1
        numbered = state._replace(serial=serial, since=serial)
        cursor.execute("DROP SCHEMA IF EXISTS fresh CASCADE; CREATE SCHEMA fresh")
        for name, frame in tables.items():
            _write(cursor, name, frame)
        cursor.execute(STATE)
        cursor.execute("INSERT INTO fresh.state VALUES (%s, %s, %s, %s, %s, %s, %s)", _row(numbered))
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SWAPPING])
        cursor.execute(SWAP)
    return numbered


def _row(state: State) -> list[Any]:
    return [state.serial, state.as_of, json.dumps(state.versions), state.stamp, state.facts, state.since, state.written_at]


def _write(cursor: CursorWrapper, name: str, frame: pl.DataFrame) -> None:
    columns = ", ".join(f"{_named(column)} {_kept(kind)}" for column, kind in frame.schema.items())
    cursor.execute(f"CREATE TABLE fresh.{_named(name)} ({columns})")
    _copy(cursor, f"COPY fresh.{_named(name)} FROM STDIN (FORMAT csv)", frame)
    for column in FOUND_BY:
        if column in frame.columns:
            cursor.execute(f"CREATE INDEX ON fresh.{_named(name)} ({_named(column)})")


def _copy(cursor: CursorWrapper, statement: str, frame: pl.DataFrame) -> None:
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for text in as_csv(frame):
            copy.write(text)


def advance_derived(tables: Mapping[str, pl.DataFrame], leads: Iterable[str], state: State) -> State:
    """Replace the rows of these leads by those of `tables` (all tables there are), and the state by this one; it comes back with its
    serial.

    To be called inside `refreshing`, in the transaction that read the facts.
    """
    changed = sorted(set(leads))
    with transaction.atomic(), connection.cursor() as cursor:
        for name, frame in tables.items():
            if changed:
                cursor.execute(f"DELETE FROM derived.{_named(name)} WHERE lead_id = ANY(%s)", [changed])  # noqa: S608
            if frame.height:
                columns = ", ".join(map(_named, frame.columns))
                _copy(cursor, f"COPY derived.{_named(name)} ({columns}) FROM STDIN (FORMAT csv)", frame)
        cursor.execute(
            "UPDATE derived.state SET serial = serial + 1, as_of = %s, facts = %s, since = greatest(since, serial + 1 - %s),"
            " written_at = %s RETURNING serial, since",
            [state.as_of, state.facts, REMEMBERED, state.written_at],
        )
        serial, since = cursor.fetchone() or (0, 0)
        cursor.execute("INSERT INTO derived.changed SELECT %s, unnest(%s::text[])", [serial, changed])
        cursor.execute("DELETE FROM derived.changed WHERE serial < %s", [since])
    return state._replace(serial=serial, since=since)


def rows_now(name: str, leads: Iterable[str]) -> pl.DataFrame:
    """The rows of these leads in one derived table."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS_OF)
        schema = {column: READ_AS[kind] for table, column, kind in cursor.fetchall() if table == name}
        return _rows_of(cursor, name, schema, sorted(set(leads)))


def _rows_of(cursor: CursorWrapper, name: str, schema: dict[str, pl.DataType], leads: list[str]) -> pl.DataFrame:
    columns = ", ".join(map(_named, schema))
    cursor.execute(f"SELECT {columns} FROM derived.{_named(name)} WHERE lead_id = ANY(%s)", [leads])  # noqa: S608
    return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


class Changes(NamedTuple):
    """What changed after a serial: the state now, the `leads` whose rows are others (or gone), and the rows they have now."""

    state: State
    leads: list[str]
    tables: dict[str, pl.DataFrame]


def load_changes(after: int, *, most: int) -> Changes | None:
    """The changes after the state of this serial; None where they are not known, or are of more leads than `most`.

    To be called in a `snapshot`.
    """
    state = current_state()
    if state is None or not state.since <= after <= state.serial:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT lead_id FROM derived.changed WHERE serial > %s LIMIT %s", [after, most + 1])
        leads = [lead_id for (lead_id,) in cursor.fetchall()]
        if len(leads) > most:
            return None
        tables = {name: _rows_of(cursor, name, schema, leads) for name, schema in _schemas(cursor).items()} if leads else {}
    return Changes(state, leads, tables)


def next_instant() -> datetime | None:
    """When the rows of some lead will be others by time alone; None: never."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(next_at) FROM derived.lives")
        found: datetime | None = (cursor.fetchone() or (None,))[0]
    return found


def due_leads(at: datetime, *, most: int) -> list[str]:
    """Leads whose rows are others by then; of more than `most`, that many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT lead_id FROM derived.lives WHERE next_at <= %s LIMIT %s", [at, most])
        return [lead_id for (lead_id,) in cursor.fetchall()]


def _kept(kind: pl.DataType) -> str:
    """The type in the database; a sum of money is wider in memory than what it has to hold."""
    return TYPES[MONEY if isinstance(kind, pl.Decimal) and kind.scale == MONEY.scale else kind]


def _named(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def snapshot(*, reading: bool = True) -> Iterator[str]:
    """A transaction that sees the database as of one instant, and the name by which another connection sees the same.

    `reading`: no swap of the derived tables can come between.
    """
    with _no_swap() if reading else nullcontext(), transaction.atomic(), connection.cursor() as cursor:
        if not connection.savepoint_ids:  # tests may be in a transaction already
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str((cursor.fetchone() or ("",))[0])


@contextmanager
def _no_swap() -> Iterator[None]:
    """Waits for a swap that goes on, and holds up the next one; before the transaction begins, whose sight would be older else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [SWAPPING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [SWAPPING])


def load_derived() -> tuple[State, dict[str, pl.DataFrame]] | None:
    """The latest state and its tables, as they were written but for the order of rows; None before the first refresh."""
    with snapshot() as name:
        return load_derived_in(name)


def load_derived_in(name: str) -> tuple[State, dict[str, pl.DataFrame]] | None:
    """The same in a `snapshot` of that name."""
    from adbc_driver_postgresql import dbapi  # type: ignore[import-untyped]

    state = current_state()
    if state is None:
        return None
    with connection.cursor() as cursor:
        schemas = _schemas(cursor)
    with dbapi.connect(connection_text()) as reader:
        with reader.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{name}'")
        return state, {table: _read(reader, table, schema) for table, schema in schemas.items()}


def _schemas(cursor: CursorWrapper) -> dict[str, dict[str, pl.DataType]]:
    cursor.execute(COLUMNS_OF)
    schemas: dict[str, dict[str, pl.DataType]] = {}
    for table, column, kind in cursor.fetchall():
        schemas.setdefault(table, {})[column] = READ_AS[kind]
    return schemas


def _read(reader: Any, name: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    money = [column for column, kind in schema.items() if kind == MONEY]
    columns = ", ".join(
        f"({_named(column)} * 100)::bigint AS {_named(column)}" if column in money else _named(column) for column in schema
    )
    with reader.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM derived.{_named(name)}")  # noqa: S608
        frame = pl.DataFrame(cursor.fetch_arrow_table())
    return frame.with_columns((pl.col(money).cast(pl.Decimal(38, 2)) / 100).cast(MONEY)).cast(pl.Schema(schema))
