"""What exists is documented: public names, problem codes, settings, exceptions, kinds of fact, tables, make targets."""

from __future__ import annotations

import re
from pathlib import Path

import smarketing
from smarketing.vocabulary import errors
from smarketing.vocabulary.kinds import KINDS
from smarketing.vocabulary.tables import CLOCKS, COMMITMENTS, HANDOFF_COLUMNS, SCORE_CHANGES, SMALL_TABLES, STAGE_ENTRIES
from tests.architecture.sources import ROOT, product_modules

REFERENCE = ROOT / "docs" / "reference"


def text(*pages: Path) -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def not_in(page: Path, words: set[str]) -> list[str]:
    """The words that a page does not set as code."""
    marked = set(re.findall(r"`([^`\n]+)`", text(page)))
    spelled = marked | {re.split(r"[\s(=]", each)[0] for each in marked}
    return sorted(words - spelled)


def test_every_public_name_is_documented():
    assert not_in(REFERENCE / "python.md", {f"sm.{name}" for name in smarketing.__all__}) == []


def test_every_exception_and_its_exit_code_is_documented():
    tree = {
        name: each.exit_code
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, errors.SmarketingError)
    }
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", text(REFERENCE / "exit-codes.md"), re.MULTILINE))
    assert {name: str(code) for name, code in tree.items()} == rows


def test_every_problem_code_is_documented():
    used = set(re.findall(r"\bSMK-[A-Z]\d{3}\b", text(*product_modules())))
    told = set(re.findall(r"\bSMK-[A-Z]\d{3}\b", text(*REFERENCE.glob("*.md"))))
    assert sorted(used - told) == []
    assert used, "no code was found in the source at all"


def test_every_setting_is_documented():
    used = set(re.findall(r"\bSMARKETING_[A-Z_]*[A-Z]\b", text(*product_modules())))
    told = set(re.findall(r"\bSMARKETING_[A-Z_]+\b", text(*REFERENCE.glob("*.md"))))
    assert sorted(used - told) == []


def test_every_kind_of_fact_is_documented():
    assert not_in(REFERENCE / "facts.md", set(KINDS)) == []


def test_every_table_and_column_is_documented():
    columns = {*SCORE_CHANGES.columns, *STAGE_ENTRIES.columns, *CLOCKS.columns, *HANDOFF_COLUMNS, *COMMITMENTS.columns}
    columns |= {column for table in SMALL_TABLES.values() for column in table}
    assert not_in(REFERENCE / "tables.md", columns | set(SMALL_TABLES)) == []


def test_every_make_target_says_what_it_does():
    makefile = text(ROOT / "Makefile")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    assert sorted(phony[1].split()) == sorted(re.findall(r"^([a-z]+):.* ## .+$", makefile, re.MULTILINE))


def test_something_undocumented_would_be_found(tmp_path: Path):
    (tmp_path / "page.md").write_text("Only `sm.replay(facts=...)` and `page_viewed` here.")
    assert not_in(tmp_path / "page.md", {"sm.replay", "page_viewed", "sm.forgotten"}) == ["sm.forgotten"]
