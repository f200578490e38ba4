"""Touches dealt out to piles as they come, and what became of them: of leads without an opportunity only the paths remain.

Which of two touches of one lead and moment comes first their fact ids say; these are not kept, but asked of the journal at the end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.attribution.lone import Lone
from smarketing.derivations.attribution.paths import Codes, Ints
from smarketing.derivations.attribution.piles.numbering import (
    LEAD_BITS,
    PAIR,
    Pairs,
    Rows,
    SameDigest,
    Seeds,
    Slots,
    digests,
    number_leads,
    slots_for,
)
from smarketing.derivations.attribution.piles.walking import Walks, walked
from smarketing.derivations.compiling import kernel
from smarketing.derivations.matching.order import Digests
from smarketing.journal.fact import INSTANT

PILE = 1 << 15
"""About so many touches lie in a pile."""
MOST = 12
"""Two to this power is the number of piles at most."""
SEEDS = (1, 2)
Dealt = tuple[Rows, Ints]
"""Rows by pile, and where each pile begins, with one more at the end."""
Load = Callable[[], pl.DataFrame]
"""Gives some facts."""
AtTimes = Callable[[pl.Series], pl.DataFrame]
"""Gives all touches of some instants, with their fact ids."""
TIED = ("one", "other", "at")


@dataclass(frozen=True, slots=True)
class Parted:
    """What became of the touches: `known`, the rows `lead_id, at, fact_id, campaign, channel` of the leads that were named, lead after
    lead in order (a fact id only where it was asked for); and the paths of all other leads."""

    known: pl.DataFrame
    alone: Lone


@dataclass
class Touches:
    """The touches of a journal, dealt out by lead. `expected`: about how many there will be."""

    expected: int
    seeds: Seeds = SEEDS
    pairs: Pairs = field(default_factory=Pairs)
    dealt: list[Dealt] = field(default_factory=list)
    room: list[Rows] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @cached_property
    def bits(self) -> int:
        """There are two to the power of so many piles."""
        return min((max(self.expected, 1) // PILE).bit_length(), MOST)

    def see(self, facts: pl.DataFrame, touch: NDArray[np.bool_]) -> None:
        """Take in some facts (`lead_id, at, campaign, channel`), of which some are a `touch`. Raises SameDigest."""
        one, other = digests(facts["lead_id"], self.seeds)
        at = facts["at"].to_physical().to_numpy()
        pair = self.pairs.numbered(facts["campaign"], facts["channel"], self.seeds)
        self.dealt.append(self.deal(one, other, at, pair, touch, self.some_room(int(touch.sum()))))

    def some_room(self, rows: int) -> Rows:
        """Where so many rows find place. It is taken for all at once: memory comes quicker in large pieces."""
        with self.lock:
            if not self.room or len(self.room[-1]) < rows:
                self.room.append(np.empty((max(rows, self.expected), 3), np.uint64))
            last = self.room.pop()
            self.room.append(last[rows:])
        return last[:rows]

    def deal(self, one: Digests, other: Digests, at: Ints, pair: Codes, chosen: NDArray[np.bool_], rows: Rows) -> Dealt:
        """The chosen rows, put together by pile."""
        starts = np.zeros((1 << self.bits) + 1, np.int64)
        deal_out(one, other, at, pair, chosen, self.bits, starts, np.empty(1 << self.bits, np.int64), rows)
        return rows, starts

    def strike(self, leads: pl.Series) -> None:
        """Take away the touches of some leads. Raises SameDigest."""
        struck, _ = self.leads(leads)
        slots, firsts = slots_for(len(struck)), np.arange(len(struck))
        if number_leads(struck, slots, np.empty(len(struck), np.int64), np.empty(len(struck), np.int64)) != len(struck):
            raise SameDigest
        for rows, starts in self.dealt:
            strike_out(rows, starts, struck, slots, firsts)

    def see_all(self, loads: Iterable[Load], are_touches: Callable[[pl.DataFrame], pl.Series], *, threads: int) -> None:
        """Take in all parts of a journal; never more than one for each thread is waiting, for all that wait are in memory."""

        def seen(load: Load) -> None:
            facts = load()
            self.see(facts, are_touches(facts).to_numpy())

        waiting = deque[Future[None]]()
        with ThreadPoolExecutor(threads) as pool:
            for load in loads:
                if len(waiting) == threads:
                    waiting.popleft().result()
                waiting.append(pool.submit(seen, load))
            for one in waiting:
                one.result()

    def parted(self, known: pl.Series, at_times: AtTimes, *, since: int, shared: NDArray[np.bool_], threads: int = 1) -> Parted:
        """The touches of the leads that are `known`, and the paths from `since` on (µs) of all others. `shared`: which of the known walk
        a path together with another lead. Raises SameDigest."""
        walks = self.walks(known, since, threads)
        rows, whose = end_to_end(walks, "known"), end_to_end(walks, "number")
        pairs, theirs = end_to_end(walks, "pairs"), (rows[:, 2] & PAIR).astype(np.int32)
        fact_ids = self.untie(walks, rows, shared[whose], pairs, theirs, at_times)
        at = pl.Series("at", np.ascontiguousarray(rows[:, 1]).view(np.int64)).cast(INSTANT)
        frame = pl.DataFrame([known.gather(whose).alias("lead_id"), at, fact_ids, *self.named(theirs)])
        names, codes = self.campaign_codes()
        return Parted(frame, Lone(names, codes[pairs], end_to_end(walks, "lengths")))

    def walks(self, known: pl.Series, since: int, threads: int) -> list[Walks]:
        """The paths of the piles, of some for each thread; the piles are gone then."""
        leads, piles = [one for (one,) in self.piles([self.leads(known)])], list(self.piles(self.dealt))
        some = -(-len(piles) // threads)

        def walked_from(first: int) -> Walks:
            return walked(leads[first : first + some], piles[first : first + some], since=since)

        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(walked_from, range(0, len(piles), some)))
        self.dealt.clear()
        self.room.clear()
        return found

    def leads(self, known: pl.Series) -> Dealt:
        """Some leads, with their places as the numbers of pairs."""
        one, other = digests(known, self.seeds)
        every = np.arange(len(known), dtype=np.int64)
        rows = np.empty((len(known), 3), np.uint64)
        return self.deal(one, other, every, every.astype(np.int32), np.ones(len(known), np.bool_), rows)

    def piles(self, dealt: Sequence[Dealt]) -> Iterator[list[Rows]]:
        """What lies in each pile."""
        for pile in range(1 << self.bits):
            yield [rows[starts[pile] : starts[pile + 1]] for rows, starts in dealt]

    def named(self, pairs: Codes) -> Iterator[pl.Series]:
        """The campaign and the channel of touches."""
        for names in (self.pairs.campaigns, self.pairs.channels):
            yield names.cast(pl.Categorical).gather(pairs)

    def campaign_codes(self) -> tuple[pl.Series, Codes]:
        """The campaigns that were met, in code-point order, and the number of each pair's among them (-1: none)."""
        names = self.pairs.campaigns.unique().drop_nulls().sort()
        number = {name: code for code, name in enumerate(names)}
        return names, np.array([number.get(name, -1) for name in self.pairs.campaigns], np.int32)

    def untie(
        self, walks: Sequence[Walks], rows: Rows, shared: NDArray[np.bool_], pairs: Codes, known: Codes, at_times: AtTimes
    ) -> pl.Series:
        """Put the touches of one lead and moment in the order of their fact ids, in place; returns the ids of the known, as far as asked for."""
        tied, tied_known = offset(walks, "tied", "pairs"), offset(walks, "tied_known", "known")
        tied_known = np.union1d(tied_known, met_again(rows, shared))
        fact_ids = pl.Series("fact_id", [None], dtype=pl.String).new_from_index(0, len(rows))
        if not len(tied) + len(tied_known):
            return fact_ids
        asked = np.concatenate([end_to_end(walks, "tied_rows"), rows[tied_known]])
        places = pl.concat([places_of(asked[: len(tied)], tied), places_of(asked[len(tied) :], tied_known, known=True)])
        found = self.in_turn(places, at_times(places["at"].unique()))
        for of_known, codes in ((False, pairs), (True, known)):
            these = found.filter(pl.col("known") == of_known)
            codes[these["place"].to_numpy()] = these["pair"].to_numpy()
        these = found.filter("known").sort("place")
        return fact_ids.scatter(these["place"], these["fact_id"]) if these.height else fact_ids

    def in_turn(self, places: pl.DataFrame, touches: pl.DataFrame) -> pl.DataFrame:
        """`place, known, pair, fact_id`: the touches of the leads and moments that have places, in the order of their fact ids."""
        one, other = digests(touches["lead_id"], self.seeds)
        pair = self.pairs.numbered(touches["campaign"], touches["channel"], self.seeds)
        found = touches.select("at", "fact_id", one=one, other=other & LEAD_BITS, pair=pair)
        found = found.join(places.unique(TIED), on=TIED, how="semi").sort(*TIED, "fact_id")
        return pl.concat(
            [found.select("pair", "fact_id"), places.sort(*TIED, "place").select("place", "known")], how="horizontal"
        )


