"""Facts in and out of the database: in by COPY, each once; out as Arrow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from smarketing.journal.checks import check_facts
from smarketing.journal.corrections import told_again
from smarketing.journal.fact import COLUMNS, MONEY, OPTIONAL_TEXTS
from smarketing.journal.parquet import scan_facts
from smarketing.records.database import connection_text
from smarketing.records.personal import part_properties, rejoined
from smarketing.vocabulary.errors import DocumentError
from smarketing.vocabulary.problems import errors

AT_ONCE = 100_000
"""Rows that are written as text at a time."""
ISO = "%Y-%m-%dT%H:%M:%S%.6fZ"

NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
KEPT = f'{NAMES}, "personal"'
SAID = [name for name in (*COLUMNS, "personal") if name not in {"fact_id", "recorded_at"}]


def said(table: str) -> str:
    """What a row of this table says, as a list of SQL: its columns but the id and `recorded_at`."""
    return ", ".join(f'{table}."{name}"' + ("::text" if name == "properties" else "") for name in SAID)


TOLD = said("telling").replace('telling."at"', 'extract(epoch FROM telling."at")')
"""The same for a digest: an instant as text would depend on the session's zone."""

STAGE = """
DO $$ BEGIN
    IF to_regclass('pg_temp.arriving') IS NULL THEN
        CREATE TEMPORARY TABLE arriving (LIKE fact, told text, stays boolean NOT NULL DEFAULT true) ON COMMIT DELETE ROWS;
        ALTER TABLE arriving ALTER id DROP NOT NULL;
    END IF;
    DELETE FROM arriving;
END $$
"""
"""Made once for each connection: a table for every transaction would fill the catalogue."""
COPY = f"COPY arriving ({NAMES}, told, stays) FROM STDIN (FORMAT csv)"
# In the order of ids, here and below, so that two who send the same at once wait for each other instead of locking each other out.
KNOW = """
INSERT INTO person (lead_id, salt) SELECT lead_id, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
FROM (SELECT DISTINCT lead_id FROM arriving WHERE told IS NOT NULL) AS named ORDER BY lead_id ON CONFLICT (lead_id) DO NOTHING
"""
SEAL = """
UPDATE arriving SET personal = encode(sha256(person.salt || convert_to(told, 'UTF8')), 'hex')
FROM person WHERE person.lead_id = arriving.lead_id AND told IS NOT NULL
"""
TAKE_IN = f"""
INSERT INTO fact ({KEPT}) SELECT {KEPT} FROM arriving WHERE stays ORDER BY fact_id ON CONFLICT (fact_id) DO NOTHING
"""  # noqa: S608
SET_ASIDE_ROWS = f"""
WITH telling AS MATERIALIZED (
    SELECT arriving.*, other
    FROM arriving JOIN fact USING (fact_id), LATERAL (SELECT ROW({said("arriving")}) IS DISTINCT FROM ROW({said("fact")}) AS other)
    WHERE other OR arriving.recorded_at < fact.recorded_at
), digested AS (
    SELECT *, encode(sha256(convert_to(jsonb_build_array({TOLD})::text, 'UTF8')), 'hex') AS digest FROM telling
), old AS (
    SELECT old.fact_id, old.digest, min(old.recorded_at) AS recorded_at
    FROM fact_set_aside AS old JOIN digested USING (fact_id, digest) GROUP BY old.fact_id, old.digest
), kept AS (
    INSERT INTO fact_set_aside ({KEPT}, same_content, digest)
    SELECT {KEPT}, NOT other, digest FROM digested
    WHERE NOT EXISTS (
        SELECT FROM old
        WHERE old.fact_id = digested.fact_id AND old.digest = digested.digest AND old.recorded_at <= digested.recorded_at
    )
    ORDER BY fact_id, digest, recorded_at ON CONFLICT (fact_id, digest, recorded_at) DO NOTHING
)
SELECT DISTINCT fact_id, digest FROM digested LEFT JOIN old USING (fact_id, digest) WHERE other AND old.fact_id IS NULL
"""  # noqa: S608
SET_ASIDE = re.sub(
    r"SELECT DISTINCT fact_id, digest(?= FROM digested LEFT)", "SELECT count(DISTINCT (fact_id, digest))", SET_ASIDE_ROWS
)
LAY_APART = """
INSERT INTO personal_value (fact_id, personal, name, lead_id, value)
SELECT DISTINCT fact_id, personal, key, lead_id, value::text FROM arriving, json_each(told::json) WHERE told IS NOT NULL
ORDER BY fact_id, personal, key ON CONFLICT (fact_id, personal, name) DO NOTHING
"""
LEAD_AGAIN = "SELECT note_lead(lead_id) FROM (SELECT DISTINCT lead_id FROM arriving WHERE told IS NOT NULL) AS told"
OUT = ", ".join(
    {"amount": "(amount * 100)::bigint AS amount", "properties": "properties::text"}.get(name, f'"{name}"')
    for name in (*COLUMNS, "personal")
)
VALUES = "SELECT fact_id, personal, name, value FROM personal_value"
WAITS_NOT = " WHERE NOT EXISTS (SELECT FROM arrival WHERE arrival.telling = fact.id AND NOT aside)"


