"""The quick order of an inbox is the plain one: the same leads in the same parts, with the same urgency to the last digit."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from smarketing.derivations.business_time import NEVER
from smarketing.reports.inbox.cases import cases_of
from smarketing.reports.inbox.order import Desk, desk_of, following, numbers, order_at
from smarketing.reports.inbox.rows import LEFT_ALONE, PROMISED, PUT_OFF, inbox
from smarketing.reports.outcome import Outcome
from tests.unit.reports.lives import outcome_of

ANNA = "anna@hart.example"
RULES: dict[str, Any] = {
    "calendars": {"default": {"hours": {"mon-fri": ["09:00-12:00", "13:00-17:00"], "sun": ["01:00-04:00"]}}},
    "handoff": {"at": "mql", "attempts": ["call_made", "email_sent"]},
    "commitments": [
        {"name": "first response", "by": "sales", "respond_within": "4 business hours", "share": "90%", "per": "month"},
        {"name": "verdict", "by": "sales", "decide_within": "72h", "share": "90%", "per": "month"},
        {"name": "persistence", "by": "sales", "attempts": 2, "within": "10 business days", "share": "80%", "per": "month"},
    ],
    "personas": [{"name": "boss", "fit": [{"when": {"size": "A"}, "points": 40}]}],
    "grades": {"A": 30},
    "worth": {"A": 900, "D": 100},
}
BEGIN = datetime(2026, 3, 25, 6, tzinfo=UTC)
"""Days before the clocks of Berlin go forward, on Sunday the 29th."""
AS_OF = datetime(2026, 4, 1, 12, tzinfo=UTC)
NOWS = [AS_OF + timedelta(hours=hours) for hours in (0, 0.5, 5, 13.25, 61, 24 * 30)]
"""At work, in the last second of a morning, in the evening, at the weekend, weeks later."""
THEN = (
    "call_made", "email_sent", "accepted", "page_viewed", "page_viewed", "meeting_booked", "meeting_held", "recycled reason=x", "commented text=x",
    "snoozed until=2026-04-01T15:00:00Z", "snoozed until=2026-04-20", "snoozed until=nonsense", "opportunity_won opportunity_id=o",
    "opportunity_lost opportunity_id=o", "opportunity_won amount=10 opportunity_id=p", "form_submitted",
)  # fmt: skip


@lru_cache
def company(seed: int, leads: int = 40) -> Outcome:
    """Leads to whom anything happens in the week in which summer time begins; most are Anna's."""
    chance, lines = random.Random(seed), []
    for number in range(leads):
        lead, at = f"lead-{number * 7 % leads}", BEGIN + timedelta(minutes=chance.randrange(0, 9000, 30))
        owner = ANNA if chance.random() < 0.8 else "ben@hart.example"
        grade = "A" if chance.random() < 0.5 else "D"
        lines += [f"{lead} {at:%FT%H:%M} profile_changed size={grade}", f"{lead} {at:%FT%H:%M} form_submitted"]
        lines.append(f"{lead} {at + timedelta(minutes=1):%FT%H:%M} assigned to={owner}")
        for _ in range(chance.randrange(9)):
            at += timedelta(minutes=chance.randrange(0, 2000, 10))
            if at < AS_OF:
                lines.append(f"{lead} {at:%FT%H:%M} {chance.choice(THEN)}")
    return outcome_of("\n".join(lines), as_of=f"{AS_OF:%FT%H:%M}Z", **RULES)


def quick(outcome: Outcome, now: datetime, rep: str = ANNA) -> list[tuple[str, int, float, bool]]:
    """Lead, part, urgency and whether a promise is broken, in order, by the numbers."""
    order = order_at(outcome, rep, now)
    return [(order.leads[n], int(order.part[n]), float(order.urgency[n]), bool(order.broken[n])) for n in order.ordered()]


def plain(outcome: Outcome, now: datetime, rep: str = ANNA) -> list[tuple[str, int, float, bool]]:
    """The same by whole rows."""
    rows = inbox(outcome, rep, cases_of(outcome, rep), now=now)
    return [(row.lead_id, row.part, row.urgency, bool(row.broken)) for row in rows]


@pytest.mark.parametrize("now", NOWS, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_the_quick_order_is_the_plain_one(seed: int, now: datetime) -> None:
    assert quick(company(seed), now) == plain(company(seed), now)


def test_there_is_everything_in_these_inboxes_that_has_a_place() -> None:
    every = [row for seed in range(4) for row in plain(company(seed), AS_OF)]
    assert {part for _, part, _, _ in every} == {PROMISED, LEFT_ALONE, PUT_OFF}
    assert {late for _, _, _, late in every} == {True, False}


@pytest.mark.parametrize("number", ["stake", "asleep_until", "answer_at", "alone_from", "due_at", "working"])
def test_each_number_is_needed(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one of them wrong the comparison above fails."""
    wrong = {"stake": 1.0, "asleep_until": NEVER, "answer_at": NEVER, "alone_from": NEVER, "due_at": 0, "working": False}
    desks = {id(company(seed)): desk_of(company(seed), ANNA) for seed in range(4)}

    def other(outcome: Outcome, _: str) -> Desk:
        desk = desks[id(outcome)]
        return replace(desk, **{number: np.full_like(getattr(desk, number), wrong[number])})

    monkeypatch.setattr("smarketing.reports.inbox.order.desk_of", other)
    assert any(quick(company(seed), now) != plain(company(seed), now) for seed in range(4) for now in NOWS)


def test_rows_that_are_ahead_take_their_places() -> None:
    outcome, now = company(1), NOWS[2]
    rows = inbox(outcome, ANNA, cases_of(outcome, ANNA), now=now)
    ahead = rows[::3]
    order = order_at(outcome, ANNA, now)
    rest = order.without({row.lead_id for row in ahead})
    assert len(rest.leads) == len(rows) - len(ahead)
    merged = rest.among(ahead)
    assert merged.leads == order.leads
    assert [merged.leads[place] for place in merged.ordered()] == [row.lead_id for row in rows]
    assert merged.broken.tolist() == order.broken.tolist()


def test_the_numbers_of_leads_that_did_not_change_are_taken_over() -> None:
    before, after = company(2), company(3)
    changed = {f"lead-{number}" for number in range(0, 40, 4)}
    found, whole = following(after, numbers(before), changed), numbers(after)
    for name in ("places", "clocks"):
        of_them = [getattr(each, name) for each in (found, whole, numbers(before))]
        of_changed = [frame.filter(frame["lead_id"].is_in(list(changed))).sort(frame.columns) for frame in of_them]
        others = [frame.filter(~frame["lead_id"].is_in(list(changed))).sort(frame.columns) for frame in of_them]
        assert of_changed[0].equals(of_changed[1])
        assert others[0].equals(others[2])
        assert not others[1].equals(others[2])


def test_of_no_hand_offs_there_are_no_numbers() -> None:
    outcome = outcome_of("a 2026-03-02T09:00 page_viewed", as_of="2026-03-02T10:00Z", **RULES)
    assert numbers(outcome).places.is_empty()
    assert quick(outcome, AS_OF) == []
