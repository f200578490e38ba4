"""What a replay sees of a journal, whatever the order in which its facts arrived."""

from __future__ import annotations

import json
import random
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.journal import survey as surveying
from smarketing.journal.fact import FACT_SCHEMA, no_facts
from smarketing.journal.survey import Noted, settled, survey
from smarketing.vocabulary.errors import UsageError
from tests.reference.journal import lives
from tests.unit.journal.journals import day, fact, journal, random_journal

SEEDS = range(60)


def seen(facts: pl.DataFrame, *, as_of: datetime | None = None) -> list[tuple[Any, ...]]:
    """The settled facts as rows in order, `properties` as sorted JSON."""
    found = settled(facts.lazy(), as_of=as_of).sort("at", "fact_id").collect(engine="streaming")
    assert found.schema == pl.Schema(FACT_SCHEMA)
    return [tuple(plain(name, value) for name, value in row.items()) for row in found.iter_rows(named=True)]


def plain(name: str, value: Any) -> Any:
    """Properties do not differ by how they are written."""
    return json.dumps(json.loads(value), sort_keys=True) if name == "properties" else value


def ids(facts: pl.DataFrame, **options: Any) -> list[str]:
    """The ids of the settled facts, in order."""
    return [row[0] for row in seen(facts, **options)]


