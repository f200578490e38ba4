"""Spreading: the rows of a journal, which come in any order, are put together by bucket of leads; in memory, or on disk where there
are too many of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.matching.order import gather_leads, in_lives

HELD = 12_000_000
"""About how many facts are held in memory while they are spread; more go to disk first."""
NAMES = ("kind", "campaign", "channel", "actor", "currency", "source")
"""The columns with the same few texts again and again: kept as numbers, which are four times smaller."""
SEED = 3
Load = Callable[[], pl.DataFrame]
"""Gives the facts of a bucket in the order of their lives (see `in_lives`)."""
Places = NDArray[np.int64]


def no_aliases() -> dict[str, str]:
    """Every lead goes by its own id."""
    return {}


@dataclass(frozen=True)
class Spreading:
    """Into how many buckets facts are spread, in how many heaps of buckets that are in memory together.

    `together`: leads that go where another one goes. `kinds`: the types of NAMES.
    """

    number: int
    heaps: int = 1
    together: Mapping[str, str] = field(default_factory=no_aliases)
    kinds: Mapping[str, pl.DataType] = field(
        default_factory=lambda: {name: pl.Categorical(pl.Categories.random()) for name in NAMES}
    )

    @classmethod
    def of(cls, rows: int, *, at_once: int, held: int = HELD, **more: Mapping[str, str] | Mapping[str, pl.DataType]) -> Spreading:
        """So that a bucket has about `at_once` facts, and about `held` are in memory."""
        number = max(1, -(-rows // at_once))
        return cls(number, max(1, -(-rows // max(held, at_once))), **more)  # type: ignore[arg-type]

    @property
    def per_heap(self) -> int:
        """The buckets of one heap."""
        return -(-self.number // self.heaps)

    def places(self, leads: pl.Series) -> Places:
        """The bucket of each lead."""
        if self.together:
            leads = leads.replace(list(self.together.keys()), list(self.together.values()))
        return (leads.hash(SEED) % self.number).cast(pl.Int64).to_numpy()

    def loads(
        self, parts: Iterable[pl.DataFrame], folder: Path, *, without: Collection[int] = ()
    ) -> Iterator[tuple[int, int, Load]]:
        """The buckets but some, each with its number and how many facts it has; to be loaded when there is room, by any thread."""
        if self.heaps == 1:
            yield from self.in_memory(parts, 0, without)
            return
        for heap, paths in enumerate(self.on_disk(parts, folder)):
            yield from self.in_memory(read_and_remove(paths), heap, without)

    def in_memory(self, parts: Iterable[pl.DataFrame], heap: int, without: Collection[int]) -> Iterator[tuple[int, int, Load]]:
        """The buckets of one heap."""
        first = heap * self.per_heap
        count = min(self.per_heap, self.number - first)
        spread: list[list[pl.DataFrame]] = [[] for _ in range(count)]
        for part in parts:
            for place, rows in enumerate(by_place(self.coded(part), self.places(part["lead_id"]) - first, count)):
                if first + place not in without:
                    spread[place].append(rows)
        for place in range(count):
            pieces, spread[place] = spread[place], []
            if pieces and first + place not in without:
                yield first + place, sum(piece.height for piece in pieces), partial(whole_lives, pieces)

    def coded(self, part: pl.DataFrame) -> pl.DataFrame:
        """The same rows with names as numbers."""
        texts = [name for name in part.columns if name in self.kinds and part[name].dtype != self.kinds[name]]
        return part.with_columns(pl.col(name).cast(self.kinds[name]) for name in texts)

    def on_disk(self, parts: Iterable[pl.DataFrame], folder: Path) -> list[list[Path]]:
        """The files with the facts of each heap, in the order in which they came."""
        files: list[list[Path]] = [[] for _ in range(self.heaps)]
        for number, part in enumerate(parts):
            heaps = self.places(part["lead_id"]) // self.per_heap
            for heap, rows in enumerate(by_place(part, heaps, self.heaps)):
                path = folder / f"{heap:04}-{number:06}.ipc"
                rows.write_ipc(path)
                files[heap].append(path)
        return files


def whole_lives(pieces: list[pl.DataFrame]) -> pl.DataFrame:
    """The facts of a bucket in the order of their lives."""
    return in_lives(pl.concat(pieces))


def by_place(facts: pl.DataFrame, places: Places, number: int) -> list[pl.DataFrame]:
    """The rows at each place (from 0), otherwise in the order given."""
    if number == 1:
        return [facts]
    order, start = np.empty(len(places), np.int64), np.zeros(number + 1, np.int64)
    gather_leads(places, np.arange(len(places)), order, start, np.empty(number, np.int64))
    together = facts.rechunk()[order]
    return [together.slice(first, last - first) for first, last in zip(start[:-1].tolist(), start[1:].tolist(), strict=True)]


def read_and_remove(paths: Iterable[Path]) -> Iterator[pl.DataFrame]:
    """The facts of each file."""
    for path in paths:
        yield pl.read_ipc(path)
        path.unlink()
