"""Cells that mean something: times, amounts, numbers, yes and no. What cannot be read is null, and its row is rejected."""

from __future__ import annotations

import re

import polars as pl

INSTANT = pl.Datetime("us", "UTC")
MONEY = pl.Decimal(18, 2)

DIRECTIVES = frozenset("YymdjHIMSpfzbBhaAsTDFRe%")
TIME_DIRECTIVES = frozenset("HIMSpfsTR")
UNIX = {"unix": 1_000_000, "unix_ms": 1_000, "unix_us": 1}
"""Formats for times that are counted since 1970-01-01 00:00 UTC, with their unit in µs."""

ISO = (
    r"^([0-9]{4})-?([0-9]{2})-?([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]{1,9}))?)?)?"
    r" ?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?$"
)
COMMON = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f")
"""Shapes of ISO 8601 without an offset that are read in one step; everything else goes through its parts."""

YES, NO = ["true", "yes", "y", "t", "1", "on"], ["false", "no", "n", "f", "0", "off"]
GROUPING = {".": r"\.", ",": ",", " ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]"}
LARGEST = 10**16


def check_format(format: str) -> None:
    """Raise ValueError for a time format that cannot be read, with what would be right."""
    if format in UNIX:
        return
    found = re.findall(r"%-?(.)", format)
    unknown = [letter for letter in found if letter not in DIRECTIVES]
    if unknown:
        raise ValueError(f'"{format}" has the unknown directive %{unknown[0]}; write for example %Y-%m-%d %H:%M:%S')
    if not found or format.count("%") != len(found) + found.count("%"):
        raise ValueError(f'"{format}" is no format of a time; write for example %d.%m.%Y, unix or unix_ms')
    try:
        pl.Series([""]).str.to_datetime(_dialect(format), strict=False)
    except pl.exceptions.PolarsError as error:
        raise ValueError(f'"{format}" does not name a whole day or time; write for example %Y-%m-%d %H:%M') from error


def instants(text: pl.Series, *, format: str | None, zone: str) -> pl.Series:
    """Times as UTC instants; without an offset they are read in `zone`, a day alone is its start there.

    Without `format`, ISO 8601. A local time that occurs twice or not at all is read with the offset before the change.
    """
    if format is None:
        return _iso(text, zone)
    if format in UNIX:
        return (_whole(text) * UNIX[format]).cast(INSTANT)
    if format.endswith("%z"):
        text = text.str.replace(r"[Zz]$", "+00:00")
    read = text.str.to_datetime(_dialect(format), strict=False, time_unit="us", ambiguous="earliest")
    if "%s" in format:
        return read.dt.replace_time_zone("UTC")
    return (
        read.dt.convert_time_zone("UTC") if isinstance(read.dtype, pl.Datetime) and read.dtype.time_zone else in_zone(read, zone)
    )


def in_zone(local: pl.Series, zone: str) -> pl.Series:
    """Local times of a zone as UTC instants, with the offset before the change where a time occurs twice or not at all."""
    read = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    if read.null_count() == local.null_count():
        return read
    day_before = local.dt.offset_by("-25h").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return read.fill_null(day_before.dt.convert_time_zone("UTC").dt.offset_by("25h"))


def days(text: pl.Series, *, format: str | None, zone: str) -> pl.Series:
    """Times for a small table: a day alone stays a day (`2018-05-31`), anything else becomes an instant in UTC (`…Z`)."""
    read = instants(text, format=format, zone=zone)
    whole = read.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    if format is not None and (format in UNIX or TIME_DIRECTIVES & set(re.findall(r"%-?(.)", format))):
        return whole
    at_noon = read.dt.offset_by("12h").dt.convert_time_zone(zone).dt.strftime("%Y-%m-%d")
    if format is not None:
        return at_noon
    day = text.str.contains(r"^[0-9]{4}-?[0-9]{2}-?[0-9]{2}$")
    return pl.select(pl.when(day).then(at_noon).otherwise(whole)).to_series()


def amounts(text: pl.Series, *, decimal: str, thousands: str | None) -> pl.Series:
    """Money to the cent, half away from zero; null where it is no number or has more than 16 digits before the point."""
    plain = plain_number(text, decimal=decimal, thousands=thousands)
    exact = plain.cast(pl.Decimal(38, 12), strict=False)
    if exact.null_count() > plain.null_count():  # written with an exponent
        real = plain.cast(pl.Float64, strict=False)
        exact = exact.fill_null(real.set((real.abs() >= LARGEST).fill_null(True), None).cast(pl.Decimal(38, 12), strict=False))
    return exact.round(2, mode="half_away_from_zero").cast(MONEY, strict=False)


