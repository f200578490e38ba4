"""The distinct sets of campaigns on paths, as a tree: a set is a node, its parent the set without its largest member.

Every path is a way down the tree, through its campaigns in the order of their codes, so the sets that lie in another one are found
by walking only where both agree. A child is found by the number of its parent and its code, in an open hash table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smarketing.derivations.attribution.paths import Codes, Ints
from smarketing.derivations.compiling import kernel

ROOM = 1 << 12
"""Slots of the table to begin with; it is doubled whenever half of it is taken."""


@dataclass(slots=True)
class Sets:
    """The tree. Node 0 is the empty set; node m has the largest member `code[m]` and, without it, is `parent[m]`, a smaller number.

    `sales`, `walks`: how often a path of exactly this set ended in a sale, and at all. `slots`: the nodes by hash, -1 where free.
    """

    n_codes: int
    number: int
    code: Codes
    parent: Ints
    sales: Ints
    walks: Ints
    slots: Ints

    @classmethod
    def of(cls, codes: Codes, starts: Ints, sales: Ints, nulls: Ints, *, n_codes: int) -> tuple[Sets, Ints]:
        """The sets of paths, of which each is given by its distinct codes, ascending; and the node of each path."""
        sets = cls.none(n_codes)
        return sets, sets.add(codes, starts, sales, nulls)

    @classmethod
    def none(cls, n_codes: int) -> Sets:
        """The empty set alone."""
        return cls(n_codes, 1, *empty_nodes(ROOM // 2), np.full(ROOM, -1, np.int64))

    def add(self, codes: Codes, starts: Ints, sales: Ints, nulls: Ints) -> Ints:
        """Count paths, each given by its distinct codes, ascending; returns the node of each."""
        node, done = np.zeros(len(sales), np.int64), np.array([0, self.number])
        while not add_paths(codes, starts, sales, nulls, self.n_codes, done, node, *self.arrays):
            self.grow(int(done[1]))
        self.number = int(done[1])
        return node

    def add_walks(self, codes: Codes, starts: Ints, sales: Ints, nulls: Ints) -> None:
        """Count paths, each given by its touches in any order, of which a campaign may have several."""
        done, members = np.array([0, self.number]), np.empty(self.n_codes, np.int32)
        while not add_touched(codes, starts, sales, nulls, self.n_codes, done, members, *self.arrays):
            self.grow(int(done[1]))
        self.number = int(done[1])

    @property
    def arrays(self) -> tuple[Codes, Ints, Ints, Ints, Ints]:
        """What the kernels take."""
        return self.code, self.parent, self.sales, self.walks, self.slots

    def grow(self, number: int) -> None:
        """Make room for twice as many nodes."""
        code, parent, sales, walks = empty_nodes(len(self.code))
        self.code, self.parent = np.append(self.code, code), np.append(self.parent, parent)
        self.sales, self.walks = np.append(self.sales, sales), np.append(self.walks, walks)
        self.slots = np.full(2 * len(self.slots), -1, np.int64)
        place_nodes(self.n_codes, number, self.code, self.parent, self.slots)


def empty_nodes(room: int) -> tuple[Codes, Ints, Ints, Ints]:
    return np.full(room, -1, np.int32), np.full(room, -1, np.int64), np.zeros(room, np.int64), np.zeros(room, np.int64)


@kernel
def slot_of(parent: int, code: int, n_codes: int, codes: Codes, parents: Ints, slots: Ints) -> int:
    """The slot of a child, or the free one where it would be."""
    mask = slots.shape[0] - 1
    child = int(parent) * n_codes + int(code)
    mixed = (child & 0x7FFFFFFF) * 1540483477 + (child >> 31) * 40503  # stays below 2⁶³
    slot = (mixed ^ (mixed >> 29)) & mask
    while slots[slot] >= 0 and (parents[slots[slot]] != parent or codes[slots[slot]] != code):
        slot = (slot + 1) & mask
    return slot


@kernel
def place_nodes(n_codes: int, number: int, codes: Codes, parents: Ints, slots: Ints) -> None:
    """Put the nodes into an empty table."""
    for node in range(1, number):
        slots[slot_of(parents[node], codes[node], n_codes, codes, parents, slots)] = node


@kernel
def node_below(node: int, code: int, n_codes: int, done: Ints, codes: Codes, parents: Ints, slots: Ints) -> int:
    """The node of a set with one more member; a new one, the `done[1]`th, where it was not met before."""
    slot = slot_of(node, code, n_codes, codes, parents, slots)
    if slots[slot] < 0:
        slots[slot] = done[1]
        codes[done[1]], parents[done[1]] = code, node
        done[1] += 1
    return slots[slot]


@kernel
def add_touched(touched: Codes, starts: Ints, sold: Ints, nulls: Ints, n_codes: int, done: Ints, members: Codes, codes: Codes, parents: Ints, sales: Ints, walks: Ints, slots: Ints) -> bool:  # fmt: skip
    """The same as `add_paths` of the distinct codes touched, which are put in order among `members` first."""
    for p in range(done[0], sold.shape[0]):
        if done[1] + starts[p + 1] - starts[p] > codes.shape[0]:
            return False
        n = distinct_in_order(touched, starts[p], starts[p + 1], members)
        node = 0
        for i in range(n):
            node = node_below(node, members[i], n_codes, done, codes, parents, slots)
        sales[node] += sold[p]
        walks[node] += sold[p] + nulls[p]
        done[0] = p + 1
    return True


@kernel
def distinct_in_order(touched: Codes, first: int, last: int, members: Codes) -> int:
    """Write the distinct codes touched, ascending; returns how many. They are few."""
    n = 0
    for i in range(first, last):
        code, place = touched[i], n
        while place > 0 and members[place - 1] > code:
            place -= 1
        if place == 0 or members[place - 1] != code:
            for later in range(n, place, -1):
                members[later] = members[later - 1]
            members[place] = code
            n += 1
    return n


@kernel
def add_paths(members: Codes, starts: Ints, sold: Ints, nulls: Ints, n_codes: int, done: Ints, node_of: Ints, codes: Codes, parents: Ints, sales: Ints, walks: Ints, slots: Ints) -> bool:  # fmt: skip
    """Add the paths from `done[0]` on, and their nodes from `done[1]` on; False where there is no room for the next one."""
    for p in range(done[0], sold.shape[0]):
        if done[1] + starts[p + 1] - starts[p] > codes.shape[0]:
            return False
        node = 0
        for i in range(starts[p], starts[p + 1]):
            node = node_below(node, members[i], n_codes, done, codes, parents, slots)
        node_of[p] = node
        sales[node] += sold[p]
        walks[node] += sold[p] + nulls[p]
        done[0] = p + 1
    return True
