"""The comparison with the reference once more, where there is much of something: rules, stages and personas beyond 64, leads by the
hundred, with several threads and a part of the journal at a time."""

from __future__ import annotations

import random as chance
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.generative.agreements import (
    ATTRIBUTES,
    ELAPSED,
    POINTS,
    PROPERTIES,
    Words,
    make_agreement,
    make_condition,
    make_engagement,
    make_personas,
    make_time_condition,
)
from tests.generative.cases import Case
from tests.generative.comparing import differences, product_replay, told
from tests.generative.journals import make_journal, make_tables
from tests.generative.sequences import make_versions
from tests.reference.conditions import canonical


def large_agreement(random: chance.Random) -> dict[str, Any]:
    """More of everything than anybody writes by hand."""
    rules = [rule for _ in range(60) for rule in make_engagement(random)]
    personas = [persona for _ in range(30) for persona in make_personas(random)][: random.choice([9, 33])]
    conditions = {canonical(when): when for when in (make_condition(random, ATTRIBUTES) for _ in range(130))}
    fit = [{"when": when, "points": random.choice(POINTS)} for when in conditions.values()]
    personas = [persona | {"name": f"p{number}"} for number, persona in enumerate(personas)] + [{"name": "many", "fit": fit[:70]}]
    names = [f"s{number}" for number in range(random.choice([20, 66]))]
    words = Words(random, [persona["name"] for persona in personas], ["A", "B"], [0, 5, 10, 20, 100])
    stages: list[dict[str, Any]] = [{"name": names[0], "owner": "marketing"}]
    for number, name in enumerate(names[1:], start=1):
        parts = [make_time_condition(words, names[:number]) for _ in range(random.choice([1, 2, 5, 9]))]
        stages.append({"name": name, "owner": "sales", "when": {random.choice(["any", "all"]): parts}})
    at = random.randrange(1, len(names))
    connects = [{"fact": "call_made", "where": make_condition(random, PROPERTIES)} for _ in range(40)]
    return make_agreement(random) | {
        "engagement": [rule | {"name": f"r{number}"} for number, rule in enumerate(rules[:130])],
        "personas": personas,
        "grades": {"A": 20, "B": 10},
        "worth": {"A": 5},
        "stages": stages,
        "handoff": {"at": names[at], "return_to": random.choice(names[:at]), "connects": connects},
        "commitments": [
            {"name": f"c{number}", "by": "sales", "respond_within": random.choice(ELAPSED), "share": "90%", "per": "month"}
            for number in range(70)
        ],
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_large_agreement(seed: int) -> None:
    random = chance.Random(seed)
    agreement = large_agreement(random)
    compare(seed, agreement, make_journal(random, agreement), random)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 10))
def test_several_versions_of_a_large_agreement(seed: int) -> None:
    random = chance.Random(seed)
    agreement = large_agreement(random)
    facts = make_journal(random, agreement)
    first, *later = make_versions(random, agreement, facts)
    compare(seed, first, facts, random, later)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_journal_of_many_leads(seed: int) -> None:
    random = chance.Random(seed)
    agreement = make_agreement(random)
    compare(seed, agreement, make_journal(random, agreement, [f"lead {number}" for number in range(150)]), random)


def compare(
    seed: int, agreement: dict[str, Any], facts: list[dict[str, Any]], random: chance.Random, later: Sequence[dict[str, Any]] = ()
) -> None:
    """One thread, and several with a part of the journal at a time, give what the reference gives."""
    tables = make_tables(random, agreement, min(fact["at"] for fact in facts))
    case = Case(seed, agreement, facts, max(fact["at"] for fact in facts) + timedelta(days=7), tables, list(later))
    for threads, at_once in ((1, 1_000_000), (4, 50)):
        if lines := differences(case.expected, product_replay(case, threads=threads, at_once=at_once)):
            pytest.fail(told(case, lines, f"{threads} threads, {at_once} facts at once"), pytrace=False)
