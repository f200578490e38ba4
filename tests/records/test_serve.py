"""Start, stop and start again: cleanly, also after the worst; and never two servers on one workspace."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from smarketing.actions.init import make_workspace
from smarketing.actions.serving import served_by_us
from smarketing.vocabulary.errors import UsageError

pytestmark = pytest.mark.postgres
HEALTHY = 200


def test_a_workspace_is_served_once_at_a_time(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    with served_by_us(workspace) as tell:
        tell("http://127.0.0.1:8000")
        with (
            pytest.raises(UsageError, match=rf"process {os.getpid()} at http://127.0.0.1:8000; stop it"),
            served_by_us(workspace),
        ):
            pass
    with served_by_us(workspace):
        pass


def test_what_a_killed_server_left_in_the_lock_does_not_matter(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    (workspace.data / "serving.lock").write_text('{"pid": 1, "url": "http://gone"}', encoding="utf-8")
    with served_by_us(workspace):
        said = json.loads((workspace.data / "serving.lock").read_text(encoding="utf-8"))
        assert said == {"pid": os.getpid()}


@contextmanager
def running(*words: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port, and its address; killed in the end if it still runs."""
    line = [sys.executable, "-m", "smarketing", *map(str, words), "--port", "0"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as server:
        try:
            assert server.stdout is not None
            said = next((text for text in server.stdout if " is at http://" in text), "")
            if not said:
                assert server.stderr is not None
                raise AssertionError(server.stderr.read())
            yield server, said.split()[-1]
        finally:
            server.kill()


def answers(url: str) -> bool:
    """Whether the pages are there."""
    try:
        with urlopen(f"{url}/health", timeout=60) as answer:
            return bool(answer.status == HEALTHY)
    except OSError:
        return False


def programs(folder: Path) -> list[str]:
    """What runs for this workspace, other programs' names included."""
    import psutil  # type: ignore[import-untyped]

    found = []
    for program in psutil.process_iter():
        try:
            line = " ".join(program.cmdline())
        except psutil.Error:
            continue
        if str(folder) in line and program.pid != os.getpid():
            found.append(line)
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    """A workspace with a private server of its own; sockets need a short path."""
    with tempfile.TemporaryDirectory(prefix="smk", ignore_cleanup_errors=True) as name:
        yield make_workspace(Path(name) / "w").folder


@pytest.mark.slow
def test_a_server_stops_cleanly_and_starts_again_also_after_the_worst(folder: Path) -> None:
    with running("serve", "--workspace", folder) as (first, url):
        assert answers(url)
        second = subprocess.run(
            [sys.executable, "-m", "smarketing", "serve", "--workspace", folder], capture_output=True, text=True, check=False
        )
        assert (second.returncode, second.stdout) == (2, "")
        assert f"is served already by process {first.pid} at {url}" in second.stderr
        assert answers(url)
        first.kill()
        first.wait()
    with running("serve", "--workspace", folder) as (again, url):
        assert answers(url)
        database = int((folder / "data" / "database" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        again.send_signal(signal.SIGTERM)
        assert again.wait(timeout=180) == 0
        assert again.stderr is not None
        assert "log in here yet" not in again.stderr.read(), "the first start made a user already"
    assert not answers(url)
    assert programs(folder) == []
    (folder / "data" / "database" / "postmaster.pid").write_text(f"{os.getpid()}\n", encoding="utf-8")
    assert database != os.getpid()
    with running("serve", "--workspace", folder) as (last, url):
        assert answers(url), "the number of a dead database may belong to somebody else by now"
        os.killpg(last.pid, signal.SIGINT)  # as Ctrl-C in a terminal: every process hears it
        assert last.wait(timeout=180) == 0
    assert programs(folder) == []


@pytest.mark.slow
def test_a_database_killed_with_everybody_comes_back_with_its_facts(folder: Path) -> None:
    from smarketing.records.private_server import start_private_server

    user = ("user", "add", "mia@hart.example", "--role", "marketing", "--workspace", str(folder))
    subprocess.run([sys.executable, "-m", "smarketing", *user], input="a horse, a battery\n", text=True, check=True)
    server = start_private_server(folder / "data" / "database")
    os.kill(int((folder / "data" / "database" / "postmaster.pid").read_text(encoding="utf-8").split()[0]), signal.SIGKILL)
    server.stop()
    listed = subprocess.run(
        [sys.executable, "-m", "smarketing", "user", "list", "--workspace", folder, "--format", "csv"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert listed.stdout == "email,name,role,may log in\nmia@hart.example,mia,marketing,yes\n"
    assert programs(folder) == []
