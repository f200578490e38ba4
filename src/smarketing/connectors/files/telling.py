"""Rows told as facts, and as rows of the small tables: each field read as its mapping says, each bad cell a reason."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Keyed
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from smarketing.connectors.files.mapping import (
    FactEntry,
    FileEntry,
    NumberReading,
    PropertyReading,
    Reading,
    TableEntry,
    TimeReading,
)
from smarketing.connectors.files.values import INSTANT, amounts, days, instants, json_booleans, json_numbers
from smarketing.journal.checks import failures
from smarketing.journal.fact import FACT_SCHEMA
from smarketing.vocabulary.tables import MONEY, SMALL_TABLES

ROW = "row of the batch"
"""The column that says which row of its batch a told row comes from."""
DEFAULT_SOURCE = "csv"
SPECIAL = '["\\\\\x00-\x1f]'
EXPECTED = {
    "time": "is not a time{format}",
    "day": "is not a date{format}",
    "amount": "is not an amount",
    "number": "is not a number",
    "boolean": "is neither true nor false",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What one entry makes of a batch: the rows it tells, and for each row that it cannot tell the reason."""

    rows: pl.DataFrame
    reasons: dict[int, str]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a reading needs to know beside the row: the mapping's zone, the moment of import, the columns of a type of their own."""

    zone: str
    recorded_at: datetime
    typed: frozenset[str]


class Reader:
    """Reads the fields of a set of rows, and remembers why a row cannot be read: the first reason counts."""

    def __init__(self, frame: pl.DataFrame, readings: Keyed[str, Reading], circumstances: Circumstances) -> None:
        self.rows = frame.get_column(ROW)
        self.circumstances = circumstances
        self.reasons: dict[int, str] = {}
        self.readings = readings
        texts = [reading.template.expression().alias(name) for name, reading in readings.items()]
        self.texts = frame.select(ROW, *texts)

    def text(self, name: str, *, needed: bool = False) -> pl.Series:
        """The field as text."""
        found = self.texts.get_column(name)
        if needed:
            self._reject(found.is_null(), pl.Series([f"{name} is empty"]).new_from_index(0, len(found)))
        return found

    def value(self, name: str, kind: str) -> pl.Series:
        """The field as a `time`, an `amount`, a `number` or a `boolean`."""
        text, reading = self.texts.get_column(name), self.readings[name]
        typed = bool(set(reading.template.columns) & self.circumstances.typed)
        read = _read(text, reading, kind, self.circumstances, typed=typed)
        why = EXPECTED[kind].format(format=_format_hint(reading) if not typed else "")
        self.check(name, text, read.is_null() & text.is_not_null(), why)
        return _without_zeros(read, reading)

    def check(self, name: str, text: pl.Series, bad: pl.Series, why: str) -> None:
        """Reject the rows that are `bad`, quoting their text."""
        self._reject(bad, f'{name} "' + text.str.slice(0, 100) + f'" {why}')

    def _reject(self, bad: pl.Series, reasons: pl.Series) -> None:
        if bad.any():
            found = dict(zip(self.rows.filter(bad), reasons.filter(bad), strict=True))
            self.reasons = found | self.reasons


def _read(text: pl.Series, reading: Reading, kind: str, circumstances: Circumstances, *, typed: bool) -> pl.Series:
    """The text as a value of its kind; null where it cannot be read."""
    if kind == "boolean":
        return json_booleans(text)
    if isinstance(reading, TimeReading) and kind in ("time", "day"):
        read = instants if kind == "time" else days
        return read(text, format=None if typed else reading.format, zone=reading.zone or circumstances.zone)
    assert isinstance(reading, NumberReading)
    decimal, thousands = (".", None) if typed else (reading.decimal, reading.thousands)
    return {"amount": amounts, "number": json_numbers}[kind](text, decimal=decimal, thousands=thousands)


def _format_hint(reading: Reading) -> str:
    format = reading.format if isinstance(reading, TimeReading) else None
    return f" in the format {format}" if format else " in ISO 8601; does the mapping lack a format?"


def _without_zeros(read: pl.Series, reading: Reading) -> pl.Series:
    if not (isinstance(reading, NumberReading) and reading.zero_is_empty):
        return read
    return read.set((read.cast(pl.Float64) == 0).fill_null(False), None)


# --- facts -----------------------------------------------------------------------------------------------------------------


def tell_facts(entry: FileEntry, frame: pl.DataFrame, circumstances: Circumstances) -> Told:
    """The facts of every row that the entry's `where` lets through, with FACT_SCHEMA and the row each comes from."""
    frame = _let_through(frame, entry)
    told = [_tell_fact(fact, frame, circumstances) for fact in entry.facts]
    reasons: dict[int, str] = {}
    for one in reversed(told):
        reasons |= one.reasons
    return Told(pl.concat([one.rows for one in told]), reasons)


def _let_through(frame: pl.DataFrame, entry: FileEntry | FactEntry | TableEntry) -> pl.DataFrame:
    return frame if entry.where is None else frame.filter(entry.where.expression(pl.col))


