"""Business time: how long somebody had to work on something, and when so much work is done.

A calendar (hours, holidays, a zone) and one person's absences are laid out once as a `Timeline` of working intervals in UTC.
Then a wait is two binary searches, and a due time is one. The rules:

* A span belongs to the day on which it starts, also past midnight: a holiday takes away the spans that start on it, whole.
* A local time that occurs twice, or not at all, is read with the offset before the change. A span that is empty or ends before
  it starts because of that vanishes; where two spans come to overlap, their minutes count once.
* An absence takes its own time out of every span, to the microsecond.
* A working day is a day with working time left after holidays and absences; its end is the end of its last interval.
* Budgets: `n business hours` are over at the first moment at which so much has been worked, so a budget that ends at closing
  time is due at closing time. `n business days` are over at the end of the n-th working day after the local day of the start.
  A budget of nothing is over at once.
* What lies past the layout is not known: a due time there is `NEVER`.

All instants and lengths are int64 microseconds, instants since 1970 in UTC; days are proleptic ordinals (`date.toordinal`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence, Sized
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from smarketing.agreement.calendars import Calendar
from smarketing.derivations.compiling import njit
from smarketing.vocabulary.durations import Duration

Micros = NDArray[np.int64]
"""Instants or lengths in microseconds, or day ordinals."""

NEVER: Final = -(2**63)
"""The instant, or length, that is not known: int64's smallest."""
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
DAY: Final = 86_400 * SECOND
EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
PROBE_SECONDS: Final = 6 * 3600
"""How finely a zone is searched for changes: no zone changes twice within it."""

ELAPSED: Final = 0
BUSINESS_TIME: Final = 1
BUSINESS_DAYS: Final = 2
"""What an amount counts: elapsed µs, µs of business time, or whole working days (see `budget`)."""


class Timeline(NamedTuple):
    """Working time of one calendar and one person's absences.

    `starts`, `ends`: intervals, half-open, ascending, apart from each other; `before`: what was worked before each.
    `day_ordinals`, `day_ends`: the working days and the end of work on each. `transitions`, `offsets`: from each instant on
    the zone is so far ahead of UTC; the first instant is `NEVER`, so that every instant has an offset.
    """

    starts: Micros
    ends: Micros
    before: Micros
    day_ordinals: Micros
    day_ends: Micros
    transitions: Micros
    offsets: Micros


class Timelines(NamedTuple):
    """Many timelines, end to end: the i-th has the intervals `interval_bounds[i]` to `interval_bounds[i + 1]`, and so on."""

    interval_bounds: Micros
    starts: Micros
    ends: Micros
    before: Micros
    day_bounds: Micros
    day_ordinals: Micros
    day_ends: Micros
    zone_bounds: Micros
    transitions: Micros
    offsets: Micros


# ── Laying out ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def lay_out(calendar: Calendar, zone: str, *, first: date, last: date, absences: Sequence[tuple[int, int]] = ()) -> Timeline:
    """The working time of `calendar` on the local days `first` to `last`, both included, less `absences`.

    `zone` is the agreement's, for a calendar without its own. `absences` are half-open (from, to) in any order, and may overlap.
    The day before `first` is laid out too, for its night shift. No instant asked about may lie before `first`; the layout should
    reach well past `as_of`, since what is due after it is `NEVER`.
    """
    name = calendar.timezone or zone
    days = working_days(calendar, first=first - timedelta(days=1), last=last)
    transitions, offsets = zone_changes(name, first.year - 1, last.year + 1)
    starts, ends, owners = local_spans(calendar.week(), days)
    starts, ends = to_utc(starts, transitions, offsets), to_utc(ends, transitions, offsets)
    starts, ends, owners = without(starts, ends, owners, absences)
    day_ordinals, day_ends = ends_of_work(ends, owners)
    starts, ends = merged(starts, ends)
    return Timeline(starts, ends, worked_so_far(starts, ends), day_ordinals, day_ends, transitions, offsets)


def stack(timelines: Sequence[Timeline]) -> Timelines:
    """The timelines end to end, addressed by their place in the sequence."""
    return Timelines(
        bounds(t.starts for t in timelines),
        joined(t.starts for t in timelines),
        joined(t.ends for t in timelines),
        joined(t.before for t in timelines),
        bounds(t.day_ordinals for t in timelines),
        joined(t.day_ordinals for t in timelines),
        joined(t.day_ends for t in timelines),
        bounds(t.transitions for t in timelines),
        joined(t.transitions for t in timelines),
        joined(t.offsets for t in timelines),
    )


def budget(duration: Duration) -> tuple[int, int]:
    """(kind, amount) of a duration, as `due_at` and `due_many` take them."""
    if duration.business and duration.unit == "day":
        return BUSINESS_DAYS, duration.amount
    return (BUSINESS_TIME if duration.business else ELAPSED), duration.microseconds


def bounds(parts: Iterable[Sized]) -> Micros:
    """Where each part begins when they stand end to end, and where the last one ends."""
    return np.cumsum([0, *(len(part) for part in parts)], dtype=np.int64)


