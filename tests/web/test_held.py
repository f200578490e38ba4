"""The state in memory: swapped whole, never waited for, remembered answers with it."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

pytest.importorskip("django", reason="needs the extra `app`")

from smarketing.vocabulary.errors import OutsideError
from smarketing.web.held import EmptyWorkspace, Held, Keeper, asked, held, keep, remembered, usual


class Source:
    """States by hand."""

    def __init__(self) -> None:
        self.number, self.loads, self.broken = 1, 0, False

    def serial(self) -> int:
        return self.number

    def load(self, before: Any) -> Any:
        if self.broken:
            raise OutsideError("the database does not answer")
        self.loads += 1
        number = self.number
        return SimpleNamespace(number=number, funnel=lambda **words: (number, words)) if number else None


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def keeper(source: Source) -> Any:
    made = Keeper(source)
    keep(made)
    yield made
    keep(None)


def test_a_state_is_read_once_until_there_is_another(keeper: Keeper, source: Source) -> None:
    assert [keeper.look(), keeper.look()] == [True, False]
    source.number = 2
    assert held().number == 1
    assert keeper.look()
    assert (held().number, source.loads) == (2, 2)


def test_answers_are_remembered_for_as_long_as_their_state(keeper: Keeper, source: Source) -> None:
    keeper.look()
    assert asked("funnel", by="channel") is asked("funnel", by="channel")
    assert asked("funnel", by="rep") != asked("funnel", by="channel")
    assert remembered("x", lambda outcome: [outcome.number], "a") is remembered("x", lambda outcome: [], "a")
    source.number = 2
    keeper.look()
    assert asked("funnel", by="channel")[0] == 2


def test_what_is_usual_is_answered_of_each_new_state_before_anybody_asks(keeper: Keeper, source: Source) -> None:
    made: list[int] = []

    def number(outcome: Any) -> int:
        made.append(held().number)  # it may ask the state that is shown
        return int(outcome.number)

    keeper.look()
    assert usual("number", number, "a") == 1
    remembered("other", number)
    source.number = 2
    keeper.look()
    assert made == [1, 1, 2]
    assert (usual("number", number, "a"), made) == (2, [1, 1, 2])
    source.number = 3
    keeper.look()
    assert made == [1, 1, 2, 3]


def test_what_was_not_asked_for_lately_is_not_usual_any_more(
    keeper: Keeper, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.look()
    usual("number", lambda outcome: outcome.number)
    monkeypatch.setattr("smarketing.web.held.USUAL_SECONDS", 0.0)
    source.number = 2
    keeper.look()
    assert keeper.now.answers == {}


def test_a_usual_answer_that_fails_is_told_to_whoever_asks(keeper: Keeper, source: Source) -> None:
    def number(outcome: Any) -> int:
        if outcome.number == 2:
            raise OutsideError("not now")
        return int(outcome.number)

    keeper.look()
    assert usual("number", number) == 1
    source.number = 2
    assert keeper.look()
    with pytest.raises(OutsideError, match="not now"):
        usual("number", number)
    source.number = 3
    keeper.look()
    assert keeper.now.answers == {("number",): 3}


def test_what_is_forgotten_while_it_is_made_is_made_anew(keeper: Keeper) -> None:
    said = ["before"]

    def asks(outcome: Any) -> str:
        found = said[0]
        if found == "before":
            said[0] = "after"
            keeper.forget("names")
        return found

    keeper.look()
    assert [remembered("names", asks, 1), remembered("names", asks, 1)] == ["before", "after"]
    assert keeper.now.answers == {("names", 1): "after"}
    keeper.forget("others")
    assert keeper.now.answers == {("names", 1): "after"}


def test_only_so_many_answers_are_kept() -> None:
    state = Held(None, 1)
    for number in range(1000):
        state.remember((number,), lambda: 0)
    assert len(state.answers) == 256
    assert (999,) in state.answers


def test_an_empty_workspace_is_not_an_error_of_ours(keeper: Keeper, source: Source) -> None:
    source.number = 0
    keeper.look()
    with pytest.raises(EmptyWorkspace):
        held()


def test_the_state_before_stays_where_the_newest_cannot_be_read(keeper: Keeper, source: Source) -> None:
    keeper.look()
    source.number, source.broken = 2, True
    with pytest.raises(OutsideError):
        keeper.look()
    assert held().number == 1
    source.broken = False
    keeper.look()
    assert held().number == 2


def test_the_first_page_is_asked_for_before_anybody_waits(source: Source) -> None:
    seen: list[int] = []
    keeper = Keeper(source, warm=lambda state: seen.append(state.serial))
    keeper.look()
    assert (seen, keeper.now.serial) == ([1], 1)


def test_a_thread_looks_by_itself_and_stops_when_told(keeper: Keeper, source: Source) -> None:
    import threading

    keeper.look()
    keeper.start()
    source.number = 2
    keeper.called.set()
    for _ in range(200):
        if keeper.now.serial == 2:
            break
        threading.Event().wait(0.05)
    assert keeper.now.serial == 2
    keeper.stop()
    assert keeper.stopped.is_set()


def test_what_several_ask_for_at_once_is_made_once() -> None:
    from threading import Event, Thread

    state, begun, go, made, got = Held(None, 1), Event(), Event(), [], []

    def make() -> object:
        begun.set()
        go.wait(10)
        made.append(1)
        return object()

    threads = [Thread(target=lambda: got.append(state.remember(("x",), make))) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    go.set()
    for thread in threads:
        thread.join(10)
    assert (len(made), len(got), len({*map(id, got)})) == (1, 4, 1)
    assert not state.making


def test_who_waited_for_an_answer_that_failed_makes_it() -> None:
    state = Held(None, 1)
    with pytest.raises(ZeroDivisionError):
        state.remember(("x",), lambda: 1 // 0)
    assert state.remember(("x",), lambda: 5) == 5
    assert not state.making


def test_an_answer_may_rest_on_another_one() -> None:
    state = Held(None, 1)
    assert state.remember(("x",), lambda: state.last(("x",), lambda: 5) + state.remember(("y",), lambda: 2)) == 7


def test_what_is_found_out_about_leads_while_a_state_is_made_stays() -> None:
    from smarketing.reports.outcome import Outcome

    def outcome() -> Any:
        found = SimpleNamespace(id="one")
        return Outcome(found, 1, {}, pl.DataFrame().lazy(), versions=(found,))  # type: ignore[arg-type]

    before, after = Held(outcome(), 1), Held(outcome(), 2)
    after.outcome.changed = frozenset({"b"})  # type: ignore[union-attr]
    before.heavy[("slow",)] = time.monotonic(), lambda _: [before.last(("life", lead), lambda: 1) for lead in "ab"]
    after.follow(before)
    assert list(after.lasting) == [("life", "a")]
