"""Facts of several requests taken in together: while one transaction runs, the next ones gather, and share the next.

So a commit, which waits for the disk, is paid once for many, and a request waits for at most two of them. Where many facts wait, a second
transaction runs beside: while the database stores, the next are written out for it. What a request is told, it is told after the commit.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial

from smarketing.journal.sent.facts import Row
from smarketing.records.facts import Stored

AT_ONCE = 5_000
"""About so many facts of a transaction."""
AT_A_TIME, BESIDE = 2, 300
"""So many transactions; the second one is only worth it when so many facts wait."""
SECONDS_TO_STORE = 20.0
IDLE_SECONDS = 30.0
"""After so long without a fact the thread ends and lets its connection go."""
Store = Callable[[Sequence[Sequence[Row]], datetime], list[Stored]]
Message = tuple[Sequence[Row], "Future[Stored]"]
logger = logging.getLogger(__name__)


class Overloaded(Exception):
    """Nothing was acknowledged; the same message can be sent again after `seconds`."""

    def __init__(self, message: str, *, seconds: int, status: int = 503) -> None:
        super().__init__(message)
        self.seconds, self.status = seconds, status


class Gathering:
    """A thread or two that store for all requests of the process; `after` is called when facts were committed."""

    def __init__(self, store: Store, *, after: Callable[[], None]) -> None:
        self.store, self.after = store, after
        self.turn = threading.Condition()
        self.messages: deque[Message] = deque()
        self.backlog = 0
        """Facts that wait."""
        self.storing = self.threads = 0

    def take(self, rows: Sequence[Row]) -> Stored:
        """Store these rows with whatever else is waiting; returns after the commit. Raises Overloaded, DatabaseError."""
        answer: Future[Stored] = Future()
        with self.turn:
            self.messages.append((rows, answer))
            self.backlog += len(rows)
            if self.threads == 0 or (self.threads < AT_A_TIME and self.backlog >= BESIDE):
                self.threads += 1
                threading.Thread(target=self._run, name="facts", daemon=True).start()
            self.turn.notify()
        try:
            return answer.result(SECONDS_TO_STORE)
        except TimeoutError:
            raise Overloaded("the database is slow; nothing was acknowledged", seconds=5) from None

    def _run(self) -> None:
        from django.db import connection

        while gathered := self._gathered():
            _answer(gathered, partial(self._stored, gathered))
            with self.turn:
                self.storing -= 1
                self.turn.notify()
        connection.close()

    def _gathered(self) -> list[Message]:
        """What waits, at least one message; nothing when nothing was to do for long and the thread is to end."""
        with self.turn:
            if not self.turn.wait_for(self._is_time, IDLE_SECONDS):
                self.threads -= 1
                return []
            found, number = [], 0
            while self.messages and number < AT_ONCE:
                found.append(self.messages.popleft())
                number += len(found[-1][0])
            self.backlog -= number
            self.storing += 1
            return found

    def _is_time(self) -> bool:
        return bool(self.messages) and (self.storing == 0 or self.backlog >= BESIDE)

    def _stored(self, waiting: list[Message]) -> list[Stored]:
        """What became of them; where all together cannot be stored, each by itself, so that none fails for another's sake."""
        try:
            told = self.store([rows for rows, _ in waiting], datetime.now(UTC))
        except Exception:
            if len(waiting) == 1:
                raise
            for one in waiting:
                _answer([one], partial(self._stored, [one]))
            return []
        self.after()
        return told


def _answer(waiting: list[Message], store: Callable[[], list[Stored]]) -> None:
    """Tell each request what became of its facts, or why nothing did."""
    try:
        told = store()
    except BaseException as problem:  # noqa: BLE001 -- whoever waits must hear of it
        for _, answer in waiting:
            if not answer.done():
                answer.set_exception(problem)
        return
    for (_, answer), one in zip(waiting, told, strict=False):
        answer.set_result(one)


def store_together(messages: Sequence[Sequence[Row]], recorded_at: datetime) -> list[Stored]:
    """`store_messages` on this thread's connection; one that broke meanwhile is opened anew, once."""
    from django.db import InterfaceError, OperationalError, connection

    from smarketing.records.stream import store_messages

    try:
        return store_messages(messages, recorded_at=recorded_at)
    except (OperationalError, InterfaceError):
        usable = connection.connection is not None and not connection.connection.closed and connection.is_usable()
        if usable:
            raise
        connection.close()
        return store_messages(messages, recorded_at=recorded_at)
