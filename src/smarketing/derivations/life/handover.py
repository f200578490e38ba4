"""The hand-off of one cycle: what was handed over, to whom, and what became of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smarketing.derivations.compiling import kernel
from smarketing.derivations.life.flags import (
    ACCEPTED,
    ASSIGNED,
    ATTEMPT,
    DECISION,
    DISQUALIFIED,
    LOST,
    RECYCLED,
    REJECTED,
    TOUCH,
    WON,
)
from smarketing.derivations.life.receipt import passes
from smarketing.derivations.life.rows import Facts, Ints, Rows
from smarketing.derivations.life.words import CONNECT_TEST, NEVER


@kernel
def reached(stages: Rows, stage_of: Ints, version: Rows) -> bool:
    """Whether the stage of the version's hand-off, or one after it, has its own entry."""
    for place in range(version.handoff, version.last):
        if stages[stage_of[place]].own_at != NEVER:
            return True
    return False


@kernel
def entered_by_itself(stages: Rows, stage_of: Ints, version: Rows) -> bool:
    """Whether the stage of the hand-off, which is reached, has an own entry and no later stage was entered before it."""
    own_at = stages[stage_of[version.handoff]].own_at
    if stages[stage_of[version.handoff]].given == 1:
        return False
    for place in range(version.handoff + 1, version.last):
        if stages[stage_of[place]].own_at < own_at:
            return False
    return True


@kernel
def last_campaign(rows: Rows, kind_flags: Ints, first: int, last: int) -> int:
    """The campaign of the last touch with one among the facts first:last, else -1."""
    for i in range(last - 1, first - 1, -1):
        if rows[i].campaign >= 0 and kind_flags[rows[i].kind] & TOUCH:
            return rows[i].campaign
    return -1


@kernel
def is_connect(where: NDArray[np.uint64], tests: Rows, test_start: Ints, kind: int, i: int) -> bool:
    """Whether fact i reached the person."""
    for entry in range(test_start[kind], test_start[kind + 1]):
        if tests[entry].what == CONNECT_TEST and passes(where, i, tests[entry].bit):
            return True
    return False


@kernel
def clear(handoff: Rows, kth: Ints) -> None:
    """Nothing has happened yet."""
    handoff.accepted = handoff.rejected = handoff.recycled = handoff.disqualified = NEVER
    handoff.assigned = handoff.attempted = handoff.connected = NEVER
    handoff.rep = handoff.owner = handoff.reason = -1
    handoff.attempts = handoff.won = 0
    for clock in range(kth.shape[0]):
        kth[clock] = NEVER


@kernel
def follow_decision(flags: int, at: int, handoff: Rows) -> None:
    """The first decision of each sort, and the first assignment."""
    if flags & ACCEPTED and handoff.accepted == NEVER:
        handoff.accepted = at
    if flags & REJECTED and handoff.rejected == NEVER:
        handoff.rejected = at
    if flags & RECYCLED and handoff.recycled == NEVER:
        handoff.recycled = at
    if flags & DISQUALIFIED and handoff.disqualified == NEVER:
        handoff.disqualified = at
    if flags & ASSIGNED and handoff.assigned == NEVER:
        handoff.assigned = at


@kernel
def count_attempt(at: int, wanted: Ints, handoff: Rows, kth: Ints) -> None:
    """One attempt more."""
    handoff.attempts += 1
    if handoff.attempts == 1:
        handoff.attempted = at
    for clock in range(wanted.shape[0]):
        if handoff.attempts == wanted[clock]:
            kth[clock] = at


@kernel
def follow_up(facts: Facts, kind_flags: Ints, tests: Rows, test_start: Ints, wanted: Ints, first: int, last: int, handoff: Rows, kth: Ints) -> int:  # fmt: skip
    """Write what the cycle's facts first:last did from the hand-off on; returns the actor of the first attempt (-1: none)."""
    actor, assigned_before = -1, False
    for i in range(first, last):
        fact = facts.rows[i]
        flags = kind_flags[fact.kind]
        if fact.at < handoff.at:
            assigned_before = assigned_before or flags & ASSIGNED != 0
            continue
        if flags & DECISION:
            follow_decision(flags, fact.at, handoff)
        if flags & ATTEMPT:
            count_attempt(fact.at, wanted, handoff, kth)
            actor = fact.actor if handoff.attempts == 1 else actor
        if handoff.connected == NEVER and is_connect(facts.where, tests, test_start, fact.kind, i):
            handoff.connected = fact.at
    if handoff.assigned == NEVER and assigned_before:
        handoff.assigned = handoff.at
    return actor


@kernel
def name_people(rows: Rows, first: int, last: int, prior: int, actor: int, handoff: Rows) -> None:
    """Write who was responsible first and who is now; `prior` is the last person named before the cycle."""
    until, after, now = -1, -1, -1
    for i in range(first, last):
        if rows[i].named >= 0:
            now = rows[i].named
            if rows[i].at <= handoff.at:
                until = now
            elif after < 0:
                after = now
    rep = until if until >= 0 else after if after >= 0 else prior if prior >= 0 else actor
    handoff.rep = rep
    handoff.owner = now if now >= 0 else rep


@kernel
def find_wins(rows: Rows, kind_flags: Ints, first: int, last: int, wins: Rows, deals: Rows, n_deals: int) -> None:
    """For each win of a life: the opportunity's next win (NEVER: none), and whether no loss comes after it."""
    for d in range(n_deals):
        deals[d].lost, deals[d].next_win = 0, NEVER
    for i in range(last - 1, first - 1, -1):
        flags = kind_flags[rows[i].kind]
        if flags & LOST:
            deals[rows[i].deal].lost = 1
        elif flags & WON:
            deal = deals[rows[i].deal]
            wins[i - first].next, wins[i - first].stands = deal.next_win, 1 - deal.lost
            deal.next_win = i


@kernel
def won_amount(rows: Rows, kind_flags: Ints, life: int, first: int, last: int, wins: Rows) -> int:
    """What the cycle's facts first:last won: for each opportunity its last win in the cycle, if never lost after."""
    total = 0
    for i in range(first, last):
        if kind_flags[rows[i].kind] & WON and wins[i - life].stands == 1 and wins[i - life].next >= last:
            total += rows[i].amount
    return total
