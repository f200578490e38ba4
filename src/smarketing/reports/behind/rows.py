"""The wins, the spend and the facts behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.attribution.rows import credited, within
from smarketing.reports.behind.leads import chosen
from smarketing.reports.behind.one_handoff import between, cycle_bounds, handoff_of
from smarketing.reports.lives import ends
from smarketing.reports.scoreboard.wins import wins_with_reps
from smarketing.reports.spend import campaign_channels, spend_of
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import period_asked

if TYPE_CHECKING:
    from smarketing.reports.following import Following


def wins(outcome: Following, question: Mapping[str, str]) -> pl.DataFrame:
    """The wins that stand, one row for each opportunity, latest first (see `scoreboard.wins`).

    Without a `cohort` those that were won in the period; with one, whenever they were won, those of the leads of that cohort; with a
    `lead` and a `cycle` those that are the hand-off's `won_amount`: of each opportunity the lead's last win in that cycle, unless it
    lost that opportunity after it.
    """
    won = wins_with_reps(outcome)
    if "lead" in question and "cycle" in question:
        return _of_handoff(outcome, won, question)
    if "cohort" in question or "by" in question or "period" not in question:
        return won.join(chosen(outcome, question).select("lead_id"), on="lead_id", how="semi", maintain_order="left")
    window = period_asked(question["period"], outcome.agreement.timezone)
    assert window is not None
    return won.filter(pl.col("won_at") >= window.start_at, pl.col("won_at") < window.end_at)


def _of_handoff(outcome: Following, won: pl.DataFrame, question: Mapping[str, str]) -> pl.DataFrame:
    row = handoff_of(outcome, question)
    own = ends(outcome, outcome.facts.filter(pl.col("lead_id") == row["lead_id"]))
    begin, whole, end = cycle_bounds(outcome, row["lead_id"], row["cycle"])
    at, is_win = pl.col("at"), pl.col("kind") == "opportunity_won"
    within = pl.lit(True) if begin is None else at >= begin if whole else at > begin
    within = within if end is None else within & (at <= end)
    lost = own.with_row_index("place").filter(~is_win).group_by("deal").agg(lost=pl.col("place").max())
    last = own.with_row_index("place").filter(is_win & within).unique("deal", keep="last", maintain_order=True)
    kept = last.join(lost, on="deal", how="left").filter(pl.col("lost").is_null() | (pl.col("lost") < pl.col("place")))
    own_rows = kept.select(
        "lead_id", won_at="at", amount=pl.col("amount").fill_null(0), foreign="foreign", opportunity_id="opportunity_id",
        fact_id="fact_id", actor="actor",
    )  # fmt: skip
    return own_rows.join(won.select("fact_id", "campaign", "rep"), on="fact_id", how="left").sort("won_at", descending=True)


def spend(outcome: Following, question: Mapping[str, str]) -> pl.DataFrame:
    """The lines of the small table `spend` that count: the days of the period, in the agreement's currency (what was
    paid in another one is converted, `currency` says from which), of the group's campaign."""
    found = spend_of(outcome, period_asked(question.get("period"), outcome.agreement.timezone))
    if found is None:
        raise UsageError('there is no table of "spend"; give the folder with spend.csv (--tables-in).')
    own = found.filter(pl.col("counts")).drop("counts", "converted")
    if question.get("by") not in ("campaign", "channel"):
        return own
    group, named = question.get("group", ""), pl.col("campaign")
    if question["by"] == "channel":
        channels = campaign_channels(outcome)
        named = named.replace_strict(list(channels), list(channels.values()), default=None, return_dtype=pl.String)
    return own.filter(named == group if group else named.is_null())


def credits(outcome: Following, question: Mapping[str, str]) -> pl.DataFrame:
    """The rows of `credits` of a `model` and a group by campaign or channel, of the wins of the period; `once`: one for each win."""
    found = within(credited(outcome), period_asked(question.get("period"), outcome.agreement.timezone))
    for column, asked in (("model", question.get("model")), (question.get("by", ""), question.get("group", ""))):
        if column in ("model", "campaign", "channel") and asked is not None:
            found = found.filter(pl.col(column) == asked if asked else pl.col(column).is_null())
    if question.get("once") == "win":
        found = found.unique("deal", keep="first", maintain_order=True)
    columns = ("lead_id", "won_at", "opportunity_id", "model", "campaign", "channel", "touches", "share", "amount")
    return found.select(columns).sort("won_at", descending=True, maintain_order=True)


def facts(outcome: Following, question: Mapping[str, str]) -> pl.DataFrame:
    """The facts of the lives, in order: of a `lead`, of `kind`s, of a period, one `fact`, or those at both ends of a `wait`."""
    found = outcome.facts
    if "wait" in question:
        found = found.filter(between(outcome, question))
    for key, column in (("lead", "lead_id"), ("fact", "fact_id"), ("kind", "kind")):
        if key in question:
            found = found.filter(pl.col(column).is_in(question[key].split(",") if key == "kind" else [question[key]]))
    window = period_asked(question.get("period"), outcome.agreement.timezone)
    if window is not None:
        found = found.filter(pl.col("at") >= window.start_at, pl.col("at") < window.end_at)
    return found.sort("at", "fact_id").collect()
