"""One pile of touches in the order of its leads and times: who walked which path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smarketing.derivations.attribution.paths import Codes, Ints
from smarketing.derivations.attribution.piles.numbering import PAIR, Rows, SameDigest, Slots, number_leads, slots_for
from smarketing.derivations.compiling import kernel

GAPS = np.array([88573, 29524, 9841, 3280, 1093, 364, 121, 40, 13, 4, 1], np.int64)
"""Of a sort by ever smaller gaps: most leads are so short that only the last one counts (D. L. Shell 1959, gaps of D. E. Knuth)."""
Marks = NDArray[np.bool_]
NOWHERE, NO_ROWS = np.zeros(0, np.int64), np.empty((0, 3), np.uint64)


class Walks(NamedTuple):
    """The paths of some piles. Of leads that are not known: `pairs` of their touches inside the look-back, path after path, and the `lengths`
    of these. Of those that are: the rows of all their touches, lead after lead, with the `number` of each row's lead. `tied`, `tied_known`:
    which of either have their lead and time in common with one of another pair; `tied_rows`: the rows of the first of these."""

    pairs: Codes
    lengths: Ints
    tied: Ints
    tied_rows: Rows
    known: Rows
    number: Ints
    tied_known: Ints


class Desk(NamedTuple):
    """Room to put one pile in order after the other: memory that is touched for the first time takes longer than what is done with it."""

    rows: Rows
    ordered: Rows
    lead: Ints
    firsts: Ints
    starts: Ints
    kept: Ints
    slots: Slots
    tied: Marks

    @classmethod
    def of(cls, rows: int) -> Desk:
        """Room for so many rows, of leads and of touches."""
        lead, firsts, starts, kept = (np.empty(rows + 1, np.int64) for _ in range(4))
        some, others = (np.empty((rows, 3), np.uint64) for _ in range(2))
        return cls(some, others, lead, firsts, starts, kept, slots_for(rows), np.empty(rows, np.bool_))


def walked(known: Sequence[Rows], piles: Sequence[Sequence[Rows]], *, since: int) -> Walks:
    """The paths of the touches in some piles, of which each lies there in pieces; `known`: the known leads among those of each pile, whose
    rows have their numbers. Raises SameDigest."""
    sizes = [sum(map(len, pieces)) for pieces in piles]
    desk = Desk.of(max((len(leads) + size for leads, size in zip(known, sizes, strict=True)), default=0))
    pairs, lengths, counts = np.empty(sum(sizes), np.int32), np.empty(sum(sizes), np.int64), np.zeros(2, np.int64)
    tied, tied_known, tied_rows, mine, whose, before = [NOWHERE], [NOWHERE], [NO_ROWS], [NO_ROWS], [NOWHERE], 0
    for leads, pieces in zip(known, piles, strict=True):
        first = int(counts[0])
        rows, starts, ties = laid_out(desk, leads, pieces)
        paths_since(rows, starts, len(leads), since, pairs, desk.kept, lengths, counts)
        theirs = int(starts[len(leads)])
        mine.append(rows[:theirs].copy())
        whose.append(np.repeat((leads[:, 2] & PAIR).astype(np.int64), np.diff(starts[: len(leads) + 1])))
        if ties:
            places = np.flatnonzero(desk.tied[desk.kept[: counts[0] - first]])
            tied.append(places + first)
            tied_rows.append(rows[desk.kept[places]])
            tied_known.append(np.flatnonzero(desk.tied[:theirs]) + before)
        before += theirs
    return Walks(
        pairs[: counts[0]], lengths[: counts[1]], np.concatenate(tied), np.concatenate(tied_rows), np.concatenate(mine),
        np.concatenate(whose), np.concatenate(tied_known),
    )  # fmt: skip


def laid_out(desk: Desk, leads: Rows, pieces: Sequence[Rows]) -> tuple[Rows, Ints, int]:
    """The rows of one pile by lead and time, the given leads' before all others'; where each lead's begin, with one more at the end; and how
    many are tied. Raises SameDigest."""
    number = len(leads) + sum(map(len, pieces))
    rows, slots = desk.rows[:number], desk.slots[: 1 << max(4, int(2 * number - 1).bit_length())]
    np.concatenate([leads, *pieces], out=rows)
    slots[:] = -1
    found = number_leads(rows, slots, desk.firsts, desk.lead)
    if found < 0 or (desk.lead[: len(leads)] != np.arange(len(leads))).any():
        raise SameDigest
    rows, lead, ordered = rows[len(leads) :], desk.lead[len(leads) : number], desk.ordered[: number - len(leads)]
    starts = desk.starts[: found + 1]
    put_in_order(rows, lead, starts, desk.firsts[:found], GAPS, ordered)
    return ordered, starts, mark_ties(ordered, starts, desk.tied)


@kernel
def put_in_order(rows: Rows, lead: Ints, starts: Ints, place: Ints, gaps: Ints, ordered: Rows) -> None:
    """The rows by lead and time; `starts` says where each lead's begin, with one more at the end."""
    starts[:] = 0
    for row in range(lead.shape[0]):
        starts[lead[row] + 1] += 1
    for code in range(place.shape[0]):
        starts[code + 1] += starts[code]
        place[code] = starts[code]
    for row in range(lead.shape[0]):
        to = place[lead[row]]
        ordered[to, 0], ordered[to, 1], ordered[to, 2] = rows[row, 0], rows[row, 1], rows[row, 2]
        place[lead[row]] = to + 1
    for code in range(place.shape[0]):
        by_time(ordered, starts[code], starts[code + 1], gaps)


