"""The real funnel of a marketplace, from its files to the published numbers, on the command line and counted again by hand."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "olist"
PUBLISHED = {
    "paid_search": (1586, 195), "organic_search": (2296, 271), "unknown": (1099, 179), "social": (1350, 75), "unknown origin": (60, 14),
}  # fmt: skip
"""Leads and wins; `unknown origin` are the leads whose origin is empty."""


def smarketing(*words: object, status: int = 0) -> str:
    """Run the program as a person does; its result."""
    line = [sys.executable, "-m", "smarketing", *map(str, words)]
    done = subprocess.run(line, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == status, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def olist(shared_data: Path) -> Path:
    return shared_data / "olist_marketing_funnel"


@pytest.fixture(scope="module")
def facts(olist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The journal, imported from all files of the folder."""
    out = tmp_path_factory.mktemp("olist") / "facts.parquet"
    smarketing("import", *sorted(olist.glob("*.csv")), "--mapping", EXAMPLE / "mapping.yaml", "--out", out)
    return out


@pytest.fixture(scope="module")
def by_campaign(facts: Path) -> dict[str, Any]:
    return funnel(facts, "--by", "campaign")


def funnel(facts: Path, *more: str) -> dict[str, Any]:
    """The funnel as JSON."""
    words = ("report", "funnel", "--facts", facts, "--agreement", EXAMPLE / "agreement.yaml", "--format", "json", *more)
    read: dict[str, Any] = json.loads(smarketing(*words))
    return read


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def leads(olist: Path) -> dict[str, dict[str, str]]:
    """The leads with the deal of each, straight from the files."""
    deals = {row["mql_id"]: row for row in read(olist / "olist_closed_deals_dataset.csv")}
    rows = read(olist / "olist_marketing_qualified_leads_dataset.csv")
    return {row["mql_id"]: row | deals.get(row["mql_id"], {}) for row in rows}


def test_the_published_numbers(facts: Path, by_campaign: dict[str, Any]):
    [row] = funnel(facts)["rows"]
    assert (row["leads"], row["won"], row["won_rate"]["rate"]) == (8000, 842, 0.10525)
    rows = {row["by"]: row for row in by_campaign["rows"]}
    assert {name: (rows[name]["leads"], rows[name]["won"]) for name in PUBLISHED} == PUBLISHED
    assert round(100 * rows["paid_search"]["won_rate"]["rate"], 2) == 12.30
    assert rows["paid_search"]["stages"][0] | {"from_lead": None, "time_from_previous": None} == {
        "stage": "mql", "reached": 1586, "from_previous": rows["paid_search"]["stages"][0]["from_lead"], "from_lead": None,
        "time_from_previous": None,
    }  # fmt: skip


def test_leads_and_wins_are_those_of_the_files(by_campaign: dict[str, Any], leads: dict[str, dict[str, str]]):
    counted = Counter(row["origin"] or "unknown origin" for row in leads.values())
    won = Counter(row["origin"] or "unknown origin" for row in leads.values() if "won_date" in row)
    rows = by_campaign["rows"]
    assert {row["by"]: (row["leads"], row["won"]) for row in rows} == {name: (n, won[name]) for name, n in counted.items()}
    assert [row["by"] for row in rows] == sorted(counted, key=lambda name: (-counted[name], name))


def test_money_is_what_the_sellers_sold(facts: Path, by_campaign: dict[str, Any], leads: dict[str, dict[str, str]], olist: Path):
    sold = {
        row["seller_id"]: round(100 * float(row["gross_revenue"])) for row in read(olist / "seller_revenue_from_order_items.csv")
    }
    cents: Counter[str] = Counter()
    for row in leads.values():
        cents[row["origin"] or "unknown origin"] += sold.get(row.get("seller_id", ""), 0)
    assert {row["by"]: row["won_amount"]["amount"] for row in by_campaign["rows"]} == {name: n / 100 for name, n in cents.items()}
    assert funnel(facts)["rows"][0]["won_amount"] == {"amount": sum(cents.values()) / 100, "currency": "BRL"}


def test_times_are_those_of_the_files(facts: Path, leads: dict[str, dict[str, str]]):
    """From the first contact to the deal; the deal that came first reached both stages at once. Daylight saving: to the hour."""
    took = []
    for row in (row for row in leads.values() if "won_date" in row):
        begun, won = datetime.fromisoformat(row["first_contact_date"]), datetime.fromisoformat(row["won_date"])
        took.append(max(0.0, (won - begun).total_seconds() / 86_400))
    time = funnel(facts)["rows"][0]["stages"][1]["time_from_previous"]
    assert time["n"] == 842
    assert time["median_days"] == pytest.approx(median(took), abs=1 / 24)


def test_the_deal_before_its_first_contact_is_neither_lost_nor_hidden(facts: Path, leads: dict[str, dict[str, str]]):
    [early] = [lead for lead, row in leads.items() if row.get("won_date", "9") < row["first_contact_date"]]
    [note] = [note["text"] for note in funnel(facts)["notes"] if note["code"] == "SMK-R003"]
    assert note.startswith("1 lead was won before its first touch; it counts as won")
    told = json.loads(explain(facts, early, "json"))
    assert told["now"]["stage"] == "customer"
    assert [row["kind"] for row in told["rows"] if row["what"] == "fact"][-1] == "form_submitted"


def test_what_is_no_trend_is_said(facts: Path, by_campaign: dict[str, Any]):
    notes = {note["code"]: note["text"] for note in by_campaign["notes"]}
    assert "Wins are recorded from 2017-12-05 on" in notes["SMK-R001"]
    assert "none of the leads here is one" in notes["SMK-R002"]
    young = {note["code"]: note["text"] for note in funnel(facts, "--as-of", "2018-06-01")["notes"]}
    assert "too young to be compared" in young["SMK-R002"] and "of the 8,000 leads here" in young["SMK-R002"]
    later = {note["code"] for note in funnel(facts, "--period", "2018-Q1")["notes"]}
    assert "SMK-R001" not in later


def test_a_period_is_a_cohort_of_first_contacts(facts: Path, leads: dict[str, dict[str, str]]):
    in_may = [row for row in leads.values() if row["first_contact_date"].startswith("2018-05")]
    [row] = funnel(facts, "--period", "2018-05")["rows"]
    assert (row["leads"], row["won"]) == (len(in_may), sum("won_date" in row for row in in_may))


def test_a_lead_is_explained(facts: Path, leads: dict[str, dict[str, str]]):
    lead = next(lead for lead, row in leads.items() if row.get("won_date", "") > row["first_contact_date"])
    text = explain(facts, lead, "text")
    assert "An MQL, because of this fact: form submitted" in text
    assert "A customer, because of this fact: opportunity won" in text


def explain(facts: Path, lead: str, shape: str) -> str:
    return smarketing("explain", lead, "--facts", facts, "--agreement", EXAMPLE / "agreement.yaml", "--format", shape)
