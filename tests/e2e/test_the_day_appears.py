"""The day appears on pages that are open: a promise is broken when its time passes, a deal is won; people are told, and mailed."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from docs.running import Site, served, without_our_settings
from docs.windows import DESK, Windows
from smarketing.actions.clock import Clock, write_clock
from smarketing.actions.init import make_workspace
from tests.e2e.reading import text_of
from tests.records.mailbox import Mailbox, mail_server_running

SOON_MS = 90_000
PASSWORD = "a-long-word-for-tests-only"
NINE = datetime(2026, 6, 2, 9, tzinfo=UTC)
"""A Tuesday."""
AGREEMENT = """\
name: The agreement of a day
currency: EUR
timezone: UTC
in_force: {from: 2026-01-01}
calendars: {default: {hours: {mon-fri: ["09:00-17:00"]}}}
stages:
  - {name: visitor, owner: marketing}
  - {name: mql, owner: marketing, when: {fact: form_submitted}}
  - {name: sal, owner: sales, when: {fact: accepted}}
  - {name: customer, owner: sales, when: {fact: opportunity_won}}
handoff: {at: mql, reasons: {rejected: [not a fit], recycled: [no timing]}}
commitments:
  - {name: first response, by: sales, respond_within: 1 business hours, share: 90%, per: month}
  - {name: revenue, by: both, revenue: 1000, per: quarter}
"""
REPS = "rep,name,role\nrita@hart.example,Rita Hart,inside_sales\n"


@dataclass
class House:
    """A workspace that is served, with a clock that the test moves, and a mail server."""

    site: Site
    windows: Windows
    token: str
    mailbox: Mailbox

    def is_now(self, at: datetime) -> None:
        """From here on it is that time there."""
        write_clock(self.site.folder / "data", Clock(at, datetime.now(UTC), 1.0))

    def at(self, email: str, address: str, **options: Any) -> Page:
        """Somebody looks at a page."""
        page = self.windows.fresh(width=DESK, height=900, theme="light", **options)
        page.goto(f"/login?next={address}")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    def happens(self, page: Page, at: datetime, *facts: dict[str, Any]) -> None:
        """Facts arrive as a program sends them."""
        told = [{"fact_id": f"{each['lead_id']}:{each['kind']}", "at": at.isoformat(), **each} for each in facts]
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = page.context.request.post(f"{self.site.url}/api/facts", data=told, headers=headers)
        assert answer.ok, answer.text()


def smarketing(*words: str, said: str | None = None) -> str:
    """What a command prints."""
    line = [sys.executable, "-m", "smarketing", "--quiet", *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False, input=said, env=without_our_settings())
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def house(browser: Browser) -> Iterator[House]:
    """It is Tuesday, nine o'clock."""
    mailbox = Mailbox()
    with tempfile.TemporaryDirectory(prefix="smk", ignore_cleanup_errors=True) as name, mail_server_running(mailbox) as where:
        signed = Path(name) / "agreement.yaml"
        signed.write_text(AGREEMENT, encoding="utf-8")
        folder = make_workspace(Path(name) / "w", agreement=signed).folder
        (folder / "tables" / "reps.csv").write_text(REPS, encoding="utf-8")
        (folder / ".env").write_text(f"SMARKETING_MAIL_URL=smtp://{where}\nSMARKETING_DAILY_AT=off\n", encoding="utf-8")
        write_clock(folder / "data", Clock(NINE, datetime.now(UTC), 1.0))
        for person, role in (("rita", "sales"), ("clara", "leader")):
            words = ("user", "add", f"{person}@hart.example", "--role", role, "--name", f"{person.capitalize()} Hart")
            smarketing(*words, "--workspace", str(folder), said=PASSWORD + "\n")
        token = smarketing("key", "add", "website", "--workspace", str(folder)).split()[-1]
        with served("serve", "--workspace", str(folder), workspace=folder) as site:
            windows = Windows(browser, site)
            yield House(site, windows, token, mailbox)
            windows.close()


