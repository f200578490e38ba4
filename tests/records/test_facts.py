"""Facts in the database: each once, none changed, none lost, and the same journal as in files."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.journal.corrections import conflicts
from smarketing.journal.fact import FACT_SCHEMA, no_facts
from smarketing.journal.parquet import scan_facts, write_facts
from smarketing.journal.survey import settled
from smarketing.vocabulary.errors import DocumentError
from tests.unit.journal.journals import day, fact, journal, random_journal

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("empty_records")]


def store(*rows: dict[str, Any]) -> tuple[int, int, int]:
    """New, known, conflicts."""
    from smarketing.records.facts import store_facts

    return tuple(store_facts(journal(*rows)))  # type: ignore[return-value]


def load() -> pl.DataFrame:
    """All that the database was told."""
    from smarketing.records.facts import load_facts

    return load_facts()


def run(statement: str) -> list[Any]:
    """The rows that this SQL gives."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def life(facts: pl.DataFrame, **options: Any) -> pl.DataFrame:
    """The settled facts in order, properties canonical."""
    from smarketing.journal.properties import canonical_properties

    found = settled(facts.lazy(), **options).sort("at", "fact_id").collect()
    return found.with_columns(canonical_properties(found["properties"]))


HARD = journal(
    fact("f1", amount=Decimal("9999999999999999.99"), currency="EUR", campaign='quote " comma , semicolon ;', n=1e16, m=1.50),
    fact("f2", "é\\N", 1, actor="\\.\n\\.\r\n\t", properties='{"b": "\\u00e9\\\\", "a": null}', recorded_at=7),
    fact("f3", "x", -700_000, amount=Decimal("-0.01"), source="", channel="NULL", opportunity_id=" "),
    fact("f4", properties="", kind="own_kind"),
)


def test_what_went_in_comes_out(tmp_path: Path) -> None:
    from smarketing.records.facts import store_facts

    assert store_facts(HARD) == (4, 0, 0)
    found = load()
    assert found.schema == pl.Schema(FACT_SCHEMA)
    expected = HARD.with_columns(
        pl.Series("properties", ['{"m":1.5,"n":1e+16}', '{"a":null,"b":"é\\\\"}', "{}", "{}"]),
        source=pl.col("source").replace("", None),
    )
    assert_frame_equal(found.sort("fact_id"), expected)
    write_facts(found, tmp_path / "facts.parquet")
    assert_frame_equal(scan_facts(tmp_path / "facts.parquet").collect(), found)
    assert store_facts(found) == (0, 4, 0)


def test_an_empty_database_gives_an_empty_journal() -> None:
    assert store() == (0, 0, 0)
    assert_frame_equal(load(), no_facts())


def test_a_fact_sent_again_is_known() -> None:
    assert store(fact("f1", url="/a"), fact("f1", url="/a"), fact("f2")) == (2, 1, 0)
    assert store(fact("f2"), fact("f1", properties='{"url":"\\u002fa"}'), fact("f3")) == (1, 2, 0)
    assert load().height == 3


def test_other_content_is_a_conflict_and_kept_aside_once() -> None:
    assert store(fact("f1", url="/a", recorded_at=5)) == (1, 0, 0)
    other = fact("f1", url="/b", recorded_at=7)
    assert store(other, other) == (0, 1, 1)
    assert store(other, other | {"recorded_at": day(9)}) == (0, 2, 0)
    assert run("SELECT properties::text, same_content FROM fact_set_aside") == [('{"url":"/b"}', False)]
    assert conflicts(load())["properties"].to_list() == ['{"url":"/b"}']


def test_the_same_content_recorded_earlier_decides_against_a_conflict() -> None:
    a, b = fact("f1", url="/a", recorded_at=9), fact("f1", url="/b", recorded_at=5)
    store(a)
    store(b)
    store(a | {"recorded_at": day(3)})
    assert life(load())["properties"].to_list() == ['{"url":"/a"}']


