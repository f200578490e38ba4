"""The leads behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.behind.words import LEAD_KEYS
from smarketing.reports.funnel.rows import COHORTS, cohort_of, journeys
from smarketing.reports.groups import group_of
from smarketing.reports.leads import select_leads
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import period_asked
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.reports.following import Following


def leads(outcome: Following, question: Mapping[str, str]) -> pl.DataFrame:
    """Rows of `leads.leads`; further keys of the question are filters of `select_leads`. With `share` of won also `won`."""
    filters = {name: value for name, value in question.items() if name not in LEAD_KEYS}
    wanted = chosen(outcome, question)
    found = select_leads(outcome, filters).join(wanted.select("lead_id"), on="lead_id", how="semi", maintain_order="left")
    return found.with_columns(won=pl.col("won_at").is_not_null()) if question.get("share") == "won" else found


def chosen(outcome: Following, question: Mapping[str, str]) -> pl.DataFrame:
    """The rows of `journeys` of a cohort, a group, stages and wins."""
    window = period_asked(question.get("period"), outcome.agreement.timezone)
    found = cohort_of(journeys(outcome), window, question.get("cohort", next(iter(COHORTS))))
    if "by" in question:
        found = of_group(outcome, found, question["by"], question.get("group", ""), elsewhere="elsewhere" in question)
    places = {name: number for number, name in enumerate(outcome.agreement.stage_names, 1)}
    for stage in stages_asked(question, places):
        found = found.filter(pl.col(f"at {places[stage]}").is_not_null())
    return found.filter(pl.col("won_at").is_not_null()) if question.get("won") == "yes" else found


def of_group(outcome: Following, rows: pl.DataFrame, by: str, group: str, *, elsewhere: bool = False) -> pl.DataFrame:
    """The rows whose lead is of the group, or with `elsewhere` the other rows; "" for the leads without a group."""
    groups = group_of(outcome, by)
    named = groups.filter(pl.col("value") == group if group else pl.col("value").is_not_null())
    return rows.join(named, on="lead_id", how="semi" if bool(group) != elsewhere else "anti", maintain_order="left")


def stages_asked(question: Mapping[str, str], known: Mapping[str, object]) -> list[str]:
    """The stages that must have been reached. Raises UsageError for one that the agreement does not have."""
    stages = [stage for stage in question.get("reached", "").split(",") if stage]
    for stage in stages:
        if stage not in known:
            raise UsageError(f'the agreement has no stage "{stage}"; it has {", ".join(known)}.{did_you_mean(stage, known)}')
    return stages
