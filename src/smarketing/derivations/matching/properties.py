"""Properties read out of the JSON: only those that the agreement names, as text, each distinct object once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
import polars as pl

from smarketing.derivations.life.rows import Codes, Ints
from smarketing.derivations.matching.codes import Names
from smarketing.vocabulary.errors import DocumentError
from smarketing.vocabulary.problems import Problem

UNUSUAL = '"\\' + "".join(map(chr, range(32)))
"""Characters in the name of a property that only a dictionary takes."""
REMOVED = "\0"
"""Stands for a property that is there and says "no value": null, or an empty text."""


def text_of(value: object) -> str | None:
    """The JSON text of a value, a string as it is; None where the property is not there."""
    if value is msgspec.UNSET:
        return None
    if value is None or value == "":
        return REMOVED
    if isinstance(value, str):
        return value
    return json.dumps(value)


def reader_for(names: Sequence[str]) -> Callable[[str], Sequence[object]]:
    """A function that gives the named properties of a JSON object, UNSET where one is not there."""
    if any(character in name for name in names for character in UNUSUAL):
        whole = msgspec.json.Decoder(dict[str, Any])
        return lambda text: [whole.decode(text).get(name, msgspec.UNSET) for name in names]
    fields: list[Any] = [(f"p{index}", Any, msgspec.UNSET) for index in range(len(names))]
    rename = {f"p{index}": name for index, name in enumerate(names)}
    named = msgspec.json.Decoder(msgspec.defstruct("Properties", fields, rename=rename))
    return lambda text: msgspec.structs.astuple(named.decode(text))


def read_distinct(texts: Iterable[str], names: Sequence[str]) -> dict[str, list[str | None]]:
    """The named properties of each JSON object, as columns of text."""
    read = reader_for(names)
    columns: list[list[str | None]] = [[] for _ in names]
    for text in texts:
        try:
            found = read(text)
        except msgspec.DecodeError as error:
            message = (
                f"the properties {text[:80]!r} are no JSON object: {error}. Write an object of strings, numbers and booleans."
            )
            raise DocumentError([Problem("SMK-J010", "facts", message)]) from error
        for column, value in zip(columns, found, strict=True):
            column.append(text_of(value))
    return dict(zip(names, columns, strict=True))


def distinct(properties: pl.Series, rows: Ints | None = None) -> tuple[pl.Series, Codes]:
    """The JSON texts that there are, and for each row, or some of them, the index of its own; no text is the empty object."""
    found = Names.of(properties, rows)
    texts = pl.concat([found.names.replace("", "{}"), pl.Series(["{}"])])
    return texts, found.coded(np.arange(len(found.names)), nothing=len(found.names))


def frame_of(texts: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    """The named properties of each text as columns `p0`, `p1`, …; null: not there, REMOVED: there without a value.

    The columns go by place because a property may have any name, also one that a data frame reads as a pattern.
    """
    columns = read_distinct(texts, names)
    return pl.DataFrame({place(index): pl.Series(columns[name], dtype=pl.String) for index, name in enumerate(names)})


def place(index: int) -> str:
    """The column of the property with this index."""
    return f"p{index}"


def places(names: Sequence[str]) -> dict[str, pl.Expr]:
    """For each property the column it stands in."""
    return {name: pl.col(place(index)) for index, name in enumerate(names)}


def read_properties(properties: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    """The named properties of each row as text columns (see `frame_of`)."""
    texts, index = distinct(properties)
    return frame_of(texts, names)[index]


def read_one(properties: pl.Series, name: str, rows: Ints | None = None) -> pl.Series:
    """One property of each row, or of some of them; null where it has no value."""
    texts, index = distinct(properties, rows)
    return known(frame_of(texts, [name])).to_series().gather(index)


def values_of(texts: Sequence[str | None], name: str) -> list[str | None]:
    """One property of each of a few JSON texts; None where it has no value."""
    distinct_texts = list(dict.fromkeys(text or "{}" for text in texts))
    said = read_distinct(distinct_texts, [name])[name]
    found = {text: None if value == REMOVED else value for text, value in zip(distinct_texts, said, strict=True)}
    return [found[text or "{}"] for text in texts]


def known(frame: pl.DataFrame) -> pl.DataFrame:
    """The same columns with null where there is no value."""
    return frame.select(pl.when(pl.all() != REMOVED).then(pl.all()))
