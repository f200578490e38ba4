"""A lead's cycle: how it begins, what becomes of its opportunities, what ends it."""

from __future__ import annotations

from smarketing.derivations.compiling import kernel
from smarketing.derivations.life.flags import ACTIVE, BEGINS, DEAL, DISQUALIFIED, HAND_BACK, LOST
from smarketing.derivations.life.rows import ACTIVE_DEAL, LOST_DEAL, UNTOUCHED, Ints, Law, Rows
from smarketing.derivations.life.words import NEVER

NOTHING, HANDED_BACK, ENDED = 0, 1, 2


@kernel
def begin_stages(law: Law, version: Rows, stages: Rows, parts: Rows, at: int, fact: int, given: int) -> None:
    """Start afresh: the version's stages without a condition, and those up to the place `given`, are entered at once."""
    for node in range(parts.shape[0]):
        parts[node].latched = 0
    for s in range(stages.shape[0]):
        stages[s].own_at, stages[s].own_fact, stages[s].given = NEVER, -1, 0
    for place in range(version.first, version.last):
        unconditional = law.stage_start[place] == law.stage_start[place + 1]
        if unconditional or place <= given:
            stage = stages[law.stage_of[place]]
            stage.own_at, stage.own_fact, stage.given = at, fact, 0 if unconditional else 1


@kernel
def forget_deals(deals: Rows, n: int) -> None:
    """The new cycle has touched no opportunity."""
    for d in range(n):
        deals[d].state = UNTOUCHED


@kernel
def beginning_fact(rows: Rows, kind_flags: Ints, first: int, last: int) -> int:
    """The first of the moment's facts that begins a cycle after a disqualification, else -1."""
    for i in range(first, last):
        if kind_flags[rows[i].kind] & BEGINS:
            return i
    return -1


@kernel
def follow_deal(flags: int, deal: Rows) -> None:
    """Keep what this cycle knows of the opportunity of a fact."""
    if flags & ACTIVE:
        deal.state = ACTIVE_DEAL
    elif flags & LOST and deal.state == ACTIVE_DEAL:
        deal.state = LOST_DEAL


@kernel
def losing_fact(rows: Rows, kind_flags: Ints, first: int, last: int, deals: Rows, n: int) -> int:
    """The moment's first loss that hands the lead back: of an opportunity of this cycle, after which none is open or won."""
    for d in range(n):
        if deals[d].state == ACTIVE_DEAL:
            return -1
    for i in range(first, last):
        if kind_flags[rows[i].kind] & LOST and deals[rows[i].deal].state == LOST_DEAL:
            return i
    return -1


@kernel
def ending(rows: Rows, kind_flags: Ints, first: int, last: int, deals: Rows, n: int):  # type: ignore[no-untyped-def]
    """What the moment's facts do to the cycle, and the fact that does it: a disqualification first, else the first hand-back."""
    back = -1
    lost = False
    for i in range(first, last):
        flags = kind_flags[rows[i].kind]
        if flags & DISQUALIFIED:
            return ENDED, i
        if flags & HAND_BACK and back < 0:
            back = i
        if flags & DEAL:
            follow_deal(flags, deals[rows[i].deal])
            lost = lost or flags & LOST != 0
    if lost:
        loss = losing_fact(rows, kind_flags, first, last, deals, n)
        if loss >= 0 and (back < 0 or loss < back):
            back = loss
    return (NOTHING if back < 0 else HANDED_BACK), back
