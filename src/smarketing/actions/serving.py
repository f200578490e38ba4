"""One server for one workspace: who serves it holds a lock that ends with the process, and says in it where the pages are."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from smarketing.actions.workspace import Workspace
from smarketing.records.locks import taken
from smarketing.vocabulary.errors import UsageError

LOCK = "serving.lock"


@contextmanager
def served_by_us(workspace: Workspace) -> Iterator[Callable[[str], None]]:
    """Be the one who serves the workspace; call what it yields with the URL of the pages.

    What a killed server left behind does not matter. Raises UsageError, with process and URL, while another one serves it.
    """
    with (workspace.data / LOCK).open("a+", encoding="utf-8") as lock:
        if not taken(lock):
            raise UsageError(_who(lock, workspace))
        _write(lock, {"pid": os.getpid()})
        try:
            yield lambda url: _write(lock, {"pid": os.getpid(), "url": url})
        finally:
            lock.truncate(0)


def _who(lock: IO[str], workspace: Workspace) -> str:
    told = _read(lock)
    by = f" by process {told['pid']}" if "pid" in told else ""
    where = f" at {told['url']}" if "url" in told else ""
    stop = f"; stop it there, or with: kill {told['pid']}" if "pid" in told else ""
    return f"{workspace.folder} is served already{by}{where}{stop}"


def _read(lock: IO[str]) -> dict[str, Any]:
    lock.seek(0)
    try:
        told = json.loads(lock.read())
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _write(lock: IO[str], told: dict[str, Any]) -> None:
    lock.truncate(0)
    lock.write(json.dumps(told))
    lock.flush()
