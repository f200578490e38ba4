"""What becomes of a drawing: an Altair chart, an SVG or PNG file, a document for a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from smarketing.reports.charts import lines, promises, rates
from smarketing.reports.charts.form.drawing import WIDTH, Drawing
from smarketing.reports.charts.funnel import funnel
from smarketing.reports.charts.numbers import ENGLISH, Numbers, local_day
from smarketing.vocabulary.errors import MissingExtra, UsageError
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    import altair

    from smarketing.reports.report import Report

Link = Callable[[dict[str, str]], str]
"""Where a question leads, as the address of a page."""
SCALE = 2.0
"""Pixels of a PNG for each pixel of the drawing."""


def drawings(report: Report, *, theme: str = "light", link: Link | None = None, numbers: Numbers = ENGLISH) -> list[Drawing]:
    """Every chart of a report, the main one first. Raises UsageError for a report that has none."""
    makers: dict[str, Callable[..., list[Drawing]]] = {
        "scoreboard": _scoreboard,
        "funnel": lambda report, **rest: [funnel(report.rows, **rest)],
        "campaigns": _judged,
        "reps": _judged,
        "attribution": _attribution,
        "plan": lambda report, **rest: [promises.plan(report.rows, **rest)],
        "routing": lambda report, **rest: [promises.routing(report.rows, report.beside, **rest)],
        "price": lambda report, **rest: [rates.worths(report.rows, **rest)],
        "backtest": lambda report, *, link, **rest: [rates.drafted(report.rows, report.beside, **rest)],
    }
    if report.report not in makers:
        drawn = ", ".join(makers)
        raise UsageError(f'the report "{report.report}" has no chart; take its rows (to_polars). Charts have {drawn}.')
    made = makers[report.report](report, theme=theme, numbers=numbers, link=Leading(report, link, report.behind))
    return [replace(each, about=about(report, numbers)) for each in made]


def about(report: Report, numbers: Numbers = ENGLISH) -> str:
    """`Scoreboard, 2026-Q3, as of 22 Sep 2026`."""
    period = f", {report.period.label}" if report.period else ""
    return f"{report.report.capitalize()}{period}, as of {numbers.day(_day(report))}"


@dataclass(frozen=True, slots=True)
class Leading:
    """Where the figures of rows lead: `to(place, figure)` is the address of its question, or None. `questions` are parallel to the rows."""

    report: Report
    link: Link | None
    questions: Sequence[Mapping[str, dict[str, str]]]

    def __call__(self, place: int, figure: str) -> str | None:
        question = self.questions[place].get(figure) if self.link is not None and place < len(self.questions) else None
        return self.link(question) if self.link is not None and question is not None else None

    def beside(self, name: str) -> Leading:
        """The same for rows that stand beside the report's own."""
        return Leading(self.report, self.link, self.report.behind_beside.get(name, []))


def _day(report: Report) -> date:
    """The day of `as_of` where the period was cut: that far from UTC as its begin is from midnight. Without a period, in UTC."""
    if report.period is None:
        return report.as_of.astimezone(UTC).date()
    begin = report.period.start_at.astimezone(UTC)
    midnight = datetime.combine(local_day(begin), time(), UTC)
    return (report.as_of.astimezone(UTC) + (midnight - begin)).date()


def _scoreboard(report: Report, *, theme: str, numbers: Numbers, link: Any) -> list[Drawing]:
    currency, days = _currency(report.beside), report.beside.get("waterfall")
    found = [promises.commitments(report.rows, theme=theme, numbers=numbers, link=link, currency=currency, as_of=report.as_of)]
    return [*found, lines.waterfall(days, theme=theme, numbers=numbers, currency=currency)] if days else found


def _attribution(report: Report, **how: Any) -> list[Drawing]:
    return [rates.models_apart(report.rows, report.beside.get("model"), **how)]


def _currency(beside: dict[str, Any]) -> str:
    """The currency of a scoreboard, from what names it; where nothing does, amounts stand without one."""
    reward = (beside.get("reward") or {}).get("today") or {}
    named = (won["currency"] for won in beside.get("wins") or [] if won["amount"] is not None)
    return reward.get("currency") or next(named, "")


def _judged(report: Report, *, theme: str, numbers: Numbers, link: Any) -> list[Drawing]:
    how: dict[str, Any] = {"theme": theme, "numbers": numbers}
    found = [rates.against_expected(report.report, report.rows, link=link, **how)]
    if owners := report.beside.get("owners"):
        found.append(rates.against_expected("owners", owners, link=link.beside("owners"), **how))
    goals = rates.goals(report.rows, link=link, **how)
    return [*found, goals] if goals else found


def drawing(report: Report, *, part: str | None = None, **how: Any) -> Drawing:
    """One chart of a report: `part` by name (`commitments`, `waterfall`, `funnel`, `won`, `owners`, `goals`, `plan`, `attribution`, `price`, `backtest`), else the main one."""
    found = drawings(report, **how)
    names = [each.part for each in found]
    if part is not None and part not in names:
        raise UsageError(f'this report has no chart "{part}"; it has {", ".join(names)}.{did_you_mean(part, names)}')
    return found[0] if part is None else found[names.index(part)]


def parts(report: Report) -> list[str]:
    """The names of a report's charts, the main one first."""
    return [each.part for each in drawings(report)]


def chart(
    report: Report, *, theme: str = "light", part: str | None = None, link: Link | None = None, numbers: Numbers = ENGLISH,
    width: int | str = WIDTH,
) -> altair.LayerChart:  # fmt: skip
    """A chart of the report as an Altair object, to look at in a notebook or to change.

    `link` makes marks lead to what is behind them; `width` is in pixels, or `container`. Raises MissingExtra and UsageError.
    """
    return as_chart(drawing(report, part=part, theme=theme, link=link, numbers=numbers), theme=theme, width=width)


def as_chart(drawn: Drawing, *, theme: str = "light", width: int | str = WIDTH) -> altair.LayerChart:
    """A drawing as an Altair object. Raises MissingExtra."""
    need("altair")
    import altair

    return altair.LayerChart.from_dict(drawn.spec(theme, width=width, titled=True))


def svg(drawn: Drawing, *, theme: str = "light", width: int = WIDTH, titled: bool = False) -> str:
    """A drawing as an SVG document that tells its answer to who cannot see it. Raises MissingExtra."""
    need("vl_convert")
    import vl_convert

    made: str = vl_convert.vegalite_to_svg(drawn.spec(theme, width=width, titled=titled), allowed_base_urls=[])
    told = f"{drawn.question} {drawn.answer}"
    return made.replace("<svg ", f'<svg role="img" aria-label="{_attribute(told)}" ', 1)


def png(drawn: Drawing, *, theme: str = "light", width: int = WIDTH, scale: float = SCALE) -> bytes:
    """A drawing as a PNG image. Raises MissingExtra."""
    need("vl_convert")
    import vl_convert

    made: bytes = vl_convert.vegalite_to_png(drawn.spec(theme, width=width, titled=True), scale=scale, allowed_base_urls=[])
    return made


def _attribute(text: str) -> str:
    from html import escape

    return escape(text, quote=True)


def need(module: str) -> None:
    """Raises MissingExtra where a part that charts are made with is not installed."""
    if find_spec(module) is None:
        raise MissingExtra(what="A chart", extra="charts")
