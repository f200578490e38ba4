"""For its credits a journal is read once, but for the leads of which something was told twice, taken back or joined; and they are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.backends.local import replay, write_replay
from smarketing.derivations.attribution import touches
from smarketing.derivations.attribution.piles import dealing
from smarketing.journal import survey as surveying
from smarketing.journal.survey import Settled, settled, survey
from smarketing.vocabulary.kinds import IDENTITY
from tests.generative.cases import Case, make_case
from tests.generative.comparing import checked_agreements, frame_of, small_tables
from tests.generative.test_clustered import instants, tables_of, told_twice

SEEDS = range(0, 60, 4)


def as_told(case: Case) -> pl.DataFrame:
    """The facts of a case without those that say anything of other facts."""
    facts = settled(frame_of(case.facts).lazy()).filter(~pl.col("kind").is_in(list(IDENTITY))).collect()
    assert survey(facts.lazy()).as_told
    return facts.sample(fraction=1.0, shuffle=True, seed=case.seed)


def read_again(*_: object) -> NoReturn:
    raise AssertionError("the journal is read a second time")


@pytest.mark.parametrize("seed", SEEDS)
def test_read_once_it_gives_the_same_credits(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case(seed)
    facts, agreements, tables_in = as_told(case), checked_agreements(case), small_tables(case)
    expected = {as_of: tables_of(facts, case, agreements, as_of)["credits"] for as_of in instants(case, facts)}
    monkeypatch.setattr(Settled, "loads", read_again)
    monkeypatch.setattr(dealing, "PILE", 8)
    for as_of, credits in expected.items():
        alone = replay(facts, agreements, as_of, tables=["credits"], tables_in=tables_in, threads=2)
        assert_frame_equal(alone.tables["credits"].sort(pl.all()), credits)
        written = write_replay(facts, agreements, as_of, tables=["credits"], tables_in=tables_in, threads=2, out=tmp_path)
        assert_frame_equal(pl.read_parquet(tmp_path / "credits.parquet"), alone.tables["credits"])
        assert written.rows == {"credits": credits.height}


@pytest.mark.parametrize("seed", SEEDS)
def test_of_what_was_told_otherwise_only_the_leads_are_read_again(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case(seed)
    facts, agreements, tables_in = told_twice(case), checked_agreements(case), small_tables(case)
    expected = {as_of: tables_of(facts, case, agreements, as_of)["credits"] for as_of in instants(case, facts)}
    monkeypatch.setattr(Settled, "loads", read_again)
    monkeypatch.setattr(touches, "SOME_LEADS", 1)
    monkeypatch.setattr(dealing, "PILE", 8)
    for as_of, credits in expected.items():
        alone = replay(facts, agreements, as_of, tables=["credits"], tables_in=tables_in, threads=2)
        assert_frame_equal(alone.tables["credits"].sort(pl.all()), credits)


def test_where_these_are_many_all_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case(4)
    monkeypatch.setattr(Settled, "loads", read_again)
    monkeypatch.setattr(touches, "SOME_LEADS", 0)
    with pytest.raises(AssertionError, match="second time"):
        replay(told_twice(case), checked_agreements(case), case.as_of, tables=["credits"], tables_in=small_tables(case))


def test_some_of_these_journals_have_credits() -> None:
    counts = [
        tables_of(as_told(case), case, checked_agreements(case), case.as_of)["credits"].height for case in map(make_case, SEEDS)
    ]
    assert sum(count > 0 for count in counts) > len(counts) // 3


@pytest.mark.parametrize("many_told_otherwise", [False, True])
@pytest.mark.parametrize("seed", range(0, 60, 12))
def test_read_in_slices_or_by_one_reader_it_gives_the_same_credits(
    seed: int, many_told_otherwise: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case(seed)
    facts, agreements, tables_in = told_twice(case), checked_agreements(case), small_tables(case)
    expected = tables_of(facts, case, agreements, case.as_of)["credits"]
    sliced = sliced_into(9, monkeypatch)
    monkeypatch.setattr(touches, "SOME_LEADS", 0 if many_told_otherwise else 1)
    for source, in_slices in sources(facts, tmp_path):
        sliced.clear()
        alone = replay(source, agreements, case.as_of, tables=["credits"], tables_in=tables_in, threads=2)
        assert_frame_equal(alone.tables["credits"].sort(pl.all()), expected)
        assert len(sliced) == -(-facts.height // 9) * (in_slices * (1 + many_told_otherwise))


def sliced_into(rows: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From now on slices are so long; how many rows each has that is read."""
    sliced: list[int] = []

    def collected(facts: pl.LazyFrame) -> pl.DataFrame:
        frame = facts.collect(engine="streaming")
        sliced.append(frame.height)
        return frame

    monkeypatch.setattr(surveying, "PART", rows)
    monkeypatch.setattr(surveying, "collected", collected)
    return sliced


def sources(facts: pl.DataFrame, folder: Path) -> list[tuple[Any, bool]]:
    """The same journal as a table, a file, a plan and a folder of several files; and whether it is read in slices."""
    (folder / "several").mkdir()
    facts.write_parquet(folder / "facts.parquet")
    half = facts.height // 2
    facts[:half].write_parquet(folder / "several" / "one.parquet")
    facts[half:].write_parquet(folder / "several" / "two.parquet")
    return [(facts, True), (folder / "facts.parquet", True), (facts.lazy(), False), (folder / "several", False)]
