"""The conditions of the stages as a program for the fold: postfix nodes, stage by stage, version after version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smarketing.agreement.conditions import AttributeCondition, TimeCondition
from smarketing.agreement.models import Agreement
from smarketing.agreement.values import LOWEST_GRADE
from smarketing.derivations.life.rows import NODE, Rows
from smarketing.derivations.life.words import (
    ALL_NODE,
    ANY_NODE,
    ANYTHING,
    FACT_NODE,
    GRADE_NODE,
    NODE_TEST,
    PERSONA_NODE,
    SCORE_NODE,
)


@dataclass(frozen=True, slots=True)
class FactTest:
    """A condition on one fact: its kind and, maybe, what its properties must say. `lasting`: facts from before the version count."""

    kind: str
    where: AttributeCondition | None
    what: int
    target: int
    lasting: bool = False

    @classmethod
    def of(cls, kind: str, where: AttributeCondition | None, what: int, target: int, *, lasting: bool = False) -> FactTest:
        """The test; a `where` that asks nothing is none."""
        return cls(kind, where if where is not None and where.names() else None, what, target, lasting)


class Program:
    """Collects the stages of all versions at their places, and their conditions as NODE rows with the personas or grades each names."""

    def __init__(self, stages: Sequence[str], personas: Sequence[str]) -> None:
        self.stages, self.personas = list(stages), list(personas)
        self.stage_of: list[int] = []
        self.start = [0]
        self.nodes: list[tuple[int, ...]] = []
        self.members: list[list[int]] = []
        self.fact_tests: list[list[FactTest]] = []
        self.places: dict[str, int] = {}
        self.grades: list[str] = []

    def add_version(self, agreement: Agreement) -> None:
        """Append the stages of the next version."""
        first = len(self.stage_of)
        self.places = {name: first + index for index, name in enumerate(agreement.stage_names)}
        self.grades = [*agreement.grades, LOWEST_GRADE]
        self.fact_tests.append([])
        for stage in agreement.stages:
            if stage.when is not None:
                self.add(stage.when, lasting=False)
            self.stage_of.append(self.stages.index(stage.name))
            self.start.append(len(self.nodes))

    def add(self, when: TimeCondition, *, lasting: bool) -> None:
        """Append the nodes of one condition, children first; `lasting`: a fact inside `all` holds from then on."""
        op, size, members, score = self.parts_of(when, lasting)
        only_from = self.places[when.only_from] if when.only_from else -1
        if op == FACT_NODE:
            test = FactTest.of(str(when.fact), when.where, NODE_TEST, len(self.nodes), lasting=lasting)
            self.fact_tests[-1].append(test)
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

    def arrays(self, width: int) -> tuple[Rows, NDArray[np.bool_]]:
        """The nodes and their members, of which there are `width` at most."""
        members = np.zeros((len(self.nodes), max(width, 1)), dtype=np.bool_)
        for node, codes in enumerate(self.members):
            members[node, codes] = True
        return rows(NODE, self.nodes), members


def rows(kind: np.dtype[Any], values: Sequence[tuple[int, ...]]) -> Rows:
    """Records of one type."""
    return np.array(list(values), dtype=kind)


def floor(threshold: Decimal | None) -> int:
    """A threshold in hundredths; one that is not named is always reached."""
    if threshold is None:
        return ANYTHING
    return int((threshold * 100).to_integral_value(rounding=ROUND_CEILING))
