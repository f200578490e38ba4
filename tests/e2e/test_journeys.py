"""Ways that people take through the pages, from a question to its answer."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from docs.running import Site, served, without_our_settings
from docs.windows import DESK, PHONE, Windows, address_of, drawn, go, sign_in
from tests.conftest import ROOT
from tests.e2e.reading import counted, number, tab_to, text_of

DOUBTED = "lead-1250"
MINUTES_MS = 120_000


def lead_links(page: Page) -> Any:
    """The leads that are named on a page."""
    return page.locator("main a[href^='/leads/']:not([href='/leads/new'])")


def test_a_rep_logs_in_and_another_role_s_page_is_refused(windows: Windows):
    page = windows.window()
    go(page, "/reps")
    expect(page).to_have_url(re.compile(r"/login\?next=%2Freps$"))
    sign_in(page, windows.site, "anna")
    expect(page).to_have_url(re.compile(r"/reps$"))
    assert "Anna" in text_of(page)
    assert page.get_by_role("link", name="Import").count() == 0
    assert go(page, "/imports/new") == 403
    assert "It is open to: marketing, leader, operations" in text_of(page)


def test_a_wrong_password_opens_nothing(windows: Windows):
    page = windows.window()
    page.goto("/login")
    page.get_by_label("E-mail").fill(address_of("anna"))
    page.get_by_label("Password").fill("not the one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert go(page, "/leads") == 200
    expect(page).to_have_url(re.compile(r"/login"))


def test_a_number_of_the_scoreboard_opens_down_to_one_fact(windows: Windows):
    page = windows.at("leader", "/?period=2026-10")
    promised = page.request.get("/api/scoreboard?period=2026-10").json()["rows"]
    leads = next(row for row in promised if row["name"] == "qualified leads")
    opened = page.locator("main a[href^='/behind?']").filter(has_text=re.compile(rf"^\s*{leads['actual']:.0f}\b")).first
    opened.click()
    drawn(page)
    assert counted(page) == leads["actual"]
    lead = lead_links(page).first.get_attribute("href")
    lead_links(page).first.click()
    drawn(page)
    told = page.request.get(f"/api{lead}").json()
    facts = [event["text"] for event in told["rows"] if event["what"] == "fact"]
    story = page.locator("main").text_content() or ""
    assert facts
    assert any(" ".join(fact.split()).rstrip(".") in " ".join(story.split()) for fact in facts)


def points(table: Sequence[Sequence[str]]) -> float:
    """The sum of the third column, which is headed Points."""
    return sum(number(row[2]) for row in table if len(row) > 3)


def test_the_lines_of_a_receipt_add_up_to_the_score(windows: Windows):
    page = windows.at("anna", f"/leads/{DOUBTED}")
    told = page.request.get(f"/api/leads/{DOUBTED}").json()["now"]
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    receipts = page.get_by_role("table").filter(has=page.get_by_role("columnheader", name="Points"))
    lines: dict[str, float] = {}
    totals: dict[str, float] = {}
    for receipt in receipts.all():
        name = receipt.get_attribute("aria-label") or ""
        rows = receipt.locator("tbody tr").evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
        lines[name] = lines.get(name, 0) + points(rows)
        said = receipt.locator("tfoot td").inner_text().strip() if receipt.locator("tfoot td").count() else ""
        totals |= {name: number(said)} if said else {}
    assert lines == pytest.approx(totals)
    assert sorted(totals.values()) == pytest.approx(sorted([told["fit"], told["engagement"]]))
    assert f"{told['fit'] + told['engagement']:.0f}" in text_of(page)


def test_a_filter_is_in_the_address_and_shows_somebody_else_the_same(windows: Windows):
    page = windows.at("anna", "/leads")
    everybody = counted(page)
    page.get_by_label("Grade").first.select_option("A")
    page.wait_for_url(re.compile("grade=A"))
    drawn(page)
    found, names = counted(page), lead_links(page).all_inner_texts()
    assert 0 < found < everybody
    other = windows.window("mia")
    go(other, page.url)
    assert counted(other) == found
    assert lead_links(other).all_inner_texts() == names


def exported(page: Page, form: str) -> bytes:
    """The file that the page's menu gives."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(form, re.IGNORECASE)).first.click()
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("address", ["/leads?grade=A", "/behind?of=leads&by=campaign&group=referral"])
def test_an_export_holds_what_the_page_counts(windows: Windows, address: str):
    page = windows.at("operations", address)
    total = counted(page)
    text = exported(page, "CSV").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == total
    first = lead_links(page).first.get_attribute("href")
    assert rows[0]["lead_id"] == (first or "").removeprefix("/leads/")
    page.keyboard.press("Escape")
    sheet = load_workbook(io.BytesIO(exported(page, "XLSX")), read_only=True).worksheets[0]
    lines = list(sheet.iter_rows(values_only=True))
    assert len(lines) == total + 1
    assert [line[lines[0].index("lead_id")] for line in lines[1:]] == [row["lead_id"] for row in rows]


