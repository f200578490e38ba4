"""Where a lead is in its buying cycle: the last phase that has begun, since when, whether longer than expected."""

from __future__ import annotations

from typing import Any

import pytest

from smarketing.reports.explain.phases import Phase
from tests.unit.reports.lives import SIGNED, outcome_of

OLGA: dict[str, Any] = {
    "name": "olga",
    "buying_cycle": [
        {"phase": "awareness", "lasts": "30d", "say": "Others lose two days a month on this.", "offer": ["checklist"]},
        {"phase": "consideration", "lasts": "20d", "when": {"fact": "content_downloaded"}, "offer": ["case_study", "call"]},
        {"phase": "decision", "lasts": "10d", "when": {"fact": "page_viewed", "where": {"url": {"contains": "/pricing"}}}},
    ],
}
READER = """
a 2026-03-01T10:00 page_viewed url=/blog
a 2026-03-05T10:00 content_downloaded
a 2026-03-09T10:00 content_downloaded
"""


def phase(facts: str, **signed: Any) -> Phase | None:
    """The phase of lead a, for whom everybody is olga unless `signed` says otherwise."""
    return outcome_of(facts, **({"personas": [OLGA]} | signed)).explain("a").phase


def cycle(*phases: dict[str, Any]) -> dict[str, Any]:
    return {"personas": [{"name": "olga", "buying_cycle": list(phases)}]}


def where(facts: str, **signed: Any) -> tuple[str, str] | None:
    """The name of the phase, and since when."""
    found = phase(facts, **signed)
    return (found.name, f"{found.since:%Y-%m-%d}") if found else None


def test_a_phase_without_a_condition_begins_with_the_first_fact() -> None:
    assert where("a 2026-03-01T10:00 page_viewed url=/blog") == ("awareness", "2026-03-01")


def test_a_phase_begins_when_its_condition_first_held() -> None:
    assert where(READER) == ("consideration", "2026-03-05")


def test_the_last_phase_in_the_order_of_the_cycle_counts_whatever_came_last_in_time() -> None:
    early = "a 2026-03-02T10:00 page_viewed url=/pricing/teams" + READER
    assert where(early) == ("decision", "2026-03-02")


def test_a_condition_that_does_not_hold_begins_nothing() -> None:
    later = {"phase": "later", "when": {"fact": "trial_started"}}
    assert where(READER, **cycle(later)) is None
    assert where(READER, **cycle(OLGA["buying_cycle"][0], later)) == ("awareness", "2026-03-01")


def test_longer_than_expected_is_said_from_the_instant_after() -> None:
    exactly, after = phase(READER, as_of="2026-03-25T10:00:00Z"), phase(READER, as_of="2026-03-25T10:00:01Z")
    assert exactly is not None and after is not None
    assert (exactly.longer, after.longer) == (False, True)
    assert exactly.expected_until == after.expected_until
    assert f"{after.expected_until:%Y-%m-%d %H:%M}" == "2026-03-25 10:00"


def test_without_a_length_nothing_is_longer() -> None:
    found = phase(READER, as_of="2027-01-01T00:00:00Z", **cycle({"phase": "awareness"}))
    assert found is not None
    assert (found.expected_until, found.longer, found.lasts) == (None, False, "")


def test_a_length_in_business_days_ends_with_the_last_of_them() -> None:
    calendars = {"default": {"hours": {"mon-fri": ["09:00-17:00"]}}}
    found = phase(
        "a 2026-03-06T10:00 page_viewed", calendars=calendars, as_of="2026-03-10T16:00:00Z",
        **cycle({"phase": "awareness", "lasts": "2 business days"}),
    )  # fmt: skip
    assert found is not None
    assert (f"{found.expected_until:%Y-%m-%d %H:%M}", found.longer) == ("2026-03-10 16:00", False), "17:00 in Berlin, in winter"


def test_what_to_say_and_to_offer_comes_with_it() -> None:
    first, second = phase("a 2026-03-01T10:00 page_viewed"), phase(READER)
    assert first is not None and second is not None
    assert (first.say, first.offer, first.place, first.of) == ("Others lose two days a month on this.", ("checklist",), 1, 3)
    assert (second.say, second.offer, second.place, second.of) == ("", ("case_study", "call"), 2, 3)


def test_the_cycle_is_that_of_the_persona_of_now_over_the_whole_life() -> None:
    finn = {"name": "finn", "when": {"role": "founder"}, "fit": [{"name": "who", "when": {"role": "founder"}, "points": 5}],
            "buying_cycle": [{"phase": "reading", "when": {"fact": "content_downloaded"}}]}  # fmt: skip
    facts = READER + "a 2026-03-20T10:00 profile_changed role=founder"
    assert where(READER, personas=[OLGA, finn]) == ("consideration", "2026-03-05")
    assert where(facts, personas=[OLGA, finn]) == ("reading", "2026-03-05")


def test_a_hand_back_takes_nobody_back_to_the_beginning() -> None:
    facts = READER + "a 2026-03-10T10:00 form_submitted\na 2026-03-12T10:00 recycled\na 2026-03-20T10:00 page_viewed url=/blog"
    assert where(facts) == ("consideration", "2026-03-05")


@pytest.mark.parametrize(
    ("when", "since"),
    [
        ({"score": {"engagement": 30}}, "2026-03-09"),
        ({"any": [{"fact": "form_submitted"}, {"score": {"total": 15}}]}, "2026-03-05"),
        ({"all": [{"fact": "page_viewed"}, {"fact": "content_downloaded"}]}, "2026-03-05"),
        ({"grade": ["D"]}, "2026-03-01"),
        ({"persona": ["olga"]}, "2026-03-01"),
        ({"fact": "content_downloaded", "only_from": "mql"}, None),
    ],
)
def test_every_condition_on_time_can_begin_a_phase(when: dict[str, Any], since: str | None) -> None:
    rule = {"name": "download", "fact": "content_downloaded", "points": 15, "fades": [{"after": "30d", "to": "0%"}]}
    found = where(READER, engagement=[rule], **cycle({"phase": "it", "when": when}))
    assert found == (None if since is None else ("it", since))


def test_points_that_fade_take_nobody_out_of_a_phase() -> None:
    rule = {"name": "download", "fact": "content_downloaded", "points": 15, "fades": [{"after": "1d", "to": "0%"}]}
    reached = cycle({"phase": "before"}, {"phase": "it", "when": {"score": {"engagement": 15}}})
    assert where(READER, engagement=[rule], as_of="2026-06-01T00:00:00Z", **reached) == ("it", "2026-03-05")


def test_nobody_in_particular_has_no_phase() -> None:
    nobody = [OLGA | {"when": {"role": "coo"}}]
    assert phase(READER, personas=nobody) is None
    assert outcome_of(READER).explain("a").to_dict()["phase"] is None


def test_the_explanation_says_it() -> None:
    told = outcome_of(READER, personas=[OLGA], as_of="2026-04-01T00:00:00Z").explain("a")
    assert told.to_dict()["phase"] == {
        "persona": "olga", "phase": "consideration", "place": 2, "of": 3, "since": "2026-03-05T10:00:00Z",
        "expected_until": "2026-03-25T10:00:00Z", "longer": True, "say": "", "offer": ["case_study", "call"],
    }  # fmt: skip
    assert (
        "In the phase consideration of olga (number 2 of 3) since 5 March 2026 at 11:00; longer than expected: about 20 days, until "
        "25 March 2026 at 11:00, was expected. Offer: case_study and call."
    ) in " ".join(told.to_text().split())
    assert SIGNED.get("personas") is None
