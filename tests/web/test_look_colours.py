"""Whatever is written can be read, and whatever is drawn can be seen, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import smarketing

STYLESHEET = Path(smarketing.__file__).parent / "web" / "static" / "app.css"
TEXT, MARK = 4.5, 3.0
SURFACES = ("page", "surface", "sunken", "raised")
INKS = ("ink", "muted", "faint", "marketing", "sales", "together", "good", "bad", "running")
SOFT = [("marketing", "marketing-soft"), ("sales", "sales-soft"), ("together", "together-soft")]
NOTICES = [("ink", "good-soft"), ("ink", "bad-soft"), ("ink", "running-soft"), ("muted", "running-soft")]
MARKS = ("edge", "focus", "marketing", "sales", "together", "good", "bad", "running")


def tokens() -> dict[str, tuple[str, str]]:
    """Every colour of the stylesheet, as (light, dark)."""
    css = STYLESHEET.read_text(encoding="utf-8")
    found = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", css)
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2: from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def too_weak(pairs: list[tuple[str, str]], least: float) -> dict[str, float]:
    """The pairs (ink, surface) whose contrast is below `least` in either theme."""
    known = tokens()
    found = {
        f"{ink} on {under}, {theme}": round(contrast(known[ink][place], known[under][place]), 2)
        for ink, under in pairs
        for place, theme in enumerate(("light", "dark"))
    }
    return {pair: ratio for pair, ratio in found.items() if ratio < least}


def test_every_ink_can_be_read_on_every_surface():
    assert too_weak([(ink, under) for ink in INKS for under in SURFACES], TEXT) == {}


def test_every_ink_can_be_read_on_its_soft_ground():
    assert too_weak([*SOFT, *NOTICES, ("on-ink", "ink")], TEXT) == {}


def test_every_mark_and_edge_can_be_seen():
    assert too_weak([(mark, under) for mark in MARKS for under in SURFACES], MARK) == {}


def test_the_colours_of_teams_and_states_are_those_of_the_charts():
    from smarketing.reports.charts.theme import PALETTES

    known = tokens()
    for name, other in [("marketing", "marketing"), ("sales", "sales"), ("together", "both"), ("good", "good"), ("bad", "bad")]:
        assert known[name] == tuple(getattr(PALETTES[theme], other).lower() for theme in ("light", "dark"))


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_computed_as_published(one: str, other: str, ratio: float):
    assert round(contrast(one, other), 2) == ratio


def test_a_weak_pair_is_found():
    assert set(too_weak([("line", "page")], MARK)) == {"line on page, light", "line on page, dark"}
