"""Working hours: day keys, spans into the next day, overlaps."""

import datetime

import pytest

from smarketing.agreement.calendars import Calendar, days_of, minutes_of, overlap


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("mon", [0]),
        ("mon-fri", [0, 1, 2, 3, 4]),
        ("sat-mon", [5, 6, 0]),
        ("mon,wed", [0, 2]),
        ("fri-mon, wed", [4, 5, 6, 0, 2]),
        ("sun-sun", [6]),
    ],
)
def test_day_keys(key, days):
    assert days_of(key) == days


@pytest.mark.parametrize("key", ["", "monday", "mon-", "-fri", "Mon", "mon;tue", "mon-tue-wed"])
def test_what_is_no_day(key):
    with pytest.raises(ValueError):
        days_of(key)


@pytest.mark.parametrize(
    ("span", "minutes"),
    [("09:00-12:30", (540, 750)), ("22:00-06:00", (1320, 1800)), ("00:00-24:00", (0, 1440)), ("09:00-09:00", (540, 1980)),
     ("22:00-24:00", (1320, 1440)), ("22:00-00:00", (1320, 1440)), ("00:00-00:00", (0, 1440))],
)  # fmt: skip
def test_spans(span, minutes):
    assert minutes_of(span) == minutes


@pytest.mark.parametrize(
    "span", ["9:00-12:00", "09:00", "09:00-25:00", "24:00-06:00", "09:00-24:01", "09:60-10:00", "09:00 - 10:00"]
)
def test_what_is_no_span(span):
    with pytest.raises(ValueError):
        minutes_of(span)


def test_a_week():
    calendar = Calendar.model_validate(
        {"hours": {"mon-fri": ["13:30-18:00", "09:00-12:30"], "wed": ["20:00-21:00"], "sat-sun": ["22:00-02:00"]}}
    )
    day, wed, night = [(540, 750), (810, 1080)], [(540, 750), (810, 1080), (1200, 1260)], [(1320, 1560)]
    assert calendar.week() == [day, day, wed, day, day, night, night]


@pytest.mark.parametrize(
    ("hours", "overlaps"),
    [
        ({"mon": ["09:00-12:00", "12:00-13:00"]}, False),
        ({"mon": ["09:00-12:00", "11:59-13:00"]}, True),
        ({"mon-sun": ["09:00-09:00"]}, False),
        ({"mon-sun": ["22:00-06:00", "06:00-10:00"]}, False),
        ({"sun": ["22:00-06:00"], "mon": ["05:59-07:00"]}, True),
        ({"sun": ["22:00-06:00"], "mon": ["06:00-07:00"]}, False),
        ({"mon": ["09:00-10:00"], "mon,tue": ["09:30-11:00"]}, True),
        ({}, False),
    ],
)
def test_overlaps_also_around_the_end_of_the_week(hours, overlaps):
    assert (overlap(Calendar.model_validate({"hours": hours}).week()) is not None) == overlaps


def test_holidays_of_a_year():
    calendar = Calendar.model_validate(
        {"hours": {}, "holidays": {"country": "DE", "region": "BY", "also": ["2026-12-24", "2027-12-24"]}}
    )
    days = calendar.holidays.days(2026)
    assert {datetime.date(2026, 12, 24), datetime.date(2026, 10, 3), datetime.date(2026, 1, 6)} <= days
    assert datetime.date(2027, 12, 24) not in days
    assert Calendar.model_validate({"hours": {}}).holidays.days(2026) == set()
