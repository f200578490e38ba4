"""The paths of leads that have to do with no opportunity: of their touches only the campaigns remain, in order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.attribution.paths import Codes, Ints


class Lone(NamedTuple):
    """Paths without a sale. `names`: campaigns in code-point order, all that occur and maybe others; `codes`: the touches of all paths, one path after the
    other; `lengths`: how many each path has."""

    names: pl.Series
    codes: Codes
    lengths: Ints


def lone_paths(names: pl.Series, codes: Codes, lead: NDArray[np.uint32], touches: Ints) -> Lone:
    """The paths of the rows that are touches, of rows that stand lead after lead, in order."""
    lead = lead[touches]
    begins = np.flatnonzero(np.append(True, lead[1:] != lead[:-1])) if len(lead) else np.zeros(0, np.int64)
    return Lone(names, codes[touches], np.diff(np.append(begins, len(lead))).astype(np.int64))


def coded(names: pl.Series) -> tuple[pl.Series, Codes]:
    """The distinct names in code-point order, and the code of each row's (-1: none)."""
    if not isinstance(names.dtype, pl.Categorical):
        names = names.cast(pl.Categorical(pl.Categories.random()))
    codes = names.to_physical().cast(pl.Int32).fill_null(-1).to_numpy()
    return by_name(numbered(names), codes)


def numbered(names: pl.Series) -> pl.Series:
    """The texts that numbers were given to, by number."""
    assert isinstance(names.dtype, pl.Categorical)
    return names.dtype.categories.to_series()


def by_name(names: pl.Series, codes: Codes) -> tuple[pl.Series, Codes]:
    """The same codes renumbered: only names that occur, in code-point order."""
    there = np.zeros(len(names) + 1, dtype=np.bool_)  # the last place is that of code -1
    there[codes] = True
    occur = np.flatnonzero(there[:-1])
    order = names.gather(occur).arg_sort().to_numpy()
    rank = np.full(len(names) + 1, -1, dtype=np.int32)
    rank[occur[order]] = np.arange(len(occur), dtype=np.int32)
    return names.gather(occur[order]), rank[codes]
