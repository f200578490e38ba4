"""Laying new facts down in a clustered journal: one more part by bucket, the notes completed, the manifest last.

Killed before the manifest is replaced, the journal is the old one; what was left lying is cleared away by the next import, and read
as facts like any other until then. Parts told later are put together when they are about as long as the new one, so that there are
never more than log2(facts / facts of an import) of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from smarketing.backends.clustered import (
    BUCKET,
    NOTES,
    Clustered,
    Manifest,
    Part,
    changed,
    difference,
    noted,
    probe,
    read_exceptions,
    read_manifest,
    write_manifest,
)
from smarketing.backends.completing.known_ids import (
    BUCKETS,
    KnownIds,
    Words,
    digests,
    hashing,
    in_order,
    open_run,
    write_run,
)
from smarketing.backends.completing.places import Homes
from smarketing.journal.fact import COLUMNS, FACT_SCHEMA
from smarketing.journal.survey import ACROSS_LEADS, earliest, latest
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.kinds import IDENTITY
from smarketing.vocabulary.periods import micros

LATER = re.compile(r"(later|exceptions|ids)-\d{5}\.(parquet|u64)")
"""The names of what an import lays down."""


@dataclass
class Completing:
    """A clustered journal that is being completed."""

    journal: Clustered
    known: KnownIds
    work: Path

    @classmethod
    def begin(cls, folder: Path, work: Path, *, dry_run: bool = False) -> Completing:
        """Open the journal; a first time its ids are read. Raises UsageError where the notes do not hold."""
        manifest = checked_manifest(folder, dry_run=dry_run)
        if manifest.hashing != hashing() or any(not there(folder, run) for run in manifest.ids):
            manifest = with_ids(folder, manifest, work, dry_run=dry_run)
        home = work if dry_run and not all(there(folder, run) for run in manifest.ids) else folder
        runs = [open_run(home / run.file, run.rows) for run in manifest.ids]
        return cls(Clustered(folder, manifest, read_exceptions(folder, manifest)), KnownIds(runs), work)

    def tellings(self, fact_ids: pl.Series) -> pl.DataFrame:
        """What the journal holds under these ids: FACT_SCHEMA and BUCKET. Only the buckets in which they lie are read."""
        found = [pl.DataFrame(schema=FACT_SCHEMA | {BUCKET: pl.Int64()})]
        ids = fact_ids.hash(seed=2026).to_numpy()
        for bucket in self.known.buckets(ids):
            for part in self.journal.manifest.parts:
                if part.has(bucket):
                    scan = pl.scan_parquet(self.journal.path(part), glob=False).select(COLUMNS)
                    if part.starts:
                        scan = scan.slice(part.starts[bucket], part.rows_of(bucket))
                    rows = scan.filter(pl.col("fact_id").is_in(fact_ids.implode())).collect()
                    found.append(rows.cast(FACT_SCHEMA).with_columns(pl.lit(bucket, pl.Int64).alias(BUCKET)))  # type: ignore[arg-type]
        return pl.concat(found)

    def lay(self, facts: pl.DataFrame, before: pl.DataFrame) -> None:
        """Add facts (FACT_SCHEMA); `before`: what `tellings` gives of those among them whose ids are known."""
        folder, manifest, old = self.journal.folder, self.journal.manifest, self.journal.exceptions
        again = pl.concat([before["fact_id"], facts.filter(pl.col("fact_id").is_duplicated())["fact_id"]]).unique()
        acts = facts.filter(pl.col("kind").is_in(ACROSS_LEADS) | pl.col("fact_id").is_in(again.implode()))
        others = pl.concat([old.filter(~pl.col("fact_id").is_in(again.implode())), before.select(old.columns)])
        homes = Homes.before(self.journal)
        if acts["kind"].is_in(list(IDENTITY)).any():
            homes = homes.after(pl.concat([others.select(COLUMNS), acts.select(COLUMNS)]))
        placed = homes.placed(facts)
        if acts.height:
            exceptions = pl.concat([others, homes.placed(acts).select(old.columns)])
            manifest = replace(manifest, exceptions=write_exceptions(folder, exceptions, manifest))
        times = [*told_between(manifest), micros(earliest(facts["at"])), micros(latest(facts["at"]))]
        manifest = replace(
            manifest, rows=manifest.rows + facts.height, first_at=min(times), latest_at=max(times),
            wanderers=tuple(sorted(homes.wanderers)), ids=self.ids_with(placed), hashing=hashing(),
        )  # fmt: skip
        manifest = with_part(folder, manifest, placed, self.work)
        write_manifest(folder, manifest)
        clear_away(folder, manifest)

    def ids_with(self, placed: pl.DataFrame) -> tuple[Part, ...]:
        """The runs completed with these facts."""
        folder, listed, runs = self.journal.folder, list(self.journal.manifest.ids), list(self.known.runs)
        new = in_order(*words_of(placed, placed[BUCKET].to_numpy()))
        name = next_name(f"{NOTES}/ids", "u64", listed)
        while listed and listed[-1].rows < 2 * new.shape[1]:
            listed.pop()
            both = np.concatenate([runs.pop(), new], axis=1)
            new = in_order(both[0], both[1])
        new.astype("<u8").tofile(folder / name)
        return (*listed, noted(folder, folder / name, new.shape[1]))


def told_between(manifest: Manifest) -> list[int]:
    """The times of the first and the last fact, where there are facts."""
    return [at for at in (manifest.first_at, manifest.latest_at) if at is not None]


def checked_manifest(folder: Path, *, dry_run: bool) -> Manifest:
    """The manifest, which holds; what an import that was killed left behind is gone. Raises UsageError."""
    try:
        manifest = read_manifest(folder)
        if not dry_run:
            clear_away(folder, manifest)
        wrong = difference(folder, manifest)
    except (OSError, ValueError, TypeError, KeyError) as error:
        wrong = f"its notes cannot be read: {error}"
    else:
        if not wrong and (manifest.probe != probe() or manifest.buckets > BUCKETS):
            wrong = "leads are now spread otherwise than when it was made"
    if wrong:
        raise UsageError(
            f"{folder} cannot be completed, for {wrong}; cluster it anew: smarketing journal cluster {folder} --out …"
        )
    return manifest


def there(folder: Path, part: Part) -> bool:
    """Whether the file is there as it was written."""
    return (folder / part.file).exists() and not changed(folder / part.file, part)


def with_ids(folder: Path, manifest: Manifest, work: Path, *, dry_run: bool) -> Manifest:
    """The manifest with one run of all ids, for which the whole journal is read; in a dry run it lies in `work`."""
    home = work if dry_run else folder
    path = home / next_name(f"{NOTES}/ids", "u64", manifest.ids)
    path.parent.mkdir(exist_ok=True)
    rows = write_run(pieces(folder, manifest), path, work) if manifest.rows else 0
    ids = (noted(home, path, rows),) if rows else ()
    manifest = replace(manifest, ids=ids, hashing=hashing())
    if not dry_run:
        write_manifest(folder, manifest)
    return manifest


def pieces(folder: Path, manifest: Manifest) -> Iterator[tuple[Words, Words]]:
    """The digests and words of all facts, part by part."""
    for part in manifest.parts:
        facts = pl.read_parquet(folder / part.file, columns=COLUMNS, glob=False)
        buckets = np.repeat(np.arange(manifest.buckets), np.diff(part.starts)) if part.starts else part.bucket
        yield words_of(facts, buckets)


def words_of(facts: pl.DataFrame, buckets: np.ndarray | int) -> tuple[Words, Words]:
    """The digests of facts, and their words with the bucket in which each lies."""
    ids, contents = digests(facts)
    return ids, contents | np.asarray(buckets).astype(np.uint64)


def write_exceptions(folder: Path, exceptions: pl.DataFrame, manifest: Manifest) -> Part:
    """Write the exceptions beside those that were."""
    path = folder / next_name(f"{NOTES}/exceptions", "parquet", [manifest.exceptions])
    exceptions.write_parquet(path, compression="zstd")
    return noted(folder, path, exceptions.height)


def with_part(folder: Path, manifest: Manifest, placed: pl.DataFrame, work: Path) -> Manifest:
    """The manifest with one more part, into which parts told later that are not much longer are put too; they are still there."""
    stays, name = list(manifest.parts), next_name("later", "parquet", manifest.parts)
    while stays[-1:] and stays[-1].starts and stays[-1].rows < 2 * placed.height:
        part = stays.pop()
        rows = pl.read_parquet(folder / part.file, glob=False).select(COLUMNS)
        buckets = pl.Series(BUCKET, np.repeat(np.arange(manifest.buckets), np.diff(part.starts)), dtype=pl.Int64)
        placed = pl.concat([rows.with_columns(buckets), placed])
    placed = placed.sort(BUCKET, "lead_id", "at", "fact_id")
    starts = np.searchsorted(placed[BUCKET].to_numpy(), np.arange(manifest.buckets + 1))
    unfinished = work / name
    placed.select(COLUMNS).write_parquet(unfinished, compression="lz4")
    unfinished.replace(folder / name)
    part = noted(folder, folder / name, placed.height, starts=tuple(starts.tolist()))
    return replace(manifest, parts=(*stays, part))


def next_name(stem: str, ending: str, listed: tuple[Part, ...] | list[Part]) -> str:
    """A name that no part has."""
    numbers = [int(part.file[-len(ending) - 6 : -len(ending) - 1]) for part in listed if part.file.startswith(f"{stem}-")]
    return f"{stem}-{max(numbers, default=-1) + 1:05}.{ending}"


def clear_away(folder: Path, manifest: Manifest) -> None:
    """Remove what an import laid down and the manifest does not name, or names no more."""
    named = {part.file for part in (*manifest.parts, *manifest.ids, manifest.exceptions)}
    for path in (*folder.iterdir(), *(folder / NOTES).iterdir()):
        mine = LATER.fullmatch(path.name) or path.name == "exceptions.parquet"
        if mine and path.is_file() and path.relative_to(folder).as_posix() not in named:
            path.unlink()
