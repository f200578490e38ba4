"""A case: an agreement or several versions of it, a journal, small tables and an as-of time, all from one seed."""

from __future__ import annotations

import random as chance
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from tests.generative.agreements import as_yaml, make_agreement
from tests.generative.journals import MICROSECOND, Row, Town, kinds_named, make_fact, make_journal, make_tables
from tests.generative.money import with_money
from tests.generative.promises import apart, as_of_at_a_turn, turns
from tests.generative.sequences import make_versions, starts_of
from tests.reference.periods import Period
from tests.reference.replay import Tables, reference_replay
from tests.reference.versions import Versions

BOUNDARY_KINDS = [
    "call_made",
    "meeting_held",
    "accepted",
    "rejected",
    "recycled",
    "disqualified",
    "opportunity_lost",
    "page_viewed",
]
START_KINDS = [*["profile_changed"] * 6, "passed", "accepted", "rejected", "page_viewed", "call_made", "meeting_held"]
SEVERAL = 0.4
"""The share of cases with several versions."""
TURN_KINDS = ["form_submitted", "opportunity_won", "opportunity_won", "opportunity_lost", "call_made", "accepted"]


@dataclass(frozen=True)
class Case:
    """Everything that goes into a replay; `agreement` is the first version, `later` are those after it, in order."""

    seed: int
    agreement: dict[str, Any]
    facts: list[Row]
    as_of: datetime
    tables: dict[str, list[Row]] = field(default_factory=dict)
    later: list[dict[str, Any]] = field(default_factory=list)

    @property
    def agreements(self) -> list[dict[str, Any]]:
        """All versions, in order."""
        return [self.agreement, *self.later]

    @property
    def versions(self) -> Versions:
        """Those of them that have begun."""
        return Versions(self.agreements, self.as_of)

    @cached_property
    def documents(self) -> list[str]:
        """The versions as documents."""
        return [as_yaml(agreement) for agreement in self.agreements]

    @cached_property
    def expected(self) -> Tables:
        """What the reference makes of it."""
        return reference_replay(self.facts, self.agreements, self.as_of, self.tables)

    def with_facts(self, facts: list[Row]) -> Case:
        """The same with other facts."""
        return replace(self, facts=facts)


def make_case(seed: int) -> Case:
    """The case of a seed: some of its facts, and its as-of time, lie exactly where something is due or fades."""
    random = chance.Random(seed)
    agreement = make_agreement(random)
    facts = make_journal(random, agreement)
    tables = make_tables(random, agreement, min(fact["at"] for fact in facts))
    case = Case(seed, agreement, facts, max(fact["at"] for fact in facts) + timedelta(days=60), tables)
    case = in_sequence(apart(random, "versions"), case)
    facts = case.facts
    if random.random() < 0.7:
        case = case.with_facts(facts + facts_at_borders(random, case))
    own = apart(random, "turns")
    as_of = make_as_of(random, case)
    if found := turns_of(case):
        case = case.with_facts(case.facts + facts_at_turns(own, case, found))
        as_of = as_of_at_a_turn(own, own.choice(found)) if own.random() < 0.35 else as_of
    case = with_currencies(apart(random, "currencies"), case)
    case = replace(case, as_of=as_of_at_a_start(own, case) or as_of)
    return with_money(apart(random, "money"), case)


def with_currencies(random: chance.Random, case: Case) -> Case:
    """In some cases the amounts name their currency, or another."""
    if random.random() < 0.7:
        return case
    return case.with_facts([fact | {"currency": random.choice([None, None, "EUR", "USD"])} for fact in case.facts])


