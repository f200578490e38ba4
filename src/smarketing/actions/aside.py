"""Standing aside: what nobody waits for lets those go first who wait for an answer, as both share one interpreter."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Aside:
    """Who waits for an answer, and the work that rests meanwhile.

    A thread that makes an answer says when it begins and when it ends it. Work that can wait is done within `patient` and calls
    `give_way` wherever it can stop for a moment; anywhere else that does nothing, as the same steps are taken where somebody waits
    for them.
    """

    def __init__(self) -> None:
        self.quiet = threading.Condition()
        self.answering: set[int] = set()
        self.mine = threading.local()

    def begin(self, *, person: bool = True) -> None:
        """This thread makes an answer, for a person or not; one that it never ended is over."""
        self.end()
        if person:
            with self.quiet:
                self.answering.add(threading.get_ident())

    def end(self) -> None:
        """This thread's answer is out."""
        with self.quiet:
            self.answering.discard(threading.get_ident())
            if not self.answering:
                self.quiet.notify_all()

    @contextmanager
    def patient(self, seconds: float) -> Iterator[None]:
        """What this thread does now stands aside, for so long in all."""
        self.mine.patience = seconds
        try:
            yield
        finally:
            self.mine.patience = 0.0

    def give_way(self) -> None:
        """Wait until nobody waits for an answer, as long as the patience lasts."""
        patience = getattr(self.mine, "patience", 0.0)
        if patience <= 0 or not self.answering:
            return
        begun = time.monotonic()
        with self.quiet:
            self.quiet.wait_for(lambda: not self.answering, patience)
        self.mine.patience = patience - (time.monotonic() - begun)


aside = Aside()
"""The one of this process."""
