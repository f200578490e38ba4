"""The buckets of a clustered journal: read part by part, in the order in which they lie there.

Only the lives about which something was told elsewhere are put together anew: those of leads that were ever linked, of facts
told more than once, and of facts told since the folder was clustered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
import polars as pl

from smarketing.backends.buckets import READ, Read, unheard
from smarketing.backends.clustered import BUCKET, LEAD, Clustered, Part, ever_linked
from smarketing.backends.spreading import Load
from smarketing.derivations.matching.order import in_lives, lives
from smarketing.journal.fact import FACT_SCHEMA
from smarketing.journal.survey import Survey


class ClusteredBuckets:
    """The settled facts of a clustered journal, bucket by bucket; the last one holds the leads whose facts lie in several parts."""

    def __init__(self, journal: Clustered, known: Survey, *, columns: Sequence[str] = READ) -> None:
        self.journal, self.known, self.columns = journal, known, list(columns)
        said = journal.manifest
        self.wanderers = pl.Series(said.wanderers, dtype=pl.String)
        self.number = said.buckets + (1 if len(self.wanderers) else 0)
        self.linked = {lead for members in ever_linked(journal.exceptions) for lead in members}
        places = journal.exceptions.select("lead_id", BUCKET).unique("lead_id")
        self.kept = known.kept.join(places, on="lead_id", how="left")

    def loads(self, *, without: Collection[int] = (), read: Read = unheard) -> Iterator[tuple[int, int, Load]]:
        """The buckets but some, each with its number and how many facts it has."""
        for bucket in range(self.journal.manifest.buckets):
            parts = [part for part in self.journal.manifest.parts if part.has(bucket)]
            if parts and bucket not in without:
                rows = sum(part.rows_of(bucket) for part in parts)
                read(rows)
                yield bucket, rows, lambda bucket=bucket, parts=parts: self.load(bucket, parts)  # type: ignore[misc]
        if len(self.wanderers) and self.number - 1 not in without:
            yield self.number - 1, 0, self.load_wanderers

    def load(self, bucket: int, parts: list[Part]) -> pl.DataFrame:
        """The facts of one bucket in the order of their lives, those put together anew behind the others."""
        kept = self.kept.filter(pl.col(BUCKET) == bucket).select(self.columns)
        told_later = [self.told_later(part, bucket) for part in parts if part.starts]
        apart = self.linked.union(kept["lead_id"], *(rows["lead_id"].unique() for rows in told_later))
        whole = [pl.read_parquet(self.journal.path(part), columns=[*self.columns, LEAD]) for part in parts if not part.starts]
        usual, unusual = divided(whole, apart)
        again = self.settled([*unusual, *told_later], kept)
        if len(self.wanderers):
            again = [rows.filter(~pl.col("lead_id").is_in(self.named_wanderers.implode())) for rows in again]
        return joined(self.columns, [self.known.settle_part(rows) for rows in usual], again)

    @property
    def named_wanderers(self) -> pl.Series:
        """The wanderers under the ids that they have when they are settled."""
        leads = self.wanderers.to_frame("lead_id")
        return pl.concat([self.wanderers, self.known.under_united_ids(leads)["lead_id"]])

    def settled(self, parts: Iterable[pl.DataFrame], kept: pl.DataFrame) -> list[pl.DataFrame]:
        """The facts of the lives among these, and of what was told more than once the tellings that stay."""
        found = [self.known.settle_part(rows.select(self.columns)) for rows in parts]
        return [rows for rows in (*found, self.known.settle_part(kept, kept=True)) if rows.height]

    def load_wanderers(self) -> pl.DataFrame:
        """The facts of the leads that lie in several parts."""
        theirs = pl.col("lead_id").is_in(self.wanderers.implode())
        scans = [
            pl.scan_parquet(self.journal.path(part), glob=False).select(self.columns) for part in self.journal.manifest.parts
        ]
        found = [scan.filter(theirs).collect(engine="streaming") for scan in scans]
        return joined(self.columns, [], self.settled(found, self.kept.select(self.columns).filter(theirs)))

    def told_later(self, part: Part, bucket: int) -> pl.DataFrame:
        """The rows of one bucket in a part with the facts of several."""
        first, last = part.starts[bucket], part.starts[bucket + 1]
        return pl.scan_parquet(self.journal.path(part), glob=False).slice(first, last - first).select(self.columns).collect()


def divided(parts: Iterable[pl.DataFrame], apart: Collection[str]) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    """The rows of all leads but those `apart`, and the rows of these."""
    usual, unusual = [], []
    for rows in parts:
        if not apart:
            usual.append(rows)
            continue
        lead = rows[LEAD].to_numpy()
        leads = rows["lead_id"].gather(lives(lead)[:-1])
        chosen = leads.is_in(pl.Series(list(apart), dtype=pl.String).implode()).to_numpy()
        if chosen.any():
            mask = pl.Series(chosen[lead])
            usual.append(rows.filter(~mask))
            unusual.append(rows.filter(mask))
        else:
            usual.append(rows)
    return usual, unusual


def joined(columns: list[str], usual: list[pl.DataFrame], again: list[pl.DataFrame]) -> pl.DataFrame:
    """One frame in the order of the lives: first those that were in order, then the others."""
    again = [rows for rows in again if rows.height]
    if not again:
        nothing = pl.DataFrame(schema={name: FACT_SCHEMA[name] for name in columns} | {LEAD: pl.UInt32()})
        return numbered(usual[0]) if usual else nothing
    schema = (usual or again)[0].schema
    texts = in_lives(pl.concat([alike(rows, columns, schema) for rows in again]))
    if not usual or usual[0].is_empty():
        return texts
    others = numbered(usual[0])
    return pl.concat([others, texts.with_columns(pl.col(LEAD) + others[LEAD][-1] + 1).select(others.columns)])


def numbered(facts: pl.DataFrame) -> pl.DataFrame:
    """The same rows, their leads numbered without a gap."""
    start = lives(facts[LEAD].to_numpy())
    if facts.is_empty() or facts[LEAD][-1] == len(start) - 2:
        return facts
    return facts.with_columns(pl.Series(LEAD, np.repeat(np.arange(len(start) - 1, dtype=np.uint32), np.diff(start))))


def alike(rows: pl.DataFrame, columns: Iterable[str], schema: pl.Schema) -> pl.DataFrame:
    """Some columns with the types of a schema."""
    return rows.select(pl.col(name).cast(schema[name]) for name in columns)