def until_there_are_facts(page: Page, address: str) -> None:
    """Wait for the first state."""
    end = datetime.now(UTC) + timedelta(minutes=2)
    while page.goto(address) and "not a single fact" in text_of(page):
        assert datetime.now(UTC) < end, "the first fact did not come"
        page.wait_for_timeout(500)


def test_a_broken_promise_and_a_win_appear_on_an_open_scoreboard(house: House):
    page = house.at("clara@hart.example", "/agreement")
    rita = {"lead_id": "lead-bob", "kind": "assigned", "properties": {"to": "rita@hart.example"}}
    house.happens(page, NINE, {"lead_id": "lead-bob", "kind": "form_submitted", "campaign": "fair"}, rita)
    until_there_are_facts(page, "/")
    expect(page.locator("#news")).to_have_text("")
    assert page.locator("#bell-side .bell-count").count() == 0

    house.is_now(NINE + timedelta(hours=1, minutes=1))
    expect(page.locator("#news")).to_contain_text("A promise was just broken", timeout=SOON_MS)
    expect(page.locator("#bell-side .bell-count")).to_have_text("1", timeout=SOON_MS)

    won = {"lead_id": "lead-bob", "kind": "opportunity_won", "amount": 900, "opportunity_id": "o1", "actor": "rita@hart.example"}
    house.happens(page, NINE + timedelta(hours=1, minutes=1), won)
    expect(page.locator("#news")).to_contain_text("A promise was just broken, and a deal was just won", timeout=SOON_MS)
    page.locator("#news").get_by_role("link", name="Show").click()
    expect(page.locator("#wins")).to_contain_text("Wins to celebrate")
    assert "€900" in text_of(page)
    expect(page.locator("#news")).to_have_text("")

    page.goto("/notices")
    said = text_of(page)
    assert "First response was not kept for lead-bob, which Rita Hart has." in said
    assert "Won: lead-bob, €900. Brought by fair, worked by Rita Hart." in said
    page.get_by_role("link", name="First response was not kept").click()
    page.wait_for_url("**/leads/lead-bob")
    page.goto("/tv")
    expect(page.locator(".wall-win.is-fresh")).to_contain_text("Just won: lead-bob, €900")

    house.is_now(NINE + timedelta(hours=1, minutes=5))
    end = datetime.now(UTC) + timedelta(minutes=1)
    while not house.mailbox.to("rita@hart.example"):
        assert datetime.now(UTC) < end, "the rep was not mailed"
        page.wait_for_timeout(300)
    (letter,) = house.mailbox.to("rita@hart.example")
    assert letter["Subject"] == "First response was not kept for lead-bob."
    assert f"{house.site.url}/leads/lead-bob" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_the_wall_looks_again_by_itself_and_after_sleep(house: House):
    page = house.at("clara@hart.example", "/agreement", reduced_motion="no-preference")
    house.happens(page, NINE, {"lead_id": "lead-bob", "kind": "form_submitted", "campaign": "fair"})
    until_there_are_facts(page, "/tv")
    expect(page.locator("[data-wall-time]")).to_have_text(re.compile("^09:0"))
    assert page.locator(".wall-win").count() == 0
    house.is_now(NINE + timedelta(hours=3))
    page.evaluate("document.dispatchEvent(new CustomEvent('wake'))")
    expect(page.locator("[data-wall-time]")).to_have_text(re.compile("^12:0"), timeout=20_000)
    won = {"lead_id": "lead-bob", "kind": "opportunity_won", "amount": 900, "opportunity_id": "o1", "actor": "rita@hart.example"}
    house.happens(page, NINE + timedelta(hours=3), won)
    expect(page.locator(".wall-win.is-fresh")).to_contain_text("Just won", timeout=SOON_MS)
    moving = "getComputedStyle(document.querySelector('.wall-win')).animationName"
    assert page.evaluate(moving) == "celebrate"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moving) == "none"
