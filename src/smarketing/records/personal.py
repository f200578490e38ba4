"""Personal values: what a fact says about a person lies apart from the fact, in the one table whose rows may be changed.

The row of the fact keeps a digest of them, made with a salt that is the person's own: two tellings that differ in a mail address
still differ, totals stay provable when the values are gone, and when the salt is forgotten nobody can try out what they were.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl

from smarketing.journal.fact import EMPTY_PROPERTIES
from smarketing.journal.properties import ENCODE, canonical, canonical_properties, decoded, each_text, encoded
from smarketing.vocabulary.personal import is_personal

ID_KEY = ["fact_id", "personal"]


class Parted(NamedTuple):
    """One text of properties, parted: what stays with the fact, and the personal values ("" where there are none)."""

    stays: str
    personal: str


def parted(text: str | None) -> Parted:
    """The properties that stay and the personal ones, each as the canonical text of an object."""
    values = decoded(text)
    return parted_values(values) if values else Parted(canonical(text), "")


def parted_values(values: dict[str, Any]) -> Parted:
    """The same of properties that were read already."""
    named = [name for name in values if is_personal(name)]
    if not named:
        return Parted(encoded(values), "")
    personal = {name: values[name] for name in named}
    return Parted(encoded({name: value for name, value in values.items() if name not in personal}), encoded(personal))


def part_properties(facts: pl.DataFrame) -> pl.DataFrame:
    """The facts, `properties` without the personal ones, and those as canonical text in the column `told` (null: none)."""
    texts = facts["properties"].fill_null(EMPTY_PROPERTIES)
    different = texts.unique()
    parts = [parted(text) for text in different]
    stays = texts.replace_strict(different, pl.Series([one.stays for one in parts], dtype=pl.String), return_dtype=pl.String)
    told = texts.replace_strict(different, pl.Series([one.personal for one in parts], dtype=pl.String), return_dtype=pl.String)
    told = told.set(told == "", None)
    return facts.with_columns(stays.alias("properties"), told.alias("told"))


def rejoined(facts: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """The facts with their personal values back among the properties.

    `facts` have a column `personal`, the digest of what was parted from them; `values`: `fact_id`, `personal`, `name`, `value`.
    Values that are gone stay away.
    """
    if values.is_empty():
        return facts.drop("personal")
    names = each_text(values["name"], ENCODE, pl.String())
    members = values.select(*ID_KEY, member=names + ":" + values["value"]).group_by(ID_KEY).agg(pl.col("member").str.join(","))
    joined = facts.join(members, on=ID_KEY, how="left", maintain_order="left")
    inside = pl.col("properties").str.slice(1, pl.col("properties").str.len_chars() - 2)
    comma = pl.when(inside == "").then(pl.lit("")).otherwise(pl.lit(","))
    whole = pl.concat_str(pl.lit("{"), inside, comma, "member", pl.lit("}"))
    touched = joined.with_columns(properties=pl.when(pl.col("member").is_not_null()).then(whole).otherwise("properties"))
    texts = canonical_properties(touched["properties"].set(touched["member"].is_null(), None))
    kept = pl.when(pl.col("member").is_not_null()).then(texts).otherwise("properties")
    return touched.with_columns(properties=kept).drop("personal", "member")
