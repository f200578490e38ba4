"""The paths of leads that have to do with no opportunity: of their touches only the campaigns remain, in order.

Where touches come in any order, they are dealt out by the digests of their leads to piles so small that they stay in the processor's cache
while their leads are told apart. No text is kept: which of two touches of one lead and moment comes first is asked of the journal at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.attribution.paths import Codes, Ints
from smarketing.derivations.compiling import kernel
from smarketing.derivations.matching.order import Digests, find_ties, gather_leads, number_by_digest

PILE = 1 << 15
"""About so many touches lie in a pile."""
BITS = 21
"""So many first bits of a digest tell that a lead is none of some others, mostly."""
SEEDS = (1, 2)
TIED = ("one", "other", "at")


class Lone(NamedTuple):
    """Paths without a sale. `names`: the campaigns that occur, in code-point order; `codes`: the touches of all paths, one path after the
    other; `lengths`: how many each path has."""

    names: pl.Series
    codes: Codes
    lengths: Ints


Rows = NDArray[np.uint64]
"""Touches, a row of four numbers each: the two digests of the lead, the time, the code of the campaign."""


NOTHING = np.empty((0, 4), np.uint64)


class Known(NamedTuple):
    """Some leads by their digests: a hash table of them (see `number_by_digest`), and a bit for the first bits of each, eight to a byte,
    so few bytes that they stay in the processor's cache."""

    one: Digests
    other: Digests
    places: NDArray[np.int32]
    firsts: Ints
    bits: NDArray[np.uint8]


class Ordered(NamedTuple):
    """A pile in order: its codes, the lengths of its paths, and at which places touches stand that have a lead and a time in common."""

    codes: Codes
    lengths: Ints
    places: Ints
    tied: pl.DataFrame


class SameDigest(Exception):
    """Two leads have one digest: others are to be taken."""


def lone_paths(campaigns: pl.Series, lead: NDArray[np.uint32]) -> Lone:
    """The paths of touches that stand lead after lead, in order."""
    begins = np.flatnonzero(np.append(True, lead[1:] != lead[:-1])) if len(lead) else np.zeros(0, np.int64)
    return Lone(*coded(campaigns), np.diff(np.append(begins, len(lead))).astype(np.int64))


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


