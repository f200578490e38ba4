"""The inbox: which hand-offs are in it, what is next with each, in which order, and how long there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from smarketing.agreement.models import Agreement
from smarketing.reports.explain.life import life_of
from smarketing.reports.inbox.cases import cases_of
from smarketing.reports.inbox.hours import hours_of
from smarketing.reports.inbox.known import known, rests_on
from smarketing.reports.inbox.rows import LEFT_ALONE, PROMISED, PUT_OFF, InboxRow, inbox
from tests.unit.reports.lives import SIGNED, outcome_of

ANNA = "anna@hart.example"
RULES: dict[str, Any] = {
    "calendars": {"default": {"hours": {"mon-fri": ["09:00-17:00"]}}},
    "handoff": {
        "at": "mql",
        "attempts": ["call_made", "email_sent"],
        "connects": [{"fact": "call_made", "where": {"outcome": "connected"}}],
    },
    "commitments": [
        {"name": "first response", "by": "sales", "respond_within": "4 business hours", "share": "90%", "per": "month"},
        {"name": "persistence", "by": "sales", "attempts": 3, "within": "10 business days", "share": "80%", "per": "month"},
    ],
    "grades": {"A": 30},
    "worth": {"A": 900, "D": 100},
}
HANDED = "{lead} 2026-03-02T09:00 form_submitted\n{lead} 2026-03-02T09:05 assigned to=anna@hart.example\n"


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def handed(*leads: str) -> str:
    """These leads come to Anna on Monday 2 March 2026 at 10:00 in Berlin."""
    return "".join(HANDED.format(lead=lead) for lead in leads)


def rows(facts: str, now: str = "2026-03-02T10:00", **signed: Any) -> list[InboxRow]:
    """Anna's inbox at an instant."""
    outcome = outcome_of(facts, as_of=f"{now}Z", **(RULES | signed))
    return inbox(outcome, ANNA, cases_of(outcome, ANNA), now=at(now))


def step(facts: str, now: str = "2026-03-02T10:00", **signed: Any) -> tuple[str, str]:
    """What is next with lead a, and why."""
    found = rows(handed("a") + facts, now, **signed)[0].step
    return found.what, found.why


def test_an_open_hand_off_is_in_the_inbox_of_its_owner_alone():
    assert [row.lead_id for row in rows(handed("a", "b") + "b 2026-03-02T09:10 assigned to=ben@hart.example")] == ["a"]


@pytest.mark.parametrize(
    "end",
    [
        "rejected reason=x",
        "recycled reason=x",
        "disqualified reason=x",
        "opportunity_won amount=10",
        "opportunity_won amount=10 opportunity_id=o",
        "opportunity_won",
    ],
)
def test_what_has_ended_is_in_no_inbox(end: str):
    assert rows(handed("a") + f"a 2026-03-02T09:30 {end}") == []
    assert len(rows(handed("a") + "a 2026-03-02T09:30 commented text=x")) == 1


def test_a_lead_that_was_lost_again_after_a_win_is_back():
    lost = "a 2026-03-02T09:30 opportunity_opened opportunity_id=p\na 2026-03-02T09:31 opportunity_won opportunity_id=o\n"
    assert len(rows(handed("a") + lost + "a 2026-03-02T09:32 opportunity_lost opportunity_id=o")) == 1


def test_who_was_not_called_is_to_be_answered_first():
    assert step("") == ("respond", "untouched")


def test_the_next_attempt_is_counted():
    found = rows(handed("a") + "a 2026-03-02T09:30 call_made outcome=voicemail")[0].step
    assert (found.what, found.number, found.of, found.kind) == ("attempt", 2, 3, "call_made")


def test_who_was_reached_is_to_be_decided():
    assert step("a 2026-03-02T09:30 call_made outcome=connected") == ("decide", "reached")


def test_who_was_tried_as_often_as_promised_is_to_be_decided():
    tried = "".join(f"a 2026-03-02T09:3{minute} call_made outcome=voicemail\n" for minute in range(3))
    assert step(tried) == ("decide", "tried_all")


