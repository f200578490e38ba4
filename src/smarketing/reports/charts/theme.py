"""The house theme: colours of the teams and states, type and space, for light and dark surfaces, for print, and for a page.

A page knows itself whether it is light, dark or printed: in the theme `page` every colour is a property of its stylesheet, so one
drawing follows the reader without being drawn again. That needs SVG; a canvas knows no stylesheet.

The colours are those of the pages' tokens. Nothing is told by colour alone: teams are named, states have a word and a shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.words import did_you_mean

Theme = Literal["light", "dark", "print", "page"]
PAGE = "page"
Spec = dict[str, Any]
FONT = "Inter, Arial, 'Liberation Sans', system-ui, sans-serif"
"""Inter where a page brings it; else faces as wide as the one with which words of a file are measured."""
SMALL, TEXT = 12, 13
"""Sizes of type, in pixels: what stands beside a figure, and the figure and its name."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, as #RRGGBB or as `var(--name, #RRGGBB)`.

    `ink` is for figures and names, `muted` for what explains them, `line` for rules and grids, `track` for what is not yet filled,
    `surface` for the page behind a chart (halos of lines that cross a bar).
    """

    ink: str
    muted: str
    line: str
    track: str
    surface: str
    marketing: str
    sales: str
    both: str
    good: str
    bad: str

    def team(self, name: str) -> str:
        """The colour of `marketing`, of `sales`, or of what they do together."""
        return {"marketing": self.marketing, "sales": self.sales}.get(name, self.both)


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        ink="#0F172A", muted="#475569", line="#CBD5E1", track="#E7E5E4", surface="#FFFFFF",
        marketing="#0F766E", sales="#B45309", both="#6D28D9", good="#15803D", bad="#B91C1C",
    ),
    "dark": Palette(
        ink="#E7E5E4", muted="#B5AFAA", line="#57534E", track="#3B3734", surface="#1C1917",
        marketing="#2DD4BF", sales="#FBBF24", both="#A78BFA", good="#4ADE80", bad="#F87171",
    ),
    "print": Palette(
        ink="#000000", muted="#3F3F46", line="#A1A1AA", track="#E4E4E7", surface="#FFFFFF",
        marketing="#0F766E", sales="#B45309", both="#6D28D9", good="#166534", bad="#991B1B",
    ),
    "page": Palette(
        ink="var(--ink, #0F172A)", muted="var(--muted, #475569)", line="var(--line-strong, #CBD5E1)", track="var(--line, #E7E5E4)",
        surface="var(--surface, #FFFFFF)", marketing="var(--marketing, #0F766E)", sales="var(--sales, #B45309)",
        both="var(--together, #6D28D9)", good="var(--good, #15803D)", bad="var(--bad, #B91C1C)",
    ),
}  # fmt: skip


def palette(theme: str) -> Palette:
    """The colours of a theme. Raises UsageError for a theme that does not exist."""
    for name, colours in PALETTES.items():
        if name == theme:
            return colours
    raise UsageError(f'"{theme}" is no theme; choose light, dark, print or page.{did_you_mean(theme, PALETTES)}')


def theme(name: str = "light") -> Spec:
    """The Vega-Lite configuration of the house, for charts of your own too.

    `altair.theme.register("smarketing", enable=True)(lambda: {"config": theme()})` puts a notebook's charts into it. The
    background is transparent on pages and white in print.
    """
    colours = palette(name)
    text = {"font": FONT, "fontSize": SMALL}
    axis = {
        "labelFont": FONT, "labelFontSize": SMALL, "labelColor": colours.muted, "labelPadding": 6,
        "titleFont": FONT, "titleFontSize": SMALL, "titleColor": colours.muted, "titleFontWeight": "normal",
        "domain": False, "ticks": False, "gridColor": colours.track, "gridWidth": 1,
    }  # fmt: skip
    return {
        "background": colours.surface if name == "print" else "transparent",
        "font": FONT,
        "aria": False,
        "axis": axis,
        "legend": {"labelFont": FONT, "labelFontSize": SMALL, "labelColor": colours.ink, "titleColor": colours.muted},
        "range": {"category": [colours.marketing, colours.sales, colours.both, colours.muted]},
        "text": text | {"color": colours.ink},
        "title": {"font": FONT, "fontSize": 16, "color": colours.ink, "anchor": "start"},
        "view": {"stroke": None},
        "rule": {"color": colours.ink},
        "line": {"color": colours.both, "strokeWidth": 2},
        "point": {"color": colours.both, "filled": True},
        "bar": {"color": colours.both},
    }
