"""The components where people meet them: in Chromium, under the policy of the site, by keyboard, on a phone, in the dark."""

from __future__ import annotations

import mimetypes
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

import smarketing
from tests.web.look_site import ADDRESSES, pages

pytestmark = pytest.mark.slow
NAMED = os.environ.get("CHROMIUM")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STATIC = Path(smarketing.__file__).parent / "web" / "static"
SITE = "http://look.test"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"
WATCH = """
window.refused = []; window.shifted = 0;
document.addEventListener("securitypolicyviolation", seen => window.refused.push(seen.violatedDirective + " " + seen.sourceFile));
new PerformanceObserver(list => list.getEntries().forEach(each => window.shifted += each.value)).observe({type: "layout-shift", buffered: true});
"""
TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter(each => {
  if (each.closest(".table-box, .unseen, .tabs, [popover], svg, .skip, dialog")) return false;
  const box = each.getBoundingClientRect();
  return box.width && (box.right > document.documentElement.clientWidth + 1 || box.left < -1);
}).map(each => each.tagName + "." + each.className)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = NAMED or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("needs Chromium (`make browser`)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def answer(route: Route) -> None:
    """The site: the rendered pages and the static files, nothing else; whatever is missing is a 404."""
    path = route.request.url.removeprefix(SITE).partition("?")[0]
    file = STATIC / path.removeprefix("/static/")
    if path in pages():
        route.fulfill(body=pages()[path], content_type="text/html", headers={"Content-Security-Policy": POLICY})
    elif path.startswith("/static/") and file.is_file():
        route.fulfill(path=file, content_type=mimetypes.guess_type(file.name)[0] or "font/woff2")
    else:
        route.fulfill(status=404, body="")


def visit(
    browser: Browser, address: str, *, width: int = 1280, theme: str = "light", scripts: bool = True, policy: bool = True
) -> Page:
    """A page in a window of its own."""
    window = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=scripts, bypass_csp=not policy, reduced_motion="reduce"
    )  # fmt: skip
    page = window.new_page()
    page.add_init_script(WATCH)
    page.route("**/*", answer)
    page.goto(SITE + address, wait_until="load")
    return page


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_keeps_anybody_out(browser: Browser, address: str, theme: str, width: int):
    page = visit(browser, address, theme=theme, width=width, policy=False)
    found = Axe().run(page).response["violations"]
    page.context.close()
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")] == []