def end_to_end(walks: Sequence[Walks], name: str) -> NDArray[Any]:
    """One array of all piles."""
    return np.concatenate([getattr(walk, name) for walk in walks])


def offset(walks: Sequence[Walks], name: str, among: str) -> Ints:
    """Places within piles as places among all."""
    before = np.cumsum([0, *(len(getattr(walk, among)) for walk in walks[:-1])])
    return np.concatenate([getattr(walk, name) + start for walk, start in zip(walks, before.tolist(), strict=True)])


def met_again(rows: Rows, chosen: NDArray[np.bool_]) -> Ints:
    """Which of the chosen rows have a time in common with another one of these."""
    places = np.flatnonzero(chosen)
    return places[pl.Series(rows[places, 1]).is_duplicated().to_numpy()] if len(places) else places


def places_of(rows: Rows, places: Ints, *, known: bool = False) -> pl.DataFrame:
    """`one, other, at, place, known`: rows by the digests of their leads and their times, with their places."""
    one, at, other = np.ascontiguousarray(rows.T)
    times = pl.Series(at.view(np.int64)).cast(INSTANT)
    return pl.DataFrame(
        {"one": one, "other": other & LEAD_BITS, "at": times, "place": places, "known": np.full(len(rows), known)}
    )


@kernel
def strike_out(rows: Rows, starts: Ints, struck: Rows, slots: Slots, firsts: Ints) -> None:
    """Keep of each pile the rows whose lead is none of those struck, in place. `slots`: a hash table of these, see `number_leads`."""
    mask, to, first = slots.shape[0] - 1, 0, 0
    for pile in range(starts.shape[0] - 1):
        last = starts[pile + 1]
        for row in range(first, last):
            slot = np.int64(rows[row, 0] >> np.uint64(20)) & mask
            while slots[slot] >= 0 and struck[firsts[slots[slot]], 0] != rows[row, 0]:
                slot = (slot + 1) & mask
            if slots[slot] < 0 or (struck[firsts[slots[slot]], 2] ^ rows[row, 2]) & LEAD_BITS:
                rows[to, 0], rows[to, 1], rows[to, 2] = rows[row, 0], rows[row, 1], rows[row, 2]
                to += 1
        starts[pile + 1], first = to, last


@kernel
def deal_out(one: Digests, other: Digests, at: Ints, pair: Codes, chosen: NDArray[np.bool_], bits: int, starts: Ints, place: Ints, rows: Rows) -> None:  # fmt: skip
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
            rows[to, 0], rows[to, 1], rows[to, 2] = one[row], np.uint64(at[row]), other[row] & LEAD_BITS | np.uint64(pair[row])
            place[its] = to + 1
