"""Properties as text: both ways of writing them give the same."""

from __future__ import annotations

import polars as pl
import pytest

from smarketing.journal.properties import ENCODE, PLAIN, SORTED, encoded, of_machine

CHARACTERS = [
    chr(code) for code in (*range(0x3000), *range(0xD7F0, 0xD800), *range(0xE000, 0xE010), *range(0xFFF0, 0x10010), 0x10FFFF)
]


def test_every_character_is_written_alike() -> None:
    for character in CHARACTERS:
        values = {f"a{character}": f"x{character}y", "b": None}
        assert SORTED(values).decode() == ENCODE(values) == encoded(values)


@pytest.mark.parametrize("value", [True, False, 0, -1, 2**63, -(2**63), 2**64, 10**40])
def test_whole_numbers_are_written_alike(value: int) -> None:
    assert type(value) in PLAIN
    assert encoded({"a": value}) == ENCODE({"a": value})


def test_names_are_in_the_order_of_code_points() -> None:
    values = {"z": 1, "\uffff": 2, "\U00010000": 3, "ä": 4, "A": 5, "": 6}
    assert encoded(values) == ENCODE(values)


@pytest.mark.parametrize("value", [1e16, 1e-7, 1.5e300, {"b": 1e22, "a": 1}, [1e16]])
def test_what_would_be_written_otherwise_takes_the_other_way(value: object) -> None:
    assert SORTED({"a": value}).decode() != ENCODE({"a": value})
    assert encoded({"a": value}) == ENCODE({"a": value})


def test_no_text_that_says_machine_is_too_short_to_be_read() -> None:
    assert of_machine(pl.Series(['{"machine":true}', "{}", None])).to_list() == [True, False, False]
    assert of_machine(pl.Series(["{}", "", None])).to_list() == [False, False, False]


def test_texts_kept_as_numbers_are_looked_through_once() -> None:
    kept = pl.Series(["{}", '{"machine":true}', None, "{}"] * 3, dtype=pl.Categorical)
    assert of_machine(kept).to_list() == [False, True, False, False] * 3
    assert not of_machine(kept.head(1)).any() and not of_machine(pl.Series(["{}", None] * 3, dtype=pl.Categorical)).any()