def test_the_keyboard_alone_leads_from_the_login_to_a_lead(windows: Windows):
    page = windows.window()
    page.goto("/login")
    tab_to(page, page.get_by_label("E-mail"))
    page.keyboard.type(address_of("anna"))
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(windows.site.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    drawn(page)
    tab_to(page, page.get_by_role("navigation", name="Pages").get_by_role("link", name="Leads"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/leads"))
    drawn(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skips the navigation
    tab_to(page, lead_links(page))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/leads/."))
    drawn(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_phone_reaches_every_page(windows: Windows):
    page = windows.at("operations", "/", width=PHONE, height=844, has_touch=True, is_mobile=True)
    bar = page.get_by_role("navigation", name="Main pages")
    for name in ("Inbox", "Delivered", "Check"):
        bar.get_by_role("link", name=name).tap()
        page.wait_for_url(re.compile(name.lower()))
        drawn(page)
    bar.get_by_role("button", name="More").tap()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Reps").tap()
    page.wait_for_url(re.compile("reps"))
    drawn(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_files_come_into_an_empty_workspace_and_become_a_funnel(browser: Any, shared_data: Path, tmp_path: Path):
    from smarketing.actions.init import make_workspace

    olist = shared_data / "olist_marketing_funnel"
    workspace = make_workspace(tmp_path / "w", agreement=ROOT / "examples" / "olist" / "agreement.yaml").folder
    with served("serve", "--workspace", str(workspace), workspace=workspace) as site:
        windows = Windows(browser, site)
        page = windows.fresh(width=DESK, height=900, theme="light")
        first_user_comes_in(page, site)
        page.get_by_role("main").get_by_role("link", name=re.compile("import", re.IGNORECASE)).first.click()
        page.get_by_label("Files", exact=True).set_input_files(sorted(olist.glob("*.csv")))
        page.get_by_label(re.compile("mapping", re.IGNORECASE)).and_(page.locator("input[type=file]")).set_input_files(
            ROOT / "examples" / "olist" / "mapping.yaml"
        )
        page.get_by_role("button", name="Import").click()
        page.get_by_role("link", name="See the funnel").click(timeout=MINUTES_MS)
        drawn(page)
        said = text_of(page)
        windows.close()
    assert "8,000" in said
    assert "842" in said


def first_user_comes_in(page: Page, site: Site) -> None:
    """The server said once who may log in, and how."""
    login, password = site.first_user
    page.goto("/login")
    page.get_by_label("E-mail").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def test_a_fact_that_is_sent_with_a_key_stands_on_the_page_of_its_lead(browser: Any, tmp_path: Path):
    from smarketing.actions.init import make_workspace

    workspace = make_workspace(tmp_path / "w").folder
    added = [sys.executable, "-m", "smarketing", "--quiet", "key", "add", "website", "--workspace", str(workspace)]
    token = subprocess.run(added, capture_output=True, text=True, check=True, env=without_our_settings()).stdout.split()[-1]
    fact = {"fact_id": "web:1", "lead_id": "lead-ada", "kind": "form_submitted", "properties": {"form": "demo"}}
    with served("serve", "--workspace", str(workspace), workspace=workspace) as site:
        windows = Windows(browser, site)
        page = windows.fresh(width=DESK, height=900, theme="light")
        first_user_comes_in(page, site)
        go(page, "/leads/lead-ada")
        assert "lead-ada" not in text_of(page)
        sent = page.context.browser.new_context().request.post(
            f"{site.url}/api/facts",
            data=[fact | {"at": datetime.now(UTC).isoformat()}],
            headers={"Authorization": f"Bearer {token}"},
        )
        assert sent.ok, sent.text()
        end = time.monotonic() + MINUTES_MS / 1000
        while "lead-ada" not in text_of(page):
            assert time.monotonic() < end, "the lead did not come"
            page.wait_for_timeout(500)
            go(page, "/leads/lead-ada")
        said = text_of(page)
        windows.close()
    assert "form" in said.lower()
