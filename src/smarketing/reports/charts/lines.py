"""Charts over time: the scoreboard's waterfall in money, and a lead's score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil, log10
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from smarketing.reports.charts.form.drawing import Drawing, nothing_to_draw
from smarketing.reports.charts.numbers import Numbers
from smarketing.reports.charts.theme import SMALL, TEXT, Palette, Spec, palette

Row = dict[str, Any]
HIGH, APART = 260, 16
"""The height of a chart over time, and how far its labels keep from each other, in pixels."""
DELIVERED = "Is what was delivered keeping up with what was promised?"
SCORED = "How did the score come about?"
DASHES: dict[str, list[int]] = {"total": [], "engagement": [6, 3], "fit": [2, 2]}


def waterfall(days: Sequence[Row], *, theme: str, numbers: Numbers, currency: str) -> Drawing:
    """What was promised by each day as a line and what was delivered as an area, both added up from the period's begin, in money."""
    colours = palette(theme)
    rows = [{"at": row["day"], "promised": row["promised"], "delivered": row["delivered"]} for row in days]
    known = [row for row in rows if row["delivered"] is not None]
    if not known or not any(row["promised"] or row["delivered"] for row in rows):
        return nothing_to_draw("waterfall", DELIVERED, "No worth is promised in this period, or none of it is over yet.", theme)
    top = max(max(row["promised"], row["delivered"] or 0) for row in rows) * 1.02
    last = known[-1]
    gap = last["delivered"] - last["promised"]
    words = f"{numbers.money(abs(gap), currency)} {'more' if gap >= 0 else 'less'} than promised by then"
    answer = (
        f"By {numbers.day(date.fromisoformat(last['at']))} {numbers.money(last['delivered'], currency)} were delivered, "
        f"{numbers.money(last['promised'], currency)} promised: {words}."
    )
    axes = {"x": _time_axis(rows), "y": _axis(top, lambda value: numbers.money(value, currency))}
    layers = [
        *_fall(rows, known, axes, colours),
        *_ends(last, rows[-1], axes, colours, top, lambda value: numbers.money(value, currency)),
    ]
    return Drawing("waterfall", DELIVERED, answer, _with_tips(layers, rows, axes, numbers, currency), HIGH, axes=True)


def _fall(rows: list[Row], known: list[Row], axes: Spec, colours: Palette) -> Iterator[Spec]:
    x, y = axes["x"], axes["y"]
    area = {"type": "area", "color": colours.marketing, "opacity": 0.22, "interpolate": "step-after"}
    edge = {"type": "line", "color": colours.marketing, "strokeWidth": 2, "interpolate": "step-after"}
    for mark in (area, edge):
        yield {"data": {"values": known}, "mark": mark, "encoding": {"x": x, "y": y | {"field": "delivered"}}}
    line = {"type": "line", "color": colours.ink, "strokeWidth": 1.5, "strokeDash": [5, 3]}
    yield {"data": {"values": rows}, "mark": line, "encoding": {"x": x, "y": y | {"field": "promised"}}}


def _ends(last: Row, end: Row, axes: Spec, colours: Palette, top: float, money: Any) -> Iterator[Spec]:
    """What both lines came to, written where they end: what is promised in all on the left of its end, above it."""
    above = last["delivered"] >= last["promised"]
    spots = [
        (end["at"], end["promised"], f"promised {money(end['promised'])}", colours.ink, "right", -9),
        (
            last["at"],
            last["delivered"],
            f"delivered {money(last['delivered'])}",
            colours.marketing,
            "right",
            -10 if above else 14,
        ),
    ]
    close = abs(end["promised"] - last["delivered"]) < top * 2 * APART / HIGH
    for day, value, words, colour, align, lift in spots:
        down = 14 if close and value == min(end["promised"], last["delivered"]) else lift
        yield {
            "data": {"values": [{"at": day, "value": value, "words": words}]},
            "mark": {"type": "text", "align": align, "baseline": "middle", "yOffset": down, "xOffset": -4, "fontSize": TEXT, "fontWeight": 600},
            "encoding": {"x": axes["x"], "y": axes["y"] | {"field": "value"}, "text": {"field": "words", "type": "nominal"},
                         "color": {"value": colour}},
        }  # fmt: skip


