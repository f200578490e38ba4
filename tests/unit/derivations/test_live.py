"""What is remembered from update to update: the same answers as before, in bounded memory, whatever was asked in between."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
from polars.testing import assert_frame_equal

from smarketing.agreement.checks import load_agreement
from smarketing.backends.live import Replayer
from smarketing.derivations.live.matching import Memory
from smarketing.derivations.live.profiles import Profiles
from smarketing.derivations.live.remembered import Remembered
from smarketing.derivations.rulebook import compile_agreement
from smarketing.derivations.working_time import WorkingTimes, working_time
from tests.unit.derivations.journals import EXAMPLE, journal

AS_OF = datetime(2026, 12, 1, tzinfo=UTC)


def test_an_answer_is_found_once_and_forgotten_when_too_many_came_after_it() -> None:
    asked: list[int] = []

    def find(new: list[int]) -> list[int]:
        asked.extend(new)
        return [10 * one for one in new]

    known: Remembered[int, int] = Remembered(100)
    assert known.answers([1, 2, 1], find) == [10, 20, 10]
    assert known.answers([2, 1], find) == [20, 10]
    assert asked == [1, 2]
    for start in range(10, 2000, 50):
        known.answers(range(start, start + 50), find)
        assert len(known) <= 200
    assert known.answers([1], find) == [10]
    assert asked.count(1) == 2
    assert known.answers(range(5000, 6000), find)[-1] == 59_990, "more at once than are kept"
    assert len(known) <= 200


def test_profiles_are_forgotten_when_there_are_too_many_and_judged_alike_again() -> None:
    versions = [load_agreement(EXAMPLE)]
    small, large = Profiles(versions, most=50), Profiles(versions)
    for start in range(0, 400, 20):
        texts = [f'{{"role": "coo", "employees": {number}}}' for number in range(start, start + 20)]
        leads = [number // 3 for number in range(20)]
        (few, after_few), (many, after_many) = small.follow(texts, leads), large.follow(texts, leads)
        for one, other in zip(after_few.tolist(), after_many.tolist(), strict=True):
            state, same = few.compiled.of[one, 0], many.compiled.of[other, 0]
            assert few.held[state] == many.held[same]
            assert few.states[state].tolist() == many.states[same].tolist()
        assert len(small.number) <= 50 + 40
    assert len(large.number) > 400


def test_what_is_remembered_of_conditions_is_bounded() -> None:
    agreement = load_agreement(EXAMPLE)
    memory = Memory(compile_agreement([agreement]), most=30)
    for start in range(0, 200, 10):
        facts = journal(leads=10, cycles=1)
        texts = [f'{{"form": "demo", "number": {start + place}}}' for place in range(facts.height)]
        memory.match(facts.with_columns(properties=pl.Series(texts)))
        assert len(memory.bits) <= 60


def test_an_update_that_finds_everything_remembered_says_the_same() -> None:
    facts, replayer = journal(leads=40, cycles=3), Replayer(load_agreement(EXAMPLE))
    first, again = (replayer.update(facts, as_of=AS_OF).tables for _ in range(2))
    for name, table in first.items():
        assert_frame_equal(again[name], table)


def test_working_time_is_laid_out_once_for_a_day_and_as_far_as_a_replay_does() -> None:
    agreement = load_agreement(EXAMPLE)
    kept = WorkingTimes([agreement], {})
    first, later = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    one = kept(first_at=first, as_of=AS_OF)
    assert kept(first_at=later, as_of=AS_OF.replace(hour=9)) is one
    assert kept(first_at=later, as_of=AS_OF.replace(day=2)) is not one
    assert kept(first_at=datetime(2024, 1, 1, tzinfo=UTC), as_of=AS_OF) is not one
    whole = working_time([agreement], {}, first_at=first, as_of=AS_OF)
    assert one.timelines.ends[-1] == whole.timelines.ends[-1]
