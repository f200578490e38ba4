"""What a live update, a clock and a rule take, warm, beside what people would use instead: `python -m benchmarks.live`.

Everything is repeated until it is quick no more; the fastest quarter counts, in CPU seconds, because the clock also measures others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks import workload
from benchmarks.receipt_sql import receipt_query
from smarketing.agreement.checks import load_agreement
from smarketing.agreement.conditions import AttributeCondition
from smarketing.agreement.models import Agreement
from smarketing.backends.live import Replayer
from smarketing.derivations.rulebook import Rulebook

AS_OF = datetime.fromisoformat(workload.AS_OF).replace(tzinfo=UTC)
FACTS, FACTS_A_LEAD = 50_000, 50
CLOCKS, RULES, REPLAYED = 100_000, 30, 1_000_000
PAGES = ("/", "/products", "/products/pumps", "/prices", "/news", "/contact", "/jobs")
"""What the rules ask pages for that are added; each holds for some."""
HEADER = ["job", "what people would use", "ours, ms", "ours, CPU ms", "theirs, CPU ms", "ratio"]


def took(job: Callable[[], Any], times: int) -> tuple[float, float]:
    """Seconds on the clock and of the processor that a job takes, when it is quick."""
    clock, processor = [], []
    for _ in range(times):
        begun, busy = time.perf_counter(), time.process_time()
        job()
        clock.append(time.perf_counter() - begun)
        processor.append(time.process_time() - busy)
    return sorted(clock)[times // 4], sorted(processor)[times // 4]


def changed_leads() -> pl.DataFrame:
    """About 1,000 leads with 50,000 facts."""
    usual, workload.FACTS_A_LEAD = workload.FACTS_A_LEAD, FACTS_A_LEAD
    try:
        return pl.concat(list(workload.parts(FACTS)))
    finally:
        workload.FACTS_A_LEAD = usual


def receipt_in_sql(facts: pl.DataFrame, agreement: Agreement) -> Callable[[], Any]:
    """The engagement receipt of these facts by DuckDB, from a table in its memory to Arrow."""
    import duckdb

    connection = duckdb.connect()
    connection.register("given", facts.to_arrow())
    connection.execute("create table changed as select * from given")
    query = receipt_query(agreement, facts="changed", as_of=AS_OF.isoformat(), out="")
    query = query.replace("read_parquet('changed')", "changed").strip().removeprefix("copy (")
    query = query[: query.rindex(") to ''")]
    return lambda: connection.sql(query).to_arrow_table()


def updates(agreement: Agreement) -> Iterator[list[str]]:
    """One lead, and 1,000."""
    replayer, facts = Replayer(agreement), changed_leads()
    usual = facts.group_by("lead_id").len().sort((pl.col("len") - FACTS_A_LEAD).abs(), "lead_id")["lead_id"][0]
    for name, some in (("one lead", facts.filter(pl.col("lead_id") == usual)), ("1,000 leads", facts)):
        often = 100 if some.height < FACTS else 20
        ours = took(lambda some=some: replayer.update(some, as_of=AS_OF), often)  # type: ignore[misc]
        theirs = took(receipt_in_sql(some, agreement), often)
        yield row(f"live: {name}, {some.height:,} facts, everything", "engagement receipt as SQL, DuckDB, warm", ours, theirs)


def clocks(agreement: Agreement) -> Iterator[list[str]]:
    """Elapsed business time and due times, with lunch, a zone and holidays."""
    from smarketing.derivations.business_time import BUSINESS_TIME, due_many, elapsed_many
    from smarketing.derivations.working_time import working_time

    timelines = working_time([agreement], {}, first_at=datetime(2024, 1, 1, tzinfo=UTC), as_of=AS_OF).timelines
    random = np.random.default_rng(1)
    begin = random.integers(1_710_000_000, 1_780_000_000, CLOCKS) * 1_000_000
    end, which = begin + random.integers(1, 20 * 86_400, CLOCKS) * 1_000_000, np.zeros(CLOCKS, np.int64)
    day = begin.astype("datetime64[us]").astype("datetime64[D]"), end.astype("datetime64[us]").astype("datetime64[D]")
    busday = took(lambda: np.busday_count(*day), 20)
    yield row(
        f"{CLOCKS:,} × elapsed",
        "numpy busday_count (days, no hours)",
        took(lambda: elapsed_many(timelines, which, begin, end), 20),
        busday,
    )
    offset = took(lambda: np.busday_offset(day[0], 1, roll="forward"), 20)
    due = took(lambda: due_many(timelines, which, begin, BUSINESS_TIME, 6 * 3600 * 1_000_000), 20)
    yield row(f"{CLOCKS:,} × due after 6 business hours", "numpy busday_offset (days, no hours)", due, offset)
    if find_spec("businesstimedelta"):
        yield row(
            f"{CLOCKS:,} × elapsed",
            "businesstimedelta",
            took(lambda: elapsed_many(timelines, which, begin, end), 20),
            by_package(begin, end),
        )


def by_package(begin: Any, end: Any, some: int = 300) -> tuple[float, float]:
    """The same spans by businesstimedelta, which knows lunch but takes long: some are measured, all are reckoned."""
    from datetime import time as at

    import businesstimedelta as package  # type: ignore[import-not-found]

    days = [0, 1, 2, 3, 4]
    hours = package.Rules([package.WorkDayRule(start_time=at(8, 30), end_time=at(17, 30), working_days=days), package.LunchTimeRule(start_time=at(12), end_time=at(12, 45), working_days=days)])  # fmt: skip
    spans = [
        tuple(datetime.fromtimestamp(t / 1e6, UTC) for t in pair)
        for pair in zip(begin[:some].tolist(), end[:some].tolist(), strict=True)
    ]
    clock, processor = took(lambda: [hours.difference(*span) for span in spans], 1)
    return clock * len(begin) / some, processor * len(begin) / some


def rules(agreement: Agreement) -> Iterator[list[str]]:
    """Thirty engagement rules, matched and counted."""
    from smarketing.derivations.folding import run_fold
    from smarketing.derivations.live.matching import Memory
    from smarketing.derivations.rulebook import compile_agreement

    rule = agreement.engagement[1]
    sections = [
        AttributeCondition.model_validate({"path": {"contains": f"/section-{n}"}})
        for n in range(RULES - len(agreement.engagement))
    ]
    many = [rule.model_copy(update={"name": f"rule {n}", "where": where}) for n, where in enumerate(sections)]
    book = compile_agreement([agreement.model_copy(update={"engagement": [*agreement.engagement, *many]})])
    facts, memory = changed_leads(), Memory(book)

    def ours() -> None:
        matched = memory.match(facts)
        run_fold(matched.facts, matched.fits.compiled, book, as_of=AS_OF, threads=1, receipts=False)

    theirs = by_rule_engine(facts) if find_spec("rule_engine") else None
    yield row(f"{RULES} rules on {FACTS:,} facts, stages and all", "rule-engine, conditions alone", took(ours, 20), theirs)


def rules_in_replay(agreement: Agreement) -> Iterator[list[str]]:
    """What thirty rules that do hold add to a replay: to matching and folding, which they are a part of, the same without any rule taken off.

    As in a replay of a clustered journal the facts stand by lead, with names as numbers, and two buckets are under way at once.
    """
    from smarketing.derivations.rulebook import compile_agreement

    rule, number = agreement.engagement[1], RULES - len(agreement.engagement)
    wheres = [AttributeCondition.model_validate({"path": {"contains": PAGES[n % len(PAGES)]}}) for n in range(number)]
    more = [rule.model_copy(update={"name": f"rule {n}", "where": where}) for n, where in enumerate(wheres)]
    books = [
        compile_agreement([agreement.model_copy(update={"engagement": engagement})])
        for engagement in ([*agreement.engagement, *more], [])
    ]
    buckets = in_two_buckets(pl.concat(list(workload.parts(REPLAYED))))
    with_rules, without = took_in_turn([lambda book=book: matched_and_folded(buckets, book) for book in books], 12)  # type: ignore[misc]
    ours = max(with_rules[0] - without[0], 1e-4), max(with_rules[1] - without[1], 1e-4)
    theirs = by_rule_engine(pl.concat(buckets)) if find_spec("rule_engine") else None
    rate = REPLAYED / (ours[1] / len(buckets)) / 1e6
    yield row(
        f"{RULES} rules in a replay of {REPLAYED:,} facts: {rate:.1f} M facts/s", "rule-engine, conditions alone", ours, theirs
    )


def in_two_buckets(facts: pl.DataFrame) -> list[pl.DataFrame]:
    """The facts as a replay reads them: two buckets of whole lives, in their order, names and properties being numbers."""
    from smarketing.backends.clustering import KINDS
    from smarketing.derivations.matching.order import in_lives

    coded = facts.with_columns(pl.col(name).cast(kind) for name, kind in KINDS.items())
    return [in_lives(coded.filter(pl.col("lead_id").hash(1) % 2 == bucket)) for bucket in range(2)]


def matched_and_folded(buckets: list[pl.DataFrame], book: Rulebook) -> None:
    """Match and fold buckets side by side."""
    from smarketing.derivations.folding import run_fold
    from smarketing.derivations.matching.facts import match

    def one(facts: pl.DataFrame) -> None:
        matched = match(facts, book)
        run_fold(matched.facts, matched.fits.compiled, book, as_of=AS_OF, threads=1, receipts=False)

    with ThreadPoolExecutor(len(buckets)) as pool:
        list(pool.map(one, buckets))


def took_in_turn(jobs: list[Callable[[], Any]], times: int) -> list[tuple[float, float]]:
    """`took` of each of the jobs, one after the other, again and again: what disturbs them then disturbs all."""
    runs = [[took(job, 1) for job in jobs] for _ in range(times + 1)][1:]
    columns = [list(zip(*run, strict=True)) for run in zip(*runs, strict=True)]
    return [(sorted(clock)[times // 4], sorted(processor)[times // 4]) for clock, processor in columns]


def by_rule_engine(facts: pl.DataFrame, some: int = 500) -> tuple[float, float]:
    """Thirty conditions by rule-engine: some facts are measured, all are reckoned."""
    import json

    import rule_engine  # type: ignore[import-not-found]

    texts = [f'kind == "page_viewed" and path =~ ".*/section-{number}.*"' for number in range(RULES)]
    context = rule_engine.Context(default_value=None)
    ready = [rule_engine.Rule(text, context=context) for text in texts]
    texts_of = facts.head(some).select(pl.col("kind", "properties").cast(pl.String))
    things = [{"kind": kind, **json.loads(text)} for kind, text in texts_of.iter_rows()]
    clock, processor = took(lambda: [rule.matches(thing) for thing in things for rule in ready], 1)
    return clock * facts.height / some, processor * facts.height / some


def row(job: str, peer: str, ours: tuple[float, float], theirs: tuple[float, float] | None) -> list[str]:
    """One line of the table."""
    beside = [f"{1000 * theirs[1]:,.2f}", f"{ours[1] / theirs[1]:.3f}"] if theirs else ["not installed", ""]
    return [job, peer, f"{1000 * ours[0]:,.2f}", f"{1000 * ours[1]:,.2f}", *beside]


def measure_live() -> list[list[str]]:
    """The rows of the table under HEADER."""
    agreement = load_agreement(Path(__file__).with_name("agreement.yaml"))
    return [*updates(agreement), *clocks(agreement), *rules(agreement), *rules_in_replay(agreement)]


if __name__ == "__main__":
    from benchmarks.page import markdown

    print(markdown(HEADER, measure_live(), names=2))
