"""The survey: what must be known of the whole journal before any part of it can be settled into the facts of the lives."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

import polars as pl

from smarketing.journal.corrections import first_told, retracted_facts
from smarketing.journal.fact import COLUMNS, INSTANT, OPTIONAL_TEXTS, no_facts
from smarketing.journal.identities import UNITED_SCHEMA, united_leads
from smarketing.journal.properties import of_machine
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.kinds import CORRECTION, IDENTITY

ACROSS_LEADS = sorted(CORRECTION | IDENTITY)
"""The kinds that change what other facts mean: taken back, or of another lead."""

NEEDED_TEXTS = ["fact_id", "lead_id", "kind"]
"""Without these, and a time, a row is no fact."""
SETTLED_BY = (*NEEDED_TEXTS, "at", "properties")
"""What settling looks at."""
AT_A_TIME = 1_000_000
"""Rows looked at together."""
PART = 500_000
"""Rows settled together."""
Load = Callable[[], pl.DataFrame]
"""Gives some rows."""
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""As of when an empty journal is surveyed."""


def no_ids() -> pl.Series:
    """No fact at all, as ids."""
    return pl.Series("fact_id", [], dtype=pl.String)


@dataclass(frozen=True)
class Survey:
    """What the whole journal says about single facts, as of one instant. Small: it holds exceptions only.

    `rows`: how many facts were told by `as_of`, repetitions included; `first_at`, `latest_at`: when the first and the last of them
    happened. `incomplete`: some row, whenever it happened, lacks an id, a lead, a time or a kind.
    `repeated`: the ids told more than once, `kept`: the one row of each that stays. `retracted`: the ids taken back.
    `united`: the leads that go by another id (`lead_id`, `united_id`).
    """

    as_of: datetime
    rows: int
    latest_at: datetime | None
    first_at: datetime | None = None
    incomplete: bool = False
    repeated: pl.Series = field(default_factory=no_ids)
    kept: pl.DataFrame = field(default_factory=no_facts)
    retracted: pl.Series = field(default_factory=no_ids)
    united: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=UNITED_SCHEMA))

    @property
    def as_told(self) -> bool:
        """Whether all facts are what they were told as: none told twice, taken back or of a united lead."""
        return not (len(self.repeated) or len(self.retracted) or len(self.united))

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

    def settle_part(self, part: pl.DataFrame, *, kept: bool = False) -> pl.DataFrame:
        """`settle` of some rows in memory, in the order given; what a look at whole columns shows to be without effect is left out.

        `part` may have some of the columns only, `fact_id`, `lead_id`, `at`, `kind` and `properties` among them. Of facts that were told
        more than once none comes back here but where `kept` says that these are the ones that stay.
        """
        if len(self.repeated) and not kept:
            part = part.filter(~pl.col("fact_id").is_in(self.repeated.implode()))
        if part.is_empty():
            return part
        if lacks_text(part, NEEDED_TEXTS) or part["at"].null_count() or latest(part["at"]) > self.as_of:
            part = part.filter(is_fact(self.as_of))
        gone = part["kind"].is_in(list(CORRECTION)) | of_machine(part["properties"])
        if len(self.retracted):
            gone = gone | part["fact_id"].is_in(self.retracted.implode())
        part = part.filter(~gone) if gone.any() else part
        return self.under_united_ids(without_empty_texts(part))

    def under_united_ids(self, part: pl.DataFrame) -> pl.DataFrame:
        """The same rows, each lead under the id of its person."""
        if self.united.is_empty() or not part["lead_id"].is_in(self.united["lead_id"].implode()).any():
            return part
        return part.with_columns(pl.col("lead_id").replace(self.united["lead_id"], self.united["united_id"]))

    def told(self, facts: pl.LazyFrame) -> pl.LazyFrame:
        """These rows without those that repeat a fact and do not stay."""
        if self.repeated.is_empty():
            return facts
        again = pl.col("fact_id").is_in(self.repeated.implode())
        here = self.kept.lazy().join(facts.filter(again), on=COLUMNS, how="semi", nulls_equal=True)
        return pl.concat([facts.filter(~again), here])


