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
handoff: {{at: mql, {route}reasons: {{rejected: [not a fit], recycled: [no timing]}}}}
commitments:
  - {{name: first response, by: sales, respond_within: {within}, share: 90%, per: month}}
  - {{name: revenue, by: both, revenue: 1000, per: quarter}}
"""
IN_TURN = "route: {by: round_robin}, "
REPS = "rep,name,role\nrita@hart.example,Rita Hart,inside_sales\n"


@dataclass
class Day:
    """A workspace that is served, with a rep in the table of reps, a head of sales who is not, and a key for facts."""

    site: Site
    windows: Windows
    token: str

    def signed_in(self, who: str = "rita") -> Page:
        """The rep's window, or that of the other one in sales."""
        page = self.windows.fresh(width=DESK, height=900, theme="light")
        page.goto("/login")
        page.get_by_label("E-mail").fill(f"{who}@hart.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    def at_work(self) -> Page:
        """The rep before an inbox, in a workspace that has a fact already: it comes while the page is open, which shows it by itself."""
        page = self.signed_in()
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
    """The day begins; `request.param` is the promise of a response, and how leads are routed."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="smk", ignore_cleanup_errors=True) as name:
        signed = Path(name) / "agreement.yaml"
        within, route = request.param
        signed.write_text(AGREEMENT.format(within=within, route=route), encoding="utf-8")
        folder = make_workspace(Path(name) / "w", agreement=signed).folder
        (folder / "tables").mkdir(exist_ok=True)
        (folder / "tables" / "reps.csv").write_text(REPS, encoding="utf-8")
        for who, name in (("rita", "Rita Hart"), ("ralf", "Ralf Vale")):
            smarketing("user", "add", f"{who}@hart.example", "--role", "sales", "--name", name, "--workspace", str(folder),
                       said=PASSWORD + "\n")  # fmt: skip
        token = smarketing("key", "add", "website", "--workspace", str(folder)).split()[-1]
        with served("serve", "--workspace", str(folder), workspace=folder) as site:
            windows = Windows(browser, site)
            yield Day(site, windows, token)
            windows.close()


@pytest.mark.parametrize("day", [("4h", IN_TURN)], indirect=True)
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


@pytest.mark.parametrize("day", [("1m", IN_TURN)], indirect=True)
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


@pytest.mark.parametrize("day", [("4h", "")], indirect=True)
def test_of_two_reps_who_accept_at_the_same_moment_one_has_the_lead(day: Day):
    rita, ralf = day.at_work(), day.signed_in("ralf")
    day.send(rita, {"lead_id": "lead-cleo", "kind": "form_submitted"})
    held: list[Any] = []
    for page in (rita, ralf):
        go(page, "/leads/lead-cleo")
        end = datetime.now(UTC) + timedelta(minutes=1)
        while not page.get_by_role("button", name="Accept").count():
            assert datetime.now(UTC) < end, text_of(page)
            page.wait_for_timeout(300)
            go(page, "/leads/lead-cleo")
        page.route("**/acts", lambda route: held.append(route))
        with page.expect_request("**/acts"):
            page.keyboard.press("a")
    for route in held:
        route.continue_()
    for page in (rita, ralf):
        expect(page.locator("#toasts .toast").last).to_be_visible(timeout=SOON_MS)
    said = {name: page.locator("#toasts .toast").last.inner_text() for name, page in (("Rita Hart", rita), ("Ralf Vale", ralf))}
    (winner,) = [name for name, text in said.items() if "Accepted" in text]
    (loser,) = said.keys() - {winner}
    assert f"{winner} accepted it" in said[loser], said
    told = rita.request.get("/api/leads/lead-cleo").json()
    assert told["now"]["owner"] == f"{winner.split()[0].lower()}@hart.example"
    assert [each["kind"] for each in told["rows"] if each["what"] == "fact"].count("accepted") == 1
