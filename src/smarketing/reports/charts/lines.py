"""Charts over time: the scoreboard's waterfall in money, and a lead's score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil, log10
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl

from smarketing.agreement.changes.phrases import short_name
from smarketing.reports.charts.form.drawing import Drawing, nothing_to_draw
from smarketing.reports.charts.numbers import ENGLISH, Numbers
from smarketing.reports.charts.theme import SMALL, TEXT, Palette, Spec, palette

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement

Row = dict[str, Any]
HIGH, APART = 260, 16
"""The height of a chart over time, and how far its labels keep from each other, in pixels."""
DELIVERED = "Is what was delivered keeping up with what was promised?"
SCORED = "How did the score come about?"
OVER, LINE = -38, 19
"""Where the words over a picture begin, in pixels from its top, and how far their lines are apart."""
SOLID, PROMISED = [1, 0], [5, 3]
DASHES: dict[str, list[int]] = {"total": SOLID, "engagement": [6, 3], "fit": [2, 2]}


def waterfall(days: Sequence[Row], *, theme: str, numbers: Numbers, currency: str) -> Drawing:
    """What was promised by each day as a line and what was delivered as an area, both added up from the period's begin, in money."""
    colours = palette(theme)
    rows = [{"at": row["day"], "promised": row["promised"], "delivered": row["delivered"]} for row in days]
    known = [row for row in rows if row["delivered"] is not None]
    if not known or not any(row["promised"] or row["delivered"] for row in rows):
        return nothing_to_draw("waterfall", DELIVERED, "No worth is promised in this period, or none of it is over yet.", theme)
    top = max(max(row["promised"], row["delivered"] or 0) for row in rows) * 1.02
    axes = {"x": _time_axis(rows), "y": _axis(top, lambda value: numbers.money(value, currency))}
    layers = [*_fall(rows, known, axes, colours), *_heads(known[-1], rows[-1], colours, numbers, currency)]
    answer = _fallen(known[-1], numbers, currency)
    return Drawing("waterfall", DELIVERED, answer, _with_tips(layers, rows, axes, numbers, currency), HIGH, axes=True, around=61)


def _fallen(last: Row, numbers: Numbers, currency: str) -> str:
    gap = last["delivered"] - last["promised"]
    words = f"{numbers.money(abs(gap), currency)} {'more' if gap >= 0 else 'less'} than promised by then"
    day = numbers.day(date.fromisoformat(last["at"]))
    return f"By {day} {numbers.money(last['delivered'], currency)} were delivered, {words}."


def _fall(rows: list[Row], known: list[Row], axes: Spec, colours: Palette) -> Iterator[Spec]:
    x, y = axes["x"], axes["y"]
    area = {"type": "area", "color": colours.marketing, "opacity": 0.22, "interpolate": "step-before"}
    edge = {"type": "line", "color": colours.marketing, "strokeWidth": 2, "interpolate": "step-before"}
    for mark in (area, edge):
        yield {"data": {"values": known}, "mark": mark, "encoding": {"x": x, "y": y | {"field": "delivered"}}}
    line = {"type": "line", "color": colours.ink, "strokeWidth": 1.5, "strokeDash": PROMISED}
    yield {"data": {"values": rows}, "mark": line, "encoding": {"x": x, "y": y | {"field": "promised"}}}


def _heads(last: Row, end: Row, colours: Palette, numbers: Numbers, currency: str) -> Iterator[Spec]:
    """What both came to, each with its mark, written over the picture where no line can cross it."""
    for place, name in enumerate(("delivered", "promised")):
        row, colour, dash = (last, colours.marketing, SOLID) if name == "delivered" else (end, colours.ink, PROMISED)
        words = f"{name} {numbers.money(row[name], currency)} by {numbers.day(date.fromisoformat(row['at']))}"
        y = {"value": OVER + LINE * place}
        yield {
            "data": {"values": [{"words": words}]},
            "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": TEXT, "fontWeight": 600, "color": colour},
            "encoding": {"x": {"value": 30}, "y": y, "text": {"field": "words", "type": "nominal"}},
        }  # fmt: skip
        stroke = {"type": "rule", "color": colour, "strokeWidth": 2, "strokeDash": dash}
        yield {"data": {"values": [{}]}, "mark": stroke, "encoding": {"x": {"value": 0}, "x2": {"value": 22}, "y": y}}


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
    numbers: Numbers = ENGLISH,
) -> Drawing:  # fmt: skip
    """One lead's fit, engagement and their sum over time, as steps, from the rows of the table `score_changes` that are of it.

    `thresholds`: lines to reach (see `thresholds_of`). Times are shown on the wall clock of `zone`; the lines end at `as_of`.
    """
    colours = palette(theme)
    if changes.is_empty():
        return nothing_to_draw("score", SCORED, "This lead has earned no points.", theme)
    steps, rules = _balances(changes, as_of, zone), list(thresholds)
    last = steps[-1]
    floor, top = _bounds(steps, [rule["points"] for rule in rules])
    axes = {"x": _time_axis(steps), "y": _axis(top, numbers.count, floor)}
    layers = [*_rules(rules, axes, colours), *_steps(steps, axes, colours)]
    layers += _labels(steps, rules, axes, colours, (floor, top), numbers)
    told = ", ".join(f"{name} {numbers.count(last[name])}" for name in ("fit", "engagement", "total"))
    answer = f"On {numbers.day(_day(last['at']))} the score is {told}."
    return Drawing("score", SCORED, answer, layers, HIGH, axes=True, around=17)


