"""The hand-off of one cycle: what was handed over, to whom, and what became of it."""

from __future__ import annotations

from typing import NamedTuple

from smarketing.derivations.compiling import njit
from smarketing.derivations.flags import ACCEPTED, ASSIGNED, ATTEMPT, DISQUALIFIED, LOST, RECYCLED, REJECTED, TOUCH, WON
from smarketing.derivations.life.cycle import Cycle
from smarketing.derivations.life.journal import Facts, HandOffs, Ints
from smarketing.derivations.life.receipt import satisfies
from smarketing.derivations.rulebook import CONNECT, NEVER, Terms, Tests


class Wins(NamedTuple):
    """Scratch per opportunity, filled from the end of the life: whether it is lost later, and the last win seen."""

    lost: Ints
    next: Ints
    next_of: Ints
    stands: Ints


@njit
def is_connect(facts: Facts, tests: Tests, i: int) -> bool:
    """Whether fact i reached the person."""
    for entry in range(tests.start[facts.kind[i]], tests.start[facts.kind[i] + 1]):
        if tests.what[entry] == CONNECT and satisfies(facts, tests, i, entry):
            return True
    return False


@njit
def handed_by(stages_at: Ints, terms: Terms) -> bool:
    """Whether the hand-off's stage, or one after it, has its own entry."""
    for stage in range(terms.handoff, stages_at.shape[0]):
        if stages_at[stage] != NEVER:
            return True
    return False


@njit
def last_campaign(facts: Facts, kind_flags: Ints, first: int, last: int) -> int:
    """The campaign of the last touch with one among the facts first:last, else -1."""
    for i in range(last - 1, first - 1, -1):
        if facts.campaign[i] >= 0 and kind_flags[facts.kind[i]] & TOUCH:
            return facts.campaign[i]
    return -1


@njit
def hand_over(facts: Facts, kind_flags: Ints, first: int, last: int, out: HandOffs, h: int, at: int, fit: int, engagement: int, persona: int) -> None:  # fmt: skip
    """Write what is known at the moment of the hand-off; first:last are the lead's facts up to it."""
    out.at[h], out.fit[h], out.engagement[h], out.persona[h] = at, fit, engagement, persona
    out.campaign[h] = last_campaign(facts, kind_flags, first, last)


@njit
def clear(out: HandOffs, h: int) -> None:
    """Nothing has happened yet."""
    out.accepted[h] = out.rejected[h] = out.recycled[h] = out.disqualified[h] = NEVER
    out.assigned[h] = out.attempted[h] = out.connected[h] = NEVER
    out.rep[h] = out.owner[h] = out.reason[h] = -1
    out.attempts[h] = out.won[h] = 0
    for clock in range(out.kth.shape[1]):
        out.kth[h, clock] = NEVER


@njit
def follow_decisions(flags: int, at: int, out: HandOffs, h: int) -> None:
    """The first decision of each sort."""
    if flags & ACCEPTED and out.accepted[h] == NEVER:
        out.accepted[h] = at
    if flags & REJECTED and out.rejected[h] == NEVER:
        out.rejected[h] = at
    if flags & RECYCLED and out.recycled[h] == NEVER:
        out.recycled[h] = at
    if flags & DISQUALIFIED and out.disqualified[h] == NEVER:
        out.disqualified[h] = at
    if flags & ASSIGNED and out.assigned[h] == NEVER:
        out.assigned[h] = at


@njit
def follow_up(facts: Facts, kind_flags: Ints, tests: Tests, terms: Terms, first: int, last: int, out: HandOffs, h: int) -> int:
    """Write what the cycle's facts first:last did from the hand-off on; returns the actor of the first attempt (-1: none)."""
    actor = -1
    assigned_before = False
    for i in range(first, last):
        flags = kind_flags[facts.kind[i]]
        at = facts.at[i]
        if at < out.at[h]:
            assigned_before = assigned_before or flags & ASSIGNED != 0
            continue
        follow_decisions(flags, at, out, h)
        if flags & ATTEMPT:
            out.attempts[h] += 1
            if out.attempts[h] == 1:
                out.attempted[h], actor = at, facts.actor[i]
            for clock in range(terms.kth.shape[0]):
                if out.attempts[h] == terms.kth[clock]:
                    out.kth[h, clock] = at
        if out.connected[h] == NEVER and is_connect(facts, tests, i):
            out.connected[h] = at
    if out.assigned[h] == NEVER and assigned_before:
        out.assigned[h] = out.at[h]
    return actor


@njit
def name_people(facts: Facts, first: int, last: int, prior: int, actor: int, out: HandOffs, h: int) -> None:
    """Write who was responsible first and who is now; `prior` is the last person named before the cycle."""
    upto, after, now = -1, -1, -1
    for i in range(first, last):
        if facts.named[i] >= 0:
            now = facts.named[i]
            if facts.at[i] <= out.at[h]:
                upto = facts.named[i]
            elif after < 0:
                after = facts.named[i]
    rep = upto if upto >= 0 else after if after >= 0 else prior if prior >= 0 else actor
    out.rep[h] = rep
    out.owner[h] = now if now >= 0 else rep


@njit
def find_wins(facts: Facts, kind_flags: Ints, first: int, last: int, wins: Wins, n_deals: int) -> None:
    """For each win of a life: the opportunity's next win (NEVER: none), and whether no loss comes after it."""
    wins.lost[:n_deals] = 0
    wins.next_of[:n_deals] = NEVER
    for i in range(last - 1, first - 1, -1):
        flags = kind_flags[facts.kind[i]]
        if flags & LOST:
            wins.lost[facts.deal[i]] = 1
        elif flags & WON:
            wins.next[i - first] = wins.next_of[facts.deal[i]]
            wins.stands[i - first] = 1 - wins.lost[facts.deal[i]]
            wins.next_of[facts.deal[i]] = i


@njit
def won_amount(facts: Facts, kind_flags: Ints, life: int, first: int, last: int, wins: Wins) -> int:
    """What the cycle's facts first:last won: for each opportunity its last win in the cycle, if never lost after."""
    total = 0
    for i in range(first, last):
        if kind_flags[facts.kind[i]] & WON and wins.stands[i - life] == 1 and wins.next[i - life] >= last:
            total += facts.amount[i]
    return total


@njit
def close(lead: int, number: int, end: int, ended_by: int, cycle: Cycle, terms: Terms, out: HandOffs, h: int) -> None:
    """Write what the end of the cycle says: its stages, who brought the lead, the fact that ended it."""
    out.lead[h], out.cycle[h], out.end[h], out.reason[h] = lead, number, end, ended_by
    out.by_marketing[h] = cycle.own_at[terms.handoff] == cycle.entered_at[terms.handoff]
    for later in range(out.entered.shape[1]):
        out.entered[h, later] = cycle.entered_at[terms.handoff + 1 + later]
