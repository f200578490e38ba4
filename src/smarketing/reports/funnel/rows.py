"""The funnel: how many leads reached each stage, how fast, what was won and what it cost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.reports.figures import days, money, rate
from smarketing.reports.funnel.text import grids
from smarketing.reports.funnel.trend import trend_notes
from smarketing.reports.groups import group_of, told_group
from smarketing.reports.lives import lives, told_lives
from smarketing.reports.report import Note, Question, Report
from smarketing.reports.spend import Spend, converted_notes, spend_by_campaign, spend_notes, without_rate
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import Period, period_asked
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.reports.following import Following

COHORTS = {"first_touch": "first_touch_at", "handoff": "handed_at"}
COSTED = (None, "campaign")
"""By what spend is known."""
TREND = ("began_at", "first_touch_at", "won_at")
"""What the notes on a trend read; filtering whole rows would cost more than all the rest."""
STEP_FIGURES = ("reached", "from_previous", "from_lead", "time_from_previous")
Row = dict[str, Any]


def funnel(
    outcome: Following, *, by: str | None = None, period: str | Period | None = None, cohort: str = "first_touch"
) -> Report:
    """One row for each group of `by` (see `groups.group_of`; None: one row for everybody), largest first, then by name.

    Every lead with a fact is counted; with `period` those whose first touch, or with `cohort="handoff"` whose first hand-off,
    lies in it, and everything they did until `as_of`. A lead reached a stage if it entered it in any cycle. `time_from_previous`
    runs from its first entry of the stage before (of the first stage: from its first fact) to its first entry of the stage, in
    whichever cycles; of the leads that reached it. A lead is won if it has an opportunity that was not lost after its last win.
    `spend` is null without a table of it, and where `by` is neither campaign nor None. Raises UsageError.
    """
    window = period_asked(period, outcome.agreement.timezone)
    leads = _leads(outcome, by)
    shown = cohort_of(leads, window, cohort)
    spend, foreign = spend_by_campaign(outcome, window) or (None, set())
    rows = _rows(outcome, shown, by, spend)
    notes = [*trend_notes(leads.select(TREND), shown.select(TREND), as_of=outcome.as_of, zone=outcome.agreement.timezone)]
    notes += [
        *converted_notes(outcome),
        *_notes(outcome, shown, leads, window, cohort),
        *spend_notes(foreign if by in COSTED else set(), outcome.agreement.currency),
    ]
    drawn = grids(rows, by=by, period=window, cohort=cohort, as_of=outcome.as_of, zone=outcome.agreement.timezone)
    behind = [_behind(row, by, window, cohort) for row in rows]
    amounts = ("spend", "cost_per_won")
    return Report("funnel", window, outcome.as_of, outcome.agreement.id, rows, sorted(notes), drawn, amounts, behind=behind)


def _leads(outcome: Following, by: str | None) -> pl.DataFrame:
    """Everybody in the journal: `lives`, the first entry of each stage (`at 1`, `at 2`, …; `at 0`: the first fact), the `group`."""
    return outcome.once(("funnel", by), lambda: _grouped(outcome, by))


def _grouped(outcome: Following, by: str | None) -> pl.DataFrame:
    leads = journeys(outcome)
    if by is None:
        return leads.with_columns(group=pl.lit(None, pl.String))
    told = told_group(outcome, by)
    if told is not None:
        return leads.with_columns(told.cast(pl.Categorical).alias("group"))
    groups = group_of(outcome, by).select(
        "lead_id", group=pl.col("value").cast(pl.Categorical)
    )  # grouped by codes, twice as fast
    return leads.join(groups, on="lead_id", how="left", maintain_order="left")


def journeys(outcome: Following) -> pl.DataFrame:
    """One row for each lead: `lives`, and its first entry of each stage (`at 1`, `at 2`, …; `at 0`: its first fact)."""
    return outcome.once("journeys", lambda: _journeys(outcome))


def _journeys(outcome: Following) -> pl.DataFrame:
    told = told_lives(outcome)
    if told is not None:
        return lives(outcome).with_columns(
            told["first_at"].alias("at 0"), *told.select(f"at {i}" for i, _ in enumerate(outcome.agreement.stages, 1))
        )
    stages = [stage.name for stage in outcome.agreement.stages]
    first = [pl.col("entered_at").filter(pl.col("stage") == name).min().alias(f"at {i}") for i, name in enumerate(stages, 1)]
    entries = outcome.table("stage_entries").group_by("lead_id").agg(first)
    return lives(outcome).with_columns(pl.col("first_at").alias("at 0")).join(entries, on="lead_id", how="left")


def cohort_of(leads: pl.DataFrame, window: Period | None, cohort: str) -> pl.DataFrame:
    """The leads whose first touch or first hand-off lies in the window. Raises UsageError for another cohort."""
    if cohort not in COHORTS:
        raise UsageError(f'"{cohort}" is no cohort; choose first_touch or handoff.{did_you_mean(cohort, COHORTS)}')
    if window is None:
        return leads
    at = pl.col(COHORTS[cohort])
    return leads.filter((at >= window.start_at) & (at < window.end_at))


def _rows(outcome: Following, shown: pl.DataFrame, by: str | None, spend: Spend | None) -> list[Row]:
    if by is None:
        total = None if spend is None else sum(spend.values(), Decimal(0))
        return [_row(outcome, figures, total) for figures in _figures(outcome, shown).to_dicts()]
    costs = spend if spend is not None and by == "campaign" else {}
    found = {figures["group"]: figures for figures in _figures(outcome, shown, "group").to_dicts()}
    unseen = {name: {"group": name} for name, cost in costs.items() if cost and name not in found}
    rows = [_row(outcome, figures, costs.get(name)) for name, figures in (found | unseen).items()]
    return sorted(rows, key=lambda row: (-row["leads"], row["by"] is None, row["by"]))


def _figures(outcome: Following, shown: pl.DataFrame, *group: str) -> pl.DataFrame:
    """Counts and times, one row for each group: `leads`, `won`, `won_amount`, of each stage `reached`, `median` and `p90` (µs)."""
    wanted = [pl.len().alias("leads"), pl.col("won_at").count().alias("won"), pl.col("won_amount").sum()]
    for i in range(1, len(outcome.agreement.stages) + 1):
        took = (pl.col(f"at {i}") - pl.col(f"at {i - 1}")).dt.total_microseconds().drop_nulls()
        wanted.append(pl.col(f"at {i}").count().alias(f"reached {i}"))
        wanted += [took.quantile(share, "linear").alias(f"{name} {i}") for name, share in (("median", 0.5), ("p90", 0.9))]
    return shown.group_by(*group).agg(wanted) if group else shown.select(wanted)


def _row(outcome: Following, figures: Row, cost: Decimal | None) -> Row:
    """One row of the report; `figures` that are missing are those of no lead."""
    leads, won, currency = figures.get("leads", 0), figures.get("won", 0), outcome.agreement.currency
    return {
        "by": figures.get("group"),
        "leads": leads,
        "stages": list(_steps([stage.name for stage in outcome.agreement.stages], figures)),
        "won": won,
        "won_rate": rate(won, leads),
        "won_amount": money(figures.get("won_amount") or Decimal(0), currency),
        "spend": None if cost is None else money(cost, currency),
        "cost_per_won": None if cost is None or not won else money(cost / won, currency),
    }


def _steps(stages: list[str], figures: Row) -> Iterator[Row]:
    leads = previous = figures.get("leads", 0)
    for i, stage in enumerate(stages, 1):
        reached = figures.get(f"reached {i}", 0)
        yield {
            "stage": stage,
            "reached": reached,
            "from_previous": rate(reached, previous),
            "from_lead": rate(reached, leads),
            "time_from_previous": days(reached, figures.get(f"median {i}"), figures.get(f"p90 {i}")),
        }
        previous = reached


def _behind(row: Row, by: str | None, window: Period | None, cohort: str) -> dict[str, Question]:
    """The question behind each figure of a row; a rate opens to those counted in it, its times to the same leads."""
    leads: Question = {"of": "leads"}
    leads |= {} if by is None else {"by": by, "group": row["by"] or ""}
    in_period = {} if window is None else {"period": window.label}
    leads |= in_period | {"cohort": cohort}
    won = leads | {"won": "yes"}
    asked = {"leads": leads, "won": won, "won_rate": won, "won_amount": leads | {"of": "wins", "sum": "amount"}}
    for step in row["stages"]:
        reached = leads | {"reached": step["stage"]}
        asked |= {f"stages.{step['stage']}.{figure}": reached for figure in STEP_FIGURES}
    if row["spend"] is not None:
        group = {"by": "campaign", "group": row["by"] or ""} if by else {}
        asked["spend"] = {"of": "spend"} | group | in_period | {"sum": "amount"}
    if row["cost_per_won"] is not None:
        asked["cost_per_won"] = leads | {"of": "steps", "figure": "cost_per_won"}
    return asked


def _notes(outcome: Following, shown: pl.DataFrame, leads: pl.DataFrame, window: Period | None, cohort: str) -> Iterator[Note]:
    yield from without_rate(shown["foreign"].explode(), outcome.agreement.currency)
    outside = leads[COHORTS[cohort]].null_count()
    if window is not None and outside:
        never = "did anything themselves" if cohort == "first_touch" else "were handed over"
        yield Note("SMK-R006", f"{_counted(outside, 'lead')} that never {never} belong to no period and are not counted.")
    if window is None and cohort != "first_touch":
        yield Note("SMK-R007", "Without a period every lead is counted, handed over or not.")


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
