"""Spans of time, changes and amounts in words, on top of the reader's locale (`smarketing.web.locale`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from smarketing.web.locale import NOTHING, Reader, reader

MINUTES_OF_AN_HOUR = 60
MINUTES_OF_A_DAY = 24 * 60
SHORT_FROM = 1_000_000
"""Money below it is as short in full."""
FIGURES_HELD = 1 << 14

Figure = float | Decimal


@lru_cache(maxsize=FIGURES_HELD)
def _number(who: Reader, value: Figure, places: int) -> str:
    """Locales are slow to ask and figures repeat: a page of fifty rows writes several hundred of them."""
    return who.number(value, decimals=places)


@lru_cache(maxsize=FIGURES_HELD)
def _share(who: Reader, rate: float) -> str:
    return who.share(rate)


@lru_cache(maxsize=FIGURES_HELD)
def _money(who: Reader, amount: Figure, currency: str, short: bool) -> str:
    return who.short_money(amount, currency) if short else who.money(amount, currency)


def number(value: Figure | None, *, digits: int | None = None) -> str:
    """`1,586`; a float that is not whole has one decimal unless `digits` says otherwise; nothing is a dash."""
    if value is None:
        return NOTHING
    return _number(reader(), value, digits if digits is not None else (0 if float(value).is_integer() else 1))


def signed(value: Figure, *, digits: int | None = None) -> str:
    """`+12` or `−3`: a change always shows its direction."""
    return f"+{number(value, digits=digits)}" if value > 0 else number(value, digits=digits)


def money(amount: Figure | None, currency: str, *, short: bool = False) -> str:
    """`€1,848,110`, or `€1.8M` where there is no room."""
    if amount is None:
        return NOTHING
    return _money(reader(), amount, currency, short and abs(float(amount)) >= SHORT_FROM)


def share(rate: float | None) -> str:
    """`43.2%`: always with one decimal, so that a column of shares lines up."""
    return NOTHING if rate is None else _share(reader(), rate)


def span(minutes: Figure | None) -> str:
    """`42 min`, `3 h 20 min`, `12.5 days`: the two largest units that say something."""
    if minutes is None:
        return NOTHING
    whole = round(float(minutes))
    if whole < MINUTES_OF_AN_HOUR:
        return f"{whole} min"
    if whole < 2 * MINUTES_OF_A_DAY:
        hours, rest = divmod(whole, MINUTES_OF_AN_HOUR)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return days(whole / MINUTES_OF_A_DAY)


def days(value: Figure | None) -> str:
    """`1 day`, `12.5 days`."""
    if value is None:
        return NOTHING
    rounded = round(float(value), 1)
    return f"{number(rounded)} {'day' if rounded == 1 else 'days'}"


def left(until: datetime, as_of: datetime) -> str:
    """`3 h 20 min left` or `2 days over`: how a due time stands at `as_of`, in elapsed time."""
    gap = until - as_of
    return f"{span(abs(gap).total_seconds() / 60)} {'left' if gap >= timedelta(0) else 'over'}"


def of_unit(value: Figure | None, unit: str, currency: str = "") -> str:
    """A figure of a commitment by its unit: `money`, `share`, else a count."""
    if unit == "money":
        return money(value, currency, short=True)
    return share(None if value is None else float(value)) if unit == "share" else number(value)


def rate_words(rate: dict[str, Any] | None) -> str:
    """`68 of 157, 90% interval 36.9% to 49.9%`: what a title and a screen reader say about a rate."""
    if not rate or not rate.get("of"):
        return "nothing to count yet"
    words = f"{number(rate['n'])} of {number(rate['of'])}"
    if rate.get("low") is None or rate.get("high") is None:
        return words
    return f"{words}, 90% interval {share(rate['low'])} to {share(rate['high'])}"
