"""Figures as people read them; a page may bring the reader's own way of writing them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from smarketing.vocabulary.words import with_minus

NOTHING = "–"
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "BRL": "R$", "JPY": "¥", "INR": "₹"}
ALL_IN_FULL = 1000
"""From this amount on, cents say nothing."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How figures are written: counts, money (amount, currency), shares of 1, days and months. Every text of a chart uses it."""

    count: Callable[[float], str]
    money: Callable[[float, str], str]
    share: Callable[[float], str]
    day: Callable[[date], str]
    month: Callable[[date], str]

    def amount(self, money: dict[str, Any] | None) -> str:
        """An amount of the JSON shape, or a dash."""
        return NOTHING if money is None else self.money(money["amount"], money["currency"])

    def of_unit(self, value: float | None, unit: str, currency: str) -> str:
        """A figure of a promise by its unit: `money`, `share`, else a count; or a dash."""
        if value is None:
            return NOTHING
        if unit == "money":
            return self.money(value, currency)
        return self.share(value) if unit == "share" else self.count(value)

    def rate(self, figure: dict[str, Any]) -> str:
        """A rate of the JSON shape, or a dash where it is of nothing."""
        return NOTHING if figure["rate"] is None else self.share(figure["rate"])

    def interval(self, figure: dict[str, Any]) -> str:
        """`11% to 13.7%`: the 90% interval of a rate, or a dash."""
        return NOTHING if figure["low"] is None else f"{self.share(figure['low'])} to {self.share(figure['high'])}"

    def period(self, first: date, after: date) -> str:
        """The period from `first` until before `after`, as people call it: a week by its Monday, a month, a quarter, a year."""
        length = (after - first).days
        if 28 <= length <= 31 and first.day == 1:
            return self.month(first)
        if 90 <= length <= 92 and first.day == 1:
            return f"Q{(first.month + 2) // 3} {first.year}"
        if length >= 365 and (first.month, first.day) == (1, 1):
            return str(first.year)
        return f"week of {self.day(first)}" if length == 7 else f"{self.day(first)} to {self.day(after - timedelta(days=1))}"


def _count(value: float) -> str:
    """`1,586`; a count that is expected has one decimal below ten."""
    return with_minus(f"{value:,.1f}".removesuffix(".0") if abs(value) < 10 else f"{value:,.0f}")


def _money(amount: float, currency: str) -> str:
    text = f"{abs(amount):,.0f}" if abs(amount) >= ALL_IN_FULL else f"{abs(amount):,.2f}".removesuffix(".00")
    return f"{with_minus('-' if amount < 0 else '')}{SIGNS.get(currency, f'{currency} '.lstrip())}{text}"


def _share(value: float) -> str:
    return with_minus(f"{100 * value:.1f}".removesuffix(".0") + "%")


ENGLISH = Numbers(_count, _money, _share, lambda day: f"{day.day} {day:%b %Y}", lambda day: f"{day:%b %Y}")
"""`1,586`, `€1,848,110`, `12.3%`, `4 Feb 2026`, `Feb 2026`."""
AS_ON_PAGES = replace(
    ENGLISH,
    count=lambda value: with_minus(f"{value:,.1f}".removesuffix(".0")),
    share=lambda value: with_minus(f"{100 * value:.1f}%"),
)
"""The same with as many places as the pages write: what is expected by now may be half a lead, and a column of shares lines up."""


def local_day(instant: str | datetime) -> date:
    """The day that begins at an instant of the JSON shape, in the zone in which it was cut (any within 12 hours of UTC)."""
    at = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return (at.astimezone(UTC) + timedelta(hours=12)).date()
