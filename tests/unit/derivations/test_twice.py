"""Numbers that are there more than once."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from smarketing.derivations.matching import twice
from smarketing.derivations.matching.twice import met_twice
from smarketing.journal.survey import repeated_digests


def numbers(seed: int, *, distinct: int) -> list[pl.Series]:
    """Some pieces of numbers of which a few are there several times."""
    chance = np.random.default_rng(seed)
    every = chance.integers(0, 2**64, distinct, dtype=np.uint64)
    again = chance.choice(every, 40)
    return [pl.Series(piece) for piece in np.array_split(chance.permutation(np.concatenate([every, again, again[:5]])), 7)]


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("pile", [8, 1 << 15])
def test_exactly_those_are_found_that_sorting_finds(threads: int, pile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twice, "PILE", pile)
    pieces = numbers(pile, distinct=5000)
    found = met_twice(pieces, threads=threads)
    assert len(found) > 30
    assert found.sort().to_list() == repeated_digests(pieces).sort().to_list()


def test_where_all_are_different_none_is_found() -> None:
    assert met_twice([pl.Series([1, 2, 3], dtype=pl.UInt64), pl.Series([4], dtype=pl.UInt64)]).to_list() == []
    assert met_twice([pl.Series([1, 2, 3], dtype=pl.UInt64), pl.Series([3], dtype=pl.UInt64)]).to_list() == [3]


def test_of_nothing_nothing_is_found() -> None:
    assert met_twice([], threads=2).dtype == pl.UInt64
    assert met_twice([pl.Series([], dtype=pl.UInt64)]).to_list() == []
