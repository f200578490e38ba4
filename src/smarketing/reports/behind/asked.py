"""The door: a question, flat enough for a link, and the rows that answer it.

A question has `of` and narrows it. Leads, handoffs, clocks, wins, spend, facts and points (the receipt) are rows that a number counts,
adds up or takes the middle of; `plan` is the plan's rows; `steps` are how a `figure` is reckoned, the last of them is the number;
`clauses` are what the agreement says; `credits` are what models of attribution give.

| key | for | value |
|---|---|---|
| `period` | all | as people write one; which instant must lie in it: see `cohort` |
| `cohort` | leads, handoffs, wins | `first_touch`, `handoff`: the lead's first touch or hand-off; left out: the hand-off itself, the win itself |
| `by`, `group` | leads, handoffs, wins, spend | a group as in `groups.group_of` (for hand-offs `rep`, `owner`, `closer`, `grade`, `persona` are their own); "" is none |
| `elsewhere` | leads, handoffs | yes: those who are not of the group |
| `channel` | leads, handoffs | of the lead; "" is none |
| `reached` | leads, handoffs | stages, with commas between: all of them |
| `won` | leads | yes: with a win that stands |
| `became` | handoffs | accepted, rejected, recycled, disqualified, decided, attempted, connected, won; sent_back (rejected, recycled or disqualified), waiting (for sales to decide, in a cycle that goes on), unattempted |
| `reason`, `doubted` | handoffs | of the fact that ended its cycle, "" is none; yes: something speaks against it (see `reports.handed.doubts`) |
| `sourced`, `grade`, `passed_on` | handoffs | marketing or sales; grades, with commas between; yes: the owner is another than the rep |
| `commitment`, `state` | clocks | its name; `due`: what is judged (due by now, not void), or one of the states |
| `lead`, `kind`, `fact` | facts | a lead, kinds or a fact |
| `lead`, `cycle` | handoffs, wins | the one hand-off of that cycle; the wins that are its `won_amount` |
| `lead`, `cycle`, `wait` | facts | check or system, routing, human: the facts at both ends of that wait |
| `lead`, `axis`, `until` | points | of fit or engagement; up to an instant, included |
| `month`, `grade` | plan | of the plan of the `period` |
| `figure` | steps | expected_by_now, gap, forecast, forecast_low, forecast_high (with `commitment`, `period`); needed, expected, missing (with `month`, `grade`); worth (with `lead`, `cycle`); expected_won (with `by` campaign, rep or owner, and `group`), cost_per_won (with `by`, `group`, `cohort`) |
| `version`, `commitment`, `part`, `grade` | clauses | the version by the begin of its id; a promise, or a part (promises, grades, reward, working hours) |
| `model`, `once` | credits | a model of attribution; win: one row for each win (`by` is campaign or channel, the `period` that of the win) |
| `sum`, `share`, `median`, `span` | | the number is not the count of the rows but that of a column; `span`: minutes from the first to the last |

Leads also take what `leads.select_leads` filters by (stage, owner, grade, search, …).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.behind.clauses import clauses
from smarketing.reports.behind.handoffs import clocks, handoffs
from smarketing.reports.behind.leads import leads
from smarketing.reports.behind.one_handoff import points
from smarketing.reports.behind.reckoned.of_plan import rows as plan_rows
from smarketing.reports.behind.reckoned.steps import steps
from smarketing.reports.behind.rows import credits, facts, spend, wins
from smarketing.reports.behind.words import title
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.reports.following import Following

ANSWERS: dict[str, Callable[[Following, Mapping[str, str]], pl.DataFrame]] = {
    "leads": leads,
    "handoffs": handoffs,
    "clocks": clocks,
    "wins": wins,
    "spend": spend,
    "facts": facts,
    "points": points,
    "plan": plan_rows,
    "steps": steps,
    "clauses": clauses,
    "credits": credits,
}
FIGURES = ("sum", "share", "median", "span")
STEPS, LAST = "steps", "last"
COHORT = ("period", "cohort", "by", "group", "reached")
KEYS: dict[str, tuple[str, ...]] = {
    "handoffs": (
        *COHORT,
        "elsewhere",
        "channel",
        "became",
        "reason",
        "doubted",
        "sourced",
        "grade",
        "passed_on",
        "lead",
        "cycle",
    ),
    "clocks": ("period", "commitment", "state"),
    "wins": (*COHORT, "won", "lead", "cycle"),
    "spend": ("period", "by", "group"),
    "facts": ("period", "lead", "kind", "fact", "cycle", "wait"),
    "points": ("lead", "axis", "until"),
    "plan": ("period", "month", "grade"),
    "steps": ("figure", "commitment", "period", "month", "grade", "lead", "cycle", "by", "group", "cohort"),
    "clauses": ("version", "commitment", "part", "grade"),
    "credits": ("period", "by", "group", "model", "once"),
}
"""What narrows each unit; leads take any filter of `select_leads`."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a number: a sentence that says what they are, what each of them is (`unit`), and the rows.

    `figure`: how the number comes from them: `count`, `sum`, `share`, `median`, `span` (minutes from the earliest to the latest) or
    `last` (that of the last row); `column`: of what ("" for the count).
    """

    title: str
    unit: str
    frame: pl.DataFrame
    figure: str = "count"
    column: str = ""

    @property
    def number(self) -> float | int | Decimal | None:
        """The number itself, from the rows: their count, or what the figure makes of the column."""
        if self.figure == "count":
            return self.frame.height
        column = self.frame[self.column]
        if self.figure == "sum":
            return Decimal(column.fill_null(0).sum() or 0)
        if self.figure == LAST:
            return None if column.is_empty() or column[-1] is None else float(column[-1])
        if self.figure == "span":
            first, last = column.min(), column.max()
            return (last - first).total_seconds() / 60 if isinstance(first, datetime) and isinstance(last, datetime) else None
        found = column.mean() if self.figure == "share" else column.median()
        return float(found) if isinstance(found, (int, float)) else None


def behind(outcome: Following, question: Mapping[str, str]) -> Behind:
    """The rows behind a number of a report (one of its `behind`). Raises UsageError for a question that nobody can answer."""
    unit = question.get("of", "")
    if unit not in ANSWERS:
        raise UsageError(
            f'"{unit}" is nothing that a number is made of; it is of {", ".join(ANSWERS)}.{did_you_mean(unit, ANSWERS)}'
        )
    _refuse_unknown(unit, question)
    frame = ANSWERS[unit](outcome, question)
    figure = next((name for name in FIGURES if name in question), "count")
    column = question.get(figure, "")
    if unit == STEPS:
        figure, column = LAST, "figure"
    if column and column not in frame.columns:
        raise UsageError(f'{unit} have no column "{column}" to take the {figure} of.{did_you_mean(column, frame.columns)}')
    return Behind(title(outcome, question, frame.height), unit, frame, figure, column)


def _refuse_unknown(unit: str, question: Mapping[str, str]) -> None:
    """A key that nobody reads would be a narrower question with a wider answer."""
    known = {"of", *FIGURES, *KEYS.get(unit, question)}
    for key in question:
        if key not in known:
            raise UsageError(f'{unit} are not narrowed by "{key}"; choose {", ".join(KEYS[unit])}.{did_you_mean(key, known)}')
