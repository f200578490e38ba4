"""The properties of a fact: the text of one flat JSON object, read once for each different text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isfinite
from typing import Any, NoReturn

import msgspec
import polars as pl

from smarketing.journal.fact import EMPTY_PROPERTIES

ENCODE = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
SORTED = msgspec.json.Encoder(order="sorted").encode
PLAIN = frozenset({str, int, bool, type(None)})
"""What both encoders write alike, of which one is ten times as fast; numbers with a fraction are written as Python does."""
SUSPECT = re.compile(r"machine|\\u")
"""What a text holds that may say `machine`, if only by an escape."""
SHORTEST = len('{"machine":true}')
"""No shorter text says it."""


def no_number(name: str) -> NoReturn:
    """NaN and Infinity are no JSON, though Python's reader knows them."""
    raise ValueError(f"{name} is not a JSON number")


def finite(digits: str) -> float:
    """The number; one too large for float64 is none."""
    value = float(digits)
    return value if isfinite(value) else no_number(digits)


DECODE = json.JSONDecoder(parse_constant=no_number, parse_float=finite).decode


def decoded(text: str | None) -> dict[str, Any] | None:
    """The object that the text holds (of a repeated key the last value); an empty text is `{}`; None where it is no object."""
    try:
        value = DECODE(text or EMPTY_PROPERTIES)
        if text and "\\u" in text:
            ENCODE(value).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def encoded(values: dict[str, Any]) -> str:
    """An object as JSON with sorted keys, no spaces, UTF-8 unescaped."""
    return SORTED(values).decode() if PLAIN.issuperset(map(type, values.values())) else ENCODE(values)


def canonical(text: str | None) -> str:
    """The object as `encoded`; what is no object, as one JSON text."""
    value = decoded(text)
    return ENCODE(text) if value is None else encoded(value)


def as_text(value: Any) -> str | None:
    """A value that names something (a fact, a lead): text as it is, a number in digits; None for anything else and for ""."""
    if isinstance(value, str):
        return value or None
    return ENCODE(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def each_text(column: pl.Series, reading: Callable[[str], object], dtype: pl.DataType) -> pl.Series:
    """`reading` of every row, called once for each different text; null stays null."""
    texts = column.unique().drop_nulls()
    values = pl.Series([reading(text) for text in texts], dtype=dtype)
    return column.replace_strict(texts, values, default=None, return_dtype=dtype)


def canonical_properties(column: pl.Series) -> pl.Series:
    """`canonical` of every row; a row without properties has `{}`."""
    return each_text(column.fill_null(EMPTY_PROPERTIES), canonical, pl.String())


def of_machine(column: pl.Series) -> pl.Series:
    """True where the property `machine` is the JSON value true (not the text "true", not 1), never null.

    Few texts hold the word (or an escape that may hide it), and only those are read as JSON.
    """
    if isinstance(column.dtype, pl.Categorical):
        ever = column.dtype.categories.to_series()
        if len(ever) < len(column) and not ever.str.contains(SUSPECT.pattern).any():
            return pl.repeat(False, len(column), eager=True)
        said_so = [text for text in column.unique().drop_nulls().cast(pl.String) if SUSPECT.search(text) and says_machine(text)]
        return column.is_in(said_so).fill_null(value=False) if said_so else pl.repeat(False, len(column), eager=True)
    if not (column.str.len_bytes() >= SHORTEST).any():
        return pl.repeat(False, len(column), eager=True)
    suspect = column.str.contains(SUSPECT.pattern).fill_null(value=False)
    if not suspect.any():
        return suspect
    said = each_text(column.set(~suspect, None), says_machine, pl.Boolean())
    return said.fill_null(value=False)


def says_machine(text: str) -> bool:
    """True if this text's object has `"machine": true`."""
    return (decoded(text) or {}).get("machine") is True
