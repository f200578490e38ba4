"""The plan: a revenue goal and quotas turned round into hand-offs for each grade and month."""

from __future__ import annotations

import re
from typing import Any

import pytest

from smarketing.reports.outcome import Outcome
from smarketing.vocabulary.errors import NotEnoughData
from tests.unit.reports.lives import outcome_of

REVENUE = {"name": "revenue", "by": "both", "revenue": 3000, "per": "quarter"}
PERSONAS = {"personas": [{"name": "any", "fit": [{"when": {"big": "yes"}, "points": 20}]}], "grades": {"A": 20}}


def history() -> str:
    """January: 40 hand-offs, 10 of grade A; six of these and six of D were won two days later, for 50 each."""
    lines = []
    for i in range(40):
        lines += [f"l{i}  2026-01-06T08:00  profile_changed  big={'yes' if i < 10 else 'no'}"]
        lines += [f"l{i}  2026-01-06T09:00  form_submitted"]
        lines += [f"l{i}  2026-01-08T09:00  opportunity_won  amount=50"] if i % 10 < 6 and i < 20 else []
    return "\n".join(lines)


def outcome(text: str | None = None, as_of: str = "2026-03-01", **signed: Any) -> Outcome:
    return outcome_of(text or history(), as_of=as_of, **{"commitments": [REVENUE]} | PERSONAS | signed)


def rows(of: Outcome, period: str | None = None) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in of.plan(period).rows]


def test_a_month_needs_its_part_of_the_goal_by_the_usual_mix_at_the_usual_worth():
    """40 hand-offs brought 600: 15 each. A quarter of 3000 still misses 2400 in March: 160 hand-offs, a quarter of them of grade A."""
    assert rows(outcome()) == [
        ("2026-01", "A", 17, 10, 7), ("2026-01", "D", 50, 30, 20),
        ("2026-02", "A", 17, 0, 17), ("2026-02", "D", 50, 0, 50),
        ("2026-03", "A", 40, 5.0, 35), ("2026-03", "D", 120, 15.0, 105),
    ]  # fmt: skip


def test_a_period_to_come_has_equal_parts_of_its_goal():
    assert rows(outcome(), "2026-Q2")[:2] == [("2026-04", "A", 17, 5.0, 12), ("2026-04", "D", 50, 15.0, 35)]


def test_the_running_month_is_extrapolated_once_a_tenth_has_passed():
    text = history() + "\n" + "\n".join(f"m{i}  2026-03-02T09:00  form_submitted" for i in range(10))
    march = {(month, grade): expected for month, grade, _, expected, _ in rows(outcome(text, as_of="2026-03-16T12:00"))}
    assert march["2026-03", "D"] == pytest.approx(10 / (15.5 / 31), abs=0.1)
    early = {(month, grade): expected for month, grade, _, expected, _ in rows(outcome(text, as_of="2026-03-03"))}
    assert early["2026-03", "D"] == 15.0, "the mean of January and February"


def test_quotas_alone_are_a_goal_and_the_higher_of_both_decides():
    of = outcome(commitments=[], reps=[("ines", "sales", "3000"), ("sam", "sales", None)])
    assert rows(of)[0] == ("2026-01", "A", 17, 10, 7)
    both = outcome(reps=[("ines", "sales", "6000")])
    assert rows(both)[0][2] == 34
    note = next(note.text for note in both.plan().notes if note.code == "SMK-R040")
    assert note.startswith(
        "2026-Q1: 3,000.00 EUR of revenue is promised, the reps' quotas add up to 6,000.00 EUR; the plan is for the h"
    )


def test_a_goal_that_is_reached_needs_nothing_more():
    of = outcome(commitments=[REVENUE | {"revenue": 500}])
    assert [row[2] for row in rows(of, "2026-03")] == [0, 0]


def test_the_method_is_told():
    note = next(note.text for note in outcome().plan().notes if note.code == "SMK-R041")
    assert "The 40 hand-offs that are older brought 15.00 EUR each (" in note
    shares = re.findall(r"(\d+)% of grade (\w) with ([\d.,]+) EUR", note)
    assert sum(int(share) for share, _, _ in shares) == 100


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"commitments": []}, "A plan needs a goal"),
        ({"text": "a  2026-01-06T09:00  form_submitted"}, "needs 10 wins"),
        ({"as_of": "2026-01-08T10:00"}, "needs 30 hand-offs that are older"),
        ({"text": history().replace("amount=50", "amount=0")}, "brought no money"),
    ],
)
def test_without_history_or_goal_there_is_no_plan(changed: dict[str, Any], said: str):
    with pytest.raises(NotEnoughData, match=said):
        outcome(**changed).plan()
