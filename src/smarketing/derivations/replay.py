"""Match, fold, ask: the tables that follow from settled facts under an agreement, as of an instant."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import polars as pl

from smarketing.derivations.folding import run_fold
from smarketing.derivations.matching.facts import match
from smarketing.derivations.rulebook import Rulebook
from smarketing.derivations.tables.across import LEDGER_LINES
from smarketing.derivations.tables.handoffs import clocks, handed, handoffs
from smarketing.derivations.tables.ledger import ledger_lines
from smarketing.derivations.tables.lives import LIVES, lives
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
    """Those of OF_LEADS (and LEDGER_LINES, LIVES) that are among `tables`, of whole lives: every fact of each lead in `facts`, settled (see `journal.survey`), at or before `as_of`.

    `book` holds the versions in force by `as_of`; `working` is laid out for the same ones.
    The rows of each table stand in the order of the leads; its key is named where it is made.
    """
    if {*OF_LEADS, LEDGER_LINES, LIVES}.isdisjoint(tables):
        return {}
    matched = match(facts, book)
    receipts = "score_changes" in tables
    folded = run_fold(matched.facts, matched.fits.compiled, book, as_of=as_of, threads=threads, receipts=receipts)
    made: dict[str, pl.DataFrame] = {}
    if receipts:
        made["score_changes"] = score_changes(matched, folded, book)
    if "stage_entries" in tables:
        made["stage_entries"] = stage_entries(matched, folded, book)
    if not {"handoffs", "clocks", LEDGER_LINES}.isdisjoint(tables):
        these = handed(matched, folded, book, working)
        if "handoffs" in tables:
            made["handoffs"] = handoffs(these, book, working)
        if "clocks" in tables:
            made["clocks"] = clocks(these, book, working, as_of)
        if LEDGER_LINES in tables:
            made[LEDGER_LINES] = ledger_lines(these, folded, book)
    if LIVES in tables:
        made[LIVES] = lives(matched, folded, book)
    return made
