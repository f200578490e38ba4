"""Live: the leads that just changed, by a rulebook that is kept warm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.agreement.checks import load_agreement
from smarketing.backends.live import Replayer
from smarketing.backends.local import replay
from smarketing.derivations.replay import OF_LEADS
from smarketing.vocabulary.errors import UsageError
from tests.unit.derivations.journals import EXAMPLE, journal

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
