"""The server of a workspace: one process that answers, in threads, watched by the one that started it."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from smarketing.vocabulary.errors import OutsideError, UsageError
from smarketing.web.wsgi import Place, worker

THREADS = 8
"""Requests that are answered at once: they wait for the database or compute with the interpreter's lock let go."""
WAITING = 64
"""Requests that may wait for a thread; the next ones wait in the system's queue."""
SECONDS_TO_FINISH = 10
SECONDS_BETWEEN_LOOKS = 0.1


USUAL_PORT = 8000


def free_port(host: str, wanted: int | None) -> int:
    """The port to serve at: the one wanted, or without a wish the usual one where it is free, else 0, which takes any free one.

    Raises UsageError for a wanted one that is taken, before anything else is begun.
    """
    try:
        with _reserved(host, USUAL_PORT if wanted is None else wanted):
            return USUAL_PORT if wanted is None else wanted
    except UsageError:
        if wanted is not None:
            raise
        return 0


def serve(folder: str | Path, *, host: str = "127.0.0.1", port: int = 8000, ready: Callable[[str], None] | None = None) -> None:
    """Answer until SIGTERM or SIGINT, let the requests under way finish, and return.

    `folder` is a workspace, whose settings hold (SMARKETING_URL says how people reach the pages from elsewhere). `port` 0 takes a
    free one. `ready` is called once, with the address, when the latest state is in memory and pages are answered; from then on
    the server's own process keeps what follows from the facts fresh. Raises UsageError for a port that is taken, OutsideError
    where the server does not come up.
    """
    with _reserved(host, port) as held:
        number = int(held.getsockname()[1])
        here = f"http://{f'[{host}]' if ':' in host else host}:{number}"
        place = Place(Path(folder).resolve(), here)
        multiprocessing.set_start_method("spawn", force=True)  # a fork after Polars was used hangs
        server = _server(host, number)
        _tell_when_ready(server, host, number, partial(ready, place.url) if ready else None)
        try:
            server.serve(target_loader=partial(worker, place), wrap_loader=False)
        except SystemExit as end:
            raise OutsideError("the server stopped by itself; what it said last stands above") from end


def _server(host: str, port: int) -> Any:
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    return Server(
        "smarketing", address=host, port=port, interface=Interfaces.WSGI, workers=1, http=HTTPModes.http1, websockets=False,
        blocking_threads=THREADS, backpressure=THREADS + WAITING, workers_kill_timeout=SECONDS_TO_FINISH,
        log_level=LogLevels.error,
    )  # fmt: skip


def _reserved(host: str, port: int) -> socket.socket:
    """A socket that keeps the port ours until the server listens on it, and shows first that nobody else does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        if port:  # a free one that the system chooses is nobody's; between a look and a second bind it could be taken
            with socket.socket(family, socket.SOCK_STREAM) as alone:
                alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                alone.bind((host, port))
        held = socket.socket(family, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((host, port))
    except OSError as taken:
        raise UsageError(f"{host}:{port} cannot be used: {taken.strerror}. Another one: --port 0 takes a free port") from taken
    return held


def _tell_when_ready(server: Any, host: str, port: int, tell: Callable[[], None] | None) -> None:
    """Call `tell` when the first page is answered; give up when the server ends."""

    def watch() -> None:
        while not server.interrupt_signal and not server.interrupt_children:
            if _answers(host, port):
                server.respawn_failed_workers = True  # what starts once and fails later is worth another try
                if tell is not None:
                    tell()
                return
            time.sleep(SECONDS_BETWEEN_LOOKS)

    threading.Thread(target=watch, name="ready", daemon=True).start()


def _answers(host: str, port: int) -> bool:
    reached = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 -- not bound here, only compared
    try:
        link = HTTPConnection(reached, port, timeout=30)
        link.request("GET", "/health", headers={"Host": "localhost"})
        return link.getresponse().status == 200
    except (OSError, HTTPException):
        return False
