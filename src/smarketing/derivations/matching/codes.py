"""Numbers for names: the few texts of a column, each once, and for each row which one it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.compiling import kernel
from smarketing.derivations.life.rows import Codes, Ints

Numbers = NDArray[np.uint32]
NOTHING = 2**32 - 1
"""The number of a row without a text."""


@dataclass(frozen=True, slots=True)
class Names:
    """The texts of some rows. `names`: each that occurs, once; `numbers`: whatever number each row's text has (or NOTHING); `used`: the
    numbers of the names, below `below`."""

    names: pl.Series
    numbers: Numbers
    used: Ints
    below: int

    @classmethod
    def of(cls, texts: pl.Series, rows: Ints | None = None) -> Names:
        """Those of a column, or of some of its rows."""
        if not isinstance(texts.dtype, pl.Categorical):
            texts = texts.cast(pl.Categorical(pl.Categories.random()))
        physical: Any = texts.to_physical()
        highest, numbers = physical.max(), frozen(physical.cast(pl.UInt32).fill_null(NOTHING).to_numpy())
        numbers = numbers if rows is None else frozen(numbers[rows])
        somewhere = np.full(1 if highest is None else highest + 2, -1, dtype=np.int64)
        note_rows(numbers, somewhere)
        used = np.flatnonzero(somewhere[1:] >= 0)
        places = somewhere[1:][used] if rows is None else rows[somewhere[1:][used]]
        return cls(texts.gather(places).cast(pl.String), numbers, used, len(somewhere) - 1)

    def coded(self, codes: Sequence[int] | NDArray[Any], *, nothing: int = -1) -> Codes:
        """For each row the code of its name, which are given in the order of `names`, or that of nothing."""
        of_number, of_row = np.full(self.below + 1, nothing, dtype=np.int32), np.empty(len(self.numbers), dtype=np.int32)
        of_number[self.used + 1] = codes
        write_codes(self.numbers, of_number, of_row)
        return of_row

    def coded_among(self, others: pl.Series) -> Codes:
        """For each row the place of its name among others, in order, that hold them all; -1: none."""
        return self.coded(others.search_sorted(self.names).to_numpy() if len(self.names) else [])


def coded(texts: pl.Series) -> tuple[pl.Series, Codes]:
    """The distinct texts in order, and each row's code (-1: none)."""
    found = Names.of(texts)
    by_name = found.names.arg_sort().to_numpy()
    rank = np.empty(len(by_name), dtype=np.int32)
    rank[by_name] = np.arange(len(by_name))
    return found.names.gather(by_name), found.coded(rank)


def frozen(numbers: NDArray[Any]) -> NDArray[Any]:
    """The same numbers, not to be changed: whether a column lies in one piece or several, for which kernels would be compiled apart."""
    view = numbers.view()
    view.flags.writeable = False
    return view


@kernel
def note_rows(numbers: Numbers, somewhere: Ints) -> None:
    """Note for each number a row that has it, one place further on: NOTHING, which is the last number there is, comes first."""
    for row in range(numbers.shape[0]):
        somewhere[(np.int64(numbers[row]) + 1) & NOTHING] = row


@kernel
def write_codes(numbers: Numbers, of_number: Codes, of_row: Codes) -> None:
    """Write the code of each row's number; codes stand one place further on."""
    for row in range(numbers.shape[0]):
        of_row[row] = of_number[(np.int64(numbers[row]) + 1) & NOTHING]
