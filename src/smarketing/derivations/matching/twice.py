"""Which of very many numbers are there more than once: they are dealt out to piles that stay in the processor's cache, and met there."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.compiling import kernel
from smarketing.derivations.matching.order import Digests, Ints

PILE = 1 << 15
"""About so many numbers lie in a pile."""
MOST = 12
"""Two to this power is the number of piles at most."""


def met_twice(digests: Sequence[pl.Series], *, threads: int = 1) -> pl.Series:
    """The numbers that are there more than once; random ones, as digests are, of 64 bits."""
    expected = sum(map(len, digests))
    bits = min((max(expected, 1) // PILE).bit_length(), MOST)
    with ThreadPoolExecutor(threads) as pool:
        dealt = list(pool.map(lambda first: in_piles(digests[first::threads], bits), range(threads)))
        found = pool.map(lambda first: twice_in(dealt, range(first, 1 << bits, threads)), range(threads))
        return pl.concat([pl.Series([], dtype=pl.UInt64), *found])


def in_piles(digests: Sequence[pl.Series], bits: int) -> tuple[Digests, Ints]:
    """The same numbers by their first bits, and where each pile begins, with one more at the end."""
    whole = [one.to_numpy() for one in digests]
    starts = np.zeros((1 << bits) + 1, np.int64)
    for one in whole:
        count_piles(one, bits, starts)
    np.cumsum(starts, out=starts)
    dealt, place = np.empty(int(starts[-1]), np.uint64), starts[:-1].copy()
    for one in whole:
        put_in_piles(one, bits, place, dealt)
    return dealt, starts


def twice_in(dealt: Sequence[tuple[Digests, Ints]], piles: Sequence[int]) -> pl.Series:
    """Those of some piles that are there more than once."""
    found, slots = [np.zeros(0, np.uint64)], np.empty(0, np.int32)
    for pile in piles:
        here = np.concatenate([some[starts[pile] : starts[pile + 1]] for some, starts in dealt])
        room = 1 << max(4, int(2 * len(here) - 1).bit_length())
        slots = slots if len(slots) >= room else np.empty(room, np.int32)
        slots[:room] = -1
        again = np.empty(0, np.uint64)
        if number := meet(here, slots[:room], again):
            again = np.empty(number, np.uint64)
            slots[:room] = -1
            meet(here, slots[:room], again)
            found.append(again)
    return pl.Series(np.unique(np.concatenate(found)), dtype=pl.UInt64)


@kernel
def count_piles(digests: Digests, bits: int, starts: Ints) -> None:
    """Add up how many lie in each pile, one place further on."""
    for row in range(digests.shape[0]):
        starts[(np.int64(digests[row] >> np.uint64(40)) >> (24 - bits)) + 1] += 1


@kernel
def put_in_piles(digests: Digests, bits: int, place: Ints, dealt: Digests) -> None:
    """Put each to its pile, at the place that is next there."""
    for row in range(digests.shape[0]):
        pile = np.int64(digests[row] >> np.uint64(40)) >> (24 - bits)
        dealt[place[pile]] = digests[row]
        place[pile] += 1


@kernel
def meet(digests: Digests, slots: NDArray[np.int32], again: Digests) -> int:
    """How many equal one before them; these are written, as far as there is room. `slots` is an empty hash table (-1)."""
    found, mask = 0, slots.shape[0] - 1
    for row in range(digests.shape[0]):
        slot = np.int64(digests[row] >> np.uint64(8)) & mask
        while slots[slot] >= 0 and digests[slots[slot]] != digests[row]:
            slot = (slot + 1) & mask
        if slots[slot] < 0:
            slots[slot] = row
        else:
            if found < again.shape[0]:
                again[found] = digests[row]
            found += 1
    return found