def test_what_keeps_people_out_is_found(browser: Browser):
    page = visit(browser, "/design", policy=False)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\"><button></button>')")
    found = {each["id"] for each in Axe().run(page).response["violations"]}
    page.context.close()
    assert found >= {"image-alt", "button-name"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_is_wider_than_its_window(browser: Browser, address: str):
    page = visit(browser, address)
    wide = {}
    for width in (320, 360, 768, 1024, 1440, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        wide[width] = page.evaluate(TOO_WIDE)
    page.context.close()
    assert {width: found for width, found in wide.items() if found} == {}


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_policy_of_the_site_refuses_nothing_and_nothing_moves(browser: Browser, address: str):
    page = visit(browser, address)
    page.wait_for_function("document.fonts.status === 'loaded'")
    refused, shifted = page.evaluate("[window.refused, window.shifted]")
    page.context.close()
    assert refused == []
    assert shifted < 0.02


def test_a_term_explains_itself_on_focus_and_escape_closes_it(browser: Browser):
    page = visit(browser, "/design")
    term = page.locator(".term").first
    card = page.locator(f"#{term.get_attribute('data-term')}")
    page.keyboard.press("Tab")  # from here on the keyboard leads, so focus is visible
    term.focus()
    card.wait_for(state="visible")
    assert "A lead whose score says" in (card.text_content() or "")
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    page.context.close()


def test_a_term_explains_itself_under_the_mouse_and_stays_while_it_is_read(browser: Browser):
    page = visit(browser, "/design")
    term = page.locator(".term").first
    card = page.locator(f"#{term.get_attribute('data-term')}")
    term.hover()
    card.wait_for(state="visible")
    card.hover()
    page.wait_for_timeout(400)
    assert card.is_visible()
    page.mouse.move(1, 1)
    card.wait_for(state="hidden")
    page.context.close()


def test_keys_search_list_themselves_and_walk_the_rows(browser: Browser):
    page = visit(browser, "/design/table")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "lead-0417"
    page.keyboard.press("?")
    assert page.locator("dialog[open] h2").text_content() == "Keys"
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    page.context.close()


def test_g_and_a_letter_go_to_pages_of_the_menu_and_to_no_other(browser: Browser):
    page = visit(browser, "/design/table")
    offered = page.locator("#keys dt").all_text_contents()
    assert [said for said in offered if said.startswith("g")] == ["g s", "g f", "g l", "g n"]
    page.keyboard.press("g")
    page.keyboard.press("i")
    assert page.url == f"{SITE}/design/table"
    page.keyboard.press("g")
    with page.expect_request("**/funnel"):
        page.keyboard.press("f")
    page.context.close()


def test_who_is_quick_sees_the_last_three_messages_and_what_went_wrong(browser: Browser):
    page = visit(browser, "/design/table")
    page.evaluate("""() => {
      for (const [kind, text] of [["error", "wrong"], ["info", "1"], ["info", "2"], ["info", "3"], ["info", "4"], ["info", "5"]]) {
        const toast = Object.assign(document.createElement("div"), { className: `toast kind-${kind}`, textContent: text });
        document.getElementById("toasts").append(toast);
      }
    }""")
    assert page.locator(".toast").all_text_contents()[-4:] == ["wrong", "3", "4", "5"]
    page.context.close()


def test_a_table_that_does_not_fit_scrolls_by_itself(browser: Browser):
    page = visit(browser, "/design/table", width=1200)
    page.locator(".table-box.fits").wait_for()
    page.evaluate("document.querySelector('.table td').textContent = 'a'.repeat(400)")
    page.set_viewport_size({"width": 1190, "height": 900})
    page.locator(".table-box:not(.fits)").wait_for()
    assert page.evaluate("getComputedStyle(document.querySelector('.table-box')).overflowX") == "auto"
    page.context.close()


def test_the_choice_of_colours_outlives_the_page(browser: Browser):
    page = visit(browser, "/design", theme="light")
    page.locator(".user-button").click()
    page.locator("input[name=theme][value=dark]").check(force=True)
    page.goto(SITE + "/design/stats", wait_until="load")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 10, 9)"
    page.context.close()


def test_without_scripts_menus_open_and_terms_are_links(browser: Browser):
    page = visit(browser, "/design", scripts=False)
    page.get_by_role("button", name="Export").click()
    assert page.get_by_role("link", name="Excel (XLSX)").is_visible()
    assert page.locator(".term").first.get_attribute("href") == "/agreement"
    assert page.locator(".filters-apply").is_visible()
    page.context.close()


def test_the_first_tab_offers_to_skip_the_navigation(browser: Browser):
    page = visit(browser, "/design")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


def test_a_phone_has_a_bottom_bar_and_a_drawer(browser: Browser):
    page = visit(browser, "/design/stats", width=360)
    assert page.locator(".bottombar").is_visible()
    assert not page.locator(".sidebar").is_visible()
    page.get_by_role("button", name="More").click()
    assert page.locator(".sidebar").is_visible()
    page.keyboard.press("Escape")
    page.locator(".sidebar").wait_for(state="hidden")
    page.context.close()


def test_on_paper_there_are_no_tools(browser: Browser):
    page = visit(browser, "/design/table")
    page.emulate_media(media="print")
    assert not page.locator(".sidebar").is_visible()
    assert not page.locator(".filters").is_visible()
    assert page.locator("h1").is_visible()
    page.context.close()
