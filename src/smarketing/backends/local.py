"""A replay on this machine: in threads, bucket by bucket when the journal is long."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.agreement.sequence import begins_at, in_force_by, in_sequence
from smarketing.backends.buckets import FACTS_AT_ONCE, Bucketed, Buckets, read_for
from smarketing.backends.clustered import Clustered, as_clustered, probe
from smarketing.backends.clustered_buckets import ClusteredBuckets
from smarketing.backends.pace import DERIVED, LOADED, TAKEN, Pace, Progress
from smarketing.backends.side_by_side import one_ahead
from smarketing.backends.spreading import Load
from smarketing.backends.written import Written
from smarketing.derivations.attribution.touches import noting
from smarketing.derivations.compiling import kernel_hash
from smarketing.derivations.matching.twice import met_twice
from smarketing.derivations.money.rates import rates_in
from smarketing.derivations.replay import OF_LEADS, TABLES, derive
from smarketing.derivations.rulebook import Rulebook, compile_agreement
from smarketing.derivations.tables.across import Across, without_lives
from smarketing.derivations.tables.lives import BESIDE
from smarketing.derivations.working_time import WorkingTime, working_time
from smarketing.journal.checks import check_facts
from smarketing.journal.fact import no_facts
from smarketing.journal.parquet import Marks, scan_facts, sliceable, unchanged
from smarketing.journal.small_tables import read_small_tables
from smarketing.journal.survey import NEEDED_TEXTS, Noted, Settled, Survey, survey
from smarketing.reports.lives import tell
from smarketing.reports.outcome import Outcome
from smarketing.vocabulary.errors import DocumentError, UsageError
from smarketing.vocabulary.periods import instant
from smarketing.vocabulary.words import did_you_mean

SHOWN = 20
"""So many broken rows are named; the others come up when these are mended."""
SmallTables = str | Path | Mapping[str, pl.DataFrame] | None
"""A folder of CSV files, or frames by name."""


Task = tuple[int, int, Load]
"""The number of a bucket, how many facts it has, and what gives them."""
NOTHING_DONE: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class Made:
    """What follows from the facts of one bucket: the tables of its leads, and what they bring to those of all leads."""

    bucket: int
    rows: int
    tables: dict[str, pl.DataFrame]
    across: Across


@dataclass
class Run:
    """One replay: what it reads, and how it goes about it."""

    facts: pl.LazyFrame
    known: Survey
    book: Rulebook
    small: dict[str, pl.DataFrame]
    tables: list[str]
    threads: int
    at_once: int = FACTS_AT_ONCE
    progress: Progress | None = None
    beside: tuple[str, ...] = ()
    clustered: Clustered | None = None
    notes: list[str] = field(default_factory=list)
    noted: Noted | None = None
    sliced: bool = False
    across: Across = field(init=False)

    def __post_init__(self) -> None:
        self.across = Across(self.book, self.known.as_of, self.tables, self.small, self.threads)

    def __iter__(self) -> Iterator[dict[str, pl.DataFrame]]:
        """The tables of the leads, bucket by bucket; while one is taken, others are being made."""
        yield from (made.tables for made in self.buckets_made())

    def buckets_made(self, *, without: Mapping[int, int] = NOTHING_DONE) -> Iterator[Made]:
        """What follows from each bucket but some, of which it is known how many facts they have. `across` is told of it."""
        if without_lives(self.tables) and self.clustered is None:
            self.across.see_journal(Settled(self.facts, self.known, self.noted, self.sliced))
            return
        for bucket, rows in without.items():
            self.pace.reached(bucket, rows, TAKEN)
        for task, made in one_ahead(self.tasks(without), self.made, workers=self.workers):
            self.across.merge(made.across)
            yield made
            self.pace.reached(*task, TAKEN)
        self.pace.finish()

    def tasks(self, without: Collection[int]) -> Iterator[tuple[tuple[int, int], Task]]:
        """The buckets, each with its number and how many facts it has; where there is no fact at all, one without any."""
        some = bool(without)
        for number, rows, load in self.buckets.loads(without=without, read=self.pace.read):
            some = True
            yield (number, rows), (number, rows, load)
        if not some:
            yield (0, 0), (0, 0, no_facts)

    @property
    def workers(self) -> int:
        """How many buckets are under way at once; a single one is folded by all threads instead."""
        return min(self.threads, self.buckets.number)

    def made(self, task: Task) -> Made:
        """What follows from the facts of one bucket."""
        number, rows, load = task
        across = Across(self.book, self.known.as_of, self.tables, self.small, self.threads)
        facts = load()
        self.pace.reached(number, rows, LOADED)
        threads = -(-self.threads // self.workers)
        needed = {*self.tables, *across.needed, *self.beside}
        tables = derive(facts, self.book, self.working, as_of=self.known.as_of, tables=needed, threads=threads)
        self.pace.reached(number, rows, DERIVED)
        across.see(facts, tables)
        wanted = {*self.tables, *self.beside}
        return Made(number, rows, {name: table for name, table in tables.items() if name in wanted}, across)

    @cached_property
    def buckets(self) -> Bucketed:
        """The facts, bucket by bucket."""
        columns = read_for(self.book, {*self.tables, *self.beside})
        if self.clustered is not None:
            return ClusteredBuckets(self.clustered, self.known, columns=columns)
        return Buckets(self.facts, self.known, at_once=self.at_once, columns=columns)

    @cached_property
    def pace(self) -> Pace:
        """Tells how far it is."""
        return Pace(self.progress, self.known.rows)

    @cached_property
    def working(self) -> WorkingTime:
        """The calendars, laid out from the first fact on."""
        since = min(self.known.first_at or self.known.as_of, self.known.as_of)
        return working_time(self.book.versions, self.small, first_at=since, as_of=self.known.as_of)

    def across_leads(self) -> dict[str, pl.DataFrame]:
        """The tables that take all leads together; to be asked when all buckets are done."""
        return self.across.tables()


def prepare(
    facts: Any, agreement: Agreement | Sequence[Agreement], as_of: datetime | str | None, tables: Collection[str] | None, tables_in: SmallTables,
    threads: int | None, at_once: int = FACTS_AT_ONCE, progress: Progress | None = None,
) -> Run:  # fmt: skip
    """Read what a replay needs to know before it starts. Raises UsageError and DocumentError."""
    versions = versions_of(agreement)
    names, small, scanned = wanted(tables), read_small_tables(tables_in), scan_facts(facts)
    clustered, why_not = as_clustered(facts)
    instant_meant = at_instant(as_of, versions)
    threads = threads or cores()
    noted = noting(scanned, versions, instant_meant) if clustered is None and without_lives(names) else None
    sliced = noted is not None and sliceable(facts)
    known = clustered.survey(instant_meant) if clustered else surveyed(scanned, instant_meant, noted, threads, sliced=sliced)
    if known.incomplete:
        refuse_incomplete(scanned, source=str(facts) if isinstance(facts, (str, Path)) else "facts")
    begun = in_force_by(versions, known.as_of)
    book = compile_agreement(begun, rates_in(small, begun))
    notes = [f"{facts} is read like any journal, for {why_not}; cluster it anew"] if why_not else []
    return Run(
        scanned, known, book, small, names, threads, at_once, progress, clustered=clustered, notes=notes, noted=noted, sliced=sliced
    )  # fmt: skip


def surveyed(facts: pl.LazyFrame, as_of: datetime | None, noted: Noted | None, threads: int, *, sliced: bool) -> Survey:
    """The survey of a journal by some threads."""
    met = partial(met_twice, threads=threads)
    return survey(facts, as_of=as_of, noted=noted, threads=threads, sliced=sliced, met_twice=met)


def replay(
    facts: Any, agreement: Agreement | Sequence[Agreement], as_of: datetime | str | None = None, *, tables: Collection[str] | None = None,
    tables_in: SmallTables = None, threads: int | None = None, at_once: int = FACTS_AT_ONCE, progress: Progress | None = None,
) -> Outcome:  # fmt: skip
    """What follows from `facts` under `agreement` as of an instant, in memory.

    `facts`: a Parquet file, a folder of them, or a table with the columns of a fact. `agreement`: one version, or several, each of
    which judges what happens while it is in force; those that begin after `as_of` do not count. `as_of`: left out, the latest
    fact; a date alone is 00:00 in the zone of the version in force then. `tables`: which of TABLES to derive (all). `tables_in`: the small tables. `threads`:
    left out, one for each core. `at_once`: about how many facts are held at a time. Raises UsageError and DocumentError.
    """
    with unchanged(facts):
        run = prepare(facts, agreement, as_of, tables, tables_in, threads, at_once, progress)
        run.beside = BESIDE if "stage_entries" in run.tables else ()
        frames: dict[str, list[pl.DataFrame]] = {name: [] for name in (*run.tables, *run.beside) if name in (*OF_LEADS, *BESIDE)}
        for made in run:
            for name, frame in made.items():
                frames[name].append(frame)
        whole = {name: pl.concat(parts) for name, parts in frames.items() if parts} | run.across_leads()
    united = run.known.united.rename({"lead_id": "id", "united_id": "lead_id"})
    beside = {name: whole.pop(name) for name in run.beside if name in whole}
    settled, versions = run.known.settle(run.facts), run.book.versions
    problems = run.across.problems()
    outcome = Outcome(
        versions[-1], run.known.as_of, whole, settled, run.small, united=united, versions=versions, problems=problems
    )
    tell(outcome, beside)
    return outcome


def write_replay(
    facts: Any, agreement: Agreement | Sequence[Agreement], as_of: datetime | str | None = None, *, out: str | Path, tables: Collection[str] | None = None,
    tables_in: SmallTables = None, threads: int | None = None, at_once: int = FACTS_AT_ONCE, progress: Progress | None = None,
) -> Written:  # fmt: skip
    """The same, written to the folder `out` as it comes, so that memory is bounded.

    Each table is one file `NAME.parquet`; from a journal of more than `at_once` facts a folder of that name with one part for
    each bucket of leads, but for those that take all leads together. What lay there under these names before is
    replaced. Interrupted and started again with the same journal, agreement, instant and tables, it goes on after the last bucket
    that was whole (from a journal in files).
    """
    with unchanged(facts) as marks:
        run = prepare(facts, agreement, as_of, tables, tables_in, threads, at_once, progress)
        parts, versions = run.buckets.number > 1, run.book.versions
        key = replay_key(marks, run) if parts else None
        written = Written(Path(out), run.tables, as_of=run.known.as_of, parts=parts, versions=versions, key=key)
        for across in written.across():
            run.across.merge(across)
        for made in run.buckets_made(without=written.done):
            written.add(made.tables, bucket=made.bucket, facts=made.rows, across=made.across)
        written.add_whole(run.across.short_tables())
        written.add_long(run.across.long_tables())
    written.finish()
    written.problems, written.notes = run.across.problems(), [*run.notes, *written.notes]
    return written


def replay_key(marks: Marks, run: Run) -> str | None:
    """A text that is another one wherever the tables could be: the journal, the agreement, the instant, or the program is another one.

    None for a journal that is no file, which cannot be told from another one.
    """
    if not marks:
        return None
    small = {name: hashlib.sha256(frame.write_json().encode()).hexdigest() for name, frame in sorted(run.small.items())}
    program = [kernel_hash(Path(__file__).parents[1]), pl.__version__, probe()]
    versions = [version.id for version in run.book.versions]
    said = [marks, small, program, versions, run.known.as_of.isoformat(), run.tables, run.buckets.number]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def refuse_incomplete(facts: pl.LazyFrame, *, source: str) -> None:
    """Raise DocumentError for rows without an id, a lead, a time or a kind: leaving them out would lose them silently."""
    if not looks_incomplete(facts):
        return
    missing = pl.any_horizontal(pl.col(NEEDED_TEXTS).fill_null("") == "", pl.col("at").is_null())
    broken = facts.with_row_index("row").filter(missing).head(SHOWN).collect(engine="streaming")
    if broken.height:
        rows = broken["row"].to_list()
        problems = check_facts(broken.drop("row"), source="")
        placed = [replace(one, source=f"{source}:{rows[int(one.source.removeprefix(':')) - 1] + 1}") for one in problems]
        raise DocumentError([one for one in placed if one.severity == "error"])


def looks_incomplete(facts: pl.LazyFrame) -> bool:
    """Whether some row has no id, lead, time or kind: a glance at whole columns, much cheaper than finding the rows."""
    absent = pl.col(*NEEDED_TEXTS, "at").null_count().name.prefix("absent ")
    shortest = pl.col(NEEDED_TEXTS).str.len_bytes().min().name.prefix("shortest ")
    counts = facts.select(absent, shortest).collect(engine="streaming").row(0, named=True)
    return any(count > 0 if name.startswith("absent") else count == 0 for name, count in counts.items())


def wanted(tables: Collection[str] | None) -> list[str]:
    """The names of the tables asked for, in the order of TABLES. Raises UsageError for a name that is none."""
    for name in tables or ():
        if name not in TABLES:
            raise UsageError(f'there is no table "{name}"; the tables are {", ".join(TABLES)}.{did_you_mean(name, TABLES)}')
    return [name for name in TABLES if tables is None or name in tables]


def versions_of(agreement: Agreement | Sequence[Agreement]) -> tuple[Agreement, ...]:
    """The version or versions given, in sequence. Raises UsageError for something else."""
    versions = [agreement] if isinstance(agreement, Agreement) else agreement
    for version in versions if isinstance(versions, (list, tuple)) else [versions]:
        if not isinstance(version, Agreement):
            raise UsageError(f"the agreement is what load_agreement(path) returns, not {type(version).__name__}")
    return in_sequence(versions)


def at_instant(as_of: datetime | str | None, versions: Sequence[Agreement]) -> datetime | None:
    """The instant meant; a time without a zone is read in that of the last version that is in force then."""
    if as_of is None:
        return None
    try:
        text = as_of if isinstance(as_of, str) else as_of.isoformat()
        read = [(version, instant(text, version.timezone).astimezone(UTC)) for version in versions]
        return next((at for version, at in reversed(read) if begins_at(version) <= at), read[0][1])
    except AttributeError:
        raise UsageError(f"as-of is a text, a date or a time, not {type(as_of).__name__}") from None
    except ValueError as error:
        raise UsageError(f"as-of: {error}") from error


def cores() -> int:
    """The cores this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
