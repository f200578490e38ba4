"""Facts in and out of the database: in by COPY, each once; out as Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from smarketing.journal.checks import check_facts
from smarketing.journal.corrections import told_again
from smarketing.journal.fact import COLUMNS, MONEY, OPTIONAL_TEXTS
from smarketing.journal.parquet import scan_facts
from smarketing.journal.properties import canonical_properties
from smarketing.records.database import connection_text
from smarketing.vocabulary.errors import DocumentError
from smarketing.vocabulary.problems import errors

AT_ONCE = 100_000
"""Rows that are written as text at a time."""
ISO = "%Y-%m-%dT%H:%M:%S%.6fZ"

NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
SAID = [name for name in COLUMNS if name not in {"fact_id", "recorded_at"}]


def said(table: str) -> str:
    """What a row of this table says, as a list of SQL: its columns but the id and `recorded_at`."""
    return ", ".join(f'{table}."{name}"' + ("::text" if name == "properties" else "") for name in SAID)


TOLD = said("told").replace('told."at"', 'extract(epoch FROM told."at")')
"""The same for a digest: an instant as text would depend on the session's zone."""

STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS arriving (LIKE fact, stays boolean NOT NULL) ON COMMIT DROP;
ALTER TABLE arriving ALTER id DROP NOT NULL;
TRUNCATE arriving;
"""
COPY = f"COPY arriving ({NAMES}, stays) FROM STDIN (FORMAT csv)"
# In the order of ids, so that two who send the same facts at once wait for each other instead of locking each other out.
TAKE_IN = f"""
INSERT INTO fact ({NAMES}) SELECT {NAMES} FROM arriving WHERE stays ORDER BY fact_id ON CONFLICT (fact_id) DO NOTHING
"""  # noqa: S608
SET_ASIDE = f"""
WITH told AS MATERIALIZED (
    SELECT arriving.*, other
    FROM arriving JOIN fact USING (fact_id), LATERAL (SELECT ROW({said("arriving")}) IS DISTINCT FROM ROW({said("fact")}) AS other)
    WHERE other OR arriving.recorded_at < fact.recorded_at
), digested AS (
    SELECT *, encode(sha256(convert_to(jsonb_build_array({TOLD})::text, 'UTF8')), 'hex') AS digest FROM told
), kept AS (
    INSERT INTO fact_set_aside ({NAMES}, same_content, digest)
    SELECT {NAMES}, NOT other, digest FROM digested
    WHERE NOT EXISTS (
        SELECT FROM fact_set_aside AS old
        WHERE old.fact_id = digested.fact_id AND old.digest = digested.digest AND old.recorded_at <= digested.recorded_at
    )
    ORDER BY fact_id, digest, recorded_at ON CONFLICT (fact_id, digest, recorded_at) DO NOTHING
)
SELECT count(*) FILTER (WHERE other) FROM told
"""  # noqa: S608
OUT = ", ".join(
    {"amount": "(amount * 100)::bigint AS amount", "properties": "properties::text"}.get(name, f'"{name}"') for name in COLUMNS
)
TELLINGS = f"SELECT {OUT} FROM fact UNION ALL SELECT {OUT} FROM fact_set_aside"  # noqa: S608


class Stored(NamedTuple):
    """What became of the rows of a frame: `new` facts, `known` ones (the same content), and `conflicts` (other content, set aside)."""

    new: int
    known: int
    conflicts: int


def store_facts(facts: pl.DataFrame) -> Stored:
    """Take the facts in, all or none; sending them again, in any order and from anywhere, changes nothing.

    A row is a fact (FACT_SCHEMA, or what `scan_facts` reads as that). When the call returns outside a transaction, the facts
    are durable; inside one, when that commits. Raises DocumentError with every problem if a row is no fact (see `sort_out`).
    """
    facts = scan_facts(facts).collect()
    problems = errors(check_facts(facts, source="facts"))
    if problems:
        raise DocumentError(problems)
    with transaction.atomic(), connection.cursor() as cursor:
        return take_in(cursor, arriving(facts))


def arriving(facts: pl.DataFrame) -> pl.DataFrame:
    """The rows as the database keeps them; `stays` marks one for each fact, by the journal's rule."""
    properties = canonical_properties(facts["properties"])
    texts = [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in OPTIONAL_TEXTS]
    kept = facts.with_columns(*texts, properties=properties)
    once = kept.filter(~pl.col("fact_id").is_duplicated()).with_columns(stays=pl.lit(value=True))
    return pl.concat([once, told_again(kept).select(*COLUMNS, "stays")])


def take_in(cursor: CursorWrapper, facts: pl.DataFrame) -> Stored:
    """Copy the rows to a table of this transaction, then insert what is new and set other tellings aside."""
    cursor.execute(STAGE)
    with cursor.copy(COPY) as copy:
        for text in as_csv(facts):
            copy.write(text)
    cursor.execute(TAKE_IN)
    new = cursor.rowcount
    if new == len(facts):
        return Stored(new, 0, 0)
    cursor.execute(SET_ASIDE)
    conflicts = int((cursor.fetchone() or (0,))[0])
    return Stored(new, len(facts) - new - conflicts, conflicts)


def as_csv(facts: pl.DataFrame) -> Iterator[str]:
    """The rows as PostgreSQL reads them: null is nothing, an empty text is ""."""
    for part in facts.iter_slices(AT_ONCE):
        yield part.write_csv(include_header=False, datetime_format=ISO, quote_style="necessary")


def load_facts() -> pl.DataFrame:
    """Every telling of every fact that is committed, those set aside included; FACT_SCHEMA, in no order.

    Which telling stays is for `survey` to say, as with any journal: a replay of this frame and of the Parquet files that the
    facts came from give the same. `properties` are canonical JSON.
    """
    from adbc_driver_postgresql import dbapi  # type: ignore[import-untyped]

    with dbapi.connect(connection_text()) as reader, reader.cursor() as cursor:
        cursor.execute(TELLINGS)
        table = pl.DataFrame(cursor.fetch_arrow_table())
    return scan_facts(table.with_columns((pl.col("amount").cast(pl.Decimal(38, 2)) / 100).cast(MONEY))).collect()
