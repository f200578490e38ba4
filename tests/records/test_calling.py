"""Calling the worker: at once, but within an answer when that is out."""

from __future__ import annotations

import threading

import pytest

pytest.importorskip("django", reason="needs the extra `app`")

from smarketing.actions.live.calling import Caller


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the threads that called."""
    made: list[str] = []
    monkeypatch.setattr(Caller, "_call", lambda caller: made.append(threading.current_thread().name))
    return made


def elsewhere(call: Caller) -> None:
    """Call in another thread."""
    other = threading.Thread(target=call, name="another")
    other.start()
    other.join()


def test_facts_that_came_in_call_at_once(calls: list[str]) -> None:
    call = Caller()
    call()
    assert calls == ["MainThread"]


def test_within_an_answer_one_call_waits_until_that_is_out(calls: list[str]) -> None:
    call = Caller()
    call.answer_begins()
    call()
    call()
    assert calls == []
    call.answer_ends()
    assert calls == ["MainThread"]


def test_an_answer_that_led_to_nothing_calls_nobody(calls: list[str]) -> None:
    call = Caller()
    call.answer_begins()
    call.answer_ends()
    call.answer_ends()
    assert calls == []


def test_an_answer_that_never_ended_calls_when_its_thread_answers_again(calls: list[str]) -> None:
    call = Caller()
    call.answer_begins()
    call()
    call.answer_begins()
    assert calls == ["MainThread"]


def test_an_answer_of_one_thread_holds_up_no_other(calls: list[str]) -> None:
    call = Caller()
    call.answer_begins()
    elsewhere(call)
    call.answer_ends()
    call()
    assert calls == ["another", "MainThread"]
