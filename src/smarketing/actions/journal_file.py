"""A journal in one Parquet file, completed: what is known already changes nothing, what contradicts is kept aside.

The old file stays whole until the new one is. Work lies in a hidden folder beside it, which also keeps a second import from
writing to the same file; the next import clears away what a killed one left behind.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.journal.corrections import conflicts, contents, first_told
from smarketing.journal.fact import OPTIONAL_TEXTS, no_facts
from smarketing.journal.parquet import scan_facts, write_facts
from smarketing.records.locks import taken
from smarketing.vocabulary.errors import UsageError

CHUNK = 50_000
"""Facts of an existing file looked at together."""
Hashes = NDArray[np.uint64]


@dataclass(slots=True)
class FactCounts:
    """Facts that were told: `new` ones, those `known` already, and `conflicts`: a known id with other content."""

    new: int = 0
    known: int = 0
    conflicts: int = 0


class Seen:
    """The facts met so far: 16 bytes each, in sorted runs that are merged as they grow.

    An id is known by 64 bits, an id with its content by 64 more; only both together make a fact known, so that no fact can be
    lost to a collision.
    """

    def __init__(self) -> None:
        self.ids: list[Hashes] = []
        self.pairs: list[Hashes] = []

    def met(self, ids: Hashes, pairs: Hashes) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """For each fact: was its id met before, was all of it; of facts alike in a batch the first was not. Then all are met."""
        return _met(self.ids, ids), _met(self.pairs, pairs)


def _met(runs: list[Hashes], values: Hashes) -> NDArray[np.bool_]:
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    met = np.append(False, ordered[1:] == ordered[:-1])[: len(ordered)]
    for run in runs:
        met |= run[np.minimum(np.searchsorted(run, ordered), len(run) - 1)] == ordered
    _add_run(runs, ordered[~met])
    unordered = np.empty_like(met)
    unordered[order] = met
    return unordered


def _add_run(runs: list[Hashes], run: Hashes) -> None:
    """Add a sorted run; runs of about the same length become one, so that there are never many."""
    if not len(run):
        return
    runs.append(run)
    while len(runs) > 1 and len(runs[-2]) < 2 * len(runs[-1]):
        last = runs.pop()
        runs[-1] = np.concatenate([runs[-1], last])
        runs[-1].sort()


def fingerprints(facts: pl.DataFrame) -> tuple[Hashes, Hashes]:
    """Of each fact: its id, and its id with its content (all columns but `recorded_at`). They hold for one run of the program."""
    plain = facts.select(pl.exclude("recorded_at")).with_columns(pl.col(OPTIONAL_TEXTS).replace("", None))
    return facts.get_column("fact_id").hash().to_numpy(), plain.hash_rows(seed=7).to_numpy()


class JournalFile:
    """One journal being completed: `add` facts, then `finish`. Without a `path` facts are only counted.

    With `dry_run` nothing is written. Of one id with several contents the one recorded first stays, then the one of the smallest content, whatever order they
    came in; each other content is one conflict and goes to the file `aside`. A content that was told before is known.
    """

    def __init__(self, path: Path | None, work: Path, *, dry_run: bool = False) -> None:
        self.path, self.work, self.dry_run = path, work, dry_run
        self.aside = path.with_suffix(".conflicts.parquet") if path else None
        self.counts = FactCounts()
        self.seen = Seen()
        self.parts: list[Path] = []
        self.contested: list[pl.DataFrame] = []
        for held in (self.path, self.aside):
            for chunk in _scan(held).collect_batches(chunk_size=CHUNK):
                self.seen.met(*fingerprints(chunk))

    def add(self, facts: pl.DataFrame) -> None:
        """Tell facts (FACT_SCHEMA, any order)."""
        id_known, pair_known = self.seen.met(*fingerprints(facts))
        new, contested = facts.filter(pl.Series(~id_known)), facts.filter(pl.Series(id_known & ~pair_known))
        self.counts.new += new.height
        self.counts.conflicts += contested.height
        self.counts.known += facts.height - new.height - contested.height
        if contested.height:
            self.contested.append(contested)
        if new.height and self.path and not self.dry_run:
            part = self.work / f"part-{len(self.parts):06}.parquet"
            new.write_parquet(part, compression="lz4")
            self.parts.append(part)

    def finish(self) -> None:
        """Write the completed journal in one step; nothing is touched where nothing is new."""
        if self.path is None or self.aside is None or self.dry_run:
            return
        facts = pl.concat([_scan(self.path), *([pl.scan_parquet(self.parts, glob=False)] if self.parts else [])])
        if self.contested:
            facts = self._settle(facts, self.aside)
        if self.parts or self.contested or not self.path.exists():
            self._replace(facts, self.path)

    def _settle(self, facts: pl.LazyFrame, aside: Path) -> pl.LazyFrame:
        """The facts with the one telling that stays of each contested id; the others are written aside."""
        told = pl.concat(self.contested)
        disputed = pl.col("fact_id").is_in(told.get_column("fact_id").unique().to_list())
        before = pl.concat([facts, _scan(aside)]).filter(disputed).collect(engine="streaming")
        known = int(contents(told).is_in(contents(before).to_list()).sum())  # written otherwise, but saying the same
        self.counts.known += known
        self.counts.conflicts -= known
        tellings = pl.concat([before, told])
        others = pl.concat([_scan(aside).filter(~disputed), conflicts(tellings).lazy()])
        if known < told.height:
            self._replace(others, aside)
        return pl.concat([facts.filter(~disputed), first_told(tellings).lazy()])

    def _replace(self, facts: pl.LazyFrame, path: Path) -> None:
        whole = self.work / path.name
        write_facts(facts, whole)
        os.replace(whole, path)


def _scan(path: Path | None) -> pl.LazyFrame:
    return scan_facts(path) if path and path.exists() else no_facts().lazy()


@contextmanager
def workplace(path: Path) -> Iterator[Path]:
    """A hidden folder beside `path` for unfinished work, emptied first and gone afterwards.

    Raises UsageError while another import works there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = path.with_name(f".{path.name}.importing")
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("wb") as lock:
        if not taken(lock):
            raise UsageError(f"another import is writing to {path}; wait until it is done")
        for left in folder.iterdir():
            if left.name != "lock":
                left.unlink()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