@pytest.mark.parametrize("seed", SEEDS)
def test_sees_what_the_reference_sees(seed: int) -> None:
    rows = random_journal(seed)
    expected = lives(rows, day(4))
    found = settled(journal(*rows).lazy(), as_of=day(4)).sort("at", "fact_id").collect()
    assert {
        lead: [(row.fact_id, row.kind, row.amount, row.campaign, dict(row.properties)) for row in life]
        for lead, life in expected.items()
    } == {
        str(lead): [
            (row["fact_id"], row["kind"], row["amount"], row["campaign"], json.loads(row["properties"]))
            for row in life.iter_rows(named=True)
        ]
        for (lead,), life in found.group_by("lead_id", maintain_order=True)
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_arrival_changes_nothing(seed: int) -> None:
    rows = random_journal(seed)
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert seen(journal(*shuffled)) == seen(journal(*rows))


@pytest.mark.parametrize("seed", SEEDS)
def test_sending_facts_again_changes_nothing(seed: int) -> None:
    rows = random_journal(seed)
    again = random.Random(seed).choices(rows, k=20)
    later = [row | {"recorded_at": row["recorded_at"] + (day(1) - day(0))} for row in again]
    assert seen(journal(*rows, *again, *later)) == seen(journal(*rows))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fact_after_as_of_changes_nothing(seed: int) -> None:
    rows = random_journal(seed)
    known = [row for row in rows if row["at"] <= day(3)]
    assert seen(journal(*rows), as_of=day(3)) == seen(journal(*known), as_of=day(3))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lives_of_some_leads_are_theirs_in_the_whole(seed: int) -> None:
    facts = journal(*random_journal(seed)).lazy()
    known = survey(facts, as_of=day(4))
    some = pl.col("lead_id").is_in(["a", "b", "Z", "0"])
    parts = pl.concat([known.settle(facts.filter(some)), known.settle(facts.filter(~some))]).collect()
    assert_frame_equal(parts, known.settle(facts).collect(), check_row_order=False)


@pytest.mark.parametrize("seed", range(10))
def test_ids_whose_digests_meet_are_told_apart(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = journal(*random_journal(seed))
    expected = seen(facts)
    monkeypatch.setattr(surveying, "digest", lambda: pl.col("fact_id").str.len_bytes().cast(pl.UInt64))
    assert seen(facts) == expected


def test_an_empty_journal_has_no_facts() -> None:
    assert seen(no_facts()) == []
    assert survey(no_facts().lazy()).latest_at is None


def test_as_of_left_out_is_the_latest_fact() -> None:
    known = survey(journal(fact("f1", at=1), fact("f2", at=3), fact("f3", at=2)).lazy())
    assert (known.as_of, known.latest_at, known.rows) == (day(3), day(3), 3)


def test_as_of_needs_a_zone() -> None:
    with pytest.raises(UsageError, match="zone"):
        survey(no_facts().lazy(), as_of=datetime(2026, 1, 1))


def test_a_fact_exactly_at_as_of_exists() -> None:
    assert ids(journal(fact("f1", at=2), fact("f2", at=2.0001)), as_of=day(2)) == ["f1"]


def test_of_two_tellings_the_earlier_recorded_stays_though_it_happened_after_as_of_it_is_not_there() -> None:
    told = journal(fact("f1", at=1, recorded_at=9, url="/late"), fact("f1", at=5, recorded_at=5, url="/early"))
    assert seen(told, as_of=day(6))[0][2] == day(5)
    assert seen(told, as_of=day(2))[0][2] == day(1)


@pytest.mark.parametrize(
    "properties",
    [
        '{"machine":true}',
        '{"machine": true}',
        '{ "url" : "x" , "machine" :\ttrue }',
        '{"m\\u0061chine": true}',
        '{"machine": false, "machine": true}',
    ],
)
def test_nothing_follows_from_a_machine(properties: str) -> None:
    assert ids(journal(fact("f1", properties=properties), fact("f2", at=1))) == ["f2"]


@pytest.mark.parametrize(
    "properties",
    [
        '{"machine":"true"}',
        '{"machine":1}',
        '{"machine":false}',
        '{"machine":null}',
        '{"url":"\\"machine\\":true"}',
        '{"machine": true',
        "[]",
    ],
)
def test_only_true_makes_a_machine(properties: str) -> None:
    assert settled(journal(fact("f1", properties=properties)).lazy()).collect().height == 1


def test_a_machine_takes_nothing_back_and_links_nobody() -> None:
    facts = journal(
        fact("f1"),
        fact("f2", at=1, kind="retracted", fact_id_="x", properties='{"fact_id": "f1", "machine": true}'),
        fact("f3", lead_id="b", at=1, kind="linked", with_="a", machine=True),
        fact("f4", lead_id="b", at=2),
    )
    assert [row[:2] for row in seen(facts)] == [("f1", "a"), ("f4", "b")]


def test_a_retracted_link_links_nobody() -> None:
    facts = journal(
        fact("f1", lead_id="b", kind="linked", with_="a"),
        fact("f2", lead_id="z", at=1, kind="retracted", properties='{"fact_id": "f1"}'),
        fact("f3", lead_id="b", at=2),
    )
    assert [row[:2] for row in seen(facts)] == [("f3", "b")]


def test_an_empty_text_is_no_value() -> None:
    facts = journal(fact("f1", campaign="", channel="", actor="", opportunity_id="", currency="", source=""))
    found = settled(facts.lazy()).collect().row(0, named=True)
    assert [name for name, value in found.items() if value is None] == [
        "campaign", "channel", "actor", "opportunity_id", "amount", "currency", "source",
    ]  # fmt: skip


def test_a_row_without_an_id_a_lead_a_time_or_a_kind_is_no_fact() -> None:
    whole = fact("f1")
    broken = [whole | {name: empty} for name in ("fact_id", "lead_id", "kind") for empty in (None, "")]
    assert ids(journal(*broken, whole | {"fact_id": "f2", "at": None}, *broken)) == []


def test_noted_facts_keep_no_texts_of_others_in_memory() -> None:
    facts = journal(
        *(
            fact(f"a fact with a long id {number:09}", kind="opportunity_won" if number == 7 else "ad_clicked")
            for number in range(1000)
        )
    )
    noted = Noted(["opportunity_won"], ["fact_id", "kind", "at"])
    noted.see(facts)
    assert noted.parts[0]["fact_id"].to_list() == ["a fact with a long id 000000007"]
    assert bytes_held(noted.parts[0]["fact_id"]) < 100
    assert bytes_held(facts["fact_id"][[7]]) > 10_000  # only picked out


def bytes_held(texts: pl.Series) -> int:
    """How much memory the texts keep from being given back."""
    held: int = texts.to_arrow(compat_level=pl.CompatLevel.newest()).get_total_buffer_size()
    return held
