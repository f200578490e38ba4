"""The charts of campaigns and reps: win rates against what their mix lets expect, goals that are over or under, and who brought the money."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from smarketing.reports.charts.form.bands import (
    EVEN,
    MET,
    MISSED,
    OPEN,
    OVER,
    UNDER,
    Band,
    Marks,
    box,
    dot,
    span,
    tick,
    told,
)
from smarketing.reports.charts.form.drawing import Drawing, banded, nothing_to_draw
from smarketing.reports.charts.funnel import inset, rates
from smarketing.reports.charts.numbers import NOTHING, Numbers
from smarketing.reports.charts.theme import Palette, Spec, palette
from smarketing.reports.groups import nameless

Row = dict[str, Any]
Linked = Callable[[int, str], str | None]
MOST_ROWS = 20
"""So many groups are drawn, the best of them first; the table has all."""
VERDICTS = {"above": OVER, "below": UNDER, "as expected": EVEN, "too few": OPEN}
ASKED = {
    "campaigns": "Which campaigns win more than the leads they bring let expect?",
    "reps": "Who wins more than the leads they got let expect?",
    "owners": "Who wins more of the leads that were passed on to them?",
}
KEY = (
    ("rate", "share won, with its 90 % interval"),
    ("stroke", "expected from their grades and channels"),
)
WHO = "Who brought the money, and how far do the models agree?"
EDGE = 0.02
DESKS = {"inside_sales": "Inside sales", "sales": "Sales", "marketing": "Marketing"}
ROLELESS = "Without a role"
GOALS = "Which goals are over, which under?"


def against_expected(report: str, rows: Sequence[Row], *, theme: str, numbers: Numbers, link: Linked) -> Drawing:
    """Each group's win rate as a dot with its 90 % interval, and what its mix lets expect as an upright stroke."""
    colours, whole = palette(theme), "leads" if report == "campaigns" else "handoffs"
    part = "owners" if report == "owners" else "won"
    found = [(place, row) for place, row in enumerate(rows) if row["won"]["of"]]
    desks = _desks([row for _, row in found])
    found.sort(key=lambda each: desks.index(_desk(each[1])))
    if not found:
        return nothing_to_draw(part, ASKED[report], f"There are no {_counted(whole)} in this period.", theme)
    shown = found[:MOST_ROWS]
    bands = [_judged(row, whole, numbers, colours, link(place, "won"), apart=len(desks) > 1) for place, row in shown]
    scale = inset(max(max(band.marks["high"] or 0, band.marks["expected"] or 0) for band in bands))
    answer = _verdicts([row for _, row in found])
    if len(found) > len(shown):
        answer += f" Drawn are the first {len(shown)} of {len(found)}."
    return banded(
        part, ASKED[report], answer, bands, Marks(10, lambda at, ink: _judged_marks(at, ink, scale), scale, KEY), colours
    )


def _counted(whole: str) -> str:
    return {"handoffs": "hand-offs"}.get(whole, whole)


def _judged(row: Row, whole: str, numbers: Numbers, colours: Palette, href: str | None, *, apart: bool) -> Band:
    won, expected = row["won"], row["expected_won"]
    share = None if expected is None else expected / won["of"]
    tips = [("group", _name(row)), (_counted(whole), numbers.count(won["of"])), ("won", numbers.count(won["n"])),
            ("win rate", numbers.rate(won)), ("90 % interval", numbers.interval(won)),
            ("expected", NOTHING if share is None else numbers.share(share)), ("verdict", row["verdict"])]  # fmt: skip
    return Band(
        name=_name(row), figure=f"{numbers.rate(won)} · {numbers.count(won['n'])} of {numbers.count(won['of'])}",
        marks={"rate": won["rate"], "low": won["low"], "high": won["high"], "expected": share},
        colour=colours.muted if row["verdict"] == "too few" else colours.both, group=_desk(row) if apart else None, word=row["verdict"],
        state=VERDICTS.get(row["verdict"], EVEN), notes=[f"expected {numbers.share(share)}" if share is not None else " "], tips=tips, href=href,
    )  # fmt: skip


def _name(row: Row) -> str:
    nobody = nameless("campaign" if "leads" in row else "rep")
    return row.get("name") or (row["by"] if row["by"] is not None else nobody)


def _desk(row: Row) -> str:
    """The heading of a rep: inside sales and sales are compared apart. Campaigns have none."""
    role = row.get("role")
    return DESKS.get(role, str(role)) if role else ROLELESS


def _desks(rows: Sequence[Row]) -> list[str]:
    """The headings in order: inside sales, sales, others, those without a role."""
    order = [*DESKS.values()]
    found = {_desk(row) for row in rows}
    others = sorted(found - {*order, ROLELESS})
    return [desk for desk in (*order, *others, ROLELESS) if desk in found]


