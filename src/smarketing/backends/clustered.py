"""A journal clustered by lead: a folder of Parquet parts like any other, with notes beside them that spare a replay its preparations.

Each part holds whole lives, in the order in which they are read: by lead, time and fact id; leads that any fact ever linked are in
one part. Facts that were told later stand in further parts, by bucket too (see `completing`), until the folder is clustered anew. What the notes
say holds as long as the parts are those they were written of; where one was changed, added or taken away the folder is read
like any other.

In the folder `_clustered`, which no reader of facts looks into: `manifest.json` and `exceptions.parquet`, the facts that change
what others mean: every telling of those told more than once, corrections, identities.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from smarketing.journal.fact import COLUMNS
from smarketing.journal.identities import components
from smarketing.journal.parquet import parts
from smarketing.journal.properties import as_text, decoded
from smarketing.journal.survey import NO_TIME, Survey, in_utc, survey
from smarketing.vocabulary.kinds import IDENTITY

NOTES, MANIFEST, EXCEPTIONS = "_clustered", "manifest.json", "exceptions.parquet"
FORMAT = 1
LEAD, BUCKET = "lead", "bucket"
"""Columns beside those of a fact: in a part the number of the lead within it; among the exceptions the bucket of the lead."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Part:
    """One file of facts. `starts`: in a part with the facts of several buckets, where those of each begin, with one more at the end."""

    file: str
    rows: int
    bytes: int
    changed: int
    checksum: int
    bucket: int = -1
    starts: tuple[int, ...] = ()

    def has(self, bucket: int) -> bool:
        """Whether facts of this bucket are here."""
        return self.rows_of(bucket) > 0

    def rows_of(self, bucket: int) -> int:
        """How many facts of this bucket are here."""
        if self.starts:
            return self.starts[bucket + 1] - self.starts[bucket]
        return self.rows if self.bucket == bucket else 0


@dataclass(frozen=True)
class Manifest:
    """What the notes say. Instants in µs since 1970; `wanderers`: leads whose facts lie in several buckets; `ids`: the runs of the ids
    that are known, made by a first import, and `hashing` what tells whether they can still be compared."""

    buckets: int
    rows: int
    first_at: int | None
    latest_at: int | None
    probe: int
    exceptions: Part
    parts: tuple[Part, ...] = ()
    wanderers: tuple[str, ...] = ()
    ids: tuple[Part, ...] = ()
    hashing: int = 0
    format: int = FORMAT


@dataclass(frozen=True)
class Clustered:
    """A clustered journal whose notes hold."""

    folder: Path
    manifest: Manifest
    exceptions: pl.DataFrame = field(repr=False)

    def survey(self, as_of: datetime | None) -> Survey:
        """What `survey` says of all these facts; only the exceptions are looked at."""
        said = self.manifest
        latest = EPOCH + said.latest_at * MICROSECOND if said.latest_at is not None else None
        first = EPOCH + said.first_at * MICROSECOND if said.first_at is not None else None
        now = (latest or NO_TIME) if as_of is None else in_utc(as_of)
        known = survey(self.exceptions.select(COLUMNS).lazy(), as_of=now)
        latest = latest if latest is None or latest <= now else None
        return replace(known, rows=said.rows, first_at=first, latest_at=latest, incomplete=False)

    def path(self, part: Part) -> Path:
        """Where a part lies."""
        return self.folder / part.file


def ever_linked(exceptions: pl.DataFrame) -> list[list[str]]:
    """The leads that any fact ever linked, or said not to be, undone and retracted ones too: the members of each component."""
    told = exceptions.filter(pl.col("kind").is_in(list(IDENTITY))).select("lead_id", "properties")
    pairs = []
    for lead_id, properties in told.iter_rows():
        other = as_text((decoded(properties) or {}).get("with"))
        if other is not None and lead_id:
            pairs.append((lead_id, other))
    return [sorted(members) for members in components(pairs)]


def probe() -> int:
    """What tells whether leads are still spread as they were when the notes were written."""
    return int(pl.Series(["smarketing", "lead-1"]).hash(3).sum() % (1 << 62))


def as_clustered(source: Any) -> tuple[Clustered | None, str | None]:
    """The clustered journal at a path, or None; and why not, where there are notes that do not hold."""
    if not isinstance(source, (str, Path)) or not (Path(source) / NOTES).is_dir():
        return None, None
    folder = Path(source)
    try:
        manifest = read_manifest(folder)
        wrong = difference(folder, manifest)
        return (None, wrong) if wrong else (Clustered(folder, manifest, read_exceptions(folder, manifest)), None)
    except (OSError, ValueError, TypeError, KeyError, pl.exceptions.PolarsError) as error:
        return None, f"its notes cannot be read: {error}"


def read_manifest(folder: Path) -> Manifest:
    """The manifest as it was written. Raises ValueError, TypeError, KeyError or OSError for anything else."""
    said = json.loads((folder / NOTES / MANIFEST).read_text(encoding="utf-8"))
    if said.get("format") != FORMAT:
        raise ValueError(f"they have the format {said.get('format')}, not {FORMAT}")
    listed, ids = (tuple(map(as_part, said.pop(name, ()))) for name in ("parts", "ids"))
    kept, wanderers = as_part(said.pop("exceptions")), tuple(said.pop("wanderers"))
    return Manifest(parts=listed, ids=ids, wanderers=wanderers, exceptions=kept, **said)


def as_part(said: dict[str, Any]) -> Part:
    """A part as the manifest has it."""
    return Part(**(said | {"starts": tuple(said["starts"])}))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest; it is there whole or not at all."""
    path = folder / NOTES / MANIFEST
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    unfinished.replace(path)


def read_exceptions(folder: Path, manifest: Manifest) -> pl.DataFrame:
    """The exceptions (FACT_SCHEMA and BUCKET). Raises ValueError where they are not those of the manifest."""
    path = folder / manifest.exceptions.file
    if changed(path, manifest.exceptions):
        raise ValueError(f"{path.name} is not the one that was written")
    return pl.read_parquet(path)


def difference(folder: Path, manifest: Manifest) -> str | None:
    """What differs between the parts that are there and those that the notes are about."""
    there = {part.relative_to(folder).as_posix() for part in parts(folder)}
    listed = {part.file: part for part in manifest.parts}
    if added := sorted(there - listed.keys()):
        return f"{added[0]} was added"
    if missing := sorted(listed.keys() - there):
        return f"{missing[0]} is missing"
    return next((f"{name} was changed" for name, part in listed.items() if changed(folder / name, part)), None)


def changed(path: Path, part: Part) -> bool:
    """Whether the file is another one: of another length, or written at another time and with another checksum."""
    stat = path.stat()
    if stat.st_size != part.bytes:
        return True
    return stat.st_mtime_ns != part.changed and checksum(path) != part.checksum


def checksum(path: Path) -> int:
    """CRC-32 of the file."""
    value = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            value = zlib.crc32(block, value)
    return value


def noted(folder: Path, path: Path, rows: int, **more: Any) -> Part:
    """What the notes say of a file that was just written."""
    stat = path.stat()
    return Part(path.relative_to(folder).as_posix(), rows, stat.st_size, stat.st_mtime_ns, checksum(path), **more)
