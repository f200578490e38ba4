"""The function that Spark calls in each task. Light on purpose: a worker reads it before Polars may be imported.

Spark's daemon forks its workers and has not imported Polars then (a process forked after that hangs); each worker does so by itself,
here, with one thread, because Spark runs as many of them as there are cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

GIVEN = "part int, name string, rows bigint, facts bigint, content binary"
"""The rows a task gives: what one bucket made, see `bucket.Made`; `facts`: how many the bucket has."""


def task(work: bytes) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function for a whole partition of the journal: all facts of the leads in it, as they lie there."""

    def fold(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from smarketing.backends.spark.task import in_worker

        yield from in_worker(work, batches)

    return fold


def in_worker(work: bytes, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What the partition gives; nothing where it holds no fact."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    import pyarrow as pa
    from pyspark import TaskContext

    from smarketing.backends.spark.bucket import work_of
    from smarketing.backends.spark.journal import frame_of

    received = list(batches)
    if not sum(batch.num_rows for batch in received):
        return
    facts = frame_of(pa.Table.from_batches(received))
    del received
    context = TaskContext.get()
    part = context.partitionId() if context is not None else 0
    types = pa.schema(
        [("part", pa.int32()), ("name", pa.string()), ("rows", pa.int64()), ("facts", pa.int64()), ("content", pa.binary())]
    )
    for made in work_of(work).made_of(facts):
        columns = {"part": [part], "name": [made.name], "rows": [made.rows], "facts": [facts.height], "content": [made.content]}
        yield pa.RecordBatch.from_pydict(columns, types)
