"""Standing aside: work that can wait rests while somebody waits for an answer, for a while."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

pytest.importorskip("django", reason="needs the extra `app`")

from smarketing.actions.aside import Aside

LONG = 60.0


@pytest.fixture
def aside() -> Aside:
    return Aside()


@contextmanager
def work(aside: Aside, *, patience: float) -> Iterator[threading.Event]:
    """Work that gives way once, in a thread of its own; set when it went on."""
    went_on = threading.Event()

    def steps() -> None:
        with aside.patient(patience):
            aside.give_way()
        went_on.set()

    thread = threading.Thread(target=steps)
    thread.start()
    try:
        yield went_on
    finally:
        thread.join(LONG)


def test_work_rests_until_the_answer_is_out(aside: Aside) -> None:
    aside.begin()
    with work(aside, patience=LONG) as went_on:
        assert not went_on.wait(0.1)
        aside.end()
        assert went_on.wait(LONG)


def test_work_rests_until_the_last_of_several_answers_is_out(aside: Aside) -> None:
    aside.begin()
    another = threading.Thread(target=aside.begin)  # its answer is under way for good
    another.start()
    another.join()
    with work(aside, patience=0.5) as went_on:
        aside.end()
        assert not went_on.wait(0.1)
    assert went_on.is_set()  # its patience ended


def test_without_anybody_waiting_nothing_rests(aside: Aside) -> None:
    aside.begin()
    aside.end()
    with work(aside, patience=LONG) as went_on:
        assert went_on.wait(LONG)


def test_patience_is_for_the_whole_piece_of_work(aside: Aside) -> None:
    aside.begin()
    with aside.patient(0.05):
        aside.give_way()
        assert aside.mine.patience <= 0
        aside.give_way()  # would never come back, had it patience again: this very thread makes the answer
    aside.give_way()


def test_programs_are_not_waited_for_and_an_answer_that_never_ended_is_over_with_the_next(aside: Aside) -> None:
    aside.begin()
    aside.begin(person=False)
    assert not aside.answering
