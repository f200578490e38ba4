"""Marketing's side: leads are passed and held by keys alone and on a phone, taken back, entered by hand; sales has what was passed."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from docs.windows import Windows, go, watched
from tests.e2e.reading import leads, said, text_of

NARROWEST = 360
LEAST_TARGET = 44


def beside(page: Page) -> Any:
    """The lead beside the list."""
    return page.locator("[data-lead-beside]")


def test_one_is_passed_and_one_is_held_in_two_keys_each_and_one_is_taken_back(desks: Windows):
    page = desks.at("marketing", "/check")
    seen = watched(page, desks.site)
    first, second, third, *_ = leads(page)
    expect(beside(page)).to_have_attribute("data-lead-beside", first)
    expect(page.get_by_text("What sales said about similar leads")).to_be_visible()

    page.keyboard.press("p")
    expect(said(page)).to_contain_text("Passed to sales")
    expect(beside(page)).to_have_attribute("data-lead-beside", second)
    assert first not in leads(page)

    page.keyboard.press("h")
    expect(page.get_by_role("button", name="A student")).to_be_visible()
    page.keyboard.press("3")
    expect(said(page)).to_contain_text("Held back")
    expect(beside(page)).to_have_attribute("data-lead-beside", third)

    page.keyboard.press("u")
    expect(said(page)).to_contain_text("Taken back")
    expect(beside(page)).to_have_attribute("data-lead-beside", second)
    page.keyboard.press("h")
    page.keyboard.press("2")
    expect(said(page)).to_contain_text("Held back")

    go(page, "/check?held=1")
    assert leads(page)[0] == second
    expect(page.locator(".lead-beside-step")).to_have_text("Held back: a customer already")
    assert "Mia Lindqvist" in text_of(page)
    assert seen.errors == []
    assert seen.foreign == []

    sales = desks.at("leader", f"/leads/{first}")
    assert "Passed to sales" in text_of(sales)
    assert "Handed over" in text_of(sales)


def test_a_hold_is_seen_by_a_colleague_whose_page_is_older(desks: Windows):
    mine, other = desks.at("marketing", "/check"), desks.at("operations", "/check")
    lead = leads(other)[0]
    mine.keyboard.press("h")
    mine.keyboard.press("1")
    expect(said(mine)).to_contain_text("Held back")
    other.keyboard.press("h")
    other.keyboard.press("2")
    expect(said(other)).to_contain_text("Not done")
    expect(said(other)).to_contain_text("Mia Lindqvist")
    assert lead not in leads(other)


def test_on_a_phone_it_is_done_with_a_thumb(desks: Windows):
    page = desks.at("marketing", "/check?held=1", width=NARROWEST, height=740, is_mobile=True, has_touch=True)
    page.locator("#inbox-list [data-lead]").first.tap()
    button = page.get_by_role("button", name="Pass to sales")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= LEAST_TARGET
    assert box["y"] > 740 / 2
    lead = str(beside(page).get_attribute("data-lead-beside"))
    button.tap()
    expect(said(page)).to_contain_text("Passed to sales")
    assert lead not in leads(page)


def test_who_is_entered_by_hand_appears_and_is_known_the_next_time(desks: Windows):
    page = desks.at("sales", "/leads/new")
    seen = watched(page, desks.site)
    page.get_by_label("Name").fill("Pilar Ortega")
    page.get_by_label("Mail", exact=False).first.fill("pilar@ortega.example")
    page.get_by_label("Company").fill("Ortega Hotels")
    page.get_by_label("How it came").select_option("event")
    page.get_by_label("May we call?").select_option("no")
    page.get_by_role("button", name="Enter the lead").click()
    expect(said(page)).to_contain_text("Pilar Ortega was entered")
    page.get_by_role("link", name="Open it").click()
    for _ in range(40):
        if "Do not call" in text_of(page):
            break
        page.wait_for_timeout(250)
        page.reload()
    assert "Pilar Ortega" in text_of(page)
    assert "Do not call" in text_of(page)

    go(page, "/leads/new")
    page.get_by_label("Name").fill("Somebody Else")
    page.get_by_label("Mail", exact=False).first.fill("PILAR@ortega.example")
    page.get_by_label("Company").focus()
    same = page.get_by_role("link", name="It is the same person")
    expect(same).to_be_visible()
    assert "has the same mail address" in text_of(page)
    same.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pilar Ortega")
    assert [each for each in seen.errors if "404" not in each] == []
