"""The worker beside the pages: started, watched, started again when it dies, stopped in peace."""

from __future__ import annotations

import logging
import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path

from smarketing.actions.live.worker import SECONDS_TO_FINISH, work_for

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds before the first new start, doubled with each that fails soon."""
logger = logging.getLogger(__name__)


@contextmanager
def worker_beside(folder: Path) -> Iterator[None]:
    """Meanwhile a worker runs for this workspace, in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    stopping = threading.Event()
    watch = threading.Thread(target=_keep_running, args=(spawn, folder, stopping), name="worker", daemon=True)
    watch.start()
    try:
        yield
    finally:
        stopping.set()
        watch.join(SECONDS_TO_FINISH * 2)


def _keep_running(spawn: multiprocessing.context.SpawnContext, folder: Path, stopping: threading.Event) -> None:
    pause = FIRST_PAUSE
    while not stopping.is_set():
        process = spawn.Process(target=work_for, args=(folder,), name="smarketing worker", daemon=False)
        process.start()
        long = _watched(process, stopping)
        if stopping.is_set():
            _stop(process)
            return
        process.join()  # its end is heard a moment before the system has put it away
        pause = FIRST_PAUSE if long else min(LONGEST_PAUSE, 2 * pause)
        logger.warning("The worker ended by itself (%s); another one starts in %.0f s", process.exitcode, pause)
        process.close()
        stopping.wait(pause)


def _watched(process: multiprocessing.process.BaseProcess, stopping: threading.Event) -> bool:
    """Wait until it ends, or until we stop; whether it ran for some time."""
    looks = 0
    while not stopping.is_set() and not wait([process.sentinel], timeout=0.2):
        looks += 1
    return looks > 5 * LONGEST_PAUSE


def _stop(process: multiprocessing.process.BaseProcess) -> None:
    process.terminate()
    process.join(SECONDS_TO_FINISH * 1.5)
    if process.is_alive():
        process.kill()
        process.join()
