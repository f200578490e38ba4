"""How the figures of a promise are reckoned: what is expected by now, the forecast and its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.derivations.tables.commitments import BEFORE, ENOUGH, passed_share
from smarketing.reports.behind.handoffs import handoffs
from smarketing.reports.behind.reckoned.step import SHARE, Question, Step, asked
from smarketing.reports.behind.rows import wins
from smarketing.reports.scoreboard.clauses import of_part, of_promise
from smarketing.reports.scoreboard.promises import actual_behind, commitment_of, promised_since, version_at
from smarketing.reports.scoreboard.waterfall import cents
from smarketing.reports.scoreboard.waterfall import pace as waterfall_pace
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import Period, period_asked, periods

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement, Commitment
    from smarketing.reports.following import Following

STILL_TO_COME = "What is still to come, at the {} end of its 90% interval"


@dataclass(frozen=True, slots=True)
class Promised:
    """A row of `commitments`, with the version and the commitment that it is of."""

    outcome: Following
    row: Mapping[str, Any]
    period: Period
    version: Agreement
    commitment: Commitment

    @property
    def unit(self) -> str:
        """The unit of its figures; money by its currency."""
        return self.version.currency if self.row["unit"] == "money" else str(self.row["unit"])

    @property
    def behind(self) -> dict[str, str]:
        """What is behind its actual."""
        return actual_behind(self.commitment, self.period.label)

    @property
    def passed(self) -> Fraction:
        """The share of the period's working time that has passed."""
        return passed_share(self.version, self.period, self.outcome.as_of)

    def so_far(self) -> Step:
        """What there is."""
        return Step("So far", self.row["actual"], self.unit, self.behind)

    def time_passed(self) -> Step:
        """How much of the period is over."""
        calendar = "default" in self.version.calendars
        said = "Of the period's working time" if calendar else "Of the period's time"
        return Step(f"{said} has passed", float(self.passed), SHARE, of_part(self.version, "working hours") if calendar else None)

    def before(self) -> Iterator[Step]:
        """The whole periods before this one, the latest last."""
        since = promised_since(self.outcome)
        assert since is not None, "this promise has a row"
        earlier = [*periods(self.commitment.per, self.version.timezone, first_at=since, last_at=self.period.start_at)]
        for each in [one for one in earlier if one.end_at <= self.period.start_at][-BEFORE:]:
            question = actual_behind(self.commitment, each.label)
            rows = (wins if question["of"] == "wins" else handoffs)(self.outcome, question)
            number = rows[question["sum"]].fill_null(0).sum() if "sum" in question else rows.height
            yield Step(f"In {each.label}", float(number), self.unit, question)


def promised(outcome: Following, question: Question) -> Promised:
    """The promise that a question names by `commitment` and `period`. Raises UsageError where nothing was promised."""
    name, label = asked(question, "commitment", "period")
    period = period_asked(label, outcome.agreement.timezone)
    assert period is not None, "it was asked for"
    row = outcome.table("commitments").filter(pl.col("name") == name, pl.col("period_start") == period.start_at)
    if row.is_empty():
        raise UsageError(f'nothing was promised as "{name}" for {label}.')
    version = version_at(outcome, min(outcome.as_of, period.end_at))
    return Promised(outcome, row.row(0, named=True), period, version, commitment_of(version, name))


def expected_by_now(outcome: Following, question: Question) -> Iterator[Step]:
    """Promised, times the share of the period that has passed; of a share what is promised."""
    promise = promised(outcome, question)
    yield Step("Promised", promise.row["target"], promise.unit, of_promise(promise.version, promise.commitment.name))
    if promise.unit != SHARE:
        yield promise.time_passed()
    yield Step("Expected by now: one times the other", promise.row["expected_by_now"], promise.unit)


def gap(outcome: Following, question: Question) -> Iterator[Step]:
    """So far, less what is expected by now."""
    promise = promised(outcome, question)
    yield promise.so_far()
    expected = {**question, "figure": "expected_by_now"}
    yield Step("Expected by now", promise.row["expected_by_now"], promise.unit, expected)
    yield Step("The difference", (promise.row["actual"] or 0) - promise.row["expected_by_now"], promise.unit)


def forecast(outcome: Following, question: Question) -> Iterator[Step]:
    """So far ÷ the share of the period that has passed or, before a tenth has, the mean of the periods before."""
    promise = promised(outcome, question)
    if promise.unit == SHARE or promise.passed >= ENOUGH:
        yield promise.so_far()
        if promise.unit != SHARE:
            yield promise.time_passed()
        said = "The forecast: as it is" if promise.unit == SHARE else "The forecast: one divided by the other"
    else:
        yield promise.time_passed()
        yield from promise.before()
        said = "Too little to go by; the forecast: the mean of the whole periods before"
    yield Step(said, promise.row["forecast"], promise.unit)


def forecast_low(outcome: Following, question: Question) -> Iterator[Step]:
    """The lower end of the 90% interval."""
    return _end(outcome, question, "forecast_low", "lower")


def forecast_high(outcome: Following, question: Question) -> Iterator[Step]:
    """The upper end of the 90% interval."""
    return _end(outcome, question, "forecast_high", "upper")


def _end(outcome: Following, question: Question, end: str, word: str) -> Iterator[Step]:
    promise = promised(outcome, question)
    row, unit = promise.row, promise.unit
    if unit == SHARE:
        yield promise.so_far()
        yield Step("Counted", row["n"], "", {key: value for key, value in promise.behind.items() if key != SHARE})
        yield Step(f"The {word} end of the 90% interval (Wilson)", row[end], unit)
        return
    yield promise.so_far()
    yield Step("Forecast", row["forecast"], unit, {**question, "figure": "forecast"})
    if row[end] is not None:
        yield Step(STILL_TO_COME.format(word), row[end] - (row["actual"] or 0), unit)
    yield Step("Together with what there is so far", row[end], unit)


def pace(outcome: Following, question: Question) -> Iterator[Step]:
    """What marketing promised for these days: of each period's promise the share of its working time that lies in them."""
    (label,) = asked(question, "period")
    window = period_asked(label, outcome.agreement.timezone)
    assert window is not None, "it was asked for"
    parts = [(each, share) for each, share in waterfall_pace(outcome, window) if share > 0]
    currency = outcome.agreement.currency
    for each, share in parts:
        name, calendar = each.commitment.name, "default" in each.agreement.calendars
        yield Step(
            f'Promised as "{name}" for {each.period.label}', float(each.target), currency, of_promise(each.agreement, name)
        )
        hours = of_part(each.agreement, "working hours") if calendar else None
        yield Step(f"Of its {'working ' if calendar else ''}time lies in these days", share, SHARE, hours)
    total = cents(sum(float(each.target) * share for each, share in parts))
    yield Step("Promised by then: one times the other" + (", added up" if len(parts) > 1 else ""), total, currency)