def joined(parts: Iterable[Micros]) -> Micros:
    """The parts end to end."""
    return np.concatenate([np.empty(0, np.int64), *parts])


def working_days(calendar: Calendar, *, first: date, last: date) -> Micros:
    """The ordinals of `first` to `last` without the holidays."""
    days = np.arange(first.toordinal(), last.toordinal() + 1, dtype=np.int64)
    off = {day.toordinal() for day in calendar.holidays.also}
    if calendar.holidays.country:
        off |= public_holidays(calendar.holidays.country, calendar.holidays.region, first.year, last.year)
    return days[~np.isin(days, np.fromiter(off, np.int64))]


@lru_cache(maxsize=256)
def public_holidays(country: str, region: str | None, first_year: int, last_year: int) -> frozenset[int]:
    """The ordinals of a country's (and region's) public holidays, observed days included, in those years."""
    import holidays

    found = holidays.country_holidays(country, subdiv=region, years=range(first_year, last_year + 1))
    return frozenset(day.toordinal() for day in found)


@lru_cache(maxsize=256)
def zone_changes(zone: str, first_year: int, last_year: int) -> tuple[Micros, Micros]:
    """(transitions, offsets) of a zone in those years; the first offset holds from `NEVER` on. Read-only arrays."""
    info = ZoneInfo(zone)
    begin, end = (int(datetime.datetime(year, 1, 1, tzinfo=datetime.UTC).timestamp()) for year in (first_year, last_year + 1))
    instants, offsets = [NEVER], [offset_at(info, begin)]
    for probe in range(begin, end, PROBE_SECONDS):
        if offset_at(info, probe + PROBE_SECONDS) != offsets[-1]:
            instants.append(SECOND * change_between(info, probe, probe + PROBE_SECONDS))
            offsets.append(offset_at(info, probe + PROBE_SECONDS))
    result = np.array(instants, np.int64), SECOND * np.array(offsets, np.int64)
    for array in result:
        array.flags.writeable = False
    return result


def offset_at(info: ZoneInfo, second: int) -> int:
    """Seconds that the zone is ahead of UTC at a second since 1970."""
    ahead = datetime.datetime.fromtimestamp(second, info).utcoffset() or datetime.timedelta()
    return round(ahead.total_seconds())


