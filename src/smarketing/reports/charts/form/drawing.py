"""A drawing: one chart before it is anybody's object, with the question it answers and its answer in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from smarketing.reports.charts.form.bands import Band, Marks, layer_bands
from smarketing.reports.charts.theme import FONT, SMALL, TEXT, Palette, Spec, palette, theme

WIDTH = 720
"""Pixels of a chart that is a file."""
EMPTY = 88
PADDING, MARGIN = 2, 24
LETTER, PHONE_LINE = 6.6, 48
"""The width to reckon with for a letter of a title, in pixels; the letters of its line on a phone."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart: `layers` of Vega-Lite and the height they need.

    `part` names it among the charts of its report. `question` is what it answers; `answer` says in one sentence what it shows,
    with the main numbers: it is what a reader who does not see the chart is told. `around` are the pixels of words over the picture
    and of the axis below it; `about` says of which report, period and day it is.
    """

    part: str
    question: str
    answer: str
    layers: list[Spec]
    height: int
    axes: bool = False
    around: int = 0
    about: str = ""

    @property
    def room(self) -> int:
        """Pixels that the chart takes down a page, with its axes: known before it is drawn, so that nothing moves."""
        return self.height + self.around + 2 * PADDING

    def spec(self, name: str, *, width: int | str = WIDTH, titled: bool = False) -> Spec:
        """The Vega-Lite document in a theme; `width` in pixels, or `container` for as wide as the page allows.

        `titled`: with question and answer over it and a margin around it, for where nothing else says what it is.
        """
        padding = {"left": 0, "right": 0, "top": PADDING, "bottom": PADDING}
        return (self._title(name, width) if titled else {"padding": padding}) | {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "description": f"{self.question} {self.answer}",
            "width": width,
            "height": self.height,
            "autosize": {"type": "fit-x" if self.axes or width == "container" else "pad", "contains": "padding"},
            "layer": [_slim(layer) for layer in self.layers],
            "config": theme(name),
        }

    def _title(self, name: str, width: int | str) -> Spec:
        colours = palette(name)
        lines = wrap(self.answer, int(width / LETTER) if isinstance(width, int) else PHONE_LINE)
        style = {
            "anchor": "start",
            "frame": "group",
            "font": FONT,
            "fontSize": 18,
            "fontWeight": 600,
            "color": colours.ink,
            "offset": 20,
        }
        told = {
            "subtitleFont": FONT,
            "subtitleFontSize": TEXT,
            "subtitleColor": colours.muted,
            "subtitlePadding": 6,
            "subtitleLineHeight": 18,
        }
        title = {"text": self.question, "subtitle": [*lines, *([self.about] if self.about else [])]}
        return {"title": title | style | told, "padding": MARGIN}


def banded(part: str, question: str, answer: str, bands: Sequence[Band], marks: Marks, colours: Palette) -> Drawing:
    """A drawing of bands."""
    layers, height = layer_bands(bands, marks, colours)
    return Drawing(part, question, answer, layers, height)


def nothing_to_draw(part: str, question: str, why: str, name: str) -> Drawing:
    """A drawing that says in words why there is none: an empty frame would look like a zero."""
    colours = palette(name)
    lines = [("Nothing to draw yet.", EMPTY / 2 - 11, 600, TEXT, colours.ink), (why, EMPTY / 2 + 11, 400, SMALL, colours.muted)]
    layers: list[Spec] = [
        {
            "data": {"values": [{"text": line, "y": y}]},
            "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": size, "fontWeight": weight,
                     "limit": {"expr": "width"}},
            "encoding": {"x": {"value": 0}, "y": {"field": "y", "type": "quantitative", "scale": None, "axis": None},
                         "text": {"field": "text", "type": "nominal"}, "color": {"value": colour}},
        }
        for line, y, weight, size, colour in lines
    ]  # fmt: skip
    return Drawing(part, question, f"Nothing to draw yet. {why}", layers, EMPTY)


def _slim(layer: Spec) -> Spec:
    """A layer whose data has the columns that it reads and no others; its marks say nothing one by one, the chart speaks as a whole."""
    values = layer["data"]["values"]
    read = set(_fields(layer["encoding"]))
    mark = layer["mark"] | {"aria": False}
    return layer | {"mark": mark, "data": {"values": [{name: row[name] for name in row if name in read} for row in values]}}


def _fields(part: Any) -> Sequence[str]:
    if isinstance(part, list):
        return [name for each in part for name in _fields(each)]
    if not isinstance(part, dict):
        return []
    own = [part["field"]] if isinstance(part.get("field"), str) else []
    return own + [name for each in part.values() for name in _fields(each)]
