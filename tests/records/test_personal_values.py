"""Personal values lie apart from the facts: nothing is lost, nothing stays with the fact, and what is gone is gone."""

from __future__ import annotations

import json
import random
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.journal.survey import settled
from tests.records.test_facts import canonical, life, load, run, store
from tests.unit.journal.journals import day, fact, journal, random_journal

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("empty_records")]


@pytest.mark.parametrize(
    "name", ["email", "E-Mail", "first_name", "firstName", "First Name", "PHONE", "ip", "user_agent", "comment"]
)
def test_a_personal_property_is_known_in_any_spelling(name: str) -> None:
    from smarketing.vocabulary.personal import is_personal

    assert is_personal(name)


@pytest.mark.parametrize(
    "name", ["email_domain", "form", "url", "account", "employees", "reason", "with", "fact_id", "to", "machine"]
)
def test_what_rules_are_made_of_is_not_personal(name: str) -> None:
    from smarketing.vocabulary.personal import is_personal

    assert not is_personal(name)


def test_the_row_of_the_fact_holds_no_personal_value() -> None:
    store(fact("f1", email="zoe@example.com", form="demo", First_Name="Zoe"), fact("f2", form="demo"))
    assert run("SELECT fact_id, properties::text, personal IS NULL FROM fact ORDER BY 1") == [
        ("f1", '{"form":"demo"}', False),
        ("f2", '{"form":"demo"}', True),
    ]
    assert run("SELECT fact_id, lead_id, name, value FROM personal_value ORDER BY name") == [
        ("f1", "a", "First_Name", '"Zoe"'),
        ("f1", "a", "email", '"zoe@example.com"'),
    ]
    # No digest looks like this name: it has letters that are no hexadecimal digits.
    assert "zoe" not in str(run("SELECT fact::text FROM fact")).lower()


def test_what_is_read_is_whole_again() -> None:
    rows = [
        fact("f1", properties='{"email": "é\\"\\\\, \\n", "n": 1e16, "phone": null, "b": true}'),
        fact("f2", email="only"),
        fact("f3", n=1.50, name="", age=3),
        fact("f4", "b", name="", age=3),
        fact("f5"),
    ]
    store(*rows)
    assert_frame_equal(load().sort("fact_id"), canonical(journal(*rows)))


def test_another_address_is_another_telling() -> None:
    told = fact("f1", email="ada@example.com", recorded_at=2)
    assert store(told) == (1, 0, 0)
    assert store(told) == (0, 1, 0)
    assert store(fact("f1", email="bob@example.com", recorded_at=1)) == (0, 0, 1)
    assert store(fact("f1", email="bob@example.com", recorded_at=1)) == (0, 1, 0)
    assert life(load())["properties"].to_list() == ['{"email":"bob@example.com"}']
    assert len(run("SELECT name FROM personal_value")) == 2


def test_two_people_with_the_same_values_have_other_digests() -> None:
    store(fact("f1", "a", email="x"), fact("f2", "b", email="x"), fact("f3", "b", email="x"))
    digests = [row[0] for row in run("SELECT personal FROM fact ORDER BY fact_id")]
    assert digests[0] != digests[1] == digests[2]
    assert len({bytes(row[0]) for row in run("SELECT salt FROM person")}) == 2
    assert len(bytes(run("SELECT salt FROM person")[0][0])) == 32


def test_values_can_be_deleted_while_facts_cannot() -> None:
    store(fact("f1", email="ada@example.com", form="demo"), fact("f2", "b", email="bob@example.com"))
    digests = run("SELECT fact_id, personal FROM fact ORDER BY 1")
    run("DELETE FROM personal_value WHERE lead_id = 'a'")
    run("DELETE FROM person WHERE lead_id = 'a'")
    assert load().sort("fact_id")["properties"].to_list() == ['{"form":"demo"}', '{"email":"bob@example.com"}']
    assert run("SELECT fact_id, personal FROM fact ORDER BY 1") == digests


def with_people(rows: list[dict[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    """The facts, half of them with personal values among their properties."""

    def person(row: dict[str, Any]) -> dict[str, Any]:
        said = json.loads(row["properties"])
        if dice.random() < 0.5:
            said |= {
                dice.choice(["email", "Name", "text"]): dice.choice(["x", "y", 1, None, "é"]),
                "form": dice.choice(["a", "b"]),
            }
        return row | {"properties": json.dumps(said)}

    return [person(row) for row in rows]


@pytest.mark.parametrize("seed", range(6))
def test_a_replay_of_the_database_is_one_of_the_files_with_people_in_it(seed: int) -> None:
    dice = random.Random(seed)
    rows = with_people(random_journal(seed), dice)
    sent = dice.sample(rows * 2, len(rows) * 2)
    for start in range(0, len(sent), 11):
        store(*sent[start : start + 11])
    for as_of in (None, day(3)):
        assert_frame_equal(life(load(), as_of=as_of), life(journal(*rows), as_of=as_of))


@pytest.mark.slow
def test_the_example_company_comes_out_of_the_database_as_it_went_in(company: Any) -> None:
    from smarketing.records.facts import load_facts, store_facts

    rows = pl.read_parquet(company.facts)
    stored = store_facts(rows)
    assert stored == (151_661, 1_379, 12)
    assert run("SELECT count(*) > 1000 FROM personal_value") == [(True,)]
    ours, theirs = load_facts().lazy(), canonical(rows).lazy()
    assert_frame_equal(settled(ours).collect(), settled(theirs).collect(), check_row_order=False)