@dataclass(frozen=True)
class Noted:
    """Facts of some kinds, with some columns, as they stand: put down while a journal is surveyed, so that nobody reads it again for them."""

    kinds: Sequence[str]
    columns: Sequence[str]
    parts: list[pl.DataFrame] = field(default_factory=list)

    @property
    def reads(self) -> Sequence[str]:
        """The columns it wants to see."""
        return self.columns

    def see(self, facts: pl.DataFrame) -> None:
        """Put down those among these; asked by several threads at once."""
        rows = facts["kind"].is_in(self.kinds).arg_true()
        own = (pl.col(pl.String) + "").name.keep()  # a text that is only picked out keeps the texts of all rows in memory
        self.parts.append(facts.select(self.columns)[rows].rechunk().with_columns(own))

    def has(self, kinds: Sequence[str], columns: Sequence[str]) -> bool:
        """Whether these are here."""
        return bool(self.parts) and {*kinds} <= {*self.kinds} and {*columns} <= {*self.columns}


def survey(
    facts: pl.LazyFrame, *, as_of: datetime | None = None, noted: Noted | None = None, threads: int = 1, sliced: bool = False,
    met_twice: Callable[[Sequence[pl.Series]], pl.Series] | None = None,
) -> Survey:  # fmt: skip
    """Survey the whole journal (FACT_SCHEMA) in one pass over four columns; `as_of` left out: its latest fact. `noted`: to be filled on the
    way, by some `threads`; `sliced`: see `some_at_a_time`. `met_twice`: what finds digests that are there more than once, where there is
    something quicker than sorting.

    Duplicates are sought by 64-bit digests of the ids, and only ids whose digests meet are read and compared. In this order:
    facts after `as_of` do not exist, a repeated fact is the telling that stays, a machine's fact does nothing, retracted
    facts retract and link nothing.
    """
    seen = glance(facts, None if as_of is None else in_utc(as_of), noted, threads, sliced=sliced)
    as_of = seen.latest_at or NO_TIME if as_of is None else in_utc(as_of)
    existing, digests = facts.filter(is_fact(as_of)), (met_twice or repeated_digests)(seen.digests)
    told = existing.filter(digest().is_in(digests.implode())).collect(engine="streaming") if len(digests) else no_facts()
    told = told.filter(pl.col("fact_id").is_duplicated())
    known = Survey(as_of, seen.rows, seen.latest_at, seen.first_at, seen.incomplete, told["fact_id"].unique(), first_told(told))
    return across_leads(existing, known) if seen.across_leads else known


@dataclass(slots=True)
class Glance:
    """What one pass over four columns shows of the facts that happened by an instant: see `Survey`; `digests` of all their ids, and
    whether some are of a kind that reaches across leads."""

    rows: int = 0
    first_at: datetime | None = None
    latest_at: datetime | None = None
    incomplete: bool = False
    across_leads: bool = False
    digests: list[pl.Series] = field(default_factory=list)

    def see(self, facts: pl.DataFrame, as_of: datetime | None) -> None:
        """Take in some rows."""
        times = facts["at"]
        if lacks_text(facts, NEEDED_TEXTS) or times.null_count():
            self.incomplete = True
            facts = facts.filter(pl.col("fact_id") != "", pl.col("at").is_not_null())
        if as_of is not None and facts.height and latest(facts["at"]) > as_of:
            facts = facts.filter(pl.col("at") <= pl.lit(as_of, INSTANT))
        if facts.is_empty():
            return
        times = facts["at"]
        self.rows += facts.height
        self.first_at = min(earliest(times), self.first_at or earliest(times))
        self.latest_at = max(latest(times), self.latest_at or latest(times))
        self.across_leads = self.across_leads or bool(facts["kind"].is_in(ACROSS_LEADS).any())
        self.digests.append(facts.select(digest()).to_series())

    def merge(self, other: Glance) -> None:
        """Take in what another one saw."""
        self.rows += other.rows
        self.first_at = min((at for at in (self.first_at, other.first_at) if at is not None), default=None)
        self.latest_at = max((at for at in (self.latest_at, other.latest_at) if at is not None), default=None)
        self.incomplete, self.across_leads = self.incomplete or other.incomplete, self.across_leads or other.across_leads
        self.digests += other.digests


