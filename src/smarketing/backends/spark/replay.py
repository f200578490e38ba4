"""A replay on Spark: the journal surveyed, spread by lead, folded in the tasks, and its tables written; row for row what `local` writes."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from smarketing.agreement.models import Agreement
from smarketing.agreement.sequence import in_force_by
from smarketing.backends.buckets import FACTS_AT_ONCE
from smarketing.backends.local import SmallTables, at_instant, versions_of, wanted
from smarketing.backends.pace import Progress
from smarketing.backends.spark.session import opened, said_plainly, speaking
from smarketing.derivations.money.rates import rates_in
from smarketing.derivations.replay import OF_LEADS
from smarketing.derivations.rulebook import compile_agreement
from smarketing.journal.small_tables import read_small_tables
from smarketing.vocabulary.errors import DocumentError

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import DataFrame, SparkSession

    from smarketing.backends.spark.bucket import Work
    from smarketing.backends.spark.landing import Landed
    from smarketing.derivations.tables.across import Across

UNITED = "united lead"
ENOUGH = 50_000
"""Facts below which another task is not worth its start."""
LOOK_EVERY_S = 0.5
Result = TypeVar("Result")


def write_replay(
    facts: str | Path, agreement: Agreement | Sequence[Agreement], as_of: datetime | str | None = None, *, out: str | Path,
    tables: Collection[str] | None = None, tables_in: SmallTables = None, master: str | None = None, session: SparkSession | None = None,
    at_once: int = FACTS_AT_ONCE, progress: Progress | None = None,
) -> Landed:  # fmt: skip
    """What `backends.local.write_replay` writes, made on Spark.

    `facts`: a Parquet file or a folder of them that every worker sees, or an address (s3a://…, hdfs://…). `out`: a folder of the
    driver, written in the same layout, or an address, where each table is a folder of parts. `master`: where Spark runs
    (local[4], spark://…); left out, as Spark is configured, else on all cores. `session`: one that is there already, as in a notebook; it is not
    stopped. `at_once`: about how many facts a task takes. Raises UsageError, DocumentError, and OutsideError where Spark fails.
    """
    versions, names, small = versions_of(agreement), wanted(tables), read_small_tables(tables_in)
    with opened(master) if session is None else nullcontext(session) as spark, speaking(spark), said_plainly(facts):
        from smarketing.backends.spark.bucket import Work
        from smarketing.backends.spark.journal import read_journal
        from smarketing.backends.spark.survey import survey

        journal, raw = read_journal(spark, facts)
        known = survey(journal, raw, as_of=at_instant(as_of, versions))
        begun = in_force_by(versions, known.as_of)
        work = Work(known, compile_agreement(begun, rates_in(small, begun)), small, names)
        made = spread(journal, work, at_once).persist()
        try:
            across = fold(made, work, progress)
            return land(made, work, across, out, at_once)
        finally:
            made.unpersist()


def spread(journal: DataFrame, work: Work, at_once: int) -> DataFrame:
    """What each bucket of united leads gives, a partition each; nothing is done yet."""
    from smarketing.backends.buckets import READ
    from smarketing.backends.spark.survey import is_fact, with_united
    from smarketing.backends.spark.task import GIVEN, task
    from smarketing.journal.fact import COLUMNS

    known = work.known
    # what settles a fact told twice is all that it says; else only what something follows from is sent
    sent = READ if known.repeated.is_empty() else COLUMNS
    united = with_united(journal.select(sent).where(is_fact(known.as_of)), known.united, UNITED)
    number = partitions(known.rows, journal.sparkSession.sparkContext.defaultParallelism, at_once)
    buckets: DataFrame = united.repartition(number, UNITED)
    return buckets.select(sent).mapInArrow(task(pickle.dumps(work)), GIVEN)


def partitions(rows: int, cores: int, at_once: int) -> int:
    """How many buckets: each of `at_once` facts at the most, about, and the same number for each core where there are enough facts."""
    number = max(1, -(-rows // at_once), min(cores, -(-rows // ENOUGH)))
    return number if number < cores else -(-number // cores) * cores


def fold(made: DataFrame, work: Work, progress: Progress | None) -> Across:
    """Have the buckets made; what they bring to the tables of all leads. Raises DocumentError for what is wrong with their facts."""
    from pyspark.sql import functions as F

    from smarketing.backends.spark.bucket import ACROSS, PROBLEMS

    def small_ones() -> list[tuple[str, bytes]]:
        return [(row.name, bytes(row.content)) for row in made.where(F.col("name").isin(ACROSS, PROBLEMS)).collect()]

    across = work.across()
    problems = set()
    for name, content in watched(made.sparkSession, small_ones, progress, work.known.rows):
        if name == ACROSS:
            across.merge(pickle.loads(content))  # noqa: S301 (our own task's words)
        else:
            problems.update(pickle.loads(content))  # noqa: S301
    if problems:
        raise DocumentError(sorted(problems, key=str))
    return across


def land(made: DataFrame, work: Work, across: Across, out: str | Path, at_once: int) -> Landed:
    """Write the tables, and say where."""
    from smarketing.backends.spark.bucket import complete
    from smarketing.backends.spark.journal import is_address
    from smarketing.backends.spark.landing import Addressed, write_here, write_there
    from smarketing.backends.written import Written
    from smarketing.journal.fact import no_facts

    empty = work.derived(complete(no_facts()), work.across())
    as_of, versions = work.known.as_of, work.book.versions
    whole = across.tables()
    landed: Written | Addressed
    if is_address(out):
        paths = {name: f"{str(out).rstrip('/')}/{name}.parquet" for name in work.tables}
        write_there(made, empty, whole, paths)
        landed = Addressed(as_of, versions, counted(made, empty) | {name: table.height for name, table in whole.items()}, paths)
    else:
        landed = Written(Path(out), work.tables, as_of=as_of, parts=work.known.rows > at_once, versions=versions)
        write_here(made, empty, landed)
        landed.add_whole(whole)
        landed.finish()
    landed.problems = across.problems()
    return landed


def counted(made: DataFrame, empty: dict[str, pl.DataFrame]) -> dict[str, int]:
    """The rows of the tables of the leads."""
    from pyspark.sql import functions as F

    sums = {row.name: row["sum(rows)"] for row in made.groupBy("name").agg(F.sum("rows")).collect()}
    return {name: sums.get(name, 0) for name in OF_LEADS if name in empty}


def watched(session: SparkSession, action: Callable[[], Result], progress: Progress | None, rows: int) -> Result:
    """Do something on Spark, and say in between how far it is. Where this is interrupted, Spark stops too."""
    context = session.sparkContext
    group = f"smarketing {id(action)}"

    def in_group() -> Result:
        context.setJobGroup(group, "smarketing replay")
        return action()

    most = 0
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(in_group)
        try:
            while not wait([doing], LOOK_EVERY_S).done:
                most = max(most, int(share_done(session, group) * rows))
                if progress is not None:
                    progress(most, rows)
        finally:
            if not doing.done():
                context.cancelJobGroup(group)
    if progress is not None:
        progress(rows, rows)
    return doing.result()


def share_done(session: SparkSession, group: str) -> float:
    """Which share of the work of a group of jobs is done: every stage counts the same."""
    tracker = session.sparkContext.statusTracker()
    jobs = [job for number in tracker.getJobIdsForGroup(group) if (job := tracker.getJobInfo(number)) is not None]
    stages = [tracker.getStageInfo(number) for job in jobs for number in job.stageIds]
    shares = [stage.numCompletedTasks / stage.numTasks if stage is not None and stage.numTasks else 0.0 for stage in stages]
    return sum(shares) / len(shares) if shares else 0.0
