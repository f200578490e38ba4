"""Running the fold over matched facts: room for what it writes, threads, and its rows in order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from smarketing.derivations.life.cycle import Cycle
from smarketing.derivations.life.fold import Law, Life, Out, Scratch, bounds, fold
from smarketing.derivations.life.handover import Wins
from smarketing.derivations.life.journal import Changes, Codes, Counts, Entries, Facts, FitStates, HandOffs, Hits, Ints, Lines, Turns
from smarketing.derivations.rulebook import Rulebook

SMALLEST_SHARE = 20_000
"""Facts below which a second thread is not worth its start."""

Rows = TypeVar("Rows", Lines, Turns, Entries, HandOffs)


class Folded(NamedTuple):
    """The rows of all leads, leads in order."""

    lines: Lines
    turns: Turns
    entries: Entries
    handoffs: HandOffs


def ints(n: int) -> Ints:
    return np.empty(n, dtype=np.int64)


def codes(n: int) -> Codes:
    return np.empty(n, dtype=np.int32)


def law_of(book: Rulebook) -> Law:
    """The rulebook's arrays, as the kernels take them."""
    return Law(book.tests, book.rules, book.stages, book.terms, book.kind_flags)


def room(book: Rulebook, need: Ints, n_deals: int, *, receipts: bool) -> tuple[Scratch, Out]:
    """Arrays large enough for some leads; `need` as `bounds` counts it."""
    changes, hits, longest, cycles, turns, facts = (int(n) for n in need)
    stages, nodes, rules = len(book.stage_names), len(book.stages.op), len(book.rules.points)
    cycle = Cycle(
        ints(stages), ints(stages), ints(stages), ints(stages), ints(nodes), np.zeros(nodes, dtype=np.bool_), ints(nodes), ints(n_deals)
    )
    scratch = Scratch(
        Hits(*(ints(hits) for _ in range(4))), Changes(*(ints(longest) for _ in range(4))), cycle,
        Wins(ints(n_deals), ints(facts), ints(n_deals), ints(facts)), ints(rules), ints(rules), ints(rules),
    )  # fmt: skip
    lines = changes if receipts else 0
    entries = cycles * stages
    out = Out(
        Lines(ints(lines), ints(lines), codes(lines), ints(lines), ints(lines), codes(lines)),
        Turns(ints(turns), ints(turns), codes(turns), codes(turns)),
        Entries(ints(entries), ints(entries), codes(entries), ints(entries), ints(entries), ints(entries)),
        HandOffs(
            *(ints(cycles) for _ in range(4)), np.empty(cycles, dtype=np.bool_), *(ints(cycles) for _ in range(16)),
            np.empty((cycles, len(book.terms.kth)), dtype=np.int64), np.empty((cycles, len(book.stages_after)), dtype=np.int64),
        ),
        Counts(*(np.zeros(1, dtype=np.int64) for _ in range(4))),
    )  # fmt: skip
    return scratch, out


def fold_share(facts: Facts, states: FitStates, book: Rulebook, share: tuple[int, int], as_of: int, *, receipts: bool) -> Folded:
    """Fold the leads first:last of `share`."""
    law, need = law_of(book), np.zeros(6, dtype=np.int64)
    bounds(facts, law, *share, need)
    first, last = facts.lead_start[share[0]], facts.lead_start[share[1]]
    n_deals = int(facts.deal[first:last].max(initial=-1)) + 1
    scratch, out = room(book, need, n_deals, receipts=receipts)
    fold(facts, law, scratch, Life(*(np.zeros(1, dtype=np.int64) for _ in range(11))), states, out, *share, as_of)
    counts = out.counts
    return Folded(
        filled(out.lines, counts.lines), filled(out.turns, counts.turns),
        filled(out.entries, counts.entries), filled(out.handoffs, counts.handoffs),
    )  # fmt: skip


def filled(rows: Rows, count: Ints) -> Rows:
    """The filled part of the rows, as arrays of their own so that the room can go."""
    make = cast(Callable[..., Rows], type(rows))
    return make(*(column[: int(count[0])].copy() for column in rows))


def shares(lead_start: Ints, threads: int) -> list[tuple[int, int]]:
    """The leads cut into one share for each thread, of about as many facts each."""
    leads, total = len(lead_start) - 1, int(lead_start[-1])
    parts = max(1, min(threads, total // SMALLEST_SHARE))
    cuts = np.searchsorted(lead_start, [total * part // parts for part in range(1, parts)])
    edges = [0, *(int(cut) for cut in cuts), leads]
    return list(zip(edges[:-1], edges[1:], strict=True))


def run_fold(facts: Facts, states: FitStates, book: Rulebook, *, as_of: datetime, threads: int, receipts: bool) -> Folded:
    """Fold all leads, in `threads` threads; the rows come in the order of the leads whatever their number."""
    until = micros(as_of)

    def one(share: tuple[int, int]) -> Folded:
        return fold_share(facts, states, book, share, until, receipts=receipts)

    parts = shares(facts.lead_start, threads)
    if len(parts) == 1:
        return one(parts[0])
    with ThreadPoolExecutor(len(parts)) as pool:
        done = list(pool.map(one, parts))
    return Folded(*(end_to_end([part[table] for part in done]) for table in range(4)))  # type: ignore[arg-type]


def end_to_end(parts: list[Any]) -> Any:
    """Rows of several shares as one."""
    return type(parts[0])(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def micros(instant: datetime) -> int:
    """An instant in µs since 1970, exactly."""
    return int(np.datetime64(instant.replace(tzinfo=None) - (instant.utcoffset() or instant - instant), "us").astype(np.int64))


Array = NDArray[Any]
