"""Names are numbers while facts are matched: whatever numbers a column came with, and whether it lies in one piece or several."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from smarketing.derivations.matching.codes import Names, coded
from smarketing.derivations.matching.profile import distinct_profiles
from smarketing.derivations.matching.properties import REMOVED, distinct

TEXTS = ["b", None, "a", "b", "", None, "c"]
SHARED = pl.Categorical(pl.Categories("names of this test", namespace="tests"))


def columns() -> dict[str, pl.Series]:
    """The same texts as plain text, as numbers of their own, as numbers shared with others, and in two pieces."""
    shared = pl.Series(["z", "y", "x", *TEXTS], dtype=SHARED).tail(len(TEXTS))
    pieces = pl.concat([shared.head(3), shared.tail(4)], rechunk=False)
    return {"text": pl.Series(TEXTS), "own": pl.Series(TEXTS, dtype=pl.Categorical), "shared": shared, "pieces": pieces}


@pytest.mark.parametrize("kind", columns())
def test_codes_follow_the_order_of_the_names(kind: str) -> None:
    names, codes = coded(columns()[kind])
    assert names.to_list() == ["", "a", "b", "c"]
    assert codes.tolist() == [2, -1, 1, 2, 0, -1, 3]


@pytest.mark.parametrize("kind", columns())
def test_some_rows_have_the_names_of_these_rows_alone(kind: str) -> None:
    rows = np.array([1, 2, 6])
    found = Names.of(columns()[kind], rows)
    assert sorted(found.names.to_list()) == ["a", "c"]
    assert found.coded_among(pl.Series(["a", "b", "c"])).tolist() == [-1, 0, 2]


def test_no_names_at_all() -> None:
    for column in (pl.Series([], dtype=pl.String), pl.Series([None, None], dtype=pl.String)):
        names, codes = coded(column)
        assert names.to_list() == [] and codes.tolist() == [-1] * len(column)


def test_rows_without_properties_have_the_empty_object() -> None:
    texts, index = distinct(pl.Series(['{"a": 1}', None, "", "{}", '{"a": 1}']))
    assert [texts[place] for place in index.tolist()] == ['{"a": 1}', "{}", "{}", "{}", '{"a": 1}']


def test_a_profile_is_what_was_said_last_and_begins_anew_with_each_lead() -> None:
    said: dict[str, list[str | None]] = {"role": ["it", None, REMOVED], "country": [None, "AT", "AT"]}
    which, lead = np.array([0, 1, 2, 1, 0], dtype=np.int32), np.array([0, 0, 0, 1, 1])
    profiles, index = distinct_profiles(said, which, lead)
    assert profiles.row(0) == (None, None), "the first is the empty one"
    assert [profiles.row(at) for at in index.tolist()] == [("it", None), ("it", "AT"), (None, "AT"), (None, "AT"), ("it", "AT")]
    assert profiles.height == len(set(profiles.rows())) == 4
