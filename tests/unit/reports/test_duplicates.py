"""Who may be there already: by mail address, by phone number, by name and company; the surest first."""

from __future__ import annotations

import json

import pytest

from smarketing.reports.outcome import Outcome
from smarketing.reports.person.duplicates import digits, duplicates, same_number
from tests.unit.reports.lives import outcome_of

PEOPLE = {
    "anna": {"name": "Anna Berg", "email": "Anna@berg.example", "phone": "+49 30 1234567", "account": "Berg"},
    "ben": {"first_name": "Ben", "last_name": "Okafor", "account": "Alder"},
    "cleo": {"E-Mail": "cleo@c.example", "Mobile Phone": "(030) 765-43-21"},
}


@pytest.fixture(scope="module")
def known() -> Outcome:
    lines = [f"{lead}  2026-03-02T09:00  profile_changed  {_cells(said)}" for lead, said in PEOPLE.items()]
    return outcome_of("\n".join(lines), as_of="2026-04-01")


def _cells(said: dict[str, str]) -> str:
    """The journal in a few words has no blanks: they are written as escapes of JSON."""
    return "  ".join(
        f"{name.replace(' ', '_')}={json.dumps(value).replace(' ', chr(92) + 'u0020')}" for name, value in said.items()
    )


def whom(outcome: Outcome, **said: str) -> list[tuple[str, str]]:
    return [(like.lead_id, like.by) for like in duplicates(outcome, **said)]


def test_the_same_mail_address_is_found_whatever_its_capitals(known: Outcome):
    assert whom(known, email="ANNA@BERG.example ") == [("anna", "mail")]
    assert whom(known, email="cleo@c.example") == [("cleo", "mail")]
    assert whom(known, email="nna@berg.example") == []


@pytest.mark.parametrize("number", ["030 1234567", "+49301234567", "0049 (0)30 123 45 67", "1234567"])
def test_the_same_number_is_found_however_it_is_written(known: Outcome, number: str):
    assert whom(known, phone=number) == [("anna", "phone")]


def test_another_number_is_another_one(known: Outcome):
    assert whom(known, phone="+49 30 1234568") == []
    assert whom(known, phone="4567") == []
    assert not same_number(digits("34567"), digits("1234567"))


def test_a_name_is_found_in_another_order_and_with_a_slip_where_the_company_agrees(known: Outcome):
    assert whom(known, name="Okafor, Ben", company="Alder") == [("ben", "name")]
    assert whom(known, name="Ben Okafer", company="Alder") == [("ben", "name")]
    assert whom(known, name="Ben Okafor", company="Somewhere Else Entirely") == []


def test_a_name_alone_has_to_be_nearly_the_same(known: Outcome):
    assert whom(known, name="Ben Okafor") == [("ben", "name")]
    assert whom(known, name="Ben Oakfort") == []


def test_the_surest_comes_first_and_each_lead_once(known: Outcome):
    assert whom(known, name="Ben Okafor", email="anna@berg.example", phone="030 1234567") == [("anna", "mail"), ("ben", "name")]


def test_who_is_like_nobody_is_like_nobody(known: Outcome):
    assert duplicates(known) == []
    assert whom(known, name="Zoe", email="zoe@z.example", phone="99 99 99 99", company="Z") == []