def thresholds_of(agreement: Agreement) -> list[Row]:
    """The points that the agreement asks for: `{"axis": fit | engagement | total, "points", "label"}`, of its stages and its grades.

    What asks for the same points of the same axis is one line with both names.
    """
    asked: dict[tuple[str, float], list[str]] = {}
    for stage in agreement.stages:
        for part in stage.when.parts() if stage.when else ():
            for axis, points in part.score.thresholds().items() if part.score else ():
                asked.setdefault((axis, float(points)), []).append(f"{short_name(stage.name, agreement)}: {axis}")
    for grade, points in agreement.grades.items():
        asked.setdefault(("fit", float(points)), []).append(f"grade {grade}")
    return [{"axis": axis, "points": points, "label": ", ".join(dict.fromkeys(names))} for (axis, points), names in asked.items()]


def _balances(changes: pl.DataFrame, as_of: datetime, zone: str) -> list[Row]:
    """One row for each moment: `at` (wall clock of the zone, as text), `fit`, `engagement`, `total`; the last is as of the end."""
    held: Row = {"fit": 0.0, "engagement": 0.0}
    moments: dict[datetime, Row] = {}
    rows = zip(changes["at"].to_list(), changes["axis"].to_list(), changes["balance"].to_list(), strict=True)
    for at, axis, balance in sorted(rows, key=itemgetter(0)):
        held = held | {axis: float(balance)}
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
        mark["strokeDash"] = DASHES[name]
        yield {"data": {"values": list(steps)}, "mark": mark, "encoding": {"x": axes["x"], "y": axes["y"] | {"field": name}}}
    stroke = {"type": "rule", "opacity": 0, "strokeWidth": 6}
    yield {"data": {"values": list(steps)}, "mark": stroke, "encoding": {"x": axes["x"], "tooltip": tips[1:]}}


def _rules(thresholds: Sequence[Mapping[str, Any]], axes: Spec, colours: Palette) -> Iterator[Spec]:
    """The lines to reach, dashed like the line that has to reach them."""
    for rule in thresholds:
        mark = {"type": "rule", "color": colours.line, "strokeWidth": 1, "strokeDash": DASHES[rule["axis"]]}
        rows = [{"value": float(rule["points"])}]
        yield {"data": {"values": rows}, "mark": mark, "encoding": {"y": axes["y"] | {"field": "value"}}}


def _labels(
    steps: Sequence[Row],
    thresholds: Sequence[Mapping[str, Any]],
    axes: Spec,
    colours: Palette,
    bounds: tuple[float, float],
    numbers: Numbers,
) -> Iterator[Spec]:
    """Names and figures in a column on the right, pushed apart where lines end close to each other."""
    last, hues = steps[-1], {"total": colours.both, "engagement": colours.ink, "fit": colours.muted}
    spots = [(last[name], f"{name} {numbers.count(last[name])}", hues[name], 600) for name in DASHES]
    spots += [
        (float(rule["points"]), f"{rule['label']} {numbers.count(float(rule['points']))}", colours.muted, 400)
        for rule in thresholds
    ]
    pixels = HIGH / (bounds[1] - bounds[0])
    wanted = sorted(((bounds[1] - value) * pixels, -weight, words, value, colour) for value, words, colour, weight in spots)
    for (want, weight, words, value, colour), place in zip(wanted, _apart([each[0] for each in wanted]), strict=True):
        yield {
            "data": {"values": [{"at": last["at"], "value": value, "words": words}]},
            "mark": {"type": "text", "align": "left", "baseline": "middle", "xOffset": 8, "yOffset": place - want, "fontSize": SMALL,
                     "fontWeight": -weight, "color": colour},
            "encoding": {"x": axes["x"], "y": axes["y"] | {"field": "value"}, "text": {"field": "words", "type": "nominal"}},
        }  # fmt: skip


def _apart(wanted: Sequence[float]) -> list[float]:
    """Places as near as possible to those wanted (ascending), none nearer to the next than a line of words, none below the picture."""
    places: list[float] = []
    for want in wanted:
        places.append(max(want, places[-1] + APART if places else want))
    limit = float(HIGH)
    for at in reversed(range(len(places))):
        places[at] = min(places[at], limit)
        limit = places[at] - APART
    return places


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
    """Labelled days: the first of months (with the year where there are several), Mondays of a shorter time, days of a short one."""
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    if len(days) > 75:
        months = [day for day in days if day.day == 1]
        step = max(1, ceil(len(months) / 8))
        chosen = months[::step] or days[:1]
        several = chosen[0].year != chosen[-1].year
        return {day: f"{day:%b} ’{day:%y}" if several else f"{day:%b}" for day in chosen}
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
