"""Reading a page as people do: numbers as they are written, tables by their names, what has the focus."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page

SEEN_FOCUS = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  const ringed = each => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  const ring = ringed(it) || ringed(it.parentElement);  // a field in a frame shows its focus there
  const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  return { ring, inside, what: (it.getAttribute("href") ?? it.name ?? "") + " " + it.textContent.trim().slice(0, 40) };
}"""
MOST_TABS = 60


def number(text: str) -> float:
    """What a number says that is written for a reader of British English: `1,586`, `−12.5`, `€405,586.50`, `60%`."""
    found = re.search(r"[-−–]?\s*[\d,]+(\.\d+)?", text.replace("\u202f", "").replace("\xa0", " "))
    assert found, f"no number in {text!r}"
    return float(found.group().replace(",", "").replace("−", "-").replace("–", "-").replace(" ", ""))


def counted(page: Page) -> int:
    """How many rows a table has in all: the pager under it says `1–50 of 1,586`."""
    said = page.get_by_text(re.compile(r"^\s*[\d,]+\s*–\s*[\d,]+\s+of\s+[\d,]+")).first.inner_text()
    return int(number(said.partition(" of ")[2]))


def text_of(page: Page | Locator) -> str:
    """All that is to be read there, on one line."""
    place = page.locator("main") if isinstance(page, Page) else page
    return " ".join(place.inner_text().split())


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus; on the way there the focus is always to be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focus: dict[str, Any] = page.evaluate(SEEN_FOCUS)
        assert focus["ring"], f"nobody sees that the focus is on {focus['what']!r}"
        assert focus["inside"], f"the focus is out of sight, on {focus['what']!r}"
        if wanted.evaluate_all("found => found.some(each => each === document.activeElement)"):
            return
    raise AssertionError(f"{MOST_TABS} times Tab, and it has no focus: {wanted}")


def leads(page: Page) -> list[str]:
    """The leads of the list, in its order."""
    found: list[str] = page.evaluate("[...document.querySelectorAll('#inbox-list [data-lead]')].map(row => row.dataset.lead)")
    return found


def said(page: Page) -> Any:
    """What the page answered last."""
    return page.locator("#toasts .toast").last