def glance(
    facts: pl.LazyFrame, as_of: datetime | None, noted: Noted | None = None, threads: int = 1, *, sliced: bool = False
) -> Glance:
    """Look at all rows, some at a time."""
    seen, columns = Glance(), {*NEEDED_TEXTS, "at", *(noted.reads if noted else ())}
    read = facts.select(name for name in COLUMNS if name in columns)
    if noted is None:
        for some in read.collect_batches(chunk_size=AT_A_TIME, maintain_order=False):
            seen.see(some, as_of)
        return seen
    waiting = deque[Future[Glance]]()
    with ThreadPoolExecutor(threads) as pool:
        for load in some_at_a_time(read, sliced=sliced):
            if len(waiting) == threads:  # all that wait may be in memory
                seen.merge(waiting.popleft().result())
            waiting.append(pool.submit(look, load, as_of, noted))
        for one in waiting:
            seen.merge(one.result())
    return seen


def look(load: Load, as_of: datetime | None, noted: Noted) -> Glance:
    """A glance at some rows, which are shown to whoever notes them."""
    facts, seen = load(), Glance()
    seen.see(facts, as_of)
    noted.see(facts)
    return seen


def some_at_a_time(facts: pl.LazyFrame, *, sliced: bool, chunk_size: int | None = None) -> Iterator[Load]:
    """All rows in order, some at a time. `sliced`: any of them can be had without those before, so that each load is read by the thread that
    asks for it; else one reader goes through all, so far ahead of whoever takes them that some four million rows lie in memory."""
    if sliced:
        rows = facts.select(pl.len()).collect().item()
        yield from (partial(collected, facts.slice(first, PART)) for first in range(0, rows, PART))
    else:
        yield from (part.clone for part in facts.collect_batches(chunk_size=chunk_size, maintain_order=True))


def collected(facts: pl.LazyFrame) -> pl.DataFrame:
    """These rows."""
    return facts.collect(engine="streaming")


