"""One pile of touches in the order of its leads and times: who walked which path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smarketing.derivations.attribution.paths import Codes, Ints
from smarketing.derivations.attribution.piles.numbering import (
    PAIR,
    Leads,
    Rows,
    SameDigest,
    number_known,
    number_leads,
    slots_for,
)
from smarketing.derivations.compiling import kernel

GAPS = np.array([88573, 29524, 9841, 3280, 1093, 364, 121, 40, 13, 4, 1], np.int64)
"""Of a sort by ever smaller gaps: most leads are so short that only the last one counts (D. L. Shell 1959, gaps of D. E. Knuth)."""
Marks = NDArray[np.bool_]


class Walks(NamedTuple):
    """The paths of one pile. Of leads that are not known: `pairs` of their touches inside the look-back, path after path, and the `lengths`
    of these. Of those that are: the rows of all their touches, lead after lead, with the `number` of each row's lead. `tied`, `tied_known`:
    which of either have their lead and time in common with one of another pair; `tied_rows`: the rows of the first of these."""

    pairs: Codes
    lengths: Ints
    tied: Ints
    tied_rows: Rows
    known: Rows
    number: Ints
    tied_known: Ints


def walked(pieces: Sequence[Rows], leads: Leads, itself: Ints, *, since: int) -> Walks:
    """The paths of the touches in one pile, which lies there in pieces; `itself`: 0, 1, 2… for the known leads. Raises SameDigest."""
    rows = np.concatenate(pieces)
    lead, firsts = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    found = number_leads(rows, slots_for(len(rows)), firsts, lead)
    if found < 0:
        raise SameDigest
    number, starts = np.empty(found, np.int64), np.zeros(found + 1, np.int64)
    number_known(rows, firsts, leads.rows, itself, leads.slots, number)
    ordered, tied = np.empty_like(rows), np.zeros(len(rows), np.bool_)
    put_in_order(rows, lead, starts, np.empty(found, np.int64), GAPS, ordered)
    ties = mark_ties(ordered, starts, tied)
    pairs, lengths, kept = np.empty(len(rows), np.int32), np.empty(found, np.int64), np.empty(len(rows), np.int64)
    theirs, whose = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    counts = np.zeros(3, np.int64)
    part_known(ordered, starts, number, since, pairs, kept, lengths, theirs, whose, counts)
    touches, paths, mine = counts.tolist()
    none = np.zeros(0, np.int64)
    places, places_known = (np.flatnonzero(tied[kept[:touches]]), np.flatnonzero(tied[theirs[:mine]])) if ties else (none, none)
    return Walks(
        pairs[:touches], lengths[:paths], places, ordered[kept[places]], ordered[theirs[:mine]], whose[:mine], places_known
    )  # fmt: skip


@kernel
def put_in_order(rows: Rows, lead: Ints, starts: Ints, place: Ints, gaps: Ints, ordered: Rows) -> None:
    """The rows by lead and time; `starts` says where each lead's begin, with one more at the end."""
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
def part_known(rows: Rows, starts: Ints, number: Ints, since: int, pairs: Codes, kept: Ints, lengths: Ints, theirs: Ints, whose: Ints, counts: Ints) -> None:  # fmt: skip
    """Write the paths of unknown leads from `since` on, and which rows they are; and the rows of known leads, with the number of each.
    `counts` takes how many touches and paths there are of the first, and how many rows of the others."""
    touches, paths, mine = 0, 0, 0
    for lead in range(number.shape[0]):
        if number[lead] >= 0:
            for row in range(starts[lead], starts[lead + 1]):
                theirs[mine], whose[mine] = row, number[lead]
                mine += 1
            continue
        before = touches
        for row in range(starts[lead], starts[lead + 1]):
            if np.int64(rows[row, 1]) >= since:
                pairs[touches], kept[touches] = np.int32(rows[row, 2] & PAIR), row
                touches += 1
        if touches > before:
            lengths[paths] = touches - before
            paths += 1
    counts[0], counts[1], counts[2] = touches, paths, mine