def test_who_acts_after_our_last_word_is_to_be_answered():
    assert step("a 2026-03-02T09:30 call_made outcome=voicemail\na 2026-03-02T09:40 page_viewed") == ("answer", "they_acted")
    assert step("a 2026-03-02T09:30 page_viewed\na 2026-03-02T09:40 call_made outcome=voicemail") == ("attempt", "not_reached")


def test_an_accepted_lead_is_followed_up():
    assert step("a 2026-03-02T09:30 accepted") == ("follow_up", "accepted")
    assert step("a 2026-03-02T09:30 accepted\na 2026-03-02T09:40 meeting_held") == ("follow_up", "held")
    deal = "a 2026-03-02T09:30 accepted\na 2026-03-02T09:40 opportunity_opened opportunity_id=o"
    assert step(deal) == ("follow_up", "opportunity")


def test_a_meeting_that_was_booked_is_to_be_held():
    assert step("a 2026-03-02T09:30 accepted\na 2026-03-02T09:40 meeting_booked") == ("meet", "booked")


def test_what_was_put_aside_waits_until_then():
    aside = "a 2026-03-02T09:30 snoozed until=2026-03-09T09:00:00Z"
    assert step(aside) == ("wait", "snoozed")
    assert step(aside, "2026-03-09T09:00") == ("respond", "untouched")


@pytest.mark.parametrize("by", ["page_viewed", "call_made outcome=voicemail", "accepted"])
def test_what_was_put_aside_wakes_when_somebody_acts(by: str):
    aside = "a 2026-03-02T09:30 snoozed until=2026-03-09T09:00:00Z\n"
    assert step(aside + f"a 2026-03-02T09:40 {by}")[0] != "wait"
    assert step(aside + "a 2026-03-02T09:40 commented text=x")[0] == "wait"


def test_a_lead_that_comes_again_is_a_new_cycle():
    again = handed("a") + "a 2026-03-02T09:30 recycled reason=later\na 2026-03-05T09:00 form_submitted\n"
    found = rows(again + "a 2026-03-05T09:01 assigned to=anna@hart.example", "2026-03-05T10:00")[0]
    assert (found.case.row["cycle"], found.step.what, found.step.why) == (2, "respond", "came_back")


def test_the_nearest_clock_counts_the_rep_s_own_working_hours():
    clock = rows(handed("a"))[0].clock
    assert clock is not None
    assert (clock.commitment, clock.state, clock.hours) == ("first response", "open", 3.0)
    friday = rows("a 2026-03-06T15:00 form_submitted\na 2026-03-06T15:01 assigned to=anna@hart.example", "2026-03-07T12:00")[
        0
    ].clock
    assert friday is not None
    assert friday.hours == 3.0  # one hour of four was on Friday; this is Saturday
    assert friday.intervals == [(at("2026-03-09T08:00"), at("2026-03-09T11:00"))]


def test_working_hours_are_right_across_the_begin_of_summer_time():
    clock = rows("a 2026-03-27T15:00 form_submitted\na 2026-03-27T15:01 assigned to=anna@hart.example", "2026-03-28T12:00")[
        0
    ].clock
    assert clock is not None
    assert clock.intervals == [(at("2026-03-30T07:00"), at("2026-03-30T10:00"))]  # 09:00 is an hour earlier in UTC than on Friday


def test_a_clock_that_ran_out_is_broken_when_time_passes_and_stays():
    found = rows(handed("a"), "2026-03-02T13:00")[0]
    assert [clock.commitment for clock in found.broken] == []
    outcome = outcome_of(handed("a"), as_of="2026-03-02T12:00Z", **RULES)
    later = inbox(outcome, ANNA, cases_of(outcome, ANNA), now=at("2026-03-02T13:30"))[0]
    assert [clock.commitment for clock in later.broken] == ["first response"]
    assert later.clock is not None
    assert later.clock.commitment == "persistence"


def test_the_order_is_worth_over_the_hours_that_are_left():
    facts = "b 2026-03-02T07:00 form_submitted\nb 2026-03-02T07:01 assigned to=anna@hart.example\n" + handed("a")
    found = {row.lead_id: row for row in rows(facts)}
    assert found["a"].urgency == pytest.approx(101 / (1 + 3))
    assert found["b"].urgency == pytest.approx(101 / (1 + 2))  # it began at 09:00 in Berlin, two hours ago
    assert [row.lead_id for row in rows(facts)] == ["b", "a"]


