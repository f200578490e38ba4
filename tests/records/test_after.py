"""What is done by itself once what follows is up to date: every step is taken, whatever went wrong in another."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from smarketing.actions.live import after
from smarketing.actions.workspace import Workspace
from smarketing.vocabulary.errors import SmarketingError, UsageError
from tests.records.routed_office import MONDAY, company

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def nothing_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins without the troubles of the one before."""
    monkeypatch.setattr(after, "_said", {})


def steps(monkeypatch: pytest.MonkeyPatch, *problems: Exception | None) -> list[int]:
    """Steps that go wrong like this; which of them were taken."""
    taken: list[int] = []

    def step(place: int, problem: Exception | None) -> Any:
        def do(workspace: Workspace, now: datetime) -> None:
            taken.append(place)
            if problem is not None:
                raise problem

        return do

    monkeypatch.setattr(after, "STEPS", tuple((f"step {place}", step(place, each)) for place, each in enumerate(problems)))
    return taken


@pytest.mark.parametrize("problem", [UsageError("the table is wrong"), OSError("no disk"), ZeroDivisionError("a mistake")])
def test_a_step_that_fails_stops_no_other_and_is_said_once(
    records: None, problem: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    taken = steps(monkeypatch, None, problem, None)
    for _ in range(3):
        after.after_follow(Workspace(tmp_path), MONDAY)
    assert taken == [0, 1, 2] * 3
    assert caplog.text.count("What is done by itself went wrong (step 1)") == 1


def test_another_reason_is_said_and_so_is_the_same_one_after_it_went_well(
    records: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    for problem in (UsageError("one"), UsageError("two"), None, UsageError("two")):
        steps(monkeypatch, problem)
        after.after_follow(Workspace(tmp_path), MONDAY)
    assert [record.getMessage().rpartition(" ")[2] for record in caplog.records] == ["one", "two", "two"]


def test_a_lead_gets_its_rep_by_itself_while_the_thread_keeps_on(
    empty_records: None, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after a moment in which nobody could tell what time it is."""
    here = company(tmp_path, database_url, monkeypatch)
    troubles: list[SmarketingError] = [UsageError("the agreement is being mended")]
    monkeypatch.setattr(Workspace, "now", lambda self: _now(troubles, here.now))
    stopped = threading.Event()
    keeping = threading.Thread(target=after.keep_after, args=(here.workspace, stopped))
    keeping.start()
    end = time.monotonic() + 60
    while troubles and time.monotonic() < end:
        time.sleep(0.05)
    assert not troubles
    here.asks("l1")
    while here.owners() == {"l1": None} and time.monotonic() < end:
        time.sleep(0.05)
        here.follow()
    stopped.set()
    keeping.join(30)
    assert not keeping.is_alive()
    assert here.owners() == {"l1": "anna"}


def _now(troubles: list[SmarketingError], now: datetime) -> datetime:
    if troubles and threading.current_thread() is not threading.main_thread():
        raise troubles.pop()
    return now
