"""A long journal cut into buckets of whole leads, so that memory is bounded however many facts there are."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

import polars as pl

from smarketing.backends.spreading import HELD, Load, Spreading
from smarketing.derivations.attribution.touches import TOLD, TOUCHED
from smarketing.derivations.rulebook import Rulebook
from smarketing.derivations.tables.across import CREDITS, without_lives
from smarketing.derivations.tables.lives import BESIDE
from smarketing.journal.survey import Survey

FACTS_AT_ONCE = 1_000_000
"""About how many facts are matched and folded at a time."""
READ = ["fact_id", "lead_id", "at", "kind", "campaign", "channel", "actor", "opportunity_id", "amount", "currency", "properties"]
"""The columns of a fact from which something follows."""


def read_for(book: Rulebook, asked: Collection[str]) -> list[str]:
    """Those of READ that are needed. Nothing follows from the channel but credits, what is kept beside the tables for reports, and what
    conditions ask that name it; and credits alone follow from nothing that other conditions ask."""
    if without_lives(asked):
        return [name for name in READ if name in {*TOLD, *TOUCHED}]
    named = {name for tests in book.tests for test in tests if test.where is not None for name in test.where.names()}
    with_channel = "channel" in named or not {CREDITS, *BESIDE}.isdisjoint(asked)
    return [name for name in READ if with_channel or name != "channel"]


Read = Callable[[int], None]


def unheard(rows: int) -> None:
    """Nobody listens."""


class Bucketed(Protocol):
    """A journal in buckets. `number`: how many there may be; `loads` gives them, each with its number and how many facts it has."""

    number: int

    def loads(self, *, without: Collection[int] = (), read: Read = unheard) -> Iterator[tuple[int, int, Load]]:
        """The buckets but some. They may be loaded by several threads. `read` is told of facts that are with the others of their bucket."""


class Buckets:
    """The settled facts, bucket by bucket: pairs of how many facts are done with it, and the bucket's facts.

    A lead's facts are in one bucket. The journal is read once and spread, see `spreading`.
    """

    def __init__(
        self, facts: pl.LazyFrame, known: Survey, *, at_once: int = FACTS_AT_ONCE, held: int = HELD, columns: Sequence[str] = READ
    ) -> None:  # fmt: skip
        self.facts, self.known, self.columns = facts, known, list(columns)
        self.spreading = Spreading.of(known.rows, at_once=at_once, held=held)
        self.number = self.spreading.number
        self.rows = known.rows

    def __iter__(self) -> Iterator[tuple[int, pl.DataFrame]]:
        done = 0
        for _, rows, load in self.loads():
            done += rows
            yield done, plain(load())

    def loads(self, *, without: Collection[int] = (), read: Read = unheard) -> Iterator[tuple[int, int, Load]]:
        """The buckets but some."""
        with some_room() as folder:
            yield from self.spreading.loads(self.parts(read), folder, without=without)

    def parts(self, read: Read) -> Iterator[pl.DataFrame]:
        """The settled facts, some at a time, in the order in which they stand."""
        for part in self.facts.select(self.columns).collect_batches(chunk_size=FACTS_AT_ONCE, maintain_order=True):
            yield self.known.settle_part(part)
            read(part.height)
        if self.known.kept.height:
            yield self.known.settle_part(self.known.kept, kept=True).select(self.columns)


@contextmanager
def some_room() -> Iterator[Path]:
    """A folder that is gone when this is left, or at the latest with the process: a generator may be left where it stands."""
    folder = Path(tempfile.mkdtemp(prefix="smarketing-"))
    remove = atexit.register(partial(shutil.rmtree, folder, ignore_errors=True))
    try:
        yield folder
    finally:
        remove()
        atexit.unregister(remove)


def plain(facts: pl.DataFrame) -> pl.DataFrame:
    """The same facts with texts as texts."""
    return facts.with_columns(
        pl.col(name).cast(pl.String) for name, kind in facts.schema.items() if isinstance(kind, pl.Categorical)
    )
