"""The funnel's chart: how many get how far, of everybody step by step, or group by group who becomes a customer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from smarketing.reports.charts.form.bands import Band, Marks, box, dot, span, told
from smarketing.reports.charts.form.drawing import Drawing, banded, nothing_to_draw
from smarketing.reports.charts.numbers import NOTHING, Numbers
from smarketing.reports.charts.theme import Palette, Spec, palette
from smarketing.reports.groups import nameless

Row = dict[str, Any]
Linked = Callable[[int, str], str | None]
MOST_GROUPS = 12
"""So many groups are drawn, the largest; the table has all of them."""
EDGE = 0.018
"""How much a scale of dots goes beyond its ends, as a share of its length."""
QUESTION = "Where do we lose, and who becomes a customer?"


def funnel(rows: Sequence[Row], *, theme: str, numbers: Numbers, link: Linked) -> Drawing:
    """The steps of everybody as bars of leads with the interval of their share, or groups as dots of their win rate."""
    if not any(row["leads"] for row in rows):
        return nothing_to_draw("funnel", QUESTION, "No lead belongs to this cohort.", theme)
    if len(rows) == 1 and rows[0]["by"] is None:
        return _steps(rows[0], palette(theme), numbers, link)
    return _groups(rows, palette(theme), numbers, link)


def _steps(row: Row, colours: Palette, numbers: Numbers, link: Linked) -> Drawing:
    leads, stages = row["leads"], row["stages"]
    bands = [_step(step, leads, numbers, colours, link(0, f"stages.{step['stage']}.reached")) for step in stages]
    if not stages or stages[0]["reached"] != leads:
        tips = [("stage", "all leads"), ("leads", numbers.count(leads))]
        bands.insert(
            0, Band("all leads", numbers.count(leads), _bar(leads, None, leads), colours.both, tips=tips, href=link(0, "leads"))
        )
    bands.append(_won(row, numbers, colours, link(0, "won")))
    marks = Marks(14, lambda at, ink: _bars(at, ink, (0.0, leads)), (0.0, leads))
    return banded("funnel", QUESTION, _told(row, numbers), bands, marks, colours)


def _told(row: Row, numbers: Numbers) -> str:
    won, amount = numbers.count(row["won"]), numbers.amount(row["won_amount"])
    text = f"Of {numbers.count(row['leads'])} leads {won} were won ({numbers.rate(row['won_rate'])}), worth {amount}."
    worst = _worst(row["stages"])
    return f"{text} Fewest go on to {worst['stage']}: {numbers.rate(worst['from_previous'])}." if worst else text


def _step(step: Row, leads: int, numbers: Numbers, colours: Palette, href: str | None) -> Band:
    previous, took, reached = step["from_previous"], step["time_from_previous"]["median_days"], step["reached"]
    parts = [f"{numbers.rate(previous)} of those before ({numbers.interval(previous)})"] if previous["of"] else []
    parts += [f"median {numbers.count(took)} days"] if took is not None else []
    tips = [("stage", step["stage"]), ("leads", numbers.count(reached)), ("of those before", numbers.rate(previous)),
            ("90% interval", numbers.interval(previous)), ("of all leads", numbers.rate(step["from_lead"]))]  # fmt: skip
    notes = [] if reached == leads else [" · ".join(parts)]
    return Band(step["stage"], numbers.count(reached), _bar(reached, step["from_lead"], leads), colours.both, notes=notes, tips=tips, href=href)  # fmt: skip


def _won(row: Row, numbers: Numbers, colours: Palette, href: str | None) -> Band:
    rate, won = row["won_rate"], numbers.count(row["won"])
    notes = [f"{numbers.rate(rate)} of all leads ({numbers.interval(rate)}) · {numbers.amount(row['won_amount'])}"]
    tips = [("stage", "won"), ("leads", won), ("of those before", NOTHING), ("90% interval", numbers.interval(rate)),
            ("of all leads", numbers.rate(rate))]  # fmt: skip
    return Band("won", won, _bar(row["won"], rate, row["leads"]), colours.good, notes=notes, tips=tips, href=href)


def _bar(reached: int, share: Row | None, leads: int) -> dict[str, float | None]:
    """The bar, and in leads the interval of its share of all; everybody has none."""
    marks: dict[str, float | None] = {"zero": 0.0, "reached": float(reached)}
    if share is None or reached == leads:
        return marks | {"low": None, "high": None}
    return marks | {name: share[name] * leads for name in ("low", "high")}


def _worst(stages: Sequence[Row]) -> Row | None:
    """The step, after the first that loses nobody, with the lowest share of those before."""
    asked = [step for step in stages if step["from_previous"]["of"]]
    return min(asked, key=lambda step: step["from_previous"]["rate"], default=None)


def _bars(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterator[Spec]:
    whole = [row | {"whole": scale[1]} for row in rows]
    yield told(box(whole, "zero", "whole", scale, fill=colours.track), rows)
    yield told(box(rows, "zero", "reached", scale), rows)
    yield span(rows, "low", "high", scale, colour=colours.surface, width=5)
    yield span(rows, "low", "high", scale, colour=colours.ink, width=1.5)


def _groups(rows: Sequence[Row], colours: Palette, numbers: Numbers, link: Linked) -> Drawing:
    shown = [(place, row) for place, row in enumerate(rows) if row["leads"]][:MOST_GROUPS]
    bands = [_group(row, numbers, colours, link(place, "won")) for place, row in shown]
    scale = inset(max(row["won_rate"]["high"] for _, row in shown))
    best = max((row for _, row in shown), key=lambda row: row["won_rate"]["rate"])
    answer = f"{numbers.rate(best['won_rate'])} of the leads of {_name(best)} were won, the highest share."
    if len(rows) > len(shown):
        answer += f" Drawn are the {len(shown)} largest of {numbers.count(len(rows))} groups."
    return banded("funnel", QUESTION, answer, bands, Marks(10, lambda at, ink: rates(at, ink, scale), scale), colours)


def _name(row: Row) -> str:
    return row["by"] if row["by"] is not None else nameless("group")


def _group(row: Row, numbers: Numbers, colours: Palette, href: str | None) -> Band:
    rate = row["won_rate"]
    way = " · ".join(f"{step['stage']} {numbers.count(step['reached'])}" for step in row["stages"][1:-1])
    tips = [("group", _name(row)), ("leads", numbers.count(row["leads"])), ("won", numbers.count(row["won"])), ("win rate", numbers.rate(rate)),
            ("90% interval", numbers.interval(rate)), ("won amount", numbers.amount(row["won_amount"]))]  # fmt: skip
    marks = {"zero": 0.0, "rate": rate["rate"], "low": rate["low"], "high": rate["high"]}
    figure = f"{numbers.rate(rate)} won · {numbers.count(row['won'])} of {numbers.count(row['leads'])}"
    return Band(_name(row), figure, marks, colours.both, notes=[way], tips=tips, href=href)


def inset(far: float) -> tuple[float, float]:
    """A scale from nothing to `far` on which a dot at either end is whole."""
    return (-EDGE * far, (1 + EDGE) * far)


def rates(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterator[Spec]:
    """Rates as dots with their interval, on a track from nothing to the end of the scale."""
    ends = [row | {"begin": scale[0], "end": scale[1]} for row in rows]
    yield span(ends, "begin", "end", scale, colour=colours.track, width=2)
    yield span(rows, "low", "high", scale, colour=colours.muted, width=2)
    yield told(dot(rows, "rate", scale, size=90, stroke=colours.surface), rows)
