"""Times and numbers as people write them, and what is not read as one."""

from __future__ import annotations

import polars as pl
import pytest

from smarketing.connectors.files.values import amounts, check_format, days, instants, json_booleans, json_numbers


def one(text: str, format: str | None = None, zone: str = "UTC") -> str | None:
    found = instants(pl.Series([text]), format=format, zone=zone).item()
    return found.isoformat().replace("+00:00", "Z") if found else None


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-07-01", "2026-06-30T22:00:00Z"),
        ("20260701", "2026-06-30T22:00:00Z"),
        ("2026-07-01 10:00", "2026-07-01T08:00:00Z"),
        ("2026-07-01T10:00:30", "2026-07-01T08:00:30Z"),
        ("2026-07-01T10:00:30.25", "2026-07-01T08:00:30.250000Z"),
        ("2026-07-01T10:00:30,1234567", "2026-07-01T08:00:30.123456Z"),
        ("2026-07-01T10:00:30Z", "2026-07-01T10:00:30Z"),
        ("2026-07-01 10:00:30 +0530", "2026-07-01T04:30:30Z"),
        ("2026-07-01T10:00:30.5-03:00", "2026-07-01T13:00:30.500000Z"),
        ("20260701T100030Z", "2026-07-01T10:00:30Z"),
        ("2026-07-01T24:00:00", "2026-07-01T22:00:00Z"),
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),  # does not exist: the offset before the change
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),  # comes twice: the offset before the change
        ("2026-02-30", None),
        ("2026-07-01T25:00:00", None),
        ("2026-07-01T10:61", None),
        ("01.07.2026", None),
        ("2026-07", None),
        ("soon", None),
    ],
)
def test_iso_times_in_berlin(text: str, utc: str | None):
    assert one(text, zone="Europe/Berlin") == utc


def test_shapes_may_be_mixed_in_one_column():
    texts = ["2026-07-01", "2026-07-01 10:00:00", "2026-07-01T10:00:00Z", "nonsense", None, "2026-07-02", "2026-07-01T10:00:00.5"]
    read = instants(pl.Series(texts), format=None, zone="UTC")
    assert [found.isoformat()[8:] if found else None for found in read] == [
        "01T00:00:00+00:00", "01T10:00:00+00:00", "01T10:00:00+00:00", None, None, "02T00:00:00+00:00", "01T10:00:00.500000+00:00",
    ]  # fmt: skip


@pytest.mark.parametrize("texts", [[], [None], [None, None]])
def test_nothing_to_read(texts: list[None]):
    assert instants(pl.Series(texts, dtype=pl.String), format=None, zone="UTC").null_count() == len(texts)


def test_a_day_whose_midnight_does_not_exist_starts_when_it_starts():
    assert one("2017-10-15", zone="America/Sao_Paulo") == "2017-10-15T03:00:00Z"
    assert one("15.10.2017", "%d.%m.%Y", "America/Sao_Paulo") == "2017-10-15T03:00:00Z"


@pytest.mark.parametrize(
    ("text", "format", "utc"),
    [
        ("07/01/26 3:04 PM", "%m/%d/%y %I:%M %p", "2026-07-01T15:04:00Z"),
        ("1.7.2026", "%d.%m.%Y", "2026-07-01T00:00:00Z"),
        ("Jul 1, 2026", "%b %d, %Y", "2026-07-01T00:00:00Z"),
        ("2026-07-01 10:00:00.123456", "%Y-%m-%d %H:%M:%S.%f", "2026-07-01T10:00:00.123456Z"),
        ("2026-07-01 10:00:00 +0200", "%Y-%m-%d %H:%M:%S %z", "2026-07-01T08:00:00Z"),
        ("2026-07-01T10:00:00Z", "%Y-%m-%dT%H:%M:%S%z", "2026-07-01T10:00:00Z"),
        ("1782900000", "unix", "2026-07-01T10:00:00Z"),
        ("1782900000123", "unix_ms", "2026-07-01T10:00:00.123000Z"),
        ("31.02.2026", "%d.%m.%Y", None),
        ("2026-07-01 10:00", "%Y-%m-%d", None),
        ("x", "unix", None),
    ],
)
def test_times_in_a_format(text: str, format: str, utc: str | None):
    assert one(text, format) == utc


@pytest.mark.parametrize("format", ["%Q", "DD.MM.YYYY", "%Y-%m-%d %I:%M", "%", ""])
def test_formats_that_cannot_be_read(format: str):
    with pytest.raises(ValueError, match="write for example"):
        check_format(format)


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "read"),
    [
        ("12.5", ".", None, "12.50"),
        ("-3", ".", None, "-3.00"),
        ("+.5", ".", None, "0.50"),
        ("0.125", ".", None, "0.13"),
        ("-0.125", ".", None, "-0.13"),
        ("0.30000000000000004", ".", None, "0.30"),
        ("1.234.567,89", ",", ".", "1234567.89"),
        ("1234,5", ",", ".", "1234.50"),
        ("1 234,50", ",", " ", "1234.50"),
        ("1\u202f234\u00a0567,5", ",", " ", "1234567.50"),
        ("1'234.50", ".", "'", "1234.50"),
        ("1e3", ".", None, "1000.00"),
        ("1,234.50", ".", None, None),
        ("1234.50", ",", None, None),
        ("1.23,4", ",", ".", None),
        ("12.34.567,00", ",", ".", None),
        ("12,5", ".", ",", None),
        ("€ 5", ".", None, None),
        ("ten", ".", None, None),
        ("99999999999999999", ".", None, None),
    ],
)
def test_amounts(text: str, decimal: str, thousands: str | None, read: str | None):
    found = amounts(pl.Series([text]), decimal=decimal, thousands=thousands).item()
    assert (str(found) if found is not None else None) == read


def test_numbers_and_booleans_as_json():
    numbers = json_numbers(pl.Series(["007", "12.50", "-1", "1e400", "x"]), decimal=".", thousands=None)
    assert numbers.to_list() == ["7", "12.5", "-1", None, None]
    assert json_booleans(pl.Series(["Yes", "FALSE", "0", "maybe", None])).to_list() == ["true", "false", "false", None, None]


def test_days_stay_days():
    assert days(pl.Series(["2026-07-01", "2026-07-01 10:00"]), format=None, zone="Europe/Berlin").to_list() == [
        "2026-07-01",
        "2026-07-01T08:00:00Z",
    ]
    assert days(pl.Series(["01.07.2026"]), format="%d.%m.%Y", zone="Asia/Tokyo").to_list() == ["2026-07-01"]
