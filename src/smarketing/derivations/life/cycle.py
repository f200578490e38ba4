"""The state of one lead's cycle while the fold passes through it: how it begins, what ends it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smarketing.derivations.compiling import njit
from smarketing.derivations.flags import ACTIVE, BEGINS, DEAL, DISQUALIFIED, HAND_BACK, LOST
from smarketing.derivations.life.journal import Facts, Ints
from smarketing.derivations.rulebook import NEVER, Stages, Terms

NOTHING, HANDED_BACK, ENDED = 0, 1, 2


class Cycle(NamedTuple):
    """Scratch of the cycle under way.

    Per stage: its own entry and the fact, the entry with those implied. Per condition node: the moment's first fact that
    satisfies it (`seen`), whether it holds from then on (`latched`). `deal[d]`: 0 untouched by this cycle, 1 open or won, 2 lost.
    """

    own_at: Ints
    own_fact: Ints
    entered_at: Ints
    entered_by: Ints
    seen: Ints
    latched: NDArray[np.bool_]
    stack: Ints
    deal: Ints


class Now(NamedTuple):
    """A moment: the scores that stage conditions read there, and whether they count already."""

    at: int
    fit: int
    engagement: int
    persona: int
    counts: bool


@njit
def begin_cycle(stages: Stages, terms: Terms, cycle: Cycle, n_deals: int, at: int, fact: int, given: bool) -> None:
    """Start afresh at a moment; after a hand-back the stages up to `return_to` are given."""
    cycle.latched[:] = False
    cycle.deal[:n_deals] = 0
    for stage in range(stages.start.shape[0] - 1):
        free = stages.start[stage] == stages.start[stage + 1]
        if free or (given and stage <= terms.return_to):
            cycle.own_at[stage], cycle.own_fact[stage] = at, fact
        else:
            cycle.own_at[stage], cycle.own_fact[stage] = NEVER, -1


@njit
def beginning_fact(facts: Facts, kind_flags: Ints, first: int, last: int) -> int:
    """The first of the moment's facts that begins a cycle after a disqualification, else -1."""
    for i in range(first, last):
        if kind_flags[facts.kind[i]] & BEGINS:
            return i
    return -1


@njit
def follow_deals(facts: Facts, kind_flags: Ints, first: int, last: int, cycle: Cycle) -> None:
    """Keep what this cycle knows of each opportunity."""
    for i in range(first, last):
        flags = kind_flags[facts.kind[i]]
        if flags & ACTIVE:
            cycle.deal[facts.deal[i]] = 1
        elif flags & LOST and cycle.deal[facts.deal[i]] == 1:
            cycle.deal[facts.deal[i]] = 2


@njit
def losing_fact(facts: Facts, kind_flags: Ints, first: int, last: int, cycle: Cycle, n_deals: int) -> int:
    """The moment's first loss that hands the lead back: of an opportunity of this cycle, after which none is open or won."""
    for d in range(n_deals):
        if cycle.deal[d] == 1:
            return -1
    for i in range(first, last):
        if kind_flags[facts.kind[i]] & LOST and cycle.deal[facts.deal[i]] == 2:
            return i
    return -1


@njit
def ending(facts: Facts, kind_flags: Ints, first: int, last: int, cycle: Cycle, n_deals: int):  # type: ignore[no-untyped-def]
    """What the moment's facts do to the cycle, and the fact that does it: a disqualification first, else the first hand-back."""
    back = -1
    deals = False
    for i in range(first, last):
        flags = kind_flags[facts.kind[i]]
        if flags & DISQUALIFIED:
            return ENDED, i
        if flags & HAND_BACK and back < 0:
            back = i
        deals = deals or flags & DEAL != 0
    if deals:
        lost = losing_fact(facts, kind_flags, first, last, cycle, n_deals)
        if lost >= 0 and (back < 0 or lost < back):
            back = lost
    if back < 0:
        return NOTHING, -1
    return HANDED_BACK, back