def _tell_fact(fact: FactEntry, frame: pl.DataFrame, circumstances: Circumstances) -> Told:
    frame = _let_through(frame, fact)
    readings = {".".join(path): reading for path, reading in fact.readings()}
    reader = Reader(frame, readings, circumstances)
    kinds = {"at": "time", "recorded_at": "time", "amount": "amount"}
    columns = {
        name: reader.value(name, kinds[name]) if name in kinds else reader.text(name) for name in readings if "." not in name
    }
    if "currency" in columns:
        columns["currency"] = columns["currency"].str.to_uppercase()
    columns["properties"] = _properties(reader, fact.properties, frame.height)
    facts = _filled(pl.DataFrame(columns | {ROW: reader.rows}), circumstances)
    facts = facts if fact.fact_id else _with_ids(facts)
    return Told(facts, _broken_rules(facts) | reader.reasons)


def _broken_rules(facts: pl.DataFrame) -> dict[int, str]:
    """The reason for each row whose fact breaks a rule of the journal."""
    # properties are written here and so are JSON; only a zero byte may have come through
    doubtful = pl.when(pl.col("properties").str.contains("\\u0000", literal=True)).then("properties").otherwise(pl.lit("{}"))
    found = (
        failures(facts.drop(ROW).with_columns(properties=doubtful), now=None)
        .filter(pl.col("severity") == "error")
        .sort("row", "code")
    )
    if found.is_empty():
        return {}
    reasons = found.group_by("row", maintain_order=True).agg(pl.col("reason").str.join("; "))
    rows = facts.get_column(ROW)
    return {rows[row]: reason for row, reason in reasons.iter_rows()}


def _filled(facts: pl.DataFrame, circumstances: Circumstances) -> pl.DataFrame:
    """All columns of a fact in order: what is not mapped is empty, the moment of import and `csv` stand in."""
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in FACT_SCHEMA.items() if name not in facts.columns]
    recorded_at = pl.lit(circumstances.recorded_at, INSTANT)
    filled = facts.with_columns(missing).with_columns(
        pl.col("recorded_at").fill_null(recorded_at), pl.col("source").fill_null(DEFAULT_SOURCE)
    )
    return filled.select(ROW, *(pl.col(name).cast(dtype) for name, dtype in FACT_SCHEMA.items()))


def _with_ids(facts: pl.DataFrame) -> pl.DataFrame:
    """Facts without an id of their own get one from their content, so that the same row of the same export is the same fact.

    It is `SOURCE:` and 32 hex digits of BLAKE2 over the columns other than `recorded_at`, in order. Two rows that say the
    very same are therefore one fact.
    """
    said = [name for name in FACT_SCHEMA if name not in ("fact_id", "recorded_at")]
    texts = [_as_text(name).fill_null("\0") for name in said]
    content = facts.select(pl.concat_str(texts, separator="\x1f")).to_series()
    digests = [hashlib.blake2b(text.encode(), digest_size=16).hexdigest() if text else None for text in content]
    ids = pl.col("source") + ":" + pl.Series(digests, dtype=pl.String)
    return facts.with_columns(fact_id=ids)


def _as_text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int64).cast(pl.String) if FACT_SCHEMA[name] == INSTANT else pl.col(name).cast(pl.String)


def _properties(reader: Reader, properties: dict[str, PropertyReading], height: int) -> pl.Series:
    """The properties as JSON objects, keys in order; an empty one is left out, so that blanks overwrite nothing."""
    pairs = [_pair(reader, name, properties[name].type) for name in sorted(properties)]
    if not pairs:
        return pl.Series(["{}"]).new_from_index(0, height)
    inside = pl.concat_str(pairs, separator=",", ignore_nulls=True)
    return pl.select(pl.concat_str([pl.lit("{"), inside, pl.lit("}")])).to_series()


def _pair(reader: Reader, name: str, kind: str) -> pl.Series:
    """`"name":value` as JSON, null where the value is empty."""
    field = f"properties.{name}"
    if kind in ("number", "boolean"):
        value = reader.value(field, kind)
    else:
        value = json_text(
            reader.text(field) if kind == "text" else reader.value(field, kind).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
        )
    return json.dumps(name, ensure_ascii=False) + ":" + value


def json_text(text: pl.Series) -> pl.Series:
    """Texts as JSON strings."""
    if not text.str.contains(SPECIAL).any():
        return '"' + text + '"'
    encoded = pl.DataFrame({"t": text}).select(pl.struct("t").struct.json_encode()).to_series()
    return encoded.str.slice(5).str.head(-1).set(text.is_null(), None)


# --- the small tables ------------------------------------------------------------------------------------------------------


def tell_table(table: str, entry: TableEntry, frame: pl.DataFrame, needed: Sequence[str], circumstances: Circumstances) -> Told:
    """The rows of a small table, as text in its columns, with the row each comes from."""
    frame = _let_through(frame, entry)
    readings = {str(path[0]): reading for path, reading in entry.readings()}
    reader = Reader(frame, readings, circumstances)
    columns: dict[str, pl.Series] = {}
    for name, reading in readings.items():
        reader.text(name, needed=name in needed)
        columns[name] = _table_cell(reader, name, reading, SMALL_TABLES[table][name] == MONEY)
    missing = [pl.lit(None, pl.String).alias(name) for name in SMALL_TABLES[table] if name not in columns]
    rows = pl.DataFrame(columns | {ROW: reader.rows}).with_columns(missing)
    return Told(rows.select(ROW, *SMALL_TABLES[table]), reader.reasons)


def _table_cell(reader: Reader, name: str, reading: Reading, money: bool) -> pl.Series:
    if isinstance(reading, TimeReading):
        return reader.value(name, "day")
    if isinstance(reading, NumberReading):
        return reader.value(name, "amount" if money else "number").cast(pl.String)
    return reader.text(name)
