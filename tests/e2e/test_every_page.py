"""What holds on every page: it opens for everybody, calls nobody, complains of nothing, does not move, and fits a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from docs.places import PLACES
from docs.windows import PHONE, Seen, Windows, go, noticed, watched

NARROWEST = 360
MOST_SHIFT = 0.1
WIDER = """() => ({ width: document.documentElement.scrollWidth, out: [...document.querySelectorAll("body *")].filter(each => {
  if (each.closest(".table-box, .unseen, .tabs, [popover], svg, .skip, dialog")) return false;
  const box = each.getBoundingClientRect();
  return box.width && (box.right > document.documentElement.clientWidth + 1 || box.left < -1);
}).map(each => `${each.tagName}.${each.className}`).slice(0, 5) })"""
USUAL = 1280
WHOLE_TABLES = ("campaigns", "attribution", "reps", "leads")
"""Their tables are read across: no column is out of sight on a usual screen."""
CUT = """() => [...document.querySelectorAll(".table-box")].filter(box => box.scrollWidth > box.clientWidth + 1)
  .map(box => `${box.scrollWidth} in ${box.clientWidth}`)"""
HINTS_CUT = """() => [...document.querySelectorAll("input[placeholder]:not(.choose-search)")].filter(each => {
  const css = getComputedStyle(each), pen = document.createElement("canvas").getContext("2d");
  pen.font = css.font;
  const key = each.parentElement.querySelector("kbd"), free = key && getComputedStyle(key).display !== "none"
    ? key.getBoundingClientRect().left - each.getBoundingClientRect().left : each.clientWidth - parseFloat(css.paddingRight);
  return each.checkVisibility() && pen.measureText(each.placeholder).width + parseFloat(css.paddingLeft) > free;
}).map(each => each.placeholder)"""
WITH_HINTS = ("leads", "audit")
THEMES = ["light", "dark"]


@dataclass
class Look:
    """A page that was looked at: its `status`, what it complained about, how far it moved, and what keeps people out."""

    status: int
    seen: Seen
    refused: list[str]
    shifted: float
    barriers: list[str]


@pytest.fixture(scope="module", params=[(place, theme) for place in PLACES for theme in THEMES], ids="-".join)
def looked(request: pytest.FixtureRequest, entries: Windows) -> Iterator[tuple[str, str, Look]]:
    """A page in a theme, opened once; the tests ask different things about it, one after the other."""
    place, theme = request.param
    yield place, theme, look_at(entries, place, theme)
    entries.close()


def look_at(windows: Windows, place: str, theme: str) -> Look:
    """Open the page in a new window and wait until it is drawn."""
    address, login, status, _ = PLACES[place]
    page = windows.window(login, theme=theme)
    seen = watched(page, windows.site)
    answered = go(page, address)
    found = noticed(page)
    return Look(answered, but_for_itself(seen, status), found.refused, found.shifted, barriers(page))


def but_for_itself(seen: Seen, status: int) -> Seen:
    """A page that shall be refused is one failed answer, and one line in the console; no more."""
    if status >= 400:
        assert len(seen.failed) == 1 == len(seen.errors), seen
        return Seen(foreign=seen.foreign)
    return seen


def barriers(page: Page) -> list[str]:
    """What keeps somebody out, seriously: the rule, and where."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    hard = [each for each in found if each["impact"] in ("serious", "critical")]
    return [f"{each['id']}: {node['html'][:200]}" for each in hard for node in each["nodes"][:3]]


def test_a_page_keeps_nobody_out(looked: tuple[str, str, Look]):
    place, _, look = looked
    assert look.status == PLACES[place].status
    assert look.barriers == []


def test_a_page_complains_of_nothing_and_calls_nobody_else(looked: tuple[str, str, Look]):
    _, _, look = looked
    assert look.seen == Seen()
    assert look.refused == []


def test_a_page_does_not_move_while_it_is_drawn(looked: tuple[str, str, Look]):
    _, _, look = looked
    assert look.shifted < MOST_SHIFT


@pytest.mark.parametrize("place", PLACES)
def test_a_page_fits_a_phone(windows: Windows, place: str):
    address, login, status, _ = PLACES[place]
    page = windows.window(login, width=NARROWEST, height=740)
    assert go(page, address) == status
    for width in (NARROWEST, PHONE):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(WIDER) == {"width": width, "out": []}


@pytest.mark.parametrize("place", WHOLE_TABLES)
def test_a_page_fits_a_usual_screen_with_its_tables(windows: Windows, place: str):
    address, login, status, _ = PLACES[place]
    page = windows.window(login, width=USUAL, height=860)
    assert go(page, address) == status
    found = page.evaluate(WIDER)
    assert (found["width"] <= USUAL, found["out"]) == (True, [])
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("place", WITH_HINTS)
def test_a_hint_in_a_field_is_read_to_its_end(windows: Windows, place: str):
    address, login, status, _ = PLACES[place]
    page = windows.window(login, width=USUAL, height=860)
    assert go(page, address) == status
    for width in (NARROWEST, PHONE, 1024, USUAL, 1600):
        page.set_viewport_size({"width": width, "height": 860})
        assert page.evaluate(HINTS_CUT) == []
    page.evaluate("document.querySelector('[data-search]').placeholder += ' and whatever else somebody may remember'")
    assert len(page.evaluate(HINTS_CUT)) == 1, "control"


def test_what_is_wrong_with_a_page_is_found(windows: Windows):
    page = windows.window("viewer")
    seen = watched(page, windows.site)
    go(page, "/password")
    page.evaluate("""() => {
      document.body.insertAdjacentHTML("afterbegin", '<img src="http://elsewhere.invalid/a.png"><p style="width: 3000px">wide</p>');
      const script = Object.assign(document.createElement("script"), { textContent: "1" });
      document.body.append(script);
      console.error("said");
    }""")
    page.wait_for_timeout(200)
    assert any("said" in error for error in seen.errors)
    found = noticed(page)
    assert any("img-src" in refused for refused in found.refused)
    assert found.shifted > 0
    assert any(found.startswith("image-alt") for found in barriers(page))
    page.evaluate("document.querySelector('main').style.width = '3000px'")
    assert page.evaluate(WIDER)["out"] != []
