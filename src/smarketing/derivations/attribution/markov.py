"""The Markov model: a chain of order 1 over the paths, and what is lost without each campaign, solved exactly.

From the start, or after a campaign, the chain goes on to a campaign, to a sale or to none, as often as the paths did. The removal
effect of a campaign is 1 − P(sale without it) ÷ P(sale), where whoever would go to the removed one goes to no sale. All effects
come from one solution of the chain: with N = (I − Q)⁻¹, s the start and r the step to a sale, a path that sells and visits i first
reaches i, with the probability (s·N)ᵢ ÷ Nᵢᵢ, and sells from there, with (N·r)ᵢ; P(sale) = s·N·r.
(Absorbing chains: J. G. Kemeny, J. L. Snell 1960. Removal: E. Anderl et al. 2016.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smarketing.derivations.attribution.paths import Codes, Floats, Ints, Paths, end_to_end
from smarketing.derivations.compiling import kernel

DENSE = 3000
"""Up to so many campaigns the whole matrix is solved at once; beyond, most of it is empty, and it is kept so."""
BLOCK = 256


def removal_effects(*several: Paths, threads: int = 1) -> Floats:
    """What share of the sales is lost without each of the names, which all these paths have in common; 0 for all where nothing was sold."""
    n = len(several[0].names)
    pieces = dealt(several, threads)
    begun, sold, left = summed(
        lambda paths, ends: count_ends(paths.codes, paths.starts, paths.sales, paths.nulls, *ends), pieces, (3, n)
    )
    if not sold.any():
        return np.zeros(n)
    met = np.flatnonzero(left)
    start, sale = begun[met] / begun.sum(), sold[met] / left[met]
    if len(met) <= DENSE:
        reached, sells, itself = dense_chain(pieces, met, left, start, sale)
    else:
        reached, sells, itself = sparse_chain(end_to_end(several), met, left, start, sale)
    effects = np.zeros(n)
    effects[met] = reached / itself * sells / (start @ sells)
    return effects


def dealt(several: Sequence[Paths], threads: int) -> list[list[Paths]]:
    """All paths, for each thread some pieces of them."""
    pieces = [piece for paths in several for piece in paths.cut(threads)]
    return [pieces[first::threads] for first in range(min(threads, len(pieces)))]


def summed(count: Callable[[Paths, Ints], None], pieces: Sequence[Sequence[Paths]], shape: tuple[int, int]) -> Ints:
    """What `count` writes of all pieces, added up; each list of pieces in a thread of its own."""

    def counted(some: Sequence[Paths]) -> Ints:
        counts = np.zeros(shape, dtype=np.int64)
        for paths in some:
            count(paths, counts)
        return counts

    if len(pieces) == 1:
        return counted(pieces[0])
    with ThreadPoolExecutor(len(pieces)) as pool:
        found: Ints = sum(pool.map(counted, pieces), np.zeros(shape, dtype=np.int64))
    return found


def dense_chain(
    pieces: Sequence[Sequence[Paths]], met: Ints, left: Ints, start: Floats, sale: Floats
) -> tuple[Floats, Floats, Floats]:
    """s·N, N·r and the diagonal of N, by the inverse of the matrix."""
    place, number = places(met, len(left)), len(met)
    steps = summed(
        lambda paths, found: count_steps(paths.codes, place, paths.starts, paths.sales, paths.nulls, found),
        pieces,
        (number, number),
    )
    np.fill_diagonal(steps, 0)  # staying changes nothing of where the chain ends, but much of how exactly it is solved
    visits: NDArray[Any] = np.linalg.inv(np.eye(number) - steps / left[met][:, None])
    return start @ visits, visits @ sale, visits.diagonal()


def sparse_chain(paths: Paths, met: Ints, left: Ints, start: Floats, sale: Floats) -> tuple[Floats, Floats, Floats]:
    """The same by factors of the matrix, of which most is empty."""
    from scipy.sparse import csc_array, eye_array  # type: ignore[import-untyped]
    from scipy.sparse.linalg import splu  # type: ignore[import-untyped]

    number, place = len(met), places(met, len(paths.names))
    source, target, weight = steps_of(place[paths.codes], paths.starts, paths.sales + paths.nulls)
    steps = csc_array((weight / left[met][source], (source, target)), shape=(number, number))
    factors: Any = splu((eye_array(number, format="csc") - steps).tocsc())
    itself = np.empty(number)
    for first in range(0, number, BLOCK):
        block = np.arange(first, min(first + BLOCK, number))
        unit = np.zeros((number, len(block)))
        unit[block, block - first] = 1.0
        itself[block] = factors.solve(unit)[block, block - first]
    return factors.solve(start, trans="T"), factors.solve(sale), itself


def places(met: Ints, n: int) -> Codes:
    """The place of each code among those that are met."""
    place = np.full(n, -1, dtype=np.int32)
    place[met] = np.arange(len(met), dtype=np.int32)
    return place


def steps_of(codes: Codes, starts: Ints, weights: Ints) -> tuple[Ints, Ints, Ints]:
    """The steps from one code to another one that occur, and how often."""
    path = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    within = np.flatnonzero((path[1:] == path[:-1]) & (codes[1:] != codes[:-1]))
    n = int(codes.max()) + 1
    steps, index = np.unique(codes[within].astype(np.int64) * n + codes[within + 1], return_inverse=True)
    return steps // n, steps % n, np.bincount(index, weights[path[within]], len(steps)).astype(np.int64)


@kernel
def count_ends(codes: Codes, starts: Ints, sales: Ints, nulls: Ints, begun: Ints, sold: Ints, left: Ints) -> None:
    """How often each code began a path, was left for a sale, and was left at all, for another code or the end."""
    for p in range(starts.shape[0] - 1):
        first, last, weight = starts[p], starts[p + 1], sales[p] + nulls[p]
        if first == last or weight == 0:
            continue
        begun[codes[first]] += weight
        sold[codes[last - 1]] += sales[p]
        left[codes[last - 1]] += weight
        for i in range(first, last - 1):
            if codes[i + 1] != codes[i]:
                left[codes[i]] += weight


@kernel
def count_steps(codes: Codes, place: Codes, starts: Ints, sales: Ints, nulls: Ints, steps: Ints) -> None:
    """How often each code follows each other one, at their places."""
    for p in range(starts.shape[0] - 1):
        weight = sales[p] + nulls[p]
        if weight > 0:
            for i in range(starts[p], starts[p + 1] - 1):
                steps[place[codes[i]], place[codes[i + 1]]] += weight
