"""The hand-offs and the clocks behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from smarketing.derivations.tables.tallies import DECISIONS
from smarketing.reports.behind.leads import chosen, of_group, stages_asked
from smarketing.reports.handed.doubts import doubts
from smarketing.reports.leaderboards.reps import with_won
from smarketing.reports.leads import leads as every_lead
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import period_asked
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.reports.following import Following

OWN_GROUPS = ("rep", "owner", "closer", "grade", "persona")
"""What a hand-off has itself; other groups are those of its lead."""
WAITING = "waiting"
BECAME = {
    "accepted": pl.col("accepted_at").is_not_null(),
    "rejected": pl.col("rejected_at").is_not_null(),
    "recycled": pl.col("recycled_at").is_not_null(),
    "disqualified": pl.col("disqualified_at").is_not_null(),
    "decided": pl.any_horizontal(pl.col(DECISIONS).is_not_null()),
    "attempted": pl.col("first_attempt_at").is_not_null(),
    "connected": pl.col("connected_at").is_not_null(),
    "won": pl.col("won"),
    "sent_back": pl.any_horizontal(pl.col(DECISIONS[1:]).is_not_null()),
    WAITING: pl.all_horizontal(pl.col(DECISIONS).is_null()) & pl.col("goes_on"),
    "unattempted": pl.col("first_attempt_at").is_null(),
}
JUDGED = "due"


def handoffs(outcome: Following, question: Mapping[str, str]) -> pl.DataFrame:
    """Rows of the table `handoffs`, with `channel`, `won`, `closer` (as in `leaderboards.reps`) and `accepted`, in order of time."""
    found = _when(outcome, with_won(outcome), question)
    by, group, elsewhere = question.get("by"), question.get("group", ""), "elsewhere" in question
    if by in OWN_GROUPS:
        found = found.filter(pl.col(by).ne_missing(group or None) if elsewhere else pl.col(by).eq_missing(group or None))
    elif by is not None:
        found = of_group(outcome, found, by, group, elsewhere=elsewhere)
    if WAITING in question.get("became", "").split(","):
        found = going_on(outcome, found)
    if question.get("doubted") == "yes":
        found = found.join(doubted_handoffs(outcome), on=["lead_id", "cycle"], how="semi")
    found = found.filter(*_conditions(question)).drop("goes_on", strict=False)
    after = outcome.agreement.stages_after_handoff
    for stage in stages_asked(question, dict.fromkeys(outcome.agreement.stage_names)):
        found = found.filter(pl.col(f"{stage}_at").is_not_null()) if stage in after else found
    return found.with_columns(accepted=BECAME["accepted"]).drop("minutes").sort("handed_at", "lead_id")


def going_on(outcome: Following, handed: pl.DataFrame) -> pl.DataFrame:
    """The hand-offs with `goes_on`: whether the lead is still in that cycle."""
    now = every_lead(outcome).select("lead_id", now="cycle", at_stage=pl.col("stage").is_not_null())
    placed = handed.join(now, on="lead_id", how="left", maintain_order="left")
    return placed.with_columns(goes_on=(pl.col("now") == pl.col("cycle")) & pl.col("at_stage")).drop("now", "at_stage")


def doubted_handoffs(outcome: Following) -> pl.DataFrame:
    """`lead_id, cycle` of those that sales gave back for a reason that something speaks against."""
    found = [(each["lead_id"], each["cycle"]) for each in doubts(outcome) if each["doubt"]]
    return pl.DataFrame(found, schema={"lead_id": pl.String, "cycle": pl.Int64}, orient="row")


def clocks(outcome: Following, question: Mapping[str, str]) -> pl.DataFrame:
    """Rows of the table `clocks`, with `kept` (in time), and `rep` and `handed_at` of the hand-off, in order of their due time."""
    found = outcome.table("clocks")
    window = period_asked(question.get("period"), outcome.agreement.timezone)
    if window is not None:
        found = found.filter(pl.col("due_at") >= window.start_at, pl.col("due_at") < window.end_at)
    if "commitment" in question:
        found = found.filter(pl.col("commitment") == question["commitment"])
    state = question.get("state")
    if state == JUDGED:
        found = found.filter(pl.col("due_at") < outcome.as_of, pl.col("state") != "void")
    elif state:
        found = found.filter(pl.col("state") == state)
    handed = outcome.table("handoffs").select("lead_id", "cycle", "handed_at", "rep", "first_attempt_at")
    kept = pl.col("state") == "kept"
    return found.with_columns(kept=kept).join(handed, on=["lead_id", "cycle"], how="left").sort("due_at", "lead_id")


def _when(outcome: Following, handed: pl.DataFrame, question: Mapping[str, str]) -> pl.DataFrame:
    """The hand-offs of the period or, with a `cohort`, those of the leads whose first touch or hand-off lies in it."""
    if "cohort" in question:
        cohort = {name: question[name] for name in ("period", "cohort") if name in question}
        return handed.join(chosen(outcome, cohort).select("lead_id"), on="lead_id", how="semi")
    window = period_asked(question.get("period"), outcome.agreement.timezone)
    if window is None:
        return handed
    return handed.filter(pl.col("handed_at") >= window.start_at, pl.col("handed_at") < window.end_at)


def _conditions(question: Mapping[str, str]) -> list[pl.Expr]:
    asked = [pl.lit(True)]
    asked += [pl.col("lead_id") == question["lead"]] if "lead" in question else []
    asked += [pl.col("cycle").cast(pl.String) == question["cycle"]] if "cycle" in question else []
    if "sourced" in question:
        asked.append(pl.col("sourced") == question["sourced"])
    if "grade" in question:
        asked.append(pl.col("grade").is_in(question["grade"].split(",")) if question["grade"] else pl.col("grade").is_null())
    if "channel" in question:
        asked.append(pl.col("channel").eq_missing(question["channel"] or None))
    if "reason" in question:
        asked.append(pl.col("reason").eq_missing(question["reason"] or None))
    if question.get("passed_on") == "yes":
        asked.append((pl.col("owner") != pl.col("rep")).fill_null(False))
    for became in filter(None, question.get("became", "").split(",")):
        if became not in BECAME:
            raise UsageError(f'no hand-off became "{became}"; choose {", ".join(BECAME)}.{did_you_mean(became, BECAME)}')
        asked.append(BECAME[became])
    return asked
