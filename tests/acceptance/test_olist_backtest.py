"""The draft for the real funnel and the price of its leads, on the command line and counted again from the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.test_olist_funnel import EXAMPLE, read, smarketing

KEPT = {"social", "email", "display", "other", "other_publicities"}
"""From where leads stay with marketing under the draft."""
WEEK = 7 * 24 * 3600


@pytest.fixture(scope="module")
def olist(shared_data: Path) -> Path:
    return shared_data / "olist_marketing_funnel"


@pytest.fixture(scope="module")
def facts(olist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("olist") / "facts.parquet"
    smarketing("import", *sorted(olist.glob("*.csv")), "--mapping", EXAMPLE / "mapping.yaml", "--out", out)
    return out


@pytest.fixture(scope="module")
def leads(olist: Path) -> list[dict[str, str]]:
    """The leads with the deal of each, straight from the files; without the one that was won before its first contact."""
    deals = {row["mql_id"]: row for row in read(olist / "olist_closed_deals_dataset.csv")}
    rows = [row | deals.get(row["mql_id"], {}) for row in read(olist / "olist_marketing_qualified_leads_dataset.csv")]
    return [row for row in rows if row.get("won_date", "9") > row["first_contact_date"]]


@pytest.fixture(scope="module")
def told(facts: Path) -> dict[str, Any]:
    words = ("backtest", EXAMPLE / "draft.yaml", "--against", EXAMPLE / "agreement.yaml", "--facts", facts, "--format", "json")
    answer: dict[str, Any] = json.loads(smarketing(*words))
    return answer


def test_the_draft_hands_over_fewer_leads_of_whom_more_are_won(told: dict[str, Any], leads: list[dict[str, str]]):
    handed = [row for row in leads if row["origin"] not in KEPT]
    for side, theirs in (("draft", handed), ("against", leads)):
        won = sum("won_date" in row for row in theirs)
        figures = told[side]
        assert figures["handoffs"] == len(theirs)
        assert (figures["precision"]["n"], figures["precision"]["of"]) == (won, len(theirs))
        assert (figures["recall"]["n"], figures["recall"]["of"]) == (won, 842)
        assert (figures["effort_hours_per_week"], figures["worth"], figures["breaches"]) == (None, None, 0)
    assert told["draft"]["precision"]["low"] > told["against"]["precision"]["high"]


def test_who_is_lost_is_who_came_from_there(told: dict[str, Any], leads: list[dict[str, str]]):
    assert told["gained"] == []
    assert told["lost"] == sorted(row["mql_id"] for row in leads if row["origin"] in KEPT)


def test_everybody_was_worked_so_nothing_is_unknown(told: dict[str, Any]):
    assert (told["unidentified_share"], told["holdout"]) == (0.0, {"leads": 0, "days_until_settled": 0})
    assert told["bounds"]["precision"]["low"] == told["bounds"]["precision"]["high"] == told["draft"]["precision"]["rate"]


def test_the_other_way_round_the_agreement_would_gain_them(facts: Path, leads: list[dict[str, str]]):
    """Were the draft in force, the outcome of all those leads were unknown, but of the ones whom sales won by itself."""
    words = ("backtest", EXAMPLE / "agreement.yaml", "--against", EXAMPLE / "draft.yaml", "--facts", facts, "--format", "json")
    told = json.loads(smarketing(*words))
    unworked = [row for row in leads if row["origin"] in KEPT and "won_date" not in row]
    assert told["unidentified_share"] == len(unworked) / len(leads)
    assert len(told["gained"]) == sum(row["origin"] in KEPT for row in leads)
    assert told["bounds"]["precision"]["low"] == sum("won_date" in row for row in leads) / len(leads)
    assert told["holdout"]["leads"] > 0


def test_it_is_read_by_a_head_of_sales(facts: Path):
    text = smarketing("backtest", EXAMPLE / "draft.yaml", "--against", EXAMPLE / "agreement.yaml", "--facts", facts)
    lines = {line[:30].strip(): line[30:].split() for line in text.splitlines()}
    assert lines["hand-offs"] == ["5,823", "7,999", "−2,176"]
    assert lines["as a share (precision)"] == ["12.7%", "10.5%", "+2.2"]
    assert all(len(line) <= 100 for line in text.splitlines())


def test_the_price_of_a_lead_is_the_money_of_all_divided_by_all(facts: Path, leads: list[dict[str, str]], olist: Path):
    """There is one grade, and so nothing to be drawn towards: 10.5% times what a win brought."""
    sold = {row["seller_id"]: float(row["gross_revenue"]) for row in read(olist / "seller_revenue_from_order_items.csv")}
    money = sum(sold.get(row.get("seller_id", ""), 0.0) for row in leads)
    words = ("price", "--facts", facts, "--agreement", EXAMPLE / "agreement.yaml", "--format", "json")
    [row] = json.loads(smarketing(*words))["rows"]
    assert (row["grade"], row["n"], row["won"]["n"], row["enough"]) == ("D", 7999, 841, True)
    assert row["worth"] == {"amount": round(money / len(leads), 2), "currency": "BRL"}
    assert row["low"] < row["worth"]["amount"] < row["high"]
