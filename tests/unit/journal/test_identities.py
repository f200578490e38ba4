"""Which leads are one person."""

from __future__ import annotations

from typing import Any

import pytest

from smarketing.journal.identities import united_leads
from tests.unit.journal.journals import fact, journal

Link = tuple[str, str, str]


def united(*links: Link, anonymous: str = "") -> dict[str, str]:
    """The map of these links, one a day: (lead, linked or unlinked, with)."""
    rows: list[dict[str, Any]] = []
    for at, (lead_id, kind, other) in enumerate(links):
        mark = {"anonymous": True} if other in anonymous.split() else {}
        rows.append(fact(f"f{at}", lead_id, at, kind, with_=other, **mark))
    return dict(united_leads(journal(*rows)).rows())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], {}),
        ([("b", "linked", "a")], {"b": "a"}),
        ([("a", "linked", "b")], {"b": "a"}),
        ([("a", "linked", "b"), ("b", "unlinked", "a")], {}),
        ([("a", "linked", "b"), ("b", "unlinked", "a"), ("b", "linked", "a")], {"b": "a"}),
        ([("a", "unlinked", "b")], {}),
        ([("c", "linked", "b"), ("d", "linked", "c"), ("a", "linked", "e")], {"c": "b", "d": "b", "e": "a"}),
        ([("c", "linked", "b"), ("c", "linked", "a"), ("a", "unlinked", "c")], {"c": "b"}),
        ([("a", "linked", "a")], {}),
        ([("a", "linked", "")], {}),
        ([("a", "linked", "Z")], {"a": "Z"}),  # by code point
        ([("z", "linked", "é")], {"é": "z"}),
    ],
)
def test_the_smallest_id_names_the_united_lead(links: list[Link], expected: dict[str, str]) -> None:
    assert united(*links) == expected


def test_an_anonymous_id_names_nobody_who_is_known() -> None:
    assert united(("x", "linked", "a"), anonymous="a") == {"a": "x"}
    assert united(("x", "linked", "a"), ("x", "linked", "b"), anonymous="a") == {"a": "b", "x": "b"}


def test_of_anonymous_ids_alone_the_smallest_names_the_lead() -> None:
    assert united(("b", "linked", "a"), ("a", "linked", "b"), anonymous="a b") == {"b": "a"}


def test_anonymous_once_is_anonymous_for_good() -> None:
    assert united(("x", "linked", "a"), ("x", "unlinked", "a"), ("a", "linked", "y"), anonymous="a") == {"a": "y"}


def test_only_true_on_a_link_marks_anonymous() -> None:
    rows = [fact("f1", "x", 0, "linked", with_="a", anonymous="true"), fact("f2", "x", 1, "unlinked", with_="b", anonymous=True)]
    more = [fact("f3", "x", 2, "linked", with_="b"), fact("f4", "y", 3, "linked", properties='{"with": 7}')]
    assert dict(united_leads(journal(*rows, *more)).rows()) == {"x": "a", "b": "a", "y": "7"}


def test_of_facts_at_one_time_the_greater_id_is_the_last() -> None:
    together = [fact("f2", "a", 1, "unlinked", with_="b"), fact("f10", "a", 1, "linked", with_="b")]
    assert united_leads(journal(*together)).is_empty()


def test_a_long_chain_is_one_person() -> None:
    links = [(f"lead-{number:05}", "linked", f"lead-{number + 1:05}") for number in range(5000)]
    assert set(united(*links).values()) == {"lead-00000"}
