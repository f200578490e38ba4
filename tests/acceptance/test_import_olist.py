"""The real files of the funnel, imported on the command line: every row counted, again without effect."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "olist"


@pytest.fixture(scope="module")
def olist(shared_data: Path) -> Path:
    return shared_data / "olist_marketing_funnel"


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("olist") / "facts.parquet"


def imported(olist: Path, journal: Path) -> dict[str, Any]:
    files = [str(path) for path in sorted(olist.glob("*.csv"))]
    line = [
        sys.executable,
        "-m",
        "smarketing",
        "import",
        *files,
        "--mapping",
        str(EXAMPLE / "mapping.yaml"),
        "--out",
        str(journal),
        "--format",
        "json",
    ]
    done = subprocess.run(line, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


@pytest.fixture(scope="module")
def result(olist: Path, journal: Path) -> dict[str, Any]:
    return imported(olist, journal)


def test_every_row_is_counted(result: dict[str, Any]):
    by_name = {Path(file.pop("file")).name: file for file in result["files"]}
    assert by_name == {
        "olist_marketing_qualified_leads_dataset.csv": {"read": 8000, "gave": 8000, "skipped": 0, "rejected": 0, "ignored_columns": []},
        "olist_closed_deals_dataset.csv": {
            "read": 842, "gave": 842, "skipped": 0, "rejected": 0, "ignored_columns": ["declared_monthly_revenue"],
        },
    }  # fmt: skip
    assert result["facts"] == {"new": 8000 + 3 * 842, "known": 0, "conflicts": 0}
    assert [Path(file).name for file in result["ignored_files"]] == ["olist_sellers_dataset.csv"]
    assert result["rejects"] is None


def test_the_money_is_what_the_sellers_sold(result: dict[str, Any], journal: Path, olist: Path):
    with (olist / "seller_revenue_from_order_items.csv").open(encoding="utf-8", newline="") as lines:
        revenue = {row["seller_id"]: Decimal(row["gross_revenue"]) for row in csv.DictReader(lines)}
    won = pl.read_parquet(journal).filter(pl.col("kind") == "opportunity_won")
    assert won["amount"].sum() == Decimal("676851.48")
    assert won["amount"].null_count() == 842 - 380
    assert dict(won.select("opportunity_id", "amount").rows()) == {
        seller: revenue.get(seller) for seller in won["opportunity_id"]
    }


def test_an_empty_origin_is_not_the_origin_unknown(result: dict[str, Any], journal: Path):
    leads = pl.read_parquet(journal).filter(pl.col("kind") == "form_submitted")
    counts = dict(leads.group_by("campaign").len().rows())
    assert (counts["unknown"], counts["unknown origin"], counts["paid_search"], counts["organic_search"], counts["social"]) == (
        1099,
        60,
        1586,
        2296,
        1350,
    )


def test_a_day_begins_when_it_begins_there(result: dict[str, Any], journal: Path):
    hours = pl.read_parquet(journal).filter(pl.col("kind") == "form_submitted")["at"].dt.convert_time_zone("America/Sao_Paulo").dt
    # on 2017-10-15 the clocks went from 23:59 to 01:00
    assert set(zip(hours.date().cast(pl.String), hours.hour(), strict=True)) >= {("2017-10-15", 1), ("2017-10-16", 0)}


def test_again_changes_nothing(result: dict[str, Any], olist: Path, journal: Path):
    before = journal.read_bytes()
    again = imported(olist, journal)
    assert again["facts"] == {"new": 0, "known": 8000 + 3 * 842, "conflicts": 0}
    assert journal.read_bytes() == before
