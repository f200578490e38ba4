"""A clustered journal is a journal: the same facts, and the same tables as of any instant, for journals by chance; and what was done
to it by hand is noticed."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.agreement.models import Agreement
from smarketing.backends.clustered import as_clustered
from smarketing.backends.clustering import cluster
from smarketing.backends.local import replay
from smarketing.journal.parquet import scan_facts
from tests.generative.cases import Case, make_case
from tests.generative.comparing import checked_agreements, frame_of, small_tables

SEEDS = range(0, 120, 3)


def told_twice(case: Case) -> pl.DataFrame:
    """The facts of a case, some of them told again, in any order."""
    facts = frame_of(case.facts)
    return pl.concat([facts, facts.sample(fraction=0.1, seed=case.seed)]).sample(fraction=1.0, shuffle=True, seed=case.seed)


def instants(case: Case, facts: pl.DataFrame) -> list[datetime]:
    """As of when the tables are compared: the end, and some facts' times."""
    some = random.Random(case.seed).sample(facts["at"].unique().sort().to_list(), k=min(2, facts["at"].n_unique()))
    return [case.as_of, *some]


def tables_of(facts: object, case: Case, agreements: list[Agreement], as_of: datetime) -> dict[str, pl.DataFrame]:
    """All tables, each in the order of all its columns."""
    made = replay(facts, agreements, as_of, tables_in=small_tables(case), threads=2).tables
    return {name: frame.sort(pl.all()) for name, frame in made.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clustered_journal_gives_the_same_facts_and_tables(seed: int, tmp_path: Path) -> None:
    case = make_case(seed)
    facts, agreements = told_twice(case), checked_agreements(case)
    made = cluster(facts, tmp_path / "journal", at_once=1 + facts.height // 4)
    assert made.rows == facts.height
    assert_frame_equal(scan_facts(tmp_path / "journal").collect().sort(pl.all()), facts.sort(pl.all()))
    assert as_clustered(tmp_path / "journal")[0] is not None
    for as_of in instants(case, facts):
        expected = tables_of(facts, case, agreements, as_of)
        found = tables_of(tmp_path / "journal", case, agreements, as_of)
        for name, table in expected.items():
            assert_frame_equal(found[name], table)


@pytest.mark.parametrize("seed", range(0, 60, 6))
def test_credits_asked_for_alone_are_those_among_all_tables(seed: int, tmp_path: Path) -> None:
    case = make_case(seed)
    facts, agreements = told_twice(case), checked_agreements(case)
    cluster(facts, tmp_path / "journal", at_once=1 + facts.height // 4)
    for as_of in instants(case, facts):
        expected = tables_of(facts, case, agreements, as_of)["credits"]
        for journal in (facts, facts.reverse(), tmp_path / "journal"):
            alone = replay(journal, agreements, as_of, tables=["credits"], tables_in=small_tables(case), threads=2)
            assert_frame_equal(alone.tables["credits"].sort(pl.all()), expected)


def test_some_of_these_journals_have_credits() -> None:
    cases = [make_case(seed) for seed in range(0, 60, 6)]
    counts = [tables_of(told_twice(case), case, checked_agreements(case), case.as_of)["credits"].height for case in cases]
    assert sum(count > 0 for count in counts) > len(counts) // 3


def test_leads_that_were_ever_linked_lie_in_one_part(tmp_path: Path) -> None:
    together = 0
    for seed in range(12):
        case = make_case(seed)
        cluster(frame_of(case.facts), tmp_path / str(seed), at_once=1 + len(case.facts) // 4)
        parts = {path: set(pl.read_parquet(path)["lead_id"]) for path in (tmp_path / str(seed)).glob("*.parquet")}
        linked = replay(tmp_path / str(seed), checked_agreements(case), case.as_of, tables=["stage_entries"]).united
        for one, other in linked.rows() if linked is not None else ():
            homes = [path for path, leads in parts.items() if leads & {one, other}]
            assert len(homes) <= 1
            together += len(homes)
    assert together > 0
