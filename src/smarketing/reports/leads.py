"""Every lead on one line: what a list of leads shows, sorts and filters by."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.groups import group_of, profile_fits
from smarketing.reports.lives import latest_values, lives
from smarketing.vocabulary.tables import MONEY

if TYPE_CHECKING:
    from smarketing.reports.following import Following

KEPT = "leads"
"""The name under which a workspace may keep this table ready."""
COLUMNS = (
    "lead_id first_at first_touch_at last_at campaign channel persona grade fit engagement total stage cycle rep owner account "
    "handed_at won_at won_amount"
).split()
SEARCHED = ("lead_id", "account", "campaign", "owner")
"""Where `search` looks, beside what the facts tell of a person."""
TOLD_BY = ("profile_changed", "form_submitted")
"""The kinds of fact that say who somebody is."""
WHOSE = "full|first|last|middle|given|family|sur|nick|display|user|contact|person|lead|account|company|organi[sz]ation"
NAMED = rf'"(?:(?:(?:{WHOSE})[\s._-]*)?name|[^"]*(?:mail|account|company|organi[sz]ation)[^"]*)":\s*"(?:[^"\\]|\\.)*'
"""An attribute that names somebody, up to a place in its value; the name of a form or a file is none."""
LONGEST_WORD = 100
MOST_WORDS, WORDS_KEPT = 8, 64
"""So many words of a search count, and of so many it is remembered whom they find: a page asks more than once."""


def leads(outcome: Following) -> pl.DataFrame:
    """One row for each lead, in order of `lead_id`, with exactly COLUMNS. Computed once for an outcome.

    `first_at`, `last_at`: its first and last fact; `first_touch_at`: the first thing it did. `campaign`, `channel`: of its first
    touch with one. `persona`, `fit`, `grade`: of the profile as it is known last; `engagement`: the points left now (null where the
    replay left the receipts out), `total`: both. `stage`: where it is now, in its current `cycle`; null after a disqualification.
    `rep`: who was responsible first in its last hand-off that names somebody, `owner`: who is now. `account`: the attribute of
    that name. `handed_at`: its first hand-off. `won_at`, `won_amount`: as in `lives`.
    """
    return outcome.once(KEPT, lambda: outcome.tables[KEPT] if KEPT in outcome.tables else _leads(outcome))


def select_leads(outcome: Following, filters: Mapping[str, str]) -> pl.DataFrame:
    """The rows of `leads` for which all filters hold; an empty text means "none", like `{"owner": ""}`: those nobody owns.

    A filter names a column of text (stage, owner, rep, grade, campaign, channel, persona, account) or an attribute of the profile,
    and the value it must have; of `search` every word is part of an id, account, campaign or owner, or of a name, mail address or company
    that its facts tell, in any case; `cycle` is a number.
    Raises UsageError for an attribute that nobody has.
    """
    found = leads(outcome)
    if filters.get("search"):
        found = found.filter(*(_with_word(outcome, word) for word in filters["search"].lower().split()[:MOST_WORDS]))
    for name, value in filters.items():
        if name == "search":
            continue
        if name in COLUMNS:
            found = found.filter(_is(pl.col(name).cast(pl.String), value))
        else:
            known = group_of(outcome, name).filter(pl.col("value") == value if value else pl.col("value").is_not_null())
            found = found.join(known, on="lead_id", how="semi" if value else "anti", maintain_order="left")
    return found


def counted(rows: pl.DataFrame, column: str) -> dict[str | None, int]:
    """How many of these leads have each value of a column of text, the most frequent first; under None those without one."""
    return dict(rows[column].value_counts(sort=True).iter_rows())


def _is(column: pl.Expr, value: str) -> pl.Expr:
    return column == value if value else column.is_null()


def _with_word(outcome: Following, word: str) -> pl.Series:
    """Of each lead whether a search for this word finds it."""
    kept: dict[str, pl.Series] = outcome.once("leads by word", dict)
    found = kept.get(word)
    if found is None:
        named = leads(outcome)["lead_id"].is_in(_told_of(outcome, word).implode())
        found = kept[word] = _searched(outcome).str.contains(word, literal=True) | named
        for oldest in list(kept)[: max(len(kept) - WORDS_KEPT, 0)]:
            kept.pop(oldest, None)
    return found


def _searched(outcome: Following) -> pl.Series:
    """Where a search looks, of each lead one text in small letters."""
    texts = pl.concat_str(SEARCHED, separator="\n", ignore_nulls=True).str.to_lowercase()
    return outcome.once("searched", lambda: leads(outcome).select(texts.alias("text")).to_series())


def _told_of(outcome: Following, word: str) -> pl.Series:
    """The ids of the leads of which a fact tells a name, mail address or company with this word in it; a longer word finds nobody.

    What was told once finds a lead also after it was told otherwise.
    """
    if len(word) > LONGEST_WORD:
        return pl.Series("lead_id", [], pl.String)
    said, text = re.escape(json.dumps(word, ensure_ascii=False)[1:-1]), pl.col("properties").str
    with_it = _telling(outcome).filter(text.contains(f"(?i){said}"))  # that is seen sooner than in which attribute
    return with_it.filter(text.contains(f"(?i){NAMED}{said}"))["lead_id"].unique()


def _telling(outcome: Following) -> pl.DataFrame:
    """`lead_id`, `properties` of the facts that say who somebody is; once for an outcome."""
    told = pl.col("kind").is_in(TOLD_BY) & pl.col("properties").is_not_null()
    return outcome.once("telling who", lambda: outcome.facts.filter(told).select("lead_id", "properties").collect())


def _leads(outcome: Following) -> pl.DataFrame:
    found = lives(outcome)
    for name in ("campaign", "channel"):
        found = found.join(group_of(outcome, name).rename({"value": name}), on="lead_id", how="left")
    for table in (profile_fits(outcome), _engagement(outcome), _stages(outcome), _desks(outcome), _accounts(outcome)):
        found = found.join(table, on="lead_id", how="left")
    if "score_changes" in outcome.tables:
        found = found.with_columns(pl.col("engagement").fill_null(0))
    return found.with_columns(total=(pl.col("fit") + pl.col("engagement")).cast(MONEY)).select(COLUMNS).sort("lead_id")


def _engagement(outcome: Following) -> pl.DataFrame:
    """The `engagement` of each lead with a receipt: its sum."""
    if "score_changes" not in outcome.tables:
        return pl.DataFrame(schema={"lead_id": pl.String, "engagement": MONEY})
    lines = outcome.table("score_changes").lazy()
    points = pl.col("points").filter(pl.col("axis") == "engagement").sum()
    return lines.group_by("lead_id").agg(engagement=points.cast(MONEY)).collect()


def _stages(outcome: Following) -> pl.DataFrame:
    """Each lead's current `cycle`, and the `stage` in it that it has not left."""
    still_there = pl.col("stage").filter(pl.col("left_at").is_null()).last()
    entries = outcome.table("stage_entries").lazy()
    current = entries.filter(pl.col("cycle") == pl.col("cycle").max().over("lead_id"))
    return current.group_by("lead_id").agg(pl.col("cycle").first(), stage=still_there).collect()


def _desks(outcome: Following) -> pl.DataFrame:
    """Each lead's `rep` and `owner`."""
    last = [pl.col(name).sort_by("cycle").drop_nulls().last() for name in ("rep", "owner")]
    return outcome.table("handoffs").group_by("lead_id").agg(last)


def _accounts(outcome: Following) -> pl.DataFrame:
    return latest_values(outcome, "account").rename({"value": "account"})