def in_sequence(random: chance.Random, case: Case) -> Case:
    """In some cases with versions that follow, and with facts exactly as they begin."""
    if random.random() >= SEVERAL:
        return case
    first, *later = make_versions(random, case.agreement, case.facts)
    kinds = Counter([*START_KINDS, *(kind for one in [first, *later] for kind in kinds_named(one))])
    town = Town(random, sorted({fact["lead_id"] for fact in case.facts}), kinds, ["o1"], list(case.facts))
    starts = starts_of([first, *later])
    beside = [timedelta(0), timedelta(0), timedelta(0), -MICROSECOND, MICROSECOND, *[timedelta(days=-1)] * 3]
    times = [random.choice(starts) + random.choice(beside) for _ in range(random.choice([0, 4, 8, 12]))]
    made = [make_fact(town, random.choice(town.leads), at) for at in times if at.year < 2032]
    facts = case.facts + [fact | {"fact_id": f"start {number}"} for number, fact in enumerate(made)]
    born = {fact["lead_id"]: fact["at"] for fact in made if fact["at"] in starts and random.random() < 0.15}
    facts = [fact for fact in facts if fact["at"] >= born.get(fact["lead_id"], fact["at"])]
    return replace(case, agreement=first, later=later, facts=facts)


def as_of_at_a_start(random: chance.Random, case: Case) -> datetime | None:
    """In some cases exactly when a version begins, or a microsecond beside."""
    if not case.later or random.random() >= 0.12:
        return None
    return random.choice(starts_of(case.agreements)) + random.choice([0, 0, -1, 1]) * MICROSECOND


def turns_of(case: Case) -> list[Period]:
    """The periods of commitments in which the last facts lie, and those around them."""
    last = max(fact["at"] for fact in case.facts)
    first = max(min(fact["at"] for fact in case.facts), last - timedelta(days=30))
    return [period for one in case.agreements for period in turns(one, first, last + timedelta(days=10))]


def facts_at_turns(random: chance.Random, case: Case, found: list[Period]) -> list[Row]:
    """In some cases more facts of the same leads, exactly as a period begins or a microsecond beside."""
    kinds = dict.fromkeys([*TURN_KINDS, *(kind for one in case.agreements for kind in kinds_named(one))], 1)
    town = Town(random, sorted({fact["lead_id"] for fact in case.facts}), kinds, ["o1", "o2"], list(case.facts))
    times = [random.choice(found).start + random.choice([0, 0, -1, 1]) * MICROSECOND for _ in range(random.choice([0, 0, 2, 4]))]
    made = [make_fact(town, random.choice(town.leads), at) for at in times]
    return [fact | {"fact_id": f"turn {number}"} for number, fact in enumerate(made)]


def facts_at_borders(random: chance.Random, case: Case) -> list[Row]:
    """More facts of the same leads, exactly when something is due or fades, or a microsecond beside; some the same once more."""
    town = Town(
        random, sorted({fact["lead_id"] for fact in case.facts}), dict.fromkeys(BOUNDARY_KINDS, 1), ["o1"], list(case.facts)
    )
    by_id = {fact["fact_id"]: fact for fact in case.facts}
    changes = case.expected["score_changes"]
    found: list[Row] = []
    for row in case.expected["clocks"][:6] + random.sample(changes, min(6, len(changes))):
        at = row.get("due_at", row.get("at")) + random.choice([0, 0, -1, 1]) * MICROSECOND
        lead = row["lead_id"] if row["lead_id"] in town.leads else random.choice(town.leads)
        if random.random() < 0.5:
            found.append(make_fact(town, lead, at))
        elif row.get("fact_id"):
            found.append(by_id[row["fact_id"]] | {"at": at, "recorded_at": at})
        else:
            continue
        found[-1]["fact_id"] = f"border {len(found)}"
    return found


def make_as_of(random: chance.Random, case: Case) -> datetime:
    """Long after everything, at a fact, or exactly when something is due or fades."""
    borders = [row["due_at"] for row in case.expected["clocks"]] + [row["at"] for row in case.expected["score_changes"]]
    roll = random.random()
    if roll < 0.45 or not borders:
        return case.as_of
    if roll < 0.6:
        return random.choice(case.facts)["at"] + random.choice([0, 0, 1]) * MICROSECOND
    return random.choice(borders) + random.choice([0, 0, 0, -1, 1]) * MICROSECOND
