"""Bands: the form that most charts share, a line of words over a mark, one below the other.

A band is as wide as the page allows. Its name stands on the left over the mark and its figure on the right, so words and marks
never meet and a phone shows what a wall shows. Places are pixels from the top, laid out here; Vega only stretches the width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from smarketing.reports.charts.theme import SMALL, TEXT, Palette, Spec

HEAD, NAMED, NOTED, APART = 32, 24, 21, 12
"""Pixels of a group's heading, of the line of name and figure, of a line of notes, and of the space between bands."""
LETTER = 6.9
"""The width to reckon with for a letter of a figure, in pixels."""
MET, MISSED, ON, UNDER, OVER, EVEN, OPEN = "met", "missed", "on", "under", "over", "even", "open"
SHAPES = {
    MET: "M-0.8,0.05 L-0.25,0.6 L0.85,-0.6 L0.65,-0.8 L-0.25,0.2 L-0.6,-0.15 Z",
    MISSED: "M-0.7,-0.5 L-0.5,-0.7 L0,-0.2 L0.5,-0.7 L0.7,-0.5 L0.2,0 L0.7,0.5 L0.5,0.7 L0,0.2 L-0.5,0.7 L-0.7,0.5 L-0.2,0 Z",
    ON: "circle", UNDER: "triangle-down", OVER: "triangle-up", EVEN: "stroke", OPEN: "M-0.5,-0.5 L0.5,-0.5 L0.5,0.5 L-0.5,0.5 Z",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """One band: its words, and the `marks` its chart draws in it (numbers on the chart's scale, by name).

    `group` is what it stands under, in the colour `heading` (None: ink). `word` is its verdict, with the shape of `state`. `notes` are lines under the mark.
    `tips` are told on hover; `href` is where its figure leads.
    """

    name: str
    figure: str
    marks: dict[str, float | None]
    colour: str
    group: str | None = None
    heading: str | None = None
    word: str = ""
    state: str | None = None
    notes: Sequence[str] = ()
    tips: Sequence[tuple[str, str]] = ()
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What a chart draws in every band: `thick` pixels high, by layers that are made from the rows of the bands.

    `key` names the marks that need it, each `(stroke | thin | range | rate, words)`, below the last band.
    """

    thick: int
    layers: Callable[[Sequence[Spec], Palette], Iterable[Spec]]
    scale: tuple[float, float]
    key: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Layout:
    """Where everything stands: rows of words, of marks, and the height they take."""

    rows: list[Spec] = field(default_factory=list)
    heads: list[Spec] = field(default_factory=list)
    lines: list[Spec] = field(default_factory=list)
    height: int = 0


def layer_bands(bands: Sequence[Band], marks: Marks, palette: Palette) -> tuple[list[Spec], int]:
    """(The layers of a chart of bands, its height in pixels)."""
    layout = _laid_out(bands, marks, palette)
    keys = list(_key(layout, marks.key, palette))
    layers = [*marks.layers(layout.rows, palette), *_words(layout, palette)]
    return [*layers, *keys], layout.height


def _laid_out(bands: Sequence[Band], marks: Marks, palette: Palette) -> Layout:
    layout, group = Layout(), None
    for band in bands:
        if band.group != group:
            layout.height += HEAD if layout.height == 0 else HEAD + 6
            layout.heads.append({"text": band.group, "y": layout.height - 16, "colour": band.heading or palette.ink})
            group = band.group
        _place(band, layout, marks.thick, palette)
    return layout


def _place(band: Band, layout: Layout, thick: int, palette: Palette) -> None:
    top = layout.height + NAMED
    colours = {MET: palette.good, OVER: palette.good, MISSED: palette.bad, UNDER: palette.bad}
    row: Spec = {
        "name": band.name, "figure": band.figure, "word": band.word, "named": top - 11, "top": top, "middle": top + thick / 2,
        "bottom": top + thick, "colour": band.colour, "noted": top + thick + 13, "state": band.state,
        "shade": colours.get(band.state or "", palette.muted), "href": band.href,
    } | band.marks  # fmt: skip
    row |= {f"tip{place}": told for place, (_, told) in enumerate(band.tips)}
    row["tips"] = [title for title, _ in band.tips]
    layout.rows.append(row)
    for place, note in enumerate(band.notes):
        layout.lines.append({"text": note, "y": top + thick + 13 + 17 * place, "beside": band.word if place == 0 else ""})
    lines = max(len(band.notes), 1 if band.word else 0)
    layout.height = top + thick + (NOTED + 17 * (lines - 1) if lines else 0) + APART


def _key(layout: Layout, key: Sequence[tuple[str, str]], palette: Palette) -> Iterator[Spec]:
    """What the marks mean, drawn small, in lines below the bands that also a phone has room for."""
    for place, (mark, words) in enumerate(key):
        y = layout.height + 12 + 18 * place
        yield text([{"words": words, "y": y}], "words", "y", left=True, fixed=palette.muted, size=SMALL, inset=-24)
        yield from _sample(mark, y, palette)
    layout.height += 18 * len(key) + (6 if key else 0)


def _sample(mark: str, y: float, palette: Palette) -> Iterator[Spec]:
    data: Spec = {"data": {"values": [{"y": y, "y2": y + 6, "y1": y - 6}]}}
    if mark in ("stroke", "thin"):
        ends = {"y": down("y1"), "y2": {"field": "y2"}, "x": {"value": 9}}
        yield data | {
            "mark": {"type": "rule", "color": palette.ink, "strokeWidth": 2 if mark == "stroke" else 1},
            "encoding": ends,
        }
    else:
        line, fill = (palette.muted, palette.both) if mark == "rate" else (palette.ink, palette.ink)
        ends = {"y": down("y"), "x": {"value": 2}, "x2": {"value": 18}}
        yield data | {"mark": {"type": "rule", "color": line, "strokeWidth": 2, "clip": True}, "encoding": ends}
        middle = {"y": down("y"), "x": {"value": 9}}
        dot: Spec = {"type": "point", "shape": "circle", "size": 30, "fill": fill, "strokeWidth": 0, "opacity": 1}
        yield data | {"mark": dot, "encoding": middle}


def _words(layout: Layout, palette: Palette) -> Iterable[Spec]:
    if layout.heads:
        yield text(layout.heads, "text", "y", left=True, weight=600, colour="colour", size=TEXT)
    for keep, rows in _by_room(layout.rows, "figure", more=16):
        yield text(rows, "name", "named", left=True, weight=500, fixed=palette.ink, size=TEXT, keep=keep)
    yield linked(text(layout.rows, "figure", "named", left=False, weight=600, fixed=palette.ink, size=TEXT), layout.rows)
    for keep, rows in _by_room(layout.lines, "beside", more=24):
        yield text(rows, "text", "y", left=True, fixed=palette.muted, size=SMALL, keep=keep)
    if told := [row for row in layout.rows if row["word"]]:
        yield text(told, "word", "noted", left=False, weight=500, colour="shade", size=SMALL, inset=16)
        yield from _shapes(told)


def _by_room(rows: Sequence[Spec], beside: str, *, more: int) -> Iterator[tuple[float, list[Spec]]]:
    """(Pixels to leave free at the right, the rows that leave them): as many as the words at that side of the line need."""
    found: dict[int, list[Spec]] = {}
    for row in rows:
        letters = len(row[beside])
        found.setdefault(letters + -letters % 3, []).append(row)
    for letters, some in found.items():
        yield (letters * LETTER + more if letters else 0), some


def _shapes(rows: Sequence[Spec]) -> Iterable[Spec]:
    for state, shape in SHAPES.items():
        if found := [row for row in rows if row["state"] == state]:
            size = 90 if shape[0] == "M" and state != OPEN else 56
            yield {
                "data": {"values": [{"y": row["noted"], "colour": row["shade"]} for row in found]},
                "mark": {
                    "type": "point",
                    "shape": shape,
                    "size": size,
                    "filled": state != EVEN,
                    "strokeWidth": 2 if state == EVEN else 0,
                    "opacity": 1,
                    "xOffset": -6,
                    "clip": False,
                },
                "encoding": {"y": down("y"), "x": {"value": "width"}} | paint("colour", "stroke" if state == EVEN else "fill"),
            }


def text(
    rows: Sequence[Spec], field: str, y: str, *, left: bool, size: int, weight: int = 400, colour: str | None = None,
    fixed: str | None = None, keep: float = 0, inset: float = 0,
) -> Spec:  # fmt: skip
    """A layer of words at the left or right edge; those on the left leave `keep` pixels free at the right."""
    mark: Spec = {
        "type": "text",
        "align": "left" if left else "right",
        "baseline": "middle",
        "fontSize": size,
        "fontWeight": weight,
    }
    mark |= {"limit": {"expr": f"max(width - {keep:.0f}, 60)"}, "ellipsis": "…"} if left else {}
    mark["xOffset"] = -inset
    hue: Spec = {"color": {"value": fixed}} if fixed else paint(colour or "colour", "color")
    return {
        "data": {"values": [{name: row.get(name) for name in {field, y, colour or field, "href"}} for row in rows]},
        "mark": mark,
        "encoding": {"y": down(y), "x": {"value": 0 if left else "width"}, "text": {"field": field, "type": "nominal"}} | hue,
    }


def linked(layer: Spec, rows: Sequence[Spec]) -> Spec:
    """The layer, its marks leading where their rows lead."""
    if any(row.get("href") for row in rows):
        target = {"condition": {"test": "isValid(datum.href)", "field": "href", "type": "nominal"}, "value": ""}
        layer["encoding"] = layer["encoding"] | {"href": target}
    return layer


def told(layer: Spec, rows: Sequence[Spec]) -> Spec:
    """The layer, telling on hover what its rows tell."""
    titles: list[str] = next((row["tips"] for row in rows if row.get("tips")), [])
    tips = [{"field": f"tip{place}", "type": "nominal", "title": title} for place, title in enumerate(titles)]
    return linked(layer | {"encoding": layer["encoding"] | ({"tooltip": tips} if tips else {})}, rows)


def down(field: str) -> Spec:
    """A place in pixels from the top."""
    return {"field": field, "type": "quantitative", "axis": None, "scale": None}


def paint(field: str, channel: str) -> Spec:
    """A colour that the rows name themselves."""
    return {channel: {"field": field, "type": "nominal", "scale": None, "legend": None}}


def along(field: str, scale: tuple[float, float]) -> Spec:
    """A place along the band."""
    return {"field": field, "type": "quantitative", "axis": None, "scale": {"domain": list(scale), "nice": False, "zero": False}}


def box(rows: Sequence[Spec], low: str, high: str, scale: tuple[float, float], *, fill: str | None = None, **mark: Any) -> Spec:
    """A layer of bars from `low` to `high`, as thick as the band's mark; in the row's colour, or all in `fill`."""
    shown = [row for row in rows if row.get(low) is not None and row.get(high) is not None]
    hue: Spec = {"fill": {"value": fill}} if fill else paint("colour", "fill")
    return {
        "data": {"values": shown},
        "mark": {"type": "rect", "cornerRadius": 2} | mark,
        "encoding": {"x": along(low, scale), "x2": {"field": high}, "y": down("top"), "y2": {"field": "bottom"}} | hue,
    }


def tick(rows: Sequence[Spec], at: str, scale: tuple[float, float], *, colour: str, width: float = 2, more: int = 3) -> Spec:
    """A layer of upright strokes at `at`, `more` pixels higher and lower than the band's mark."""
    shown = [row | {"t0": row["top"] - more, "t1": row["bottom"] + more} for row in rows if row.get(at) is not None]
    return {
        "data": {"values": shown},
        "mark": {"type": "rule", "strokeWidth": width},
        "encoding": {"x": along(at, scale), "y": down("t0"), "y2": {"field": "t1"}, "color": {"value": colour}},
    }


def span(rows: Sequence[Spec], low: str, high: str, scale: tuple[float, float], *, colour: str, width: float) -> Spec:
    """A layer of lines from `low` to `high` through the middle of the band's mark."""
    shown = [row for row in rows if row.get(low) is not None and row.get(high) is not None]
    return {
        "data": {"values": shown},
        "mark": {"type": "rule", "strokeWidth": width, "clip": True},
        "encoding": {"x": along(low, scale), "x2": {"field": high}, "y": down("middle"), "color": {"value": colour}},
    }


def dot(rows: Sequence[Spec], at: str, scale: tuple[float, float], *, size: int, stroke: str, fill: str | None = None) -> Spec:
    """A layer of dots at `at`, in the row's colour or all in `fill`, rimmed with `stroke`."""
    shown = [row for row in rows if row.get(at) is not None]
    hue: Spec = {"fill": {"value": fill}} if fill else paint("colour", "fill")
    return {
        "data": {"values": shown},
        "mark": {"type": "point", "shape": "circle", "size": size, "strokeWidth": 1.5, "opacity": 1},
        "encoding": {"x": along(at, scale), "y": down("middle"), "stroke": {"value": stroke}} | hue,
    }
