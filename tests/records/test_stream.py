"""Facts as they happen go straight to their table; what they say, and what becomes of them, is as with a file."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from smarketing.journal.fact import COLUMNS
from smarketing.journal.sent.facts import Row, frame_of, read_facts
from smarketing.records.facts import Stored, load_facts, store_facts
from tests.records.test_facts import run

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("empty_records")]
NOW = datetime(2026, 5, 2, tzinfo=UTC)
ODD = [
    "\x01",
    "\x02",
    "a\x01b",
    "\x02\x02",
    "one\ntwo",
    "one\r\ntwo",
    "\\.",
    "\\N",
    "\\",
    '"',
    ",",
    "\t",
    "'",
    "é€😀",
    " ",
    "\x7f",
    "{}",
]
"""Texts that a way of writing rows down could take for something else."""


def told(*facts: dict[str, Any]) -> list[Row]:
    """What a message of these holds; all of them are facts."""
    usual = {"lead_id": "a", "at": "2026-05-01T10:00:00Z", "kind": "page_viewed"}
    found = read_facts(msgspec.json.encode([{**usual, **fact} for fact in facts]), now=NOW)
    assert not found.rejected
    return found.rows


def every_kind_of_fact() -> list[Row]:
    """Odd texts in every column that takes them, with and without personal values, and facts with all columns or none."""
    odd = [
        {
            "fact_id": f"{column}-{n}",
            column: text,
            "properties": {"url": text, text + "x": 1.5, **({"e-mail": text} if n % 2 else {})},
        }
        for column in ("lead_id", "campaign", "channel", "actor", "opportunity_id", "source")
        for n, text in enumerate(ODD)
        if column != "lead_id" or text.strip()
    ]
    ids = [{"fact_id": f"{text}-", "properties": {"name": text}} for text in ODD]
    whole = {"fact_id": "whole", "amount": "-12.345", "currency": "EUR", "recorded_at": "2026-05-01T10:00:00.123+02:00"}
    return told(*odd, *ids, whole, {"fact_id": "zero", "amount": 0}, {"fact_id": "large", "amount": 10**15})


def in_the_database() -> list[tuple[Any, ...]]:
    """Every telling as it is read, in order."""
    return load_facts().select(COLUMNS).sort("fact_id", "recorded_at").rows()


def test_what_is_sent_says_the_same_as_what_comes_in_a_file() -> None:
    rows = every_kind_of_fact()
    assert store_messages([rows]) == [Stored(len(rows), 0, 0)]
    sent, personal = in_the_database(), run("SELECT fact_id, name, lead_id, value FROM personal_value ORDER BY fact_id, name")
    assert store_facts(frame_of(rows, recorded_at=NOW)) == Stored(0, len(rows), 0), "the seals are equal too"
    assert in_the_database() == sent
    frame = frame_of(rows, recorded_at=NOW)
    assert sorted(frame["fact_id"]) == [row[0] for row in sent]
    assert len(personal) == sum(1 for row in rows if {"e-mail", "name"} & row.properties.keys())


def test_a_line_that_is_not_quoted_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DataError

    from smarketing.records import stream

    monkeypatch.setattr(stream, "_quoted", lambda text: text)
    with pytest.raises(DataError):
        store_messages([every_kind_of_fact()])


def test_sent_again_everything_is_known_and_other_content_is_a_conflict() -> None:
    rows = every_kind_of_fact()
    store_messages([rows])
    assert store_messages([rows[:7], rows[7:]]) == [Stored(0, 7, 0), Stored(0, len(rows) - 7, 0)]
    assert run("SELECT count(*) FROM fact_set_aside") == [(0,)]
    other = [row._replace(properties={**row.properties, "email": "else@example.com"}) for row in rows]
    fresh = told({"fact_id": "fresh", "properties": {"email": "new@example.com"}})
    assert store_messages([other, fresh]) == [Stored(0, 0, len(rows)), Stored(1, 0, 0)]
    assert store_messages([other]) == [Stored(0, len(rows), 0)]


def test_the_same_in_two_messages_is_new_in_the_first() -> None:
    first, second = told({"fact_id": "1"}, {"fact_id": "2"}), told({"fact_id": "2"}, {"fact_id": "3"})
    assert store_messages([first, second]) == [Stored(2, 0, 0), Stored(1, 1, 0)]


def test_of_two_that_run_beside_each_other_the_one_that_ends_first_told_first() -> None:
    rows = told({"fact_id": "1"}, {"fact_id": "2", "properties": {"email": "a@example.com"}})
    store_messages([rows])
    begun_before = NOW - timedelta(seconds=1)
    assert store_messages([rows], begun_before) == [Stored(0, 2, 0)]
    assert store_messages([rows, rows], begun_before) == [Stored(0, 2, 0), Stored(0, 2, 0)], "also where it is sorted out first"
    assert run("SELECT count(*) FROM fact_set_aside") == [(0,)]
    other = [row._replace(kind="ad_clicked") for row in rows]
    assert store_messages([other], begun_before) == [Stored(0, 0, 2)]
    assert set(run("SELECT recorded_at FROM fact_set_aside")) == {(NOW + timedelta(microseconds=1),)}
    said_so = [row._replace(recorded_at="2026-05-01T23:59:58.500000+00:00") for row in rows]
    assert store_messages([said_so], begun_before) == [Stored(0, 2, 0)]
    assert run("SELECT count(*) FROM fact_set_aside") == [(4,)], "who says himself that it was known earlier is believed"


def test_what_somebody_else_takes_in_at_the_same_moment_is_there_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ask what is known before either of them tells; without personal values, as whoever makes a salt goes first."""
    from django.db import connection

    from smarketing.records import stream

    rows = [row for row in every_kind_of_fact() if not {"e-mail", "name"} & row.properties.keys()]
    asked, known, was = threading.Barrier(2, timeout=30), stream._known, stream._sorted_out
    ways: list[str] = []

    def ask_together(*values: Any) -> Any:
        found = known(*values)
        asked.wait()
        return found

    def sorted_out(*values: Any) -> Any:
        ways.append("sorted out")
        return was(*values)

    monkeypatch.setattr(stream, "_known", ask_together)
    monkeypatch.setattr(stream, "_sorted_out", sorted_out)

    def store(_: int) -> Stored:
        try:
            return store_messages([rows])[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(store, range(2)))
    assert told == [Stored(0, len(rows), 0), Stored(len(rows), 0, 0)]
    assert ways == ["sorted out"]
    assert run("SELECT count(*), count(DISTINCT fact_id) FROM fact") == [(len(rows), len(rows))]
    assert run("SELECT count(*) FROM fact_set_aside") == [(0,)]


def store_messages(messages: list[list[Row]], recorded_at: datetime = NOW) -> list[Stored]:
    """All of them, at one instant."""
    from smarketing.records.stream import store_messages

    return store_messages(messages, recorded_at=recorded_at)


def test_in_the_middle_of_a_transaction_the_database_goes_on_as_before() -> None:
    """Facts are looked for by index alone; what the caller asks afterwards is planned as usual."""
    from django.db import connection, transaction

    from smarketing.records.standings import NEAR

    with transaction.atomic(), connection.cursor() as cursor:
        for name, said in (
            ("f", {"url": "a"}),
            ("f", {"url": "a"}),
            ("f", {"url": "b"}),
            ("g", {"name": "Ann"}),
            ("g", {"name": "Bo"}),
        ):
            store_messages([told({"fact_id": name, "properties": said})])
            cursor.execute("SHOW enable_seqscan")
            assert cursor.fetchone() == ("on",), said
        cursor.execute(f"{NEAR}; SHOW enable_seqscan")
        cursor.nextset()
        assert cursor.fetchone() == ("off",)
