"""Calling the worker: facts came in. Asked for often, done a few times a second."""

from __future__ import annotations

import logging
import threading
import time

SECONDS_BETWEEN_CALLS = 0.2
IDLE_SECONDS = 30.0
logger = logging.getLogger(__name__)


class Caller:
    """A thread that puts the job into the queue; whoever calls it does not wait, and a call too many is left out."""

    def __init__(self) -> None:
        self.wanted = threading.Event()
        self.starting = threading.Lock()
        self.thread: threading.Thread | None = None

    def __call__(self) -> None:
        """Facts came in."""
        if self.wanted.is_set():
            return
        with self.starting:
            self.wanted.set()
            if self.thread is None:
                self.thread = threading.Thread(target=self._run, name="caller", daemon=True)
                self.thread.start()

    def _run(self) -> None:
        from django.db import connection

        while self._wanted():
            self.wanted.clear()
            try:
                from smarketing.actions.live.jobs import call_now

                call_now()
            except Exception:  # the worker looks by itself as well
                logger.warning("The worker could not be called", exc_info=True)
                connection.close()
            time.sleep(SECONDS_BETWEEN_CALLS)
        connection.close()

    def _wanted(self) -> bool:
        if self.wanted.wait(IDLE_SECONDS):
            return True
        with self.starting:
            if not self.wanted.is_set():
                self.thread = None
        return self.wanted.is_set()


call_worker = Caller()
"""The one of this process."""
