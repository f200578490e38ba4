"""Numbers, money and dates as the reader writes them; the words around them are English.

The reader is found out once for each request (`Accept-Language`) and held for its thread, so that templates need no argument.
Instants are shown in the agreement's zone, for that is where periods and calendars are cut. What is below zero has a minus sign, as in
charts, whatever sign a locale writes.
"""

from __future__ import annotations

import datetime as times
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, localedata
from babel.dates import format_date, format_datetime, format_interval, format_time, get_timezone
from babel.numbers import format_compact_currency, format_currency, format_decimal, format_percent

from smarketing.vocabulary.words import with_minus

DEFAULT = "en_GB"
NOTHING = "–"
"""What stands where there is no figure."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom figures are written: a CLDR locale (`de_DE`) and the zone of the agreement."""

    locale: Locale
    zone: str = "UTC"

    def number(self, value: float | Decimal | None, *, decimals: int = 0) -> str:
        """`1,848` or `1.848`; with `decimals` at most so many places after the point."""
        if value is None:
            return NOTHING
        return _number(value, decimals, self.locale)

    def share(self, value: float | None, *, decimals: int = 1) -> str:
        """A fraction as a percentage: `12.3%`."""
        if value is None:
            return NOTHING
        return _share(value, decimals, self.locale)

    def ratio(self, value: float | Decimal | None) -> str:
        """`9.8`, `10.0`: with one place after the point always, so that a column of them lines up."""
        return NOTHING if value is None else _ratio(value, self.locale)

    def money(self, amount: float | Decimal | None, currency: str, *, cents: bool = False) -> str:
        """`€1,848,110`; with `cents` to the cent."""
        if amount is None:
            return NOTHING
        return _money(amount, currency, cents, self.locale)

    def short_money(self, amount: float | Decimal | None, currency: str) -> str:
        """`€1.8M`: for axes and narrow places; the full amount belongs beside it."""
        return NOTHING if amount is None else _short_money(amount, currency, self.locale)

    def date(self, value: times.date | times.datetime | None, *, style: str = "medium") -> str:
        """`31 May 2018`: the day in the agreement's zone."""
        if value is None:
            return NOTHING
        return _day(self.local(value).date() if isinstance(value, times.datetime) else value, style, self.locale)

    def datetime(self, value: times.datetime | None, *, style: str = "medium") -> str:
        """`31 May 2018, 14:05`, without seconds."""
        if value is None:
            return NOTHING
        at = self.local(value)
        return f"{_day(at.date(), style, self.locale)}, {_clock(at.hour, at.minute, self.locale)}"

    def time(self, value: times.datetime | None) -> str:
        """`14:05`."""
        return NOTHING if value is None else _clock(self.local(value).hour, self.local(value).minute, self.locale)

    def exactly(self, value: times.datetime | None) -> str:
        """The instant with seconds and zone, for titles."""
        if value is None:
            return NOTHING
        return _instant(_aware(value), self.zone, self.locale)

    def days(self, first: times.date, last: times.date) -> str:
        """Days, both included: `1–31 May 2018`, or the one day."""
        return self.date(first) if first == last else _days(first, last, self.locale)

    def month(self, value: times.date | times.datetime) -> str:
        """`May 2018`."""
        return format_date(self.local(value) if isinstance(value, times.datetime) else value, format="MMMM y", locale=self.locale)

    def local(self, value: times.datetime) -> times.datetime:
        """The instant on the clocks of the agreement's zone."""
        return _aware(value).astimezone(ZoneInfo(self.zone))

    @property
    def week_starts(self) -> int:
        """0 for Monday … 6 for Sunday."""
        return self.locale.first_week_day

    @property
    def tag(self) -> str:
        """The locale as HTML and browsers write it: `en-GB`."""
        return str(self.locale).replace("_", "-")


_reader: ContextVar[Reader | None] = ContextVar("reader", default=None)


def reader() -> Reader:
    """For whom this thread writes now."""
    return _reader.get() or Reader(Locale.parse(DEFAULT))


@contextmanager
def reading(who: Reader) -> Iterator[Reader]:
    """Within it, everything is written for `who`."""
    token = _reader.set(who)
    try:
        yield who
    finally:
        _reader.reset(token)


@lru_cache(maxsize=512)
def preferred_locale(accept_language: str) -> Locale:
    """The best locale of an `Accept-Language` header that CLDR knows; British English where it names none."""
    for tag in _by_preference(accept_language):
        for name in (tag.replace("-", "_"), tag.partition("-")[0]):
            if name in _known():
                return Locale.parse(_known()[name])
    return Locale.parse(DEFAULT)


def _by_preference(header: str) -> list[str]:
    wanted = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), place, tag.strip().lower()))
        except ValueError:
            continue
    return [tag for weight, _, tag in sorted(wanted) if weight < 0 and tag not in ("", "*")]


@cache
def _known() -> dict[str, str]:
    """Locales by their name in lower case; plain English is read as British, as the words here are."""
    return {name.lower(): name for name in localedata.locale_identifiers()} | {"en": DEFAULT}


@lru_cache(maxsize=4096)
def _day(day: times.date, style: str, locale: Locale) -> str:
    return format_date(day, format=style, locale=locale)


@lru_cache(maxsize=4096)
def _days(first: times.date, last: times.date, locale: Locale) -> str:
    return format_interval(first, last, skeleton="yMMMd", locale=locale)


@lru_cache(maxsize=4096)
def _instant(at: times.datetime, zone: str, locale: Locale) -> str:
    return format_datetime(at, format="long", tzinfo=get_timezone(zone), locale=locale)


@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int, locale: Locale) -> str:
    return format_time(times.time(hour, minute), format="short", locale=locale)


@lru_cache(maxsize=4096)
def _number(value: float | Decimal, decimals: int, locale: Locale) -> str:
    return with_minus(format_decimal(value, format=_decimals(locale, decimals), locale=locale))


@lru_cache(maxsize=4096)
def _ratio(value: float | Decimal, locale: Locale) -> str:
    return with_minus(format_decimal(value, format=_decimals(locale, 0) + ".0", locale=locale))


@lru_cache(maxsize=8192, typed=True)
def _share(value: float, decimals: int, locale: Locale) -> str:
    return with_minus(format_percent(value, format=_percent(locale, decimals), locale=locale))


@lru_cache(maxsize=8192, typed=True)
def _money(amount: float | Decimal, currency: str, cents: bool, locale: Locale) -> str:
    form = None if cents else _whole_money(locale)
    return with_minus(format_currency(amount, currency, format=form, locale=locale, currency_digits=cents))


@lru_cache(maxsize=4096, typed=True)
def _short_money(amount: float | Decimal, currency: str, locale: Locale) -> str:
    return with_minus(format_compact_currency(amount, currency, locale=locale, fraction_digits=1))


@lru_cache(maxsize=256)
def _decimals(locale: Locale, decimals: int) -> str:
    """The locale's own grouping, with at most so many places after the point."""
    whole = str(locale.decimal_formats[None].pattern).partition(".")[0]
    return whole + ("." + "#" * decimals if decimals else "")


@lru_cache(maxsize=256)
def _percent(locale: Locale, decimals: int) -> str:
    return re.sub(r"0(?=\s*%)", "0" + ("." + "0" * decimals if decimals else ""), locale.percent_formats[None].pattern)


@lru_cache(maxsize=256)
def _whole_money(locale: Locale) -> str:
    return str(locale.currency_formats["standard"].pattern).replace(".00", "")


def _aware(value: times.datetime) -> times.datetime:
    return value if value.tzinfo else value.replace(tzinfo=times.UTC)
