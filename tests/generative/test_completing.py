"""A clustered journal that is completed batch by batch is the journal of all the facts: the same tables as of any instant, for journals by
chance with links, retractions, facts told twice and in conflict; and to tell everything again changes nothing."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from smarketing.actions.clustered_journal import ClusteredJournal
from smarketing.actions.journal_file import FactCounts
from smarketing.backends.clustered import as_clustered
from smarketing.backends.clustering import cluster
from smarketing.backends.completing.laying import Completing
from smarketing.backends.completing.places import Homes
from smarketing.journal.corrections import contents
from smarketing.journal.parquet import scan_facts
from tests.generative.cases import Case, make_case
from tests.generative.comparing import checked_agreements, frame_of
from tests.generative.test_clustered import instants, tables_of

SEEDS = range(1, 120, 3)


def contested(facts: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Some of the facts with another content: of another lead, or at another time, told before or after."""
    chance = random.Random(seed)
    leads = facts["lead_id"].unique().sort().to_list()
    some = facts.sample(fraction=0.08, seed=seed)
    return some.with_columns(
        lead_id=pl.Series([chance.choice([lead, chance.choice(leads)]) for lead in some["lead_id"]], dtype=pl.String),
        at=pl.col("at") + pl.Series([timedelta(hours=chance.choice([0, -30, 5])) for _ in range(some.height)], dtype=pl.Duration("us")),
        recorded_at=pl.col("recorded_at") + pl.Series([timedelta(hours=chance.choice([-1, 1])) for _ in range(some.height)], dtype=pl.Duration("us")),
    )  # fmt: skip


def batches(case: Case) -> list[pl.DataFrame]:
    """All that is told, as it was recorded, cut somewhere: what is clustered first, then what is imported."""
    facts = frame_of(case.facts)
    told = pl.concat([facts, contested(facts, case.seed), facts.sample(fraction=0.1, seed=case.seed)])
    told = told.sample(fraction=1.0, shuffle=True, seed=case.seed).sort("recorded_at", maintain_order=True)
    chance = random.Random(case.seed)
    cuts = sorted({0, told.height, *(chance.randrange(1, told.height) for _ in range(chance.choice([1, 3, 7])))})
    return [told.slice(begin, end - begin) for begin, end in pairwise(cuts)]


def imported(folder: Path, facts: pl.DataFrame, work: Path, *, dry_run: bool = False) -> FactCounts:
    """Tell facts to the folder, in two lots."""
    work.mkdir(exist_ok=True)
    journal = ClusteredJournal(folder, work, dry_run=dry_run)
    journal.add(facts.head(facts.height // 2))
    journal.add(facts.tail(facts.height - facts.height // 2))
    journal.finish()
    assert list(work.iterdir()) == [] or dry_run
    return journal.counts


def completed(case: Case, folder: Path) -> pl.DataFrame:
    """A folder made of the first batch and completed with the others; all that was told."""
    first, *others = batches(case)
    cluster(first, folder, at_once=1 + first.height // 4)
    for one in others:
        counts = imported(folder, one, folder.with_name("work"))
        assert counts.new + counts.known + counts.conflicts == one.height
    return pl.concat([first, *others])


def differences(case: Case, folder: Path, told: pl.DataFrame) -> list[str]:
    """The tables that are not those of all facts in one table."""
    different, agreements = [], checked_agreements(case)
    for as_of in instants(case, told):
        expected, found = (tables_of(facts, case, agreements, as_of) for facts in (told, folder))
        different += [f"{name} as of {as_of}" for name, table in expected.items() if not found[name].equals(table)]
    return different


@pytest.mark.parametrize("seed", SEEDS)
def test_a_completed_folder_gives_the_tables_of_all_facts(seed: int, tmp_path: Path) -> None:
    case, folder = make_case(seed), tmp_path / "journal"
    told = completed(case, folder)
    assert as_clustered(folder)[1] is None and as_clustered(folder)[0] is not None
    assert set(contents(scan_facts(folder).collect())) == set(contents(told))
    assert differences(case, folder, told) == []
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    assert imported(folder, told, tmp_path / "work") == FactCounts(new=0, known=told.height, conflicts=0)
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before


def wrong_somewhere(tmp_path: Path) -> int:
    """In how many of some journals a table is another one."""
    wrong = 0
    for seed in SEEDS[:12]:
        case, folder = make_case(seed), tmp_path / str(seed) / "journal"
        folder.parent.mkdir()
        wrong += bool(differences(case, folder, completed(case, folder)))
    return wrong


def test_without_wanderers_it_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    after = Homes.after
    monkeypatch.setattr(
        Homes, "after", lambda self, exceptions: Homes(self.spreading, after(self, exceptions).linked, frozenset())
    )
    assert wrong_somewhere(tmp_path) > 0


def test_without_the_tellings_before_it_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tellings = Completing.tellings
    monkeypatch.setattr(Completing, "tellings", lambda self, fact_ids: tellings(self, fact_ids.head(0)))
    assert wrong_somewhere(tmp_path) > 0
