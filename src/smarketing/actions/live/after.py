"""What is done by itself once what follows is up to date: leads get their reps, people are told."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from smarketing.actions.workspace import Workspace
from smarketing.vocabulary.errors import SmarketingError

LOOK_SECONDS = 0.25
"""So often it is looked whether another state is there."""
SECONDS_WITHOUT_NEWS = 2.0
"""So much later the steps are taken though the state is the same: something may be due by time alone."""
IDLE_FOR_EACH_BUSY = 3
"""After the steps, so much longer than they took nothing is, however fast new states come."""
logger = logging.getLogger(__name__)
_said: dict[str, str] = {}
"""By step, what went wrong last; the same is said once."""


def _route(workspace: Workspace, now: datetime) -> None:
    """Whoever was handed over and has nobody gets a rep."""
    from smarketing.actions.live.calling import call_worker
    from smarketing.actions.routing.waiting import keep_routing

    if keep_routing(workspace, now):
        call_worker()


def _tell(workspace: Workspace, now: datetime) -> None:
    """Breaches and wins are told."""
    from smarketing.actions.day import tell_the_day

    tell_the_day(workspace, now)


Step = Callable[[Workspace, datetime], object]
STEPS: tuple[tuple[str, Step], ...] = (("routing", _route), ("notices", _tell))
"""In this order; each finds by itself whether it has anything to do, and may be taken by several workers at once."""


def after_follow(workspace: Workspace, now: datetime) -> None:
    """Take every step. What goes wrong in one is said once for each reason, and stops no other."""
    from django.db import Error, connection

    for name, step in STEPS:
        try:
            step(workspace, now)
            _said.pop(name, None)
        except (SmarketingError, Error, OSError) as problem:
            _say(name, str(problem))
            if not connection.in_atomic_block:
                connection.close()
        except Exception as problem:  # noqa: BLE001 -- a mistake in one step is no reason to leave the others undone
            _say(name, repr(problem), exc_info=True)


def _say(name: str, problem: str, *, exc_info: bool = False) -> None:
    if _said.get(name) != problem:
        logger.warning("What is done by itself went wrong (%s): %s", name, problem, exc_info=exc_info)
    _said[name] = problem


def keep_after(workspace: Workspace, stopped: threading.Event) -> None:
    """Take the steps after each new state, and every few seconds, until `stopped`. A thread of the worker."""
    from django.db import connection

    serial, done, not_before = 0, -SECONDS_WITHOUT_NEWS, 0.0
    while not stopped.wait(LOOK_SECONDS):
        begun, latest = time.monotonic(), _serial()
        if begun < not_before or (latest == serial and begun - done < SECONDS_WITHOUT_NEWS):
            continue
        serial = latest
        if (now := _now(workspace)) is not None:
            after_follow(workspace, now)
        done = time.monotonic()
        not_before = done + IDLE_FOR_EACH_BUSY * (done - begun)
    connection.close()


def _now(workspace: Workspace) -> datetime | None:
    """What time it is there; None where nobody can tell, such as while somebody mends the agreement."""
    try:
        now = workspace.now()
    except (SmarketingError, OSError, ValueError) as problem:
        _say("clock", str(problem))
        return None
    _said.pop("clock", None)
    return now


def _serial() -> int:
    """Which state is there; 0: none, or the database is away."""
    from django.db import Error, connection

    from smarketing.records.derived import current_state

    try:
        state = current_state()
    except (Error, OSError):
        connection.close()
        return 0
    return state.serial if state is not None else 0
