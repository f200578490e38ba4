"""The worker: a process that waits for jobs, looks by itself whether one is due, and says that it lives."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from smarketing.actions.children import end_with_parent, leave_the_keyboard_to_the_parent
from smarketing.actions.live.after import keep_after
from smarketing.actions.live.jobs import QUEUE, Following, call_now, jobs, register
from smarketing.actions.mail.postman import Postman
from smarketing.actions.workspace import Workspace
from smarketing.vocabulary.errors import SmarketingError

LOOK_SECONDS = 0.5
"""So often the worker looks whether something is due that nobody called it for: facts of an import, a due time, a day that begins."""
SECONDS_BETWEEN_SIGNS = 2.0
SECONDS_TO_FINISH = 8
MOST_TROUBLE = 20
"""So many looks that fail one after the other end the worker; whoever watches it starts another."""
logger = logging.getLogger(__name__)


def run_worker(workspace: Workspace, *, ready: Callable[[], None] | None = None) -> None:
    """Work until SIGTERM or SIGINT, finish what is begun, and return. The workspace is open. `ready` is called when it waits for jobs."""
    following = Following(workspace)
    register(following)
    stopped = threading.Event()
    looking = threading.Thread(target=_look, args=(workspace, following, stopped, ready), name="look", daemon=True)
    after = threading.Thread(target=keep_after, args=(workspace, stopped), name="after", daemon=True)
    letters = threading.Thread(target=Postman(workspace, stopped).keep, name="letters", daemon=True)
    beside = (looking, after, letters)
    try:
        asyncio.run(_work(*beside))
    finally:
        stopped.set()
        for thread in beside:
            if thread.is_alive():
                thread.join(SECONDS_TO_FINISH)


def work_for(folder: Path) -> None:
    """The worker of a workspace as a process of its own, until the one that started it ends or says so."""
    leave_the_keyboard_to_the_parent()
    end_with_parent()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        with Workspace(folder).open() as opened:
            run_worker(opened.workspace)
    except SmarketingError as problem:
        sys.exit(f"smarketing: {problem}")


async def _work(*beside: threading.Thread) -> None:
    app = jobs().with_connector(jobs().connector.get_worker_connector())  # type: ignore[attr-defined]
    async with app.open_async():
        for thread in beside:
            thread.start()
        await app.run_worker_async(
            queues=[QUEUE], name=f"smarketing-{os.getpid()}", concurrency=1, delete_jobs="always", fetch_job_polling_interval=1.0,
            shutdown_graceful_timeout=SECONDS_TO_FINISH, update_heartbeat_interval=5.0, stalled_worker_timeout=30.0,
        )  # fmt: skip


def _look(workspace: Workspace, following: Following, stopped: threading.Event, ready: Callable[[], None] | None) -> None:
    """Say that the worker lives, and call it when something is due; until `stopped`, or the database is gone for long."""
    import signal

    from django.db import Error, connection

    from smarketing.actions.due import is_due
    from smarketing.records.work import begin_work, sign_of_life

    def now() -> datetime:
        return datetime.now(UTC)

    worker, seen, trouble = None, now(), 0
    while not stopped.wait(LOOK_SECONDS if worker else 0):
        try:
            if worker is None:
                worker = begin_work(host=platform.node(), pid=os.getpid(), version=version("smarketing"), at=now())
                if ready is not None:
                    ready()
            if (now() - seen).total_seconds() >= SECONDS_BETWEEN_SIGNS:
                seen = now()
                sign_of_life(worker, seen)
            if not following.rests and is_due(workspace):
                call_now()
            trouble = 0
        except (SmarketingError, Error, OSError) as problem:
            trouble += 1
            if trouble == 1:
                logger.warning("The worker could not look whether something is due: %s", problem)
            connection.close()
            if trouble > MOST_TROUBLE:
                os.kill(os.getpid(), signal.SIGTERM)
                return
            stopped.wait(LOOK_SECONDS)
    if worker is not None:
        with_peace(lambda: sign_of_life(worker, now(), stopped=True))
    connection.close()


def with_peace(say: Callable[[], None]) -> None:
    """Say goodbye, if anybody is there to hear it."""
    from django.db import Error

    try:
        say()
    except (Error, OSError):
        logger.warning("The worker ended without saying so")
