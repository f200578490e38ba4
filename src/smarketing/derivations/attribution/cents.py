"""An amount cut into shares to the cent: each gets its whole cents, what is left goes one by one to the largest remainders."""

from __future__ import annotations

import numpy as np

from smarketing.derivations.attribution.paths import Floats, Ints
from smarketing.derivations.compiling import kernel


def cut(amounts: Ints, starts: Ints, shares: Floats) -> Ints:
    """The cents of each share: those at `starts[p]:starts[p + 1]` add up to `amounts[p]`; of equal remainders the first comes first."""
    cents, remainders = np.zeros(len(shares), dtype=np.int64), np.empty(len(shares))
    cut_all(amounts, starts, np.ascontiguousarray(shares), cents, remainders)
    return cents


@kernel
def cut_all(amounts: Ints, starts: Ints, shares: Floats, cents: Ints, remainders: Floats) -> None:
    for p in range(amounts.shape[0]):
        left = amounts[p]
        for row in range(starts[p], starts[p + 1]):
            exact = shares[row] * amounts[p]
            cents[row] = int(np.floor(exact))
            remainders[row] = np.round((exact - cents[row]) * 1e6)
            left -= cents[row]
        while left != 0 and starts[p] < starts[p + 1]:
            left -= give_one(starts[p], starts[p + 1], 1 if left > 0 else -1, cents, remainders)


@kernel
def give_one(first: int, last: int, cent: int, cents: Ints, remainders: Floats) -> int:
    """Give a cent to the largest remainder (or take one from the smallest), which has had it then."""
    best = first
    for row in range(first + 1, last):
        if (remainders[row] - remainders[best]) * cent > 0:
            best = row
    cents[best] += cent
    remainders[best] -= cent * 1e6
    return cent
