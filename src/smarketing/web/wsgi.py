"""The application as a server loads it: in a process of its own, with the state in memory before the first request."""

from __future__ import annotations

import atexit
import gc
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

Application = Callable[..., Any]
NEW_OBJECTS, SWEEPS, SWEEPS_OF_SWEEPS = 20_000, 20, 20
"""After so many new objects the interpreter looks for circles among them: each sweep holds up every page that is being made."""
OF_PROGRAMS = ("/api/", "/health")
"""Who asks there sits before no page."""
SECONDS_TRUSTED = 1.0
"""A connection that worked so lately is taken as it is."""


@dataclass(frozen=True)
class Place:
    """Where a server stands: the workspace's `folder`, and the address `here` at which it listens. It travels to processes."""

    folder: Path
    here: str

    @property
    def workspace(self) -> Workspace:
        """The workspace, with its settings."""
        from smarketing.actions.workspace import Workspace

        return Workspace(self.folder)

    @property
    def url(self) -> str:
        """How people reach the pages."""
        return self.workspace.settings.url or self.here


def load_application(place: Place) -> Application:
    """Set Django up for this place, bring the database up to date, hold the latest state; then the application is ready.

    Raises what stands in the way: SmarketingError, or Django's SystemCheckError where an address says nowhere who may come in.
    """
    workspace = set_up(place)
    from django.core.checks import Error, run_checks
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.management.base import SystemCheckError

    wrong = [each for each in run_checks() if isinstance(each, Error)]
    if wrong:
        raise SystemCheckError("\n".join(str(each) for each in wrong))
    hold(workspace)
    sweep_seldom()
    spare_checks()
    answers_first()
    return WSGIHandler()


def set_up(place: Place) -> Workspace:
    """The workspace, its database joined until this process ends; Django with its settings, unless it is set up already."""
    import django
    from django.conf import settings

    from smarketing.records.database import bring_up_to_date
    from smarketing.web.settings import settings_of
    from smarketing.web.statics import collect

    workspace = place.workspace
    database_url, leave = workspace.start_database()
    atexit.register(leave)
    if not settings.configured:
        settings.configure(**settings_of(workspace, database_url=database_url, url=place.url))
        django.setup()
    collect()
    bring_up_to_date()
    return workspace


def sweep_seldom() -> None:
    """What is there now stays for good, and is not looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, SWEEPS, SWEEPS_OF_SWEEPS)


def spare_checks() -> None:
    """A thread that talked to the database a moment ago does not ask first whether it is there."""
    from django.core.signals import request_finished, request_started
    from django.db import connection

    used = threading.local()

    def begin(**_: object) -> None:
        if time.monotonic() - getattr(used, "at", 0.0) < SECONDS_TRUSTED:
            connection.health_check_done = True  # type: ignore[attr-defined]  # since Django 4.1; its stubs do not know

    def end(**_: object) -> None:
        used.at = 0.0 if connection.errors_occurred or connection.connection is None else time.monotonic()

    request_started.connect(begin, weak=False, dispatch_uid="trusted")
    request_finished.connect(end, weak=False, dispatch_uid="trusted")


def answers_first() -> None:
    """While somebody waits for an answer, what can wait stands aside; what an answer leads to is followed when it is out."""
    from django.core.signals import request_finished, request_started

    from smarketing.actions.aside import aside
    from smarketing.actions.live.calling import call_worker

    def begin(environ: dict[str, Any] | None = None, **_: object) -> None:
        call_worker.answer_begins()
        aside.begin(person=not str((environ or {}).get("PATH_INFO", "")).startswith(OF_PROGRAMS))

    def end(**_: object) -> None:
        call_worker.answer_ends()
        aside.end()

    request_started.connect(begin, weak=False, dispatch_uid="answer begins")
    request_finished.connect(end, weak=False, dispatch_uid="answer ends")


def hold(workspace: Workspace) -> None:
    """Read the latest state, deriving it where there is none, and look for newer ones from then on; a worker makes them."""
    from smarketing.web.held import Keeper, keep
    from smarketing.web.states import States, prepare_lives, warm

    keeper = Keeper(States(workspace), warm=warm)
    keep(keeper)
    keeper.look()
    keeper.start()
    threading.Thread(target=prepare_lives, name="lives", daemon=True).start()


def worker(place: Place) -> Application:
    """What the server's process calls first."""
    from smarketing.actions.children import end_with_parent, leave_the_keyboard_to_the_parent
    from smarketing.vocabulary.errors import SmarketingError

    leave_the_keyboard_to_the_parent()
    end_with_parent()
    try:
        return load_application(place)
    except SmarketingError as problem:
        sys.exit(f"smarketing: {problem}")
