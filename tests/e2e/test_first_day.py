"""From an invitation to the first day: a link, a password, a second factor, and the page where the work is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from docs.running import Site, served
from docs.windows import DESK, PHONE, Windows, drawn, go, noticed
from tests.e2e.reading import text_of
from tests.web.codes import code_of

NEW = "grace@alderfinch.example"
PASSWORD = "a horse of another colour"


def operations_come_in(page: Page, site: Site) -> None:
    """With the login and the password that the first start told."""
    login, password = site.first_user
    page.goto("/login")
    page.get_by_label("E-mail").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def ask_in(page: Page, email: str, role: str) -> str:
    """Invite somebody on the page; the link that is shown this once."""
    go(page, "/people")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Name").fill("Grace Hart")
    page.get_by_label("Role").select_option(role)
    page.get_by_role("button", name="Invite").click()
    shown = page.get_by_text(re.compile("/invitation/")).inner_text()
    found = re.search(r"http://\S+/invitation/[\w-]+", shown)
    assert found, shown
    return found[0]


def set_a_second_factor_up(page: Page) -> str:
    """With the secret that the page shows, as an app would; the secret."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    picture = page.get_by_role("img", name=re.compile("picture that holds the secret"))
    assert picture.evaluate("each => each.complete && each.naturalWidth > 100"), "the picture is there"
    secret = page.locator("code.id").inner_text()
    page.get_by_label("Code that the app shows now").fill(code_of(secret))
    page.get_by_role("button", name="Set it up").click()
    return secret


def test_invited_with_a_second_factor_to_the_first_day(browser: Any, tmp_path: Path):
    from smarketing.actions.init import make_workspace

    workspace = make_workspace(tmp_path / "w").folder
    (workspace / ".env").write_text("SMARKETING_MFA=sales\n", encoding="utf-8")
    with served("serve", "--workspace", str(workspace), workspace=workspace) as site:
        windows = Windows(browser, site)
        operations = windows.fresh(width=DESK, height=900, theme="light")
        operations_come_in(operations, site)
        link = ask_in(operations, NEW, "sales")

        page = windows.fresh(width=PHONE, height=800, theme="dark")
        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_have_text("Welcome to Smarketing")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password, again").fill(PASSWORD)
        page.get_by_role("button", name="Come in").click()
        go(page, "/leads")
        set_a_second_factor_up(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
        codes = page.locator(".codes code").all_inner_texts()
        assert len(set(codes)) == 10
        page.get_by_role("link", name="I have kept them").click()
        page.wait_for_url(re.compile("/inbox$"))
        drawn(page)
        assert noticed(page).refused == []
        expect(page.get_by_role("status").filter(has_text="Welcome, Grace")).to_be_visible()

        the_second_day(windows, codes[0])
        what_operations_see(operations)
        assert noticed(operations).refused == []
        windows.close()


def the_second_day(windows: Windows, code: str) -> None:
    """The password leads to the code; a recovery code opens as well as one of the app."""
    page = windows.fresh(width=DESK, height=900, theme="light")
    page.goto("/login")
    page.get_by_label("E-mail").fill(NEW)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your code")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/inbox$"))
    go(page, "/account")
    assert "signed in at 2 places" in text_of(page)
    page.get_by_role("button", name="Sign out everywhere else").click()
    assert "signed in here alone" in text_of(page)


def what_operations_see(page: Page) -> None:
    """The new one among the people, and the way of her into the house in the trail."""
    go(page, "/people")
    row = page.get_by_role("row", name=re.compile("Grace Hart"))
    expect(row).to_contain_text("sales")
    expect(row).to_contain_text("yes")
    go(page, f"/audit?by={NEW}")
    told = text_of(page)
    for what in ("accepted an invitation", "signed in", "set up a second factor", "signed out elsewhere"):
        assert what in told, what
