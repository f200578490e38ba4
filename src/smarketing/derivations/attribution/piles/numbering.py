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
from smarketing.derivations.matching.order import Digests, number_by_digest

Rows = NDArray[np.uint64]
"""Touches, a row of three numbers each: 64 bits of the lead's digest, the time, and 32 more bits of the digest before the number of its pair."""
Slots = NDArray[np.int32]
Seeds = tuple[int, int]
PAIR = np.uint64(0xFFFF_FFFF)
LEAD_BITS = np.uint64(0xFFFF_FFFF_0000_0000)
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
        one, other = (a + b * APART for a, b in zip(digests(campaigns, seeds), digests(channels, seeds), strict=True))
        here, firsts = np.empty(len(one), np.int64), np.empty(len(one), np.int64)
        found = number_by_digest(one, other, slots_for(len(one)), firsts, here)
        if found < 0:
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


@dataclass(frozen=True, slots=True)
class Leads:
    """Some leads, numbered as they stand: a row of each (see Rows), and a hash table of them."""

    rows: Rows
    slots: Slots

    @classmethod
    def of(cls, leads: pl.Series, seeds: Seeds) -> Leads:
        """Distinct leads. Raises SameDigest."""
        one, other = digests(leads, seeds)
        rows = np.ascontiguousarray(np.stack([one, np.zeros_like(one), other & LEAD_BITS]).T)
        slots = slots_for(len(rows))
        if number_leads(rows, slots, np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)) != len(rows):
            raise SameDigest
        return cls(rows, slots)


@kernel
def slot_of(rows: Rows, row: int, known: Rows, firsts: Ints, slots: Slots) -> int:
    """The slot of a row's lead among those known, whose number n has the row `firsts[n]`; or the free one where it would be."""
    mask = slots.shape[0] - 1
    slot = np.int64(rows[row, 0] >> np.uint64(20)) & mask
    while slots[slot] >= 0 and known[firsts[slots[slot]], 0] != rows[row, 0]:
        slot = (slot + 1) & mask
    return slot


@kernel
def number_leads(rows: Rows, slots: Slots, firsts: Ints, lead: Ints) -> int:
    """Number the leads of rows as they are met; returns how many, or -1 where the first half of two different digests is equal.

    `slots` is an empty hash table (-1); `firsts` takes the first row of each lead, `lead` each row's lead.
    """
    found = 0
    for row in range(rows.shape[0]):
        slot = slot_of(rows, row, rows, firsts, slots)
        if slots[slot] < 0:
            slots[slot], firsts[found] = found, row
            found += 1
        elif (rows[firsts[slots[slot]], 2] ^ rows[row, 2]) & LEAD_BITS:
            return -1
        lead[row] = slots[slot]
    return found


@kernel
def number_known(rows: Rows, firsts: Ints, known: Rows, itself: Ints, slots: Slots, number: Ints) -> None:
    """Write the number that each lead, whose first row is given, has among those known; -1 for one that is not. `itself`: 0, 1, 2…"""
    for lead in range(number.shape[0]):
        row = firsts[lead]
        found = slots[slot_of(rows, row, known, itself, slots)]
        number[lead] = found if found >= 0 and not (known[found, 2] ^ rows[row, 2]) & LEAD_BITS else -1
