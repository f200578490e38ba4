"""Clustering: a journal of any shape becomes a folder of parts by bucket of leads, with the notes that spare a replay its preparations."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl

from smarketing.backends.buckets import FACTS_AT_ONCE
from smarketing.backends.clustered import (
    BUCKET,
    EXCEPTIONS,
    LEAD,
    NOTES,
    Manifest,
    Part,
    ever_linked,
    noted,
    probe,
    write_manifest,
)
from smarketing.backends.local import cores, refuse_incomplete
from smarketing.backends.side_by_side import one_ahead
from smarketing.backends.spreading import HELD, NAMES, Load, Spreading
from smarketing.journal.fact import COLUMNS
from smarketing.journal.parquet import scan_facts, unchanged
from smarketing.journal.survey import ACROSS_LEADS, Glance, digest, glance, repeated_digests
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import micros

FEW_TEXTS = 20_000
"""Up to so many different properties a part keeps them as numbers."""
ROWS_TOGETHER = 125_000
"""The rows of a group within a part, which is read as a whole or not at all."""
KINDS = {name: pl.Categorical(pl.Categories(name, namespace="smarketing")) for name in (*NAMES, "properties")}
Progress = Callable[[int, int], None]
"""Told how many facts are done, and of how many."""


@dataclass(frozen=True)
class ClusteredFolder:
    """What was made: how many facts lie in how many parts of the folder."""

    folder: Path
    rows: int
    parts: int


def cluster(
    facts: Any, out: str | Path, *, at_once: int = FACTS_AT_ONCE, held: int = HELD, progress: Progress | None = None
) -> ClusteredFolder:
    """Make a clustered journal of all facts of another one: `facts` as `scan_facts` takes them, `out` a folder that is not there yet.

    The folder appears whole or not at all. Raises UsageError where there is something already, DocumentError for rows that are
    no facts.
    """
    target = Path(out)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is there already; name a folder that is not")
    unfinished = target.with_name(f".{target.name}.{uuid4().hex}.part")
    try:
        (unfinished / NOTES).mkdir(parents=True)
        with unchanged(facts):
            manifest = write_clustered(scan_facts(facts), unfinished, at_once=at_once, held=held, progress=progress)
        if target.exists():
            target.rmdir()
        unfinished.replace(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return ClusteredFolder(target, manifest.rows, len(manifest.parts))


def write_clustered(scanned: pl.LazyFrame, folder: Path, *, at_once: int, held: int, progress: Progress | None) -> Manifest:
    """Write parts and notes into the folder."""
    seen = glance(scanned, None)
    if seen.incomplete:
        refuse_incomplete(scanned, source="facts")
    exceptions = find_exceptions(scanned, seen)
    spreading = Spreading.of(seen.rows, at_once=at_once, held=held, together=together(exceptions), kinds=KINDS)
    seen.digests.clear()
    parts = scanned.select(COLUMNS).collect_batches(chunk_size=FACTS_AT_ONCE, maintain_order=True)
    work, written = folder / NOTES / "work", []
    work.mkdir()
    tasks = (((number, rows), (number, load)) for number, rows, load in spreading.loads(parts, work))
    for (_, rows), part in one_ahead(tasks, lambda task: write_part(folder, *task), workers=cores()):
        written.append(part)
        if progress is not None:
            progress(sum(one.rows for one in written), seen.rows)
    work.rmdir()
    return write_notes(folder, seen, exceptions, spreading, written)


def write_part(folder: Path, bucket: int, load: Load) -> Part:
    """Write the facts of one bucket."""
    facts = load().select(*COLUMNS, LEAD)
    if facts["properties"].n_unique() <= FEW_TEXTS:
        facts = facts.with_columns(pl.col("properties").cast(KINDS["properties"]))
    path = folder / f"bucket-{bucket:05}.parquet"
    facts.write_parquet(path, compression="lz4", row_group_size=ROWS_TOGETHER)
    return noted(folder, path, facts.height, bucket=bucket)


def write_notes(folder: Path, seen: Glance, exceptions: pl.DataFrame, spreading: Spreading, parts: list[Part]) -> Manifest:
    """Write the exceptions and the manifest."""
    path = folder / NOTES / EXCEPTIONS
    places = pl.Series(BUCKET, spreading.places(exceptions["lead_id"]), dtype=pl.Int64)
    exceptions.with_columns(places).write_parquet(path, compression="zstd")
    first, latest = (None if at is None else micros(at) for at in (seen.first_at, seen.latest_at))
    kept = noted(folder, path, exceptions.height)
    manifest = Manifest(spreading.number, seen.rows, first, latest, probe(), kept, tuple(parts))
    write_manifest(folder, manifest)
    return manifest


def find_exceptions(facts: pl.LazyFrame, seen: Glance) -> pl.DataFrame:
    """Every telling of the facts told more than once, and all corrections and identities."""
    digests = repeated_digests(seen.digests)
    found = [facts.select(COLUMNS).head(0).collect()]
    if len(digests):
        told = facts.filter(digest().is_in(digests.implode())).collect(engine="streaming")
        found.append(told.filter(pl.col("fact_id").is_duplicated()))
    if seen.across_leads:
        again = found[-1]["fact_id"].implode()
        acts = pl.col("kind").is_in(ACROSS_LEADS) & ~pl.col("fact_id").is_in(again)
        found.append(facts.filter(acts).collect(engine="streaming"))
    return pl.concat(found)


def together(exceptions: pl.DataFrame) -> dict[str, str]:
    """For each lead that was ever linked the one with whose facts its own are kept."""
    return {lead: members[0] for members in ever_linked(exceptions) for lead in members}
