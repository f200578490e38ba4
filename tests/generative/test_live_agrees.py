"""Live and replay are one: facts come in by and by, late and out of order, time passes, and only the leads that are concerned are
followed anew; what is kept then is what a replay of everything told so far says. `SMARKETING_CASES=1000` compares more cases."""

from __future__ import annotations

import os
import random as chance
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from smarketing.backends.live import Replayer
from tests.generative.cases import Case, make_case
from tests.generative.comparing import OF_LEADS, checked_agreements, differences, frame_of, product_replay, small_tables, told
from tests.generative.journals import Row
from tests.generative.ties import ties_of, with_their_ties
from tests.reference.replay import Tables

SEEDS = range(200_000, 200_000 + max(24, int(os.environ.get("SMARKETING_CASES", "0")) // 10))
AT_A_TIME = 6
CHUNKS = [SEEDS[start : start + AT_A_TIME] for start in range(0, len(SEEDS), AT_A_TIME)]


@dataclass
class Kept:
    """What somebody keeps who is told facts and time, and asks for the leads concerned alone."""

    replayer: Replayer
    minds_time: bool = True
    facts: list[Row] = field(default_factory=list)
    tables: Tables = field(default_factory=lambda: {name: [] for name in OF_LEADS})
    next_at: dict[str, datetime] = field(default_factory=dict)
    by_time: int = 0
    gone: int = 0

    def told(self, facts: list[Row], as_of: datetime) -> None:
        """New facts, now: the rows of all leads that they, or the time that has passed, concern are replaced."""
        self.facts += facts
        due = {lead for lead, at in self.next_at.items() if at <= as_of} if self.minds_time else set()
        concerned = with_their_ties({fact["lead_id"] for fact in facts} | due, ties_of(self.facts))
        if not concerned:
            return
        updated = self.replayer.update(frame_of(fact for fact in self.facts if fact["lead_id"] in concerned), as_of=as_of)
        away = {*updated.leads, *updated.gone}
        before = self.tables
        for name in OF_LEADS:
            rest = [row for row in before[name] if row["lead_id"] not in away]
            self.tables = self.tables | {name: rest + updated.tables[name].to_dicts()}
        self.next_at = {lead: at for lead, at in self.next_at.items() if lead not in away}
        self.next_at |= {row["lead_id"]: row["next_at"] for row in updated.next_at.to_dicts() if row["next_at"] is not None}
        self.by_time += not facts and differences(before, self.tables) != []
        self.gone += any(row["lead_id"] in updated.gone for row in before["stage_entries"])


def steps_of(case: Case) -> Iterator[tuple[list[Row], datetime]]:
    """The facts in some batches, about in the order in which they were recorded, each with the time at which it is told; time passes
    also without any, often up to where something is due or fades."""
    random = chance.Random(case.seed)
    arrivals = sorted(case.facts, key=lambda fact: fact["recorded_at"] + random.choice([0, 0, 0, 30, 500]) * timedelta(hours=1))
    expected = case.expected
    borders = [row["due_at"] for row in expected["clocks"]] + [row["at"] for row in expected["score_changes"]]
    borders += [fact["at"] for fact in case.facts] + [min(case.as_of, *(fact["at"] for fact in case.facts)) + timedelta(days=3)]
    times = [at + random.choice([0, 0, 1]) * timedelta(microseconds=1) for at in random.choices(borders, k=5)]
    told_so_far = 0
    for at in sorted(at for at in times if at < case.as_of):
        number = random.choice([0, 1, 3, len(arrivals) // 3])
        yield arrivals[told_so_far : told_so_far + number], at
        told_so_far += number
    rest = arrivals[told_so_far:]
    cut = random.randint(0, len(rest))
    if cut:
        yield rest[:cut], case.as_of
    yield rest[cut:], case.as_of


def lived(case: Case, *, minds_time: bool = True) -> tuple[Kept, list[str]]:
    """What is kept in the end, and where it differs from a replay then or at one of the times before."""
    agreements = checked_agreements(case)
    kept = Kept(Replayer(agreements, tables_in=small_tables(case)), minds_time)
    random, lines = chance.Random(case.seed), []
    for number, (facts, at) in enumerate(steps := list(steps_of(case)), start=1):
        kept.told(facts, at)
        if kept.facts and (number == len(steps) or random.random() < 0.35):
            whole = product_replay(replace(case.with_facts(kept.facts), as_of=at), agreements)
            found = differences({name: whole[name] for name in OF_LEADS}, kept.tables)
            lines += [f"{line} (after step {number} of {len(steps)}, as of {at})" for line in found]
    return kept, lines


@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"from {seeds[0]}")
def test_what_is_kept_live_is_what_a_replay_says(seeds: range) -> None:
    for seed in seeds:
        case = make_case(seed)
        _, lines = lived(case)
        assert not lines, told(case, lines, "kept live and replayed")


def test_leads_change_by_time_alone_and_are_united() -> None:
    """The control: the cases are such that who minds neither would be found out."""
    assert any(lived(make_case(seed), minds_time=False)[1] for seed in SEEDS[:5])
    found = [lived(make_case(seed))[0] for seed in SEEDS[:24]]
    assert sum(kept.by_time for kept in found) >= 5 and sum(kept.gone for kept in found) >= 1
