"""Calling the worker: facts came in. Asked for often, done a few times a second; within an answer, when that is out.

Else the worker would begin while the answer is still being made, and take half of two cores from whoever waits for it.
"""

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
        self.answering = threading.local()

    def __call__(self) -> None:
        """Facts came in."""
        if getattr(self.answering, "under_way", False):
            self.answering.called = True
        else:
            self._call()

    def answer_begins(self) -> None:
        """This thread answers somebody: what it calls for waits until `answer_ends`."""
        self.answer_ends()  # of one that was never finished
        self.answering.under_way = True

    def answer_ends(self) -> None:
        """The answer is out."""
        self.answering.under_way = False
        if getattr(self.answering, "called", False):
            self.answering.called = False
            self._call()

    def _call(self) -> None:
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
