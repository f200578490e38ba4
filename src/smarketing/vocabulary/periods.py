"""Periods and instants as people write them, cut in a zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from smarketing.vocabulary.errors import UsageError

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
QUARTER = re.compile(r"([0-9]{4})-[Qq]([0-9])")
WEEK = re.compile(r"([0-9]{4})-[Ww]([0-9]{1,2})")
YEAR = re.compile(r"[0-9]{4}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOW = "write 2018, 2018-Q1, 2018-05, 2018-W05, 2018-05-31 or 2018-01-01..2018-02-01 (the end not included)"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start_at` to `end_at`, the end not included; both are UTC instants. `label` is what was asked for."""

    label: str
    start_at: datetime
    end_at: datetime


def parse_period(text: str, zone: str) -> Period:
    """A year, quarter, month, ISO week, day or `FROM..TO`, cut at 00:00 in `zone`. Raises ValueError with what would be right."""
    text = text.strip()
    try:
        start_at, end_at = _range(text, zone) if ".." in text else _days(text, zone)
    except OverflowError as error:
        raise ValueError(f'"{text}" lies outside the years 1 to 9998; {HOW}') from error
    if start_at >= end_at:
        raise ValueError(f'"{text}" ends before it begins; {HOW}')
    return Period(text, start_at, end_at)


def periods(per: str, zone: str, *, first_at: datetime, last_at: datetime) -> Iterator[Period]:
    """The periods of one sort in order, from that of `first_at` to that of `last_at`; none where that would be the earlier one.

    `per`: week (ISO, from Monday), month, quarter or year, cut at 00:00 in `zone`; the label is what `parse_period` reads.
    """
    day = first_at.astimezone(ZoneInfo(zone)).date()
    label = _label(per, day)
    while (period := parse_period(label, zone)).start_at <= last_at:
        if period.end_at > first_at:  # where the clock is put back over midnight, a date comes twice
            yield period
        label = _label(per, _bounds(label)[1])


def period_asked(period: str | Period | None, zone: str) -> Period | None:
    """The period somebody asked for, as text or ready-made; None: everything. Raises UsageError."""
    try:
        return parse_period(period, zone) if isinstance(period, str) else period
    except ValueError as error:
        raise UsageError(str(error)) from error


def period_at(per: str, zone: str, at: datetime) -> Period:
    """The week, month, quarter or year that holds an instant."""
    return next(periods(per, zone, first_at=at, last_at=at))


def local_day(at: datetime, zone: str) -> date:
    """The date on the wall in `zone` at an instant."""
    return at.astimezone(ZoneInfo(zone)).date()


def instant(text: str, zone: str) -> datetime:
    """The UTC instant of an ISO 8601 text; without an offset it is read in `zone`, a date alone is 00:00 there.

    A local time that occurs twice or not at all is read with the offset before the change. Raises ValueError.
    """
    try:
        read = datetime.fromisoformat(text.strip())
        return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f'"{text}" is not a time; write 2018-06-01, 2018-06-01T14:30 or 2018-06-01T14:30:00Z') from error


def micros(at: datetime) -> int:
    """An instant in whole microseconds since 1970, exactly."""
    return (at - EPOCH) // timedelta(microseconds=1)


def day_start(day: date, zone: str) -> datetime:
    """00:00 of `day` in `zone`, as a UTC instant."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _range(text: str, zone: str) -> tuple[datetime, datetime]:
    first, _, last = text.partition("..")
    return instant(first, zone), instant(last, zone)


def _days(text: str, zone: str) -> tuple[datetime, datetime]:
    try:
        first, after = _bounds(text)
    except ValueError as error:
        raise ValueError(f'"{text}" is not a period; {HOW}') from error
    return day_start(first, zone), day_start(after, zone)


def _bounds(text: str) -> tuple[date, date]:
    """First day and the day after the last."""
    if found := MONTH.fullmatch(text):
        return _months(int(found[1]), int(found[2]), 1)
    if found := QUARTER.fullmatch(text):
        return _months(int(found[1]), 3 * int(found[2]) - 2, 3)
    if found := WEEK.fullmatch(text):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return monday, monday + timedelta(days=7)
    if YEAR.fullmatch(text):
        return _months(int(text), 1, 12)
    if DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return day, day + timedelta(days=1)
    raise ValueError(text)


def _label(per: str, day: date) -> str:
    """The period of a day, as people write it."""
    if per == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    if per == "year":
        return f"{day.year:04}"
    return f"{day.year:04}-Q{(day.month + 2) // 3}" if per == "quarter" else f"{day.year:04}-{day.month:02}"


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    first = date(year, month, 1)
    later = month - 1 + count
    return first, date(year + later // 12, later % 12 + 1, 1)
