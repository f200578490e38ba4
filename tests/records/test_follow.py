"""What follows lead by lead, as facts come in and time passes, is what deriving everything anew gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.actions.workspace import Workspace
from tests.records.test_facts import run
from tests.unit.journal.journals import LEADS, day, fact, journal, random_fact

pytestmark = pytest.mark.postgres
ACTS = (
    ("content_downloaded", {}), ("form_submitted", {"form": "demo"}), ("page_viewed", {"url": "/pricing"}), ("subscribed", {}),
    ("profile_changed", {"employees": 100, "role": "owner", "country": "DE", "email": "ada@example.com"}),
    ("assigned", {"to": "rita@example.com"}), ("accepted", {}), ("rejected", {"reason": "not a fit"}), ("call_made", {}),
    ("meeting_held", {}), ("recycled", {"reason": "no timing"}),
)  # fmt: skip
DEALS = ("opportunity_opened", "opportunity_won", "opportunity_lost")


@pytest.fixture
def clock(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    """A workspace whose time passes as the test says: the last instant of the list is now."""
    settings = workspace.folder / ".env"
    settings.write_text(settings.read_text(encoding="utf-8").replace("SMARKETING_AS_OF", "#SMARKETING_AS_OF"), encoding="utf-8")
    instants = [day(0)]
    monkeypatch.setattr(Workspace, "now", lambda self: instants[-1])
    yield instants


@pytest.fixture
def moving(clock: list[datetime], workspace: Workspace) -> Workspace:
    """The workspace, its settings read anew."""
    return Workspace(workspace.folder)


def anything(dice: random.Random, number: int) -> dict[str, Any]:
    """A fact of any kind about one of few leads: corrections and links, acts, deals that several leads share."""
    roll = dice.random()
    if roll < 0.35:
        return random_fact(dice, ids=30)
    at, lead = dice.randrange(0, 40) / 4, dice.choice(LEADS)
    if roll < 0.5:
        deal = dice.choice(["o1", "o2", None])
        return fact(f"d{number}", lead, at, dice.choice(DEALS), opportunity_id=deal, amount=dice.randrange(1, 900))
    kind, said = dice.choice(ACTS)
    return fact(f"n{number}", lead, at, kind, actor="rita@example.com", **said)


def dump() -> dict[str, pl.DataFrame]:
    """The derived tables, sorted; when a lead changes next is no part of what follows."""
    from smarketing.records.derived import load_derived

    found = load_derived()
    assert found is not None
    tables = found[1] | {"lives": found[1]["lives"].filter(pl.col("facts") > 0).select("lead_id", "facts")}
    return {name: frame.sort(frame.columns) for name, frame in tables.items()} | {"total": pl.DataFrame({"n": [found[0].facts]})}


def assert_rebuilt(workspace: Workspace, as_of: datetime) -> None:
    """What is there is what a rebuild makes of it."""
    from smarketing.actions.refresh import refresh

    before = dump()
    refresh(workspace, as_of)
    after = dump()
    assert before.keys() == after.keys()
    for name, frame in after.items():
        assert_frame_equal(before[name], frame, check_dtypes=False)


def assert_same(held: Any, whole: Any) -> None:
    """Two outcomes hold the same."""
    assert (held.as_of, held.serial) == (whole.as_of, whole.serial)
    assert_frame_equal(held.facts.collect(), whole.facts.collect(), check_row_order=False)
    assert_frame_equal(held.united, whole.united, check_row_order=False)
    for name in ("stage_entries", "handoffs", "clocks", "leads", "commitments", "ledger", "credits"):
        assert_frame_equal(held.tables[name], whole.tables[name], check_row_order=False)


@pytest.mark.parametrize("seed", range(4))
def test_a_stream_followed_lead_by_lead_gives_what_a_rebuild_gives(
    seed: int, moving: Workspace, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links, unlinks, retractions, duplicates, conflicts, late and future facts, deals of several leads, and time that passes."""
    from smarketing.actions.live import follow as live
    from smarketing.actions.refresh import load_following, refresh
    from smarketing.records.facts import store_facts

    dice = random.Random(seed)
    refresh(moving)
    held = load_following(moving)
    monkeypatch.setattr(live, "derive_anew", None)  # from here on nothing is derived anew
    for step in range(14):
        clock.append(clock[-1] + timedelta(hours=dice.choice([0, 1, 5, 30, 200])))
        facts = [anything(dice, step * 100 + number) for number in range(dice.choice([0, 1, 1, 2, 6]))]
        if facts:
            store_facts(journal(*facts, *dice.sample(facts, dice.randrange(len(facts) + 1))))
        live.follow_if_due(moving)
        assert run("SELECT count(*) FROM arrival") == [(0,)]
        if dice.random() < 0.5:
            held = load_following(moving, held)
    assert_same(load_following(moving, held), load_following(moving))
    assert_rebuilt(moving, clock[-1])