def change_between(info: ZoneInfo, low: int, high: int) -> int:
    """The first second after `low` at which the offset is no longer that of `low`; `high` already has the new one."""
    old = offset_at(info, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset_at(info, middle) == old else (low, middle)
    return high


def local_spans(week: Sequence[Sequence[tuple[int, int]]], days: Micros) -> tuple[Micros, Micros, Micros]:
    """(starts, ends, days) of every span on every day, in local µs since 1970, day by day."""
    minutes = np.array([span for spans in week for span in spans], np.int64).reshape(-1, 2)
    weekdays = (days - 1) % 7  # ordinal 1 was a Monday
    first = bounds(week)[weekdays]
    owners, place = runs(days, first, bounds(week)[weekdays + 1] - first)
    midnight = (owners - EPOCH_DAY) * DAY
    return midnight + minutes[place, 0] * MINUTE, midnight + minutes[place, 1] * MINUTE, owners


def runs(values: Micros, first: Micros, count: Micros) -> tuple[Micros, Micros]:
    """Each value as often as its count says, and beside it the places `first`, `first + 1`, … of that value's run."""
    before = np.repeat(np.cumsum(count) - count, count)
    repeated: Micros = np.repeat(values, count)
    return repeated, np.arange(len(before)) - before + np.repeat(first, count)


def to_utc(local: Micros, transitions: Micros, offsets: Micros) -> Micros:
    """The instants of local times; one that occurs twice or not at all is read with the offset before the change.

    Such times end, on the local clock, at the change read with the larger of the two offsets: until there the old one holds.
    """
    turns = transitions[1:] + np.maximum(offsets[:-1], offsets[1:])
    return local - offsets[np.searchsorted(turns, local, side="right")]


def without(starts: Micros, ends: Micros, owners: Micros, absences: Sequence[tuple[int, int]]) -> tuple[Micros, Micros, Micros]:
    """The spans (with the days that own them) less the absences; what is empty or inverted vanishes."""
    gone = np.array(sorted(span for span in absences if span[0] < span[1]), np.int64).reshape(-1, 2)
    away_from, away_to = merged(gone[:, 0], gone[:, 1])
    free_from = np.concatenate([[NEVER], away_to])
    free_to = np.concatenate([away_from, [2**63 - 1]])
    first = np.searchsorted(free_to, starts, side="right")
    count = np.maximum(np.searchsorted(free_from, ends, side="left") - first, 0)
    spans, frees = runs(np.arange(len(starts)), first, count)
    starts, ends = np.maximum(starts[spans], free_from[frees]), np.minimum(ends[spans], free_to[frees])
    left = starts < ends
    return starts[left], ends[left], owners[spans][left]


def ends_of_work(ends: Micros, owners: Micros) -> tuple[Micros, Micros]:
    """(days, the latest end of each) of spans that stand day by day."""
    days, at = np.unique(owners, return_index=True)
    return days, np.maximum.reduceat(ends, at) if len(days) else days


def merged(starts: Micros, ends: Micros) -> tuple[Micros, Micros]:
    """The intervals in order, those that overlap or touch made one."""
    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, reach = starts[order], np.maximum.accumulate(ends[order])
    opens = np.concatenate([[True], starts[1:] > reach[:-1]])
    closes = np.concatenate([opens[1:], [True]])
    return starts[opens], reach[closes]


def worked_so_far(starts: Micros, ends: Micros) -> Micros:
    """What was worked before each interval."""
    lengths = ends - starts
    so_far: Micros = np.cumsum(lengths) - lengths
    return so_far


# ── Asking one timeline ───────────────────────────────────────────────────────────────────────────────────────────────────


@njit
def worked_before(starts: Micros, ends: Micros, before: Micros, t: int) -> int:
    """What was worked from the begin of the layout to `t`."""
    i = np.searchsorted(starts, t, side="right") - 1
    if i < 0:
        return 0
    return int(before[i] + min(t, ends[i]) - starts[i])


@njit
def elapsed(starts: Micros, ends: Micros, before: Micros, t0: int, t1: int) -> int:
    """Business time from `t0` to `t1`; negative when `t1` is the earlier."""
    return worked_before(starts, ends, before, t1) - worked_before(starts, ends, before, t0)


@njit
def due_after(starts: Micros, ends: Micros, before: Micros, t0: int, amount: int) -> int:
    """The first instant at which `amount` of business time has passed since `t0`; `NEVER` past the layout."""
    if amount <= 0:
        return t0
    wanted = worked_before(starts, ends, before, t0) + amount
    i = np.searchsorted(before, wanted, side="left") - 1
    if i < 0:
        return NEVER
    due = starts[i] + wanted - before[i]
    return int(due) if due <= ends[i] else NEVER


@njit
def local_day(transitions: Micros, offsets: Micros, t: int) -> int:
    """The ordinal of the local date at `t`."""
    i = np.searchsorted(transitions, t, side="right") - 1
    return int((t + offsets[i]) // DAY + EPOCH_DAY)


@njit
def due_on_day(day_ordinals: Micros, day_ends: Micros, transitions: Micros, offsets: Micros, t0: int, n_days: int) -> int:
    """The end of work on the n-th working day after the local day of `t0`; `NEVER` past the layout."""
    if n_days <= 0:
        return t0
    day = local_day(transitions, offsets, t0)
    i = np.searchsorted(day_ordinals, day, side="right") + n_days - 1
    return int(day_ends[i]) if i < len(day_ends) else NEVER


# ── Asking one of many ────────────────────────────────────────────────────────────────────────────────────────────────────


@njit
def elapsed_on(timelines: Timelines, which: int, t0: int, t1: int) -> int:
    """`elapsed` on the timeline at place `which`; `NEVER` without a timeline (-1) or without one of the instants."""
    if which < 0 or t0 == NEVER or t1 == NEVER:
        return NEVER
    low, high = timelines.interval_bounds[which], timelines.interval_bounds[which + 1]
    return elapsed(timelines.starts[low:high], timelines.ends[low:high], timelines.before[low:high], t0, t1)


@njit
def due_at(timelines: Timelines, which: int, t0: int, kind: int, amount: int) -> int:
    """When a budget that begins at `t0` is over: `t0` plus `amount` of elapsed time, business time or business days.

    `NEVER` where business time has no timeline (`which` is -1), where `t0` is `NEVER`, and past the layout.
    """
    if t0 == NEVER:
        return NEVER
    if kind == ELAPSED:
        return t0 + amount
    if which < 0:
        return NEVER
    if kind == BUSINESS_TIME:
        low, high = timelines.interval_bounds[which], timelines.interval_bounds[which + 1]
        return due_after(timelines.starts[low:high], timelines.ends[low:high], timelines.before[low:high], t0, amount)
    low, high = timelines.day_bounds[which], timelines.day_bounds[which + 1]
    zone, end = timelines.zone_bounds[which], timelines.zone_bounds[which + 1]
    days, ends = timelines.day_ordinals[low:high], timelines.day_ends[low:high]
    return due_on_day(days, ends, timelines.transitions[zone:end], timelines.offsets[zone:end], t0, amount)


@njit
def elapsed_many(timelines: Timelines, which: Micros, t0s: Micros, t1s: Micros) -> Micros:
    """`elapsed_on` for each row."""
    result = np.empty(len(t0s), np.int64)
    for row in range(len(t0s)):
        result[row] = elapsed_on(timelines, which[row], t0s[row], t1s[row])
    return result


@njit
def due_many(timelines: Timelines, which: Micros, t0s: Micros, kind: int, amount: int) -> Micros:
    """`due_at` for each row, with one budget for all of them."""
    result = np.empty(len(t0s), np.int64)
    for row in range(len(t0s)):
        result[row] = due_at(timelines, which[row], t0s[row], kind, amount)
    return result