def test_one_row_that_is_no_fact_keeps_all_out() -> None:
    with pytest.raises(DocumentError, match="SMK-J104 facts:2"):
        store(fact("f1"), fact("f2", kind="Page viewed"))
    assert load().is_empty()


def test_what_is_rolled_back_was_never_there() -> None:
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert store(fact("f1")) == (1, 0, 0)
        assert store(fact("f1"), fact("f2")) == (1, 1, 0)
        raise ZeroDivisionError
    assert load().is_empty()


@pytest.mark.parametrize("seed", range(12))
def test_a_replay_of_the_database_is_one_of_the_files_whatever_the_order_of_arrival(seed: int, tmp_path: Path) -> None:
    rows = random_journal(seed)
    write_facts(journal(*rows), tmp_path / "facts.parquet")
    dice = random.Random(seed)
    sent = dice.sample(rows * 2, len(rows) * 2)
    while sent:
        size = dice.randrange(1, 16)
        store(*sent[:size])
        sent = sent[size:]
    files = scan_facts(tmp_path / "facts.parquet").collect()
    for as_of in (None, day(2), day(4)):
        assert_frame_equal(life(load(), as_of=as_of), life(files, as_of=as_of))
    assert_frame_equal(conflicts(load()), canonical(conflicts(files)))


def canonical(facts: pl.DataFrame) -> pl.DataFrame:
    """The facts as the database writes them."""
    from smarketing.journal.properties import canonical_properties

    return facts.with_columns(canonical_properties(facts["properties"]), source=pl.col("source").replace("", None))


def in_threads(work: Callable[[pl.DataFrame], Any], parts: list[pl.DataFrame], *, threads: int) -> list[Any]:
    """`work` on each part; every thread has a connection of its own, closed at the end of its part."""
    from django.db import connection

    def closing(part: pl.DataFrame) -> Any:
        try:
            return work(part)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(closing, parts))


def test_facts_sent_five_times_by_many_at_once_are_there_once() -> None:
    from smarketing.records.facts import store_facts

    number = 20_000
    facts = journal(*(fact(f"f{n}", f"lead-{n % 997}", n / 1000, url=f"/{n % 13}") for n in range(number)))
    sent = pl.concat([facts] * 5).sample(fraction=1, shuffle=True, seed=17)
    parts = list(sent.iter_slices(3_000))
    stored = in_threads(store_facts, parts, threads=8)
    assert [sum(column) for column in zip(*stored, strict=True)] == [number, 4 * number, 0]
    assert_frame_equal(load(), canonical(facts), check_row_order=False)


def test_of_conflicts_sent_by_many_at_once_none_is_lost() -> None:
    from smarketing.records.facts import store_facts

    rows = [fact(f"f{n}", url=f"/{who}", recorded_at=who) for n in range(500) for who in range(6)]
    dice = random.Random(3)
    parts = [journal(*dice.sample(rows, len(rows))) for _ in range(6)]
    in_threads(store_facts, parts, threads=6)
    assert run("SELECT count(*) FROM fact") == [(500,)]
    assert_frame_equal(life(load()), life(journal(*rows)))
    assert conflicts(load()).height == 2500


@pytest.mark.parametrize("table", ["fact", "fact_set_aside"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET lead_id = 'b'", "DELETE FROM {}", "DELETE FROM {} WHERE false", "TRUNCATE {}", "TRUNCATE {} CASCADE",
        "SET session_replication_role = replica; DELETE FROM {}",
        "INSERT INTO {} SELECT * FROM {} ON CONFLICT (id) DO UPDATE SET lead_id = 'b'",
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_a_fact(table: str, statement: str) -> None:
    from django.db import connection
    from django.db.utils import IntegrityError

    store(fact("f1"), fact("f1", url="/b"))
    before = load()
    with pytest.raises(IntegrityError, match=f'on table "{table}" is refused: facts are append-only'):
        run(statement.replace("{}", table))
    connection.close()
    assert_frame_equal(load(), before, check_row_order=False)
