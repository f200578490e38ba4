"""The status page: who works, what waits; and an alarm when nobody does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.records.test_facts import run
from tests.unit.journal.journals import fact, journal
from tests.web.conftest import Entered

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

pytestmark = [pytest.mark.postgres]


def work(at: datetime) -> Any:
    """A worker that was seen then."""
    from smarketing.records.work import begin_work

    return begin_work(host="here", pid=4711, version="1", at=at)


def alarms(entered: Entered) -> tuple[int, list[str]]:
    """What a monitor is told, which is what the API says too."""
    health = entered("anonymous").get("/health/work")
    told = entered("leader").get("/api/status").json()
    assert [alarm["code"] for alarm in told["alarms"]] == health.json()["alarms"]
    assert told["status"] == health.json()["status"]
    return health.status_code, health.json()["alarms"]


def test_a_stopped_worker_is_an_alarm_and_one_at_work_is_none(empty_site: Workspace, entered: Entered) -> None:
    from smarketing.records.work import sign_of_life

    now = datetime.now(UTC)
    assert alarms(entered) == (503, ["worker_stopped"])
    assert "never ran" in entered("operations").get("/status").content.decode()
    worker = work(now)
    assert alarms(entered) == (200, [])
    sign_of_life(worker, now - timedelta(seconds=30))
    assert alarms(entered) == (503, ["worker_stopped"]), "killed: it gives no sign of life"
    sign_of_life(worker, now)
    assert alarms(entered) == (200, [])
    sign_of_life(worker, now, stopped=True)
    assert alarms(entered) == (503, ["worker_stopped"])
    page = entered("operations").get("/status").content.decode()
    assert 'role="alert"' in page
    assert "The worker is stopped" in page
    work(now)
    assert alarms(entered) == (200, [])
    assert 'role="alert"' not in entered("operations").get("/status").content.decode()


def test_facts_that_wait_are_counted_and_too_long_is_an_alarm(empty_site: Workspace, entered: Entered) -> None:
    from smarketing.actions.live.follow import follow
    from smarketing.records.facts import store_facts

    work(datetime.now(UTC))
    store_facts(journal(fact("f1", at=-3000), fact("f2", "b", -3000)))
    assert entered("leader").get("/api/status").json()["queue"]["facts"] == 2
    assert alarms(entered) == (200, [])
    run("UPDATE arrival SET arrived_at = arrived_at - interval '2 minutes'")
    assert alarms(entered) == (503, ["facts_wait"])
    assert entered("leader").get("/api/status").json()["queue"]["oldest_seconds"] > 100
    follow(empty_site)
    assert alarms(entered) == (200, [])
    told = entered("leader").get("/api/status").json()
    assert (told["queue"]["facts"], told["state"]["facts"], len(told["agreements"])) == (0, 2, 1)
    assert set(told["versions"]) == {"smarketing", "postgresql"}


def test_a_state_that_is_old_is_an_alarm_only_where_the_clock_runs() -> None:
    from smarketing.actions.live.status import Status

    now = datetime(2026, 5, 1, tzinfo=UTC)
    plain: dict[str, Any] = {
        "at": now, "working": True, "since": now, "seen_at": now, "worker": "it", "waiting": 0, "oldest_at": None, "serial": 1,
        "as_of": now, "facts": 1, "refreshed_at": now - timedelta(minutes=6), "versions": {}, "agreements": (),
    }  # fmt: skip
    assert [alarm.code for alarm in Status(**plain, still=False).alarms] == ["not_refreshed"]
    assert Status(**plain, still=True).alarms == []


def test_an_empty_workspace_has_a_status_too(empty_site: Workspace, entered: Entered) -> None:
    assert entered("operations").get("/status").status_code == 200
    assert entered("operations").get("/status", headers={"HX-Request": "true"}).content.decode().startswith('<div id="status" ')


def test_what_the_mail_does_is_shown_where_there_is_a_mail_server(
    empty_site: Workspace, entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from smarketing.actions.mail.post import post
    from smarketing.web.states import place

    def seen() -> str:
        return entered("operations").get("/status").content.decode()

    run("TRUNCATE letter")
    post(key="a", to="rita@hart.example", subject="News", text="Something happened.")
    assert "Letters that wait" not in seen(), "control: no mail server is known"
    monkeypatch.setitem(vars(place()), "settings", replace(place().settings, mail_url="smtp://mail.hart.example"))
    assert "Letters that wait" in seen()
    run("UPDATE letter SET attempts = 1, trouble = '451 come again'")
    assert "451 come again" in seen()
