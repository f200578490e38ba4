"""Corrections: the same fact told twice, facts in conflict, facts taken back."""

from __future__ import annotations

from collections import Counter

import polars as pl

from smarketing.journal.fact import COLUMNS, OPTIONAL_TEXTS, ORDER
from smarketing.journal.properties import as_text, canonical_properties, decoded

AS_TEXT = "%Y-%m-%dT%H:%M:%S%.6fZ"


def contents(facts: pl.DataFrame) -> pl.Series:
    """What each row says, as one text: the canonical JSON of all its columns but `recorded_at`.

    Keys sorted, no spaces, UTF-8 unescaped; the time as ISO 8601 text with microseconds, the amount as text with two
    decimals, `properties` as an object with sorted keys; a column without a value (null or "") is null.
    """
    said = facts.select(
        pl.col(
            "actor", "amount", "at", "campaign", "channel", "currency", "fact_id", "kind", "lead_id", "opportunity_id", "source"
        )
    ).with_columns(
        pl.col(OPTIONAL_TEXTS).replace("", None),
        pl.col("amount").cast(pl.String),
        pl.col("at").dt.strftime(AS_TEXT),
    )
    before = pl.struct(pl.exclude("source")).struct.json_encode().str.strip_suffix("}")
    source = pl.struct("source").struct.json_encode().str.strip_prefix("{")
    properties = canonical_properties(facts["properties"])
    return said.select(
        pl.concat_str(before, pl.lit(',"properties":'), properties, pl.lit(","), source).alias("content")
    ).to_series()


def told_again(facts: pl.DataFrame) -> pl.DataFrame:
    """The rows whose `fact_id` occurs more than once, with their `content`, the one that stays first among its like."""
    again = facts.filter(pl.col("fact_id").is_duplicated())
    by_precedence = again.with_columns(contents(again)).sort("fact_id", "recorded_at", "content", "properties")
    return by_precedence.with_columns(stays=pl.col("fact_id").is_first_distinct())


def first_told(facts: pl.DataFrame) -> pl.DataFrame:
    """One row for each `fact_id`: that with the smallest `recorded_at`, then the smallest content. In no order."""
    once = facts.filter(~pl.col("fact_id").is_duplicated())
    return pl.concat([once, told_again(facts).filter("stays").select(facts.columns)])


def conflicts(facts: pl.DataFrame) -> pl.DataFrame:
    """The other tellings: one row (FACT_SCHEMA) for each content that a `fact_id` has beside that of the row that stays.

    Sorted by `fact_id`, then precedence; each content as it was first recorded.
    """
    again = told_again(facts)
    other = again.filter(pl.col("content") != pl.col("content").first().over("fact_id"))
    return other.unique(["fact_id", "content"], keep="first", maintain_order=True).select(COLUMNS)


def retracted_facts(retractions: pl.DataFrame) -> list[str]:
    """The ids of the facts from which nothing follows; `retractions` are the facts of the kind `retracted` (not by machines).

    A retraction counts unless a counting retraction names it. Where retractions name each other in a ring and none from
    outside decides, the last of them in order counts. A retraction that names no fact does nothing.
    """
    rows = retractions.sort(ORDER).select("fact_id", "properties").rows()
    names = {fact_id: as_text((decoded(properties) or {}).get("fact_id")) for fact_id, properties in rows}
    return sorted({name for retraction in counting(names) if (name := names[retraction]) is not None})


def counting(names: dict[str, str | None]) -> set[str]:
    """The retractions that count; `names` leads from each retraction, in order, to the fact it names."""
    undecided_namers = Counter(name for name in names.values() if name in names)
    counts: dict[str, bool] = {}

    def decide(retraction: str, verdict: bool) -> None:
        # a verdict decides the retraction that this one names, and so on along the chain: a loop, chains can be long
        chain: list[tuple[str, bool]] = [(retraction, verdict)]
        while chain:
            one, verdict = chain.pop()
            if one in counts:
                continue
            counts[one] = verdict
            name = names[one]
            if name not in names or name is None:
                continue
            undecided_namers[name] -= 1
            if verdict or undecided_namers[name] == 0:
                chain.append((name, not verdict))

    for retraction in names:
        if undecided_namers[retraction] == 0:
            decide(retraction, verdict=True)
    for retraction in reversed(names):  # what is left are rings
        decide(retraction, verdict=True)
    return {retraction for retraction, verdict in counts.items() if verdict}
