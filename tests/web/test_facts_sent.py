"""Facts sent over HTTP: what is a fact is kept once, what is none is named, and nobody else gets in."""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.records.test_facts import run
from tests.web.conftest import Entered

if TYPE_CHECKING:
    from django.test import Client

    from smarketing.actions.workspace import Workspace

pytestmark = [pytest.mark.postgres]
FACT = {"fact_id": "web:1", "lead_id": "a", "at": "2026-05-01T10:00:00Z", "kind": "page_viewed", "properties": {"url": "/x"}}
KEYED = {"HTTP_AUTHORIZATION": "Bearer smk_none"}


@pytest.fixture
def keyed(empty_site: Workspace) -> Iterator[Client]:
    """A program with a key."""
    from django.test import Client

    from smarketing.actions.keys import make_key
    from smarketing.web.ingest.keyed import forget_keys

    forget_keys()
    yield Client(
        SERVER_NAME="localhost", raise_request_exception=False, headers={"Authorization": f"Bearer {make_key('website').token}"}
    )
    forget_keys()


def sent(client: Client, body: Any, **options: Any) -> tuple[int, dict[str, Any]]:
    """Status and answer."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = client.post("/api/facts", raw, content_type="application/json", **options)
    return response.status_code, response.json()


def many(number: int, **columns: Any) -> list[dict[str, Any]]:
    """So many facts."""
    return [{**FACT, "fact_id": f"web:{n}", "lead_id": f"lead-{n % 997}", **columns} for n in range(number)]


def test_one_a_list_and_an_object_of_facts_are_kept_once(keyed: Client) -> None:
    none: dict[str, Any] = {"rejected": []}
    assert sent(keyed, FACT) == (200, {"new": 1, "known": 0, "conflicts": 0, **none})
    assert sent(keyed, [FACT, {**FACT, "fact_id": "web:2"}]) == (200, {"new": 1, "known": 1, "conflicts": 0, **none})
    assert sent(keyed, {"facts": [{**FACT, "kind": "ad_clicked"}]}) == (200, {"new": 0, "known": 0, "conflicts": 1, **none})
    assert sent(keyed, {"facts": [{**FACT, "kind": "ad_clicked"}]}) == (200, {"new": 0, "known": 1, "conflicts": 0, **none})
    assert sent(keyed, []) == (200, {"new": 0, "known": 0, "conflicts": 0, **none})
    assert run("SELECT fact_id FROM fact ORDER BY fact_id") == [("web:1",), ("web:2",)]


def test_what_is_known_already_is_compared_personal_values_too(keyed: Client) -> None:
    first = {**FACT, "properties": {"url": "/x", "email": "a@example.com"}}
    assert sent(keyed, [first, {**FACT, "fact_id": "web:2"}])[1] == {"new": 2, "known": 0, "conflicts": 0, "rejected": []}
    assert sent(keyed, [first, {**FACT, "fact_id": "web:3"}])[1] == {"new": 1, "known": 1, "conflicts": 0, "rejected": []}
    other = {**FACT, "properties": {"url": "/x", "email": "b@example.com"}}
    assert sent(keyed, [other, {**FACT, "fact_id": "web:2", "campaign": "fair"}, {**FACT, "fact_id": "web:4"}])[1] == {
        "new": 1, "known": 0, "conflicts": 2, "rejected": []
    }  # fmt: skip
    assert run("SELECT count(*) FROM fact_set_aside") == [(2,)]
    assert run("SELECT value FROM personal_value ORDER BY value") == [('"a@example.com"',), ('"b@example.com"',)]


def test_the_short_way_carries_what_every_answer_carries(keyed: Client, entered: Entered) -> None:
    usual = entered("anonymous").get("/login").headers
    told = keyed.post("/api/facts", json.dumps(FACT).encode(), content_type="application/json").headers
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"):
        assert told[name] == usual[name]
    assert "no-store" in told["Cache-Control"]
    assert told["Content-Type"].startswith("application/json")
    response = keyed.generic("POST", "/api/facts", b"", headers={"Content-Length": str(300 * 1024 * 1024)})
    assert response.status_code == 413


def test_what_is_no_fact_is_named_and_the_others_are_kept(keyed: Client) -> None:
    bad = [{**FACT, "fact_id": "web:8", "kind": "Page viewed"}, {**FACT, "fact_id": "web:9", "leadid": "x"}, 5]
    status, said = sent(keyed, [bad[0], FACT, *bad[1:]])
    assert (status, said["new"]) == (207, 1)
    assert [(one["index"], one["fact_id"], one["code"]) for one in said["rejected"]] == [
        (0, "web:8", "SMK-J104"), (2, "web:9", "SMK-J111"), (3, None, "SMK-J110"),
    ]  # fmt: skip
    assert said["rejected"][0]["reason"] == 'kind "Page viewed" is not snake_case, such as page_viewed'
    assert "small letters with underscores" in said["rejected"][0]["mend"]
    assert 'Did you mean "lead_id"?' in said["rejected"][1]["reason"]
    assert run("SELECT fact_id FROM fact") == [("web:1",)]
    status, said = sent(keyed, bad)
    assert (status, said["new"], len(said["rejected"])) == (422, 0, 3)


def test_a_message_that_cannot_be_read_is_refused_whole(keyed: Client) -> None:
    assert sent(keyed, b"[{")[0] == 400
    assert sent(keyed, b"nothing")[1]["code"] == "not_understood"
    assert sent(keyed, b'"text"')[0] == 400
    assert run("SELECT count(*) FROM fact") == [(0,)]


def test_limits_hold_and_a_bomb_is_not_unpacked(keyed: Client) -> None:
    packed: dict[str, Any] = {"headers": {"Content-Encoding": "gzip"}}
    assert sent(keyed, gzip.compress(json.dumps(many(50)).encode()), **packed)[0] == 200
    assert sent(keyed, gzip.compress(b" " * 50_000_000), **packed)[0] == 413
    assert sent(keyed, gzip.compress(b"[]")[:-4], **packed)[0] == 400
    assert sent(keyed, gzip.compress(b"[]") + b"more", **packed)[0] == 400
    assert sent(keyed, b"not gzip", **packed)[0] == 400
    assert sent(keyed, b"[]", headers={"Content-Encoding": "br"})[0] == 415
    assert sent(keyed, b"[" + b" " * (4 * 1024 * 1024) + b"]")[0] == 413
    assert sent(keyed, many(10_001))[0] == 413
    long = {**FACT, "fact_id": "long", "properties": {"url": "x" * 40_000}}
    status, said = sent(keyed, [long, {**FACT, "fact_id": "short"}])
    assert (status, said["rejected"][0]["code"], said["new"]) == (207, "SMK-J112", 1)


def test_nobody_sends_facts_without_a_key_or_a_role(empty_site: Workspace, keyed: Client, entered: Entered) -> None:
    assert {role: sent(entered(role), FACT)[0] for role in ("marketing", "sales", "leader", "operations", "viewer", "anonymous")} == {
        "marketing": 200, "sales": 403, "leader": 200, "operations": 200, "viewer": 403, "anonymous": 401,
    }  # fmt: skip
    assert sent(entered("anonymous"), FACT, **KEYED) == (
        401,
        {"code": "unknown_key", "message": "This key is unknown, or was revoked."},
    )
    assert sent(entered("operations"), FACT, **KEYED)[0] == 401, "who shows a key comes in by it, or not at all"


def test_a_session_needs_the_token_of_its_forms_and_a_key_does_not(keyed: Client, entered: Entered) -> None:
    strict = entered("operations", enforce_csrf_checks=True)
    assert sent(strict, FACT)[0] == 403
    keyed.handler.enforce_csrf_checks = True
    assert sent(keyed, FACT)[0] == 200


def test_a_key_opens_its_scope_alone_until_it_is_revoked(keyed: Client) -> None:
    from smarketing.actions.keys import revoke_key
    from smarketing.web.ingest.keyed import forget_keys
    from tests.web.routes import ADDRESSES

    opened = {
        route for route, address in ADDRESSES.items()
        if address.startswith("/api/") and keyed.get(address).status_code not in (401, 403)
    }  # fmt: skip
    assert opened == {"api:facts"}, "a GET there is 405"
    assert keyed.get("/leads").status_code == 302, "pages do not know keys"
    revoke_key("website")
    forget_keys()
    assert sent(keyed, FACT)[0] == 401


def test_a_token_is_kept_nowhere(empty_site: Workspace) -> None:
    from smarketing.actions.keys import make_key

    token = make_key("website").token
    assert len(token) > 40
    assert token not in str(run("SELECT * FROM api_key"))
    assert [column for (column,) in run("SELECT digest FROM api_key")] != [token]


def test_facts_sent_one_to_five_times_by_eight_at_once_are_there_exactly_once(keyed: Client) -> None:
    from django.db import connections

    number, dice = 100_000, random.Random(20)
    facts = many(number)
    copies = [fact for fact in facts for _ in range(dice.randint(1, 5))]
    dice.shuffle(copies)
    bodies = [json.dumps(copies[at : at + 5_000]).encode() for at in range(0, len(copies), 5_000)]

    def send(body: bytes) -> tuple[int, dict[str, Any]]:
        try:
            while (answer := sent(keyed, body))[0] in (429, 503):
                time.sleep(0.2)
            return answer
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, bodies))
    assert {status for status, _ in answers} == {200}
    assert [sum(said[name] for _, said in answers) for name in ("new", "known", "conflicts")] == [number, len(copies) - number, 0]
    assert run("SELECT count(*), count(DISTINCT fact_id) FROM fact") == [(number, number)]
    assert run("SELECT count(*) FROM fact_set_aside") == [(0,)]


def test_a_database_that_is_gone_means_later_and_never_lost(keyed: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from smarketing.web.api import facts
    from smarketing.web.ingest.gathering import Gathering

    def broken(messages: Any, recorded_at: Any) -> Any:
        raise OperationalError("no space left on device")

    monkeypatch.setattr(facts, "gathering", lambda: Gathering(broken, after=lambda: None))
    response = keyed.post("/api/facts", json.dumps(FACT), content_type="application/json")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert "space" not in response.content.decode()


def test_too_many_at_once_are_told_to_come_again(keyed: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from smarketing.web.api import facts

    monkeypatch.setattr(facts, "room", threading.BoundedSemaphore(1))
    monkeypatch.setattr(facts, "SECONDS_FOR_ROOM", 0.01)
    with facts.room:
        response = keyed.post("/api/facts", json.dumps(FACT), content_type="application/json")
    assert (response.status_code, response.headers["Retry-After"], response.json()["code"]) == (429, "1", "overloaded")
    assert sent(keyed, FACT)[0] == 200


def test_one_message_that_cannot_be_stored_fails_alone() -> None:
    from smarketing.records.facts import Stored
    from smarketing.web.ingest.gathering import Gathering

    def store(messages: Any, recorded_at: Any) -> list[Stored]:
        if any("bad" in message for message in messages):
            raise ValueError("bad")
        return [Stored(len(message), 0, 0) for message in messages]

    gathering = Gathering(store, after=lambda: None)

    def take(rows: list[Any]) -> Any:
        try:
            return gathering.take(rows)
        except ValueError:
            return "failed"

    messages = [["good", "good"], ["bad"], ["good"]] * 20
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(take, messages))
    assert told == [Stored(2, 0, 0), "failed", Stored(1, 0, 0)] * 20


def test_a_second_transaction_runs_beside_the_first_only_where_many_facts_wait() -> None:
    import threading

    from smarketing.records.facts import Stored
    from smarketing.web.ingest import gathering as room

    going, go_on, at_once = threading.Semaphore(0), threading.Event(), []

    def store(messages: Any, recorded_at: Any) -> list[Stored]:
        at_once.append(sum(map(len, messages)))
        going.release()
        assert go_on.wait(30)
        return [Stored(len(message), 0, 0) for message in messages]

    gathering = room.Gathering(store, after=lambda: None)
    few, many_facts, rest = ["fact"], ["fact"] * room.BESIDE, ["fact"] * room.BESIDE

    def waits(number: int) -> None:
        end = time.monotonic() + 30
        while gathering.backlog != number:
            assert time.monotonic() < end
            time.sleep(0.001)

    with ThreadPoolExecutor(5) as pool:
        told = [pool.submit(gathering.take, few)]
        assert going.acquire(timeout=30)
        told.append(pool.submit(gathering.take, few))
        waits(1)
        assert not going.acquire(timeout=0.2), "a few facts wait for the next transaction"
        told.append(pool.submit(gathering.take, many_facts))
        assert going.acquire(timeout=30), "many have one beside it"
        told.append(pool.submit(gathering.take, rest))
        waits(room.BESIDE)
        assert not going.acquire(timeout=0.2), "there are two of them at most"
        go_on.set()
        assert [one.result(30) for one in told] == [Stored(len(rows), 0, 0) for rows in (few, few, many_facts, rest)]
    assert at_once == [1, 1 + room.BESIDE, room.BESIDE]
