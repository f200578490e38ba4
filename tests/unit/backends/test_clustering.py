"""A clustered journal at rest: what is done to it by hand is noticed, and it is then read like any other."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.agreement.checks import load_agreement
from smarketing.agreement.conditions import AttributeCondition
from smarketing.backends.buckets import read_for
from smarketing.backends.clustered import as_clustered
from smarketing.backends.clustering import cluster
from smarketing.backends.local import replay, write_replay
from smarketing.derivations.rulebook import compile_agreement
from smarketing.derivations.tables.lives import BESIDE
from smarketing.journal.parquet import scan_facts
from smarketing.vocabulary.errors import DocumentError, UsageError
from tests.unit.derivations.journals import EXAMPLE, journal

AS_OF = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clustered journal of some parts."""
    cluster(journal(leads=60, cycles=1), tmp_path / "journal", at_once=100)
    return tmp_path / "journal"


def noticed(folder: Path) -> str | None:
    """Why the notes do not hold; None where they do."""
    return as_clustered(folder)[1]


def same_as_any_journal(folder: Path) -> bool:
    """Whether the replay of the folder is that of its facts in a table."""
    agreement, facts = load_agreement(EXAMPLE), scan_facts(folder).collect()
    found, expected = replay(folder, agreement, AS_OF), replay(facts, agreement, AS_OF)
    for name, table in expected.tables.items():
        assert_frame_equal(found.tables[name].sort(pl.all()), table.sort(pl.all()))
    return True


def test_a_folder_that_nobody_touched_is_read_by_its_notes(folder: Path) -> None:
    assert noticed(folder) is None
    assert len(list(folder.glob("*.parquet"))) == 3
    assert same_as_any_journal(folder)


def test_a_copy_is_as_good(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile)
    assert noticed(tmp_path / "copy") is None


def test_a_part_that_was_added_is_noticed_and_its_facts_count(folder: Path) -> None:
    journal(leads=3, cycles=2).with_columns(pl.format("late-{}", "fact_id").alias("fact_id")).write_parquet(
        folder / "more.parquet"
    )
    assert noticed(folder) == "more.parquet was added"
    assert same_as_any_journal(folder)


def test_a_part_that_was_taken_away_is_noticed(folder: Path) -> None:
    gone = min(folder.glob("*.parquet"))
    gone.unlink()
    assert noticed(folder) == f"{gone.name} is missing"
    assert same_as_any_journal(folder)


def test_a_part_that_was_changed_is_noticed(folder: Path) -> None:
    part = min(folder.glob("*.parquet"))
    pl.read_parquet(part).with_columns(kind=pl.lit("call_made")).write_parquet(part)
    assert noticed(folder) == f"{part.name} was changed"
    assert same_as_any_journal(folder)


def test_one_byte_that_was_changed_is_noticed(folder: Path) -> None:
    part = min(folder.glob("*.parquet"))
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    os.utime(part, ns=(1, 1))
    assert noticed(folder) == f"{part.name} was changed"


def test_notes_of_another_format_are_not_believed(folder: Path) -> None:
    manifest = folder / "_clustered" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))
    assert "they have the format 99" in str(noticed(folder))
    assert same_as_any_journal(folder)


def test_the_replay_says_when_notes_do_not_hold(folder: Path, tmp_path: Path) -> None:
    agreement = load_agreement(EXAMPLE)
    assert write_replay(folder, agreement, AS_OF, out=tmp_path / "out", tables=["handoffs"]).notes == []
    min(folder.glob("*.parquet")).unlink()
    (note,) = write_replay(folder, agreement, AS_OF, out=tmp_path / "out", tables=["handoffs"]).notes
    assert "is missing" in note and "cluster it anew" in note


def test_many_heaps_on_disk_give_the_same(folder: Path, tmp_path: Path) -> None:
    cluster(journal(leads=60, cycles=1), tmp_path / "other", at_once=100, held=200)
    for path in folder.glob("*.parquet"):
        assert_frame_equal(pl.read_parquet(path), pl.read_parquet(tmp_path / "other" / path.name))


def test_nothing_is_written_over(folder: Path) -> None:
    with pytest.raises(UsageError, match="is there already"):
        cluster(journal(leads=3, cycles=1), folder)


def test_rows_that_are_no_facts_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    broken = journal(leads=3, cycles=1).with_columns(kind=pl.lit(None, pl.String))
    with pytest.raises(DocumentError):
        cluster(broken, tmp_path / "journal")
    assert list(tmp_path.iterdir()) == []


def test_the_channel_is_read_only_where_something_follows_from_it() -> None:
    agreement = load_agreement(EXAMPLE)
    asking = [
        rule.model_copy(update={"where": AttributeCondition.model_validate({"channel": "email"})})
        for rule in agreement.engagement
    ]
    plain, by_channel = (compile_agreement([agreement.model_copy(update={"engagement": rules})]) for rules in ([], asking))
    assert "channel" not in read_for(plain, ["stage_entries", "handoffs", "score_changes"])
    assert all(
        "channel" in read_for(book, asked) for book, asked in ((plain, ["credits"]), (plain, BESIDE), (by_channel, ["clocks"]))
    )


@pytest.mark.parametrize("clustered", [True, False])
def test_a_rule_on_the_channel_counts_however_few_tables_are_asked(clustered: bool, tmp_path: Path) -> None:
    facts = journal(leads=30, cycles=1).with_columns(channel=pl.lit("email"))
    facts.write_parquet(tmp_path / "facts.parquet")
    source = tmp_path / "facts.parquet"
    if clustered:
        source = cluster(facts, tmp_path / "journal", at_once=100).folder
    agreement = load_agreement(EXAMPLE)
    where = AttributeCondition.model_validate({"channel": {"exists": True}})
    asking = [agreement.engagement[0].model_copy(update={"fact": "form_submitted", "where": where})]
    agreement = agreement.model_copy(update={"engagement": asking})
    written = write_replay(source, agreement, AS_OF, out=tmp_path / "out", tables=["score_changes"], at_once=100)
    whole = replay(facts, agreement, AS_OF)
    assert written.rows["score_changes"] == whole.score_changes.height
    assert (whole.score_changes["axis"] == "engagement").any()