def plain_number(text: pl.Series, *, decimal: str, thousands: str | None) -> pl.Series:
    """Numbers as plain text (`-1234.5`); null where digits are grouped otherwise than said, or anything else stands there."""
    point = r"\." if decimal == "." else ","
    whole = f"[0-9]+|[0-9]{{1,3}}(?:{GROUPING[thousands]}[0-9]{{3}})+" if thousands else "[0-9]+"
    fits = text.str.contains(rf"^[+-]?(?:(?:{whole})(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]+)?$")
    if thousands:
        text = text.str.replace_all(GROUPING[thousands], "")
    if decimal == ",":
        text = text.str.replace(",", ".", literal=True)
    return text.set(~fits.fill_null(True), None)


def json_numbers(text: pl.Series, *, decimal: str, thousands: str | None) -> pl.Series:
    """Numbers as JSON writes them: `1234`, `12.5`."""
    plain = plain_number(text, decimal=decimal, thousands=thousands)
    whole, real = plain.cast(pl.Int64, strict=False).cast(pl.String), plain.cast(pl.Float64, strict=False)
    real = real.set(real.is_infinite().fill_null(False), None)
    return whole.fill_null(real.cast(pl.String))


def json_booleans(text: pl.Series) -> pl.Series:
    """`true` or `false` for the usual words for yes and no in any case."""
    word = text.str.to_lowercase()
    known = pl.when(word.is_in(YES)).then(pl.lit("true")).when(word.is_in(NO)).then(pl.lit("false"))
    return pl.select(known).to_series()


def _whole(text: pl.Series) -> pl.Series:
    return text.cast(pl.Int64, strict=False)


def _dialect(format: str) -> str:
    """The format as the reader below wants it: a fraction of a second takes its point along."""
    return format.replace(".%f", "%.f")


def _iso(text: pl.Series, zone: str) -> pl.Series:
    read = pl.Series([None], dtype=INSTANT).new_from_index(0, len(text))
    for shape in COMMON:
        missing = read.is_null() & text.is_not_null()
        if not missing.any():
            return read
        first = text.filter(missing).head(1)
        if first.str.to_datetime(shape, strict=False).null_count() == 0 and (shape != "%Y-%m-%d" or len(first[0]) == 10):
            strict = text if shape != "%Y-%m-%d" else text.set(text.str.len_chars().ne(10).fill_null(False), None)
            read = read.fill_null(in_zone(strict.str.to_datetime(shape, strict=False, time_unit="us"), zone))
    missing = read.is_null() & text.is_not_null()
    return read.fill_null(_iso_by_parts(text, zone)) if missing.any() else read


def _iso_by_parts(text: pl.Series, zone: str) -> pl.Series:
    """ISO 8601 in every shape with a whole day: basic or extended, fractions, `24:00`, offsets."""
    parts = text.str.extract_groups(ISO).struct.unnest()
    year, month, day, hour, minute, second, fraction, offset = (parts.to_series(place) for place in range(8))
    date = (year + "-" + month + "-" + day).str.to_date("%Y-%m-%d", strict=False)
    h, m, s = (part.cast(pl.Int64).fill_null(0) for part in (hour, minute, second))
    micro = fraction.fill_null("0").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64)
    valid = ((h < 24) | ((h == 24) & (m == 0) & (s == 0) & (micro == 0))) & (m < 60) & (s < 60)
    local = date.cast(pl.Datetime("us")).cast(pl.Int64) + ((h * 60 + m) * 60 + s) * 1_000_000 + micro
    local = local.set(~valid, None)
    signs = offset.str.to_uppercase().str.replace("Z", "+00:00", literal=True).str.replace_all(":", "")
    sign = signs.str.slice(0, 1).replace_strict({"+": 1, "-": -1}, default=None, return_dtype=pl.Int64)
    away = sign * (signs.str.slice(1, 2).cast(pl.Int64) * 60 + signs.str.slice(3, 2).replace("", "0").cast(pl.Int64).fill_null(0))
    shifted = (local - away.set((away.abs() > 24 * 60).fill_null(False), None) * 60_000_000).cast(INSTANT)
    return shifted.fill_null(in_zone(local.set(offset.is_not_null(), None).cast(pl.Datetime("us")), zone))
