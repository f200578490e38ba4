"""The manual is written from the specs, all of them, and is never stale; the machinery notices what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import ascii, manual, tables

STAGES = """
stage   | entered_at
visitor | Mon 2026-03-02 10:00
mql     | Tue 2026-03-03 10:00
"""
FOUND = [
    {"lead_id": "ana", "cycle": 1, "stage": "visitor", "entered_at": ascii.instant("2026-03-02 10:00", "UTC")},
    {"lead_id": "ana", "cycle": 1, "stage": "mql", "entered_at": ascii.instant("2026-03-03 10:00", "UTC")},
]


@pytest.fixture(autouse=True)
def engine() -> None:
    """No engine is asked."""


def test_the_manual_is_current() -> None:
    assert manual.PAGE.read_text("utf-8") == manual.page(), "docs/reference/what-follows.md is stale: run `make docs`"


def test_every_chapter_is_in_the_manual() -> None:
    others = {"manual", "without_compiling"}
    chapters = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")} - others
    assert chapters == set(manual.CONTENTS)


def test_every_rule_says_what_it_means_and_no_rule_stands_twice() -> None:
    chapters = [manual.chapter(manual.import_module(f"tests.spec.test_{name}")) for name in manual.CONTENTS]
    rules = [paragraph for chapter in chapters for paragraph in chapter.paragraphs]
    assert all(rule.text.endswith((".", "?")) for rule in rules)
    assert len({rule.title for rule in rules}) == len(rules)


def test_writing_the_manual_judges_nothing_and_leaves_the_tests_as_they_were() -> None:
    manual.page()
    assert tables.take is tables.judged


def test_equal_tables_differ_in_nothing() -> None:
    assert tables.difference("stage_entries", ascii.rows(STAGES), FOUND, "UTC") == ""
    assert tables.difference("stage_entries", ascii.rows(STAGES), FOUND[::-1], "UTC") == ""


@pytest.mark.parametrize(
    "wanted",
    [
        STAGES.replace("Tue 2026-03-03", "Wed 2026-03-04"),
        STAGES.replace("mql ", "sql "),
        "\n".join(STAGES.splitlines()[:-1]),
        STAGES + "mql | Tue 2026-03-03 10:00",
        STAGES.replace("Tue 2026-03-03 10:00", ""),
        "(none)",
    ],
)
def test_every_difference_is_noticed(wanted: str) -> None:
    text = tables.difference("stage_entries", ascii.rows(wanted), FOUND, "UTC")
    assert text.count("\n-") + text.count("\n+"), text


def test_a_filter_leaves_out_the_other_rows_only() -> None:
    wanted = "for stage = mql\nstage | entered_at\nmql | Tue 2026-03-03 10:00"
    assert tables.difference("stage_entries", ascii.rows(wanted), FOUND, "UTC") == ""
    assert tables.difference("stage_entries", ascii.rows("for stage = mql\n(none)"), FOUND, "UTC")


def test_a_weekday_that_is_wrong_is_noticed() -> None:
    with pytest.raises(AssertionError, match="is a Mon"):
        ascii.instant("Tue 2026-03-02 10:00", "UTC")


@pytest.mark.parametrize("text", ["Sun 2026-10-25 02:30+01:00", "Sun 2026-10-25 02:30+02:00", "Mon 2026-03-02 09:30:05.000001"])
def test_times_are_written_as_they_are_read(text: str) -> None:
    assert ascii.written(ascii.instant(text, "Europe/Berlin"), "Europe/Berlin") == text


def test_properties_are_read_as_json_where_they_are_json() -> None:
    text = 'form=demo, n=5, n2="5", known=true, role=null, note="a, b", url=/a?b=c'
    assert ascii.properties(text) == {
        "form": "demo", "n": 5, "n2": "5", "known": True, "role": None, "note": "a, b", "url": "/a?b=c",
    }  # fmt: skip


def test_a_snippet_replaces_whole_keys_of_the_base() -> None:
    document = tables.merged("handoff: {at: mql, check: true}\ncurrency: USD\ngrades: {A: 30}")
    assert "check: true" in document and "{at: mql}" not in document and "currency: USD" in document
    assert document.count("\nstages:") == 1 and document.endswith("grades: {A: 30}\n")
