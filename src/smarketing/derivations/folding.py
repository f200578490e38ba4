"""Running the fold over matched facts: room for what it writes, threads, and its rows in order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise

import numpy as np

from smarketing.derivations.life.fold import bounds, fold
from smarketing.derivations.life.rows import (
    CHANGE,
    COUNTING,
    DEAL,
    ENTRY,
    HANDOFF,
    HIT,
    LIFE,
    LINE,
    PART,
    STAGE,
    TURN,
    WIN,
    WON_IN,
    Facts,
    Fits,
    Ints,
    Out,
    Scratch,
)  # fmt: skip
from smarketing.derivations.rulebook import Rulebook
from smarketing.vocabulary.periods import micros

SMALLEST_SHARE = 20_000
"""Facts below which a second thread is not worth its start."""


def room(book: Rulebook, need: Ints, *, receipts: bool) -> tuple[Scratch, Out]:
    """Arrays large enough for some leads; `need` as `bounds` counts it."""
    changes, hits, longest, facts, cycles, turns, deals, wins = (int(n) for n in need)
    shown, stages = len(book.stage_names), int(book.law.stage_of.max()) + 1
    scratch = Scratch(
        np.empty(hits, HIT), np.empty(longest, CHANGE), np.empty(longest, CHANGE), np.empty(len(book.law.rules), COUNTING), np.empty(stages, STAGE),
        np.empty(len(book.law.nodes), PART), np.empty(deals, DEAL), np.empty(facts, WIN),
    )  # fmt: skip
    out = Out(
        np.empty(changes if receipts else 0, LINE), np.empty(turns, TURN), np.empty(cycles * shown, ENTRY), np.empty(cycles, HANDOFF),
        np.empty((cycles, len(book.law.kth)), np.int64), np.empty((cycles, len(book.stages_after)), np.int64),
        np.empty(wins, WON_IN),
    )  # fmt: skip
    return scratch, out


def fold_share(facts: Facts, fits: Fits, book: Rulebook, share: tuple[int, int], as_of: int, *, receipts: bool) -> Out:
    """Fold the leads first:last of `share`; the filled rows. Room that was not needed was never touched, so it takes no memory."""
    need = np.zeros(8, dtype=np.int64)
    bounds(facts, book.law, *share, need)
    scratch, out = room(book, need, receipts=receipts)
    lives = np.zeros(1, LIFE)
    lives["as_of"] = as_of
    fold(facts, book.law, fits, scratch, lives, out, *share)
    counts = [int(lives[name][0]) for name in ("lines", "turns", "entries", "handoffs", "handoffs", "handoffs", "won")]
    return Out(*(rows[:count] for rows, count in zip(out, counts, strict=True)))


def shares(lead_start: Ints, threads: int) -> list[tuple[int, int]]:
    """The leads cut into one share for each thread, of about as many facts each."""
    leads, total = len(lead_start) - 1, int(lead_start[-1])
    parts = max(1, min(threads, total // SMALLEST_SHARE))
    cuts = np.searchsorted(lead_start, [total * part // parts for part in range(1, parts)])
    edges = [0, *(int(cut) for cut in cuts), leads]
    return list(pairwise(edges))


def run_fold(facts: Facts, fits: Fits, book: Rulebook, *, as_of: datetime, threads: int, receipts: bool) -> Out:
    """Fold all leads, in `threads` threads; the rows come in the order of the leads whatever their number."""
    until = micros(as_of)

    def one(share: tuple[int, int]) -> Out:
        return fold_share(facts, fits, book, share, until, receipts=receipts)

    parts = shares(facts.lead_start, threads)
    if len(parts) == 1:
        return Out(*one(parts[0]))
    with ThreadPoolExecutor(len(parts)) as pool:
        done = list(pool.map(one, parts))
    return Out(*(np.concatenate(rows) for rows in zip(*done, strict=True)))
