"""The journal as Spark reads it: the rows of Parquet files with exactly the columns of a fact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import polars as pl
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, DecimalType, StringType, StructField, StructType, TimestampType

from smarketing.journal.checks import check_facts
from smarketing.journal.columns import conform, lost_amounts
from smarketing.journal.fact import COLUMNS, EMPTY_PROPERTIES, FACT_SCHEMA, INSTANT, MONEY, REQUIRED
from smarketing.journal.parquet import files_by_schema
from smarketing.vocabulary.errors import DocumentError
from smarketing.vocabulary.problems import Problem

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

SPARK_TYPES: dict[Any, DataType] = {INSTANT: TimestampType(), MONEY: DecimalType(18, 2), pl.String(): StringType()}
FACT_STRUCT = StructType([StructField(name, SPARK_TYPES[kind]) for name, kind in FACT_SCHEMA.items()])
"""FACT_SCHEMA in Spark's words."""
SHOWN = 20
"""So many broken rows are named; the others come up when these are mended."""
FILE, ROW = "file of the row", "row in the file"
NANOSECONDS = "spark.sql.legacy.parquet.nanosAsLong"
"""Without this setting Spark refuses files with times in nanoseconds."""


def is_address(path: str | Path) -> bool:
    """True for s3a://…, hdfs://… and their like, which are Spark's to read and to write."""
    return len(urlsplit(str(path)).scheme) > 1


def read_journal(session: SparkSession, source: str | Path) -> tuple[DataFrame, list[DataFrame]]:
    """The facts of a Parquet file, or of a folder of parts, in FACT_STRUCT; and the rows as they lie there, a frame for each schema.

    An address goes to Spark as it is; a path is one of this machine that every worker sees under the same name, and its parts
    may differ in their schemas. Raises UsageError and DocumentError as `scan_facts` does.
    """
    raw = read_address(session, str(source)) if is_address(source) else read_files(session, Path(source))
    problems = [problem for frame in raw for problem in problems_of(frame, source)]
    if problems:
        raise DocumentError(problems)
    conformed = [as_facts(frame) for frame in raw]
    return reduce(lambda one, other: one.unionAll(other), conformed), raw


def read_address(session: SparkSession, address: str) -> list[DataFrame]:
    """Everything `*.parquet` at or below an address; columns that only some parts have are empty in the others."""
    reader = (
        session.read.option("recursiveFileLookup", "true").option("pathGlobFilter", "*.parquet").option("mergeSchema", "true")
    )
    return [reader.parquet(address)]


def read_files(session: SparkSession, path: Path) -> list[DataFrame]:
    """One frame for each schema among the files of this machine."""
    return [in_microseconds(session, dict(schema), files) for schema, files in files_by_schema(path).items()]


def in_microseconds(session: SparkSession, schema: dict[str, Any], files: Sequence[Path]) -> DataFrame:
    """The rows of files of one schema; times in nanoseconds, which Spark does not know, in microseconds."""
    finer = [name for name, kind in schema.items() if isinstance(kind, pl.Datetime) and kind.time_unit == "ns"]
    if not finer:
        return session.read.parquet(*map(literally, files))
    session.conf.set(NANOSECONDS, "true")
    frame = session.read.parquet(*map(literally, files))
    return frame.withColumns({name: F.timestamp_micros(F.floor(F.col(f"`{name}`") / F.lit(1000))) for name in finer})


def literally(path: Path) -> str:
    """A file of this machine as an address in which no character means another."""
    return "file://" + re.sub(r"([\[\]{}*?\\])", r"\\\1", str(path.resolve()))


def problems_of(raw: DataFrame, source: str | Path) -> list[Problem]:
    """What makes it impossible to read these columns as facts; rows are read only where amounts are written in another type."""
    nothing = frame_of(empty(raw.schema))
    _, problems = conform(nothing.lazy(), source=str(source))
    found = nothing.schema.get("amount")
    if problems or found in (None, MONEY, pl.Null):
        return problems

    def lost(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for batch in batches:
            found_here = lost_amounts(frame_of(batch).lazy(), found, source="")
            yield pa.RecordBatch.from_pydict(
                {"message": [problem.message for problem in found_here]}, pa.schema([("message", pa.string())])
            )

    messages = raw.select("amount").mapInArrow(lost, "message string").head(1)
    return [Problem("SMK-J005", str(source), row.message) for row in messages]


def as_facts(raw: DataFrame) -> DataFrame:
    """The rows in FACT_STRUCT: as they are where the columns are ours already, else read by `conform`, the same as anywhere."""
    if ours(raw):
        filled = {"recorded_at": F.coalesce("recorded_at", "at"), "properties": F.coalesce("properties", F.lit(EMPTY_PROPERTIES))}
        return raw.withColumns(filled).select(COLUMNS)
    return raw.select([name for name in COLUMNS if name in raw.columns]).mapInArrow(conformed, FACT_STRUCT)


def ours(raw: DataFrame) -> bool:
    """Whether every column of a fact is there in its own type."""
    types = {field.name: field.dataType for field in raw.schema.fields}
    return all(types.get(field.name) == field.dataType for field in FACT_STRUCT.fields)


def conformed(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """`conform`, batch by batch, in a task."""
    for batch in batches:
        frame, _ = conform(frame_of(batch).lazy(), source="")
        yield from arrow_of(frame.collect(), FACT_STRUCT).to_batches()


def arrow_of(frame: pl.DataFrame, schema: StructType) -> pa.Table:
    """Polars as Arrow in the types that Spark takes for this schema."""
    from pyspark.sql.pandas.types import to_arrow_schema

    return frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(to_arrow_schema(schema, timezone="UTC"))


def frame_of(arrow: Any) -> pl.DataFrame:
    """Arrow out of Spark as Polars; times in UTC, whatever the session's zone."""
    frame = pl.DataFrame(pl.from_arrow(arrow))
    zoned = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime) and kind.time_zone not in (None, "UTC")]
    return frame.with_columns(pl.col(zoned).dt.convert_time_zone("UTC")) if zoned else frame


def empty(schema: StructType) -> Any:
    """No row of a schema, as Arrow."""
    from pyspark.sql.pandas.types import to_arrow_schema

    return to_arrow_schema(schema, timezone="UTC").empty_table()


def incomplete() -> Any:
    """True for rows without an id, a lead, a time or a kind; for rows as they lie there and for facts."""
    absent = [F.coalesce(F.col(name).cast("string"), F.lit("")) == "" for name in REQUIRED if name != "at"]
    return reduce(lambda one, other: one | other, absent, F.col("at").isNull())


def incomplete_rows(raw: Sequence[DataFrame]) -> list[Problem]:
    """What is wrong with the first rows that are no facts, each named by its file and its number in it."""
    found: list[Problem] = []
    for frame in raw:
        placed = frame.withColumns({FILE: F.col("_metadata.file_path"), ROW: F.col("_metadata.row_index")})
        rows = frame_of(placed.where(incomplete()).limit(SHOWN).toArrow()).sort(FILE, ROW)
        facts, _ = conform(rows.drop(FILE, ROW).lazy(), source="")
        places = [f"{re.sub('^file:/+', '/', unquote(file))}:{row + 1}" for file, row in rows.select(FILE, ROW).iter_rows()]
        problems = check_facts(facts.collect(), source="")
        found += [
            replace(one, source=places[int(one.source.removeprefix(":")) - 1]) for one in problems if one.severity == "error"
        ]
    return found[:SHOWN]
