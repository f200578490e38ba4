"""What the example company is there to show is to be seen on its pages, in plain words."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from docs.places import MONTH_MISSED
from docs.windows import Windows, drawn
from tests.e2e.reading import number, text_of

MONTH_SALES_MISSED = "2026-03"
GIVEAWAY, BEST = "espresso", "rosters and the law"
TWICE = 2


def rows_of(page: Page, table: str = "") -> list[str]:
    """The lines of the tables of a page, as they are read."""
    return [" ".join(row.inner_text().split()) for row in page.locator("main tbody tr").all()]


def reported(page: Page, address: str) -> list[dict[str, Any]]:
    """The rows of the same report, for programs."""
    rows: list[dict[str, Any]] = page.request.get(address).json()["rows"]
    return rows


def test_the_month_that_marketing_missed(windows: Windows):
    page = windows.at("leader", f"/?period={MONTH_MISSED}")
    promise = page.get_by_role("article").filter(has_text=re.compile("qualified leads", re.IGNORECASE)).first
    said = text_of(promise).lower()
    assert "missed" in said
    assert re.search(r"\b18\b", said)
    assert re.search(r"\b36\b", said)


def test_the_month_that_sales_missed(windows: Windows):
    page = windows.at("leader", f"/?period={MONTH_SALES_MISSED}")
    promise = page.get_by_role("article").filter(has_text=re.compile("first response", re.IGNORECASE)).first
    said = text_of(promise).lower()
    assert "missed" in said
    assert re.search(r"\b(39\.8|40)\s*%", said)


def test_the_campaign_whose_leads_sales_sends_back(windows: Windows):
    page = windows.at("marketing", "/campaigns")
    shares = {row["name"]: row["rejected"]["rate"] for row in reported(page, "/api/campaigns") if row["rejected"]["of"]}
    worst = max(shares, key=lambda name: shares[name])
    others = [share for name, share in shares.items() if name != worst]
    assert GIVEAWAY in worst.lower()
    assert shares[worst] > TWICE * max(others)
    said = [row for row in rows_of(page) if worst in row]
    assert any(f"{100 * shares[worst]:.1f}%" in row for row in said), said


def test_the_campaign_that_won_most(windows: Windows):
    page = windows.at("marketing", "/campaigns")
    amounts = {row["name"]: row["won_amount"]["amount"] for row in reported(page, "/api/campaigns") if row["won_amount"]}
    best = max(amounts, key=lambda name: amounts[name])
    assert BEST in best.lower()
    said = next(row for row in rows_of(page) if best in row)
    assert f"€{amounts[best]:,.0f}" in said or f"€{amounts[best]:,.2f}" in said or f"€{amounts[best] / 1000:.0f}K" in said


def test_the_rep_who_answers_late(windows: Windows):
    page = windows.at("leader", "/reps")
    minutes = {
        row["name"]: row["median_response_minutes"] for row in reported(page, "/api/reps") if row["median_response_minutes"]
    }
    slowest = max(minutes, key=lambda name: minutes[name])
    assert slowest.startswith("Nils")
    assert minutes[slowest] > TWICE * 4 * 60
    said = next(row for row in rows_of(page) if slowest in row)
    hours = f"{int(minutes[slowest]) // 60} h"
    assert hours in said, said


def test_the_referrals_that_win_three_times_as_often(windows: Windows):
    page = windows.at("marketing", "/campaigns")
    said = next(row for row in rows_of(page) if "refer" in row.lower())
    assert re.search(r"14\.5\s*%|15\s*%", said), said


def test_the_doubt_about_a_hand_back_is_on_the_lead(windows: Windows):
    page = windows.at("anna", "/leads/lead-1250")
    assert "not a fit" in (page.locator("main").text_content() or "")


def test_two_versions_of_the_agreement_are_compared(windows: Windows):
    page = windows.at("viewer", "/agreement")
    form = page.get_by_role("form", name="Compare two versions")
    form.get_by_label("with").select_option(index=2)
    form.get_by_role("button", name="Compare").click()
    page.wait_for_url(re.compile("against="))
    drawn(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Two versions compared")
    changed = text_of(page)
    assert "first response" in changed.lower()
    assert "4 business hours" in changed
    turned = page.get_by_role("link", name="The other way round")
    there = page.url
    turned.click()
    drawn(page)
    assert page.url != there
    assert text_of(page) != changed


def test_the_scoreboard_says_in_one_sentence_how_it_stands(windows: Windows):
    page = windows.at("viewer", "/?period=2026-10")
    answer = page.locator("main header p").first.inner_text()
    assert len(answer.split()) > 4
    assert number(answer) > 0
