"""Campaigns: what became of the leads that each of them brought."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.reports.figures import rate
from smarketing.reports.funnel.rows import journeys
from smarketing.reports.groups import group_of, profile_fits
from smarketing.reports.leaderboards.milestones import milestone_notes, milestone_stages
from smarketing.reports.leaderboards.rows import goals_by, leaderboard
from smarketing.reports.leaderboards.text import campaign_grids
from smarketing.reports.report import Note, Question, Report
from smarketing.reports.spend import money_notes
from smarketing.vocabulary.periods import Period, period_asked

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]
UNTOUCHED: Row = {"handoffs": 0, "rejected": 0, "minutes": None}
"""Nobody of the group was handed over."""


def campaigns(outcome: Following, *, period: str | Period | None = None) -> Report:
    """One row for each campaign, best first: of the leads whose first touch lies in the period, by their first touch with a campaign.

    `{"by", "leads", "sql": RATE, "opportunity": RATE, "won": RATE, "won_amount", "expected_won", "verdict", "goals",
    "median_response_minutes", "name", "handoffs", "rejected": RATE}`. A lead reached a stage if it entered it in any cycle, and is won
    as in the funnel. `rejected`: of the hand-offs of these leads, in whichever cycle and by whom they were sourced, those that sales
    rejected; `median_response_minutes`: business minutes from the hand-off to the first attempt, of those with one. `name`: from the
    small table `campaigns`. Without a period every lead of the journal counts. See `compared` for the verdict. Raises UsageError.
    """
    agreement = outcome.agreement
    window = period_asked(period, agreement.timezone)
    everybody, leads = campaign_members(outcome), campaign_members(outcome, window)
    place = {name: number for number, name in enumerate(agreement.stage_names, 1)}
    rows = leaderboard(leads, agreement, by="campaign", reached=lambda stage: pl.col(f"at {place[stage]}").is_not_null())
    names = _names(outcome)
    followed = {row["group"]: row for row in _follow_up(outcome, window).to_dicts()}
    shown = [_shown(row, names, followed.get(row["by"], UNTOUCHED)) for row in rows]
    behind = [_behind(outcome, row, window) for row in shown]
    notes = [*milestone_notes(agreement), *money_notes(outcome), *_notes(leads, everybody, window)]
    grids = campaign_grids(outcome, window, shown)
    return Report("campaigns", window, outcome.as_of, agreement.id, shown, sorted(notes), grids, behind=behind)


def campaign_members(outcome: Following, window: Period | None = None) -> pl.DataFrame:
    """The leads that campaigns are compared by, those first touched in the window: `group`, `grade`, `channel`, `won` and their journeys."""
    return _in_window(outcome.once("campaign leads", lambda: _members(outcome)), window)


def _members(outcome: Following) -> pl.DataFrame:
    """Every lead: `journeys`, its campaign as `group`, its grade and channel, whether it was won."""
    leads = journeys(outcome).with_columns(won=pl.col("won_at").is_not_null())
    for name, renamed in (("campaign", "group"), ("channel", "channel")):
        leads = leads.join(group_of(outcome, name).rename({"value": renamed}), on="lead_id", how="left")
    return leads.join(profile_fits(outcome).select("lead_id", "grade"), on="lead_id", how="left")


def _follow_up(outcome: Following, window: Period | None) -> pl.DataFrame:
    """Of the hand-offs of each group's leads: how many, how many `rejected`, the median `minutes` to the first attempt."""
    handed = _in_window(outcome.once("campaign handoffs", lambda: _handed(outcome)), window)
    minutes = pl.col("business_minutes_to_first_attempt").median()
    return handed.group_by("group").agg(handoffs=pl.len(), rejected=pl.col("rejected_at").count(), minutes=minutes)


def _handed(outcome: Following) -> pl.DataFrame:
    leads = campaign_members(outcome).select("lead_id", "first_touch_at", "group")
    columns = ("lead_id", "rejected_at", "business_minutes_to_first_attempt")
    return outcome.table("handoffs").select(columns).join(leads, on="lead_id")


def _in_window(leads: pl.DataFrame, window: Period | None) -> pl.DataFrame:
    if window is None:
        return leads
    return leads.filter(pl.col("first_touch_at") >= window.start_at, pl.col("first_touch_at") < window.end_at)


def _names(outcome: Following) -> dict[str, str | None]:
    table = outcome.small.get("campaigns")
    return {} if table is None else dict(table.select("campaign", "name").iter_rows())


def _shown(row: Row, names: dict[str, str | None], followed: Row) -> Row:
    figures = {("leads" if name == "n" else name): value for name, value in row.items()}
    return figures | {
        "median_response_minutes": followed["minutes"],
        "name": names.get(row["by"] or ""),
        "handoffs": followed["handoffs"],
        "rejected": rate(followed["rejected"], followed["handoffs"]),
    }


def _behind(outcome: Following, row: Row, window: Period | None) -> dict[str, Question]:
    leads: Question = {"of": "leads", "by": "campaign", "group": row["by"] or ""}
    if window is not None:
        leads |= {"period": window.label, "cohort": "first_touch"}
    handoffs = leads | {"of": "handoffs"}
    asked = {"leads": leads, "won": leads | {"won": "yes"}, "won_amount": leads | {"of": "wins", "sum": "amount"}}
    asked |= {
        name: leads | {"reached": stage} for name, stage in milestone_stages(outcome.agreement).items() if stage is not None
    }
    goals = enumerate(goals_by(outcome.agreement, "campaign"))
    asked |= {f"goals.{place}": leads | {"reached": f"{goal.from_},{goal.to}"} for place, goal in goals}
    asked |= {"handoffs": handoffs, "rejected": handoffs | {"became": "rejected"}}
    if row["expected_won"] is not None:
        asked["expected_won"] = leads | {"of": "steps", "figure": "expected_won"}
    return asked | {"median_response_minutes": handoffs | {"became": "attempted", "median": "business_minutes_to_first_attempt"}}


def _notes(leads: pl.DataFrame, everybody: pl.DataFrame, window: Period | None) -> Iterator[Note]:
    if leads["group"].n_unique() == 1:
        yield Note("SMK-R034", "There is one group only: nothing tells what such leads become elsewhere.")
    never = everybody["first_touch_at"].null_count()
    if window is not None and never:
        text = f"{never:,} lead{'' if never == 1 else 's'} that never did anything themselves belong to no period and are not counted."
        yield Note("SMK-R006", text)
