"""Periods and instants as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from smarketing.vocabulary.periods import instant, parse_period

BERLIN = "Europe/Berlin"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2018", "2017-12-31T23:00", "2018-12-31T23:00"),
        ("2018-Q1", "2017-12-31T23:00", "2018-03-31T22:00"),
        ("2018-q4", "2018-09-30T22:00", "2018-12-31T23:00"),
        ("2018-05", "2018-04-30T22:00", "2018-05-31T22:00"),
        ("2018-12", "2018-11-30T23:00", "2018-12-31T23:00"),
        ("2018-W05", "2018-01-28T23:00", "2018-02-04T23:00"),
        ("2020-W53", "2020-12-27T23:00", "2021-01-03T23:00"),
        ("2018-03-25", "2018-03-24T23:00", "2018-03-25T22:00"),
        ("2018-01-01..2018-02-01", "2017-12-31T23:00", "2018-01-31T23:00"),
        (" 2018-01-01T12:00..2018-01-01T13:00Z ", "2018-01-01T11:00", "2018-01-01T13:00"),
    ],
)
def test_a_period_is_cut_at_midnight_of_the_zone(text: str, first: str, after: str):
    period = parse_period(text, BERLIN)
    assert (period.start_at, period.end_at) == (utc(first), utc(after))
    assert period.label == text.strip()


@pytest.mark.parametrize(
    "text", ["2018-13", "2018-Q0", "2018-Q5", "2019-W53", "2018-W00", "2018-02-30", "may", "", "18-05", "..", "9999"]
)
def test_what_is_no_period_says_how_to_write_one(text: str):
    with pytest.raises(ValueError, match="write 2018"):
        parse_period(text, BERLIN)


@pytest.mark.parametrize("text", ["2018-02-01..2018-01-01", "2018-01-01..2018-01-01"])
def test_a_period_has_to_end_after_it_begins(text: str):
    with pytest.raises(ValueError, match="ends before it begins"):
        parse_period(text, BERLIN)


def test_months_follow_each_other_without_a_gap():
    months = [parse_period(f"2018-{month:02}", "America/Sao_Paulo") for month in range(1, 13)]
    assert [month.end_at for month in months[:-1]] == [month.start_at for month in months[1:]]
    assert months[-1].end_at - months[0].start_at == timedelta(days=365)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2018-06-01", "2018-05-31T22:00"),
        ("2018-06-01T14:30", "2018-06-01T12:30"),
        ("2018-06-01 14:30:00.5", "2018-06-01T12:30:00.500"),
        ("2018-06-01T14:30:00Z", "2018-06-01T14:30"),
        ("2018-06-01T14:30:00-03:00", "2018-06-01T17:30"),
        ("2018-10-28T02:30", "2018-10-28T00:30"),
        ("2018-03-25T02:30", "2018-03-25T01:30"),
    ],
)
def test_an_instant_without_an_offset_is_on_the_wall_clock_of_the_zone(text: str, at: str):
    """The last two: a time that occurs twice and one that never occurs have the offset before the change."""
    assert instant(text, BERLIN) == utc(at)


def test_a_midnight_that_does_not_exist_has_the_offset_before_the_change():
    assert instant("2018-11-04", "America/Sao_Paulo") == utc("2018-11-04T03:00")


@pytest.mark.parametrize("text", ["yesterday", "2018-06", "2018-06-31", "0001-01-01"])
def test_what_is_no_instant_says_how_to_write_one(text: str):
    with pytest.raises(ValueError, match="is not a time; write 2018-06-01"):
        instant(text, BERLIN)
