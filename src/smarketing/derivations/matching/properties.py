"""Properties read out of the JSON: only those that the agreement names, as text, each distinct object once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import polars as pl

from smarketing.vocabulary.errors import DocumentError
from smarketing.vocabulary.problems import Problem

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


def decoder_for(names: Sequence[str]) -> msgspec.json.Decoder[Any]:
    """A decoder that keeps the named properties and skips the others."""
    fields: list[Any] = [(f"p{index}", Any, msgspec.UNSET) for index in range(len(names))]
    rename = {f"p{index}": name for index, name in enumerate(names)}
    return msgspec.json.Decoder(msgspec.defstruct("Properties", fields, rename=rename))


def read_distinct(texts: Iterable[str], names: Sequence[str]) -> dict[str, list[str | None]]:
    """The named properties of each JSON object, as columns of text."""
    decode, columns = decoder_for(names).decode, [[] for _ in names]  # type: list[list[str | None]]
    for text in texts:
        try:
            found = decode(text)
        except msgspec.DecodeError as error:
            message = f"the properties {text[:80]!r} are no JSON object: {error}. Write an object of strings, numbers and booleans."
            raise DocumentError([Problem("SMK-J010", "facts", message)]) from error
        for index, column in enumerate(columns):
            column.append(text_of(getattr(found, f"p{index}")))
    return dict(zip(names, columns, strict=True))


def distinct(properties: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The distinct JSON texts, and for each row the index of its own."""
    texts = properties.fill_null("{}").rename("text")
    unique = texts.unique().to_frame().with_row_index("index")
    return unique["text"], texts.to_frame().join(unique, on="text", how="left", maintain_order="left")["index"]


def read_properties(properties: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    """The named properties of each row as text columns; null: not there, REMOVED: there without a value."""
    texts, index = distinct(properties)
    return frame_of(texts, names)[index]


def frame_of(texts: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    """The named properties of each text as columns."""
    return pl.DataFrame(read_distinct(texts, names), schema={name: pl.String for name in names})


def known(frame: pl.DataFrame) -> pl.DataFrame:
    """The same columns with null where there is no value."""
    return frame.select(pl.when(pl.all() != REMOVED).then(pl.all()))
