"""A lead's way through both teams, live: it arrives, is routed, the rep hears of it and accepts in time; a broken promise appears."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from docs.running import Site, served, without_our_settings
from docs.windows import DESK, Windows, go
from smarketing.actions.init import make_workspace
from tests.e2e.reading import text_of

SOON_MS = 60_000
PASSWORD = "a-long-word-for-tests-only"
AGREEMENT = """\
name: The agreement of a day
currency: EUR
timezone: UTC
in_force: {{from: 2026-01-01}}
stages:
  - {{name: visitor, owner: marketing}}
  - {{name: mql, owner: marketing, when: {{fact: form_submitted}}}}
  - {{name: sal, owner: sales, when: {{fact: accepted}}}}
  - {{name: customer, owner: sales, when: {{fact: opportunity_won}}}}
handoff: {{at: mql, route: {{by: round_robin}}, reasons: {{rejected: [not a fit], recycled: [no timing]}}}}
commitments:
  - {{name: first response, by: sales, respond_within: {within}, share: 90%, per: month}}
  - {{name: revenue, by: both, revenue: 1000, per: quarter}}
"""
REPS = "rep,name,role\nrita@hart.example,Rita Hart,inside_sales\n"


@dataclass
class Day:
    """A workspace that is served, with one rep and a key for facts."""

    site: Site
    windows: Windows
    token: str

    def rita(self) -> Page:
        """The rep, signed in."""
        page = self.windows.fresh(width=DESK, height=900, theme="light")
        page.goto("/login")
        page.get_by_label("E-mail").fill("rita@hart.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    def at_work(self) -> Page:
        """The rep before an inbox, in a workspace that has a fact already: it comes while the page is open, which shows it by itself."""
        page = self.rita()
        go(page, "/inbox")
        assert "not a single fact" in text_of(page)
        self.send(page, {"lead_id": "lead-first", "kind": "page_viewed"})
        expect(page.get_by_role("heading", level=1)).to_have_text("Inbox", timeout=SOON_MS)
        return page

    def send(self, page: Page, *facts: dict[str, Any]) -> None:
        """Facts arrive as a website sends them."""
        now = datetime.now(UTC)
        told = [{"fact_id": f"web:{each['lead_id']}:{each['kind']}", "at": now.isoformat(), **each} for each in facts]
        answer = page.context.request.post(
            f"{self.site.url}/api/facts", data=told, headers={"Authorization": f"Bearer {self.token}"}
        )
        assert answer.ok, answer.text()


def smarketing(*words: str, said: str | None = None) -> str:
    """What a command prints."""
    line = [sys.executable, "-m", "smarketing", "--quiet", *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False, input=said, env=without_our_settings())
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def day(browser: Browser, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Day]:
    """The day begins; the promise of a response is `request.param`."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="smk", ignore_cleanup_errors=True) as name:
        signed = Path(name) / "agreement.yaml"
        signed.write_text(AGREEMENT.format(within=request.param), encoding="utf-8")
        folder = make_workspace(Path(name) / "w", agreement=signed).folder
        (folder / "tables").mkdir(exist_ok=True)
        (folder / "tables" / "reps.csv").write_text(REPS, encoding="utf-8")
        smarketing("user", "add", "rita@hart.example", "--role", "sales", "--name", "Rita Hart", "--workspace", str(folder),
                   said=PASSWORD + "\n")  # fmt: skip
        token = smarketing("key", "add", "website", "--workspace", str(folder)).split()[-1]
        with served("serve", "--workspace", str(folder), workspace=folder) as site:
            windows = Windows(browser, site)
            yield Day(site, windows, token)
            windows.close()


@pytest.mark.parametrize("day", ["4h"], indirect=True)
def test_a_lead_arrives_is_routed_and_accepted_before_its_clock_ends(day: Day):
    page = day.at_work()
    assert "lead-ada" not in text_of(page)
    day.send(page, {"lead_id": "lead-ada", "kind": "form_submitted", "properties": {"form": "demo"}})
    expect(page.locator("[data-lead='lead-ada']").first).to_be_visible(timeout=SOON_MS)
    go(page, "/notices")
    assert "A lead for you: lead-ada" in text_of(page)
    go(page, "/inbox?lead=lead-ada")
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Undo").first).to_be_visible(timeout=SOON_MS)
    told = page.request.get("/api/leads/lead-ada").json()
    end = datetime.now(UTC) + timedelta(minutes=1)
    while told["now"]["stage"] != "sal":
        assert datetime.now(UTC) < end, told["now"]
        page.wait_for_timeout(300)
        told = page.request.get("/api/leads/lead-ada").json()
    assert told["now"]["owner"] == "rita@hart.example"


@pytest.mark.parametrize("day", ["1m"], indirect=True)
def test_a_broken_promise_appears_while_the_page_is_open(day: Day):
    page = day.at_work()
    began = datetime.now(UTC) - timedelta(seconds=35)
    day.send(page, {"lead_id": "lead-bob", "kind": "form_submitted", "at": began.isoformat()})
    row = page.locator("[data-lead='lead-bob']").first
    expect(row).to_be_visible(timeout=SOON_MS)
    expect(page.locator(".inbox-row.is-broken[data-lead='lead-bob']")).to_be_visible(timeout=2 * SOON_MS)
    end = datetime.now(UTC) + timedelta(minutes=1)
    while "First response was not kept for lead-bob" not in (said := text_of(page)):
        assert datetime.now(UTC) < end, said
        page.wait_for_timeout(500)
        go(page, "/notices")
