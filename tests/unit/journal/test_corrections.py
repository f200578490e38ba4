"""Facts told twice, in conflict, and taken back."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from smarketing.journal.corrections import conflicts, contents, first_told, retracted_facts
from tests.unit.journal.journals import fact, journal


def test_a_content_is_canonical_json_of_all_but_recorded_at() -> None:
    row = fact("f1", "é", 0.5, amount=Decimal("12.5"), campaign="", properties='{"b": 1.50, "a": "\\u00e9\\n"}', source="web")
    assert contents(journal(row))[0] == (
        '{"actor":null,"amount":"12.50","at":"2026-01-01T12:00:00.000000Z","campaign":null,"channel":null,"currency":null,"fact_id":"f1",'
        '"kind":"page_viewed","lead_id":"é","opportunity_id":null,"properties":{"a":"é\\n","b":1.5},"source":"web"}'
    )


def test_contents_are_json_whatever_the_texts_hold() -> None:
    text = 'quote " slash \\ brace } {"source": tab \t \x1f'
    row = fact(text, text, campaign=text, source=text, properties=json.dumps({text: text}))
    found = json.loads(contents(journal(row))[0])
    assert (found["fact_id"], found["campaign"], found["source"], found["properties"]) == (text, text, text, {text: text})


def test_the_first_recorded_stays_and_every_other_content_is_a_conflict() -> None:
    told = journal(
        fact("f1", recorded_at=2, url="/b"), fact("f1", recorded_at=1, url="/c"), fact("f1", recorded_at=3, url="/b"),
        fact("f1", recorded_at=4, url="/c"), fact("f2", url="/d"),
    )  # fmt: skip
    assert first_told(told).sort("fact_id")["properties"].to_list() == ['{"url": "/c"}', '{"url": "/d"}']
    assert conflicts(told).select("recorded_at", "properties").rows() == [
        (fact("", recorded_at=2)["recorded_at"], '{"url": "/b"}')
    ]


def test_recorded_at_the_same_time_the_smallest_content_stays() -> None:
    told = journal(fact("f1", url="/b"), fact("f1", url="/a"), fact("f1", kind="email_clicked", url="/z"))
    assert first_told(told)["kind"].to_list() == ["email_clicked"]
    assert conflicts(told)["properties"].to_list() == ['{"url": "/a"}', '{"url": "/b"}']


def test_the_same_content_written_otherwise_is_no_conflict() -> None:
    told = journal(fact("f1", properties='{"b":"é","a":1}'), fact("f1", properties='{ "a" : 1, "b" : "\\u00e9" }', recorded_at=3))
    assert conflicts(told).is_empty()


@pytest.mark.parametrize(
    ("names", "taken_back"),
    [
        ({"r1": "f"}, "f"),
        ({"r1": "f", "r2": "r1"}, "r1"),
        ({"r1": "f", "r2": "r1", "r3": "r2"}, "f r2"),
        ({"r1": "f", "r2": "r1", "r3": "r2", "r4": "r1"}, "r1 r2"),
        ({"r1": "r1"}, "r1"),
        ({"r1": "r2", "r2": "r1"}, "r1"),  # a ring: the last counts
        ({"r1": "r2", "r2": "r1", "r3": "r2"}, "r2"),  # from outside it is decided, then r1 counts: it names r2 too
        ({"r1": "r2", "r2": "r3", "r3": "r1"}, "r1 r3"),
        ({"r1": "", "r2": None}, ""),
        ({"r1": 17, "r2": True, "r3": "no such fact"}, "17 no such fact"),
        ({"r1": "f", "r2": "f", "r3": "r1"}, "f r1"),
    ],
)
def test_a_retraction_counts_unless_a_counting_one_names_it(names: dict[str, object], taken_back: str) -> None:
    rows = [
        fact(name, f"lead {name}", at, "retracted", properties=json.dumps({"fact_id": named}))
        for at, (name, named) in enumerate(names.items())
    ]
    assert " ".join(retracted_facts(journal(*rows))) == taken_back


def test_a_chain_of_retractions_may_be_long() -> None:
    names = [
        fact(f"r{number:05}", at=number / 1000, kind="retracted", properties=f'{{"fact_id": "r{number - 1:05}"}}')
        for number in range(1, 3001)
    ]
    assert len(retracted_facts(journal(*names))) == 1500