def _with_tips(layers: list[Spec], rows: list[Row], axes: Spec, numbers: Numbers, currency: str) -> list[Spec]:
    """The layers, and unseen strokes over each day that tell its figures."""
    told = [
        {"at": row["at"], "day": numbers.day(date.fromisoformat(row["at"])), "promised": numbers.money(row["promised"], currency),
         "delivered": "not yet" if row["delivered"] is None else numbers.money(row["delivered"], currency)}
        for row in rows
    ]  # fmt: skip
    tips = [{"field": name, "type": "nominal", "title": name} for name in ("day", "promised", "delivered")]
    stroke = {"type": "rule", "opacity": 0, "strokeWidth": 8}
    return [*layers, {"data": {"values": told}, "mark": stroke, "encoding": {"x": axes["x"], "tooltip": tips}}]


def score_chart(
    changes: pl.DataFrame, *, thresholds: Iterable[Mapping[str, Any]] = (), as_of: datetime, zone: str = "UTC", theme: str = "light",
    numbers: Numbers,
) -> Drawing:  # fmt: skip
    """One lead's fit, engagement and their sum over time, as steps, from the rows of the table `score_changes` that are of it.

    `thresholds`: lines to reach, each `{"axis": "fit" | "engagement" | "total", "points": 40, "label": "mql"}`. Times are shown
    on the wall clock of `zone`; the lines end at `as_of`.
    """
    colours = palette(theme)
    if changes.is_empty():
        return nothing_to_draw("score", SCORED, "This lead has earned no points.", theme)
    steps = _balances(changes, as_of, zone)
    last = steps[-1]
    floor, top = _bounds(steps, [rule["points"] for rule in thresholds])
    axes = {"x": _time_axis(steps), "y": _axis(top, numbers.count, floor)}
    layers = [*_rules(thresholds, axes, colours, numbers), *_steps(steps, axes, colours)]
    layers += _score_ends(last, axes, colours, numbers, (floor, top))
    told = ", ".join(f"{name} {numbers.count(last[name])}" for name in ("fit", "engagement", "total"))
    answer = f"On {numbers.day(_day(last['at']))} the score is {told}."
    return Drawing("score", SCORED, answer, layers, HIGH, axes=True)


