"""Completing a clustered journal: what is counted, what stays untouched, and what a kill in the middle leaves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.actions.clustered_journal import ClusteredJournal
from smarketing.actions.import_facts import import_facts
from smarketing.actions.journal_file import FactCounts
from smarketing.agreement.checks import load_agreement
from smarketing.backends.clustered import as_clustered
from smarketing.backends.clustering import cluster
from smarketing.backends.completing import laying
from smarketing.backends.completing.known_ids import KnownIds, in_order, open_run, write_run
from smarketing.backends.local import replay
from smarketing.journal.parquet import scan_facts
from smarketing.vocabulary.errors import UsageError
from tests.unit.backends.test_clustering import AS_OF
from tests.unit.derivations.journals import EXAMPLE, journal

MAPPING = """zone: UTC
files:
  - match: "*.csv"
    facts:
      - {kind: subscribed, fact_id: "crm:{id}", lead_id: "crm-{id}", at: {column: at, format: "%Y-%m-%d"}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clustered journal of some parts."""
    cluster(journal(leads=60, cycles=1), tmp_path / "journal", at_once=100)
    return tmp_path / "journal"


def more(number: int, leads: int = 20) -> pl.DataFrame:
    """Facts that the journal does not have, of leads that it has, and one more."""
    facts = journal(leads=leads, cycles=1).with_columns(fact_id=pl.format("more-{}-{}", pl.lit(number), "fact_id"))
    return facts.with_columns(lead_id=pl.when(pl.col("lead_id") == "lead-0").then(pl.lit("new")).otherwise("lead_id"))


def told(folder: Path, facts: pl.DataFrame, *, dry_run: bool = False) -> FactCounts:
    """Tell facts to the folder."""
    work = folder.with_name("work")
    work.mkdir(exist_ok=True)
    completed = ClusteredJournal(folder, work, dry_run=dry_run)
    completed.add(facts)
    completed.finish()
    return completed.counts


def same_as(folder: Path, facts: pl.DataFrame) -> bool:
    """Whether the tables of the folder are those of these facts."""
    agreement = load_agreement(EXAMPLE)
    found, expected = replay(folder, agreement, AS_OF), replay(facts, agreement, AS_OF)
    for name, table in expected.tables.items():
        assert_frame_equal(found.tables[name].sort(pl.all()), table.sort(pl.all()))
    return True


def state(folder: Path) -> list[tuple[Path, int]]:
    """Every file and when it was written."""
    return sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))


def later_parts(folder: Path) -> list[int]:
    """How many facts lie in each part that was told later."""
    clustered = as_clustered(folder)[0]
    assert clustered is not None
    return [part.rows for part in clustered.manifest.parts if part.starts]


def test_new_known_and_contested_facts_are_counted_as_in_a_file(folder: Path) -> None:
    first = more(1)
    assert told(folder, first) == FactCounts(new=100)
    assert told(folder, pl.concat([first, more(2)])) == FactCounts(new=100, known=100)
    other = first.head(3).with_columns(kind=pl.lit("call_made"))
    assert told(folder, other) == FactCounts(conflicts=3)
    assert told(folder, other) == FactCounts(known=3)
    assert same_as(folder, pl.concat([journal(leads=60, cycles=1), first, more(2), other]))


def test_properties_written_otherwise_say_the_same(folder: Path) -> None:
    first = more(1).with_columns(properties=pl.lit('{"a":1,"b":2}'))
    told(folder, first)
    before = state(folder)
    assert told(folder, first.with_columns(properties=pl.lit('{"b": 2, "a": 1}'))) == FactCounts(known=100)
    assert state(folder) == before


def test_old_parts_stay_as_they_are(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.glob("bucket-*")}
    told(folder, more(1))
    assert {path: path.stat().st_mtime_ns for path in folder.glob("bucket-*")} == before
    assert as_clustered(folder)[1] is None


def test_a_dry_run_counts_and_writes_nothing(folder: Path) -> None:
    before = state(folder)
    assert told(folder, pl.concat([more(1), journal(leads=60, cycles=1)]), dry_run=True) == FactCounts(new=100, known=300)
    assert state(folder) == before


def test_parts_told_later_are_put_together_so_that_they_stay_few(folder: Path) -> None:
    for number in range(9):
        told(folder, more(number))
    assert later_parts(folder) == [800, 100]
    assert len(list(folder.glob("later-*"))) == 2
    assert same_as(folder, pl.concat([journal(leads=60, cycles=1), *(more(number) for number in range(9))]))


@pytest.mark.parametrize("step", ["write_exceptions", "with_part", "write_manifest", "clear_away"])
def test_a_kill_in_the_middle_leaves_a_journal_that_the_next_import_completes(
    folder: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = pl.concat([journal(leads=60, cycles=1), more(1)])
    told(folder, more(1))
    link = more(3).head(1).with_columns(kind=pl.lit("linked"), properties=pl.lit('{"with": "lead-33"}'))
    late = pl.concat([more(2), link.with_columns(fact_id=pl.lit("link"), lead_id=pl.lit("lead-5"))])
    with monkeypatch.context() as patch:
        calls = []

        def killed(*given: object) -> None:
            calls.append(given)
            if step != "clear_away" or len(calls) > 1:  # the first one clears away what others left
                raise KeyboardInterrupt

        patch.setattr(laying, step, killed)
        with pytest.raises(KeyboardInterrupt):
            told(folder, late)
    stands = scan_facts(folder).collect()
    assert set(facts["fact_id"]) <= set(stands["fact_id"]) <= {*facts["fact_id"], *late["fact_id"]}
    assert same_as(folder, stands)
    counts = told(folder, late)
    assert (counts.new, counts.known) == ((0, 101) if step == "clear_away" else (101, 0))
    assert as_clustered(folder)[1] is None
    assert same_as(folder, pl.concat([facts, late]))


def test_a_folder_that_was_changed_by_hand_is_not_completed(folder: Path) -> None:
    more(1).write_parquet(folder / "mine.parquet")
    with pytest.raises(UsageError, match=r"mine\.parquet was added; cluster it anew"):
        told(folder, more(2))
    assert (folder / "mine.parquet").exists()


def test_ids_that_were_lost_are_read_again(folder: Path) -> None:
    told(folder, more(1))
    for path in (folder / "_clustered").glob("ids-*"):
        path.unlink()
    assert told(folder, pl.concat([more(1), more(2)])) == FactCounts(new=100, known=100)


def test_an_import_completes_the_folder(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    (tmp_path / "leads.csv").write_text("id,at\n1,2026-01-05\n2,2026-01-06\n")
    files = [tmp_path / "leads.csv"]
    assert import_facts(files, mapping=tmp_path / "mapping.yaml", out=folder).facts == FactCounts(new=2)
    assert import_facts(files, mapping=tmp_path / "mapping.yaml", out=folder).facts == FactCounts(known=2)
    assert scan_facts(folder).filter(pl.col("lead_id") == "crm-1").collect().height == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal", "leads.csv", "mapping.yaml"]


def test_runs_find_each_id_and_no_other(tmp_path: Path) -> None:
    chance = np.random.default_rng(4)
    ids = chance.integers(0, 1 << 63, 5000, dtype=np.uint64) * np.uint64(2)
    words = chance.integers(0, 1 << 48, 5000, dtype=np.uint64) << np.uint64(16) | np.uint64(7)
    pieces = [(ids[:1000], words[:1000]), (ids[1000:4000], words[1000:4000])]
    run = open_run(tmp_path / "ids", write_run(pieces, tmp_path / "ids", tmp_path))
    known = KnownIds([run, in_order(ids[4000:], words[4000:])])
    content = words - np.uint64(7)
    id_met, all_met = known.met(ids[::-1], content[::-1])
    assert id_met.all() and all_met.all()
    assert known.buckets(ids) == {7}
    assert not known.met(ids + np.uint64(1), content)[0].any()
    assert [part.any() for part in known.met(ids, content + np.uint64(1 << 16))] == [True, False]
    assert [path.name for path in tmp_path.iterdir()] == ["ids"]
