"""How the figures of a plan are reckoned: the money a month has to bring, and the hand-offs that bring so much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.derivations.tables.commitments import ENOUGH, passed_share
from smarketing.reports.behind.reckoned.step import HANDOFFS, MONTHS, SHARE, Question, Step, asked
from smarketing.reports.figures import iso
from smarketing.reports.plan.goals import MOMENT, Goal, goal_of, money_of, months_of, won_in
from smarketing.reports.plan.history import history
from smarketing.reports.plan.rows import plan, whole_months
from smarketing.reports.scoreboard.clauses import of_part, of_promise
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import Period, period_asked

if TYPE_CHECKING:
    from smarketing.reports.following import Following

PLAN = {"month": pl.String, "grade": pl.String, "needed": pl.Int64, "expected": pl.Float64, "missing": pl.Int64}


def rows(outcome: Following, question: Question) -> pl.DataFrame:
    """The rows of the plan of a `period`, of one `month` or `grade` of it."""
    found = pl.DataFrame(plan(outcome, period=question.get("period")).rows, schema=PLAN)
    for name in ("month", "grade"):
        found = found.filter(pl.col(name) == question[name]) if name in question else found
    return found


def needed(outcome: Following, question: Question) -> Iterator[Step]:
    """The money that the month has to bring, ÷ what all hand-offs brought, × those of the grade; rounded up."""
    month, grade, row = _of(outcome, question)
    money, known = outcome.agreement.currency, history(outcome)
    yield from _goal(outcome, month)
    old = {"of": "handoffs", "period": f"{iso(_first(outcome))}..{iso(known.until)}"}
    said = f"Hand-offs older than the {known.days:.0f} days within which nine of ten wins come brought"
    yield Step(said, float(known.amount), money, old | {"sum": "won_amount"})
    yield Step(f"Of them of grade {grade}", known.handoffs.get(grade, 0), HANDOFFS, old | {"grade": grade})
    yield Step("Needed for the month's money, in the same mix, rounded up", row["needed"], HANDOFFS)


def expected(outcome: Following, question: Question) -> Iterator[Step]:
    """Of a running month those so far ÷ the share that has passed; of one to come the mean of the last three whole months."""
    month, grade, row = _of(outcome, question)
    if month.start_at <= outcome.as_of:
        yield _handed(outcome, "So far" if month.end_at > outcome.as_of else "Handed over", grade, month)
    if month.end_at > outcome.as_of:
        passed = passed_share(outcome.agreement, month, outcome.as_of) if month.start_at <= outcome.as_of else None
        if passed is not None:
            hours = of_part(outcome.agreement, "working hours") if "default" in outcome.agreement.calendars else None
            yield Step("Of the month's working time has passed", float(passed), SHARE, hours)
        if passed is None or passed < ENOUGH:
            yield from (_handed(outcome, f"In {each.label}", grade, each) for each in whole_months(outcome))
            yield Step("Expected: their mean, and no less than there are", row["expected"], HANDOFFS)
        else:
            yield Step("Expected: one divided by the other", row["expected"], HANDOFFS)


def missing(outcome: Following, question: Question) -> Iterator[Step]:
    """Needed less expected, rounded up, and not below 0."""
    *_, row = _of(outcome, question)
    yield from (Step(name.capitalize(), row[name], HANDOFFS, {**question, "figure": name}) for name in ("needed", "expected"))
    yield Step("Missing: one less the other, rounded up, never below 0", row["missing"], HANDOFFS)


def _of(outcome: Following, question: Question) -> tuple[Period, str, Mapping[str, Any]]:
    """The month and the grade that are asked for, and the plan's row of them."""
    label, grade = asked(question, "month", "grade")
    month = period_asked(label, outcome.agreement.timezone)
    found = rows(outcome, {"period": label, "month": label, "grade": grade})
    if month is None or found.is_empty():
        raise UsageError(f"there is no plan for hand-offs of grade {grade} in {label}.")
    return month, grade, found.row(0, named=True)


def _goal(outcome: Following, month: Period) -> Iterator[Step]:
    """What the month has to bring: its part of the goal, or of what is still missing of it."""
    agreement = outcome.agreement
    goal = goal_of(outcome, month)
    assert goal is not None, "a plan has a goal"
    money, label = agreement.currency, goal.period.label
    yield from _aims(outcome, goal)
    months = months_of(goal.period, agreement.timezone)
    running = goal.period.start_at <= outcome.as_of < goal.period.end_at
    if running and month.end_at > outcome.as_of:
        left = [each for each in months if each.end_at > outcome.as_of]
        before = f"{iso(goal.period.start_at)}..{iso(left[0].start_at)}"
        won = won_in(outcome, goal.period.start_at, left[0].start_at - MOMENT)
        behind = {"of": "wins", "period": before, "sum": "amount"} if left[0].start_at > goal.period.start_at else None
        yield Step(f"Won in {label} before {left[0].label}", float(won), money, behind)
        yield Step("Months that are left for the rest, this one among them", len(left), MONTHS)
    else:
        yield Step(f"Months of {label}, each with an equal part", len(months), MONTHS)
    yield Step(f"So {month.label} has to bring", float(money_of(outcome, goal, month)), money)


def _aims(outcome: Following, goal: Goal) -> Iterator[Step]:
    agreement, label = outcome.agreement, goal.period.label
    promise = next((each for each in agreement.commitments if each.revenue is not None), None)
    if goal.revenue is not None and promise is not None:
        yield Step(f"Revenue promised for {label}", float(goal.revenue), agreement.currency, of_promise(agreement, promise.name))
    if goal.quotas is not None:
        yield Step(f"The reps' quotas for {label}, in the table of reps", float(goal.quotas), agreement.currency)
    if goal.revenue is not None and goal.quotas is not None:
        yield Step("The goal: the higher of both", float(goal.amount), agreement.currency)


def _handed(outcome: Following, text: str, grade: str, month: Period) -> Step:
    at = pl.col("handed_at")
    found = outcome.table("handoffs").filter(pl.col("grade") == grade, at >= month.start_at, at < month.end_at).height
    return Step(text, found, HANDOFFS, {"of": "handoffs", "grade": grade, "period": month.label})


def _first(outcome: Following) -> datetime:
    first = outcome.table("handoffs")["handed_at"].min()
    assert isinstance(first, datetime), "a history has hand-offs"
    return first
