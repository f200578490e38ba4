"""A clustered journal, completed: what is known already changes nothing, what is new or contradicts is laid down beside the rest.

The old parts stay as they are; see `backends.completing`. Every telling of a contested fact is kept, and which one counts is
decided, as in any journal, as of the instant of a replay.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from smarketing.actions.journal_file import FactCounts, Seen
from smarketing.backends.clustered import NOTES
from smarketing.backends.completing.known_ids import digests
from smarketing.backends.completing.laying import Completing
from smarketing.journal.corrections import contents
from smarketing.journal.fact import COLUMNS, FACT_SCHEMA


def is_clustered(path: Path | None) -> bool:
    """Whether a clustered journal lies there."""
    return path is not None and (path / NOTES).is_dir()


class ClusteredJournal:
    """One clustered journal being completed: `add` facts, then `finish`. With `dry_run` nothing is written.

    The facts of an import that are new are in memory when it finishes. A content that was told before is known.
    """

    def __init__(self, folder: Path, work: Path, *, dry_run: bool = False) -> None:
        self.completing, self.dry_run = Completing.begin(folder, work, dry_run=dry_run), dry_run
        self.aside: Path | None = None
        self.counts, self.seen = FactCounts(), Seen()
        self.new = [pl.DataFrame(schema=FACT_SCHEMA)]
        self.contested: list[pl.DataFrame] = []

    def add(self, facts: pl.DataFrame) -> None:
        """Tell facts (FACT_SCHEMA, any order)."""
        ids, words = digests(facts)
        for_id, for_all = self.completing.known.met(ids, words)
        id_now, all_now = self.seen.met(ids, words)
        id_known, all_known = pl.Series(for_id | id_now), pl.Series(for_all | all_now)
        new, contested = facts.filter(~id_known), facts.filter(id_known & ~all_known)
        self.counts.new += new.height
        self.counts.conflicts += contested.height
        self.counts.known += facts.height - new.height - contested.height
        if not self.dry_run:
            self.new.append(new.select(COLUMNS))
            self.contested.append(contested.select(COLUMNS))

    def finish(self) -> None:
        """Lay down what is new, in one step; nothing is touched where nothing is."""
        if self.dry_run:
            return
        new, told = pl.concat(self.new), pl.concat([self.new[0], *self.contested])
        before = self.completing.tellings(told["fact_id"].unique())
        said = pl.concat([before.select(COLUMNS), new.filter(pl.col("fact_id").is_in(told["fact_id"].implode()))])
        known = contents(told).is_in(contents(said).implode())  # written otherwise, but saying the same
        self.counts.known += int(known.sum())
        self.counts.conflicts -= int(known.sum())
        told = told.filter(~known)
        before = before.filter(pl.col("fact_id").is_in(told["fact_id"].implode()))
        if new.height + told.height:
            self.completing.lay(pl.concat([new, told]), before)
