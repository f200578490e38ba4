"""A life that is held alone is read without a query for each table: what is told of it is what is told of it among all."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from smarketing.reports.explain.dossier import dossier
from smarketing.reports.explain.life import facts_alone, keep_alone, life_of, share_ids
from smarketing.reports.handed.doubts import doubts
from smarketing.reports.inbox.cases import cases_in, open_handoffs
from smarketing.reports.inbox.lone import cases_alone
from smarketing.reports.outcome import Outcome
from tests.unit.reports.lives import outcome_of

RULES: dict[str, Any] = {
    "handoff": {"at": "mql", "attempts": ["call_made"], "reasons": {"rejected": ["unreachable", "not a fit"]}},
    "commitments": [{"name": "first response", "by": "sales", "respond_within": "4h", "share": "90%", "per": "month"}],
    "grades": {"A": 30},
}
FACTS = """
    open      2026-03-02T09:00  form_submitted   campaign=fair
    open      2026-03-02T09:05  assigned         to=anna
    open      2026-03-02T10:00  call_made        actor=anna
    open      2026-03-02T11:00  accepted         actor=anna
    back      2026-03-02T09:00  form_submitted
    back      2026-03-02T09:05  assigned         to=anna
    back      2026-03-02T10:00  rejected         actor=anna  reason=unreachable
    again     2026-03-02T09:00  form_submitted
    again     2026-03-02T10:00  recycled         actor=anna
    again     2026-03-03T09:00  form_submitted
    won       2026-03-02T09:00  form_submitted
    won       2026-03-02T12:00  opportunity_won  amount=100 currency=EUR opportunity_id=o1
    for_free  2026-03-02T09:00  form_submitted
    for_free  2026-03-02T12:00  opportunity_won  opportunity_id=o2
    out       2026-03-02T09:00  form_submitted
    out       2026-03-02T10:00  disqualified     actor=anna
    looks     2026-03-02T09:00  page_viewed
    other     2026-03-01T09:00  page_viewed
    other     2026-03-01T10:00  linked           with=open
"""


@pytest.fixture(scope="module")
def whole() -> Outcome:
    return outcome_of(FACTS, as_of="2026-03-05T00:00Z", **RULES)


def alone(whole: Outcome, lead_id: str) -> Outcome:
    """The life of one lead as `open_life` gives it."""
    own = pl.col("lead_id") == lead_id
    tables = {name: table.filter(own) for name, table in whole.tables.items() if "lead_id" in table.columns}
    facts = whole.facts.filter(own).collect()
    made = Outcome(whole.agreement, whole.as_of, tables, facts.lazy(), {}, united=whole.united, versions=whole.versions)
    keep_alone(made, facts.reverse())  # in whatever order
    share_ids(made, whole)
    return made


def leads(whole: Outcome) -> list[str]:
    return sorted(whole.facts.select("lead_id").unique().collect()["lead_id"])


def test_a_life_alone_is_the_life_among_all(whole: Outcome):
    assert len(leads(whole)) == 7
    for lead_id in leads(whole):
        one = alone(whole, lead_id)
        assert life_of(one, lead_id) == life_of(whole, lead_id)
        assert one.explain(lead_id).to_dict() == whole.explain(lead_id).to_dict()
        mine, theirs = dossier(one, lead_id), dossier(whole, lead_id)
        assert mine is not None and theirs is not None
        assert mine.score_changes.sort("at", "fact_id").equals(theirs.score_changes.sort("at", "fact_id"))
        assert (mine.ids, mine.facts, mine.handovers, mine.profile) == (
            theirs.ids,
            theirs.facts,
            theirs.handovers,
            theirs.profile,
        )
    assert life_of(alone(whole, "open"), "back") is None


def test_whom_it_is_united_with_is_told_of_a_life_alone(whole: Outcome):
    own = whole.united.filter(pl.col("id") != pl.col("lead_id"))
    (other, lead_id) = own.select("id", "lead_id").row(0)
    told = alone(whole, lead_id).explain(other)
    assert told.lead_id == lead_id
    assert [note.code for note in told.notes] == [note.code for note in whole.explain(other).notes] == ["SMK-R010"]
    assert [note.code for note in alone(whole, lead_id).explain(lead_id).notes] == ["SMK-R011"]


def test_the_open_hand_offs_of_a_life_alone_are_its_open_hand_offs(whole: Outcome):
    among_all = {case.lead_id: case for case in cases_in(whole, open_handoffs(whole))}
    for lead_id in leads(whole):
        story = life_of(alone(whole, lead_id), lead_id)
        assert story is not None
        assert cases_alone(story) == [case for of, case in among_all.items() if of == lead_id], lead_id
    assert {"back", "won", "for_free", "out", "looks"}.isdisjoint(among_all)
    assert among_all


def test_what_speaks_against_a_reason_is_the_same_for_a_life_alone(whole: Outcome):
    among_all = doubts(whole)
    assert [row["lead_id"] for row in among_all] == ["back"]
    for lead_id in leads(whole):
        assert doubts(alone(whole, lead_id)) == [row for row in among_all if row["lead_id"] == lead_id]


def test_only_a_life_alone_says_that_it_is_one(whole: Outcome):
    assert facts_alone(whole) is None
    assert facts_alone(alone(whole, "back")) is not None
