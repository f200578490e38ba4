"""The survey: what must be known of the whole journal before any part of it can be settled into the facts of the lives."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import polars as pl

from smarketing.journal.corrections import first_told, retracted_facts
from smarketing.journal.fact import COLUMNS, INSTANT, OPTIONAL_TEXTS, no_facts
from smarketing.journal.identities import UNITED_SCHEMA, united_leads
from smarketing.journal.properties import of_machine
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.kinds import CORRECTION, IDENTITY

ACROSS_LEADS = sorted(CORRECTION | IDENTITY)
"""The kinds that change what other facts mean: taken back, or of another lead."""

NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""As of when an empty journal is surveyed."""


def no_ids() -> pl.Series:
    """No fact at all, as ids."""
    return pl.Series("fact_id", [], dtype=pl.String)


@dataclass(frozen=True)
class Survey:
    """What the whole journal says about single facts, as of one instant. Small: it holds exceptions only.

    `rows`: how many facts were told by `as_of`, repetitions included; `latest_at`: when the last of them happened.
    `repeated`: the ids told more than once, `kept`: the one row of each that stays. `retracted`: the ids taken back.
    `united`: the leads that go by another id (`lead_id`, `united_id`).
    """

    as_of: datetime
    rows: int
    latest_at: datetime | None
    repeated: pl.Series = field(default_factory=no_ids)
    kept: pl.DataFrame = field(default_factory=no_facts)
    retracted: pl.Series = field(default_factory=no_ids)
    united: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=UNITED_SCHEMA))

    def settle(self, facts: pl.LazyFrame) -> pl.LazyFrame:
        """The facts of the lives among these (the whole journal, or any rows of it: a bucket of leads); FACT_SCHEMA, in no order.

        At or before `as_of`, each told once, none by a machine, none retracted and no retraction; `lead_id` is the united
        lead's, an empty text is null. A row without an id, a lead or a kind is no fact (`check_facts` names it).
        """
        told = self.told(facts.filter(is_fact(self.as_of)))
        told = told.filter(~pl.col("kind").is_in(CORRECTION), ~by_machine())
        if len(self.retracted):
            told = told.filter(~pl.col("fact_id").is_in(self.retracted.implode()))
        if len(self.united):
            told = told.join(self.united.lazy(), on="lead_id", how="left")
            told = told.with_columns(lead_id=pl.coalesce("united_id", "lead_id")).select(COLUMNS)
        return told.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in OPTIONAL_TEXTS)

    def told(self, facts: pl.LazyFrame) -> pl.LazyFrame:
        """These rows without those that repeat a fact and do not stay."""
        if self.repeated.is_empty():
            return facts
        again = pl.col("fact_id").is_in(self.repeated.implode())
        here = self.kept.lazy().join(facts.filter(again), on=COLUMNS, how="semi", nulls_equal=True)
        return pl.concat([facts.filter(~again), here])


def survey(facts: pl.LazyFrame, *, as_of: datetime | None = None) -> Survey:
    """Survey the whole journal (FACT_SCHEMA) in a few passes over single columns; `as_of` left out: its latest fact.

    Duplicates are sought by 64-bit digests of the ids, and only ids whose digests meet are read and compared. In this order:
    facts after `as_of` do not exist, a repeated fact is the telling that stays, a machine's fact does nothing, retracted
    facts retract and link nothing.
    """
    as_of = latest_at(facts) or NO_TIME if as_of is None else in_utc(as_of)
    existing = facts.filter(is_fact(as_of))
    rows, digests = repeated_digests(facts.filter(happened(as_of)))
    told = existing.filter(digest().is_in(digests.implode())).collect(engine="streaming") if len(digests) else no_facts()
    told = told.filter(pl.col("fact_id").is_duplicated())
    nothing_yet = Survey(as_of, rows, latest_at(facts.filter(happened(as_of))), told["fact_id"].unique(), first_told(told))
    return across_leads(existing, nothing_yet)


def across_leads(existing: pl.LazyFrame, duplicates: Survey) -> Survey:
    """The survey completed by what retractions and links do, when the duplicates are known."""
    acts = duplicates.told(existing).filter(pl.col("kind").is_in(ACROSS_LEADS)).collect(engine="streaming")
    acts = acts.filter(~of_machine(acts["properties"]))
    retracted = retracted_facts(acts.filter(pl.col("kind").is_in(CORRECTION)))
    links = acts.filter(pl.col("kind").is_in(IDENTITY), ~pl.col("fact_id").is_in(retracted))
    return replace(duplicates, retracted=pl.Series("fact_id", retracted, dtype=pl.String), united=united_leads(links))


def settled(facts: pl.LazyFrame, *, as_of: datetime | None = None) -> pl.LazyFrame:
    """The facts of the lives of the whole journal: `survey` and `settle` in one."""
    return survey(facts, as_of=as_of).settle(facts)


def latest_at(facts: pl.LazyFrame) -> datetime | None:
    """When the last of these facts happened; None without a fact."""
    latest: datetime | None = facts.select(pl.col("at").max()).collect(engine="streaming").item()
    return latest


def repeated_digests(happened: pl.LazyFrame) -> tuple[int, pl.Series]:
    """How many facts there are, and the digests that more than one of them has."""
    digests = happened.select(digest()).collect(engine="streaming").to_series().sort()
    return len(digests), digests.filter(digests == digests.shift(1)).unique()


def digest() -> pl.Expr:
    """64 bits for each `fact_id`; equal ids have equal digests, in one run of the program."""
    return pl.col("fact_id").hash(seed=2026)


def happened(as_of: datetime) -> pl.Expr:
    """True for the rows with an id that happened by then."""
    return (pl.col("at") <= pl.lit(as_of, INSTANT)) & (pl.col("fact_id") != "")


def is_fact(as_of: datetime) -> pl.Expr:
    """True for the facts that exist then: with an id, a lead and a kind."""
    return happened(as_of) & (pl.col("lead_id") != "") & (pl.col("kind") != "")


def by_machine() -> pl.Expr:
    """True for the facts of mail scanners and bots: the property `machine` is true."""
    return pl.col("properties").map_batches(of_machine, return_dtype=pl.Boolean(), is_elementwise=True)


def in_utc(as_of: datetime) -> datetime:
    """The same instant in UTC. Raises UsageError for a time without a zone."""
    if as_of.tzinfo is None:
        raise UsageError(f"as_of {as_of.isoformat()} has no zone; give an instant with one")
    return as_of.astimezone(UTC)