@dataclass
class Touches:
    """The touches of all leads but some, which are `concerned` with an opportunity, as they come, in any order.

    `expected`: about how many there will be. `names`: numbers are given to campaigns as long as it is there.
    """

    concerned: pl.Series
    expected: int
    seeds: tuple[int, int] = SEEDS
    names: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.Categorical(pl.Categories.random())))
    dealt: list[tuple[Rows, Ints]] = field(default_factory=list)
    known: Known = field(init=False)

    @cached_property
    def bits(self) -> int:
        """There are two to the power of so many piles."""
        return (max(self.expected, 1) // PILE).bit_length()

    def __post_init__(self) -> None:
        """Raises SameDigest."""
        one, other = self.digests(self.concerned)
        places, firsts = table_for(len(one)), np.empty(len(one), np.int64)
        if number_by_digest(one, other, places, firsts, np.empty(len(one), np.int64)) < 0:
            raise SameDigest
        self.known = Known(one, other, places, firsts, bits_of(one))

    def digests(self, leads: pl.Series) -> tuple[Digests, Digests]:
        """Two for each lead."""
        one, other = (leads.hash(seed).to_numpy() for seed in self.seeds)
        return one, other

    def see(self, facts: pl.DataFrame, touch: pl.Series, *, since: int) -> pl.Series:
        """Take in some facts (`lead_id, at, campaign`), of which some are a `touch`; those of a concerned lead are left to the caller,
        who is told which these are, and those before an instant (µs) to nobody."""
        facts = facts.select(
            "lead_id", "at", pl.col("campaign").cast(self.names.dtype)
        ).rechunk()  # or kernels take arrays of two kinds
        code = facts["campaign"].to_physical().cast(pl.Int32).fill_null(-1).to_numpy()
        (one, other), at = self.digests(facts["lead_id"]), facts["at"].to_physical().to_numpy()
        mine, others = np.zeros(len(code), dtype=np.bool_), touch.to_numpy().copy()
        number = tell_apart(one, other, at, since, *self.known, mine, others)
        rows, starts = np.empty((number, 4), np.uint64), np.zeros((1 << self.bits) + 1, np.int64)
        deal_out(one, other, at, code, others, self.bits, starts, np.empty(1 << self.bits, np.int64), rows)
        self.dealt.append((rows, starts))
        return pl.Series(mine)

    def paths(self, at_times: Callable[[pl.Series], pl.DataFrame], *, threads: int = 1) -> Lone:
        """Their paths; `at_times` gives all touches of some instants, with their `fact_id`. Raises SameDigest."""
        with ThreadPoolExecutor(threads) as pool:
            ordered = list(pool.map(in_paths, self.piles()))
        codes = np.concatenate([pile.codes for pile in ordered])
        tied = tied_places(ordered)
        if tied.height:
            first = self.in_turn(tied, at_times(tied["at"].unique()))
            codes[first["place"].to_numpy()] = first["code"].to_numpy()
        return Lone(*by_name(numbered(self.names), codes), np.concatenate([pile.lengths for pile in ordered]))

    def piles(self) -> Iterator[list[Rows]]:
        """What lies in each pile."""
        for pile in range(1 << self.bits):
            yield [NOTHING, *(rows[starts[pile] : starts[pile + 1]] for rows, starts in self.dealt)]

    def in_turn(self, tied: pl.DataFrame, touches: pl.DataFrame) -> pl.DataFrame:
        """`place, code`: the touches of one lead and moment in the order of their fact ids."""
        one, other = self.digests(touches["lead_id"])
        code = touches["campaign"].cast(self.names.dtype).to_physical().cast(pl.Int32)
        found = touches.select("at", "fact_id", one=one, other=other, code=code).join(tied.unique(TIED), on=TIED, how="semi")
        places = tied.sort(*TIED, "place")["place"]
        return found.sort(*TIED, "fact_id").select("code", place=places)


def in_paths(pieces: Sequence[Rows]) -> Ordered:
    """One pile in the order of its leads and times."""
    one, other, times, codes = np.ascontiguousarray(np.concatenate(pieces).T)
    at, code = times.view(np.int64), codes.astype(np.int32)
    lead, n_leads = leads_of(one, other)
    by_time = np.arange(len(at)) if (at[1:] >= at[:-1]).all() else np.argsort(at, kind="stable")
    order, starts = np.empty(len(at), np.int64), np.zeros(n_leads + 1, np.int64)
    gather_leads(lead, by_time, order, starts, np.empty(n_leads, np.int64))
    same = np.zeros(len(order), dtype=np.bool_)
    places = np.flatnonzero(same) if find_ties(order, lead, at, same) else np.zeros(0, np.int64)
    rows = order[places]
    return Ordered(code[order], np.diff(starts), places, tied_rows(one[rows], other[rows], at[rows]))


def leads_of(one: Digests, other: Digests) -> tuple[Ints, int]:
    """The number of each row's lead, and how many there are. Raises SameDigest."""
    lead = np.empty(len(one), dtype=np.int64)
    found = number_by_digest(one, other, table_for(len(one)), np.empty(len(one), np.int64), lead)
    if found < 0:
        raise SameDigest
    return lead, found


def table_for(number: int) -> NDArray[np.int32]:
    """An empty hash table for so many."""
    return np.full(1 << max(4, int(2 * number - 1).bit_length()), -1, dtype=np.int32)


def bits_of(digests: Digests) -> NDArray[np.uint8]:
    """Which first bits there are."""
    bits = np.zeros(1 << BITS, dtype=np.bool_)
    bits[digests >> np.uint64(64 - BITS)] = True
    return np.packbits(bits, bitorder="little")


def tied_rows(one: Digests, other: Digests, at: Ints) -> pl.DataFrame:
    """Rows by the digests of their leads and their times."""
    return pl.DataFrame({"one": one, "other": other, "at": pl.Series(at).cast(pl.Datetime("us", "UTC"))})


def tied_places(ordered: Sequence[Ordered]) -> pl.DataFrame:
    """`one, other, at, place`: the touches that have a lead and a moment in common, with their places among all."""
    before, found = 0, [tied_rows(*np.zeros((3, 0), np.int64)).cast({"one": pl.UInt64, "other": pl.UInt64})]
    places = [np.zeros(0, np.int64)]
    for pile in ordered:
        if len(pile.places):
            found.append(pile.tied)
            places.append(pile.places + before)
        before += len(pile.codes)
    return pl.concat(found).with_columns(place=pl.Series(np.concatenate(places)))


@kernel
def tell_apart(one: Digests, other: Digests, at: Ints, since: int, known_one: Digests, known_other: Digests, places: NDArray[np.int32], firsts: Ints, bits: NDArray[np.uint8], mine: NDArray[np.bool_], others: NDArray[np.bool_]) -> int:  # fmt: skip
    """Mark those of `others` whose lead is known as `mine` instead, and take away those before `since`; returns how many are left."""
    last, left = places.shape[0] - 1, 0
    for row in range(one.shape[0]):
        if not others[row]:
            continue
        first = one[row] >> np.uint64(64 - BITS)
        if bits[first >> np.uint64(3)] >> (first & np.uint64(7)) & np.uint64(1):
            place = np.int64(one[row] >> np.uint64(20)) & last
            while places[place] >= 0 and known_one[firsts[places[place]]] != one[row]:
                place = (place + 1) & last
            mine[row] = places[place] >= 0 and known_other[firsts[places[place]]] == other[row]
        others[row] = not mine[row] and at[row] >= since
        left += others[row]
    return left


@kernel
def deal_out(one: Digests, other: Digests, at: Ints, code: Codes, chosen: NDArray[np.bool_], bits: int, starts: Ints, place: Ints, rows: Rows) -> None:  # fmt: skip
    """Put each chosen row to its pile, which the first bits of its digest name; `starts` says where each pile begins, with one more at the end."""
    for row in range(one.shape[0]):
        if chosen[row]:
            starts[np.int64(one[row] >> np.uint64(40)) >> (24 - bits)] += 1
    for pile in range(place.shape[0], 0, -1):
        starts[pile] = starts[pile - 1]
    starts[0] = 0
    for pile in range(place.shape[0]):
        place[pile] = starts[pile]
        starts[pile + 1] += starts[pile]
    for row in range(one.shape[0]):
        if chosen[row]:
            its = np.int64(one[row] >> np.uint64(40)) >> (24 - bits)
            to = place[its]
            rows[to, 0], rows[to, 1], rows[to, 2], rows[to, 3] = one[row], other[row], np.uint64(at[row]), np.uint64(code[row])
            place[its] = to + 1
