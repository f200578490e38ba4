"""The geometry of bars: every length as a percentage of the bar's width.

They are written as attributes of SVG shapes (`width="42.5%"`). A strict content policy forbids inline styles, not attributes.
"""

from __future__ import annotations

from dataclasses import dataclass

from smarketing.web.look.formats import Figure

HEADROOM = 1.04
"""The longest thing on a bullet ends a little before its edge, so that its mark can be seen whole."""


@dataclass(frozen=True, slots=True)
class Bullet:
    """Where the marks of a bullet lie, as percentages; None: not drawn. `band` is the forecast's interval as (begin, width)."""

    actual: str
    target: str | None
    expected: str | None
    forecast: str | None
    band: tuple[str, str] | None


def percent(value: Figure, longest: Figure) -> str:
    """The share of `longest`, between 0% and 100%, to a hundredth: `42.5%`."""
    part = 100 * min(1.0, max(0.0, float(value) / float(longest))) if longest else 0.0
    return f"{round(part, 2):g}%"


def bullet(
    *,
    actual: Figure | None,
    target: Figure | None,
    expected: Figure | None = None,
    forecast: tuple[Figure | None, Figure | None, Figure | None] = (None, None, None),
    longest: Figure | None = None,
) -> Bullet:
    """The marks of one bullet. `forecast` is (low, middle, high); `longest` fixes the scale, so that several bars can be compared."""
    low, middle, high = forecast
    there = [float(each) for each in (actual, target, expected, middle, high) if each is not None]
    scale = float(longest) if longest is not None else max(there, default=0.0) * HEADROOM
    return Bullet(
        actual=percent(actual or 0, scale),
        target=None if target is None else percent(target, scale),
        expected=None if expected is None else percent(expected, scale),
        forecast=None if middle is None else percent(middle, scale),
        band=None if low is None or high is None else (percent(low, scale), percent(max(float(high) - float(low), 0), scale)),
    )


@dataclass(frozen=True, slots=True)
class Goal:
    """A rate over or under its goal: both begin in the middle (the goal) and reach left or right; `reach` is a percentage."""

    over: bool
    begin: str
    reach: str


def goal(*, actual: float, target: float, widest: float) -> Goal:
    """How far `actual` lies from `target`; a gap of `widest` (in points of share) fills half of the bar."""
    gap = min(abs(actual - target) / widest, 1.0) if widest else 0.0
    half = round(50 * gap, 2)
    over = actual >= target
    return Goal(over=over, begin=f"{50 if over else round(50 - half, 2):g}%", reach=f"{half:g}%")
