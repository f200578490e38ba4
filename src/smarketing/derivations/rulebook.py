"""The versions of the agreement as numbers: what the matching leaves codes of, and what the fold reads.

Everything here is plain arrays, so that the kernels see no Python object. Points are whole hundredths, instants and durations
microseconds, names are indices into the lists of `Rulebook`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from smarketing.agreement.models import Agreement, Commitment
from smarketing.agreement.sequence import begins_at
from smarketing.agreement.values import LOWEST_GRADE
from smarketing.derivations.life import flags
from smarketing.derivations.life.rows import FADE, RULE, TEST, VERSION, Ints, Law, Rows
from smarketing.derivations.life.words import ANYTHING, CONNECT_TEST, FACT_NODE, GRADE_NODE, NODE_TEST, RULE_TEST, SCORE_NODE
from smarketing.derivations.money.rates import NO_RATES, Rates
from smarketing.derivations.program import FactTest, Program, rows
from smarketing.vocabulary.kinds import KINDS, SALES_ACTS
from smarketing.vocabulary.periods import micros

OWN_KIND = "(a kind of your own)"


@dataclass(frozen=True)
class Rulebook:
    """The versions that count, in sequence, compiled for one replay; the lists give the names behind the codes.

    `tests`: what a fact can satisfy, by the number of its kind (that of kind k under version v is v · kinds + k). `rates`: what money
    in other currencies was worth.
    """

    versions: tuple[Agreement, ...]
    law: Law
    kinds: list[str]
    tests: list[list[FactTest]]
    words: int
    rates: Rates = NO_RATES

    @property
    def agreement(self) -> Agreement:
        """The last version: the tables speak its language."""
        return self.versions[-1]

    @cached_property
    def starts(self) -> Ints:
        """From when on each version is in force; the first one always was."""
        return np.ascontiguousarray(self.law.versions["start"])

    def version_of(self, at: Ints) -> Ints:
        """The number of the version in force at each instant."""
        return np.searchsorted(self.starts, at, side="right") - 1

    @cached_property
    def rule_names(self) -> list[str]:
        """Engagement rules by code."""
        return [rule.name for version in self.versions for rule in version.engagement]

    @cached_property
    def persona_names(self) -> list[str]:
        """Personas of all versions by code."""
        return personas_of(self.versions)

    @cached_property
    def grade_names(self) -> list[str]:
        """Grades of all versions by code; among them that of everybody below the floors."""
        return in_union([*version.grades, LOWEST_GRADE] for version in self.versions)

    @cached_property
    def grade_codes(self) -> NDArray[np.int64]:
        """For each version the codes of its grades, that of everybody below the floors behind the others."""
        codes = np.full((len(self.versions), self.law.floors.shape[1] + 1), -1, dtype=np.int64)
        for number, version in enumerate(self.versions):
            for place, grade in enumerate([*version.grades, LOWEST_GRADE]):
                codes[number, place] = self.grade_names.index(grade)
        return codes

    @property
    def stage_names(self) -> list[str]:
        """Stages of the last version by code, in order."""
        return self.agreement.stage_names

    @property
    def stages_after(self) -> list[str]:
        """Its stages after the hand-off: one column of `handoffs` each."""
        return self.agreement.stages_after_handoff


def in_union(lists: Iterable[Iterable[str]]) -> list[str]:
    """Every name once, in order of appearance."""
    return list(dict.fromkeys(name for names in lists for name in names))


def personas_of(versions: Sequence[Agreement]) -> list[str]:
    """The names of the personas of all versions."""
    return in_union([persona.name for persona in version.personas] for version in versions)


def stages_of(versions: Sequence[Agreement]) -> list[str]:
    """The names of the stages of all versions, those of the last one first."""
    return in_union(version.stage_names for version in reversed(versions))


def clocks_of(version: Agreement) -> list[Commitment]:
    """The commitments with a due time."""
    return [one for one in version.commitments if one.due is not None]


def hundredths(points: Decimal) -> int:
    """Points or money as whole hundredths, half away from zero."""
    return int((points * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def compile_agreement(versions: Sequence[Agreement], rates: Rates = NO_RATES) -> Rulebook:
    """Compile versions in sequence, each of which has passed its checks; `rates` are those of the small tables (`rates_in`)."""
    program = Program(stages_of(versions), personas_of(versions))
    for version in versions:
        program.add_version(version)
    by_version = tests_by_version(versions, program)
    attempts = [kind for version in versions for kind in version.handoff.attempts or ()]
    kinds = sorted({*KINDS, *attempts, *(test.kind for tests in by_version for test in tests)}) + [OWN_KIND]
    tests: list[list[FactTest]] = []
    for these in by_version:
        by_kind: dict[str, list[FactTest]] = {kind: [] for kind in kinds}
        for test in these:
            by_kind[test.kind].append(test)
        tests += by_kind.values()
    words = max(1, max((sum(1 for test in these if test.where) + 63) // 64 for these in tests))
    return Rulebook(tuple(versions), compile_law(versions, program, kinds, tests), kinds, tests, words, rates)


def tests_by_version(versions: Sequence[Agreement], program: Program) -> list[list[FactTest]]:
    """What facts are tested for under each version; what later versions remember of them is a part of it."""
    by_version: list[list[FactTest]] = []
    codes = iter(range(sum(len(version.engagement) for version in versions)))
    for number, version in enumerate(versions):
        tests = [FactTest.of(rule.fact, rule.where, RULE_TEST, next(codes)) for rule in version.engagement]
        tests += program.fact_tests[number]
        tests += [FactTest.of(one.fact, one.where, CONNECT_TEST, 0) for one in version.handoff.connects]
        tests += [test for later in program.fact_tests[number + 1 :] for test in later if test.lasting]
        by_version.append(tests)
    return by_version


def compile_law(versions: Sequence[Agreement], program: Program, kinds: list[str], by_kind: list[list[FactTest]]) -> Law:
    rules, fades = compile_rules(versions)
    tests, test_start = compile_tests(by_kind)
    floors = compile_floors(versions)
    nodes, members = program.arrays(max(len(program.personas), floors.shape[1] + 1))
    asked = {one.attempts for version in versions for one in clocks_of(version) if one.attempts is not None}
    meant = [flag for version in versions for flag in kind_flags(version, kinds)]
    tested = [flags.TESTED if any(test.what == NODE_TEST for test in these) else 0 for these in by_kind]
    waits = [waits_for_nothing(nodes[first:last]) for first, last in pairwise(program.start)]
    most = [[2 + int(rules["fade_end"][test.target] - rules["fade_start"][test.target]) for test in these if test.what == RULE_TEST] for these in by_kind]  # fmt: skip
    return Law(
        tests=tests, test_start=test_start, rules=rules, fades=fades, nodes=nodes, stage_of=ints(program.stage_of),
        stage_start=ints(program.start), members=members, versions=compile_versions(versions), floors=floors,
        kth=ints(sorted(asked)), kind_flags=ints(meant) | ints(tested),
        waits=np.array(waits, dtype=np.bool_), most_hits=ints([len(each) for each in most]), most_changes=ints([sum(each) for each in most]),
    )  # fmt: skip


def kind_flags(version: Agreement, kinds: list[str]) -> list[int]:
    """What each kind means to the fold under a version."""
    attempts = SALES_ACTS if version.handoff.attempts is None else frozenset(version.handoff.attempts)
    return [flags.of_kind(kind, attempts) for kind in kinds]


def waits_for_nothing(nodes: Rows) -> bool:
    """Whether a stage with these nodes can be entered without a fact that it waits for: by a score or a profile, or by facts of before."""
    ops, lasting = nodes["op"], nodes["lasting"] != 0
    return bool((((ops == FACT_NODE) & lasting) | ((ops >= SCORE_NODE) & (ops <= GRADE_NODE))).any())


def compile_rules(versions: Sequence[Agreement]) -> tuple[Rows, Rows]:
    rules: list[tuple[int, ...]] = []
    fades: list[tuple[int, ...]] = []
    last: dict[str, int] = {}
    for rule in (rule for version in versions for rule in version.engagement):
        start = len(fades)
        fades += [(fade.after.microseconds, hundredths(rule.points * fade.to)) for fade in rule.fades]
        at_most = -1 if rule.at_most is None else rule.at_most
        rules.append((hundredths(rule.points), at_most, start, len(fades), last.get(rule.name, -1)))
        last[rule.name] = len(rules) - 1
    return rows(RULE, rules), rows(FADE, fades)


def compile_versions(versions: Sequence[Agreement]) -> Rows:
    """When each version begins, the places of its stages, and the terms of its hand-off."""
    first, terms = 0, []
    for number, version in enumerate(versions):
        names, start = version.stage_names, ANYTHING if number == 0 else micros(begins_at(version))
        return_to = first - 1 if version.return_to is None else first + names.index(version.return_to)
        handoff = first + names.index(version.handoff.at)
        terms.append((start, first, first + len(names), handoff, return_to, int(version.handoff.check)))
        first += len(names)
    return rows(VERSION, terms)


def compile_floors(versions: Sequence[Agreement]) -> NDArray[np.int64]:
    """The floors of each version's grades; behind them, one that everybody reaches where another version has more."""
    floors = np.full((len(versions), max(len(version.grades) for version in versions)), ANYTHING, dtype=np.int64)
    for number, version in enumerate(versions):
        floors[number, : len(version.grades)] = [hundredths(floor) for floor in version.grades.values()]
    return floors


def compile_tests(by_kind: Sequence[Sequence[FactTest]]) -> tuple[Rows, Ints]:
    start, tests = [0], []
    for these in by_kind:
        bits = 0
        for test in these:
            tests.append((test.what, test.target, bits if test.where else -1))
            bits += bool(test.where)
        start.append(len(tests))
    return rows(TEST, tests), ints(start)