def test_a_promise_that_is_broken_counts_half_and_less_as_time_passes():
    one = {"commitments": RULES["commitments"][:1]}
    found = rows(handed("a"), "2026-03-02T15:00", **one)[0]
    assert found.part == PROMISED
    assert found.urgency == pytest.approx(101 * 0.5 / (1 + 2))


def test_those_without_a_promise_come_after_and_those_put_aside_last():
    more = "b 2026-03-02T09:30 snoozed until=2026-03-20T09:00:00Z\nc 2026-03-02T09:30 accepted\nc 2026-03-02T09:31 email_sent\n"
    found = rows(handed("a", "b", "c") + more, commitments=RULES["commitments"][:1])
    assert [(row.lead_id, row.part) for row in found] == [("a", PROMISED), ("c", LEFT_ALONE), ("b", PUT_OFF)]


def test_of_those_left_alone_the_longest_comes_first():
    done = "{0} 2026-03-02T09:30 accepted\n{0} {1} email_sent\n"
    facts = handed("a", "b") + done.format("a", "2026-03-03T10:00") + done.format("b", "2026-03-02T10:00")
    assert [row.lead_id for row in rows(facts, "2026-03-04T10:00", commitments=[])] == ["b", "a"]


def test_without_a_calendar_every_hour_counts():
    outcome = outcome_of(handed("a"))
    hours = hours_of(outcome, ANNA, outcome.agreement, at("2026-03-07T12:00"))
    assert hours.worked(at("2026-03-07T12:00"), at("2026-03-08T12:00")) == 24
    assert hours.between(at("2026-03-08T12:00"), at("2026-03-07T12:00")) == []


def test_a_row_is_told_to_programs_as_well():
    told = rows(handed("a"))[0].to_dict()
    assert told["step"] == {
        "what": "respond",
        "why": "untouched",
        "at": "2026-03-02T09:00:00Z",
        "kind": None,
        "attempt": None,
        "of": None,
    }
    assert told["clock"]["hours_left"] == 3.0
    assert told["clock"]["due_at"] == "2026-03-02T13:00:00Z"


def test_what_is_known_is_short_and_says_how_much_more_there_is():
    rules = [{"name": f"rule {n}", "fact": "page_viewed", "where": {"n": n}, "points": n + 1} for n in range(7)]
    seen = "".join(f"a 2026-03-01T10:0{n} page_viewed n={n}\n" for n in range(7))
    topics = {"prices": [{"fact": "page_viewed", "where": {"n": {"at_least": 5}}}], "other": [{"fact": "trial_started"}]}
    outcome = outcome_of(seen + handed("a"), engagement=rules, interests=topics)
    found = known(life_of(outcome, "a"))  # type: ignore[arg-type]  # it is there
    assert [line.points for line in found.receipt.lines] == [Decimal(n) for n in (7, 6, 5, 4, 3)]
    assert (found.receipt.more, found.receipt.engagement) == (2, Decimal(28))
    assert [(topic.name, topic.times) for topic in found.topics] == [("prices", 2)]
    assert [touch["kind"] for touch in found.touches][:2] == ["form_submitted", "page_viewed"]


def test_it_rests_on_the_kinds_that_the_agreement_names():
    rules = {"engagement": [{"name": "met", "fact": "meeting_held", "points": 5}]}
    assert "meeting_held" in (rests_on(Agreement.model_validate(SIGNED | rules)) or ())
    assert "call_made" not in (rests_on(Agreement.model_validate(SIGNED | rules)) or ())
    phase = {"phase": "late", "when": {"fact": "page_viewed", "only_from": "mql"}}
    assert rests_on(Agreement.model_validate(SIGNED | {"personas": [{"name": "p", "buying_cycle": [phase]}]})) is None


def test_hours_before_now_are_counted_back():
    outcome = outcome_of(handed("a"), **RULES)
    hours = hours_of(outcome, ANNA, outcome.agreement, at("2026-03-02T10:00"))
    assert hours.worked(at("2026-03-02T10:00"), at("2026-03-02T10:00") - timedelta(hours=2)) == -2
