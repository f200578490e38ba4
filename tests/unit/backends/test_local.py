"""A replay on this machine: the same in buckets, in threads, in another process, in memory or written."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.agreement.checks import load_agreement
from smarketing.backends.local import replay, write_replay
from smarketing.derivations.replay import TABLES
from smarketing.journal import survey as surveying
from smarketing.journal.parquet import write_facts
from smarketing.vocabulary.errors import DocumentError, UsageError
from tests.unit.derivations.journals import EXAMPLE, journal

AS_OF = datetime(2026, 12, 1, tzinfo=UTC)


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(pl.all())


def written(name: str, folder: Path) -> pl.DataFrame:
    return in_order(pl.read_parquet(folder / f"{name}.parquet"))


def test_buckets_change_nothing_but_what_is_held_at_a_time(tmp_path: Path) -> None:
    facts, agreement = journal(leads=300, cycles=2), load_agreement(EXAMPLE)
    whole = replay(facts, agreement, AS_OF)
    done: list[tuple[int, int]] = []
    write_replay(facts, agreement, AS_OF, out=tmp_path, at_once=500, progress=lambda now, of: done.append((now, of)))
    assert len(list((tmp_path / "handoffs.parquet").iterdir())) == 6
    for name in TABLES:
        assert_frame_equal(written(name, tmp_path), in_order(whole.tables[name]))
    assert [now for now, _ in done] == sorted(now for now, _ in done)
    assert done[-1] == (3000, 3000)


def test_a_second_replay_takes_the_place_of_the_first(tmp_path: Path) -> None:
    agreement = load_agreement(EXAMPLE)
    write_replay(journal(leads=300, cycles=1), agreement, AS_OF, out=tmp_path, at_once=500)
    write_replay(journal(leads=2, cycles=1), agreement, AS_OF, out=tmp_path, tables=["handoffs"])
    assert (tmp_path / "handoffs.parquet").is_file()
    assert written("handoffs", tmp_path)["lead_id"].to_list() == ["lead-0", "lead-1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{name}.parquet" for name in sorted(TABLES)]


def test_parts_take_the_place_of_one_file(tmp_path: Path) -> None:
    agreement = load_agreement(EXAMPLE)
    write_replay(journal(leads=2, cycles=1), agreement, AS_OF, out=tmp_path)
    write_replay(journal(leads=300, cycles=1), agreement, AS_OF, out=tmp_path, at_once=500)
    assert (tmp_path / "handoffs.parquet").is_dir()
    assert written("handoffs", tmp_path).height == 300


def elsewhere(folder: str, queue: multiprocessing.Queue[int]) -> None:
    """A replay in a process of its own."""
    queue.put(replay(journal(leads=50, cycles=1), load_agreement(EXAMPLE), AS_OF, threads=2).handoffs.height)


def test_a_process_of_its_own_is_spawned_and_does_not_hang(tmp_path: Path) -> None:
    assert replay(journal(leads=50, cycles=1), load_agreement(EXAMPLE), AS_OF).handoffs.height == 50
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=elsewhere, args=(str(tmp_path), queue))
    process.start()
    assert queue.get(timeout=120) == 50
    process.join(timeout=30)
    assert process.exitcode == 0


def test_no_facts_give_empty_tables_with_all_their_columns(tmp_path: Path) -> None:
    outcome = replay(journal(leads=1, cycles=1).clear(), load_agreement(EXAMPLE), AS_OF)
    full = replay(journal(leads=1, cycles=1), load_agreement(EXAMPLE), AS_OF)
    for name in TABLES:
        assert outcome.tables[name].height == 0
        assert outcome.tables[name].schema == full.tables[name].schema


def test_a_table_that_is_none_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='"handofs".*Did you mean "handoffs"'):
        replay(journal(leads=1, cycles=1), load_agreement(EXAMPLE), AS_OF, tables=["handofs"])


def test_an_agreement_is_no_path_and_a_day_is_no_number() -> None:
    with pytest.raises(UsageError, match="is what load_agreement.path. returns, not str"):
        replay(journal(leads=1, cycles=1), str(EXAMPLE))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="is a text, a date or a time, not int"):
        replay(journal(leads=1, cycles=1), load_agreement(EXAMPLE), 3)  # type: ignore[arg-type]


def test_properties_that_are_no_json_are_named() -> None:
    facts = journal(leads=1, cycles=1).with_columns(properties=pl.lit("{form: demo}"))
    with pytest.raises(DocumentError, match="SMK-J010"):
        replay(facts, load_agreement(EXAMPLE), AS_OF)


def test_small_tables_are_read_strictly(tmp_path: Path) -> None:
    (tmp_path / "reps.csv").write_text("rep,calendar,capacity\nrita@hart.example,default,many\n,default,3\n")
    (tmp_path / "absences.csv").write_text("rep,from\nrita@hart.example,2026-01-05\n")
    with pytest.raises(DocumentError) as caught:
        replay(journal(leads=1, cycles=1), load_agreement(EXAMPLE), AS_OF, tables_in=tmp_path)
    assert [(problem.code, problem.source) for problem in caught.value.problems] == [
        ("SMK-J031", "absences.csv:1"), ("SMK-J032", "reps.csv:3"), ("SMK-J032", "reps.csv:2"),
    ]  # fmt: skip


@pytest.mark.parametrize(("column", "instead"), [("at", None), *product(["fact_id", "lead_id", "kind"], [None, ""])])
def test_rows_that_are_no_facts_are_named_not_left_out(column: str, instead: str | None) -> None:
    broken = pl.when(pl.col("kind") != "call_made").then(pl.col(column)).otherwise(pl.lit(instead))
    with pytest.raises(DocumentError) as caught:
        replay(journal(leads=1, cycles=1).with_columns(broken.alias(column)), load_agreement(EXAMPLE), AS_OF)
    assert [problem.source for problem in caught.value.problems] == ["facts:4"]


def test_a_rep_has_one_row(tmp_path: Path) -> None:
    (tmp_path / "reps.csv").write_text("rep,calendar\nrita@hart.example,default\nrita@hart.example,late\n")
    with pytest.raises(DocumentError, match="SMK-J033 reps.csv:3"):
        replay(journal(leads=1, cycles=1), load_agreement(EXAMPLE), AS_OF, tables_in=tmp_path)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A journal in a file."""
    write_facts(journal(leads=300, cycles=2), tmp_path / "told.parquet")
    return tmp_path / "told.parquet"


