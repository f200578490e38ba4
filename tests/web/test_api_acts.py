"""Acts over HTTP: once by their key, in somebody's name, refused in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.records.test_facts import run
from tests.web.desks import act, desks, program

if TYPE_CHECKING:
    from django.test import Client

    from smarketing.actions.workspace import Workspace

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def company(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The company of `desks`."""
    with desks(tmp_path_factory.mktemp("desks") / "w", database_url) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def anna(company: Workspace) -> Client:
    """A program in Anna's name."""
    return program("acts:write", "anna's dialer", "anna@hart.example")


@pytest.fixture(scope="module")
def ben(company: Workspace) -> Client:
    """A program in Ben's name."""
    return program("acts:write", "ben's dialer", "ben@hart.example")


def test_an_act_is_done_once_in_the_name_of_the_keys_user(anna: Client) -> None:
    first, again = (act(anna, "lead-0", "k-0", verb="accepted") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["by"] == "anna@hart.example"
    assert first.headers["ETag"] == f'"{first.json()["etag"]}"'
    assert run("SELECT kind, actor FROM fact WHERE fact_id LIKE 'app:k-0%' ORDER BY fact_id") == [
        ("accepted", "anna@hart.example"), ("assigned", "anna@hart.example"),
    ]  # fmt: skip


def test_each_refusal_has_its_status_and_says_what_to_do(anna: Client, ben: Client) -> None:
    act(anna, "lead-2", "k-2", verb="accepted")
    refusals = [
        (act(ben, "lead-2", "b-1", verb="accepted"), 409, "taken"),
        (act(ben, "lead-0", "k-0", verb="accepted"), 422, "refused"),
        (act(anna, "lead-1", "a-1", verb="accepted"), 403, "forbidden"),
        (act(anna, "lead-3", "a-2", verb="passed"), 403, "forbidden"),
        (act(anna, "nobody", "a-3", verb="accepted"), 404, "not_found"),
        (act(anna, "lead-3", "a-4", verb="rejected", reason="ugly"), 422, "refused"),
        (act(anna, "lead-3", None, verb="accepted"), 422, "not_understood"),
        (act(anna, "lead-3", "a b", verb="accepted"), 422, "not_understood"),
        (act(anna, "lead-3", "a-5", verb="fired"), 422, "not_understood"),
        (act(anna, "lead-3", "a-6", verb="accepted", reasons="x"), 422, "not_understood"),
        (anna.post("/api/leads/lead-3/acts", "{", content_type="application/json", headers={"Idempotency-Key": "a-7"}), 400, "wrong"),
        (anna.post("/api/acts/none/undo", headers={"Idempotency-Key": "a-8"}), 404, "not_found"),
    ]  # fmt: skip
    assert [(response.status_code, response.json()["code"]) for response, _, _ in refusals] == [each[1:] for each in refusals]
    taken, ugly = refusals[0][0].json(), refusals[5][0].json()
    assert (taken["by"], taken["verb"]) == ("anna@hart.example", "accepted")
    assert taken["message"] == "Anna Somebody accepted it just now."
    assert ugly["place"] == "reason"
    assert "not a fit" in ugly["mend"]


def test_a_page_that_is_older_than_what_is_known_is_told_what_changed(anna: Client, ben: Client) -> None:
    read = anna.get("/api/leads/lead-4")
    assert read.status_code == 200
    assert anna.get("/api/leads/lead-4", headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    act(ben, "lead-4", "b-4", verb="commented", text="he is on leave until May")
    assert anna.get("/api/leads/lead-4", headers={"If-None-Match": read.headers["ETag"]}).status_code == 200
    stale = act(anna, "lead-4", "a-40", read.headers["ETag"], verb="accepted")
    assert stale.status_code == 412
    assert stale.json()["changed"] == ["Ben Somebody left a comment just now."]
    assert act(anna, "lead-4", "a-41", f'"{stale.json()["etag"]}"', verb="accepted").status_code == 201
    assert act(anna, "lead-4", "a-42", "*", verb="call_made", outcome="connected").status_code == 201


def test_an_act_is_taken_back(anna: Client, ben: Client) -> None:
    act(anna, "lead-5", "a-5-oops", verb="accepted")
    back = anna.post("/api/acts/a-5-oops/undo", headers={"Idempotency-Key": "a-5-back"})
    assert (back.status_code, back.json()["verb"]) == (201, "undone")
    assert anna.post("/api/acts/a-5-oops/undo", headers={"Idempotency-Key": "a-5-back"}).json() == back.json()
    assert act(ben, "lead-5", "b-5", verb="accepted").status_code == 201
    assert ben.post("/api/acts/a-5-oops/undo", headers={"Idempotency-Key": "b-6"}).status_code == 403


def test_the_inbox_the_receipt_and_the_handoffs_are_read_with_the_same_key(ben: Client) -> None:
    mine = ben.get("/api/inbox").json()
    assert mine["rep"] == "ben@hart.example"
    assert "lead-1" in [row["lead_id"] for row in mine["rows"]]
    row = next(row for row in mine["rows"] if row["lead_id"] == "lead-1")
    assert act(ben, "lead-1", "b-1-acc", f'"{row["etag"]}"', verb="accepted").status_code == 201
    receipt = ben.get("/api/leads/lead-1/receipt").json()
    assert receipt["total"] == sum(line["points"] for line in receipt["lines"]) != 0
    handed = ben.get("/api/handoffs?owner=ben@hart.example").json()
    assert [(row["lead_id"], len(row["clocks"])) for row in handed["rows"]] == [("lead-1", 3)]
    assert ben.get("/api/handoffs?state=decided").json()["total"] + ben.get("/api/handoffs?state=open").json()["total"] == 60
    assert ben.get("/api/handoffs?state=maybe").status_code == 422
    assert ben.get("/api/handoffs?period=2026-01").json()["total"] == 60
    assert ben.get("/api/handoffs?period=2025").json()["total"] == 0
    assert ben.get("/api/handoffs?period=never").status_code == 400


def test_an_inbox_in_which_nothing_but_time_went_on_is_the_same(ben: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta
    from types import SimpleNamespace

    from smarketing.web.api import work
    from smarketing.web.states import place

    def after(minutes: int) -> None:
        later = place().now() + timedelta(minutes=minutes)
        monkeypatch.setattr(work, "place", lambda: SimpleNamespace(now=lambda: later))

    after(0)
    first = ben.get("/api/inbox")
    after(1)
    assert ben.get("/api/inbox", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    act(ben, "lead-1", "b-1-note", verb="obstacle_noted", obstacle="no budget")
    assert ben.get("/api/inbox", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_key_opens_what_its_scope_says_and_nothing_else(anna: Client) -> None:
    reader, sender = program("read", "a report"), program("facts:write", "a website")
    assert {reader.get(f"/api/{name}").status_code for name in ("state", "leads", "funnel", "handoffs", "leads/lead-1")} == {200}
    refused = [
        reader.get("/api/inbox"), reader.get("/api/status"), act(reader, "lead-9", "r-1", verb="accepted"), anna.get("/api/funnel"),
        anna.post("/api/facts", b"[]", content_type="application/json"), sender.get("/api/leads"), act(sender, "lead-9", "s-1", verb="accepted"),
    ]  # fmt: skip
    assert {response.status_code for response in refused} == {403}
    viewer = program("acts:write", "a viewer's", "vic@hart.example")
    assert act(viewer, "lead-9", "v-1", verb="commented", text="hello").status_code == 403


def test_a_key_of_somebody_who_may_not_come_in_any_more_opens_nothing(company: Workspace) -> None:
    from smarketing.actions.people import let_in
    from smarketing.web.ingest.keyed import forget_keys

    lea = program("acts:write", "lea's", "lea@hart.example")
    assert act(lea, "lead-10", "l-1", verb="accepted").status_code == 201
    let_in("lea@hart.example", active=False)
    forget_keys()
    assert act(lea, "lead-11", "l-2", verb="accepted").status_code == 401
    assert run("SELECT count(*) FROM act WHERE key = 'l-2'") == [(0,)]


def test_in_a_session_an_act_needs_the_forms_token(company: Workspace) -> None:
    from django.test import Client

    from smarketing.records.people import User

    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(User.objects.get(email="anna@hart.example"))
    assert act(client, "lead-12", "s-12", verb="accepted").status_code == 403
    assert act(Client(SERVER_NAME="localhost"), "lead-12", "s-12", verb="accepted").status_code == 401
    assert run("SELECT count(*) FROM act WHERE key = 's-12'") == [(0,)]


def test_ids_and_bodies_that_nobody_means_are_refused_and_break_nothing(anna: Client) -> None:
    odd: list[Any] = ["a%00b", "%F0%9F%A6%84", "x" * 3000, "..%2F..", "lead-0%2Facts", "%"]
    assert {act(anna, lead, f"odd-{place}", verb="accepted").status_code for place, lead in enumerate(odd)} == {404}
    bodies = ['"\\ud800"', "[" * 100_000, "null", "[]", '{"verb": "commented", "text": "a\\u0000b"}', '{"verb": "commented", "text": "\\ud800"}',
              '{"verb": "snoozed", "until": "9999-12-31T23:59:59Z"}', '{"verb": "snoozed", "until": "0001-01-01"}', '{"verb": 5}']  # fmt: skip
    statuses = {
        anna.post("/api/leads/lead-13/acts", body, content_type="application/json", headers={"Idempotency-Key": f"body-{place}"}).status_code
        for place, body in enumerate(bodies)
    }  # fmt: skip
    assert statuses <= {400, 422}
    big = anna.post(
        "/api/leads/lead-13/acts", b" " * 1_100_000, content_type="application/json", headers={"Idempotency-Key": "big"}
    )
    assert big.status_code == 413