@dataclass(frozen=True)
class Settled:
    """The settled facts of a whole journal (FACT_SCHEMA, surveyed), to be read as often as need be; in no order. `sliced`: see `some_at_a_time`."""

    facts: pl.LazyFrame
    known: Survey
    noted: Noted | None = None
    sliced: bool = False

    def of_kinds(self, kinds: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
        """Those of some kinds."""
        rows, read = pl.col("kind").is_in(kinds), self.read(columns)
        if self.noted is None or not self.noted.has(kinds, read):
            return self.chosen(rows, columns)
        return self.settled(pl.concat(self.noted.parts).filter(rows).select(read), rows, columns)

    def at_times(self, times: pl.Series, columns: Sequence[str]) -> pl.DataFrame:
        """Those of some instants."""
        return self.chosen(pl.col("at").is_in(times.implode()), columns)

    def of_leads(self, leads: pl.Series, columns: Sequence[str]) -> pl.DataFrame:
        """Those of the leads that `told_otherwise` gives, or of more."""
        return self.chosen(pl.col("lead_id").is_in(leads.implode()), columns)

    def told_otherwise(self) -> pl.Series:
        """The leads, by all ids that facts name, of which a fact was told twice or taken back, or that go by another id or lend them theirs."""
        ids, united = pl.concat([self.known.repeated, self.known.retracted]), self.known.united
        leads = [united["lead_id"], united["united_id"].alias("lead_id")]
        if len(ids):
            told = self.facts.filter(pl.col("fact_id").is_in(ids.implode())).select("lead_id")
            leads.append(told.collect(engine="streaming").to_series())
        return pl.concat(leads).drop_nulls().unique()

    def chosen(self, rows: pl.Expr, columns: Sequence[str]) -> pl.DataFrame:
        """Those for which an expression is true."""
        return self.settled(self.facts.filter(rows).select(self.read(columns)).collect(engine="streaming"), rows, columns)

    def settled(self, found: pl.DataFrame, rows: pl.Expr, columns: Sequence[str]) -> pl.DataFrame:
        """What was found of them in the journal, and of what was told more than once the tellings that stay."""
        whole = [self.known.settle_part(found), self.known.settle_part(self.known.kept.filter(rows), kept=True)]
        return pl.concat(part.select(columns) for part in whole)

    def loads(self, columns: Sequence[str]) -> Iterator[Load]:
        """All, some at a time, to be settled by any thread."""
        for load in some_at_a_time(self.facts.select(self.read(columns)), sliced=self.sliced, chunk_size=PART):
            yield partial(self.settled_part, load, columns, kept=False)
        if self.known.kept.height:
            yield partial(self.settled_part, self.known.kept.clone, columns, kept=True)

    def settled_part(self, load: Load, columns: Sequence[str], *, kept: bool) -> pl.DataFrame:
        """Some of them."""
        return self.known.settle_part(load(), kept=kept).select(columns)

    def read(self, columns: Sequence[str]) -> list[str]:
        """These columns, and those without which facts cannot be settled."""
        return [name for name in COLUMNS if name in {*columns, *SETTLED_BY}]


def lacks_text(facts: pl.DataFrame, names: Sequence[str]) -> bool:
    """Whether some row has no text in one of these columns: a look at whole columns, much cheaper than finding the rows."""
    return any(facts[name].null_count() or is_empty_somewhere(facts[name]) for name in names)


def is_empty_somewhere(texts: pl.Series) -> bool:
    """Whether one of the texts is empty."""
    if isinstance(texts.dtype, pl.Categorical):
        ever = texts.dtype.categories.to_series()  # quickly looked through, as it holds each text once
        return bool((ever == "").any()) and bool((texts.unique().cast(pl.String) == "").any())
    return texts.str.len_bytes().min() == 0


def earliest(times: pl.Series) -> datetime:
    """The first of the instants, of which there is one at least."""
    first = times.min()
    assert isinstance(first, datetime)
    return first


def latest(times: pl.Series) -> datetime:
    """The last of the instants, of which there is one at least."""
    last = times.max()
    assert isinstance(last, datetime)
    return last


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


def repeated_digests(digests: Sequence[pl.Series]) -> pl.Series:
    """Those that are there more than once."""
    every = pl.concat(digests).sort() if digests else pl.Series([], dtype=pl.UInt64)
    return every.filter(every == every.shift(1)).unique()


def digest() -> pl.Expr:
    """64 bits for each `fact_id`; equal ids have equal digests, in one run of the program."""
    return pl.col("fact_id").hash(seed=2026)


def happened(as_of: datetime) -> pl.Expr:
    """True for the rows with an id that happened by then."""
    return (pl.col("at") <= pl.lit(as_of, INSTANT)) & (pl.col("fact_id") != "")


def is_fact(as_of: datetime) -> pl.Expr:
    """True for the facts that exist then: with an id, a lead and a kind."""
    return happened(as_of) & (pl.col("lead_id") != "") & (pl.col("kind") != "")


def without_empty_texts(part: pl.DataFrame) -> pl.DataFrame:
    """The same rows; an empty text in an optional column is null."""
    empty = [name for name in OPTIONAL_TEXTS if name in part.columns and is_empty_somewhere(part[name])]
    return part.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in empty)


def by_machine() -> pl.Expr:
    """True for the facts of mail scanners and bots: the property `machine` is true."""
    return pl.col("properties").map_batches(of_machine, return_dtype=pl.Boolean(), is_elementwise=True)


def in_utc(as_of: datetime) -> datetime:
    """The same instant in UTC. Raises UsageError for a time without a zone."""
    if as_of.tzinfo is None:
        raise UsageError(f"as_of {as_of.isoformat()} has no zone; give an instant with one")
    return as_of.astimezone(UTC)
