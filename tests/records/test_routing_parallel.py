"""Sixteen workers route at once on a real server: nobody gets a lead twice, nobody who is away gets one, and everybody gets as many."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.records.routed_office import Company, company
from tests.records.test_facts import run

pytestmark = pytest.mark.postgres
WORKERS, LEADS = 16, 203
TEAM = """\
rep,name,role,active_from,active_to
anna@hart.example,Anna Keller,inside_sales,,
ben@hart.example,Ben Okafor,inside_sales,,
carla@hart.example,Carla Brandt,inside_sales,,
dora@hart.example,Dora Lang,inside_sales,,
emma@hart.example,Emma Walsh,inside_sales,,
gone@hart.example,Gone Long Since,inside_sales,,2026-02-01
next@hart.example,Next Month,inside_sales,2026-04-01,
away@hart.example,Away Now,inside_sales,,
mia@hart.example,Mia Lindqvist,marketing,,
"""
THERE = [f"{name}@hart.example" for name in ("anna", "ben", "carla", "dora", "emma")]


@pytest.fixture
def here(empty_records: None, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A team of five who are there and four who may not get a lead; many leads at once, and small batches in any order."""
    from smarketing.actions.routing import waiting

    made = company(tmp_path, database_url, monkeypatch)
    made.table("reps", TEAM)
    made.table("absences", "rep,from,to\naway@hart.example,2026-03-01,2026-03-10\n")
    monkeypatch.setattr(waiting, "BATCH", 3)
    monkeypatch.setattr(waiting, "_todo", shuffled(waiting._todo))
    made.asks(*(f"lead-{number:03}" for number in range(LEADS)))
    return made


def shuffled(todo: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """The same in another order for each worker, so that they do not all want the same lead."""

    def mixed(*given: Any, **options: Any) -> list[Any]:
        found = todo(*given, **options)
        random.Random(threading.get_ident() + len(found)).shuffle(found)
        return found

    return mixed


def all_at_once(here: Company) -> list[Any]:
    """What each worker gave, together; all of them begin at the same moment."""
    from django.db import DatabaseError, connections

    from smarketing.actions.routing.waiting import route_waiting

    begin, given = threading.Barrier(WORKERS), list[Any]()

    def work() -> None:
        begin.wait(60)
        with suppress(DatabaseError):  # without a lock two may wait for each other; what counts is what is there then
            given.extend(route_waiting(here.workspace, here.now))
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    return given


def spread(counts: Iterable[int]) -> int:
    told = list(counts)
    return max(told) - min(told)


def test_everybody_gets_as_many_and_nobody_a_lead_twice(here: Company) -> None:
    given = all_at_once(here)
    assert sorted(one.lead_id for one in given) == sorted(f"lead-{number:03}" for number in range(LEADS))
    told = run("SELECT lead_id, properties ->> 'to' FROM fact WHERE kind = 'assigned'")
    assert len(told) == len({lead for lead, _ in told}) == LEADS
    counts = Counter(rep for _, rep in told)
    assert set(counts) == set(THERE)
    assert spread(counts.values()) <= 1
    assert dict(run("SELECT rep, turns FROM rotation WHERE turns > 0")) == dict(counts)
    here.follow()
    assert Counter(here.owners().values()) == {rep.partition("@")[0]: number for rep, number in counts.items()}
    assert all_at_once(here) == []


def test_a_second_wave_goes_on_where_the_first_one_ended(here: Company) -> None:
    """Also while what the first one gave is still being derived."""
    all_at_once(here)
    here.asks(*(f"more-{number:03}" for number in range(99)))
    all_at_once(here)
    counts = Counter(rep for (rep,) in run("SELECT rep FROM routed"))
    assert set(counts) == set(THERE)
    assert spread(counts.values()) <= 1
    assert sum(counts.values()) == LEADS + 99


def test_without_the_lock_turns_would_be_lost(here: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same workers on the same leads, and nobody locks the rows of turns."""
    from smarketing.records import unrouted

    lock = unrouted.lock_turns
    lock(THERE)
    monkeypatch.setattr(unrouted, "lock_turns", lambda reps: unrouted.turns_so_far())
    all_at_once(here)
    counts = Counter(rep for (rep,) in run("SELECT rep FROM routed WHERE rep IS NOT NULL"))
    turns = dict(run("SELECT rep, turns FROM rotation"))
    assert {rep: turns[rep] for rep in THERE} != {rep: counts[rep] for rep in THERE}
    assert len(run("SELECT lead_id FROM routed")) == len(set(run("SELECT lead_id FROM routed")))