def _balances(changes: pl.DataFrame, as_of: datetime, zone: str) -> list[Row]:
    """One row for each moment: `at` (wall clock of the zone, as text), `fit`, `engagement`, `total`; the last is as of the end."""
    held: Row = {"fit": 0.0, "engagement": 0.0}
    moments: dict[datetime, Row] = {}
    for at, axis, balance in changes.sort("at").select("at", "axis", pl.col("balance").cast(pl.Float64)).iter_rows():
        held = held | {axis: balance}
        moments[at] = held
    first = min(moments)
    wall = [(first, {"fit": 0.0, "engagement": 0.0}), *sorted(moments.items()), (max(as_of, first), held)]
    return [
        {
            "at": at.replace(tzinfo=at.tzinfo or UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S"),
            "total": row["fit"] + row["engagement"],
        }
        | row
        for at, row in wall
    ]


def _bounds(steps: Sequence[Row], lines: Sequence[float]) -> tuple[float, float]:
    values = [row[name] for row in steps for name in DASHES] + [float(each) for each in lines]
    low, high = min(0.0, *values), max(10.0, *values)
    return low * 1.08, high * 1.08


def _steps(steps: Sequence[Row], axes: Spec, colours: Palette) -> Iterator[Spec]:
    hues = {"total": colours.both, "engagement": colours.ink, "fit": colours.muted}
    tips = [{"field": "at", "type": "temporal", "title": "at", "format": "%Y-%m-%d %H:%M", "scale": {"type": "utc"}}]
    tips += [{"field": name, "type": "quantitative", "title": name} for name in DASHES]
    for name in ("fit", "engagement", "total"):
        mark: Spec = {
            "type": "line",
            "interpolate": "step-after",
            "color": hues[name],
            "strokeWidth": 2.5 if name == "total" else 1.5,
        }
        if DASHES[name]:
            mark["strokeDash"] = DASHES[name]
        yield {"data": {"values": list(steps)}, "mark": mark, "encoding": {"x": axes["x"], "y": axes["y"] | {"field": name}}}
    stroke = {"type": "rule", "opacity": 0, "strokeWidth": 6}
    yield {"data": {"values": list(steps)}, "mark": stroke, "encoding": {"x": axes["x"], "tooltip": tips[1:]}}


def _rules(thresholds: Iterable[Mapping[str, Any]], axes: Spec, colours: Palette, numbers: Numbers) -> Iterator[Spec]:
    for rule in thresholds:
        words = f"{rule['label']}: {rule['axis']} {numbers.count(float(rule['points']))}"
        rows = [{"value": float(rule["points"]), "words": words}]
        y = axes["y"] | {"field": "value"}
        yield {"data": {"values": rows}, "mark": {"type": "rule", "color": colours.line, "strokeWidth": 1}, "encoding": {"y": y}}
        yield {
            "data": {"values": rows},
            "mark": {"type": "text", "align": "left", "baseline": "bottom", "xOffset": 4, "yOffset": -2, "fontSize": SMALL, "color": colours.muted},
            "encoding": {"y": y, "x": {"value": 0}, "text": {"field": "words", "type": "nominal"}},
        }  # fmt: skip


def _score_ends(last: Row, axes: Spec, colours: Palette, numbers: Numbers, bounds: tuple[float, float]) -> Iterator[Spec]:
    """The names and balances at the right end, pushed apart where lines end close to each other."""
    hues = {"total": colours.both, "engagement": colours.ink, "fit": colours.muted}
    names = sorted(DASHES, key=lambda name: (-last[name], name != "total"))
    pixels = HIGH / (bounds[1] - bounds[0])
    lowest = -float("inf")
    for name in names:
        want = (bounds[1] - last[name]) * pixels
        place = max(want, lowest + APART)
        lowest = place
        yield {
            "data": {"values": [{"at": last["at"], "value": last[name], "words": f"{name} {numbers.count(last[name])}"}]},
            "mark": {"type": "text", "align": "left", "baseline": "middle", "xOffset": 6, "yOffset": place - want, "fontSize": SMALL,
                     "fontWeight": 600, "color": hues[name]},
            "encoding": {"x": axes["x"], "y": axes["y"] | {"field": "value"}, "text": {"field": "words", "type": "nominal"}},
        }  # fmt: skip


def _time_axis(rows: Sequence[Row]) -> Spec:
    """Days, labelled as far apart as they have room: by the day, the week or the month."""
    first, last = _day(rows[0]["at"]), _day(rows[-1]["at"])
    labels = _ticks(first, last)
    words = ", ".join(f"'{day.isoformat()}': '{word}'" for day, word in labels.items())
    expr = f"{{{words}}}[utcFormat(datum.value, '%Y-%m-%d')]"
    axis = {"values": [f"{day.isoformat()}T00:00:00Z" for day in labels], "labelExpr": expr, "grid": False, "title": None, "labelOverlap": True,
            "labelFlush": True}  # fmt: skip
    return {"field": "at", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}


def _ticks(first: date, last: date) -> dict[date, str]:
    """Labelled days: the first of months, Mondays of a shorter time, days of a very short one; the year where it begins."""
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    if len(days) > 75:
        months = [day for day in days if day.day == 1]
        step = max(1, ceil(len(months) / 8))
        chosen = months[::step] or days[:1]
        return {
            day: f"{day:%b}" + (f" {day.year}" if place == 0 or day.month <= step else "") for place, day in enumerate(chosen)
        }
    mondays = [day for day in days if day.weekday() == 0] if len(days) > 14 else days
    chosen = mondays[:: max(1, ceil(len(mondays) / 7))] or days[:1]
    return {day: f"{day.day} {day:%b}" for day in chosen}


def _axis(top: float, words: Any, floor: float = 0.0) -> Spec:
    """A scale of money or points with round figures, in the reader's way of writing them."""
    step = _round_step((top - floor) / 4)
    values = [step * place for place in range(ceil(floor / step), int(top // step) + 1)]
    labels = ", ".join(f"'{value:g}': '{words(value)}'" for value in values)
    axis = {"values": values, "labelExpr": f"{{{labels}}}[format(datum.value, 'd')]", "title": None, "grid": True}
    return {"type": "quantitative", "scale": {"domain": [floor, top], "nice": False}, "axis": axis}


def _round_step(rough: float) -> float:
    power = 10.0 ** int(log10(max(rough, 1)))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= max(rough, 1))


def _day(at: str) -> date:
    return datetime.fromisoformat(at).date()