@kernel
def by_time(rows: Rows, first: int, last: int, gaps: Ints) -> None:
    """Sort rows of one lead by time, in place."""
    for index in range(gaps.shape[0]):
        gap = gaps[index]
        for row in range(first + gap, last):
            if np.int64(rows[row - gap, 1]) > np.int64(rows[row, 1]):
                one, at, other, to = rows[row, 0], rows[row, 1], rows[row, 2], row
                while to >= first + gap and np.int64(rows[to - gap, 1]) > np.int64(at):
                    rows[to, 0], rows[to, 1], rows[to, 2] = rows[to - gap, 0], rows[to - gap, 1], rows[to - gap, 2]
                    to -= gap
                rows[to, 0], rows[to, 1], rows[to, 2] = one, at, other


@kernel
def mark_ties(rows: Rows, starts: Ints, tied: Marks) -> int:
    """Mark the touches of one lead and moment where not all are of one pair, so that it matters which comes first; returns how many."""
    found = 0
    tied[: rows.shape[0]] = False
    for lead in range(starts.shape[0] - 1):
        first = starts[lead]
        while first < starts[lead + 1]:
            last, differ = first + 1, False
            while last < starts[lead + 1] and rows[last, 1] == rows[first, 1]:
                differ = differ or rows[last, 2] != rows[first, 2]
                last += 1
            if differ:
                tied[first:last] = True
                found += last - first
            first = last
    return found


@kernel
def paths_since(rows: Rows, starts: Ints, first: int, since: int, pairs: Codes, kept: Ints, lengths: Ints, counts: Ints) -> None:
    """Write the paths of the leads from the number `first` on, of their touches from `since` on, behind those that are there; and which rows
    these are. `counts` says how many touches and how many paths there are."""
    touches, paths, here = counts[0], counts[1], 0
    for lead in range(first, starts.shape[0] - 1):
        before = touches
        for row in range(starts[lead], starts[lead + 1]):
            if np.int64(rows[row, 1]) >= since:
                pairs[touches], kept[here] = np.int32(rows[row, 2] & PAIR), row
                touches += 1
                here += 1
        if touches > before:
            lengths[paths] = touches - before
            paths += 1
    counts[0], counts[1] = touches, paths
