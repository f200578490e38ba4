"""What follows for few leads: matched with what is remembered, folded and written by the functions of every replay."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

import polars as pl

from smarketing.derivations.folding import run_fold
from smarketing.derivations.life.rows import Ints
from smarketing.derivations.live.matching import Memory
from smarketing.derivations.live.next_change import next_changes
from smarketing.derivations.replay import OF_LEADS, Folded
from smarketing.derivations.rulebook import Rulebook
from smarketing.derivations.tables.across import LEDGER_LINES
from smarketing.derivations.working_time import WorkingTimes

ALL = (*OF_LEADS, LEDGER_LINES)
"""What is derived lead by lead."""


class Followed(NamedTuple):
    """The leads in order, all rows of theirs, and for each the next instant as of which these are others (see `next_changes`)."""

    leads: pl.Series
    tables: dict[str, pl.DataFrame]
    next_at: Ints


class Follower:
    """One rulebook kept warm; threads may share it."""

    def __init__(self, book: Rulebook, small: Mapping[str, pl.DataFrame]) -> None:
        self.book = book
        self.memory = Memory(book)
        self.working_times = WorkingTimes(book.versions, small)

    def follow(self, facts: pl.DataFrame, as_of: datetime, *, names: Collection[str] = ALL, threads: int = 1) -> Followed:
        """What follows from settled facts, all of some leads: the tables that are among `names`."""
        first = facts["at"].min()
        working = self.working_times(first_at=first if isinstance(first, datetime) else as_of, as_of=as_of)
        matched, book = self.memory.match(facts), self.book
        out = run_fold(matched.facts, matched.fits.compiled, book, as_of=as_of, threads=threads, receipts=True)
        folded = Folded(matched, out, book, working, as_of)
        tables = folded.tables(names)
        next_at = next_changes(matched.facts, book, folded.handed.rows["lead"], folded.clock_rows, as_of)
        return Followed(matched.leads, tables, next_at)
