"""One file read to its end: batch by batch, every row counted as one that gave something, was skipped or was rejected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from smarketing.connectors.files.lookups import LookupTable
from smarketing.connectors.files.mapping import FileEntry, TableEntry
from smarketing.connectors.files.plan import FilePlan
from smarketing.connectors.files.records import Broken
from smarketing.connectors.files.sources import Batch
from smarketing.connectors.files.telling import ROW, Circumstances, Told, tell_facts, tell_table
from smarketing.journal.fact import no_facts
from smarketing.journal.small_tables import NEEDED


@dataclass(slots=True)
class ReadBatch:
    """What a batch of rows gave: `read` = `gave` + `skipped` + the rejected ones; a rejected row gives nothing at all.

    `facts` have FACT_SCHEMA; `tables` are rows of the small tables, as text; `size` is how much of the file this was.
    """

    read: int
    gave: int
    skipped: int
    size: int
    facts: pl.DataFrame
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    rejected: list[Broken] = field(default_factory=list)


def read_file(plan: FilePlan, *, zone: str, recorded_at: datetime) -> Iterator[ReadBatch]:
    """The rows of a file in order, told by every entry that reads it.

    A row gave something if one entry told a fact or a row of a table from it; it was skipped if every entry's `where` left it
    out; it is rejected, whole, if any entry could not tell it.
    """
    circumstances = Circumstances(zone, recorded_at, plan.source.typed)
    for batch in plan.source.batches(plan.columns):
        yield _read_batch(plan, batch, circumstances)


def _read_batch(plan: FilePlan, batch: Batch, circumstances: Circumstances) -> ReadBatch:
    frame = batch.frame.with_columns(pl.Series(ROW, range(batch.frame.height), pl.UInt32))
    told = [(use.table, _tell(use.entry, use.table, _beside(frame, use.lookups), circumstances)) for use in plan.uses]
    reasons: dict[int, str] = {}
    for _, one in reversed(told):
        reasons |= one.reasons
    facts = [_kept(one.rows, reasons) for table, one in told if table is None]
    rows = [(table, _kept(one.rows, reasons)) for table, one in told if table is not None]
    gave = pl.concat([part.get_column(ROW) for part in facts + [part for _, part in rows]]).n_unique()
    rejected = [Broken(int(batch.lines[row]), batch.cells(row), reasons[row]) for row in sorted(reasons)] + batch.broken
    return ReadBatch(
        read=batch.height,
        gave=gave,
        skipped=frame.height - gave - len(reasons),
        size=batch.size,
        facts=pl.concat(facts).drop(ROW) if facts else no_facts(),
        tables={
            name: pl.concat(part.drop(ROW) for table, part in rows if table == name) for name in dict.fromkeys(t for t, _ in rows)
        },
        rejected=sorted(rejected, key=lambda one: one.line),
    )


def _beside(frame: pl.DataFrame, lookups: list[LookupTable]) -> pl.DataFrame:
    for lookup in lookups:
        frame = lookup.beside(frame)
    return frame


def _tell(entry: FileEntry | TableEntry, table: str | None, frame: pl.DataFrame, circumstances: Circumstances) -> Told:
    if isinstance(entry, FileEntry):
        return tell_facts(entry, frame, circumstances)
    assert table is not None
    return tell_table(table, entry, frame, NEEDED[table], circumstances)


def _kept(rows: pl.DataFrame, reasons: dict[int, str]) -> pl.DataFrame:
    """The told rows without those that are rejected."""
    return rows.filter(~pl.col(ROW).is_in(list(reasons))) if reasons else rows
