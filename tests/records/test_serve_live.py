"""A server with its worker, for real: facts that are sent are shown, and what was acknowledged survives the worst."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import psutil  # type: ignore[import-untyped]
import pytest

from tests.records.test_serve import folder, programs, running  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
PATIENCE = 120.0
"""Seconds after which something that is to happen has not; the machine may be busy."""


def smarketing(*words: str | Path) -> str:
    """What a command prints."""
    line = [sys.executable, "-m", "smarketing", "--quiet", *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


def send(url: str, token: str, facts: list[dict[str, Any]]) -> int:
    """How many of these facts are new; they are durable now."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urlopen(Request(f"{url}/api/facts", json.dumps(facts).encode(), headers), timeout=60) as answer:
        return int(json.loads(answer.read())["new"])


def a_fact(number: int, **columns: Any) -> dict[str, Any]:
    """A demo asked for just now."""
    return {
        "fact_id": f"web:{number}", "lead_id": f"lead-{number}", "at": datetime.now(UTC).isoformat(), "kind": "form_submitted",
        "properties": {"form": "demo"}, **columns,
    }  # fmt: skip


def asked(url: str) -> dict[str, Any]:
    """What an address that needs no login says."""
    with suppress(OSError), urlopen(url, timeout=60) as answer:
        found: dict[str, Any] = json.loads(answer.read())
        return found
    return {}


def eventually(what: Callable[[], bool]) -> None:
    """It is to become true."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def workers(place: Path) -> list[Any]:
    """The processes of the workers of this workspace."""
    from smarketing.records.private_server import start_private_server

    server = start_private_server(place / "data" / "database")
    import psycopg

    with psycopg.connect(server.url) as link:
        known = [pid for (pid,) in link.execute("SELECT pid FROM worker WHERE stopped_at IS NULL").fetchall()]
    server.stop()
    return [psutil.Process(pid) for pid in known if psutil.pid_exists(pid)]


def test_facts_are_followed_and_a_worker_that_dies_is_noticed_and_started_again(folder: Path) -> None:  # noqa: F811
    token = smarketing("key", "add", "website", "--workspace", folder).split()[-1]
    with running("serve", "--workspace", folder) as (server, url):
        eventually(lambda: asked(f"{url}/health/work").get("status") == "ok")
        before = asked(f"{url}/health")["serial"]
        assert send(url, token, [a_fact(1)]) == 1
        eventually(lambda: asked(f"{url}/health")["serial"] > before)
        (first,) = workers(folder)
        first.kill()
        eventually(lambda: any(one.pid != first.pid for one in workers(folder)))
        before = asked(f"{url}/health")["serial"]
        assert send(url, token, [a_fact(2)]) == 1
        eventually(lambda: asked(f"{url}/health")["serial"] > before)
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        eventually(lambda: all("postgres" in line for line in programs(folder)))
    with running("serve", "--workspace", folder) as (server, url):
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=PATIENCE) == 0
    assert programs(folder) == []


def test_what_was_acknowledged_is_there_after_web_worker_and_database_were_killed(folder: Path) -> None:  # noqa: F811
    token = smarketing("key", "add", "website", "--workspace", folder).split()[-1]
    acknowledged: list[str] = []
    for run in range(2):
        with running("serve", "--workspace", folder) as (server, url):
            family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
            mark = folder / "data" / "database" / "postmaster.pid"
            family += [database := psutil.Process(int(mark.read_text().split()[0])), *database.children(recursive=True)]
            began = len(acknowledged)
            with suppress(URLError, OSError):
                for number in range(1_000_000):
                    facts = [a_fact(number * 10 + one, fact_id=f"run-{run}:{number * 10 + one}") for one in range(10)]
                    assert send(url, token, facts) == 10
                    acknowledged += [fact["fact_id"] for fact in facts]
                    if number == 60:
                        for program in family:
                            with suppress(psutil.Error):
                                program.kill()
            assert len(acknowledged) - began >= 600
            server.wait()
    told = smarketing("rebuild", "--workspace", folder, "--format", "csv")
    assert re.search(r"^leads,(\d+),", told, re.MULTILINE)
    assert sorted(set(acknowledged) - known(folder)) == []
    assert programs(folder) == []


def known(place: Path) -> set[str]:
    """The ids of the facts of a workspace."""
    import psycopg

    from smarketing.records.private_server import start_private_server

    server = start_private_server(place / "data" / "database")
    with psycopg.connect(server.url) as link:
        found = {fact_id for (fact_id,) in link.execute("SELECT fact_id FROM fact").fetchall()}
    server.stop()
    return found


def test_web_and_worker_run_apart_and_the_web_alone_says_that_nobody_works(folder: Path) -> None:  # noqa: F811
    from urllib.error import HTTPError

    with running("web", "--workspace", folder) as (_, url):
        with pytest.raises(HTTPError) as alarm:
            urlopen(f"{url}/health/work", timeout=60)
        assert alarm.value.code == 503
        assert json.loads(alarm.value.read())["alarms"] == ["worker_stopped"]
        with subprocess.Popen(
            [sys.executable, "-m", "smarketing", "worker", "--workspace", folder], stderr=subprocess.PIPE
        ) as worker:
            eventually(lambda: _works(url))
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=PATIENCE) == 0
        assert not _works(url)


def _works(url: str) -> bool:
    from urllib.error import HTTPError

    with suppress(HTTPError):
        return asked(f"{url}/health/work").get("status") == "ok"
    return False
