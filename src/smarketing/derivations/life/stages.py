"""The stages of one lead's cycle: which are entered, when, and by which fact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smarketing.derivations.compiling import kernel
from smarketing.derivations.life.receipt import passes
from smarketing.derivations.life.rows import Ints, Law, Rows
from smarketing.derivations.life.words import (
    ALL_NODE,
    ANY_NODE,
    FACT_NODE,
    NEVER,
    NODE_TEST,
    PERSONA_NODE,
    SCORE_NODE,
)


@kernel
def see_facts(rows: Rows, where: NDArray[np.uint64], tests: Rows, test_start: Ints, first: int, last: int, parts: Rows) -> None:
    """For each `fact` condition, of which none has seen anything, the first of the facts first:last that satisfies it."""
    for i in range(first, last):
        kind = rows[i].kind
        for entry in range(test_start[kind], test_start[kind + 1]):
            test = tests[entry]
            if test.what == NODE_TEST and parts[test.target].seen < 0 and passes(where, i, test.bit):
                parts[test.target].seen = i


@kernel
def unsee(parts: Rows) -> None:
    """No `fact` condition has seen anything."""
    for node in range(parts.shape[0]):
        parts[node].seen = -1


@kernel
def grade_of(fit: int, floors: NDArray[np.int64], version: int) -> int:
    """The code of the grade under a version: the first whose floor is reached, else the one below all floors."""
    for grade in range(floors.shape[1]):
        if fit >= floors[version, grade]:
            return grade
    return floors.shape[1]


@kernel
def entered_since(stages: Rows, stage_of: Ints, first: int, last: int) -> bool:
    """Whether a stage at the places first:last had its own entry, or was given by the hand-back."""
    for place in range(first, last):
        if stages[stage_of[place]].own_at != NEVER:
            return True
    return False


@kernel
def state_holds(node: Rows, members: NDArray[np.bool_], floors: NDArray[np.int64], version: int, fit: int, engagement: int, persona: int) -> bool:  # fmt: skip
    """Whether a `score`, `persona` or `grade` condition holds."""
    if node.op == SCORE_NODE:
        return fit >= node.fit and engagement >= node.engagement and fit + engagement >= node.total
    if node.op == PERSONA_NODE:
        return persona >= 0 and members[persona]
    return members[grade_of(fit, floors, version)]


@kernel
def children_hold(parts: Rows, bottom: int, top: int, every: bool) -> bool:
    """Whether any, or every, of the parts judged last holds."""
    for place in range(bottom, top):
        if (parts[place].stack != 0) != every:
            return not every
    return every


@kernel
def condition_holds(law: Law, version: int, place: int, stages: Rows, parts: Rows, fit: int, engagement: int, persona: int, counts: bool) -> bool:  # fmt: skip
    """Judge the condition of the stage at a place, and remember the facts that hold from now on.

    `counts`: whether scores count already in this cycle.
    """
    top = 0
    for n in range(law.stage_start[place], law.stage_start[place + 1]):
        node, part = law.nodes[n], parts[n]
        open_gate = node.only_from < 0 or entered_since(stages, law.stage_of, node.only_from, place)
        if node.op == FACT_NODE:
            holds = part.seen >= 0 and open_gate
            if node.lasting:
                part.latched = 1 if holds else part.latched
                holds = part.latched == 1
        elif node.op == ANY_NODE or node.op == ALL_NODE:
            holds = children_hold(parts, top - node.children, top, node.op == ALL_NODE) and open_gate
            top -= node.children
        else:
            holds = counts and open_gate and state_holds(node, law.members[n], law.floors, version, fit, engagement, persona)
        parts[top].stack = 1 if holds else 0
        top += 1
    return parts[0].stack == 1


@kernel
def first_satisfying(nodes: Rows, first: int, last: int, parts: Rows) -> int:
    """The first fact of the moment that satisfies one of the stage's `fact` conditions, else -1."""
    found = -1
    for n in range(first, last):
        fact = parts[n].seen
        if nodes[n].op == FACT_NODE and fact >= 0 and (found < 0 or fact < found):
            found = fact
    return found


@kernel
def sees(nodes: Rows, first: int, last: int, parts: Rows) -> bool:
    """Whether a fact that the stage waits for is here."""
    for n in range(first, last):
        if nodes[n].op == FACT_NODE and parts[n].seen >= 0:
            return True
    return False


@kernel
def judge(law: Law, version: int, at: int, stages: Rows, parts: Rows, fit: int, engagement: int, persona: int, counts: bool, some_seen: bool) -> None:  # fmt: skip
    """Enter every stage of the version whose condition holds for the first time in the cycle; `some_seen`: a `fact` condition may have
    seen something."""
    for place in range(law.versions[version].first, law.versions[version].last):
        stage, first, last = stages[law.stage_of[place]], law.stage_start[place], law.stage_start[place + 1]
        if stage.own_at != NEVER or not (law.waits[place] or (some_seen and sees(law.nodes, first, last, parts))):
            continue
        if condition_holds(law, version, place, stages, parts, fit, engagement, persona, counts):
            stage.own_at, stage.own_fact = at, first_satisfying(law.nodes, first, last, parts)


@kernel
def remember_for_later(law: Law, version: int, stages: Rows, parts: Rows) -> None:
    """Remember the moment's facts that hold from now on under the versions after this one."""
    for place in range(law.versions[version].last, law.stage_of.shape[0]):
        for n in range(law.stage_start[place], law.stage_start[place + 1]):
            node = law.nodes[n]
            if node.op != FACT_NODE or not node.lasting or parts[n].seen < 0:
                continue
            if node.only_from < 0 or entered_since(stages, law.stage_of, node.only_from, place):
                parts[n].latched = 1


@kernel
def imply_entries(stages: Rows, shown: int) -> int:
    """Fill in the entries of the first `shown` stages, those that later ones imply included; returns how many are entered."""
    earliest, fact, entered = NEVER, -1, 0
    for s in range(shown - 1, -1, -1):
        stage = stages[s]
        if stage.own_at != NEVER and stage.own_at <= earliest:
            earliest, fact = stage.own_at, stage.own_fact
        stage.entered_at, stage.entered_by = earliest, fact
        if earliest != NEVER and entered == 0:
            entered = s + 1
    return entered


@kernel
def write_entries(lead: int, number: int, end: int, stages: Rows, shown: int, entries: Rows, n: int) -> int:
    """Write the cycle's entries of the first `shown` stages from row n on; returns the new length."""
    entered = imply_entries(stages, shown)
    for s in range(entered):
        entry = entries[n]
        entry.lead, entry.cycle, entry.stage = lead, number, s
        entry.entered_at, entry.fact = stages[s].entered_at, stages[s].entered_by
        entry.left_at = stages[s + 1].entered_at if s + 1 < entered else end
        n += 1
    return n
