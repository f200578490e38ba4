"""Paths of touches as arrays, for the kernels: where the touches are campaigns (or channels) by code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]


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

    @property
    def number(self) -> int:
        """How many paths there are."""
        return len(self.starts) - 1


def starts_of(lengths: Ints) -> Ints:
    """Where each path begins, with one more at the end."""
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts
