"""The agreement as numbers: what the matching leaves codes of, and what the fold reads.

Everything here is plain arrays, so that the kernels see no Python object. Points are whole hundredths, instants and durations
microseconds, names are indices into the lists of `Rulebook`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smarketing.agreement.conditions import AttributeCondition, TimeCondition
from smarketing.agreement.models import Agreement, Commitment
from smarketing.derivations import flags
from smarketing.vocabulary.kinds import KINDS, SALES_ACTS

NEVER = np.iinfo(np.int64).max
"""The instant of what did not happen."""
ANYTHING = np.iinfo(np.int64).min
"""The threshold that is always reached."""
OWN_KIND = "(a kind of your own)"

FACT, SCORE, PERSONA, GRADE, ANY, ALL = range(6)
RULE, NODE, CONNECT = range(3)


class Rules(NamedTuple):
    """Engagement rules: `points[r]`, `at_most[r]` (-1: no limit), and from `fade_start[r]` on the steps `after`, `left`."""

    points: NDArray[np.int64]
    at_most: NDArray[np.int64]
    fade_start: NDArray[np.int64]
    after: NDArray[np.int64]
    left: NDArray[np.int64]


class Tests(NamedTuple):
    """What a fact of kind k can satisfy: entries `start[k]:start[k + 1]`; `bit` is its place in the fact's where-bits, -1: none."""

    start: NDArray[np.int64]
    what: NDArray[np.int64]
    target: NDArray[np.int64]
    bit: NDArray[np.int64]


class Stages(NamedTuple):
    """Stage conditions in postfix order: stage s owns the nodes `start[s]:start[s + 1]`; none: it has no `when`."""

    start: NDArray[np.int64]
    op: NDArray[np.int64]
    size: NDArray[np.int64]
    lasting: NDArray[np.bool_]
    only_from: NDArray[np.int64]
    score: NDArray[np.int64]
    members: NDArray[np.bool_]


class Terms(NamedTuple):
    """The hand-off's terms: stage indices (`return_to` -1: none), the check, the grades' floors, k of each `attempts` clock."""

    handoff: int
    return_to: int
    check: bool
    floors: NDArray[np.int64]
    kth: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FactTest:
    """A condition on one fact: its kind and, maybe, what its properties must say."""

    kind: str
    where: AttributeCondition | None
    what: int
    target: int


@dataclass(slots=True)
class Rulebook:
    """An agreement compiled for one replay; the lists give the names behind the codes."""

    agreement: Agreement
    rules: Rules
    stages: Stages
    terms: Terms
    tests: Tests
    kind_flags: NDArray[np.int64]
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
        return [*self.agreement.grades, "D"]

    @property
    def stage_names(self) -> list[str]:
        """Stages by code, in order."""
        return [stage.name for stage in self.agreement.stages]

    @property
    def stages_after(self) -> list[str]:
        """The stages after the hand-off: one column of `handoffs` each."""
        return self.stage_names[self.terms.handoff + 1 :]


def hundredths(points: Decimal) -> int:
    """Points or money as whole hundredths, half away from zero."""
    return int((points * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def array(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def compile_agreement(agreement: Agreement) -> Rulebook:
    """Compile an agreement that has passed its checks."""
    names = [stage.name for stage in agreement.stages]
    fact_tests = [FactTest(rule.fact, rule.where, RULE, index) for index, rule in enumerate(agreement.engagement)]
    program = Program(names, [p.name for p in agreement.personas], [*agreement.grades, "D"])
    for index, stage in enumerate(agreement.stages):
        program.add_stage(index, stage.when)
    fact_tests += program.fact_tests
    fact_tests += [FactTest(one.fact, one.where, CONNECT, 0) for one in agreement.handoff.connects or []]
    clocks = [one for one in agreement.commitments if one.respond_within or one.decide_within or one.attempts is not None]
    kinds = sorted(KINDS | {test.kind for test in fact_tests} | set(agreement.handoff.attempts or ())) + [OWN_KIND]
    by_kind: dict[str, list[FactTest]] = {kind: [] for kind in kinds}
    for test in fact_tests:
        by_kind[test.kind].append(test)
    return Rulebook(
        agreement=agreement, rules=compile_rules(agreement), stages=program.arrays(), terms=compile_terms(agreement, names, clocks),
        tests=compile_tests(kinds, by_kind), kind_flags=compile_flags(agreement, kinds), kinds=kinds, by_kind=by_kind,
        words=max(1, max((sum(1 for t in tests if t.where) + 63) // 64 for tests in by_kind.values())), clocks=clocks,
    )  # fmt: skip


def compile_rules(agreement: Agreement) -> Rules:
    start, after, left = [0], [], []
    for rule in agreement.engagement:
        for fade in rule.fades or ():
            after.append(fade.after.microseconds)
            left.append(hundredths(rule.points * fade.to))
        start.append(len(after))
    points = [hundredths(rule.points) for rule in agreement.engagement]
    at_most = [-1 if rule.at_most is None else rule.at_most for rule in agreement.engagement]
    return Rules(array(points), array(at_most), array(start), array(after), array(left))


def compile_terms(agreement: Agreement, names: list[str], clocks: list[Commitment]) -> Terms:
    handoff = names.index(agreement.handoff.at)
    return_to = names.index(agreement.handoff.return_to) if agreement.handoff.return_to else handoff - 1
    floors = array([hundredths(floor) for floor in agreement.grades.values()])
    kth = array([one.attempts for one in clocks if one.attempts is not None])
    return Terms(handoff, return_to, bool(agreement.handoff.check), floors, kth)


def compile_tests(kinds: list[str], by_kind: dict[str, list[FactTest]]) -> Tests:
    start, what, target, bit = [0], [], [], []
    for kind in kinds:
        bits = 0
        for test in by_kind[kind]:
            what.append(test.what)
            target.append(test.target)
            bit.append(bits if test.where else -1)
            bits += bool(test.where)
        start.append(len(what))
    return Tests(array(start), array(what), array(target), array(bit))


def compile_flags(agreement: Agreement, kinds: list[str]) -> NDArray[np.int64]:
    attempts = SALES_ACTS if agreement.handoff.attempts is None else frozenset(agreement.handoff.attempts)
    return array([flags.of_kind(kind, attempts) for kind in kinds])


class Program:
    """Collects the conditions of the stages as postfix nodes."""

    def __init__(self, stages: list[str], personas: list[str], grades: list[str]) -> None:
        self.stages, self.personas, self.grades = stages, personas, grades
        self.start = [0]
        self.nodes: list[tuple[int, int, bool, int, tuple[int, int, int], frozenset[int]]] = []
        self.fact_tests: list[FactTest] = []

    def add_stage(self, index: int, when: TimeCondition | None) -> None:
        """Append the nodes of one stage."""
        if when is not None:
            self.add(when, lasting=False)
        self.start.append(len(self.nodes))

    def add(self, when: TimeCondition, *, lasting: bool) -> None:
        """Append the nodes of one condition, children first; `lasting`: a fact inside `all` holds from then on."""
        only_from = self.stages.index(when.only_from) if when.only_from else -1
        op, size, members, score = FACT, 0, frozenset[int](), (int(ANYTHING),) * 3
        if when.any is not None or when.all is not None:
            children = when.any if when.any is not None else when.all or []
            for child in children:
                self.add(child, lasting=lasting or when.all is not None)
            op, size = (ANY if when.any is not None else ALL), len(children)
        elif when.score is not None:
            op, score = SCORE, (floor(when.score.fit), floor(when.score.engagement), floor(when.score.total))
        elif when.persona is not None:
            op, members = PERSONA, frozenset(self.personas.index(name) for name in when.persona)
        elif when.grade is not None:
            op, members = GRADE, frozenset(code for code, name in enumerate(self.grades) if name in when.grade)
        else:
            self.fact_tests.append(FactTest(str(when.fact), when.where, NODE, len(self.nodes)))
        self.nodes.append((op, size, lasting, only_from, score, members))

    def arrays(self) -> Stages:
        """The nodes as arrays."""
        width = max(len(self.personas), len(self.grades), 1)
        members = np.zeros((len(self.nodes), width), dtype=np.bool_)
        for row, node in enumerate(self.nodes):
            members[row, list(node[5])] = True
        score = np.array([node[4] for node in self.nodes], dtype=np.int64).reshape(-1, 3)
        lasting = np.array([node[2] for node in self.nodes], dtype=np.bool_)
        op, size, only_from = (array([node[column] for node in self.nodes]) for column in (0, 1, 3))  # type: ignore[misc]
        return Stages(array(self.start), op, size, lasting, only_from, score, members)


def floor(threshold: Decimal | None) -> int:
    """A threshold in hundredths; one that is not named is always reached."""
    if threshold is None:
        return int(ANYTHING)
    return int((threshold * 100).to_integral_value(rounding=ROUND_CEILING))
