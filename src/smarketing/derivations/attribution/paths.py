"""Paths of touches as arrays, for the kernels: where the touches are campaigns (or channels) by code."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
FEW = 10_000
"""Fewer paths are not worth a thread of their own."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths, each its touches in order.

    `names`: what the codes stand for, in code-point order. `codes`: the touches of all paths, one path after the other; those of
    path p are `starts[p]:starts[p + 1]`. `sales`, `nulls`: how often each path was walked to a sale, and how often to none.
    """

    names: pl.Series
    codes: Codes
    starts: Ints
    sales: Ints
    nulls: Ints

    @classmethod
    def to(cls, names: pl.Series, codes: Codes, lengths: Ints, *, sale: bool) -> Paths:
        """Paths of these lengths that were walked once each, all of them to a sale or all to none."""
        once, never = np.ones(len(lengths), np.int64), np.zeros(len(lengths), np.int64)
        return cls(names, codes, starts_of(lengths), once if sale else never, never if sale else once)

    @property
    def number(self) -> int:
        """How many paths there are."""
        return len(self.starts) - 1

    def cut(self, pieces: int) -> list[Paths]:
        """The same paths in so many pieces, where there are enough of them."""
        if pieces < 2 or self.number < FEW:
            return [self]
        bounds = [self.number * piece // pieces for piece in range(pieces + 1)]
        return [self.between(first, last) for first, last in itertools.pairwise(bounds)]

    def between(self, first: int, last: int) -> Paths:
        """Those from one number to before another one."""
        starts, sales, nulls = self.starts[first : last + 1], self.sales[first:last], self.nulls[first:last]
        return Paths(self.names, self.codes[starts[0] : starts[-1]], starts - starts[0], sales, nulls)


def end_to_end(several: Sequence[Paths]) -> Paths:
    """All paths of several, which have the same names, one after the other."""
    if len(several) == 1:
        return several[0]
    lengths = [np.diff(paths.starts) for paths in several]
    codes, sales, nulls = (np.concatenate([getattr(paths, name) for paths in several]) for name in ("codes", "sales", "nulls"))
    return Paths(several[0].names, codes, starts_of(np.concatenate(lengths)), sales, nulls)


def starts_of(lengths: Ints) -> Ints:
    """Where each path begins, with one more at the end."""
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts
