"""Numbers for what texts name: for leads within a pile, and for the few pairs of campaign and channel of a whole journal.

Texts are told apart by digests, and never one by one; where a half of two digests meets, other digests are to be taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.attribution.paths import Codes, Ints
from smarketing.derivations.compiling import kernel
from smarketing.derivations.matching.order import Digests

Rows = NDArray[np.uint64]
"""Touches (or leads), a row of three numbers each: 64 bits of the lead's digest, the time, and 32 more bits of the digest before the number of its pair."""
Slots = NDArray[np.int32]
Seeds = tuple[int, int]
PAIR = np.uint64(0xFFFF_FFFF)
LEAD_BITS = np.uint64(0xFFFF_FFFF_0000_0000)
MET, FULL = -1, -2
SOME_PAIRS = 1 << 12
"""Room for so many pairs is mostly enough, and stays in the processor's cache."""
APART = np.uint64(0x9E37_79B9_7F4A_7C15)


class SameDigest(Exception):
    """Two texts have one digest: others are to be taken."""


def digests(texts: pl.Series, seeds: Seeds) -> tuple[Digests, Digests]:
    """Two for each text."""
    one, other = (texts.hash(seed).to_numpy() for seed in seeds)
    return one, other


def slots_for(number: int) -> Slots:
    """An empty hash table for so many."""
    return np.full(1 << max(4, int(2 * number - 1).bit_length()), -1, dtype=np.int32)


@dataclass
class Pairs:
    """The pairs of campaign and channel that were met, in some order, by several threads at once. An empty text is none."""

    met: dict[tuple[str | None, str | None], int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def numbered(self, campaigns: pl.Series, channels: pl.Series, seeds: Seeds) -> Codes:
        """The number of each row's pair. Raises SameDigest."""
        halves, here = (*digests(campaigns, seeds), *digests(channels, seeds)), np.empty(len(campaigns), np.int64)
        for room in (SOME_PAIRS, len(here)):
            firsts = np.empty(min(room, len(here)), np.int64)
            found = number_pairs(*halves, slots_for(len(firsts)), firsts, here)
            if found >= 0:
                break
        if found == MET:
            raise SameDigest
        names = zip(*(texts.gather(firsts[:found]).to_list() for texts in (campaigns, channels)), strict=True)
        with self.lock:
            numbers = [self.met.setdefault((campaign or None, channel or None), len(self.met)) for campaign, channel in names]
        return np.array(numbers, np.int32)[here]

    @property
    def campaigns(self) -> pl.Series:
        """The campaign of each pair, by number."""
        return pl.Series("campaign", [campaign for campaign, _ in self.met], dtype=pl.String)

    @property
    def channels(self) -> pl.Series:
        """The channel of each pair, by number."""
        return pl.Series("channel", [channel for _, channel in self.met], dtype=pl.String)


@kernel
def number_pairs(one: Digests, other: Digests, one_more: Digests, other_more: Digests, slots: Slots, firsts: Ints, here: Ints) -> int:  # fmt: skip
    """Number the pairs of texts, each given by the digests of both, as they are met; returns how many, or MET where the first halves of
    two different ones are equal, or FULL where there are more than there is room for.

    `slots` is an empty hash table (-1); `firsts` takes the first row of each pair, `here` each row's pair.
    """
    found, mask = 0, slots.shape[0] - 1
    for row in range(one.shape[0]):
        half = one[row] + one_more[row] * APART
        slot = np.int64(half >> np.uint64(20)) & mask
        while slots[slot] >= 0 and one[firsts[slots[slot]]] + one_more[firsts[slots[slot]]] * APART != half:
            slot = (slot + 1) & mask
        if slots[slot] < 0:
            if found == firsts.shape[0]:
                return FULL
            slots[slot], firsts[found] = found, row
            found += 1
        else:
            first = firsts[slots[slot]]
            if other[first] + other_more[first] * APART != other[row] + other_more[row] * APART:
                return MET
        here[row] = slots[slot]
    return found


@kernel
def number_leads(rows: Rows, slots: Slots, firsts: Ints, lead: Ints) -> int:
    """Number the leads of rows as they are met; returns how many, or MET where the first halves of two different digests are equal.

    `slots` is an empty hash table (-1); `firsts` takes the first row of each lead, `lead` each row's lead.
    """
    found, mask = 0, slots.shape[0] - 1
    for row in range(rows.shape[0]):
        slot = np.int64(rows[row, 0] >> np.uint64(20)) & mask
        while slots[slot] >= 0 and rows[firsts[slots[slot]], 0] != rows[row, 0]:
            slot = (slot + 1) & mask
        if slots[slot] < 0:
            slots[slot], firsts[found] = found, row
            found += 1
        elif (rows[firsts[slots[slot]], 2] ^ rows[row, 2]) & LEAD_BITS:
            return MET
        lead[row] = slots[slot]
    return found
