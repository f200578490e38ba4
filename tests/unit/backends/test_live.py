"""Live: the leads that just changed, by a rulebook that is kept warm."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.agreement.checks import load_agreement
from smarketing.backends.live import MOST_KEPT, Replayer, kept_replayer
from smarketing.backends.local import replay
from smarketing.derivations.replay import OF_LEADS
from smarketing.vocabulary.errors import DocumentError, UsageError
from tests.unit.derivations.journals import BEGIN, EXAMPLE, journal

AS_OF = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def replayer() -> Replayer:
    return Replayer(load_agreement(EXAMPLE))


def with_link(facts: pl.DataFrame, kind: str, lead: str, other: str, number: int) -> pl.DataFrame:
    link = facts.head(1).with_columns(
        fact_id=pl.lit(f"link {number}"),
        lead_id=pl.lit(lead),
        kind=pl.lit(kind),
        at=facts["at"].max() + timedelta(hours=number),  # type: ignore[operator]
        properties=pl.lit(f'{{"with": "{other}"}}'),
    )
    return pl.concat([facts, link])


def test_some_leads_have_the_rows_of_a_full_replay(replayer: Replayer) -> None:
    facts = journal(leads=30, cycles=2)
    some = [f"lead-{number}" for number in range(0, 30, 7)]
    whole = replay(facts, load_agreement(EXAMPLE), AS_OF)
    updated = replayer.update(facts.filter(pl.col("lead_id").is_in(some)), as_of=AS_OF)
    assert updated.leads == sorted(some)
    assert updated.gone == []
    for name in OF_LEADS:
        theirs = whole.tables[name].filter(pl.col("lead_id").is_in(some))
        assert theirs.height
        assert_frame_equal(updated.tables[name].sort(pl.all()), theirs.sort(pl.all()))


def test_a_lead_that_was_united_with_another_is_gone_and_comes_back_when_that_is_undone(replayer: Replayer) -> None:
    facts = with_link(journal(leads=2, cycles=1), "linked", "lead-0", "lead-1", 1)
    updated = replayer.update(facts, as_of=AS_OF)
    assert (updated.leads, updated.gone) == (["lead-0"], ["lead-1"])
    assert updated.united.rows() == [("lead-1", "lead-0")]
    undone = replayer.update(with_link(facts, "unlinked", "lead-1", "lead-0", 2), as_of=AS_OF)
    assert (undone.leads, undone.gone) == (["lead-0", "lead-1"], [])


def test_a_lead_whose_facts_are_all_taken_back_is_gone(replayer: Replayer) -> None:
    facts = journal(leads=1, cycles=1)
    back = facts.with_columns(
        fact_id="back " + pl.col("fact_id"), kind=pl.lit("retracted"), properties='{"fact_id": "' + pl.col("fact_id") + '"}'
    )
    updated = replayer.update(pl.concat([facts, back]), as_of=AS_OF)
    assert (updated.leads, updated.gone) == ([], ["lead-0"])
    assert all(table.is_empty() for table in updated.tables.values())


def test_an_update_without_an_instant_is_refused(replayer: Replayer) -> None:
    with pytest.raises(UsageError, match="as of an instant"):
        replayer.update(journal(leads=1, cycles=1), as_of=None)  # type: ignore[arg-type]


def test_no_facts_are_no_leads(replayer: Replayer) -> None:
    updated = replayer.update(journal(leads=1, cycles=1).clear(), as_of=AS_OF)
    assert (updated.leads, updated.gone, updated.next_at.height) == ([], [], 0)


def next_at(replayer: Replayer, facts: pl.DataFrame, as_of: datetime) -> datetime | None:
    return dict(replayer.update(facts, as_of=as_of).next_at.iter_rows())["lead-0"]  # type: ignore[no-any-return]


def test_a_clock_is_another_the_moment_after_it_is_due(replayer: Replayer) -> None:
    facts = journal(leads=1, cycles=1).head(3)  # handed over and assigned, nobody called
    handed = replayer.update(facts, as_of=BEGIN + timedelta(hours=3))
    due = handed.tables["clocks"]["due_at"].min()
    assert isinstance(due, datetime)
    assert next_at(replayer, facts, handed.as_of) == due + timedelta(microseconds=1)
    assert "breached" not in replayer.update(facts, as_of=due).tables["clocks"]["state"]
    assert "breached" in replayer.update(facts, as_of=due + timedelta(microseconds=1)).tables["clocks"]["state"]


def test_a_fact_that_lies_ahead_is_when_the_lead_changes(replayer: Replayer) -> None:
    facts = journal(leads=1, cycles=1)
    assert next_at(replayer, facts, BEGIN - timedelta(days=1)) == BEGIN
    assert replayer.update(facts, as_of=BEGIN - timedelta(days=1)).leads == []


def test_a_version_that_begins_changes_every_lead() -> None:
    first = load_agreement(EXAMPLE)
    second = first.model_copy(
        update={"in_force": first.in_force.model_copy(update={"from_": date(2027, 1, 1)}), "timezone": "UTC"}
    )
    facts = journal(leads=1, cycles=1)
    assert next_at(Replayer([first]), facts, AS_OF) is None
    assert next_at(Replayer([first, second]), facts, AS_OF) == datetime(2027, 1, 1, tzinfo=UTC)


def test_threads_share_a_replayer(replayer: Replayer) -> None:
    facts = [journal(leads=leads, cycles=1 + leads % 3) for leads in range(1, 9)]
    alone = [Replayer(load_agreement(EXAMPLE)).update(each, as_of=AS_OF).tables for each in facts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda each: replayer.update(each, as_of=AS_OF).tables, facts * 5))
    for place, tables in enumerate(together):
        for name, table in tables.items():
            assert_frame_equal(table, alone[place % len(facts)][name])


def test_an_incomplete_fact_is_refused(replayer: Replayer) -> None:
    with pytest.raises(DocumentError, match="lead_id"):
        replayer.update(journal(leads=1, cycles=1).with_columns(lead_id=pl.lit("")), as_of=AS_OF)


def test_the_same_rules_are_kept_and_others_are_not() -> None:
    agreement = load_agreement(EXAMPLE)
    away = pl.DataFrame({"rep": ["rita@hart.example"], "from": ["2026-01-05"], "to": ["2026-01-12"]})
    one = kept_replayer([agreement], {})
    assert kept_replayer([agreement], {}) is one
    assert kept_replayer([agreement], {"absences": away}) is not one
    for day in range(1, 2 * MOST_KEPT):
        kept_replayer([agreement], {"absences": away.with_columns(to=pl.lit(f"2026-02-{day:02}"))})
    assert kept_replayer([agreement], {}) is not one, "the one not asked for longest goes"
