"""Companies in which it is known what becomes of everybody: what a back-test that does not see all of it says must hold the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest

import smarketing as sm
from tests.acceptance.test_backtest_by_hand import DRAFT, SIGNED
from tests.unit.reports.lives import journal

BEGIN = datetime(2026, 1, 1)
AS_OF = "2026-12-01"


@dataclass(frozen=True)
class Lead:
    """What happens to a lead, and what would: it has 10 points from `first_at` on, 20 from `second_at` on (None: never)."""

    name: str
    first_at: datetime
    second_at: datetime | None
    wins: bool
    worked_anyway: bool

    @property
    def handed_at(self) -> datetime | None:
        """By the agreement in force."""
        return self.second_at

    def facts(self, *, everybody: bool) -> list[str]:
        """As lines of a journal; `everybody`: as if sales had worked everybody the draft hands over, when it does."""
        lines = [f"{self.name} {self.first_at.isoformat()} content_downloaded"]
        if self.second_at is not None:
            lines.append(f"{self.name} {self.second_at.isoformat()} content_downloaded")
        begun = self.handed_at or (self.first_at if everybody or self.worked_anyway else None)
        if begun is not None:
            lines.append(f"{self.name} {(begun + timedelta(hours=5)).isoformat()} call_made")
            if self.wins:
                lines.append(f"{self.name} {(begun + timedelta(days=9)).isoformat()} opportunity_won amount=100")
        return lines


def company(seed: int, size: int = 150) -> list[Lead]:
    """Leads by chance; those with 20 points win more often."""
    chance = Random(seed)
    leads = []
    for number in range(size):
        first = BEGIN + timedelta(hours=chance.randrange(24 * 200))
        second = first + timedelta(hours=chance.randrange(1, 24 * 20)) if chance.random() < 0.4 else None
        wins = chance.random() < (0.35 if second else 0.15)
        leads.append(Lead(f"lead{number:03}", first, second, wins, chance.random() < 0.2))
    return leads


def facts(leads: list[Lead], *, everybody: bool) -> pl.DataFrame:
    return journal("\n".join(line for lead in leads for line in lead.facts(everybody=everybody)))


def back_test(leads: list[Lead], *, everybody: bool) -> dict[str, Any]:
    draft, against = sm.Agreement.model_validate(DRAFT), sm.Agreement.model_validate(SIGNED)
    return sm.backtest(draft, against=against, facts=facts(leads, everybody=everybody), as_of=AS_OF).to_dict()


@pytest.mark.parametrize("seed", range(12))
def test_the_truth_lies_within_the_bounds(seed: int):
    leads = company(seed)
    seen = back_test(leads, everybody=False)
    wins = sum(lead.wins for lead in leads)
    signed = sum(lead.wins for lead in leads if lead.handed_at)
    truth = {"precision": wins / len(leads), "recall": 1.0, "against_recall": signed / wins}
    for name, value in truth.items():
        assert seen["bounds"][name]["low"] <= value <= seen["bounds"][name]["high"], name
    unknown = [lead for lead in leads if not lead.handed_at and not lead.worked_anyway]
    assert seen["unidentified_share"] == len(unknown) / len(leads)
    assert seen["bounds"]["precision"]["low"] < truth["precision"] < seen["bounds"]["precision"]["high"]


@pytest.mark.parametrize("seed", range(3))
def test_who_knows_everything_needs_no_bounds(seed: int):
    """The control: with everybody's outcome among the facts, the figures are the truth itself."""
    leads = company(seed)
    told = back_test(leads, everybody=True)
    wins = sum(lead.wins for lead in leads)
    assert told["unidentified_share"] == 0.0
    assert told["draft"]["precision"]["rate"] == wins / len(leads)
    assert told["bounds"]["precision"] == {"low": wins / len(leads), "high": wins / len(leads)}
    assert told["bounds"]["against_recall"]["low"] == sum(lead.wins for lead in leads if lead.handed_at) / wins


def test_the_rate_of_those_who_were_worked_is_not_the_truth():
    """Why there are bounds: sales worked the better leads, so their rate says too much of the others."""
    leads = company(5)
    seen = back_test(leads, everybody=False)
    assert seen["draft"]["precision"]["rate"] - sum(lead.wins for lead in leads) / len(leads) > 0.03


def test_how_the_journal_is_cut_changes_nothing():
    """Several buckets and threads give the answer of one."""
    draft, against = sm.Agreement.model_validate(DRAFT), sm.Agreement.model_validate(SIGNED)
    all_facts = facts(company(1), everybody=False)
    whole = sm.backtest(draft, against=against, facts=all_facts, as_of=AS_OF).to_dict()
    assert sm.backtest(draft, against=against, facts=all_facts.reverse(), as_of=AS_OF, at_once=40, threads=2).to_dict() == whole


def test_two_replays_in_one_are_two_replays():
    from smarketing.backends.two_replays import NEEDED, replay_each

    sides = [sm.Agreement.model_validate(each) for each in (DRAFT, SIGNED)]
    all_facts = facts(company(2), everybody=False)
    for side, both in zip(sides, replay_each(all_facts, sides, AS_OF), strict=True):
        alone = sm.replay(all_facts, side, AS_OF, tables=NEEDED)
        assert {name: frame.equals(alone.tables[name]) for name, frame in both.tables.items()} == dict.fromkeys(NEEDED, True)
        assert both.facts.collect().sort("fact_id").equals(alone.facts.collect().sort("fact_id"))
