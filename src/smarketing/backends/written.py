"""Derived tables at rest: one Parquet file each, or a folder of parts; taken up where a replay was interrupted."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from smarketing.derivations.tables.across import Across
from smarketing.vocabulary.problems import Problem

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement

UNFINISHED = ".replay"
"""The folder beside the tables in which they come to be."""


class Written:
    """The tables of a replay as they are written to a folder. `rows`: how many each has; `paths`: where each one lies. `versions`: those of the
    agreement that counted, in sequence. `problems`: what the replay has to say of the facts, `notes`: of how it went about it.

    They are written beside the old ones and take their place only when all are whole. With `parts`, each bucket is noted when its
    parts are whole; a replay of the same `key` (everything the tables depend on) takes up what is noted. `done`: the facts of
    each of these buckets.
    """

    def __init__(
        self, out: Path, names: Sequence[str], *, as_of: datetime, parts: bool, versions: Sequence[Agreement], key: str | None = None
    ) -> None:  # fmt: skip
        self.out, self.as_of, self.parts, self.versions = out, as_of, parts, versions
        self.rows = dict.fromkeys(names, 0)
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.done: dict[int, int] = {}
        self.paths = {name: out / f"{name}.parquet" for name in names}
        self.fresh = out / UNFINISHED
        if parts and key is not None and self.begun() == key:
            self.take_up()
        else:
            self.begin(key)

    def begun(self) -> str | None:
        """The key of the replay that was interrupted here, if there was one."""
        noted = self.fresh / "key"
        return noted.read_text(encoding="utf-8") if noted.exists() else None

    def begin(self, key: str | None) -> None:
        """Start from nothing."""
        shutil.rmtree(self.fresh, ignore_errors=True)
        self.fresh.mkdir(parents=True)
        if key is not None:
            (self.fresh / "key").write_text(key, encoding="utf-8")

    def take_up(self) -> None:
        """Read what is noted of buckets that are whole."""
        for note in sorted(self.fresh.glob("bucket-*.json")):
            said = json.loads(note.read_text(encoding="utf-8"))
            self.done[said["bucket"]] = said["facts"]
            for name, rows in said["rows"].items():
                self.rows[name] += rows
        if self.done:
            self.notes.append(
                f"{len(self.done)} buckets were done before, when this replay was interrupted; they are taken as they are"
            )

    def across(self) -> list[Across]:
        """What the buckets that were done before bring to the tables that take all leads together."""
        return [pickle.loads(self.across_path(bucket).read_bytes()) for bucket in self.done]  # noqa: S301

    def across_path(self, bucket: int) -> Path:
        """Where it is kept for one bucket."""
        return self.fresh / f"bucket-{bucket:05}.across"

    def add(self, made: Mapping[str, pl.DataFrame], *, bucket: int = 0, facts: int = 0, across: Across | None = None) -> None:
        """Write the tables of one bucket; what of it goes into the tables of all leads is kept `across`."""
        for name, frame in made.items():
            target = self.fresh / f"{name}.parquet"
            if self.parts:
                target.mkdir(exist_ok=True)
                target = target / f"part-{bucket:05}.parquet"
            write(frame, target, fast=self.parts)
            self.rows[name] += frame.height
        if self.parts and across is not None:
            self.across_path(bucket).write_bytes(pickle.dumps(across))
            self.note(bucket, {"bucket": bucket, "facts": facts, "rows": {name: frame.height for name, frame in made.items()}})

    def note(self, bucket: int, said: Mapping[str, object]) -> None:
        """Note that a bucket is whole."""
        path = self.fresh / f"bucket-{bucket:05}.json"
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(said), encoding="utf-8")
        unfinished.replace(path)

    def add_whole(self, made: Mapping[str, pl.DataFrame]) -> None:
        """Write tables that have no parts."""
        for name, frame in made.items():
            write(frame, self.fresh / f"{name}.parquet", fast=False)
            self.rows[name] += frame.height

    def add_long(self, made: Mapping[str, Iterator[pl.DataFrame]]) -> None:
        """Write tables that come piece by piece, the first piece without a row, as they come."""
        for name, pieces in made.items():
            self.rows[name] += write_pieces(pieces, self.fresh / f"{name}.parquet")

    def finish(self) -> None:
        """Put the tables in their places."""
        for path in self.paths.values():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            (self.fresh / path.name).replace(path)
        shutil.rmtree(self.fresh)


def write_pieces(pieces: Iterator[pl.DataFrame], path: Path) -> int:
    """Write a table while its pieces come, the first one without a row; returns how many rows it has."""
    first, rows = next(pieces), 0

    def come(_columns: object, _rows: object, _number: object, _size: object) -> Iterator[pl.DataFrame]:
        nonlocal rows
        for piece in pieces:
            rows += piece.height
            yield piece

    source = register_io_source(come, schema=first.schema)
    source.sink_parquet(path, compression="zstd", compression_level=1, maintain_order=True)
    return rows


def write(frame: pl.DataFrame, path: Path, *, fast: bool) -> None:
    """Write a table; `fast`: a third larger, for three quarters of the time. Whatever reads Parquet reads both."""
    if fast:
        frame.write_parquet(path, compression="snappy")
    else:
        frame.write_parquet(path, compression="zstd", compression_level=1)
