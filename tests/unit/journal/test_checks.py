"""Which rows can be facts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from smarketing.journal.checks import check_facts, sort_out
from smarketing.journal.fact import FACT_SCHEMA, no_facts
from tests.unit.journal.journals import day, fact, journal


def codes(*rows: dict[str, Any], **options: Any) -> list[str]:
    """The codes with their rows."""
    return [f"{problem.code} {problem.source}" for problem in check_facts(journal(*rows), source="x", **options)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"fact_id": ""}, "SMK-J101"),
        ({"fact_id": None}, "SMK-J101"),
        ({"lead_id": " \t"}, "SMK-J101"),
        ({"at": None}, "SMK-J102"),
        ({"kind": None}, "SMK-J101"),
        ({"kind": ""}, "SMK-J101"),
        ({"kind": "Page viewed"}, "SMK-J104"),
        ({"kind": "page__viewed"}, "SMK-J104"),
        ({"kind": "page_viewed\n"}, "SMK-J104"),
        ({"kind": "2nd_call"}, "SMK-J104"),
        ({"properties": "[]"}, "SMK-J105"),
        ({"properties": '{"a": 1'}, "SMK-J105"),
        ({"properties": '{"a": 01}'}, "SMK-J105"),
        ({"properties": "{'a': 1}"}, "SMK-J105"),
        ({"properties": '{"a": NaN}'}, "SMK-J105"),
        ({"properties": '{"a": 1e999}'}, "SMK-J105"),
        ({"properties": '{"a": "\\ud800"}'}, "SMK-J105"),
        ({"properties": '{"a": "\n"}'}, "SMK-J105"),
        ({"properties": '{"a": 1,}'}, "SMK-J105"),
        ({"properties": "[" * 100_000}, "SMK-J105"),
        ({"properties": '{"a": {}}'}, "SMK-J106"),
        ({"properties": '{"b": true, "a": [1]}'}, "SMK-J106"),
        ({"currency": "eur"}, "SMK-J107"),
        ({"currency": "EURO"}, "SMK-J107"),
        ({"lead_id": "a\0"}, "SMK-J108"),
        ({"properties": '{"a": "\\u0000"}'}, "SMK-J108"),
        ({"lead_id": "é" * 501}, "SMK-J109"),
    ],
)
def test_what_is_no_fact(change: dict[str, Any], code: str) -> None:
    row = fact("f1") | change
    assert codes(fact("f0"), row) == [f"{code} x:2"]
    good, rejected = sort_out(journal(fact("f0"), row, fact("f2")))
    assert good["fact_id"].to_list() == ["f0", "f2"]
    assert rejected.height == 1 and rejected.columns == [*FACT_SCHEMA, "reason"]


@pytest.mark.parametrize(
    "change",
    [
        {"properties": '{"a": "x", "b": -1.5e3, "c": true, "d": null, "e": ""}'},
        {"properties": '{ "a" : "\\u00e9\\\\u0000" }'},
        {"properties": ""},
        {"properties": None},
        {"properties": "{}"},
        {"properties": '{"n": 123456789012345678901234567890}'},
        {"currency": "EUR", "amount": Decimal("0.00")},
        {"currency": ""},
        {"kind": "quiz2_won"},
        {"kind": "x"},
    ],
)
def test_what_is_one(change: dict[str, Any]) -> None:
    assert codes(fact("f1") | change) == []


def test_doubtful_facts_are_facts_all_the_same() -> None:
    rows = [
        fact("f1", amount=Decimal(-1)), fact("f2", kind="retracted"), fact("f3", kind="linked", with_=""),
        fact("f4", kind="unlinked", with_="b"), fact("f5", kind="retracted", properties='{"fact_id": 7}'),
    ]  # fmt: skip
    problems = check_facts(journal(*rows), source="x")
    assert [(problem.code, problem.source, problem.severity) for problem in problems] == [
        ("SMK-J201", "x:1", "warning"), ("SMK-J202", "x:2", "warning"), ("SMK-J203", "x:3", "warning"),
    ]  # fmt: skip
    assert sort_out(journal(*rows))[1].is_empty()


def test_nothing_happens_in_the_future() -> None:
    rows = [fact("f1", at=1), fact("f2", at=1.001)]
    assert codes(*rows, now=day(1)) == ["SMK-J103 x:2"]
    assert codes(*rows) == []
    (problem,) = check_facts(journal(*rows), source="x", now=day(1))
    assert problem.message == "at 2026-01-02T00:01:26.400000Z lies in the future; nothing starts there"


def test_every_problem_of_a_row_is_said() -> None:
    row = fact("", kind="Bad Kind", currency="x")
    assert codes(row, fact("f2", kind="No")) == ["SMK-J101 x:1", "SMK-J104 x:1", "SMK-J107 x:1", "SMK-J104 x:2"]
    reason = sort_out(journal(row))[1]["reason"][0]
    assert reason.startswith("fact_id is empty; every fact needs one; kind ") and reason.count("; ") == 3


def test_no_rows_no_problems() -> None:
    assert check_facts(no_facts(), source="x") == []
    assert sort_out(no_facts())[0].is_empty()


def test_a_glance_and_a_reading_agree() -> None:
    plain = '{"a": "x", "b": -1.5, "c": true, "d": null}'
    broken = [plain[:cut] + sign + plain[cut:] for cut in range(len(plain) + 1) for sign in '{}",:0x\\ [']
    facts = journal(*(fact(f"f{number}", properties=text) for number, text in enumerate(broken)))
    spaced = facts.with_columns(pl.lit(" ") + pl.col("properties"))  # never plain, so always read
    glanced, read = (sort_out(rows)[1]["fact_id"].to_list() for rows in (facts, spaced))
    assert glanced == read and len(glanced) > 100
