"""What a fact about one lead costs in the app, by how many other leads there are.

`python -m benchmarks.following JOURNAL` makes a workspace of a journal, stores one fact about each of some leads, one after the other, and
after each brings what follows up to date, as the worker does.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.journals import AS_OF, journal
from benchmarks.measuring import python

SIZES = (20_000, 400_000, 1_000_000)
"""Facts of the journals; a sixth as many leads."""
LEADS, FIRST = 60, 10
"""Leads that get a fact, and how many of them are not counted: the caches and plans of both sides fill with them."""
HEADER = ["journal", "other leads", "a lead's fact followed, ms", "CPU ms", "slowest ms"]


def measure_following() -> list[list[str]]:
    """The rows of the table under HEADER."""
    return [row(size, python("following", journal(size))) for size in SIZES]


def row(facts: int, took: dict[str, Any]) -> list[str]:
    """One line of the table."""
    times = (f"{took[name]:.0f}" for name in ("milliseconds", "cpu_milliseconds", "slowest"))
    return [f"{facts:,} facts", f"{took['leads'] - 1:,}", *times]


def main(folder: str) -> None:
    """Measure one journal, and print what was found."""
    from smarketing.actions.workspace import Workspace

    with tempfile.TemporaryDirectory(prefix="smarketing-bench-") as scratch:
        python("workspaces", folder, Path(scratch) / "workspace", AS_OF)
        with Workspace(Path(scratch) / "workspace").open() as opened:
            leads, usual = usual_leads(Path(folder))
            clocks = list(followed(opened.workspace, usual))[FIRST:]
    clock, processor = ([1000 * each for each in times] for times in zip(*clocks, strict=True))
    found = {"milliseconds": median(clock), "cpu_milliseconds": median(processor), "slowest": max(clock)}
    print(json.dumps({"leads": leads, **found}))


def usual_leads(folder: Path) -> tuple[int, list[str]]:
    """How many leads a journal has, and some that have as many facts as most."""
    import polars as pl

    lives = pl.scan_parquet(folder / "facts.parquet").group_by("lead_id").len().collect()
    return lives.height, lives.filter(pl.col("len").is_between(5, 8))["lead_id"].sort().head(LEADS).to_list()


def followed(workspace: Any, leads: list[str]) -> Iterator[tuple[float, float]]:
    """Seconds on the clock and of this process's processor until what follows from one more fact of a lead is committed."""
    from smarketing.actions.live.follow import follow
    from smarketing.journal.sent.facts import Row
    from smarketing.records.stream import store_messages

    at = workspace.now()
    for lead in leads:
        fact = Row(f"bench:{lead}", lead, at.isoformat(timespec="microseconds"), None, "page_viewed", None, None, None, None, None, None, {}, "web")  # fmt: skip
        store_messages([[fact]], recorded_at=datetime.fromisoformat(fact.at))
        begun, busy = time.perf_counter(), time.process_time()
        if follow(workspace) is None:
            sys.exit(f"nothing followed from the fact about {lead}")
        yield time.perf_counter() - begun, time.process_time() - busy


if __name__ == "__main__":
    main(*sys.argv[1:])
