"""The jobs of the worker, as procrastinate keeps them in the database."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from procrastinate import App

    from smarketing.actions.workspace import Workspace

QUEUE = "following"
FOLLOW = "follow"
"""The job that brings what follows up to date; at most one of it waits. Of two that run, one finds the other at work and ends."""
SECONDS_AFTER_TROUBLE = 5.0
IDLE_FOR_EACH_BUSY = 3
"""After everything was derived anew, so much longer than that took nothing is, lest a long import keep all cores busy."""
logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def jobs() -> App:
    """Procrastinate over the open workspace's database."""
    from procrastinate.contrib.django import app

    return app


def call_now() -> None:
    """Put the job into the queue, unless it waits there already."""
    from procrastinate.exceptions import AlreadyEnqueued

    with suppress(AlreadyEnqueued):
        jobs().configure_task(FOLLOW, queue=QUEUE, queueing_lock=FOLLOW).defer()


class Following:
    """The job of one workspace: what goes wrong is said once for each reason, and what is there stays."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.said, self.not_before = workspace, "", 0.0

    @property
    def rests(self) -> bool:
        """Whether nothing is to be tried for a moment."""
        return time.monotonic() < self.not_before

    def __call__(self) -> None:
        """Bring the state up to date."""
        from django.db import Error

        from smarketing.actions.live.follow import follow
        from smarketing.vocabulary.errors import SmarketingError

        if self.rests:
            return
        begun = time.monotonic()
        try:
            state = follow(self.workspace)
            self.said = ""
            if state is not None and state.since == state.serial:
                self.not_before = begun + (1 + IDLE_FOR_EACH_BUSY) * (time.monotonic() - begun)
        except (SmarketingError, Error, OSError) as problem:
            if str(problem) != self.said:
                logger.warning("What follows from the facts was not brought up to date: %s", problem)
            self.said, self.not_before = str(problem), time.monotonic() + SECONDS_AFTER_TROUBLE


def register(following: Following) -> None:
    """Let procrastinate know the job, in the process of the worker."""
    app = jobs()
    if FOLLOW not in app.tasks:
        app.task(name=FOLLOW, queue=QUEUE)(following.__call__)
