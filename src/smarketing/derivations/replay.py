"""Match, fold, ask: the tables that follow from settled facts under an agreement, as of an instant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from smarketing.derivations.folding import run_fold
from smarketing.derivations.life.rows import Out
from smarketing.derivations.matching.facts import Matched, match
from smarketing.derivations.rulebook import Rulebook
from smarketing.derivations.tables.across import LEDGER_LINES
from smarketing.derivations.tables.handoffs import ClockRows, Handed, clock_rows, clocks, handed, handoffs
from smarketing.derivations.tables.ledger import ledger_lines
from smarketing.derivations.tables.lives import ASKED_FACTS, BESIDE, LIVES, asked_facts, lives
from smarketing.derivations.tables.receipts import score_changes
from smarketing.derivations.tables.stage_entries import stage_entries
from smarketing.derivations.working_time import WorkingTime

OF_LEADS = ("score_changes", "stage_entries", "handoffs", "clocks")
"""The tables that follow from each lead by itself."""
TABLES = (*OF_LEADS, "commitments", "ledger", "credits")
"""What a replay can write, in the order in which one follows from another."""


def derive(
    facts: pl.DataFrame,
    book: Rulebook,
    working: WorkingTime,
    *,
    as_of: datetime,
    tables: Collection[str] = OF_LEADS,
    threads: int = 1,
) -> dict[str, pl.DataFrame]:
    """Those of OF_LEADS (and LEDGER_LINES, BESIDE) that are among `tables`, of whole lives: every fact of each lead in `facts`, settled (see `journal.survey`), at or before `as_of`.

    `book` holds the versions in force by `as_of`; `working` is laid out for the same ones.
    The rows of each table stand in the order of the leads; its key is named where it is made.
    """
    if {*OF_LEADS, LEDGER_LINES, *BESIDE}.isdisjoint(tables):
        return {}
    matched = match(facts, book)
    receipts = "score_changes" in tables
    folded = run_fold(matched.facts, matched.fits.compiled, book, as_of=as_of, threads=threads, receipts=receipts)
    return Folded(matched, folded, book, working, as_of).tables(tables)


@dataclass(frozen=True)
class Folded:
    """What the fold left of some matched leads, and all that is needed to say it in tables."""

    matched: Matched
    out: Out
    book: Rulebook
    working: WorkingTime
    as_of: datetime

    @cached_property
    def handed(self) -> Handed:
        """The hand-offs."""
        return handed(self.matched, self.out, self.book, self.working)

    @cached_property
    def clock_rows(self) -> ClockRows:
        """The clocks as numbers."""
        return clock_rows(self.handed, self.book, self.working, self.as_of)

    def tables(self, names: Collection[str]) -> dict[str, pl.DataFrame]:
        """Those of OF_LEADS (and LEDGER_LINES, BESIDE) that are among `names`."""
        made: dict[str, pl.DataFrame] = {}
        if "score_changes" in names:
            made["score_changes"] = score_changes(self.matched, self.out, self.book)
        if "stage_entries" in names:
            made["stage_entries"] = stage_entries(self.matched, self.out, self.book)
        if "handoffs" in names:
            made["handoffs"] = handoffs(self.handed, self.book, self.working)
        if "clocks" in names:
            made["clocks"] = clocks(self.handed, self.clock_rows)
        if LEDGER_LINES in names:
            made[LEDGER_LINES] = ledger_lines(self.handed, self.out, self.book)
        if LIVES in names:
            made[LIVES] = lives(self.matched, self.out, self.book)
        if ASKED_FACTS in names:
            made[ASKED_FACTS] = asked_facts(self.matched, self.book)
        return made
