"""The Shapley model: each campaign's mean contribution to the conversion rate, over all orders in which those of a path can come.

The value of a set of campaigns is the share of sales among the paths whose campaigns all lie in it, 0 where there is none. What a campaign
gets of a path is its Shapley value (L. S. Shapley 1953) in the game of the path's campaigns, ÷ the value of them all; it can be below 0.
It is exact up to 16 campaigns on a path. Where there are more, the 15 with the most touches on the path (of equal ones the first by name)
play by themselves, and all others together as one more player; they share what it gets by their touches.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from smarketing.derivations.attribution.paths import Codes, Floats, Ints
from smarketing.derivations.attribution.sets import Sets, slot_of
from smarketing.derivations.compiling import kernel

PLAYERS = 16
"""So many play by themselves at most: there are 2¹⁶ sets of them."""


def shapley_shares(sets: Sets, node: Ints, starts: Ints, codes: Codes, touches: Ints, *, threads: int = 1) -> Floats:
    """What each campaign of each path gets; path p ends at `node[p]` of the tree, and has the rows `starts[p]:starts[p + 1]`.

    Paths of one set have the same shares, unless they are so long that their touches matter.
    """
    shares = np.zeros(len(codes))
    lengths = np.diff(starts)
    long = np.flatnonzero(lengths > PLAYERS)
    short = np.flatnonzero((lengths > 0) & (lengths <= PLAYERS))
    _, first, again = np.unique(node[short], return_index=True, return_inverse=True)
    own = short[first]
    players = np.zeros(len(codes), dtype=np.int64)
    number_players(np.concatenate([own, long]), starts, touches, players)
    play_all([own[np.argsort(lengths[own])], long], sets, starts, codes, players, touches, shares, threads)
    copy_shares(short, own[again], starts, shares)
    return shares


def play_all(parts: Sequence[Ints], sets: Sets, starts: Ints, codes: Codes, players: Ints, touches: Ints, shares: Floats, threads: int) -> None:  # fmt: skip
    """Play the games of the paths named, dealt out to threads; each writes the shares of its own paths."""

    def play_some(paths: Ints) -> None:
        wins, walks = (np.zeros(1 << PLAYERS, dtype=np.int64) for _ in range(2))
        place, mask = np.full(sets.n_codes, -1, dtype=np.int64), np.empty(sets.number, dtype=np.int64)
        depth = np.empty((3, PLAYERS + 1), dtype=np.int64)
        play(
            paths, starts, codes, players, touches, weights_of_sizes(), shares, sets.n_codes, sets.number, *sets.arrays, wins, walks,
            place, mask, depth, np.zeros(PLAYERS),
        )  # fmt: skip

    paths = np.concatenate(parts)
    dealt = [np.ascontiguousarray(paths[first::threads]) for first in range(threads)]
    if threads == 1 or len(paths) < 100:
        return play_some(paths)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(play_some, dealt))


def weights_of_sizes() -> Floats:
    """For p players the weight of a set of t others: t! (p − t − 1)! ÷ p!, at [p, t]; 0 where there is no other."""
    weights = np.zeros((PLAYERS + 1, PLAYERS + 1))
    for p in range(1, PLAYERS + 1):
        weight = 1.0 / p
        for t in range(p):
            weights[p, t] = weight
            weight = weight * (t + 1) / max(p - t - 1, 1)
    return weights


@kernel
def number_players(paths: Ints, starts: Ints, touches: Ints, players: Ints) -> None:
    """Give each row of the paths the number of its player; a row gets one by itself while fewer than 15 have more touches."""
    for index in range(paths.shape[0]):
        first, last = starts[paths[index]], starts[paths[index] + 1]
        number = 0
        for row in range(first, last):
            before = 0
            for other in range(first, last):
                if touches[other] > touches[row] or (touches[other] == touches[row] and other < row):
                    before += 1
            alone = last - first <= PLAYERS or before < PLAYERS - 1
            players[row] = number if alone else PLAYERS - 1
            number += 1 if alone else 0


@kernel
def copy_shares(paths: Ints, from_paths: Ints, starts: Ints, shares: Floats) -> None:
    for index in range(paths.shape[0]):
        first, source = starts[paths[index]], starts[from_paths[index]]
        for row in range(starts[paths[index] + 1] - first):
            shares[first + row] = shares[source + row]


@kernel
def play(paths: Ints, starts: Ints, codes: Codes, players: Ints, touches: Ints, weights: Floats, shares: Floats, n_codes: int, number: int, node_codes: Codes, parents: Ints, sales: Ints, node_walks: Ints, slots: Ints, wins: Ints, walks: Ints, place: Ints, mask: Ints, depth: Ints, gained: Floats) -> None:  # fmt: skip
    """Write the shares of the paths' rows."""
    for index in range(paths.shape[0]):
        first, last = starts[paths[index]], starts[paths[index] + 1]
        n = min(last - first, PLAYERS)
        wins[: 1 << n] = 0
        walks[: 1 << n] = 0
        if last - first > PLAYERS or number <= 1 << n:
            count_by_nodes(codes, players, first, last, number, node_codes, parents, sales, node_walks, place, mask, wins, walks)
        else:
            count_by_sets(codes, first, n, n_codes, node_codes, parents, sales, node_walks, slots, depth, wins, walks)
        add_subsets(wins, n)
        add_subsets(walks, n)
        share_out(players, touches, first, last, n, weights, wins, walks, gained, shares)


