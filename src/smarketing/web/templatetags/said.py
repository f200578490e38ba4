"""Figures in the reader's locale, and the addresses behind them; every template has these without loading them.

Filters take what reports give: a money, a rate or a time is a dictionary of the JSON shape, an instant a datetime or ISO text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest

from smarketing.web.locale import NOTHING, reader
from smarketing.web.questions import address
from smarketing.web.questions import question_url as address_of

register = template.Library()


@register.filter
def number(value: Any, decimals: int = 0) -> str:
    """`1,848`; `{{ x|number:2 }}` keeps up to two places."""
    return reader().number(value, decimals=decimals)


@register.filter
def ratio(value: Any) -> str:
    """How often one amount is in another: `9.8`, `10.0`."""
    return reader().ratio(value)


@register.filter
def money(value: Mapping[str, Any] | None) -> str:
    """A money in whole units: `€1,848,110`."""
    return reader().money(value["amount"], value["currency"]) if value else NOTHING


@register.filter
def exact_money(value: Mapping[str, Any] | None) -> str:
    """A money to the cent, for titles."""
    return reader().money(value["amount"], value["currency"], cents=True) if value else NOTHING


@register.filter
def short_money(value: Mapping[str, Any] | None) -> str:
    """`€1.8M`; the full amount belongs in the title."""
    return reader().short_money(value["amount"], value["currency"]) if value else NOTHING


@register.filter
def share(value: Any, decimals: int = 1) -> str:
    """A fraction or a rate as a percentage: `12.3%`."""
    return reader().share(value["rate"] if isinstance(value, Mapping) else value, decimals=decimals)


@register.filter
def interval(value: Mapping[str, Any] | None) -> str:
    """The 90% interval and the numbers of a rate: `195 of 1,586, 10.9% to 13.5%`."""
    if not value or value.get("rate") is None:
        return NOTHING
    said = reader()
    return f"{said.number(value['n'])} of {said.number(value['of'])}, {said.share(value['low'])} to {said.share(value['high'])}"


@register.filter
def days(value: Any, decimals: int = 1) -> str:
    """A number of days, or the median of a time: `3.2 days`."""
    held = value.get("median_days") if isinstance(value, Mapping) else value
    return NOTHING if held is None else f"{reader().number(held, decimals=decimals)} days"


@register.filter
def minutes(value: float | None) -> str:
    """A time in minutes as people say it: `45 min`, `3 h 5 min`."""
    if value is None:
        return NOTHING
    hours, rest = divmod(round(value), 60)
    parts = [f"{reader().number(hours)} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours)
    return " ".join(parts)


@register.filter
def day(value: Any) -> str:
    """The day of an instant in the agreement's zone: `31 May 2018`."""
    return reader().date(_instant(value))


@register.filter
def moment(value: Any) -> str:
    """Day and time in the agreement's zone: `31 May 2018, 14:05`."""
    return reader().datetime(_instant(value))


@register.filter
def time_of_day(value: Any) -> str:
    """The time of an instant in the agreement's zone: `14:05`."""
    return reader().time(_instant(value))


@register.filter
def exactly(value: Any) -> str:
    """The instant with seconds and zone, for titles."""
    return reader().exactly(_instant(value))


@register.filter
def machine_time(value: Any) -> str:
    """ISO 8601, for the `datetime` of a `<time>`."""
    at = _instant(value)
    return at.isoformat() if at else ""


@register.filter
def question_url(question: Mapping[str, str] | None) -> str:
    """The page behind a number: `<a href="{{ question|question_url }}">`; empty where there is nothing to open."""
    return address_of(question)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """This page's address with some keys changed, an empty value taking its key away: `{% with_query period="2018-Q1" page="" %}`."""
    request: HttpRequest = context["request"]
    return address(request.path, request.GET, **changes)


def _instant(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
