"""The five models that look at one path at a time: first, last, linear, position and time decay.

A path's campaigns are its rows, each once, in the order of their codes. Repeats count: a campaign that was touched twice gets what
both touches get.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smarketing.derivations.attribution.paths import Codes, Floats, Ints
from smarketing.derivations.compiling import kernel

FIRST, LAST, LINEAR, POSITION, TIME_DECAY = range(5)
HEURISTICS = ("first", "last", "linear", "position", "time_decay")


class Ladder(NamedTuple):
    """Of what `position` gives to the first touch, to all between together and to the last; together 1."""

    first: float
    between: float
    last: float


class Rows(NamedTuple):
    """The campaigns of paths: those of path p are the rows `starts[p]:starts[p + 1]`, ascending by `codes`."""

    starts: Ints
    codes: Codes


def rows_of(codes: Codes, starts: Ints, *, n_codes: int) -> Rows:
    """The distinct campaigns of each path."""
    row_starts = np.zeros(len(starts), dtype=np.int64)
    count_rows(codes, starts, np.full(n_codes, -1, dtype=np.int64), row_starts)
    rows = Rows(row_starts, np.empty(int(row_starts[-1]), np.int32))
    list_rows(codes, starts, np.full(n_codes, -1, dtype=np.int64), *rows)
    return rows


def heuristic_shares(
    codes: Codes, starts: Ints, ages: Floats, ladder: Ladder, rows: Rows, *, n_codes: int
) -> tuple[Ints, Floats]:
    """How many of its path's touches are each row's; and what each of the HEURISTICS gives it, a column each.

    `ages`: how many half-lives before the path's last touch each touch is.
    """
    n = len(rows.codes)
    touches, shares = np.zeros(n, np.int64), np.zeros((n, len(HEURISTICS)))
    share_touches(codes, starts, ages, np.array(ladder), np.zeros(n_codes, np.int64), *rows, touches, shares)
    return touches, shares


def first_named(codes: Codes, starts: Ints, named: Codes, rows: Rows, *, n_codes: int) -> Codes:
    """Of each row the first thing that one of its touches names (-1: none does)."""
    found = np.full(len(rows.codes), -1, dtype=np.int32)
    find_named(codes, starts, named, np.zeros(n_codes, np.int64), *rows, found)
    return found


@kernel
def count_rows(codes: Codes, starts: Ints, seen: Ints, row_starts: Ints) -> None:
    """Write where the rows of each path begin; `seen` is -1 for every code."""
    for p in range(starts.shape[0] - 1):
        n = 0
        for i in range(starts[p], starts[p + 1]):
            if seen[codes[i]] != p:
                seen[codes[i]] = p
                n += 1
        row_starts[p + 1] = row_starts[p] + n


@kernel
def in_order(codes: Codes, first: int, last: int) -> None:
    """Sort the codes first:last, which are few, in place."""
    for i in range(first + 1, last):
        code, place = codes[i], i
        while place > first and codes[place - 1] > code:
            codes[place] = codes[place - 1]
            place -= 1
        codes[place] = code


@kernel
def list_rows(codes: Codes, starts: Ints, seen: Ints, row_starts: Ints, row_codes: Codes) -> None:
    """Write the codes of each path once, ascending; `seen` is -1 for every code."""
    for p in range(starts.shape[0] - 1):
        place = row_starts[p]
        for i in range(starts[p], starts[p + 1]):
            if seen[codes[i]] != p:
                seen[codes[i]] = p
                row_codes[place] = codes[i]
                place += 1
        in_order(row_codes, row_starts[p], place)


@kernel
def share_touches(codes: Codes, starts: Ints, ages: Floats, ladder: Floats, row_of: Ints, row_starts: Ints, row_codes: Codes, touches: Ints, shares: Floats) -> None:  # fmt: skip
    """Give every path's touches to its rows."""
    for p in range(starts.shape[0] - 1):
        first, last = starts[p], starts[p + 1]
        for row in range(row_starts[p], row_starts[p + 1]):
            row_of[row_codes[row]] = row
        n, decayed = last - first, 0.0
        for i in range(first, last):
            decayed += 2.0 ** -ages[i]
        for i in range(first, last):
            row = row_of[codes[i]]
            touches[row] += 1
            shares[row, LINEAR] += 1.0 / n
            shares[row, POSITION] += position(i - first, n, ladder)
            shares[row, TIME_DECAY] += 2.0 ** -ages[i] / decayed
        if n > 0:
            shares[row_of[codes[first]], FIRST] = 1.0
            shares[row_of[codes[last - 1]], LAST] = 1.0


@kernel
def find_named(codes: Codes, starts: Ints, named: Codes, row_of: Ints, row_starts: Ints, row_codes: Codes, found: Codes) -> None:
    """Write what the first touch of each row that names something names."""
    for p in range(starts.shape[0] - 1):
        for row in range(row_starts[p], row_starts[p + 1]):
            row_of[row_codes[row]] = row
        for i in range(starts[p], starts[p + 1]):
            if named[i] >= 0 and found[row_of[codes[i]]] < 0:
                found[row_of[codes[i]]] = named[i]


@kernel
def position(place: int, n: int, ladder: Floats) -> float:
    """What the touch at a place of n gets: without any between, first and last share what they have; where that is nothing, equally."""
    if n == 1:
        return 1.0
    if n > 2:
        return ladder[0] if place == 0 else ladder[2] if place == n - 1 else ladder[1] / (n - 2)
    ends = ladder[0] + ladder[2]
    if ends == 0.0:
        return 0.5
    return ladder[0] / ends if place == 0 else ladder[2] / ends