def test_a_due_time_passes_without_anybody_saving(moving: Workspace, clock: list[datetime]) -> None:
    from smarketing.actions.due import is_due
    from smarketing.actions.live.follow import follow_if_due
    from smarketing.actions.refresh import load_following, refresh
    from smarketing.records.derived import next_instant
    from smarketing.records.facts import store_facts

    refresh(moving)
    clock.append(day(5.501))
    store_facts(
        journal(fact("x1", "x", 5.5, "form_submitted", form="demo"), fact("x2", "x", 5.5, "assigned", to="rita@example.com"))
    )
    follow_if_due(moving)
    held = load_following(moving)
    assert set(held.table("clocks")["state"]) == {"open"}
    due = held.table("clocks")["due_at"].min()
    assert isinstance(due, datetime)
    assert next_instant() == due + timedelta(microseconds=1)
    clock.append(due + timedelta(seconds=1))
    assert is_due(moving)
    follow_if_due(moving)
    assert "breached" in set(load_following(moving, held).table("clocks")["state"])
    assert_rebuilt(moving, clock[-1])


def test_a_live_change_touches_the_rows_of_its_leads_alone(moving: Workspace, clock: list[datetime]) -> None:
    from smarketing.actions.live.follow import follow
    from smarketing.actions.refresh import refresh
    from smarketing.records.facts import store_facts

    clock.append(day(10))
    store_facts(journal(*(fact(f"f{n}", f"lead-{n}", 1 + n / 100) for n in range(200))))
    refresh(moving)
    where = "SELECT lead_id, ctid::text, xmin::text FROM derived.leads WHERE lead_id <> 'lead-7' ORDER BY lead_id"
    before = run(where)
    store_facts(journal(fact("more", "lead-7", 9)))
    state = follow(moving)
    assert state is not None
    assert run("SELECT lead_id FROM derived.changed") == [("lead-7",)]
    assert run(where) == before
    assert state.facts == 201


def test_what_is_held_takes_in_what_changed_and_nothing_else(
    moving: Workspace, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    from smarketing.actions import refresh as actions
    from smarketing.actions.live.follow import follow
    from smarketing.records.facts import store_facts

    clock.append(day(10))
    store_facts(journal(*(fact(f"f{n}", f"lead-{n}", 1 + n / 100) for n in range(50))))
    actions.refresh(moving)
    held = actions.load_following(moving)
    store_facts(journal(fact("more", "lead-7", 9, "form_submitted", form="demo")))
    follow(moving)
    store_facts(journal(fact("too early", "lead-8", 9)))
    whole = actions.load_following(moving)
    assert "too early" not in whole.facts.collect()["fact_id"], "nothing followed from it yet"
    monkeypatch.setattr(actions, "_whole", None)
    now = actions.load_following(moving, held)
    assert_same(now, whole)
    assert "more" in now.facts.collect()["fact_id"]


def test_a_personal_value_that_is_deleted_changes_what_follows(moving: Workspace, clock: list[datetime]) -> None:
    from smarketing.actions.live.follow import follow_if_due
    from smarketing.actions.refresh import load_following, refresh
    from smarketing.records.facts import store_facts

    clock.append(day(10))
    store_facts(journal(fact("p1", "a", 1, "profile_changed", email="ada@example.com", role="owner")))
    refresh(moving)
    held = load_following(moving)
    run("DELETE FROM personal_value")
    assert follow_if_due(moving) is not None
    assert load_following(moving, held).facts.collect()["properties"].to_list() == ['{"role":"owner"}']


def test_many_facts_at_once_are_derived_anew(moving: Workspace, clock: list[datetime], monkeypatch: pytest.MonkeyPatch) -> None:
    from smarketing.actions.live import follow as live
    from smarketing.actions.refresh import refresh
    from smarketing.records.derived import current_state
    from smarketing.records.facts import store_facts

    clock.append(day(10))
    refresh(moving)
    monkeypatch.setattr(live, "MOST_ARRIVALS", 10)
    store_facts(journal(*(fact(f"f{n}", f"lead-{n}", 1 + n / 100) for n in range(11))))
    live.follow(moving)
    state = current_state()
    assert state is not None
    assert (state.facts, state.since) == (11, state.serial)
    assert run("SELECT count(*) FROM arrival") == [(0,)]
