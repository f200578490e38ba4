"""The ids a clustered journal knows: sorted runs of digests on disk, of which only the places asked for are read.

A run holds for each fact 64 bits of its id, in order, and beside them a word: 48 bits of its content and 16 of the bucket in which
it lies. Runs of about the same length become one, so that there are never more than log2(facts) of them: to look up one fact reads
log2(facts) places in each, and to add one rewrites 16 bytes log2(facts / facts of an import) times at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.journal.fact import COLUMNS, OPTIONAL_TEXTS

Words = NDArray[np.uint64]
Run = NDArray[np.uint64]
"""Two rows: digests in order, and the word of each."""
BUCKETS = 1 << 16
CONTENT = np.uint64(0xFFFF_FFFF_FFFF_0000)
BUCKET_BITS = np.uint64(0xFFFF)
HEAPS = 256
"""Into so many heaps by digest a long run is cut while it is sorted."""


def digests(facts: pl.DataFrame) -> tuple[Words, Words]:
    """Of each fact: 64 bits of its id, and 48 of its id with its content (all columns but `recorded_at`), whose last 16 are free."""
    texts = [name for name, kind in facts.schema.items() if isinstance(kind, pl.Categorical)]
    plain = facts.select(COLUMNS).with_columns(pl.col(texts).cast(pl.String)).drop("recorded_at")
    plain = plain.with_columns(pl.col(OPTIONAL_TEXTS).replace("", None))
    return facts["fact_id"].hash(seed=2026).to_numpy(), plain.hash_rows(seed=7).to_numpy() & CONTENT


def hashing() -> int:
    """What tells whether digests are still made as they were when a run was written."""
    one = {name: None for name in COLUMNS} | {"fact_id": "smarketing-1", "properties": "{}"}
    ids, contents = digests(pl.DataFrame([one], schema=dict.fromkeys(COLUMNS, pl.String())))
    return int((ids[0] ^ contents[0]) >> np.uint64(2))


class KnownIds:
    """The runs of one journal, opened and not read."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self.runs = list(runs)

    def met(self, ids: Words, contents: Words) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """For each fact: is its id known, is all of it."""
        id_known, all_known = np.zeros(len(ids), np.bool_), np.zeros(len(ids), np.bool_)
        for asked, words in self.found(ids):
            id_known[asked] = True
            all_known[asked[(words & CONTENT) == contents[asked]]] = True
        return id_known, all_known

    def buckets(self, ids: Words) -> set[int]:
        """The buckets in which facts with these ids lie."""
        return {int(bucket) for _, words in self.found(ids) for bucket in np.unique(words & BUCKET_BITS)}

    def found(self, ids: Words) -> Iterator[tuple[NDArray[np.int64], Words]]:
        """What the runs say of these ids: pairs of which of them, and a word of each."""
        order = np.argsort(ids, kind="stable")
        asked = ids[order]
        for run in self.runs:
            first = np.searchsorted(run[0], asked, side="left")
            last = np.searchsorted(run[0], asked, side="right")
            for further in range(int((last - first).max(initial=0))):
                here = np.flatnonzero(first + further < last)
                yield order[here], np.asarray(run[1, first[here] + further])


def open_run(path: Path, facts: int) -> Run:
    """A run as it lies on disk; nothing is read yet."""
    return np.memmap(path, dtype="<u8", mode="r", shape=(2, facts)) if facts else np.empty((2, 0), np.uint64)


def in_order(ids: Words, words: Words) -> Run:
    """A run of facts in any order."""
    order = np.argsort(ids, kind="stable")
    return np.stack([ids[order], words[order]])


def write_run(pieces: Iterable[tuple[Words, Words]], path: Path, work: Path) -> int:
    """Write one run of many pieces, a heap at a time in memory; how many facts it has."""
    counts = np.zeros(HEAPS, np.int64)
    for ids, words in pieces:
        heap = (ids >> np.uint64(56)).astype(np.int64)
        run = np.stack([ids, words])[:, np.argsort(heap, kind="stable")]
        counts_here = np.bincount(heap, minlength=HEAPS)
        ends = np.cumsum(counts_here)
        for one in np.flatnonzero(counts_here):
            with (work / f"heap-{one:03}").open("ab") as file:
                file.write(run[:, ends[one] - counts_here[one] : ends[one]].T.tobytes())
        counts += counts_here
    return joined_heaps(counts, path, work)


def joined_heaps(counts: NDArray[np.int64], path: Path, work: Path) -> int:
    """The run of all heaps, which are removed."""
    facts, begin = int(counts.sum()), 0
    run = np.memmap(path, dtype="<u8", mode="w+", shape=(2, facts))
    for heap in np.flatnonzero(counts).tolist():
        left = work / f"heap-{heap:03}"
        pairs = np.fromfile(left, dtype="<u8").reshape(-1, 2)
        run[:, begin : begin + len(pairs)] = in_order(pairs[:, 0], pairs[:, 1])
        begin += len(pairs)
        left.unlink()
    run.flush()
    return facts
