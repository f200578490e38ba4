"""An agreement read out: each part of the language is a sentence that says what the rule does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smarketing.agreement.checks import load_agreement
from smarketing.agreement.models import Agreement
from smarketing.agreement.sentences import buyers, promises, routine, way
from smarketing.agreement.sentences.writing import PLAIN, Writing, plural, title

ROOT = Path(__file__).parents[3]
SIGNED = ROOT / "src/smarketing/connectors/example/agreements/2-signed.yaml"
FRAME: dict[str, Any] = {
    "name": "Small", "currency": "USD", "timezone": "UTC", "in_force": {"from": "2026-01-01"},
    "stages": [{"name": "visitor", "owner": "marketing"}, {"name": "mql", "owner": "marketing", "when": {"fact": "form_submitted"}}],
    "handoff": {"at": "mql"},
}  # fmt: skip


def small(**parts: Any) -> Agreement:
    """The smallest agreement, with these parts."""
    return Agreement.model_validate(FRAME | parts)


@pytest.mark.parametrize(
    ("promise", "sentence"),
    [
        ({"by": "marketing", "deliver": "mql", "at_least": 1, "per": "month"}, "Each month, marketing hands over at least 1 MQL."),
        ({"by": "marketing", "worth": 500, "grades": ["A", "B"], "per": "week"}, "Each week, marketing hands over leads of grade A or B worth at least 500 USD."),
        ({"by": "marketing", "accepted": "60%", "per": "month"}, "Each month, marketing sees to it that at least 60% of the hand-offs that are decided on are accepted."),
        ({"by": "sales", "respond_within": "4 business hours", "per": "month"}, "Each month, sales makes a first attempt within 4 business hours for every hand-off."),
        ({"by": "sales", "decide_within": "2d", "share": "95%", "per": "month"}, "Each month, sales decides within 2 days, for at least 95% of the hand-offs, whether to take the lead on or give it back."),
        ({"by": "both", "attempts": 1, "within": "14d", "per": "month"}, "Each month, both teams together make 1 attempt within 14 days, or reach the lead before, for every hand-off."),
        ({"by": "sales", "pursue": 20, "per": "month"}, "Each month, sales pursues at least 20 hand-offs, each with one attempt or more."),
        ({"by": "both", "revenue": 1200000, "per": "quarter"}, "Each quarter, both teams together win at least 1,200,000 USD."),
    ],
)  # fmt: skip
def test_each_kind_of_promise_is_a_sentence(promise: dict[str, Any], sentence: str) -> None:
    made = promises.promises(small(commitments=[{"name": "it", **promise}]))
    assert [each.text for each in made[promise["by"]]] == [sentence]


def test_a_reward_without_names_depends_on_the_revenue() -> None:
    reward = {"pool": 1000, "per": "quarter", "both_met": "100%", "one_missed": "50%", "none_met": "0%"}
    revenue = {"name": "money", "by": "both", "revenue": 9, "per": "quarter"}
    agreement = small(reward=reward, commitments=[revenue])
    assert promises.rewarded(agreement) == {"money"}
    assert list(promises.reward(agreement)) == [
        "Each quarter, 1,000 USD are set aside for both teams, half of what is paid for each.",
        "The promised revenue counts; what both teams promised counts for each of them.",
        "All of it is paid when both teams kept theirs, 50% of it when one of them did not and nothing when neither did.",
    ]
    assert list(promises.reward(small())) == []


def test_grades_come_with_their_worth_the_highest_first() -> None:
    agreement = small(grades={"B": 20, "A": 30}, worth={"A": {0: 600, 40: 900}, "D": 0})
    assert [tuple(each) for each in promises.grades(agreement)] == [
        ("A", "from 30", "600 USD from 0 engagement points on and 900 USD from 40 engagement points on"),
        ("B", "from 20", "nothing"),
        ("D", "below 20", "nothing"),
    ]
    assert [tuple(each) for each in promises.grades(small())] == [("D", "any", "")]


def test_a_page_writes_figures_people_and_days_in_its_own_way() -> None:
    agreement = load_agreement(SIGNED)
    own = Writing(money=lambda value, currency: f"<{value} {currency}>", person=lambda address: address.partition("@")[0].title())
    assert "Each quarter, both teams together win at least <280000 EUR>." in [
        each.text for each in promises.promises(agreement, own)["both"]
    ]
    assert "Leads whose country is US go to Diego or Emma first." in list(way.handoff(agreement, own))
    assert PLAIN.day(date(2026, 5, 1)) == "2026-05-01"


def test_what_fades_and_what_is_limited_is_said() -> None:
    said = {each.name: each for each in buyers.engagement(load_agreement(SIGNED))}
    assert said["download"].points == Decimal(15)
    assert said["download"].notes == ("Only the 3 latest count.", "After 30 days 50% is left and after 90 days nothing is left.")
    assert said["referral"].notes == ("Only the latest one counts.",)


def test_personas_have_their_cycle_and_their_name_as_people_write_it() -> None:
    first = buyers.personas(load_agreement(SIGNED))[0]
    assert (first.title, first.who) == ("Operations Olga", "Those whose role is operations or coo.")
    assert [(each.name, each.lasts, each.begins) for each in first.cycle[:2]] == [
        ("Awareness", "30 days", "begins with the first fact"),
        ("Consideration", "20 days", "begins with: content downloaded"),
    ]
    assert title("it_ingo") == "IT Ingo"


def test_every_stage_says_whose_it_is_and_what_is_enough() -> None:
    stages = {each.name: each for each in way.stages(load_agreement(SIGNED))}
    assert stages["mql"].rules == ("20 fit points and 40 engagement points", "Form submitted (form is demo)", "Trial started")
    assert [name for name, each in stages.items() if each.is_handoff] == ["mql"]
    assert stages["visitor"].rules == ("The first fact of the lead",)


@pytest.mark.parametrize(
    ("route", "sentence"),
    [
        ({}, "The reps get leads in turn."),
        ({"by": "weighted", "weights": {"ann": 2, "ben": 1}}, "The reps get leads by weight: 2 for ann and 1 for ben."),
        ({"by": "least_loaded"}, "The rep with the fewest open leads gets the next one."),
        ({"after_breach": "reassign"}, "A lead that nobody answered in time goes to the next rep."),
    ],
)  # fmt: skip
def test_who_gets_a_lead_is_said(route: dict[str, Any], sentence: str) -> None:
    assert sentence in list(way.handoff(small(handoff={"at": "mql", "route": route})))


def test_without_a_route_nobody_gets_leads_by_themselves_and_that_is_said() -> None:
    said = list(way.handoff(small(handoff={"at": "mql"})))
    assert "Nobody gets leads by themselves: who gets which is said elsewhere." in said
    assert "The reps get leads in turn." not in said


@pytest.mark.parametrize(
    ("model", "words"),
    [("first", "to the first touch"), ("time_decay", "the later the more; one that is 7 days older counts half"), ("position", "40% to the first touch, 20% to those between, 40% to the last")],
)  # fmt: skip
def test_who_gets_the_credit_is_said(model: str, words: str) -> None:
    assert any(words in each for each in routine.routine(small(attribution={"model": model})))


def test_calendars_are_said_in_days_and_hours() -> None:
    hours = {"mon-thu": ["09:00-12:30", "13:30-18:00"], "fri,sat": ["22:00-06:00"]}
    days_off = {"country": "DE", "region": "BY", "also": ["2026-12-24"]}
    [said] = routine.calendars(small(calendars={"default": {"hours": hours, "holidays": days_off}}))
    assert said.title == "Everybody without hours of their own"
    assert said.lines == (("Monday to Thursday", "09:00–12:30 and 13:30–18:00"), ("Friday and Saturday", "22:00–06:00"))
    assert said.off == ("The public holidays of DE BY are off.", "Also off: 2026-12-24.")


def test_plurals() -> None:
    assert [plural(word) for word in ("MQL", "customer", "Opportunity")] == ["MQLs", "customers", "Opportunities"]
