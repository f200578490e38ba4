"""Business time: every rule as a table, and every change of every zone against the minute-by-minute judge."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pytest

from smarketing.agreement.calendars import Calendar, Holidays
from smarketing.derivations.business_time import (
    NEVER,
    Timeline,
    budget,
    due_after,
    due_at,
    due_many,
    due_on_day,
    elapsed,
    elapsed_many,
    lay_out,
    local_day,
    stack,
    worked_before,
)
from smarketing.vocabulary.durations import parse_duration
from tests.reference.business_minutes import UNTOLD, WEEKDAYS, PlainCalendar, mark

MINUTE = 60_000_000
HOUR = 60 * MINUTE
Hours = dict[str, list[str]]


def weekdays(*spans: str) -> Hours:
    return {day: list(spans) for day in WEEKDAYS[:5]}


def daily(*spans: str) -> Hours:
    return {day: list(spans) for day in WEEKDAYS}


OFFICE = weekdays("09:00-12:30", "13:30-18:00")
CONTRACT = Calendar(hours=OFFICE, holidays=Holidays(country="DE", also=[date(2026, 12, 24)]))
NIGHT = Calendar(hours=daily("22:00-06:00"))


def us(text: str, zone: str = "Europe/Berlin") -> int:
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def shown(instant: int, zone: str = "Europe/Berlin") -> str:
    if instant == NEVER:
        return "never"
    return (
        (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    )


def laid_out(calendar: Calendar = CONTRACT, year: int = 2026, away: Sequence[tuple[str, str]] = ()) -> Timeline:
    absences = [(us(begin), us(end)) for begin, end in away]
    return lay_out(calendar, "Europe/Berlin", first=date(year, 1, 1), last=date(year, 12, 31), absences=absences)


def due(timeline: Timeline, start: str, duration: str) -> str:
    return shown(int(due_at(stack([timeline]), 0, us(start), *budget(parse_duration(duration)))))


def minutes(timeline: Timeline, start: str, end: str) -> float:
    return int(elapsed(timeline.starts, timeline.ends, timeline.before, us(start), us(end))) / MINUTE


def test_a_handoff_on_saturday_with_4_business_hours_is_due_on_monday_at_14() -> None:
    assert due(laid_out(), "2026-02-07 11:00", "4 business hours") == "2026-02-09 14:00"


@pytest.mark.parametrize(
    ("start", "duration", "is_due"),
    [
        ("2026-02-09 09:00", "3 business hours", "2026-02-09 12:00"),
        ("2026-02-09 12:00", "1 business hours", "2026-02-09 14:00"),  # lunch is no work
        ("2026-02-09 13:00", "30 business minutes", "2026-02-09 14:00"),  # handed over at lunch
        ("2026-02-09 09:00", "210 business minutes", "2026-02-09 12:30"),  # ends exactly where lunch begins
        ("2026-02-09 14:00", "4 business hours", "2026-02-09 18:00"),  # ends exactly at closing: due at closing
        ("2026-02-09 14:00", "241 business minutes", "2026-02-10 09:01"),
        ("2026-02-09 18:00", "8 business hours", "2026-02-10 18:00"),  # handed over at closing
        ("2026-02-13 17:00", "2 business hours", "2026-02-16 10:00"),  # over the weekend
        ("2026-04-02 17:00", "2 business hours", "2026-04-07 10:00"),  # over Good Friday and Easter Monday
        ("2026-12-23 17:30", "1 business hours", "2026-12-28 09:30"),  # the day of its own list, two of the country's, a weekend
        ("2026-02-09 12:45", "0 business hours", "2026-02-09 12:45"),
        ("2026-02-07 11:00", "24h", "2026-02-08 11:00"),  # elapsed time knows no calendar
        ("2026-03-28 12:00", "1d", "2026-03-29 13:00"),  # and a day is 24 hours
        ("2026-12-31 17:00", "2 business hours", "never"),  # past the layout
    ],
)
def test_budgets_of_business_time(start: str, duration: str, is_due: str) -> None:
    assert due(laid_out(), start, duration) == is_due


@pytest.mark.parametrize(
    ("start", "duration", "is_due"),
    [
        ("2026-02-09 08:00", "1 business days", "2026-02-10 18:00"),
        ("2026-02-09 23:59", "1 business days", "2026-02-10 18:00"),  # the day of the hand-off does not count
        ("2026-02-06 10:00", "1 business days", "2026-02-09 18:00"),
        ("2026-02-07 10:00", "1 business days", "2026-02-09 18:00"),
        ("2026-02-07 10:00", "10 business days", "2026-02-20 18:00"),
        ("2026-04-02 10:00", "2 business days", "2026-04-08 18:00"),  # Easter
        ("2026-12-23 10:00", "1 business days", "2026-12-28 18:00"),
        ("2026-12-30 10:00", "1 business days", "2026-12-31 18:00"),
        ("2026-12-30 10:00", "2 business days", "never"),
        ("2026-02-09 10:00", "0 business days", "2026-02-09 10:00"),
    ],
)
def test_budgets_of_business_days(start: str, duration: str, is_due: str) -> None:
    assert due(laid_out(), start, duration) == is_due


@pytest.mark.parametrize(
    ("start", "duration", "is_due"),
    [
        ("2026-02-09 10:00", "1 business days", "2026-02-10 18:00"),
        ("2026-02-10 10:00", "1 business days", "2026-02-12 11:00"),  # away on the 11th; on the 12th from 11:00 on
        ("2026-02-10 10:00", "2 business days", "2026-02-13 18:00"),  # on the 13th until 15:00: the end is the usual one
        ("2026-02-10 17:00", "2 business hours", "2026-02-12 10:00"),
        ("2026-02-12 10:00", "2 business hours", "2026-02-13 16:00"),
        ("2026-02-11 12:00", "2 business hours", "2026-02-12 11:00"),  # ends exactly where the absence begins
    ],
)
def test_absences_take_their_time_out(start: str, duration: str, is_due: str) -> None:
    away = [
        ("2026-02-12 11:00", "2026-02-13 15:00"),
        ("2026-02-11 00:00", "2026-02-12 00:00"),
        ("2026-02-11 10:00", "2026-02-11 20:00"),
    ]
    assert due(laid_out(away=away), start, duration) == is_due


def test_a_person_who_is_always_away_is_never_due() -> None:
    timeline = laid_out(away=[("2025-01-01 00:00", "2028-01-01 00:00")])
    assert len(timeline.starts) == len(timeline.day_ends) == 0
    assert due(timeline, "2026-02-09 10:00", "1 business minutes") == "never"
    assert due(timeline, "2026-02-09 10:00", "1 business days") == "never"
    assert minutes(timeline, "2026-02-09 10:00", "2026-06-09 10:00") == 0


def test_minutes_worked() -> None:
    timeline = laid_out()
    assert minutes(timeline, "2026-02-09 12:00", "2026-02-09 14:00") == 60
    assert minutes(timeline, "2026-02-07 00:00", "2026-02-09 00:00") == 0
    assert minutes(timeline, "2026-02-09 00:00", "2026-02-16 00:00") == 5 * 480
    assert minutes(timeline, "2026-02-10 10:00", "2026-02-09 10:00") == -480
    assert minutes(timeline, "2026-02-09 10:00:30", "2026-02-09 10:01") == 0.5


def test_a_night_shift_counts_the_hours_that_pass() -> None:
    timeline = laid_out(NIGHT)
    assert minutes(timeline, "2026-03-27 12:00", "2026-03-28 12:00") == 8 * 60
    assert minutes(timeline, "2026-03-28 12:00", "2026-03-29 12:00") == 7 * 60  # an hour is missing
    assert minutes(timeline, "2026-10-24 12:00", "2026-10-25 12:00") == 9 * 60  # an hour occurs twice
    assert due(timeline, "2026-03-28 22:00", "5 business hours") == "2026-03-29 04:00"
    assert due(timeline, "2026-10-24 22:00", "5 business hours") == "2026-10-25 02:00"
    assert due(timeline, "2026-03-28 22:00", "7 business hours") == "2026-03-29 06:00"


def test_a_night_shift_belongs_to_the_day_on_which_it_starts() -> None:
    """On Friday at 3 the work of Thursday is still going on: the next working day is Friday, whose work ends on Saturday."""
    timeline = laid_out(Calendar(hours=weekdays("22:00-06:00")))
    assert due(timeline, "2026-02-06 03:00", "1 business days") == "2026-02-10 06:00"
    assert due(timeline, "2026-02-05 23:00", "1 business days") == "2026-02-07 06:00"
    assert minutes(timeline, "2026-02-07 00:00", "2026-02-08 00:00") == 6 * 60
    assert minutes(timeline, "2026-02-09 00:00", "2026-02-09 12:00") == 0


def test_a_holiday_takes_the_whole_night_shift_that_starts_on_it_and_leaves_the_one_before() -> None:
    timeline = laid_out(Calendar(hours=daily("22:00-06:00"), holidays=Holidays(also=[date(2026, 5, 1)])))
    assert minutes(timeline, "2026-05-01 00:00", "2026-05-01 12:00") == 6 * 60
    assert minutes(timeline, "2026-05-01 12:00", "2026-05-02 12:00") == 0
    assert due(timeline, "2026-04-30 12:00", "1 business days") == "2026-05-03 06:00"


def test_the_night_shift_of_the_day_before_the_layout_is_there() -> None:
    assert minutes(laid_out(NIGHT), "2026-01-01 00:00", "2026-01-01 12:00") == 6 * 60


def test_a_day_that_ends_at_24_joins_the_next() -> None:
    timeline = laid_out(Calendar(hours=daily("00:00-24:00")))
    assert len(timeline.starts) == 1
    assert minutes(timeline, "2026-03-29 00:00", "2026-03-30 00:00") == 23 * 60
    assert due(timeline, "2026-02-09 10:00", "1 business days") == "2026-02-11 00:00"


def test_spans_inside_a_missing_hour_vanish_or_shrink() -> None:
    """On 2026-03-29 in Berlin 02:00 to 03:00 does not exist: read with the offset before, it is 03:00 to 04:00."""
    around = ("2026-03-29 00:00", "2026-03-29 12:00")
    assert minutes(laid_out(Calendar(hours=daily("01:00-02:30"))), *around) == 90  # until 02:30, which is 03:30
    assert minutes(laid_out(Calendar(hours=daily("02:10-02:40"))), *around) == 30  # 03:10 to 03:40
    assert minutes(laid_out(Calendar(hours=daily("02:30-03:15"))), *around) == 0  # 03:30 to 03:15: inverted
    assert minutes(laid_out(Calendar(hours=daily("02:30-03:30"))), *around) == 0  # 03:30 to 03:30: empty
    assert minutes(laid_out(Calendar(hours=daily("02:00-02:30", "03:00-03:20"))), *around) == 30  # they overlap and count once
    assert minutes(laid_out(Calendar(hours=daily("02:00-02:50", "03:10-03:20", "03:30-03:40"))), *around) == 50
    assert due(laid_out(Calendar(hours=daily("02:30-03:30"))), "2026-03-28 12:00", "1 business days") == "2026-03-30 03:30"


def test_spans_inside_an_hour_that_occurs_twice_are_read_with_the_offset_before() -> None:
    around = ("2026-10-25 00:00", "2026-10-25 12:00")
    assert minutes(laid_out(Calendar(hours=daily("02:00-03:00"))), *around) == 120  # 03:00 occurs once, after the change
    assert minutes(laid_out(Calendar(hours=daily("02:10-02:40"))), *around) == 30
    assert minutes(laid_out(Calendar(hours=daily("01:00-02:30", "02:30-04:00"))), *around) == 240


def test_holidays_come_by_country_and_region() -> None:
    bavaria = laid_out(Calendar(hours=OFFICE, holidays=Holidays(country="DE", region="BY")))
    assert due(bavaria, "2026-01-05 10:00", "1 business days") == "2026-01-07 18:00"  # Epiphany
    assert due(laid_out(), "2026-01-05 10:00", "1 business days") == "2026-01-06 18:00"
    nobody = laid_out(Calendar(hours=OFFICE))
    assert due(nobody, "2026-04-02 10:00", "1 business days") == "2026-04-03 18:00"


def test_a_calendar_may_have_a_zone_of_its_own() -> None:
    timeline = laid_out(Calendar(hours=OFFICE, timezone="America/New_York"))
    assert due(timeline, "2026-02-09 09:00", "1 business hours") == "2026-02-09 16:00"
    assert due(timeline, "2026-02-10 03:00", "1 business days") == "2026-02-11 00:00"  # it is still the 9th in New York
    assert due(timeline, "2026-03-09 12:00", "1 business hours") == "2026-03-09 15:00"  # changed three weeks before Berlin


def test_instants_before_the_first_interval_and_single_questions() -> None:
    t = laid_out()
    assert worked_before(t.starts, t.ends, t.before, us("2025-12-31 09:00")) == 0
    assert shown(int(due_after(t.starts, t.ends, t.before, us("2026-01-01 00:00"), MINUTE))) == "2026-01-02 09:01"
    next_day = due_on_day(t.day_ordinals, t.day_ends, t.transitions, t.offsets, us("2026-01-01 12:00"), 1)
    assert shown(int(next_day)) == "2026-01-02 18:00"
    assert local_day(t.transitions, t.offsets, us("2026-07-01 00:00")) == date(2026, 7, 1).toordinal()
    assert local_day(t.transitions, t.offsets, us("2026-07-01 00:00") - 1) == date(2026, 6, 30).toordinal()


def test_many_timelines_at_once() -> None:
    timelines = stack([laid_out(), laid_out(NIGHT), laid_out(away=[("2026-01-01 00:00", "2027-01-01 00:00")])])
    which = np.array([0, 1, 2, -1, 0], np.int64)
    start = np.array([us("2026-02-07 11:00")] * 4 + [NEVER], np.int64)
    end = np.array([us("2026-02-09 10:00")] * 5, np.int64)
    assert (elapsed_many(timelines, which, start, end) == [60 * MINUTE, 16 * HOUR, 0, NEVER, NEVER]).all()
    hours = due_many(timelines, which, start, *budget(parse_duration("4 business hours")))
    assert [shown(int(at)) for at in hours] == ["2026-02-09 14:00", "2026-02-08 02:00", "never", "never", "never"]
    days = due_many(timelines, which, start, *budget(parse_duration("2 business days")))
    assert [shown(int(at)) for at in days] == ["2026-02-10 18:00", "2026-02-10 06:00", "never", "never", "never"]
    plain = due_many(timelines, which, start, *budget(parse_duration("2h")))
    assert [shown(int(at)) for at in plain] == ["2026-02-07 13:00"] * 4 + ["never"]


# ── Every change of every zone ────────────────────────────────────────────────────────────────────────────────────────────

FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
AROUND = 36 * 60
CALENDARS: dict[str, Hours] = {
    "office": OFFICE,
    "nights": daily("06:30-07:15", "21:45-06:00"),
    "slivers": daily(
        "00:00-00:10", "00:30-01:15", "01:45-02:10", "02:15-02:45", "02:50-03:20", "03:30-03:31", "03:33-03:34", "23:30-24:00"
    ),
    "around the clock": daily("12:00-12:00"),
    "weekend nights": {"sat": ["20:00-04:00"], "sun": ["04:30-05:00", "22:15-02:15"], "mon": ["02:20-03:00", "23:59-00:01"]},
}


def utc_minutes(day: date) -> int:
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * 1440


def changes(zone: str) -> tuple[tuple[int, int], ...]:
    """(UTC minute, new offset in minutes) of each change of a zone in the years under test; the first is the offset at the start."""
    info = ZoneInfo(zone)

    def offset(minute: int) -> int:
        ahead = datetime.fromtimestamp(minute * 60, info).utcoffset()
        assert ahead is not None
        return int(ahead.total_seconds()) // 60

    found = [(utc_minutes(FIRST), offset(utc_minutes(FIRST)))]
    for midnight in range(utc_minutes(FIRST), utc_minutes(LAST), 1440):
        if offset(midnight + 1440) != found[-1][1]:
            change = next(m for m in range(midnight + 15, midnight + 1441, 15) if offset(m) != found[-1][1])
            found.append((change, offset(change)))
    return tuple(found)


def zones_apart() -> dict[str, list[int]]:
    """One zone of each behaviour, with those of its changes that no zone before it had in the same way."""
    behaviours: dict[tuple[tuple[int, int], ...], str] = {}
    for zone in sorted(available_timezones() - {"localtime", "Factory"}):
        behaviours.setdefault(changes(zone), zone)
    seen: set[tuple[int, int, int]] = set()
    apart: dict[str, list[int]] = {}
    for behaviour, zone in behaviours.items():
        for (_, old), (minute, new) in pairwise(behaviour):
            if (minute, old, new) not in seen:
                seen.add((minute, old, new))
                apart.setdefault(zone, []).append(minute)
    return apart


def layouts(zone: str, at: list[int]) -> Iterator[tuple[PlainCalendar, Timeline, list[tuple[int, int]]]]:
    """Each calendar twice: as it is; and with a holiday on every second change, and absences around the changes."""
    half_absences = [(minute - 317 + 40 * (n % 9), minute + 223 - 50 * (n % 7)) for n, minute in enumerate(at)]
    feasts = frozenset(
        datetime.fromtimestamp(minute * 60, ZoneInfo(zone)).date() - timedelta(days=n % 2) for n, minute in enumerate(at)
    )
    for hours in CALENDARS.values():
        for off, away in ((frozenset[date](), []), (frozenset(sorted(feasts)[::2]), half_absences)):
            calendar = Calendar(hours=hours, timezone=zone, holidays=Holidays(also=sorted(off)))
            absences = [(start * MINUTE, end * MINUTE) for start, end in away]
            first, last = FIRST - timedelta(days=30), LAST + timedelta(days=30)
            yield PlainCalendar(zone, hours, off), lay_out(calendar, "UTC", first=first, last=last, absences=absences), away


def mismatches(plain: PlainCalendar, timeline: Timeline, away: list[tuple[int, int]], change: int) -> int:
    """How many of the questions around a change the product answers otherwise than the judge."""
    judge = mark(plain, change - AROUND - 2 * 1440, change + AROUND + 8 * 1440, away)
    at = np.arange(change - AROUND, change + AROUND + 1)
    one, which, starts = stack([timeline]), np.zeros(len(at), np.int64), at * MINUTE
    so_far = judge.so_far()[at - judge.begin]
    wrong = int((elapsed_many(one, which, np.full(len(at), starts[0]), starts) != (so_far - so_far[0]) * MINUTE).sum())
    at = at[change % 3 :: 3]  # every minute for the waits, every third one for the due times
    for kind, amounts in (("minutes", (1, 45, 480)), ("days", (1, 2))):
        for amount in amounts:
            told = judge.due_after(at, amount) if kind == "minutes" else judge.due_on_day(at, amount)
            asked = due_many(one, which[: len(at)], at * MINUTE, *budget(parse_duration(f"{amount} business {kind}")))
            assert told[0] != UNTOLD
            wrong += int(((told != UNTOLD) & (told * MINUTE != asked)).sum())
    return wrong


@pytest.mark.slow
def test_every_change_of_every_zone_36_hours_around_it() -> None:
    apart = zones_apart()
    assert sum(map(len, apart.values())) > 1000, "the zones' changes were not found"
    wrong = {
        (zone, change, number): count
        for zone, at in apart.items()
        for of_zone in [list(layouts(zone, at))]
        for change in at
        for number, layout in enumerate(of_zone)
        if (count := mismatches(*layout, change))
    }
    assert wrong == {}


OWN_ZONE = """
from datetime import date
from smarketing.agreement.calendars import Calendar
from smarketing.derivations.business_time import lay_out, stack, due_many, budget
from smarketing.vocabulary.durations import parse_duration
import numpy as np
calendar = Calendar(timezone="Europe/Berlin", hours={"mon-fri": ["09:00-12:30", "13:30-18:00"], "sun": ["22:00-06:00"]})
timeline = lay_out(calendar, "UTC", first=date(2026, 1, 1), last=date(2026, 12, 31))
print([array.sum() for array in timeline[:2]], timeline.offsets.tolist())
print(due_many(stack([timeline]), np.zeros(1, np.int64), np.array([1_774_700_000_000_000]), *budget(parse_duration("3 business days"))))
"""


def test_the_zone_of_the_machine_does_not_matter() -> None:
    answers = {
        subprocess.run(
            [sys.executable, "-c", OWN_ZONE], env=os.environ | {"TZ": zone}, check=True, capture_output=True, text=True
        ).stdout
        for zone in ("UTC", "Pacific/Apia", "America/St_Johns")
    }
    assert len(answers) == 1


def test_without_compilation_the_answers_are_the_same() -> None:
    plain, compiled = (
        subprocess.run(
            [sys.executable, "-c", OWN_ZONE],
            env=os.environ | {"NUMBA_DISABLE_JIT": off},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for off in ("1", "0")
    )
    assert plain == compiled