class Stored(NamedTuple):
    """What became of the rows of a frame: `new` facts, `known` ones, and `conflicts`: other content that was not set aside before."""

    new: int
    known: int
    conflicts: int


def store_facts(facts: pl.DataFrame) -> Stored:
    """Take the facts in, all or none; sending them again, in any order and from anywhere, changes nothing.

    A row is a fact (FACT_SCHEMA, or what `scan_facts` reads as that). When the call returns outside a transaction, the facts
    are durable; inside one, when that commits. Personal values are laid apart (see `personal`). Raises DocumentError with every
    problem if a row is no fact (see `sort_out`).
    """
    facts = scan_facts(facts).collect()
    problems = errors(check_facts(facts, source="facts"))
    if problems:
        raise DocumentError(problems)
    with transaction.atomic(), connection.cursor() as cursor:
        return take_in(cursor, arriving(facts))


def arriving(facts: pl.DataFrame) -> pl.DataFrame:
    """The rows as the database keeps them; `stays` marks one for each fact, by the journal's rule, `told` are personal values."""
    texts = [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in OPTIONAL_TEXTS]
    kept = facts.with_columns(*texts)
    once = kept.filter(~pl.col("fact_id").is_duplicated()).with_columns(stays=pl.lit(value=True))
    again = told_again(kept).select(*COLUMNS, "stays") if once.height < kept.height else once.clear()
    return part_properties(pl.concat([once, again])).select(*COLUMNS, "told", "stays")


def take_in(cursor: CursorWrapper, facts: pl.DataFrame) -> Stored:
    """Copy the rows to a table of this transaction, then insert what is new and set other tellings aside."""
    cursor.execute(STAGE)
    with connection.wrap_database_errors, cursor.copy(COPY) as copy:
        for text in as_csv(facts):
            copy.write(text)
    personal = facts["told"].null_count() < len(facts)
    if personal:
        cursor.execute(KNOW)
        cursor.execute(SEAL)
    cursor.execute(TAKE_IN)
    stored = Stored(cursor.rowcount, 0, 0)
    if stored.new < len(facts):
        cursor.execute(SET_ASIDE)
        conflicts = int((cursor.fetchone() or (0,))[0])
        stored = Stored(stored.new, len(facts) - stored.new - conflicts, conflicts)
    if personal:
        cursor.execute(LAY_APART)
        lead_again(cursor, known=stored.new < len(facts))
    return stored


def lead_again(cursor: CursorWrapper, *, known: bool) -> None:
    """Note that lives may have changed where values were laid apart of facts that were known: those may have been gone."""
    if known and cursor.rowcount:
        cursor.execute(LEAD_AGAIN)


def as_csv(facts: pl.DataFrame) -> Iterator[str]:
    """The rows as PostgreSQL reads them: null is nothing, an empty text is ""."""
    for part in facts.iter_slices(AT_ONCE):
        yield part.write_csv(include_header=False, datetime_format=ISO, quote_style="necessary")


def load_facts(snapshot: str | None = None, *, followed: bool = False) -> pl.DataFrame:
    """Every telling of every fact that is committed, those set aside included; FACT_SCHEMA, in no order.

    Which telling stays is for `survey` to say, as with any journal: a replay of this frame and of the Parquet files that the
    facts came from give the same. `properties` are canonical JSON, personal values among them. `snapshot`: as of which transaction's
    (left out: now); `followed`: without the tellings that still wait, so that the derived tables follow from the rest.
    """
    from adbc_driver_postgresql import dbapi  # type: ignore[import-untyped]

    tellings = f"SELECT {OUT} FROM fact{WAITS_NOT if followed else ''} UNION ALL SELECT {OUT} FROM fact_set_aside"  # noqa: S608
    tellings += WAITS_NOT.replace("fact.id AND NOT", "fact_set_aside.id AND") if followed else ""
    with dbapi.connect(connection_text()) as reader, reader.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if snapshot is not None:
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        cursor.execute(tellings)
        table = pl.DataFrame(cursor.fetch_arrow_table())
        cursor.execute(VALUES)
        whole = rejoined(table, pl.DataFrame(cursor.fetch_arrow_table()))
    return scan_facts(whole.with_columns((pl.col("amount").cast(pl.Decimal(38, 2)) / 100).cast(MONEY))).collect()
