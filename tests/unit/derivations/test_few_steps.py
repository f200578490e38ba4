"""A data-frame step costs about a millisecond however few rows it has, so a replay takes a fixed number of them."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from smarketing.agreement.checks import load_agreement
from smarketing.backends.local import replay
from tests.unit.derivations.journals import EXAMPLE, journal


def steps(leads: int, cycles: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many data-frame steps a replay of so many leads takes."""
    counted = 0
    collect = pl.LazyFrame.collect

    def counting(self: pl.LazyFrame, *arguments: object, **options: object) -> object:
        nonlocal counted
        counted += 1
        return collect(self, *arguments, **options)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(pl.LazyFrame, "collect", counting)
        replay(journal(leads=leads, cycles=cycles), load_agreement(EXAMPLE), datetime(2026, 12, 1, tzinfo=UTC))
    return counted


def test_the_steps_of_a_replay_do_not_grow_with_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = steps(1, 1, monkeypatch), steps(200, 4, monkeypatch)
    assert few <= 200
    assert many <= few + 5  # the pairs of fits that occur may take one more
