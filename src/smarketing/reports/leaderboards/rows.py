"""The rows of a leaderboard: one for each campaign or rep, from one line for each of their leads or hand-offs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal

import polars as pl

from smarketing.agreement.models import Agreement, Goal
from smarketing.reports.figures import money, rate
from smarketing.reports.leaderboards.compared import best_first, expected_wins, verdict
from smarketing.reports.leaderboards.milestones import MILESTONES, milestone_stages

Row = dict[str, Any]
Reached = Callable[[str], pl.Expr]
"""Whether a member reached a stage."""


def goals_by(agreement: Agreement, by: Literal["campaign", "rep"]) -> list[Goal]:
    """The bars for campaigns or for reps, in the agreement's order."""
    return [goal for goal in agreement.goals if goal.by == by]


def leaderboard(members: pl.DataFrame, agreement: Agreement, *, by: Literal["campaign", "rep"], reached: Reached) -> list[Row]:
    """One row for each `group` of members, best first, without the count's name; `members` are leads or hand-offs.

    Members have `group`, `grade`, `channel`, `won` (true or false), `won_amount` and, if they are hand-offs, `minutes` (to the first
    attempt, or null).
    """
    goals = goals_by(agreement, by)
    figures = members.group_by("group").agg(
        n=pl.len(),
        won=pl.col("won").sum(),
        won_amount=pl.col("won_amount").sum(),
        **({"minutes": pl.col("minutes").median()} if "minutes" in members.columns else {}),
        **_milestones(agreement, reached),
        **_bars(goals, reached),
    )
    expected = expected_wins(members)
    rows = [_row(figure, agreement, goals, expected[figure["group"]]) for figure in figures.to_dicts()]
    return best_first(rows)


def _milestones(agreement: Agreement, reached: Reached) -> dict[str, pl.Expr]:
    stages = milestone_stages(agreement)
    return {name: reached(stage).sum() for name in MILESTONES if (stage := stages[name]) is not None}


def _bars(goals: Sequence[Goal], reached: Reached) -> dict[str, pl.Expr]:
    counts: dict[str, pl.Expr] = {}
    for place, goal in enumerate(goals):
        counts[f"from {place}"] = reached(goal.from_).sum()
        counts[f"to {place}"] = (reached(goal.from_) & reached(goal.to)).sum()
    return counts


def _row(figures: Row, agreement: Agreement, goals: Sequence[Goal], expected: float | None) -> Row:
    n, won = figures["n"], figures["won"]
    return {
        "by": figures["group"],
        "n": n,
        **{name: rate(figures[name], n) if name in figures else rate(0, 0) for name in MILESTONES},
        "won": rate(won, n),
        "won_amount": money(figures["won_amount"] or Decimal(0), agreement.currency),
        "expected_won": expected,
        "verdict": verdict(won, n, expected),
        "goals": [_goal(goal, figures[f"to {place}"], figures[f"from {place}"]) for place, goal in enumerate(goals)],
        "median_response_minutes": figures.get("minutes"),
    }


def _goal(goal: Goal, n: int, of: int) -> Row:
    """One bar; `met` is null where nobody reached `from`."""
    reached = rate(n, of)
    met = None if of == 0 else Decimal(n) >= goal.at_least * of
    return {"from": goal.from_, "to": goal.to, "target": float(goal.at_least), "met": met, "rate": reached}
