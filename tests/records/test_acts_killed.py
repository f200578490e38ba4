"""A process that is killed in the middle of an act leaves all of it or nothing, and the same click again does it once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smarketing.actions.workspace import Workspace
from tests.records.test_acts import At
from tests.records.test_facts import run

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
LEFT = """
SELECT (SELECT count(*) FROM act), (SELECT count(*) FROM turn WHERE decided IS NOT NULL), (SELECT count(*) FROM fact WHERE source = 'app'),
    (SELECT count(*) FROM personal_value WHERE fact_id = 'app:mortal'), (SELECT count(*) FROM arrival)
"""


def killed_after(point: str, database_url: str, folder: Path) -> None:
    """Another process acts, and is killed with signal 9 when it has come so far."""
    program = [sys.executable, "-m", "tests.records.dying", database_url, str(folder), point]
    with subprocess.Popen(
        program, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL


@pytest.mark.parametrize("point", ["act", "turn", "facts", "answer"])
def test_killed_before_the_commit_nothing_is_left_and_the_lead_is_free(
    point: str,
    at_desk: At,
    desk_company: Workspace,
    database_url: str,
) -> None:
    killed_after(point, database_url, desk_company.folder)
    ended()
    assert run(LEFT) == [(0, 0, 0, 0, 0)]
    assert at_desk("anna")("accepted", "one", key="mortal", note="hello").status == 201
    assert run(LEFT) == [(1, 1, 2, 1, 2)]


def test_killed_after_the_commit_everything_is_there_and_the_same_click_is_told_so(
    at_desk: At,
    desk_company: Workspace,
    database_url: str,
) -> None:
    killed_after("commit", database_url, desk_company.folder)
    assert run(LEFT) == [(1, 1, 2, 1, 2)]
    assert at_desk("anna")("accepted", "one", key="mortal", note="hello").status == 200
    assert run(LEFT) == [(1, 1, 2, 1, 2)]


def ended() -> None:
    """Wait until the server has noticed that the other process is gone, and rolled back what it did."""
    import time

    others: Any = None
    for _ in range(200):
        others = run(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        if others == [(0,)]:
            return
        time.sleep(0.05)
    raise AssertionError(f"a transaction of a process that is gone goes on: {others}")
