"""The rows of a scoreboard as promises: each with its current period, the earlier ones, and in whose half it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from smarketing.vocabulary.periods import Period, local_day, parse_period
from smarketing.web.locale import reader
from smarketing.web.look import formats, states
from smarketing.web.periods import period_label
from smarketing.web.questions import Question, question_url

if TYPE_CHECKING:
    from smarketing.reports.report import Report

Row = dict[str, Any]
KEPT = ("met", "on_pace")
ONLY_WHILE_RUNNING = ("expected_by_now", "forecast_low", "forecast", "forecast_high")
AMOUNTS = ("actual", "target", *ONLY_WHILE_RUNNING)
SHARE = "share"


@dataclass(frozen=True, slots=True)
class Result:
    """One period of a promise. `row` as the bullet tags take it: of a period that is over without what is no longer expected.

    `label`: `November 2026`; `short`: `Nov`; `figure`: the actual as people read it; `told`: all of it in words; `url`: what lies
    behind the actual; `questions`: what is behind each of its figures; `over`: whether the period is; `of_wins`: whether it counts what was won.
    """

    row: Row
    label: str
    short: str
    figure: str
    told: str
    url: str
    questions: Mapping[str, Question]
    over: bool
    of_wins: bool
    currency: str

    @property
    def urls(self) -> dict[str, str]:
        """The address behind each of its figures, and behind how far it is from what is expected by now (`gap`)."""
        found = {figure: question_url(about) for figure, about in self.questions.items()}
        expected = self.questions.get("expected_by_now")
        return found | {"gap": question_url({**expected, "figure": "gap"} if expected else None)}

    @property
    def money(self) -> dict[str, Row | None]:
        """Its amounts as MONEY, where its unit is money."""
        return {key: None if self.row[key] is None else {"amount": self.row[key], "currency": self.currency} for key in AMOUNTS}


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment: `now` is its latest period on the page, `earlier` those before it, in order."""

    name: str
    team: str
    now: Result
    earlier: tuple[Result, ...]

    @property
    def results(self) -> tuple[Result, ...]:
        """All its periods."""
        return (*self.earlier, self.now)


@dataclass(frozen=True, slots=True)
class Board:
    """Both halves. `revenue`: the promise of money won that stands in the middle (None: nobody promised any); where a team alone
    promised it, it stands in that half as well. `shared`: what else both promised. `over`: whether the whole period is."""

    marketing: tuple[Promise, ...]
    sales: tuple[Promise, ...]
    revenue: Promise | None
    shared: tuple[Promise, ...]
    over: bool


def board(report: Report, zone: str, currency: str) -> Board:
    """The promises of a scoreboard in its order."""
    found = tuple(_promises(report, zone, currency))
    money = [promise for promise in found if promise.now.of_wins]
    revenue = next((promise for promise in money if promise.team == "both"), money[0] if money else None)
    return Board(
        marketing=tuple(promise for promise in found if promise.team == "marketing"),
        sales=tuple(promise for promise in found if promise.team == "sales"),
        revenue=revenue,
        shared=tuple(promise for promise in found if promise.team == "both" and promise is not revenue),
        over=report.period is not None and report.period.end_at <= report.as_of,
    )


def _promises(report: Report, zone: str, currency: str) -> Iterator[Promise]:
    by_name: dict[str, list[Result]] = {}
    for row, questions in zip(report.rows, report.behind, strict=True):
        result = _result(row, questions, report.as_of, zone, currency)
        by_name.setdefault(row["name"], []).append(result)
    for name, results in by_name.items():
        yield Promise(name, results[-1].row["team"], results[-1], tuple(results[:-1]))


def _result(row: Row, questions: Mapping[str, Question], as_of: datetime, zone: str, currency: str) -> Result:
    question = questions["actual"]
    period = parse_period(question["period"], zone)
    over = period.end_at <= as_of
    shown = row | dict.fromkeys(ONLY_WHILE_RUNNING) if over and row["unit"] != SHARE else row
    figure = formats.of_unit(row["actual"], row["unit"], currency)
    label = period_label(period, zone)
    state = states.state_named(row["status"]).word
    told = f"{label}: {figure} of {formats.of_unit(row['target'], row['unit'], currency)} promised, {state}"
    return Result(
        shown,
        label,
        short_label(period, zone),
        figure,
        told,
        question_url(question),
        questions,
        over,
        question["of"] == "wins",
        currency,
    )


def short_label(period: Period, zone: str) -> str:
    """`Nov`, `Q4` or the first day of a week, where the year is known from beside it."""
    day = local_day(period.start_at, zone)
    if "Q" in period.label:
        return f"Q{(day.month + 2) // 3}"
    form = "d MMM" if "W" in period.label else "MMM"
    return str(day.year) if period.label.isdecimal() else format_date(day, form, locale=reader().locale)


def kept(results: Sequence[Result]) -> tuple[int, int]:
    """How many of the results that can be judged are met or on pace, and how many those are."""
    judged = [result.row["status"] for result in results if result.row["status"] is not None]
    return sum(status in KEPT for status in judged), len(judged)
