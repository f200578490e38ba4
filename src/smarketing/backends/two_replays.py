"""Two agreements on the same facts: what both replays have in common is done once.

Common is whatever no agreement has a word in: reading the journal, surveying it, settling duplicates, retractions and links, and cutting
it into buckets of leads, which of a long journal go over the disk, and putting each bucket into the order of its lives. Matching, folding and
the tables are each replay's own. Each side is judged by one version alone, as if it had always been in force.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.backends.buckets import FACTS_AT_ONCE, Buckets
from smarketing.backends.local import SmallTables, at_instant, cores, refuse_incomplete
from smarketing.backends.pace import Progress
from smarketing.derivations.matching.order import in_lives
from smarketing.derivations.money.rates import rates_in
from smarketing.derivations.replay import derive
from smarketing.derivations.rulebook import compile_agreement
from smarketing.derivations.tables.lives import BESIDE
from smarketing.derivations.working_time import working_time
from smarketing.journal.fact import no_facts
from smarketing.journal.parquet import scan_facts, unchanged
from smarketing.journal.small_tables import read_small_tables
from smarketing.journal.survey import Survey, survey
from smarketing.reports.lives import tell
from smarketing.reports.outcome import Outcome
from smarketing.reports.report import Report
from smarketing.vocabulary.errors import UsageError

NEEDED = ("stage_entries", "handoffs", "clocks")
"""What a back-test reads."""


def backtest(
    draft: Agreement, *, against: Agreement, facts: Any, as_of: datetime | str | None = None, from_: str | None = None,
    to: str | None = None, tables_in: SmallTables = None, threads: int | None = None, at_once: int = FACTS_AT_ONCE,
    progress: Progress | None = None,
) -> Report:  # fmt: skip
    """A draft over the real past, beside the agreement in force; see `smarketing.reports.backtest.rows` for what each figure is.

    `facts`, `as_of`, `tables_in`, `threads`, `at_once` as in `replay`. `from_`, `to`: only hand-offs from the one and before the other
    count. Raises UsageError, DocumentError, and NotEnoughData where neither side hands anything over.
    """
    from smarketing.reports.backtest.rows import backtest as compared

    for one in (draft, against):
        if not isinstance(one, Agreement):
            raise UsageError(f"an agreement is what load_agreement(path) returns, not {type(one).__name__}")
    sides = [draft, without_check(draft), against] if draft.handoff.check else [draft, against]
    made = replay_each(
        facts, sides, as_of, tables=NEEDED, tables_in=tables_in, threads=threads, at_once=at_once, progress=progress
    )
    return compared(made[0], made[-1], from_=from_, to=to, unchecked=made[1] if draft.handoff.check else None)


def without_check(draft: Agreement) -> Agreement:
    """The same, but that nobody checks before the hand-off."""
    return draft.model_copy(update={"handoff": draft.handoff.model_copy(update={"check": False})})


def replay_each(
    facts: Any, agreements: Sequence[Agreement], as_of: datetime | str | None = None, *, tables: Collection[str] = NEEDED,
    tables_in: SmallTables = None, threads: int | None = None, at_once: int = FACTS_AT_ONCE, progress: Progress | None = None,
) -> list[Outcome]:  # fmt: skip
    """What follows under each agreement alone, on the same facts and as of the same instant: the rows of as many replays.

    `tables`: some of those of the leads (`score_changes`, `stage_entries`, `handoffs`, `clocks`). A date alone as `as_of` is 00:00 in
    the zone of the last agreement.
    """
    with unchanged(facts):
        scanned, small = scan_facts(facts), read_small_tables(tables_in)
        refuse_incomplete(scanned, source=str(facts) if isinstance(facts, (str, Path)) else "facts")
        known = survey(scanned, as_of=at_instant(as_of, agreements[-1:]))
        books = [compile_agreement([one], rates_in(small, [one])) for one in agreements]
        made: list[dict[str, list[pl.DataFrame]]] = [{name: [] for name in (*tables, *BESIDE)} for _ in books]
        for done, facts_of_bucket in _at_least_one(Buckets(scanned, known, at_once=at_once)):
            frame = in_lives(facts_of_bucket)
            since = _first_at(frame, known)
            for book, parts in zip(books, made, strict=True):
                working = working_time(book.versions, small, first_at=since, as_of=known.as_of)
                derived = derive(frame, book, working, as_of=known.as_of, tables={*tables, *BESIDE}, threads=threads or cores())
                for name, frames in parts.items():
                    frames.append(derived[name])
            if progress is not None:
                progress(done, known.rows)
    return [_outcome(one, known, scanned, small, parts) for one, parts in zip(agreements, made, strict=True)]


def _at_least_one(buckets: Iterable[tuple[int, pl.DataFrame]]) -> Iterator[tuple[int, pl.DataFrame]]:
    """The buckets; where there is no fact at all, one without any, so that there are tables."""
    some = False
    for each in buckets:
        some = True
        yield each
    if not some:
        yield 0, no_facts()


def _first_at(frame: pl.DataFrame, known: Survey) -> datetime:
    first = frame["at"].min() if frame.height else None
    return first if isinstance(first, datetime) else known.as_of


def _outcome(
    agreement: Agreement,
    known: Survey,
    scanned: pl.LazyFrame,
    small: dict[str, pl.DataFrame],
    parts: dict[str, list[pl.DataFrame]],
) -> Outcome:
    united = known.united.rename({"lead_id": "id", "united_id": "lead_id"})
    whole = {name: pl.concat(frames) for name, frames in parts.items()}
    beside = {name: whole.pop(name) for name in BESIDE}
    outcome = Outcome(agreement, known.as_of, whole, known.settle(scanned), small, united=united)
    tell(outcome, beside)
    return outcome
