"""Leads by what people remember of them: a part of a name, of a mail address or of a company, as the leads' facts tell it.

A fact that says who somebody is (TOLD_BY) tells a word where it stands in the value of an attribute like NAMED, in any case.
What was told once finds a lead also after it was told otherwise. Nothing is decided or kept: a value that was forgotten finds nobody.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from smarketing.reports.following import Following

TOLD_BY = ("profile_changed", "form_submitted")
"""The kinds that say who somebody is."""
NAMED = r'"[^"]*(?:name|mail|account|company|organi[sz]ation)[^"]*":\s*"(?:[^"\\]|\\.)*'
"""An attribute that names somebody, up to a place in its value."""
LONGEST_WORD = 100


def told_of(outcome: Following, word: str) -> pl.Series:
    """The ids of the leads of which a fact tells a name, mail address or company with this word in it; a longer word finds nobody."""
    if len(word) > LONGEST_WORD:
        return pl.Series("lead_id", [], pl.String)
    said, text = re.escape(json.dumps(word, ensure_ascii=False)[1:-1]), pl.col("properties").str
    with_it = _telling(outcome).filter(
        text.contains(f"(?i){said}")
    )  # where it stands at all is seen sooner than in which attribute
    return with_it.filter(text.contains(f"(?i){NAMED}{said}"))["lead_id"].unique()


def _telling(outcome: Following) -> pl.DataFrame:
    """`lead_id`, `properties` of the facts that say who somebody is; once for an outcome."""
    told = pl.col("kind").is_in(TOLD_BY) & pl.col("properties").is_not_null()
    return outcome.once("telling who", lambda: outcome.facts.filter(told).select("lead_id", "properties").collect())
