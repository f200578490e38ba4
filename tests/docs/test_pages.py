"""The pages hold together: links resolve, every page can be found, generated ones are fresh, examples print what is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.examples import WITH_EXAMPLES, refreshed
from docs.generate import FOLDER, PAGES
from tests.architecture.sources import ROOT, tracked

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
WRITTEN = [path for path in tracked(".md") if not path.is_relative_to(ROOT / "tests")]


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as links spell them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    broken = []
    for target, anchor in LINK.findall(prose(page)):
        aim = (page.parent / target).resolve() if target else page
        if not aim.exists() or (anchor and aim.suffix == ".md" and anchor not in anchors(aim)):
            broken.append(f"{target}#{anchor}" if anchor else target)
    return broken


def test_every_link_leads_somewhere():
    assert {str(page.relative_to(ROOT)): links for page in WRITTEN if (links := broken_links(page))} == {}


def test_a_broken_link_is_found(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("# One\n[there](page.md#one) [gone](away.md) [no such heading](#two)\n")
    assert broken_links(page) == ["away.md", "#two"]


def test_every_page_can_be_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        waiting += [(page.parent / target).resolve() for target, _ in LINK.findall(prose(page)) if target]
    assert sorted(str(page.relative_to(ROOT)) for page in WRITTEN if page not in reached) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_fresh(name: str):
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "stale: run `make docs`"


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.name)
def test_the_examples_of_a_page_print_what_it_shows(page: Path):
    assert page.read_text(encoding="utf-8") == refreshed(page), "stale: run `make docs`"
