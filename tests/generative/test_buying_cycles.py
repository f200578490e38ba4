"""The phase of the buying cycle, once more and slowly from the contract: every generated lead is in the same one since the same instant."""

from __future__ import annotations

import random as chance
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from smarketing.backends.local import replay
from smarketing.reports.explain.life import life_of
from smarketing.reports.explain.phases import phase_of
from tests.generative.agreements import make_time_condition
from tests.generative.cases import Case, make_case
from tests.generative.comparing import checked_agreements, frame_of, small_tables
from tests.generative.sequences import words_of
from tests.reference.conditions import fact_matches
from tests.reference.journal import lives
from tests.reference.receipt import Receipt, hundredths
from tests.reference.stages import StagesOfCycle, cycles
from tests.reference.versions import Versions, names_of

SEEDS = range(300_000, 300_030)
LENGTHS = {"2d": timedelta(days=2), "20d": timedelta(days=20), "3w": timedelta(weeks=3)}
NAMES = ("awareness", "consideration", "decision", "love")
Answer = tuple[str | None, str, datetime, bool] | None
Agreement = dict[str, Any]


def with_cycles(seed: int) -> Case:
    """A case whose personas have buying cycles, in each version others."""
    random, case = chance.Random(f"phases {seed}"), make_case(seed)
    first, *later = (
        version | {"personas": [with_cycle(random, version, one) for one in personas_of(version)]} for version in case.agreements
    )
    return replace(case, agreement=first, later=later)


def personas_of(version: Agreement) -> list[Agreement]:
    return version.get("personas") or [{"name": "anybody", "fit": []}]


def with_cycle(random: chance.Random, version: Agreement, persona: Agreement) -> Agreement:
    names = random.sample(NAMES, random.choice([1, 2, 3, 4]))
    return persona | {"buying_cycle": [make_phase(random, version, place, name) for place, name in enumerate(names)]}


def make_phase(random: chance.Random, version: Agreement, place: int, name: str) -> Agreement:
    phase: Agreement = {"phase": name}
    if random.random() < 0.7:
        phase["lasts"] = random.choice([*LENGTHS])
    if random.random() < (0.5 if place == 0 else 0.95):
        phase["when"] = make_time_condition(words_of(random, version), names_of(version))
    return phase


class Judge:
    """One lead's life as the contract reads it."""

    def __init__(self, facts: list[Any], versions: Versions, as_of: datetime) -> None:
        self.facts, self.versions, self.as_of = facts, versions, as_of
        self.receipt = Receipt(facts, versions, as_of)
        self.cycles = cycles(facts)
        self.entries = {cycle.number: StagesOfCycle(cycle, self.receipt).rows("it") for cycle in self.cycles}

    def answer(self) -> Answer:
        name = self.receipt.persona_at(self.as_of)
        persona = next((one for one in self.versions.last.get("personas") or [] if one["name"] == name), None)
        for phase in (persona or {}).get("buying_cycle", [])[::-1]:
            since = next((at for at in self.receipt.moments() if self.began(name, phase["phase"], at)), None)
            if since is not None:
                longer = "lasts" in phase and self.as_of > since + LENGTHS[phase["lasts"]]
                return name, phase["phase"], since, longer
        return None

    def began(self, persona: str | None, name: str, at: datetime) -> bool:
        there = [one for one in self.versions.at(at).get("personas") or [] if one["name"] == persona]
        named = [phase for one in there for phase in one["buying_cycle"] if phase["phase"] == name]
        return bool(named) and ("when" not in named[0] or self.holds(named[0]["when"], at, inside=False))

    def holds(self, when: Agreement, at: datetime, *, inside: bool) -> bool:
        if "fact" in when:
            days = {fact.at for fact in self.facts if fact_matches(when, fact)}
            return any(self.reached(when.get("only_from"), day) for day in days if day == at or (inside and day < at))
        if not self.reached(when.get("only_from"), at):
            return False
        if "any" in when:
            return any(self.holds(part, at, inside=inside) for part in when["any"])
        if "all" in when:
            return all(self.holds(part, at, inside=True) for part in when["all"])
        if "persona" in when:
            return self.receipt.persona_at(at) in when["persona"]
        if "grade" in when:
            return self.receipt.grade_at(at) in when["grade"]
        fit, engagement = self.receipt.fit_at(at), self.receipt.engagement_at(at)
        reached = {"fit": fit, "engagement": engagement, "total": fit + engagement}
        return all(reached[axis] >= hundredths(low) for axis, low in when["score"].items())

    def reached(self, stage: str | None, at: datetime) -> bool:
        if stage is None:
            return True
        here = [row for cycle in self.cycles if cycle.includes(at) for row in self.entries[cycle.number]]
        return any(row["stage"] == stage and row["entered_at"] <= at for row in here)


def told(case: Case) -> dict[str, Answer]:
    """What the product says of each lead."""
    signed = checked_agreements(case)
    outcome = replay(frame_of(case.facts), signed if len(signed) > 1 else signed[0], case.as_of, tables_in=small_tables(case))
    found: dict[str, Answer] = {}
    for lead in outcome.stage_entries["lead_id"].unique():
        life = life_of(outcome, lead)
        phase = None if life is None else phase_of(life)
        found[lead] = None if phase is None else (phase.persona, phase.name, phase.since, phase.longer)
    return found


def judged(case: Case, leads: list[str]) -> dict[str, Answer]:
    everybody, versions = lives(case.facts, case.as_of), Versions(case.agreements, case.as_of)
    return {lead: Judge(everybody[lead], versions, case.as_of).answer() for lead in leads}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_phase_is_the_one_that_the_contract_says(seed: int) -> None:
    case = with_cycles(seed)
    found = told(case)
    assert found == judged(case, [*found])


def test_the_cases_say_something() -> None:
    """A control: phases differ, some are none, some are longer than expected, later ones than the first are met."""
    answers = [answer for seed in SEEDS[:12] for answer in told(with_cycles(seed)).values()]
    known = [answer for answer in answers if answer is not None]
    assert len({name for _, name, *_ in known}) == len(NAMES)
    assert {longer for *_, longer in known} == {True, False}
    assert 0 < len(known) < len(answers)


def test_a_judge_who_takes_the_latest_in_time_is_seen() -> None:
    """A control: with another reading the comparison fails."""
    differs = 0
    for seed in SEEDS[:12]:
        case = with_cycles(seed)
        for version in case.agreements:
            for persona in version["personas"]:
                persona["buying_cycle"].reverse()
        found = told(case)
        for version in case.agreements:
            for persona in version["personas"]:
                persona["buying_cycle"].reverse()
        differs += found != judged(case, [*found])
    assert differs
