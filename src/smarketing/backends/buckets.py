"""A long journal cut into buckets of whole leads, so that memory is bounded however many facts there are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from smarketing.journal.survey import Survey

FACTS_AT_ONCE = 1_000_000
"""About how many facts are matched and folded at a time."""
READ = ["fact_id", "lead_id", "at", "kind", "campaign", "channel", "actor", "opportunity_id", "amount", "currency", "properties"]
"""The columns of a fact from which something follows."""


class Buckets:
    """The facts of the lives, bucket by bucket: pairs of how many facts are done with it, and the bucket's facts.

    A lead's facts are in one bucket. More than one bucket are first spread over files in a temporary folder.
    """

    def __init__(self, facts: pl.LazyFrame, known: Survey, *, at_once: int = FACTS_AT_ONCE) -> None:
        self.settled = known.settle(facts).select(READ)
        self.number = max(1, -(-known.rows // at_once))
        self.rows = known.rows

    def __iter__(self) -> Iterator[tuple[int, pl.DataFrame]]:
        if self.number == 1:
            yield self.rows, self.settled.collect()
            return
        with tempfile.TemporaryDirectory(prefix="smarketing-", ignore_cleanup_errors=True) as folder:
            yield from self.spread(Path(folder))

    def spread(self, folder: Path) -> Iterator[tuple[int, pl.DataFrame]]:
        """Write the facts by bucket, then read one bucket after the other."""
        bucket = (pl.col("lead_id").hash() % self.number).cast(pl.UInt32).alias("bucket")
        target = pl.PartitionBy(folder, key=bucket, include_key=False)
        self.settled.sink_ipc(target, compression="lz4", mkdir=True)
        done = 0
        for part in sorted(folder.iterdir()):
            frame = pl.scan_ipc(sorted(part.rglob("*.ipc"))).collect()
            done += frame.height
            yield done, frame
