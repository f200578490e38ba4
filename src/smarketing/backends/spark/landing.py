"""The tables out of the tasks into `out`: a folder of this machine, or an address that the workers write to themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl
from pyspark.sql import functions as F
from pyspark.sql.types import (
    BooleanType,
    DataType,
    DecimalType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from smarketing.agreement.models import Agreement
from smarketing.backends.spark.journal import arrow_of
from smarketing.backends.written import Written
from smarketing.vocabulary.problems import Problem
from smarketing.vocabulary.tables import INSTANT, MONEY

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

SPARK_TYPES: dict[Any, DataType] = {
    INSTANT: TimestampType(), MONEY: DecimalType(18, 2), pl.String(): StringType(), pl.Int64(): LongType(),
    pl.Float64(): DoubleType(), pl.Boolean(): BooleanType(),
}  # fmt: skip


class Landed(Protocol):
    """What a replay wrote: `rows` of each table and the `paths` where they lie, as of when, under which `versions`, with which
    problems and notes."""

    as_of: datetime
    versions: Sequence[Agreement]
    rows: dict[str, int]
    problems: list[Problem]
    notes: list[str]

    @property
    def paths(self) -> Mapping[str, object]: ...


@dataclass
class Addressed:
    """The tables of a replay at an address."""

    as_of: datetime
    versions: Sequence[Agreement]
    rows: dict[str, int]
    paths: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def write_here(made: DataFrame, empty: Mapping[str, pl.DataFrame], written: Written) -> None:
    """Write what the tasks made into a folder of the driver, a partition at a time; `empty`: the tables of the leads without a row.

    In parts as the local engine writes them, so a table of a journal that is not long is one file here too.
    """
    rows = made.where(F.col("name").isin(list(empty))).select("part", "name", "content").toLocalIterator()
    buckets = by_part(rows)
    if written.parts:
        number = -1
        for number, tables in enumerate(buckets):
            written.add(tables, bucket=number)
        if number < 0:
            written.add(empty)
        return
    whole = [empty, *buckets]
    written.add({name: pl.concat([tables[name] for tables in whole]) for name in empty})


def by_part(rows: Iterator[Any]) -> Iterator[dict[str, pl.DataFrame]]:
    """The tables of one bucket after the other; a bucket's rows follow each other."""
    part, tables = None, dict[str, pl.DataFrame]()
    for row in rows:
        if tables and row.part != part:
            yield tables
            tables = {}
        part = row.part
        tables[row.name] = pl.read_parquet(BytesIO(row.content))
    if tables:
        yield tables


def write_there(
    made: DataFrame, empty: Mapping[str, pl.DataFrame], across: Mapping[str, pl.DataFrame], paths: Mapping[str, str]
) -> None:
    """Let the workers write the tables to their addresses, a folder each; what lay there is replaced."""
    session = made.sparkSession
    for name, table in empty.items():
        schema = struct_of(table)
        rows = made.where(F.col("name") == name).select("content").mapInArrow(unpacked(schema), schema)
        written_to(rows, paths[name])
    for name, table in across.items():
        schema = struct_of(table)
        written_to(session.createDataFrame(arrow_of(table, schema), schema).coalesce(1), paths[name])


def written_to(rows: DataFrame, address: str) -> None:
    """Replace the folder at an address by these rows, without the mark of success that no reader of Parquet expects."""
    options = {"compression": "zstd", "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false"}
    rows.write.mode("overwrite").options(**options).parquet(address)


def unpacked(schema: StructType) -> Any:
    """A function for tasks: the rows of the tables that lie in `content`."""

    def unpack(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for content in batch.column(0).to_pylist():
                yield from arrow_of(pl.read_parquet(BytesIO(content)), schema).to_batches(max_chunksize=50_000)

    return unpack


def struct_of(table: pl.DataFrame) -> StructType:
    """The table's columns in Spark's words."""
    return StructType([StructField(name, SPARK_TYPES[kind]) for name, kind in table.schema.items()])
