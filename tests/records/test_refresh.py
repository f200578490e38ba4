"""What follows from the facts of a workspace: derived, kept, read back; and no second truth."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.actions.workspace import Workspace
from tests.records.test_facts import canonical, run
from tests.unit.journal.journals import START, day, fact, journal

pytestmark = pytest.mark.postgres

FACTS = canonical(journal(
    fact("p1", "a", 60, "profile_changed", employees=100, role="owner", country="DE", email="ada@example.com"),
    fact("d1", "a", 61, "content_downloaded"),
    fact("d2", "a", 62, "content_downloaded"),
    fact("s1", "a", 63, "assigned", to="rita@example.com"),
    fact("c1", "a", 64, "call_made", actor="rita@example.com", outcome="connected"),
    fact("p2", "b", 65, "page_viewed", url="/pricing"),
    fact("l1", "b", 66, "linked", with_="anon"),
    fact("v1", "anon", 59, "page_viewed", url="/", machine_="no"),
    fact("x1", "c", 70, "form_submitted", form="demo"),
    fact("x2", "c", 71, "retracted", properties='{"fact_id":"x1"}'),
    fact("late", "c", 300, "form_submitted", form="demo"),
))  # fmt: skip


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """The workspace with some facts."""
    from smarketing.records.facts import store_facts

    store_facts(FACTS)
    return workspace


def derived(workspace: Workspace) -> dict[str, pl.DataFrame]:
    """The tables in the database, sorted."""
    from smarketing.records.derived import load_derived

    found = load_derived()
    assert found is not None
    return {name: frame.sort(frame.columns) for name, frame in found[1].items()}


def test_what_is_read_back_is_what_a_replay_of_the_files_gives(filled: Workspace) -> None:
    from smarketing.actions.refresh import STORED, load_following, refresh
    from smarketing.backends.local import replay
    from smarketing.reports.leads import leads

    state = refresh(filled)
    replayed = replay(FACTS, filled.agreements()[0], "2026-06-01", tables_in=filled.small_tables())
    outcome = load_following(filled)
    assert (state.serial, state.as_of, state.facts) == (1, replayed.as_of, replayed.facts.collect().height)
    for name in STORED:
        frame = replayed.table(name)
        assert frame.height or name == "handoffs"
        assert_frame_equal(outcome.table(name), frame, check_row_order=False)
    assert_frame_equal(leads(outcome), leads(replayed), check_row_order=False, check_dtypes=False)
    assert_frame_equal(outcome.facts.collect(), replayed.facts.collect(), check_row_order=False)
    assert_frame_equal(outcome.united, replayed.united, check_row_order=False)
    assert outcome.funnel().to_dict() == replayed.funnel().to_dict()


def test_the_receipts_come_from_one_life(filled: Workspace) -> None:
    from smarketing.actions.refresh import load_following, open_life, refresh
    from smarketing.backends.one_life import replay_life

    refresh(filled)
    outcome = load_following(filled)
    assert "score_changes" not in outcome.tables
    for lead in ("a", "anon"):
        life = open_life(outcome, lead)
        theirs = replay_life(FACTS, filled.agreements()[0], lead, "2026-06-01")
        for name, frame in theirs.tables.items():
            assert_frame_equal(life.table(name), frame)
        assert life.explain(lead).to_dict() == theirs.explain(lead).to_dict()
    assert open_life(outcome, "nobody").table("stage_entries").is_empty()


def test_two_rebuilds_of_the_same_facts_are_equal(filled: Workspace) -> None:
    from smarketing.actions.rebuild import rebuild

    first, tables = rebuild(filled, day(100))
    dump = derived(filled)
    second, again = rebuild(filled, day(100))
    assert tables == again
    assert (first.serial, second.serial) == (1, 2)
    for name, frame in derived(filled).items():
        assert_frame_equal(frame, dump[name])
    assert {one.table for one in tables} == dump.keys() - {"lives"} | {"commitments"}
    assert all(one.rows == dump[one.table].height for one in tables if one.table in dump)
    _, other = rebuild(filled, day(60))
    assert [one.digest for one in other] != [one.digest for one in tables], "another instant would not be seen"


def test_a_refresh_is_due_when_facts_come_in_or_something_beside_them_changes(filled: Workspace) -> None:
    from smarketing.actions.due import is_due
    from smarketing.actions.live.follow import follow_if_due
    from smarketing.records.facts import store_facts

    assert follow_if_due(filled) is not None
    assert follow_if_due(filled) is None
    store_facts(journal(fact("more", "z", 80)))
    state = follow_if_due(filled)
    assert state is not None
    assert state.serial == 2
    run("DELETE FROM personal_value")
    assert is_due(filled)
    follow_if_due(filled)
    assert not is_due(filled)
    (filled.small_tables() / "reps.csv").write_text("rep\nrita@example.com\n", encoding="utf-8")
    assert is_due(filled)


def test_where_the_clock_runs_a_state_gets_old(filled: Workspace) -> None:
    from smarketing.actions.due import OLD_AFTER, is_due
    from smarketing.actions.refresh import refresh

    settings = filled.folder / ".env"
    settings.write_text(settings.read_text(encoding="utf-8").replace("SMARKETING_AS_OF", "#SMARKETING_AS_OF"), encoding="utf-8")
    moving = Workspace(filled.folder)
    state = refresh(moving)
    assert state.as_of > START
    assert not is_due(moving)
    refresh(moving, moving.now() - 2 * OLD_AFTER)
    assert is_due(moving)


def test_another_version_of_the_agreement_is_followed_at_once(filled: Workspace) -> None:
    from smarketing.actions.refresh import load_following, refresh

    refresh(filled)
    path = filled.folder / "agreement" / "agreement.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Our smarketing", "Another"), encoding="utf-8")
    assert load_following(filled).agreement.name == "Another agreement"


def test_an_empty_workspace_follows_too(workspace: Workspace) -> None:
    from smarketing.actions.refresh import load_following, refresh

    assert refresh(workspace).facts == 0
    outcome = load_following(workspace)
    assert outcome.table("stage_entries").is_empty()


def test_facts_that_came_in_late_by_an_open_transaction_are_not_missed(filled: Workspace, database_url: str) -> None:
    """Ids are given out before the commit: the lower one may become visible last."""
    import psycopg

    from smarketing.actions.due import is_due
    from smarketing.actions.live.follow import follow_if_due
    from smarketing.actions.refresh import load_following, refresh

    insert = (
        "INSERT INTO fact (fact_id, lead_id, at, recorded_at, kind, properties) VALUES (%s, 'z', %s, %s, 'page_viewed', '{}')"
    )
    with psycopg.connect(database_url) as slow, psycopg.connect(database_url, autocommit=True) as quick:
        slow.execute(insert, ["slow", day(80), day(80)])
        quick.execute(insert, ["quick", day(81), day(81)])
        before = refresh(filled)
        slow.commit()
    held = load_following(filled)
    assert "slow" not in held.facts.collect()["fact_id"], "tables and facts of one state belong together"
    assert is_due(filled)
    follow_if_due(filled)
    outcome = load_following(filled)
    assert {"slow", "quick"} <= set(outcome.facts.collect()["fact_id"])
    assert outcome.table("leads").filter(pl.col("lead_id") == "z")["first_at"].to_list() == [day(80)]
    from smarketing.records.derived import current_state

    now = current_state()
    assert now is not None
    assert now.serial > before.serial


def test_the_instant_before_a_version_begins_has_the_one_before(workspace: Workspace) -> None:
    from smarketing.agreement.sequence import version_at

    first = workspace.agreements()[0]
    assert version_at([first], first.in_force.from_ and START - timedelta(days=999)) is first
