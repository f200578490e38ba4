"""Touches in any order, dealt out to piles: the paths of leads, and the touches of those that are known."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from smarketing.derivations.attribution.lone import Lone
from smarketing.derivations.attribution.piles import dealing
from smarketing.derivations.attribution.piles.dealing import Parted, Touches
from smarketing.derivations.attribution.piles.numbering import Pairs, SameDigest

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
MOMENTS = 20
EVER = -(1 << 63)
NO_EMPTY = pl.col("channel").replace("", None)


def touches_by_chance(number: int, *, leads: int, seed: int, apart: timedelta = timedelta(hours=1)) -> pl.DataFrame:
    """Touches of some leads at few moments, so that many of one lead share theirs."""
    chance = random.Random(seed)
    rows = [
        (
            f"lead-{chance.randrange(leads)}",
            BEGIN + apart * chance.randrange(MOMENTS),
            f"{chance.random()}",
            chance.choice("abcde"),
            chance.choice([None, "", "mail"]),
        )
        for _ in range(number)
    ]
    schema = {
        "lead_id": pl.String,
        "at": pl.Datetime("us", "UTC"),
        "fact_id": pl.String,
        "campaign": pl.String,
        "channel": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def paths_of(found: Lone) -> list[str]:
    """The paths, each as one text, in order."""
    ends = np.cumsum(found.lengths)
    named = found.names.gather(found.codes).to_list()
    return sorted("".join(named[end - length : end]) for end, length in zip(ends, found.lengths, strict=True))


def parted(
    touches: pl.DataFrame, *, parts: int = 3, known: tuple[str, ...] = (), shared: tuple[str, ...] = (), since: int = EVER
) -> Parted:
    """What becomes of touches that come in some parts, in any order."""
    seen, leads = Touches(touches.height), pl.Series(known, dtype=pl.String)
    for part in touches.iter_slices(max(1, -(-touches.height // parts))):
        seen.see(part, part["campaign"].is_not_null().to_numpy())
    together = np.array([lead in shared for lead in known], np.bool_)
    return seen.parted(
        leads, lambda times: touches.filter(pl.col("at").is_in(times.implode())), since=since, shared=together, threads=2
    )


def expected(touches: pl.DataFrame) -> list[str]:
    """The same by sorting."""
    ordered = touches.sort("lead_id", "at", "fact_id").group_by("lead_id").agg("campaign")
    return sorted("".join(names) for names in ordered["campaign"].to_list())


@pytest.mark.parametrize("seed", range(4))
def test_each_lead_has_its_touches_in_order_of_time_and_fact(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dealing, "PILE", 50)
    touches = touches_by_chance(800, leads=100, seed=seed)
    tied = touches.select(pl.struct("lead_id", "at").is_duplicated().sum()).item()
    assert tied > 100
    assert paths_of(parted(touches).alone) == expected(touches)


def test_a_lead_with_very_many_touches_has_them_in_order_too() -> None:
    touches = touches_by_chance(30_000, leads=3, seed=5, apart=timedelta(microseconds=1))
    assert paths_of(parted(touches).alone) == expected(touches)


def test_touches_of_known_leads_are_told_in_order() -> None:
    touches = touches_by_chance(300, leads=20, seed=1)
    known = ("lead-3", "lead-4", "nobody")
    others = touches.filter(~pl.col("lead_id").is_in(known))
    found = parted(touches, known=known)
    assert paths_of(found.alone) == expected(others)
    mine = (
        touches.filter(pl.col("lead_id").is_in(known))
        .with_columns(NO_EMPTY)
        .sort("lead_id", "at", "fact_id")
        .select("lead_id", "at", "campaign", "channel")
    )
    told = found.known.sort("lead_id", maintain_order=True).select("lead_id", "at", pl.col("campaign", "channel").cast(pl.String))
    assert told.equals(mine)
    assert not told.equals(mine.reverse())


def test_where_an_order_may_depend_on_them_known_leads_have_their_fact_ids() -> None:
    touches = touches_by_chance(300, leads=20, seed=3)
    known = ("lead-3", "lead-4", "lead-5")
    mine = touches.filter(pl.col("lead_id").is_in(known)).with_columns(NO_EMPTY)
    found = parted(touches, known=known, shared=known).known
    assert sorted(found["fact_id"].drop_nulls()) == sorted(mine.filter(mine["at"].is_duplicated())["fact_id"])
    every = found.filter(pl.col("fact_id").is_not_null()).with_columns(pl.col("campaign", "channel").cast(pl.String))
    assert every.join(mine, on=mine.columns, how="semi", nulls_equal=True).height == every.height > 30
    assert parted(touches, known=known).known["fact_id"].null_count() > found["fact_id"].null_count()


def test_touches_before_the_look_back_are_on_no_path() -> None:
    touches = touches_by_chance(300, leads=20, seed=2)
    first = BEGIN + timedelta(hours=MOMENTS // 2)
    found = parted(touches, since=int(first.timestamp()) * 1_000_000).alone
    assert paths_of(found) == expected(touches.filter(pl.col("at") >= first))
    assert paths_of(found) != expected(touches)


def test_without_a_touch_there_is_no_path() -> None:
    nothing = touches_by_chance(0, leads=1, seed=1)
    seen, nobody = Touches(0), (pl.Series([], dtype=pl.String), lambda times: nothing)
    found = seen.parted(*nobody, since=EVER, shared=np.zeros(0, np.bool_))
    assert paths_of(found.alone) == []
    assert found.known.is_empty()
    seen.see(nothing, np.zeros(0, np.bool_))
    assert paths_of(seen.parted(*nobody, since=EVER, shared=np.zeros(0, np.bool_)).alone) == []


def test_two_texts_of_one_digest_are_not_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    touches = touches_by_chance(100, leads=9, seed=1)
    same = np.full(touches.height, 7, np.uint64)
    for name in ("dealing", "numbering"):
        monkeypatch.setattr(
            f"{dealing.__package__}.{name}.digests", lambda texts, seeds: (same[: len(texts)], texts.hash(1).to_numpy())
        )
    with pytest.raises(SameDigest):
        Pairs().numbered(touches["campaign"], touches["channel"], (1, 2))
    monkeypatch.setattr(Pairs, "numbered", lambda self, campaigns, channels, seeds: np.zeros(len(campaigns), np.int32))
    with pytest.raises(SameDigest):
        parted(touches)
    with pytest.raises(SameDigest):
        parted(touches.head(0), known=("lead-1", "lead-2"))
