"""How a number is reckoned, one step after the other; each step opens to what it stands on, and the last one is the number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.behind.reckoned import of_plan, of_promises
from smarketing.reports.behind.reckoned.of_groups import cost_per_won, expected_won
from smarketing.reports.behind.reckoned.of_worth import worth
from smarketing.reports.behind.reckoned.step import Question, Step
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.reports.following import Following

FIGURES: dict[str, Callable[[Following, Question], Iterable[Step]]] = {
    "expected_by_now": of_promises.expected_by_now, "gap": of_promises.gap, "pace": of_promises.pace, "forecast": of_promises.forecast,
    "forecast_low": of_promises.forecast_low, "forecast_high": of_promises.forecast_high, "needed": of_plan.needed,
    "expected": of_plan.expected, "missing": of_plan.missing, "worth": worth,
    "expected_won": expected_won, "cost_per_won": cost_per_won,
}  # fmt: skip
"""What can be reckoned, and by whom."""
STEPS = {"step": pl.String, "figure": pl.Float64, "unit": pl.String, "behind": pl.String}
"""The columns: `unit` is leads, hand-offs, wins, share, months, points, a currency (three capitals) or ""; `behind`: the question that
opens the step as JSON, null where there is nothing to open."""


def steps(outcome: Following, question: Question) -> pl.DataFrame:
    """The steps to one `figure` (see FIGURES). Raises UsageError where there is no such number."""
    wanted = question.get("figure", "")
    if wanted not in FIGURES:
        raise UsageError(f'nothing says how "{wanted}" is reckoned; choose {", ".join(FIGURES)}.{did_you_mean(wanted, FIGURES)}')
    rows = [
        {"step": step.text, "figure": None if step.figure is None else float(step.figure), "unit": step.unit,
         "behind": json.dumps(dict(step.behind)) if step.behind else None}
        for step in FIGURES[wanted](outcome, question)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=STEPS)
