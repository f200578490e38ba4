"""Fifty reps at a thousand leads at once: each lead is one rep's, and all others are told whose."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from smarketing.actions.acts.asked import Taken
from smarketing.actions.workspace import Workspace
from tests.records.acting import Desk, handed
from tests.records.test_facts import run
from tests.unit.journal.journals import journal

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
REPS, LEADS, AT_ONCE = 50, 1_000, 8
"""So many are at work; so many connections act at the same instant, as a server's threads do."""


@pytest.fixture
def crowd(desk_clock: list[datetime], workspace: Workspace) -> tuple[Workspace, list[Any]]:
    """The leads are with sales, and nobody's; the reps may come in."""
    from smarketing.actions.refresh import refresh
    from smarketing.records.facts import store_facts
    from smarketing.records.people import User

    fresh = Workspace(workspace.folder)
    store_facts(journal(*(row for number in range(LEADS) for row in handed(f"lead-{number:04}"))))
    refresh(fresh, desk_clock[-1])
    reps = [User(email=f"rep-{number}@hart.example", name=f"Rep {number}", role="sales", password="!") for number in range(REPS)]
    User.objects.bulk_create(reps)
    return fresh, list(User.objects.order_by("email"))


def at_once(todo: list[Callable[[], Any]]) -> list[Any]:
    """Do all of it, some at the same time, each thread with a connection of its own."""
    from django.db import connections

    gate = threading.Barrier(AT_ONCE)

    def work(part: list[tuple[int, Callable[[], Any]]]) -> list[tuple[int, Any]]:
        gate.wait()
        try:
            return [(place, one()) for place, one in part]
        finally:
            connections.close_all()

    parts = [list(enumerate(todo))[number::AT_ONCE] for number in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        done = [each for part in threads.map(work, parts) for each in part]
    return [answer for _, answer in sorted(done, key=lambda each: each[0])]


def accepted(workspace: Workspace, rep: Any, lead_id: str, key: str | None = None) -> str:
    """Who has the lead after this rep tried to accept it: the rep, or who was faster by what is told."""
    try:
        return str(Desk(workspace, rep)("accepted", lead_id, key=key).body["by"])
    except Taken as taken:
        return str(taken.body["by"])


def test_a_thousand_leads_have_one_winner_each_and_every_other_rep_hears_who(crowd: tuple[Workspace, list[Any]]) -> None:
    """Each lead is tried by several reps at the same instant, and every rep tries twenty leads and more."""
    workspace, reps = crowd
    dice = random.Random(5)
    tries = [(rep, f"lead-{number:04}") for number in range(LEADS) for rep in dice.sample(reps, 3)]
    winners = at_once([lambda rep=rep, lead=lead: accepted(workspace, rep, lead) for rep, lead in tries])  # type: ignore[misc]
    told: dict[str, set[str]] = {}
    for (_, lead), winner in zip(tries, winners, strict=True):
        told.setdefault(lead, set()).add(winner)
    facts = dict(run("SELECT lead_id, min(actor) FROM fact WHERE kind = 'accepted' GROUP BY lead_id"))
    assert run("SELECT count(*) FROM fact WHERE kind = 'accepted'") == [(LEADS,)]
    assert told == {lead: {winner} for lead, winner in facts.items()}
    assert dict(run("SELECT lead_id, decided_by FROM turn")) == facts
    assert run("SELECT count(*) FROM act") == [(LEADS,)]
    assert dict(run("SELECT lead_id, min(properties ->> 'to') FROM fact WHERE kind = 'assigned' GROUP BY lead_id")) == facts


def test_fifty_thousand_tries_at_a_thousand_turns_take_each_turn_once(empty_records: None) -> None:
    """All fifty at all thousand leads, in an order of each rep's own, where it is decided: in one conditional update."""
    from smarketing.records.acts import Move, take_turn

    at, dice = datetime(2026, 1, 5, 10, tzinfo=UTC), random.Random(7)

    def take(rep: str, lead_id: str) -> tuple[str, str] | None:
        fact_id = f"{rep}:{lead_id}"
        return (rep, lead_id) if take_turn(Move(lead_id, 1, at, rep, fact_id, decided="accepted")) else None

    tries = [(f"rep-{rep}", f"lead-{number:04}") for rep in range(REPS) for number in range(LEADS)]
    dice.shuffle(tries)
    won = [each for each in at_once([lambda rep=rep, lead=lead: take(rep, lead) for rep, lead in tries]) if each]  # type: ignore[misc]
    assert len(won) == LEADS == len({lead for _, lead in won})
    assert dict(run("SELECT lead_id, decided_by FROM turn")) == {lead: rep for rep, lead in won}
    assert run("SELECT DISTINCT serial FROM turn") == [(1,)]


def test_fifty_reps_at_one_lead_are_one_winner_and_forty_nine_who_hear_of_it(crowd: tuple[Workspace, list[Any]]) -> None:
    workspace, reps = crowd
    for number in range(5):
        winners = at_once([lambda rep=rep, lead=f"lead-{number:04}": accepted(workspace, rep, lead) for rep in reps])  # type: ignore[misc]
        assert len(Counter(winners)) == 1
    assert run("SELECT count(*) FROM fact WHERE kind = 'accepted'") == [(5,)]


def test_a_click_that_comes_eight_times_at_once_is_one_act(crowd: tuple[Workspace, list[Any]]) -> None:
    workspace, reps = crowd
    desk = Desk(workspace, reps[0])
    for number in range(20):
        done = at_once([lambda number=number: desk("accepted", f"lead-{number:04}", key=f"click-{number}")] * AT_ONCE)  # type: ignore[misc]
        assert sorted(each.status for each in done) == [200] * (AT_ONCE - 1) + [201]
        assert len({json.dumps(each.body, sort_keys=True) for each in done}) == 1
    assert run("SELECT count(*) FROM fact WHERE kind = 'accepted'") == [(20,)]


def test_reading_first_and_writing_then_would_give_leads_to_several(crowd: tuple[Workspace, list[Any]]) -> None:
    """The control: the same crowd with a rule that looks, and then writes; these tests would see it."""
    _, reps = crowd
    winners: dict[str, set[str]] = {}

    def read_then_write(email: str, lead_id: str) -> None:
        from smarketing.records.acts import Turn

        if not Turn.objects.filter(lead_id=lead_id).exclude(decided=None).exists():
            time.sleep(0.002)  # what a page thinks about in between
            Turn.objects.update_or_create(
                lead_id=lead_id,
                defaults={"decided": "accepted", "decided_by": email, "changed_at": datetime(2026, 1, 1).astimezone()},
            )
            winners.setdefault(lead_id, set()).add(email)

    def tried(email: str, lead_id: str) -> None:
        from django.db import IntegrityError

        try:
            read_then_write(email, lead_id)
        except IntegrityError:
            return

    at_once(
        [lambda rep=rep, number=number: tried(rep.email, f"lead-{number:04}") for number in range(40) for rep in reps[:AT_ONCE]]
    )  # type: ignore[misc]
    assert sum(len(each) > 1 for each in winners.values()) > 20


@pytest.fixture(autouse=True)
def no_worker_is_called(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody follows here, so nobody is called."""
    monkeypatch.setattr("smarketing.actions.live.calling.call_worker", lambda: None)
    yield
