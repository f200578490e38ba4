"""The joint reward as people read it: what both get, today and by the forecast, and what keeps a half from being met."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from smarketing.reports.scoreboard.clauses import of_promise
from smarketing.reports.scoreboard.promises import commitment_of, version_at
from smarketing.reports.scoreboard.reward import SIDES, basis, broken, kept_at_the_end, kept_today, names_for, on_trial
from smarketing.vocabulary.periods import Period, period_at
from smarketing.web.board.promises import short_label
from smarketing.web.held import held
from smarketing.web.look import formats, states
from smarketing.web.periods import period_label
from smarketing.web.questions import question_url
from smarketing.web.told.links import link

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement
    from smarketing.reports.outcome import Outcome
    from smarketing.reports.report import Report

Row = dict[str, Any]
MOMENTS: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "today": ("As it stands", kept_today),
    "forecast": ("By the forecast", kept_at_the_end),
}


@dataclass(frozen=True, slots=True)
class Half:
    """One side's half of the reward: whether it is met and, where not, `why` in words."""

    team: str
    met: bool
    why: tuple[SafeString, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """What both sides together get: the MONEY `earned`, the `share` of the pool, both halves."""

    label: str
    earned: Row
    share: float
    halves: tuple[Half, ...]


@dataclass(frozen=True, slots=True)
class Prize:
    """The reward of the quarter `label`: the `pool` (MONEY), the commitments that decide, and both moments (of a quarter that is over one)."""

    label: str
    pool: Row
    depends_on: tuple[str, ...]
    trial: bool
    moments: tuple[Moment, ...]

    @property
    def sides(self) -> list[tuple[Half, ...]]:
        """For each side its half at each moment."""
        return [*zip(*(moment.halves for moment in self.moments), strict=True)]


def prize(outcome: Outcome, report: Report) -> Prize | None:
    """The reward that stands beside a scoreboard, with what decided; None without one."""
    found = basis(outcome, report.period) if report.period is not None else None
    if found is None or report.beside["reward"]["today"] is None:
        return None
    version, quarter, rows = found
    assert version.reward is not None, "a basis has a reward"
    trial = on_trial(version, quarter)
    told = {"today": ("As it ended", kept_today)} if quarter.end_at <= outcome.as_of else MOMENTS
    moments = tuple(
        _moment(
            key, label, report.beside["reward"][key], version, [(side, broken(rows, side, kept, trial=trial)) for side in SIDES]
        )
        for key, (label, kept) in told.items()
    )
    pool = {"amount": version.reward.pool, "currency": version.currency}
    return Prize(period_label(quarter, version.timezone), pool, tuple(names_for(version)), trial, moments)


def _moment(key: str, label: str, earned: Row, version: Agreement, sides: list[tuple[str, list[Row]]]) -> Moment:
    halves = tuple(Half(side, earned[side], tuple(_why(key, rows, version))) for side, rows in sides)
    return Moment(label, {"amount": earned["amount"], "currency": earned["currency"]}, earned["share"], halves)


def _why(key: str, rows: list[Row], version: Agreement) -> Iterator[SafeString]:
    """`qualified leads behind in Nov`, or `qualified leads 35 of 36 in Nov`, where 35 opens the steps to it and 36 what was promised."""
    for row in rows:
        period = period_at(commitment_of(version, row["name"]).per, version.timezone, row["period_start"])
        when = short_label(period, version.timezone)
        if key == "today":
            yield format_html("{} {} in {}", row["name"], states.state_named(row["status"]).word, when)
        else:
            coming, promised = (_linked(row, name, period, version) for name in ("forecast", "target"))
            yield format_html("{} {} of {} in {}", row["name"], coming, promised, when)


def _linked(row: Row, figure: str, period: Period, version: Agreement) -> SafeString:
    """The forecast or the target of a promise, as a link to its steps or to its clause."""
    steps = {"of": "steps", "figure": figure, "commitment": row["name"], "period": period.label}
    in_force = version_at(held(), min(held().as_of, period.end_at))
    url = question_url(of_promise(in_force, row["name"]) if figure == "target" else steps)
    return link(url, formats.of_unit(row[figure], row["unit"], version.currency))