def _judged_marks(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterator[Spec]:
    yield from rates(rows, colours, scale)
    yield tick(rows, "expected", scale, colour=colours.ink, width=2, more=2)


def _verdicts(rows: Sequence[Row]) -> str:
    """`2 of 12 are above what their mix lets expect (fair, referral), 1 below (giveaway), 3 have too few.`"""
    by = {verdict: [_name(row) for row in rows if row["verdict"] == verdict] for verdict in VERDICTS}
    above, below, few = by["above"], by["below"], len(by["too few"])
    text = f"Of {len(rows)}, {len(above) or 'none'} won more than expected{_named(above)} and {len(below) or 'none'} less{_named(below)}"
    return text + (f"; of {few} there {'is' if few == 1 else 'are'} too few to say." if few else ".")


def _named(names: Sequence[str]) -> str:
    return f" ({', '.join(names[:3])}{', …' if len(names) > 3 else ''})" if names else ""


def goals(rows: Sequence[Row], *, theme: str, numbers: Numbers, link: Linked) -> Drawing | None:
    """Each group's goals as bars to the right of the goal (over) or to the left (under); None where there are no goals."""
    colours = palette(theme)
    every = [(place, row, number, goal) for place, row in enumerate(rows) for number, goal in enumerate(row["goals"])]
    found = [each for each in every if each[3]["rate"]["rate"] is not None]
    if not found:
        return None
    found.sort(key=lambda each: (each[2], -each[3]["rate"]["rate"]))
    bands = [
        _goal(row, goal, numbers, colours, link(place, f"goals.{number}")) for place, row, number, goal in found[: 2 * MOST_ROWS]
    ]
    far = max(abs(band.marks["off"] or 0) for band in bands) * 1.05 or 0.01
    missed = sum(not goal["met"] for *_, goal in found)
    answer = (
        f"All {len(found)} goals are met."
        if not missed
        else f"{len(found) - missed} of {len(found)} goals are met, {missed} {'is' if missed == 1 else 'are'} not."
    )
    marks = Marks(12, lambda at, ink: _sides(at, ink, (-far, far)), (-far, far))
    return banded("goals", GOALS, answer, bands, marks, colours)


def _goal(row: Row, goal: Row, numbers: Numbers, colours: Palette, href: str | None) -> Band:
    rate, met = goal["rate"], goal["met"]
    off = rate["rate"] - goal["target"]
    heading = f"{goal['from']} to {goal['to']}: at least {numbers.share(goal['target'])}"
    return Band(
        name=_name(row), figure=f"{numbers.rate(rate)} · {numbers.count(rate['n'])} of {numbers.count(rate['of'])}",
        marks={"zero": 0.0, "off": off}, colour=colours.good if met else colours.bad, group=heading, word="over" if met else "under",
        state=MET if met else MISSED, notes=[f"{abs(100 * off):.1f} points {'over' if off >= 0 else 'under'} the goal"], href=href,
        tips=[("group", _name(row)), ("goal", heading), ("rate", numbers.rate(rate))],
    )  # fmt: skip


def _sides(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterator[Spec]:
    yield told(box(rows, "zero", "off", scale), rows)
    yield tick(rows, "zero", scale, colour=colours.ink, width=1.5)


def models_apart(rows: Sequence[Row], signed: str | None, *, theme: str, numbers: Numbers, link: Linked) -> Drawing:
    """Each campaign's (or channel's) amount by the signed model as a dot, a line from the least to the most of all models, spend as a stroke."""
    colours, model = palette(theme), signed or "linear"
    found = list(enumerate(rows))
    if not found:
        return nothing_to_draw("attribution", WHO, "Nothing was won in this period.", theme)
    shown = found[:MOST_ROWS]
    bands = [_given(row, model, numbers, colours, link(place, f"models.{model}.amount")) for place, row in shown]
    values = [value for band in bands for value in band.marks.values() if value is not None]
    least, most = min(0.0, *values), max(0.01, *values)
    edge = EDGE * (most - least)
    scale = (least - edge, most + edge)
    key = [("rate", f"the model {model}, and from the least to the most of all models")]
    key += [("stroke", "spend")] if any(row["spend"] for _, row in shown) else []
    marks = Marks(10, lambda at, ink: _given_marks(at, ink, scale), scale, key)
    answer = _most([row for _, row in found], model, numbers)
    if len(found) > len(shown):
        answer += f" Drawn are the first {len(shown)} of {len(found)}."
    return banded("attribution", WHO, answer, bands, marks, colours)


def _given(row: Row, model: str, numbers: Numbers, colours: Palette, href: str | None) -> Band:
    given, spread = row["models"][model], row["spread"]
    currency = {"currency": given["currency"]}
    low, high = (numbers.amount({"amount": spread[end]} | currency) for end in ("low", "high"))
    cost = numbers.amount(row["spend"]) if row["spend"] else NOTHING
    returned = row["return_on_spend"] and row["return_on_spend"]["signed"]
    tips = [("group", _named_row(row)), ("wins", numbers.count(row["wins"])), (model, numbers.amount(given)), ("least", low), ("most", high),
            ("spend", cost), ("return on spend", NOTHING if returned is None else f"{returned:.1f}")]  # fmt: skip
    note = f"{low} to {high} by all models" + (f" · {returned:.1f} for each 1 spent" if returned is not None else "")
    marks = {"given": given["amount"], "low": spread["low"], "high": spread["high"], "spend": (row["spend"] or {}).get("amount")}
    colour = colours.muted if row["by"] is None else colours.both
    return Band(_named_row(row), numbers.amount(given), marks, colour, notes=[note], tips=tips, href=href)


def _given_marks(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterator[Spec]:
    ends = [row | {"begin": scale[0], "end": scale[1]} for row in rows]
    yield span(ends, "begin", "end", scale, colour=colours.track, width=2)
    yield span(rows, "low", "high", scale, colour=colours.muted, width=2)
    yield tick(rows, "spend", scale, colour=colours.ink, width=2, more=2)
    yield told(dot(rows, "given", scale, size=90, stroke=colours.surface), rows)


def _named_row(row: Row) -> str:
    return row["by"] if row["by"] is not None else "nobody named"


def _most(rows: Sequence[Row], model: str, numbers: Numbers) -> str:
    best = max(rows, key=lambda row: row["models"][model]["amount"])
    given = best["models"][model]
    currency = {"currency": given["currency"]}
    low, high = (numbers.amount({"amount": best["spread"][end]} | currency) for end in ("low", "high"))
    return f"{_named_row(best).capitalize() if best['by'] is None else best['by']} has the most by {model}: {numbers.amount(given)}, between {low} and {high} by all models."
