"""The chart of attribution: how far the models part, and what was spent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from smarketing.reports.charts.form.bands import Band, Marks, dot, span, tick, told
from smarketing.reports.charts.form.drawing import Drawing, banded, nothing_to_draw
from smarketing.reports.charts.numbers import NOTHING, Numbers
from smarketing.reports.charts.theme import Palette, Spec, palette

Row = dict[str, Any]
Linked = Callable[[int, str], str | None]
MOST_ROWS = 20
"""So many are drawn, those with the most first; the table has all."""
ASKED = "Who brought the money, and how far do the models agree?"
EDGE = 0.02


def models_apart(rows: Sequence[Row], signed: str | None, *, theme: str, numbers: Numbers, link: Linked) -> Drawing:
    """Each campaign's (or channel's) amount by the signed model as a dot, a line from the least to the most of all models, spend as a stroke."""
    colours, model = palette(theme), signed or "linear"
    found = list(enumerate(rows))
    if not found:
        return nothing_to_draw("attribution", ASKED, "Nothing was won in this period.", theme)
    shown = found[:MOST_ROWS]
    bands = [_band(row, model, numbers, colours, link(place, f"models.{model}.amount")) for place, row in shown]
    values = [value for band in bands for value in band.marks.values() if value is not None]
    least, most = min(0.0, *values), max(0.01, *values)
    edge = EDGE * (most - least)
    scale = (least - edge, most + edge)
    key = [("rate", f"the model {model}, and from the least to the most of all models")]
    key += [("stroke", "spend")] if any(row["spend"] for _, row in shown) else []
    marks = Marks(10, lambda at, ink: _marks(at, ink, scale), scale, key)
    answer = _answer([row for _, row in found], model, numbers)
    if len(found) > len(shown):
        answer += f" Drawn are the first {len(shown)} of {len(found)}."
    return banded("attribution", ASKED, answer, bands, marks, colours)


def _band(row: Row, model: str, numbers: Numbers, colours: Palette, href: str | None) -> Band:
    given, spread = row["models"][model], row["spread"]
    currency = {"currency": given["currency"]}
    low, high = (numbers.amount({"amount": spread[end]} | currency) for end in ("low", "high"))
    cost = numbers.amount(row["spend"]) if row["spend"] else NOTHING
    returned = row["return_on_spend"] and row["return_on_spend"]["signed"]
    tips = [("group", _name(row)), ("wins", numbers.count(row["wins"])), (model, numbers.amount(given)), ("least", low), ("most", high),
            ("spend", cost), ("return on spend", NOTHING if returned is None else f"{returned:.1f}")]  # fmt: skip
    note = f"{low} to {high} by all models" + (f" · {returned:.1f} for each 1 spent" if returned is not None else "")
    marks = {"given": given["amount"], "low": spread["low"], "high": spread["high"], "spend": (row["spend"] or {}).get("amount")}
    colour = colours.muted if row["by"] is None else colours.both
    return Band(_name(row), numbers.amount(given), marks, colour, notes=[note], tips=tips, href=href)


def _marks(rows: Sequence[Spec], colours: Palette, scale: tuple[float, float]) -> Iterator[Spec]:
    ends = [row | {"begin": scale[0], "end": scale[1]} for row in rows]
    yield span(ends, "begin", "end", scale, colour=colours.track, width=2)
    yield span(rows, "low", "high", scale, colour=colours.muted, width=2)
    yield tick(rows, "spend", scale, colour=colours.ink, width=2, more=2)
    yield told(dot(rows, "given", scale, size=90, stroke=colours.surface), rows)


def _name(row: Row) -> str:
    return row["by"] if row["by"] is not None else "nobody named"


def _answer(rows: Sequence[Row], model: str, numbers: Numbers) -> str:
    best = max(rows, key=lambda row: row["models"][model]["amount"])
    given = best["models"][model]
    currency = {"currency": given["currency"]}
    low, high = (numbers.amount({"amount": best["spread"][end]} | currency) for end in ("low", "high"))
    return f"{_name(best).capitalize() if best['by'] is None else best['by']} has the most by {model}: {numbers.amount(given)}, between {low} and {high} by all models."
