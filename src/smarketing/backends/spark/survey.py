"""The survey of the whole journal, on the cluster: only exceptions come to the driver, and are judged there as anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from pyspark.sql import functions as F

from smarketing.backends.spark.journal import frame_of, incomplete, incomplete_rows
from smarketing.journal.corrections import first_told
from smarketing.journal.fact import COLUMNS, FACT_SCHEMA, INSTANT, no_facts
from smarketing.journal.survey import ACROSS_LEADS, NO_TIME, Survey, across_leads, in_utc
from smarketing.vocabulary.errors import DocumentError

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

DIGEST = "digest"


def survey(facts: DataFrame, raw: Sequence[DataFrame], *, as_of: datetime | None) -> Survey:
    """What `journal.survey.survey` says of the same facts. Raises DocumentError for rows that are no facts."""
    rows, latest_at, as_of = glance(facts, raw, as_of)
    existing = facts.where(is_fact(as_of))
    told = repeated(facts.where(happened(as_of)), existing)
    known = Survey(as_of, rows, latest_at, repeated=told["fact_id"].unique(), kept=first_told(told))
    acts = collected(existing.where(F.col("kind").isin(ACROSS_LEADS)))
    return across_leads(acts.lazy(), known)


def glance(facts: DataFrame, raw: Sequence[DataFrame], as_of: datetime | None) -> tuple[int, datetime | None, datetime]:
    """How many facts there are, when the last one happened, and as of when; one pass over a few columns."""
    counts = F.lit(True) if as_of is None else F.col("at") <= instant(as_of)
    counts &= F.col("fact_id") != ""
    row = frame_of(
        facts.agg(
            F.max("at").alias("last"),
            F.count_if(incomplete()).alias("incomplete"),
            F.count_if(counts).alias("rows"),
            F.max(F.when(counts, F.col("at"))).alias("latest_at"),
        ).toArrow()
    ).row(0, named=True)
    if row["incomplete"]:
        raise DocumentError(incomplete_rows(raw))
    return row["rows"], row["latest_at"], (row["last"] or NO_TIME) if as_of is None else in_utc(as_of)


def repeated(happened: DataFrame, existing: DataFrame) -> pl.DataFrame:
    """Every row of the facts that are told more than once; sought by digests of the ids, so that little is sent about."""
    digest = F.xxhash64("fact_id").alias(DIGEST)
    again = happened.select(digest).groupBy(DIGEST).count().where("count > 1").select(DIGEST).toArrow()
    if again.num_rows == 0:
        return no_facts()
    these = F.broadcast(existing.sparkSession.createDataFrame(again))
    told = collected(existing.withColumn(DIGEST, F.xxhash64("fact_id")).join(these, DIGEST, "left_semi").select(COLUMNS))
    return told.filter(pl.col("fact_id").is_duplicated())


def collected(facts: DataFrame) -> pl.DataFrame:
    """Few facts, brought to the driver."""
    return frame_of(facts.toArrow()).cast(dict(FACT_SCHEMA))  # type: ignore[arg-type]


def happened(as_of: datetime) -> Column:
    """As `journal.survey.happened`."""
    return (F.col("at") <= instant(as_of)) & (F.col("fact_id") != "")


def is_fact(as_of: datetime) -> Column:
    """As `journal.survey.is_fact`: what does not exist need not be sent to a task, where it would be left out."""
    return happened(as_of) & (F.col("lead_id") != "") & (F.col("kind") != "")


def instant(at: datetime) -> Column:
    """An instant to the microsecond, whatever the session's zone."""
    return F.timestamp_micros(F.lit(pl.Series([at], dtype=INSTANT).to_physical().item()))


def with_united(facts: DataFrame, united: pl.DataFrame, name: str) -> Any:
    """The facts with a column `name`: the id that their lead goes by."""
    if united.is_empty():
        return facts.withColumn(name, F.col("lead_id"))
    arrow = united.rename({"united_id": name}).to_arrow(compat_level=pl.CompatLevel.oldest())
    small = F.broadcast(facts.sparkSession.createDataFrame(arrow))
    return facts.join(small, "lead_id", "left").withColumn(name, F.coalesce(name, "lead_id"))
