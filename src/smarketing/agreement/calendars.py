"""When a team works: hours by day of the week, holidays, a zone of its own.

A span whose end is not after its start ends on the next day and belongs to the day on which it starts. Minutes count from
00:00 of that day, so such a span ends beyond 1440.
"""

from __future__ import annotations

import datetime
import re
from functools import cache
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from smarketing.agreement.values import Clause, Date, Text, wrong
from smarketing.vocabulary.words import did_you_mean

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 1440
WEEK = 7 * DAY
SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
Minutes = tuple[int, int]


def days_of(key: str) -> list[int]:
    """`mon-fri`, `sat-mon`, `mon,wed` → days of the week, Monday = 0. Raises ValueError naming the part that is no day."""
    days: list[int] = []
    for part in key.split(","):
        first, dash, last = (text.strip() for text in part.partition("-"))
        for name in (first, last if dash else first):
            if name not in DAYS:
                raise ValueError(name)
        start, end = DAYS.index(first), DAYS.index(last if dash else first)
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return days


def minutes_of(span: str) -> Minutes:
    """`22:00-06:00` → (1320, 1800). Raises ValueError when it is no span."""
    found = SPAN.fullmatch(span)
    if not found or (found[3] == "24" and found[4] != "00"):
        raise ValueError(span)
    hours = [int(part) for part in found.groups()]
    start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    return start, end if end > start else end + DAY


def _day_key(key: str) -> str:
    try:
        days_of(key)
    except ValueError as error:
        hint = did_you_mean(str(error), DAYS) or " Write mon, mon-fri, sat-mon or mon,wed."
        raise wrong("008", f'"{error}" is not a day of the week.{hint}') from None
    return key


def _span(text: str) -> str:
    try:
        minutes_of(text)
    except ValueError:
        raise wrong("008", f'"{text}" is not a span of hours; write it in quotes like "09:00-12:30".') from None
    return text


def _zone(name: str) -> str:
    if name not in zones():
        raise wrong("008", f'"{name}" is not a time zone.{did_you_mean(name, zones()) or " Write it like Europe/Berlin."}')
    return name


@cache
def zones() -> frozenset[str]:
    """The names of all time zones (IANA)."""
    import zoneinfo

    return frozenset(zoneinfo.available_timezones())


DayKey = Annotated[str, AfterValidator(_day_key)]
HourSpan = Annotated[
    Text,
    AfterValidator(_span),
    WithJsonSchema({"type": "string", "pattern": f"^{SPAN.pattern}$", "description": 'A span of hours, like "09:00-12:30".'}),
]
Zone = Annotated[Text, AfterValidator(_zone), Field(description="A time zone, like Europe/Berlin.")]


class Holidays(Clause):
    """Days without work: those of a country (and region) and dates of your own."""

    country: Text | None = Field(default=None, description="ISO 3166 code of the country, like DE.")
    region: Text | None = Field(default=None, description="Its region, like BY.")
    also: list[Date] = Field(default=[], description="Further days off.")

    def days(self, year: int) -> set[datetime.date]:
        """The holidays of a year."""
        days = {day for day in self.also if day.year == year}
        if self.country:
            import holidays

            days |= set(holidays.country_holidays(self.country, subdiv=self.region, years=year))
        return days


class Calendar(Clause):
    """Working hours by day of the week."""

    timezone: Zone | None = Field(default=None, description="A zone of its own; left out: the agreement's.")
    hours: dict[DayKey, list[HourSpan]] = Field(description='Day keys (mon, mon-fri, "mon,wed") to spans of hours.')
    holidays: Holidays = Field(default=Holidays(), description="Days without work.")

    def week(self) -> list[list[Minutes]]:
        """Seven lists (Monday first) of (start_minute, end_minute) of the spans that start on that day, in order."""
        week: list[list[Minutes]] = [[] for _ in DAYS]
        for key, spans in self.hours.items():
            for day in days_of(key):
                week[day] += [minutes_of(span) for span in spans]
        return [sorted(spans) for spans in week]


def overlap(week: list[list[Minutes]]) -> tuple[int, int] | None:
    """The first two spans (as minutes of the week at which they start) that overlap, also around the end of the week."""
    spans = sorted((day * DAY + start, day * DAY + end) for day, list_ in enumerate(week) for start, end in list_)
    if not spans:
        return None
    around = [*spans, (spans[0][0] + WEEK, spans[0][1] + WEEK)]
    for (start, end), (following, _) in pairwise(around):
        if following < end and len(spans) > 1:
            return start, following % WEEK
    return None
