"""Checks: which rows can be facts, the same for files, imports and the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

import polars as pl

from smarketing.journal.fact import FACT_SCHEMA, INSTANT
from smarketing.journal.properties import as_text, decoded, each_text
from smarketing.vocabulary.kinds import CORRECTION, IDENTITY
from smarketing.vocabulary.problems import Problem, Severity

SNAKE_CASE = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
CURRENCY = r"^[A-Z]{3}$"
TEXTS = [name for name, dtype in FACT_SCHEMA.items() if dtype == pl.String]
PLAIN = r'"[^"\\\x00-\x1f]*"'
PLAIN_VALUE = rf"(?:{PLAIN}|-?(?:0|[1-9][0-9]{{0,15}})(?:\.[0-9]{{1,15}})?|true|false|null)"
PLAIN_OBJECT = rf"^\{{(?: ?{PLAIN}: ?{PLAIN_VALUE}(?:, ?{PLAIN}: ?{PLAIN_VALUE})*)?\}}$"
"""Most properties are plain, so that a glance suffices; all others are read as JSON."""
LONGEST_ID = 1000
FIRST_YEAR, LAST_YEAR = 1, 9999


class Check(NamedTuple):
    """One rule for a row: `fails` is true for rows that break it, `reason` (text per row) says what is wrong and what would be right."""

    code: str
    fails: pl.Expr
    reason: pl.Expr
    severity: Severity = "error"


def check_facts(facts: pl.DataFrame, *, source: str, now: datetime | None = None) -> list[Problem]:
    """Every problem of every row (FACT_SCHEMA), sorted by row; its source is `source:row`, the first row being 1.

    An error means that the row is no fact; a warning, that it is one from which hardly follows what was meant. With `now`
    a fact may not happen after it.
    """
    found = failures(facts, now=now)
    rows = found.sort("row", "code").select("row", "code", "reason", "severity").iter_rows()
    return [Problem(code, f"{source}:{row + 1}", reason, severity) for row, code, reason, severity in rows]


def sort_out(facts: pl.DataFrame, *, now: datetime | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that are facts, and the rejected ones with a column `reason` (every error, "; " between), both in their order."""
    wrong = failures(facts, now=now).filter(pl.col("severity") == "error").sort("row", "code")
    reasons = wrong.group_by("row", maintain_order=True).agg(pl.col("reason").str.join("; "))
    rows = facts.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    rejected = rows.join(reasons, on="row", how="inner", maintain_order="left").drop("row")
    return rows.join(reasons, on="row", how="anti", maintain_order="left").drop("row"), rejected


def failures(facts: pl.DataFrame, *, now: datetime | None) -> pl.DataFrame:
    """One line for each broken rule of each row: `row` (from 0), `code`, `severity`, `reason`."""
    rows = facts.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64), *read_properties(facts))
    found = [
        rows.lazy()
        .filter(check.fails)
        .select("row", code=pl.lit(check.code), severity=pl.lit(check.severity), reason=check.reason)
        for check in checks(now)
    ]
    return pl.concat(pl.collect_all(found))


def checks(now: datetime | None) -> Iterator[Check]:
    """The rules for a fact."""
    for name in ("fact_id", "lead_id", "kind"):
        yield Check("SMK-J101", blank(name), pl.lit(f"{name} is empty; every fact needs one"))
    yield Check("SMK-J102", pl.col("at").is_null(), pl.lit("at is empty; a fact happened at some time"))
    years = pl.col("at").dt.year()
    yield Check("SMK-J102", ~years.is_between(FIRST_YEAR, LAST_YEAR), pl.lit("at lies outside the years 1 to 9999"))
    if now is not None:
        future = pl.col("at") > pl.lit(now).cast(INSTANT)
        yield Check(
            "SMK-J103",
            future,
            pl.format("at {} lies in the future; nothing starts there", pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")),
        )
    not_snake = ~blank("kind") & ~pl.col("kind").str.contains(SNAKE_CASE)
    yield Check("SMK-J104", not_snake, pl.format('kind "{}" is not snake_case, such as page_viewed', "kind"))
    yield Check(
        "SMK-J105",
        pl.col("properties_are") == "no object",
        pl.lit('properties are not a JSON object such as {"url": "/pricing"}'),
    )
    nested = pl.lit("properties hold a list or an object; only strings, numbers, true, false and null can be judged")
    yield Check("SMK-J106", pl.col("properties_are") == "nested", nested)
    no_currency = ~pl.col("currency").str.contains(CURRENCY) & (pl.col("currency") != "")
    yield Check("SMK-J107", no_currency, pl.format('currency "{}" is not three capital letters such as EUR', "currency"))
    zero_byte = pl.any_horizontal(pl.col(TEXTS).str.contains("\0", literal=True)) | (pl.col("properties_are") == "zero byte")
    yield Check("SMK-J108", zero_byte, pl.lit("a text holds a zero byte, which no database keeps"))
    too_long = pl.max_horizontal(pl.col("fact_id", "lead_id").str.len_bytes()) > LONGEST_ID
    yield Check("SMK-J109", too_long, pl.lit(f"an id is longer than {LONGEST_ID} bytes; no index holds it"))
    yield from doubts()


def doubts() -> Iterator[Check]:
    """What a fact may say but hardly means."""
    negative = pl.col("amount") < 0
    yield Check("SMK-J201", negative, pl.format("amount {} is below 0; it counts as it is", "amount"), "warning")
    nothing = (pl.col("kind") == "retracted") & (pl.col("names") == "")
    yield Check("SMK-J202", nothing, pl.lit("retracted without the property fact_id takes nothing back"), "warning")
    nobody = pl.col("kind").is_in(IDENTITY) & (pl.col("names") == "")
    yield Check("SMK-J203", nobody, pl.format("{} without the property with is about nobody", "kind"), "warning")


def read_properties(facts: pl.DataFrame) -> pl.DataFrame:
    """What the checks ask of the properties of each row: `properties_are`, and `names`: the fact or lead that a correction names."""
    corrections = pl.col("kind").is_in(CORRECTION | IDENTITY)
    unusual = pl.col("properties").str.contains(PLAIN_OBJECT).not_()
    texts = facts.select(pl.when(unusual).then("properties"), of_corrections=pl.when(corrections).then("properties"))
    return pl.DataFrame(
        {
            "properties_are": each_text(texts["properties"], state, pl.String()),
            "names": each_text(texts["of_corrections"], named, pl.String()),
        }
    )


def state(text: str) -> Literal["fine", "no object", "nested", "zero byte"]:
    """Whether these properties can be judged and kept."""
    said = decoded(text)
    if said is None:
        return "no object"
    if any(isinstance(value, (dict, list)) for value in said.values()):
        return "nested"
    return "zero byte" if any("\0" in str(part) for item in said.items() for part in item) else "fine"


def named(text: str) -> str:
    """The fact that a retraction names, or the other lead of a link; "" for none."""
    said = decoded(text) or {}
    return as_text(said.get("fact_id")) or as_text(said.get("with")) or ""


def blank(name: str) -> pl.Expr:
    """True where there is no text, or only white space."""
    return pl.col(name).fill_null("").str.strip_chars() == ""
