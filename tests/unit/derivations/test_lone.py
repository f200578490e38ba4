"""Paths without a sale, from touches in any order."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from smarketing.derivations.attribution import lone
from smarketing.derivations.attribution.lone import Lone, Touches

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
MOMENTS = 20
EVER = -(1 << 63)


def touches_by_chance(number: int, *, leads: int, seed: int) -> pl.DataFrame:
    """Touches of some leads at few moments, so that many of one lead share theirs."""
    chance = random.Random(seed)
    rows = [
        (
            f"lead-{chance.randrange(leads)}",
            BEGIN + timedelta(hours=chance.randrange(MOMENTS)),
            f"{chance.random()}",
            chance.choice("abcde"),
        )
        for _ in range(number)
    ]
    schema = {"lead_id": pl.String, "at": pl.Datetime("us", "UTC"), "fact_id": pl.String, "campaign": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def paths_of(found: Lone) -> list[str]:
    """The paths, each as one text, in order."""
    ends = np.cumsum(found.lengths)
    named = found.names.gather(found.codes).to_list()
    return sorted("".join(named[end - length : end]) for end, length in zip(ends, found.lengths, strict=True))


def gathered(
    touches: pl.DataFrame, *, parts: int = 3, concerned: tuple[str, ...] = (), since: int = EVER
) -> tuple[Lone, list[str]]:
    """What becomes of touches that come in some parts; and the leads of those that were left to the caller."""
    seen, left = Touches(pl.Series(concerned, dtype=pl.String), touches.height), []
    for part in touches.iter_slices(-(-touches.height // parts)):
        mine = seen.see(part, part["campaign"].is_not_null(), since=since)
        left += part.filter(mine)["lead_id"].to_list()
    return seen.paths(lambda times: touches.filter(pl.col("at").is_in(times.implode())), threads=2), left


def expected(touches: pl.DataFrame) -> list[str]:
    """The same by sorting."""
    ordered = touches.sort("lead_id", "at", "fact_id").group_by("lead_id").agg("campaign")
    return sorted("".join(names) for names in ordered["campaign"].to_list())


@pytest.mark.parametrize("seed", range(4))
def test_each_lead_has_its_touches_in_order_of_time_and_fact(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lone, "PILE", 50)
    touches = touches_by_chance(800, leads=100, seed=seed)
    tied = touches.select(pl.struct("lead_id", "at").is_duplicated().sum()).item()
    assert tied > 100
    assert paths_of(gathered(touches)[0]) == expected(touches)


def test_touches_of_leads_that_are_concerned_are_left_to_the_caller() -> None:
    touches = touches_by_chance(300, leads=20, seed=1)
    others = touches.filter(~pl.col("lead_id").is_in(["lead-3", "lead-4"]))
    found, left = gathered(touches, concerned=("lead-3", "lead-4", "nobody"))
    assert paths_of(found) == expected(others)
    assert set(left) == {"lead-3", "lead-4"}
    assert len(left) == touches.height - others.height


def test_touches_before_the_look_back_are_on_no_path() -> None:
    touches = touches_by_chance(300, leads=20, seed=2)
    first = BEGIN + timedelta(hours=MOMENTS // 2)
    found, _ = gathered(touches, since=int(first.timestamp()) * 1_000_000)
    assert paths_of(found) == expected(touches.filter(pl.col("at") >= first))
    assert paths_of(found) != expected(touches)


def test_without_a_touch_there_is_no_path() -> None:
    nothing = touches_by_chance(0, leads=1, seed=1)
    seen = Touches(pl.Series([], dtype=pl.String), 0)
    found = seen.paths(lambda times: nothing)
    assert paths_of(found) == []
    assert seen.see(nothing, nothing["campaign"].is_not_null(), since=EVER).to_list() == []
    assert paths_of(seen.paths(lambda times: nothing)) == []


def test_two_leads_of_one_digest_are_not_taken_for_one() -> None:
    one, other = np.array([7, 7, 9], np.uint64), np.array([1, 2, 3], np.uint64)
    with pytest.raises(lone.SameDigest):
        lone.leads_of(one, other)
    assert lone.leads_of(one, one)[1] == 2
