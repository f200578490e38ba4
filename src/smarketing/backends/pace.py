"""How far a replay is: told in steps of a bucket, by any thread."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

Progress = Callable[[int, int], None]
"""Told how many facts are done, and of how many."""
SPREAD, LOADED, DERIVED, TAKEN = 0.25, 0.4, 0.8, 1.0
"""How much of the work is behind, when a fact's bucket is so far; the first: when the fact is with the others of its bucket."""


class Pace:
    """Adds up what is done; never goes back."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.told = progress, total, -1
        self.lock, self.done = Lock(), 0.0
        self.shares: dict[int, float] = {}

    def read(self, rows: int) -> None:
        """So many facts more are with the others of their buckets."""
        self.add(SPREAD * rows)

    def reached(self, bucket: int, rows: int, share: float) -> None:
        """A bucket with so many facts is so far."""
        before = self.shares.get(bucket, SPREAD)
        self.shares[bucket] = share
        self.add((share - before) * rows)

    def finish(self) -> None:
        """All is done."""
        self.add(self.total)

    def add(self, facts: float) -> None:
        """So many facts' worth of work more is done."""
        with self.lock:
            self.done += facts
            now = min(int(self.done), self.total)
            if self.progress is not None and now > self.told:
                self.told = now
                self.progress(now, self.total)
