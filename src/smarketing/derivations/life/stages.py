"""The stages of one lead's cycle: which are entered, when, and by which fact."""

from __future__ import annotations

from smarketing.derivations.compiling import njit
from smarketing.derivations.life.cycle import Cycle, Now
from smarketing.derivations.life.journal import Entries, Facts
from smarketing.derivations.life.receipt import satisfies
from smarketing.derivations.rulebook import ALL, ANY, FACT, GRADE, NEVER, NODE, PERSONA, SCORE, Stages, Terms, Tests


@njit
def see_facts(facts: Facts, tests: Tests, first: int, last: int, seen) -> None:  # type: ignore[no-untyped-def]
    """For each `fact` condition the first of the moment's facts that satisfies it, else -1."""
    seen[:] = -1
    for i in range(first, last):
        for entry in range(tests.start[facts.kind[i]], tests.start[facts.kind[i] + 1]):
            if tests.what[entry] == NODE and seen[tests.target[entry]] < 0 and satisfies(facts, tests, i, entry):
                seen[tests.target[entry]] = i


@njit
def grade_of(fit: int, terms: Terms) -> int:
    """The code of the grade: the first whose floor is reached, else the one below all floors."""
    for grade in range(terms.floors.shape[0]):
        if fit >= terms.floors[grade]:
            return grade
    return terms.floors.shape[0]


@njit
def entered_since(cycle: Cycle, only_from: int, stage: int) -> bool:
    """Whether `only_from`, or a stage between it and this one, had its own entry or was given by the hand-back."""
    for s in range(only_from, stage):
        if cycle.own_at[s] != NEVER:
            return True
    return False


@njit
def state_holds(stages: Stages, terms: Terms, node: int, now: Now) -> bool:
    """Whether a `score`, `persona` or `grade` condition holds at this moment."""
    if not now.counts:
        return False
    if stages.op[node] == SCORE:
        fit, engagement = now.fit, now.engagement
        wanted = stages.score[node]
        return fit >= wanted[0] and engagement >= wanted[1] and fit + engagement >= wanted[2]
    if stages.op[node] == PERSONA:
        return now.persona >= 0 and stages.members[node, now.persona]
    return stages.members[node, grade_of(now.fit, terms)]


@njit
def condition_holds(stages: Stages, terms: Terms, stage: int, cycle: Cycle, now: Now) -> bool:
    """Judge the condition of a stage at this moment, and remember the facts that hold from now on."""
    top = 0
    for node in range(stages.start[stage], stages.start[stage + 1]):
        op, gate = stages.op[node], stages.only_from[node]
        open_gate = gate < 0 or entered_since(cycle, gate, stage)
        if op == FACT:
            holds = cycle.seen[node] >= 0 and open_gate
            if stages.lasting[node]:
                cycle.latched[node] = cycle.latched[node] or holds
                holds = cycle.latched[node]
        elif op == ANY or op == ALL:
            count = 0
            for child in range(top - stages.size[node], top):
                count += cycle.stack[child]
            holds = (count > 0 if op == ANY else count == stages.size[node]) and open_gate
            top -= stages.size[node]
        else:
            holds = state_holds(stages, terms, node, now) and open_gate
        cycle.stack[top] = holds
        top += 1
    return cycle.stack[top - 1] > 0


@njit
def first_satisfying(stages: Stages, stage: int, cycle: Cycle) -> int:
    """The first fact of the moment that satisfies one of the stage's `fact` conditions, else -1."""
    first = -1
    for node in range(stages.start[stage], stages.start[stage + 1]):
        fact = cycle.seen[node]
        if stages.op[node] == FACT and fact >= 0 and (first < 0 or fact < first):
            first = fact
    return first


@njit
def judge(stages: Stages, terms: Terms, cycle: Cycle, now: Now) -> None:
    """Enter every stage whose condition holds for the first time in the cycle."""
    for stage in range(stages.start.shape[0] - 1):
        if cycle.own_at[stage] == NEVER and stages.start[stage] < stages.start[stage + 1]:
            if condition_holds(stages, terms, stage, cycle, now):
                cycle.own_at[stage] = now.at
                cycle.own_fact[stage] = first_satisfying(stages, stage, cycle)


@njit
def write_entries(stages: Stages, lead: int, number: int, end: int, cycle: Cycle, entries: Entries, n: int) -> int:
    """Write the cycle's stage entries, earlier stages implied by later ones; returns the new length. Fills `cycle.entered_at`."""
    earliest, fact, entered = NEVER, -1, 0
    for stage in range(stages.start.shape[0] - 2, -1, -1):
        if cycle.own_at[stage] != NEVER and cycle.own_at[stage] <= earliest:
            earliest, fact = cycle.own_at[stage], cycle.own_fact[stage]
        cycle.entered_at[stage], cycle.entered_by[stage] = earliest, fact
        if earliest != NEVER and entered == 0:
            entered = stage + 1
    for stage in range(entered):
        entries.lead[n], entries.cycle[n], entries.stage[n] = lead, number, stage
        entries.entered_at[n], entries.fact[n] = cycle.entered_at[stage], cycle.entered_by[stage]
        entries.left_at[n] = cycle.entered_at[stage + 1] if stage + 1 < entered else end
        n += 1
    return n
