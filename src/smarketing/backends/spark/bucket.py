"""One bucket of whole leads: what a task does with it, and what of it goes on."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

import polars as pl

from smarketing.backends.buckets import READ
from smarketing.derivations.replay import OF_LEADS, derive
from smarketing.derivations.rulebook import Rulebook
from smarketing.derivations.tables.across import Across
from smarketing.derivations.working_time import working_time
from smarketing.journal.fact import FACT_SCHEMA
from smarketing.journal.survey import Survey
from smarketing.vocabulary.errors import DocumentError

ACROSS, PROBLEMS = "(across)", "(problems)"
"""What a bucket gives beside its tables: what it brings to the tables of all leads; what is wrong with its facts."""


class Made(NamedTuple):
    """Something a bucket gave: a table as the bytes of a Parquet file, or one of the two above, pickled."""

    name: str
    rows: int
    content: bytes


@dataclass(frozen=True)
class Work:
    """What every task knows: the survey and the versions of the agreement, the small tables, the tables asked for."""

    known: Survey
    book: Rulebook
    small: dict[str, pl.DataFrame]
    tables: list[str]

    def across(self) -> Across:
        """The tables that take all leads together, before anything was seen."""
        return Across(self.book, self.known.as_of, self.tables, self.small)

    def derived(self, facts: pl.DataFrame, across: Across) -> dict[str, pl.DataFrame]:
        """The tables asked for of the leads that these facts (as they lie in the journal) are about; `across` sees them too."""
        frame = self.known.settle(facts.lazy()).select(READ).collect()
        first = frame["at"].min() if frame.height else None
        since = first if isinstance(first, datetime) else self.known.as_of
        working = working_time(self.book.versions, self.small, first_at=since, as_of=self.known.as_of)
        needed = {*self.tables, *across.needed}
        made = derive(frame, self.book, working, as_of=self.known.as_of, tables=needed)
        across.see(frame, made)
        return {name: made[name] for name in OF_LEADS if name in self.tables}

    def made_of(self, facts: pl.DataFrame) -> Iterator[Made]:
        """What a bucket gives."""
        across = self.across()
        try:
            made = self.derived(complete(facts), across)
        except DocumentError as error:
            yield Made(PROBLEMS, len(error.problems), pickle.dumps(error.problems))
            return
        for name, table in made.items():
            yield Made(name, table.height, as_parquet(table))
        yield Made(ACROSS, 1, pickle.dumps(across))


@lru_cache(maxsize=1)
def work_of(content: bytes) -> Work:
    """The work as it was sent; kept for the next bucket of the same worker."""
    work: Work = pickle.loads(content)  # noqa: S301 (the driver's own words)
    return work


def complete(facts: pl.DataFrame) -> pl.DataFrame:
    """All columns of a fact; those that were not sent, because nothing follows from them, are empty."""
    absent = [pl.lit(None, kind).alias(name) for name, kind in FACT_SCHEMA.items() if name not in facts.columns]
    return facts.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in FACT_SCHEMA.items())


def as_parquet(table: pl.DataFrame) -> bytes:
    """The bytes of a file, written as every table is."""
    file = BytesIO()
    table.write_parquet(file, compression="zstd", compression_level=1)
    return file.getvalue()
