"""The product in a process of its own and a Chromium to look at it: for the screenshots and for the tests of the pages."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TODAY = "2026-11-01"
"""The example company as the documentation tells of it: its last day is 31 October 2026."""
HOUSE = "alderfinch.example"
LOGINS = {"marketing": "mia", "sales": "sam", "operations": "otto", "leader": "clara", "viewer": "vera"}
"""Who of the demo is what; Anna is a rep, as Sam is their head, and both are of sales."""
NAMED = os.environ.get("CHROMIUM")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
"""A browser that asks nobody for anything but the pages."""
START_SECONDS, STOP_SECONDS = 240, 30


@dataclass(frozen=True)
class Site:
    """Pages that are being served: `url`, what the server said when it was ready, and the workspace's folder."""

    url: str
    said: str
    folder: Path

    @property
    def password(self) -> str:
        """Of everybody in a demo."""
        return next(line.split()[-1] for line in self.said.splitlines() if "password of them all:" in line)

    @property
    def first_user(self) -> tuple[str, str]:
        """Login and password of the user that a workspace without users begins with; told once, at its first start."""
        told = next(line.split() for line in self.said.splitlines() if line.startswith("  ") and "@localhost " in line)
        return told[0], told[1]


def chromium() -> str | None:
    """The program of a Chromium on this machine; None where there is none."""
    found = NAMED or next(filter(None, map(shutil.which, PROGRAMS)), None)
    return found or (str(ON_A_MAC) if ON_A_MAC.exists() else None)


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """A Chromium without a window. Raises RuntimeError where there is none."""
    from playwright.sync_api import sync_playwright

    program = chromium()
    if program is None:
        raise RuntimeError("there is no Chromium here; `make browser` sees to one, or name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@contextmanager
def served_demo() -> Iterator[Site]:
    """The demo as of its fixed day, in a folder that goes with it."""
    with (
        _short_folder() as folder,
        served("demo", str(folder / "w"), "--no-browser", "--still", "--today", TODAY, workspace=folder / "w") as site,
    ):
        yield site


@contextmanager
def served(*words: str, workspace: Path) -> Iterator[Site]:
    """`smarketing WORDS --port 0` until this is left. Raises RuntimeError with what it said where it does not come up."""
    with _short_folder() as folder:
        told, complained = folder / "told", folder / "complained"
        line = [sys.executable, "-m", "smarketing", *words, "--port", "0"]
        with told.open("w") as out, complained.open("w") as err:
            server = subprocess.Popen(line, stdout=out, stderr=err, env=without_our_settings(), start_new_session=True)
        try:
            url = _when_ready(server, told, complained)
            _is_ours(server, url, workspace)
            yield Site(url, told.read_text() + complained.read_text(), workspace)
        finally:
            _stop(server)


def without_our_settings() -> dict[str, str]:
    """The environment as a stranger has it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SMARKETING_")}


@contextmanager
def _short_folder() -> Iterator[Path]:
    """A temporary folder with a short path, as the sockets of a database need one."""
    with tempfile.TemporaryDirectory(prefix="smk", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _when_ready(server: subprocess.Popen[bytes], told: Path, complained: Path) -> str:
    """The address, when the server has told it; what stands after it is told in the same breath."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        said = [line for line in told.read_text().splitlines() if " is at http" in line]
        if said:
            return said[0].split()[-1]
        time.sleep(0.1)
    raise RuntimeError(f"the server did not come up: {told.read_text()}{complained.read_text()}")


def _is_ours(server: subprocess.Popen[bytes], url: str, workspace: Path) -> None:
    """The server that answers is the one that was started, on the workspace that was named."""
    serving = json.loads((workspace / "data" / "serving.lock").read_text(encoding="utf-8"))
    assert serving == {"pid": server.pid, "url": url}, serving
    with urlopen(f"{url}/health", timeout=START_SECONDS) as answer:  # noqa: S310 -- the address of our own server
        assert answer.status == 200


def _stop(server: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C does; what does not end by itself is killed, with everything it started."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
