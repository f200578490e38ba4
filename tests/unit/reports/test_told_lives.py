"""What a replay tells of each lead on its way is what a pass through the journal finds: reports are the same with it and without."""

from __future__ import annotations

from dataclasses import replace

import pytest

import smarketing as sm
from smarketing.reports.funnel.rows import journeys
from smarketing.reports.groups import TOLD, group_of, profile_fits
from smarketing.reports.leads import leads
from smarketing.reports.lives import lives, told_lives
from smarketing.reports.outcome import Outcome
from tests.golden.company import golden_outcome


@pytest.fixture(scope="module", params=["small", "two versions", "in buckets"])
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    if request.param == "small":
        return golden_outcome()
    written = sm.write_example(tmp_path_factory.mktemp("example"))
    versions = sm.load_agreements(written.agreements[0].parent)
    if request.param == "two versions":
        return sm.replay(written.facts, versions, tables=["stage_entries", "handoffs"], tables_in=written.tables)
    return sm.replay(written.facts, versions[0], tables=["stage_entries", "handoffs"], tables_in=written.tables, at_once=7000)


@pytest.fixture
def untold(outcome: Outcome) -> Outcome:
    """The same, knowing nothing beforehand."""
    assert told_lives(outcome) is not None
    fresh = replace(outcome)
    assert told_lives(fresh) is None
    return fresh


def test_every_lead_is_told_as_it_is_found(outcome: Outcome, untold: Outcome):
    for of in (lives, journeys, profile_fits, leads):
        told, found = of(outcome).sort("lead_id"), of(untold).sort("lead_id")
        assert told.columns == found.columns
        assert told.equals(found), of.__name__


@pytest.mark.parametrize("by", TOLD)
def test_every_group_is_the_same(outcome: Outcome, untold: Outcome, by: str):
    assert group_of(outcome, by).sort("lead_id").equals(group_of(untold, by).sort("lead_id"))
    assert outcome.funnel(by).to_dict() == untold.funnel(by).to_dict()
    assert outcome.funnel(by, period="2026-Q1").to_dict() == untold.funnel(by, period="2026-Q1").to_dict()


def test_a_replay_without_stages_tells_nothing():
    assert told_lives(sm.replay(golden_outcome().facts, golden_outcome().agreement, tables=["handoffs"])) is None
