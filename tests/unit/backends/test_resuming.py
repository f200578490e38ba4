"""A long replay that was interrupted goes on where it was, and ends with the same tables."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.agreement.checks import load_agreement
from smarketing.backends.clustering import cluster
from smarketing.backends.local import replay, write_replay
from smarketing.derivations.replay import TABLES
from tests.unit.derivations.journals import EXAMPLE, journal

AS_OF = datetime(2026, 12, 1, tzinfo=UTC)
AT_ONCE = 250
SLOWLY = """
import sys, time
from datetime import datetime
from smarketing.agreement.checks import load_agreement
from smarketing.backends.local import write_replay
facts, agreement, as_of, out = sys.argv[1:]
write_replay(facts, load_agreement(agreement), datetime.fromisoformat(as_of), out=out, at_once=250, progress=lambda now, of: time.sleep(0.2))
"""


@pytest.fixture(params=["raw", "clustered"])
def facts(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A journal in files."""
    table, path = journal(leads=300, cycles=2), tmp_path / "facts.parquet"
    if request.param == "raw":
        table.write_parquet(path)
    else:
        cluster(table, path, at_once=AT_ONCE)
    return path


class Interrupted(Exception):
    """The person pressed a key."""


def interrupt_after(share: float):  # type: ignore[no-untyped-def]
    """Progress that ends the replay when so much of it is done."""

    def progress(now: int, of: int) -> None:
        if now > share * of:
            raise Interrupted

    return progress


def equal_to_the_whole(out: Path) -> bool:
    """Whether the tables are those of a replay in one go."""
    whole = replay(journal(leads=300, cycles=2), load_agreement(EXAMPLE), AS_OF)
    for name in TABLES:
        assert_frame_equal(pl.read_parquet(out / f"{name}.parquet").sort(pl.all()), whole.tables[name].sort(pl.all()))
    return sorted(path.name for path in out.iterdir()) == sorted(f"{name}.parquet" for name in TABLES)


def test_it_goes_on_where_it_was(facts: Path, tmp_path: Path) -> None:
    agreement, out = load_agreement(EXAMPLE), tmp_path / "out"
    with pytest.raises(Interrupted):
        write_replay(facts, agreement, AS_OF, out=out, at_once=AT_ONCE, threads=1, progress=interrupt_after(0.8))
    done = len(list((out / ".replay").glob("bucket-*.json")))
    assert done > 2
    told: list[int] = []
    written = write_replay(facts, agreement, AS_OF, out=out, at_once=AT_ONCE, progress=lambda now, of: told.append(now))
    assert written.notes == [f"{done} buckets were done before, when this replay was interrupted; they are taken as they are"]
    assert equal_to_the_whole(out)
    assert told == sorted(told) and told[-1] == 3000
    assert written.rows["handoffs"] == pl.read_parquet(out / "handoffs.parquet").height


@pytest.mark.parametrize("change", ["instant", "tables", "journal"])
def test_another_replay_begins_anew(change: str, facts: Path, tmp_path: Path) -> None:
    agreement, out = load_agreement(EXAMPLE), tmp_path / "out"
    with pytest.raises(Interrupted):
        write_replay(facts, agreement, AS_OF, out=out, at_once=AT_ONCE, threads=1, progress=interrupt_after(0.8))
    if change == "journal":
        part = facts if facts.is_file() else min(facts.glob("*.parquet"))
        os.utime(part, ns=(1, 1))
    tables = ["handoffs"] if change == "tables" else None
    as_of = datetime(2026, 11, 1, tzinfo=UTC) if change == "instant" else AS_OF
    assert write_replay(facts, agreement, as_of, out=out, at_once=AT_ONCE, tables=tables).notes == []


def test_a_killed_replay_goes_on_where_it_was(facts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-c", SLOWLY, str(facts), str(EXAMPLE), AS_OF.isoformat(), str(out)]
    process = subprocess.Popen(command, start_new_session=True)
    deadline = time.monotonic() + 120
    while not list((out / ".replay").glob("bucket-*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (out / "handoffs.parquet").exists()
    written = write_replay(facts, load_agreement(EXAMPLE), AS_OF, out=out, at_once=AT_ONCE)
    assert "were done before" in written.notes[0]
    assert equal_to_the_whole(out)
