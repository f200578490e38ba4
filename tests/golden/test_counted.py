"""The golden numbers again, counted in plain Python from the facts: another way to the same result."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from smarketing.reports.outcome import Outcome
from tests.golden.company import Fact, golden_facts, golden_outcome

SALES = {"call_made", "accepted", "rejected", "assigned", "opportunity_opened", "opportunity_won", "opportunity_lost"}
NO_TOUCH = SALES | {"profile_changed", "linked"}
AS_OF = datetime(2026, 6, 30, 22, tzinfo=UTC)
PROOF = {
    "visitor": None,
    "sal": {"accepted", "opportunity_opened", "opportunity_won"},
    "opportunity": {"opportunity_opened", "opportunity_won"},
    "customer": {"opportunity_won"},
}
"""For each stage but the MQL (which may come from a score) the facts that prove it."""


@pytest.fixture(scope="module")
def lives() -> dict[str, list[Fact]]:
    """The facts of each lead by July, in order; the one link is drawn by hand."""
    found = defaultdict(list)
    for fact in sorted(golden_facts().to_dicts(), key=lambda fact: (fact["at"], fact["fact_id"])):
        if fact["at"] <= AS_OF:
            found["anna" if fact["lead_id"] == "anna-web" else fact["lead_id"]].append(fact)
    return found


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return golden_outcome()


def first(life: list[Fact], wanted: Any) -> Fact | None:
    return next((fact for fact in life if wanted(fact)), None)


def campaign_of(life: list[Fact]) -> str | None:
    touch = first(life, lambda fact: fact["kind"] not in NO_TOUCH and fact["campaign"])
    return touch["campaign"] if touch else None


def standing_win(life: list[Fact]) -> Fact | None:
    """The one deal of the life, where its last word is that it is won."""
    deals = [fact for fact in life if fact["kind"] in ("opportunity_won", "opportunity_lost")]
    return deals[-1] if deals and deals[-1]["kind"] == "opportunity_won" else None


def proven_at(life: list[Fact], stage: str) -> datetime | None:
    kinds = PROOF[stage]
    fact = life[0] if kinds is None else first(life, lambda fact: fact["kind"] in kinds)
    return fact["at"] if fact else None


def test_leads_and_wins_by_campaign(lives: dict[str, list[Fact]], outcome: Outcome):
    leads = Counter(campaign_of(life) for life in lives.values())
    won = Counter(campaign_of(life) for life in lives.values() if standing_win(life))
    amounts: Counter[str | None] = Counter()
    for life in lives.values():
        win = standing_win(life)
        amounts[campaign_of(life)] += win["amount"] if win and win["currency"] is None else Decimal(0)
    rows = outcome.funnel("campaign").rows
    assert {row["by"]: (row["leads"], row["won"], row["won_amount"]["amount"]) for row in rows if row["leads"]} == {
        name: (count, won[name], float(amounts[name])) for name, count in leads.items()
    }
    assert sum(won.values()) > 20


def test_reached_and_times(lives: dict[str, list[Fact]], outcome: Outcome):
    [row] = outcome.funnel().rows
    steps = {step["stage"]: step for step in row["stages"]}
    for stage in PROOF:
        reached = [life for life in lives.values() if proven_at(life, stage)]
        assert steps[stage]["reached"] == len(reached)
        assert steps[stage]["from_lead"] | {"low": 0, "high": 0} == {
            "n": len(reached), "of": len(lives), "rate": len(reached) / len(lives), "low": 0, "high": 0,
        }  # fmt: skip
    took = [
        (end - begin).total_seconds() / 86_400
        for life in lives.values()
        if (end := proven_at(life, "opportunity")) and (begin := proven_at(life, "sal"))
    ]
    expected = {"n": len(took), "median_days": median(took), "p90_days": quantiles(took, n=10, method="inclusive")[8]}
    assert steps["opportunity"]["time_from_previous"] == pytest.approx(expected)


def test_a_cohort_is_cut_in_the_zone_of_the_agreement(lives: dict[str, list[Fact]], outcome: Outcome):
    zone = ZoneInfo("Europe/Berlin")
    touches = [first(life, lambda fact: fact["kind"] not in NO_TOUCH) for life in lives.values()]
    in_march = [touch for touch in touches if touch and f"{touch['at'].astimezone(zone):%Y-%m}" == "2026-03"]
    assert outcome.funnel(period="2026-03").rows[0]["leads"] == len(in_march) > 0


def test_industry_is_the_latest_known_one(lives: dict[str, list[Fact]], outcome: Outcome):
    counted: Counter[str | None] = Counter()
    for life in lives.values():
        told = [json.loads(fact["properties"]) for fact in life if fact["kind"] == "profile_changed"]
        known = [profile["industry"] for profile in told if "industry" in profile]
        counted[(known[-1] if known else None) or None] += 1
    assert {row["by"]: row["leads"] for row in outcome.funnel("industry").rows} == counted


def test_spend_is_counted_by_campaign_and_as_a_whole(outcome: Outcome):
    spring, search = 1500.5, 250.25
    by_campaign = {row["by"]: row for row in outcome.funnel("campaign").rows}
    assert by_campaign["spring_fair"]["spend"] == {"amount": spring, "currency": "EUR"}
    assert by_campaign["spring_fair"]["cost_per_won"]["amount"] == round(spring / by_campaign["spring_fair"]["won"], 2)
    assert by_campaign["search"]["spend"] == {"amount": search, "currency": "EUR"}
    assert (by_campaign["quiet"]["leads"], by_campaign["quiet"]["cost_per_won"]) == (0, None)
    assert by_campaign["=webinar"]["spend"] is None
    assert outcome.funnel().rows[0]["spend"]["amount"] == spring + search + 80
    assert outcome.funnel(period="2026-04").rows[0]["spend"]["amount"] == 500.5 + 250.25 + 80
    assert outcome.funnel("grade").rows[0]["spend"] is None
