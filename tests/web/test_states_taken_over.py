"""What a new state takes over from the one before: what is the same, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("django", reason="needs the extra `app`")

from smarketing.reports.handed import doubts
from smarketing.reports.inbox.cases import cases_of, open_handoffs
from smarketing.reports.inbox.hours import hours_of
from smarketing.reports.inbox.kept import take_over
from smarketing.reports.inbox.order import desk_of, order_at
from smarketing.reports.outcome import Outcome
from smarketing.web import held as holding
from smarketing.web.held import Held, Keeper, asked, keep, lasting
from smarketing.web.locale import Reader, preferred_locale, reading
from smarketing.web.look.drawn import drawn, filled, mark

pytestmark = pytest.mark.postgres


def state(number: int, *, as_of: int = 1, changed: frozenset[str] | None = frozenset(), version: str = "v") -> Any:
    """A state by hand."""
    return SimpleNamespace(
        serial=number,
        as_of=as_of,
        changed=changed,
        versions=(SimpleNamespace(id=version),),
        funnel=lambda **words: (number, words),
    )


@contextmanager
def following(*states: Any) -> Iterator[Keeper]:
    """The states, one after the other with each look."""
    coming = [*states]
    source = SimpleNamespace(serial=lambda: coming[0].serial if coming else 0, load=lambda before: coming.pop(0))
    keeper = Keeper(source)
    keep(keeper)
    try:
        yield keeper
    finally:
        keep(None)


def told_of(lead_id: str) -> int:
    """Which state a lead was told of."""
    return int(lasting("story", lead_id, lambda outcome: outcome.serial))


def test_what_is_told_of_a_lead_lasts_until_its_rows_are_others() -> None:
    with following(state(1), state(2, changed=frozenset({"b"}))) as keeper:
        keeper.look()
        assert [told_of("a"), told_of("b")] == [1, 1]
        keeper.look()
        assert [told_of("a"), told_of("b")] == [1, 2]


@pytest.mark.parametrize("other", [{"changed": None}, {"version": "w"}, {"as_of": 2}], ids=str)
def test_under_other_rules_or_at_another_time_everything_is_told_anew(other: dict[str, Any]) -> None:
    with following(state(1), state(2, **other)) as keeper:
        keeper.look()
        told_of("a")
        keeper.look()
        assert told_of("a") == 2


def test_what_took_long_and_was_asked_for_lately_is_there_before_anybody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "HEAVY_SECONDS", -1.0)
    with following(state(1), state(2), state(3)) as keeper:
        keeper.look()
        asked("funnel", by="rep")
        keeper.look()
        assert keeper.now.answers == {("funnel", ("by", "rep")): (2, {"by": "rep"})}
        monkeypatch.setattr(holding, "LATELY_SECONDS", 0.0)
        keeper.look()
        assert not keeper.now.answers


def test_an_answer_that_fails_keeps_no_state_from_being_shown() -> None:
    before, after = Held(state(1), 1), Held(state(2), 2)
    before.heavy["broken",] = (10.0**12, lambda outcome: 1 / 0)
    after.follow(before)
    assert not after.answers


@pytest.mark.parametrize("at_hand", [False, True])
def test_open_hand_offs_and_their_cases_are_those_of_the_whole(site: Any, at_hand: bool) -> None:
    """Nothing changed but one lead of a rep's, whose rows are taken away: what is taken over is what would be read."""
    now = holding.held()
    rep = open_handoffs(now)["owner"].drop_nulls()[0]
    leads = [case.lead_id for case in cases_of(now, rep)]
    gone = leads[0]
    tables = {
        name: frame.filter(frame["lead_id"] != gone) for name, frame in dict.items(now.tables) if "lead_id" in frame.columns
    }
    facts = now.facts.collect().filter(is_not(gone)).lazy()

    def again() -> Outcome:
        return Outcome(now.agreement, now.as_of, tables, facts, now.small, united=now.united, versions=now.versions)

    others = [each for each in open_handoffs(now)["owner"].drop_nulls().unique() if each != rep]
    for each in (rep, *others):
        order_at(now, each, now.as_of)
    after, whole = again(), again()
    for _ in take_over(now, after, {gone}, facts.filter(False).collect() if at_hand else None):
        """Step by step."""
    order = ["lead_id", "cycle"]
    assert open_handoffs(after).sort(order).equals(open_handoffs(whole).sort(order))
    assert {case.lead_id: case.facts for case in cases_of(after, rep)} == {
        case.lead_id: case.facts for case in cases_of(whole, rep)
    }
    assert {case.lead_id for case in cases_of(after, rep)} == {*leads} - {gone}
    kept = next(case for case in cases_of(now, rep) if case.lead_id != gone)
    assert any(case is kept for case in cases_of(after, rep))
    assert {each for each in others if desk_of(after, each) is desk_of(now, each)} == {*others}
    assert desk_of(after, rep) is not desk_of(now, rep)
    for each in (rep, *others):
        found, wanted = (order_at(outcome, each, now.as_of) for outcome in (after, whole))
        assert found.leads == wanted.leads
        assert found.ordered() == wanted.ordered()
        assert found.urgency.tolist() == wanted.urgency.tolist()
    assert hours_of(after, rep, now.agreement, now.as_of) is hours_of(now, rep, now.agreement, now.as_of)


def test_what_was_doubted_of_leads_that_are_the_same_is_taken_over_through_states_in_which_nobody_asked(site: Any) -> None:
    now = holding.held()
    found = doubts.doubts(now)
    leads = list(dict.fromkeys(row["lead_id"] for row in found))
    first, second = leads[:2]

    def without(*gone: str) -> Outcome:
        tables = {
            name: frame.filter(~frame["lead_id"].is_in(gone))
            for name, frame in dict.items(now.tables)
            if "lead_id" in frame.columns
        }
        return Outcome(now.agreement, now.as_of, tables, now.facts, now.small, united=now.united, versions=now.versions)

    unasked, after = without(first), without(first, second)
    doubts.take_over(now, unasked, {first})
    doubts.take_over(unasked, after, {second, "nobody"})
    kept = doubts.doubts(after)
    assert kept == [row for row in found if row["lead_id"] not in (first, second)]
    assert all(any(row is each for each in found) for row in kept), "nothing is found again"
    again = without()
    doubts.take_over(unasked, again, {second})
    assert sorted(map(repr, doubts.doubts(again))) == sorted(repr(row) for row in found)


def is_not(lead_id: str) -> Any:
    """The facts of all but one lead."""
    import polars as pl

    return pl.col("lead_id") != lead_id


def test_a_part_is_drawn_once_for_what_it_shows_and_filled_each_time() -> None:
    drawings: list[str] = []

    def draw() -> str:
        drawings.append("once")
        return f'<input value="{mark("token")}">'

    parts = [filled(drawn(("a part", "of this test"), draw), {"token": token}) for token in ("one", '"><b>')]
    assert parts == ['<input value="one">', '<input value="&quot;&gt;&lt;b&gt;">']
    assert drawings == ["once"]


def test_what_is_drawn_for_one_reader_is_not_shown_to_another() -> None:
    from django.template import Context, Template

    page = Template('{% load acting %}{% once_drawn "figure of a test" key %}{{ 1234|number }}{% endonce_drawn %}')

    def shown(language: str) -> str:
        with reading(Reader(preferred_locale(language))):
            return page.render(Context({"key": "k"}))

    assert [shown("en-GB"), shown("de-DE"), shown("en-GB")] == ["1,234", "1.234", "1,234"]
