"""Derived tables at rest: one Parquet file each, or a folder of parts."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from smarketing.vocabulary.problems import Problem

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement


class Written:
    """The tables of a replay as they are written to a folder. `rows`: how many each has; `paths`: where each one lies. `versions`: those of the
    agreement that counted, in sequence. `problems`: what the replay has to say.

    They are written beside the old ones and take their place only when all are whole.
    """

    def __init__(self, out: Path, names: Sequence[str], *, as_of: datetime, parts: bool, versions: Sequence[Agreement]) -> None:
        self.out, self.as_of, self.parts, self.versions, self.number = out, as_of, parts, versions, 0
        self.rows = dict.fromkeys(names, 0)
        self.problems: list[Problem] = []
        self.paths = {name: out / f"{name}.parquet" for name in names}
        self.fresh = out / ".replay"
        shutil.rmtree(self.fresh, ignore_errors=True)
        self.fresh.mkdir(parents=True)

    def add(self, made: Mapping[str, pl.DataFrame]) -> None:
        """Write the tables of one bucket."""
        for name, frame in made.items():
            target = self.fresh / f"{name}.parquet"
            if self.parts:
                target.mkdir(exist_ok=True)
                target = target / f"part-{self.number:05}.parquet"
            frame.write_parquet(target, compression="zstd", compression_level=1)
            self.rows[name] += frame.height
        self.number += 1

    def add_whole(self, made: Mapping[str, pl.DataFrame]) -> None:
        """Write tables that have no parts."""
        for name, frame in made.items():
            frame.write_parquet(self.fresh / f"{name}.parquet", compression="zstd", compression_level=1)
            self.rows[name] += frame.height

    def finish(self) -> None:
        """Put the tables in their places."""
        for path in self.paths.values():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            (self.fresh / path.name).replace(path)
        self.fresh.rmdir()
