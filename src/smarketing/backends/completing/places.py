"""Where facts that are told later belong: to the bucket in which the others of their lead lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from smarketing.backends.clustered import BUCKET, Clustered, ever_linked
from smarketing.backends.spreading import Spreading
from smarketing.journal.fact import COLUMNS
from smarketing.vocabulary.kinds import IDENTITY


@dataclass(frozen=True)
class Homes:
    """The bucket of each lead. `linked`: those that were ever linked, whose bucket may be another one's; `wanderers`: the leads whose
    facts lie in several buckets, because a link came after the facts it ties together."""

    spreading: Spreading
    linked: dict[str, int]
    wanderers: frozenset[str]

    @classmethod
    def before(cls, journal: Clustered) -> Homes:
        """The homes of the leads as the journal lies there."""
        told = journal.exceptions.filter(pl.col("kind").is_in(list(IDENTITY))).select("lead_id", BUCKET)
        of_links: dict[str, int] = dict(told.iter_rows())
        linked: dict[str, int] = {}
        for members in ever_linked(journal.exceptions):
            home = next(of_links[member] for member in members if member in of_links)
            linked |= dict.fromkeys(members, home)
        return cls(Spreading(journal.manifest.buckets), linked, frozenset(journal.manifest.wanderers))

    def after(self, exceptions: pl.DataFrame) -> Homes:
        """The homes when these are all the exceptions: leads of several buckets that are now linked become wanderers."""
        linked, wanderers = dict(self.linked), set(self.wanderers)
        for members in ever_linked(exceptions):
            homes = set(self.of(members))
            if len(homes) > 1 or not wanderers.isdisjoint(members):
                wanderers |= set(members)
            else:
                linked |= dict.fromkeys(members, homes.pop())
        return Homes(self.spreading, linked, frozenset(wanderers))

    def of(self, leads: Iterable[str]) -> list[int]:
        """The bucket of each of these leads."""
        return [int(bucket) for bucket in self.places(pl.Series(list(leads), dtype=pl.String))]

    def places(self, leads: pl.Series) -> pl.Series:
        """The bucket of each lead of a column."""
        usual = pl.Series(BUCKET, self.spreading.places(leads), dtype=pl.Int64)
        if not self.linked or not leads.is_in(pl.Series(list(self.linked)).implode()).any():
            return usual
        others = pl.Series(list(self.linked.values()), dtype=pl.Int64)
        theirs = leads.replace_strict(list(self.linked), others, default=None, return_dtype=pl.Int64)
        return pl.select(pl.coalesce(theirs, usual).alias(BUCKET)).to_series()

    def placed(self, facts: pl.DataFrame) -> pl.DataFrame:
        """The facts with the column BUCKET."""
        return facts.select(COLUMNS).with_columns(self.places(facts["lead_id"]))
