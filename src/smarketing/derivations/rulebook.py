"""The agreement as numbers: what the matching leaves codes of, and what the fold reads.

Everything here is plain arrays, so that the kernels see no Python object. Points are whole hundredths, instants and durations
microseconds, names are indices into the lists of `Rulebook`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smarketing.agreement.conditions import AttributeCondition, TimeCondition
from smarketing.agreement.models import Agreement, Commitment
from smarketing.agreement.values import LOWEST_GRADE
from smarketing.derivations.life import flags
from smarketing.derivations.life.rows import FADE, NODE, RULE, TERMS, TEST, Ints, Law, Rows
from smarketing.derivations.life.words import (
    ALL_NODE,
    ANY_NODE,
    ANYTHING,
    CONNECT_TEST,
    FACT_NODE,
    GRADE_NODE,
    NODE_TEST,
    PERSONA_NODE,
    RULE_TEST,
    SCORE_NODE,
)  # fmt: skip
from smarketing.vocabulary.kinds import KINDS, SALES_ACTS

OWN_KIND = "(a kind of your own)"


@dataclass(frozen=True, slots=True)
class FactTest:
    """A condition on one fact: its kind and, maybe, what its properties must say."""

    kind: str
    where: AttributeCondition | None
    what: int
    target: int

    @classmethod
    def of(cls, kind: str, where: AttributeCondition | None, what: int, target: int) -> FactTest:
        """The test; a `where` that asks nothing is none."""
        return cls(kind, where if where is not None and where.names() else None, what, target)


@dataclass(slots=True)
class Rulebook:
    """An agreement compiled for one replay; the lists give the names behind the codes."""

    agreement: Agreement
    law: Law
    kinds: list[str]
    by_kind: dict[str, list[FactTest]]
    words: int
    clocks: list[Commitment] = field(default_factory=list)

    @property
    def rule_names(self) -> list[str]:
        """Engagement rules by code."""
        return [rule.name for rule in self.agreement.engagement]

    @property
    def persona_names(self) -> list[str]:
        """Personas by code."""
        return [persona.name for persona in self.agreement.personas]

    @property
    def grade_names(self) -> list[str]:
        """Grades by code; the last one is that of everybody below the floors."""
        return [*self.agreement.grades, LOWEST_GRADE]

    @property
    def stage_names(self) -> list[str]:
        """Stages by code, in order."""
        return [stage.name for stage in self.agreement.stages]

    @property
    def handoff(self) -> int:
        """The stage at whose entry a lead is handed over."""
        return self.stage_names.index(self.agreement.handoff.at)

    @property
    def stages_after(self) -> list[str]:
        """The stages after the hand-off: one column of `handoffs` each."""
        return self.stage_names[self.handoff + 1 :]


def hundredths(points: Decimal) -> int:
    """Points or money as whole hundredths, half away from zero."""
    return int((points * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def rows(kind: np.dtype[Any], values: Sequence[tuple[int, ...]]) -> Rows:
    """Records of one type."""
    return np.array(list(values), dtype=kind)


def ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def compile_agreement(agreement: Agreement) -> Rulebook:
    """Compile an agreement that has passed its checks."""
    names = [stage.name for stage in agreement.stages]
    program = Program(names, [p.name for p in agreement.personas], [*agreement.grades, LOWEST_GRADE])
    for stage in agreement.stages:
        program.add_stage(stage.when)
    tests = [FactTest.of(rule.fact, rule.where, RULE_TEST, index) for index, rule in enumerate(agreement.engagement)]
    tests += program.fact_tests
    tests += [FactTest.of(one.fact, one.where, CONNECT_TEST, 0) for one in agreement.handoff.connects]
    kinds = sorted(KINDS | {test.kind for test in tests} | set(agreement.handoff.attempts or ())) + [OWN_KIND]
    by_kind: dict[str, list[FactTest]] = {kind: [] for kind in kinds}
    for test in tests:
        by_kind[test.kind].append(test)
    clocks = [one for one in agreement.commitments if one.respond_within or one.decide_within or one.attempts is not None]
    words = max(1, max((sum(1 for test in these if test.where) + 63) // 64 for these in by_kind.values()))
    return Rulebook(agreement, compile_law(agreement, program, kinds, by_kind, clocks), kinds, by_kind, words, clocks)


def compile_law(
    agreement: Agreement, program: Program, kinds: list[str], by_kind: dict[str, list[FactTest]], clocks: list[Commitment]
) -> Law:
    rules, fades = compile_rules(agreement)
    tests, test_start = compile_tests(kinds, by_kind)
    nodes, members = program.arrays()
    attempts = SALES_ACTS if agreement.handoff.attempts is None else frozenset(agreement.handoff.attempts)
    return Law(
        tests=tests, test_start=test_start, rules=rules, fades=fades, nodes=nodes, stage_start=ints(program.start), members=members,
        terms=compile_terms(agreement, program.stages), floors=ints([hundredths(floor) for floor in agreement.grades.values()]),
        kth=ints([one.attempts for one in clocks if one.attempts is not None]),
        kind_flags=ints([flags.of_kind(kind, attempts) for kind in kinds]),
    )  # fmt: skip


def compile_rules(agreement: Agreement) -> tuple[Rows, Rows]:
    rules: list[tuple[int, ...]] = []
    fades: list[tuple[int, ...]] = []
    for rule in agreement.engagement:
        start = len(fades)
        fades += [(fade.after.microseconds, hundredths(rule.points * fade.to)) for fade in rule.fades]
        rules.append((hundredths(rule.points), -1 if rule.at_most is None else rule.at_most, start, len(fades)))
    return rows(RULE, rules), rows(FADE, fades)


def compile_terms(agreement: Agreement, stages: list[str]) -> Rows:
    handoff = stages.index(agreement.handoff.at)
    return_to = stages.index(agreement.handoff.return_to) if agreement.handoff.return_to else handoff - 1
    return rows(TERMS, [(handoff, return_to, int(agreement.handoff.check))])


def compile_tests(kinds: list[str], by_kind: dict[str, list[FactTest]]) -> tuple[Rows, Ints]:
    start, tests = [0], []
    for kind in kinds:
        bits = 0
        for test in by_kind[kind]:
            tests.append((test.what, test.target, bits if test.where else -1))
            bits += bool(test.where)
        start.append(len(tests))
    return rows(TEST, tests), ints(start)


class Program:
    """Collects the conditions of the stages as postfix nodes: NODE rows, and the personas or grades that each names."""

    def __init__(self, stages: list[str], personas: list[str], grades: list[str]) -> None:
        self.stages, self.personas, self.grades = stages, personas, grades
        self.start = [0]
        self.nodes: list[tuple[int, ...]] = []
        self.members: list[list[int]] = []
        self.fact_tests: list[FactTest] = []

    def add_stage(self, when: TimeCondition | None) -> None:
        """Append the nodes of one stage."""
        if when is not None:
            self.add(when, lasting=False)
        self.start.append(len(self.nodes))

    def add(self, when: TimeCondition, *, lasting: bool) -> None:
        """Append the nodes of one condition, children first; `lasting`: a fact inside `all` holds from then on."""
        op, size, members, score = self.parts_of(when, lasting)
        only_from = self.stages.index(when.only_from) if when.only_from else -1
        if op == FACT_NODE:
            self.fact_tests.append(FactTest.of(str(when.fact), when.where, NODE_TEST, len(self.nodes)))
        self.nodes.append((op, size, int(lasting), only_from, *score))
        self.members.append(members)

    def parts_of(self, when: TimeCondition, lasting: bool) -> tuple[int, int, list[int], tuple[int, int, int]]:
        """What kind of node a condition is, how many children it has (added first), whom it names, which scores it asks."""
        always = (ANYTHING, ANYTHING, ANYTHING)
        if when.any is not None or when.all is not None:
            children = when.all if when.all is not None else when.any or []
            for child in children:
                self.add(child, lasting=lasting or when.all is not None)
            return ANY_NODE if when.all is None else ALL_NODE, len(children), [], always
        if when.score is not None:
            return SCORE_NODE, 0, [], (floor(when.score.fit), floor(when.score.engagement), floor(when.score.total))
        if when.persona is not None:
            return PERSONA_NODE, 0, [self.personas.index(name) for name in when.persona], always
        if when.grade is not None:
            return GRADE_NODE, 0, [code for code, name in enumerate(self.grades) if name in when.grade], always
        return FACT_NODE, 0, [], always

    def arrays(self) -> tuple[Rows, NDArray[np.bool_]]:
        """The nodes and their members."""
        members = np.zeros((len(self.nodes), max(len(self.personas), len(self.grades), 1)), dtype=np.bool_)
        for node, codes in enumerate(self.members):
            members[node, codes] = True
        return rows(NODE, self.nodes), members


def floor(threshold: Decimal | None) -> int:
    """A threshold in hundredths; one that is not named is always reached."""
    if threshold is None:
        return ANYTHING
    return int((threshold * 100).to_integral_value(rounding=ROUND_CEILING))
