"""Spark in two threads of this process gives what the local engine gives, whatever the journal looks like."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from smarketing.agreement.checks import load_agreement
from smarketing.agreement.models import Agreement
from smarketing.backends import local
from smarketing.journal.fact import FACT_SCHEMA
from smarketing.journal.survey import survey
from smarketing.vocabulary.errors import DocumentError, MissingExtra, UsageError
from tests.generative.cases import make_case
from tests.generative.comparing import checked_agreements, frame_of, small_tables
from tests.spark.comparing import differences

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.spark, pytest.mark.slow]

SEEDS = range(int(os.environ["SMARKETING_CASES"])) if "SMARKETING_CASES" in os.environ else [3, 7, 15, 24]
"""A few of the generated cases, in which together everything is met that facts say of other leads' facts."""
AGREEMENT = Path(__file__).parents[2] / "examples" / "hart_vale" / "agreement.yaml"


class Both:
    """The local engine and Spark, asked the same."""

    def __init__(self, session: SparkSession, folder: Path) -> None:
        self.session, self.folder, self.number = session, folder, 0

    def __call__(self, facts: Path, agreement: Agreement | Sequence[Agreement], as_of: Any = None, **more: Any) -> list[str]:
        """Where their tables differ."""
        from smarketing.backends.spark.replay import write_replay

        self.number += 1
        here, there = self.folder / f"{self.number} local", self.folder / f"{self.number} spark"
        one = local.write_replay(facts, agreement, as_of, out=here, **more)
        other = write_replay(facts, agreement, as_of, out=there, session=self.session, **more)
        assert (one.as_of, one.rows, list(one.versions)) == (other.as_of, other.rows, list(other.versions))
        assert sorted(map(str, one.problems)) == sorted(map(str, other.problems))
        return differences(here, there)

    def refusals(self, facts: Path, agreement: Agreement) -> tuple[list[str], list[str]]:
        """The problems that each finds."""
        from smarketing.backends.spark.replay import write_replay

        with pytest.raises(DocumentError) as one:
            local.write_replay(facts, agreement, out=self.folder / "never")
        with pytest.raises(DocumentError) as other:
            write_replay(facts, agreement, out=self.folder / "never", session=self.session)
        return list(map(str, one.value.problems)), list(map(str, other.value.problems))


@pytest.fixture
def both(session: SparkSession, tmp_path: Path) -> Both:
    return Both(session, tmp_path)


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    return load_agreement(AGREEMENT)


def some_facts(number: int = 60) -> pl.DataFrame:
    """A journal with every way in which one fact says something of another: told twice, taken back, of another lead."""
    at = [datetime(2026, 3, 1 + row % 28, row % 24, 5, tzinfo=UTC) for row in range(number)]
    kinds = ["subscribed", "form_submitted", "page_viewed", "call_made", "accepted", "meeting_held", "opportunity_won"]
    facts = [
        {"fact_id": f"f{row}", "lead_id": f"lead{row % 9}", "at": at[row], "recorded_at": at[row], "kind": kinds[row % len(kinds)],
         "campaign": f"c{row % 3}", "amount": row * 1.5, "properties": '{"form":"demo"}'} for row in range(number)
    ]  # fmt: skip
    facts += [
        facts[3] | {"lead_id": "lead0"},
        facts[4],
        {**facts[5], "fact_id": "r1", "kind": "retracted", "properties": '{"fact_id":"f7"}'},
        {**facts[6], "fact_id": "l1", "kind": "linked", "properties": '{"with":"lead1"}'},
    ]
    return pl.DataFrame(facts, schema=FACT_SCHEMA | {"amount": pl.Float64}, orient="row").cast({"amount": pl.Decimal(18, 2)})


def test_generated_journals_give_equal_tables(both: Both, tmp_path: Path):
    met = {"told again": 0, "taken back": 0, "united": 0, "several versions": 0}
    for seed in SEEDS:
        case = make_case(seed)
        facts = tmp_path / f"{seed}.parquet"
        frame_of(case.facts).write_parquet(facts)
        agreements = checked_agreements(case)
        assert both(facts, agreements, case.as_of, tables_in=small_tables(case)) == [], f"seed {seed}"
        known = survey(frame_of(case.facts).lazy(), as_of=case.as_of)
        met["told again"] += len(known.repeated)
        met["taken back"] += len(known.retracted)
        met["united"] += known.united.height
        met["several versions"] += len(agreements) > 1
    assert min(met.values()) > 0, met


def test_a_long_journal_is_folded_in_parts(both: Both, tmp_path: Path, agreement: Agreement):
    facts = tmp_path / "facts.parquet"
    some_facts(300).write_parquet(facts)
    assert both(facts, agreement, at_once=100) == []
    parts = sorted((both.folder / "1 spark" / "handoffs.parquet").iterdir())
    assert [part.name for part in parts] == [f"part-{number:05}.parquet" for number in range(4)]