def once(act: Callable[[], None]) -> Callable[..., None]:
    """Does it when it is first called."""
    left = [act]
    return lambda *_: left.pop()() if left else None


def test_a_journal_that_is_replaced_while_it_is_replayed_is_refused_and_the_old_tables_stay(tmp_path: Path, told: Path) -> None:
    agreement, out = load_agreement(EXAMPLE), tmp_path / "out"
    write_replay(told, agreement, AS_OF, out=out, at_once=500)
    before = written("handoffs", out)
    replaced = once(lambda: write_facts(journal(leads=200, cycles=3), told))
    with pytest.raises(UsageError, match=r'told\.parquet" was written while it was read'):
        write_replay(told, agreement, AS_OF, out=out, at_once=500, progress=replaced)
    assert_frame_equal(written("handoffs", out), before)
    write_replay(told, agreement, AS_OF, out=out, at_once=500)
    assert_frame_equal(
        written("handoffs", out), in_order(replay(journal(leads=200, cycles=3), agreement, AS_OF).tables["handoffs"])
    )


@pytest.mark.parametrize("change", [lambda told: write_facts(journal(leads=9, cycles=1), told), Path.unlink])
def test_slices_of_two_journals_never_meet(told: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]) -> None:
    def collected(facts: pl.LazyFrame) -> pl.DataFrame:
        changes()
        return read(facts)

    read, changes = surveying.collected, once(lambda: change(told))
    monkeypatch.setattr(surveying, "PART", 100)
    monkeypatch.setattr(surveying, "collected", collected)
    with pytest.raises(UsageError, match="was written while it was read"):
        replay(told, load_agreement(EXAMPLE), AS_OF, tables=["credits"])


def test_a_file_that_comes_while_a_folder_is_read_does_no_harm(tmp_path: Path) -> None:
    agreement, folder, facts = load_agreement(EXAMPLE), tmp_path / "folder", journal(leads=300, cycles=2)
    folder.mkdir()
    write_facts(facts, folder / "one.parquet")
    comes = once(lambda: write_facts(journal(leads=9, cycles=1), folder / "two.parquet"))
    found = replay(folder, agreement, AS_OF, tables=["handoffs"], at_once=500, progress=comes)
    assert (folder / "two.parquet").exists()
    assert_frame_equal(in_order(found.tables["handoffs"]), in_order(replay(facts, agreement, AS_OF).tables["handoffs"]))