@kernel
def count_by_sets(codes: Codes, first: int, n: int, n_codes: int, node_codes: Codes, parents: Ints, sales: Ints, node_walks: Ints, slots: Ints, depth: Ints, wins: Ints, walks: Ints) -> None:  # fmt: skip
    """Count the paths of exactly each set of the players, who are the rows from `first` on: go down the tree wherever they lead."""
    level = 0
    depth[0, 0], depth[1, 0], depth[2, 0] = 0, 0, 0  # the node, the players on the way to it, the next player to try
    while level >= 0:
        player = depth[2, level]
        if player == n:
            level -= 1
            continue
        depth[2, level] += 1
        child = slots[slot_of(depth[0, level], codes[first + player], n_codes, node_codes, parents, slots)]
        if child >= 0:
            members = depth[1, level] | (1 << player)
            wins[members] += sales[child]
            walks[members] += node_walks[child]
            level += 1
            depth[0, level], depth[1, level], depth[2, level] = child, members, player + 1


@kernel
def count_by_nodes(codes: Codes, players: Ints, first: int, last: int, number: int, node_codes: Codes, parents: Ints, sales: Ints, node_walks: Ints, place: Ints, mask: Ints, wins: Ints, walks: Ints) -> None:  # fmt: skip
    """The same, in one pass over the whole tree: a parent always comes before its children."""
    for row in range(first, last):
        place[codes[row]] = players[row]
    mask[0] = 0
    for node in range(1, number):
        before, player = mask[parents[node]], place[node_codes[node]]
        mask[node] = -1
        if before >= 0 and player >= 0:
            mask[node] = before | (1 << player)
            wins[mask[node]] += sales[node]
            walks[mask[node]] += node_walks[node]
    for row in range(first, last):
        place[codes[row]] = -1


@kernel
def add_subsets(counts: Ints, n: int) -> None:
    """Add to each set's count those of all sets that lie in it."""
    for player in range(n):
        step = 1 << player
        for low in range(0, 1 << n, 2 * step):
            for members in range(low, low + step):
                counts[members + step] += counts[members]


@kernel
def share_out(players: Ints, touches: Ints, first: int, last: int, n: int, weights: Floats, wins: Ints, walks: Ints, gained: Floats, shares: Floats) -> None:  # fmt: skip
    """Write the Shapley values ÷ the value of all.

    A set T with value v gives v · w(|T| − 1) to each of its members and takes v · w(|T|) from everybody else.
    """
    everybody = (1 << n) - 1
    value_of_all = wins[everybody] / walks[everybody]
    gained[:] = 0.0
    taken = 0.0
    for members in range(1, everybody + 1):
        if wins[members] > 0:
            value, size, rest = wins[members] / walks[members], 0, members
            while rest:
                size += rest & 1
                rest >>= 1
            taken += value * weights[n, size]
            for player in range(n):
                if members >> player & 1:
                    gained[player] += value * (weights[n, size - 1] + weights[n, size])
    together = 0
    for row in range(first, last):
        if last - first > PLAYERS and players[row] == PLAYERS - 1:
            together += touches[row]
    for row in range(first, last):
        shares[row] = (gained[players[row]] - taken) / value_of_all
        if last - first > PLAYERS and players[row] == PLAYERS - 1:
            shares[row] *= touches[row] / together