def test_parts_by_different_hands_are_read_alike(both: Both, tmp_path: Path, agreement: Agreement):
    folder = tmp_path / "by [many] hands, 100%"
    (folder / "of_2026").mkdir(parents=True)
    (folder / "_being_written").mkdir()
    facts = some_facts()
    facts[:20].write_parquet(folder / "one.parquet")
    fine = facts[20:40].with_columns(pl.col("at", "recorded_at").dt.cast_time_unit("ns").dt.replace_time_zone(None))
    fine.write_parquet(folder / "two.parquet")
    other = (
        facts[40:]
        .drop("recorded_at", "source")
        .with_columns(pl.col("amount").cast(pl.Float64), pl.col("kind").cast(pl.Categorical))
    )
    other.with_columns(more=pl.lit(1)).write_parquet(folder / "of_2026" / "three.parquet")
    (folder / "_being_written" / "half.parquet").write_text("not yet")
    assert both(folder, agreement) == []


def test_a_journal_without_a_fact_gives_empty_tables(both: Both, tmp_path: Path, agreement: Agreement):
    facts = tmp_path / "facts.parquet"
    some_facts().clear().write_parquet(facts)
    assert both(facts, agreement) == []


def test_workers_write_to_an_address_themselves(session: SparkSession, tmp_path: Path, agreement: Agreement):
    from smarketing.backends.spark.replay import write_replay

    facts, here = tmp_path / "facts.parquet", tmp_path / "here"
    some_facts().write_parquet(facts)
    local.write_replay(facts, agreement, out=here)
    written = write_replay(facts.as_uri(), agreement, out=(tmp_path / "there").as_uri(), session=session)
    assert written.paths["handoffs"] == (tmp_path / "there").as_uri() + "/handoffs.parquet"
    assert written.rows["handoffs"] == pl.read_parquet(here / "handoffs.parquet").height > 0
    assert differences(here, tmp_path / "there") == []


def test_what_is_wrong_with_a_journal_is_said_as_anywhere(both: Both, tmp_path: Path, agreement: Agreement):
    facts = tmp_path / "facts.parquet"
    some_facts().drop("kind").rename({"lead_id": "lead"}).write_parquet(facts)
    here, there = both.refusals(facts, agreement)
    assert here == there
    assert [text.split()[0] for text in there] == ["SMK-J003", "SMK-J003"]

    row = pl.int_range(pl.len())
    some_facts().with_columns(lead_id=pl.when(row == 7).then(pl.lit("")).otherwise("lead_id")).write_parquet(facts)
    here, there = both.refusals(facts, agreement)
    assert here == there == [f"SMK-J101 {facts}:8  lead_id is empty; every fact needs one"]

    some_facts().with_columns(properties=pl.lit("no object")).write_parquet(facts)
    here, there = both.refusals(facts, agreement)
    assert here == there
    assert "SMK-J010" in there[0]

    some_facts().with_columns(amount=pl.lit("a lot")).write_parquet(facts)
    here, there = both.refusals(facts, agreement)
    assert "SMK-J005" in there[0] and "a lot" in there[0] and len(here) == len(there)


def test_without_the_extra_or_a_java_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from smarketing.backends.spark.session import refuse_without_spark

    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UsageError, match=f"needs Java 17 or later; there is none in JAVA_HOME, {tmp_path}"):
        refuse_without_spark()
    monkeypatch.setattr("smarketing.backends.spark.session.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r'pip install "smarketing\[spark\]"'):
        refuse_without_spark()


def test_what_is_no_journal_is_named(session: SparkSession, tmp_path: Path, agreement: Agreement):
    from smarketing.backends.spark.replay import write_replay

    for nowhere in (tmp_path / "nowhere", (tmp_path / "nowhere").as_uri()):
        with pytest.raises(UsageError, match="there are no facts at"):
            write_replay(nowhere, agreement, out=tmp_path / "out", session=session)
    (tmp_path / "facts.parquet").write_text("lead_id,kind\n")
    with pytest.raises(DocumentError, match="SMK-J002"):
        write_replay(tmp_path / "facts.parquet", agreement, out=tmp_path / "out", session=session)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="looks into /proc")
def test_a_worker_imports_polars_after_it_was_forked(session: SparkSession):
    """A process forked after Polars hangs; so Spark's daemon, which forks the workers, must not have loaded it."""
    from smarketing.backends.spark.session import without_warnings

    def holding(batches: Any) -> Any:
        import os

        import polars
        import pyarrow

        for _ in batches:
            loaded = [Path(f"/proc/{pid}/maps").read_text() for pid in (os.getpid(), os.getppid())]
            yield pyarrow.RecordBatch.from_pydict({"has": [polars.__name__ in maps for maps in loaded]})

    with without_warnings():
        rows = session.range(1).repartition(1).mapInArrow(holding, "has boolean").collect()
    assert [row.has for row in rows] == [True, False], "the worker has Polars, the daemon has not"
