"""Versions in sequence: what each of them judges, and what the tables say afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from smarketing.agreement.models import Agreement
from smarketing.backends.local import replay
from smarketing.reports.outcome import Outcome
from tests.unit.reports.lives import SIGNED, journal

NEW = "2026-04-01"
"""From when on the second version is in force (SIGNED is that from the new year on, its zone two hours ahead of UTC then)."""
VISITOR = {"name": "visitor", "owner": "marketing"}


def stage(name: str, when: Any, owner: str = "marketing") -> dict[str, Any]:
    """A stage entered at a fact of a kind, or under another condition."""
    return {"name": name, "owner": owner, "when": {"fact": when} if isinstance(when, str) else when}


def under(facts: str, *changes: dict[str, Any], as_of: str = "2026-06-01") -> Outcome:
    """What follows under SIGNED changed by the first of `changes`, then, each from its date on, by the next ones."""
    dates = ["2026-01-01", NEW, "2026-05-01"]
    versions = [
        Agreement.model_validate(SIGNED | {"in_force": {"from": day}} | change)
        for day, change in zip(dates, changes, strict=False)
    ]
    return replay(journal(facts), versions, as_of)


def receipt(outcome: Outcome) -> list[tuple[str, str, str | None, str, str]]:
    """When (to the minute), rule, fact, points and balance of each line, in order."""
    lines = outcome.score_changes.sort("at", "axis", "rule", "fact_id").iter_rows(named=True)
    return [
        (f"{line['at']:%m-%d %H:%M}", line["rule"], line["fact_id"], f"{line['points']:+}", str(line["balance"]))
        for line in lines
    ]


def entries(outcome: Outcome) -> list[tuple[int, str, str]]:
    """Cycle, stage and the time of its entry."""
    return [
        (row["cycle"], row["stage"], f"{row['entered_at']:%m-%d %H:%M}") for row in outcome.stage_entries.iter_rows(named=True)
    ]


def handed(outcome: Outcome) -> list[tuple[str, str]]:
    """When each cycle was handed over, and by whom it was sourced."""
    return [(f"{row['handed_at']:%m-%d %H:%M}", row["sourced"]) for row in outcome.handoffs.iter_rows(named=True)]


def rule(points: int, **more: Any) -> list[dict[str, Any]]:
    """One rule called `visit`."""
    return [{"name": "visit", "fact": "page_viewed", "points": points} | more]


def test_a_fact_is_judged_by_the_version_in_force_when_it_happened_and_one_at_midnight_by_the_new_one():
    facts = "a 2026-03-31T21:59 page_viewed\na 2026-03-31T22:00 page_viewed"
    assert receipt(under(facts, {"engagement": rule(1)}, {"engagement": rule(2)})) == [
        ("03-31 21:59", "visit", "f000", "+1.00", "1.00"), ("03-31 22:00", "visit", "f001", "+2.00", "3.00"),
    ]  # fmt: skip


def test_a_fact_keeps_its_points_and_fades_after_its_version():
    old = {"engagement": rule(8, fades=[{"after": "60d", "to": "50%"}])}
    assert receipt(under("a 2026-03-01T10:00 page_viewed", old, {"engagement": []})) == [
        ("03-01 10:00", "visit", "f000", "+8.00", "8.00"), ("04-30 10:00", "visit", "f000", "-4.00", "4.00"),
    ]  # fmt: skip


def test_rules_of_one_name_are_one_for_displacement_each_with_its_own_limit():
    facts = "\n".join(f"a 2026-{month}-0{day}T10:00 page_viewed" for month in ("03", "04") for day in (1, 2, 3))
    outcome = under(facts, {"engagement": rule(1, at_most=2)}, {"engagement": rule(10, at_most=1)})
    lost = [line[:3] for line in receipt(outcome) if line[3].startswith("-")]
    assert lost == [
        ("03-03 10:00", "visit", "f000"), ("04-01 10:00", "visit", "f001"), ("04-02 10:00", "visit", "f002"),
        ("04-02 10:00", "visit", "f003"), ("04-03 10:00", "visit", "f004"),
    ]  # fmt: skip


def test_a_rule_that_skips_a_version_still_counts_as_one():
    facts = "a 2026-03-01T10:00 page_viewed\na 2026-04-10T10:00 page_viewed\na 2026-05-10T10:00 page_viewed"
    outcome = under(facts, {"engagement": rule(1, at_most=1)}, {"engagement": []}, {"engagement": rule(2)})
    assert [line[:4] for line in receipt(outcome)] == [
        ("03-01 10:00", "visit", "f000", "+1.00"), ("05-10 10:00", "visit", "f000", "-1.00"), ("05-10 10:00", "visit", "f002", "+2.00"),
    ]  # fmt: skip


def fit(**points: int) -> dict[str, Any]:
    """Personas for everybody; each gives so many points to whom is known to be a coo, and none to others."""
    return {
        "personas": [
            {"name": name, "fit": [{"name": "role", "when": {"role": "coo"}, "points": n}]} for name, n in points.items()
        ]
    }


COO = "a 2026-03-01T10:00 profile_changed role=coo"


def test_at_the_start_of_a_version_fit_is_computed_anew_in_one_line_without_a_fact():
    outcome = under(COO, fit(olga=10), fit(hugo=25))
    assert receipt(outcome) == [
        ("03-01 10:00", "olga.role", "f000", "+10.00", "10.00"), ("03-31 22:00", "version", None, "+15.00", "25.00"),
    ]  # fmt: skip
    assert outcome.score_changes.sort("at")["persona"].to_list() == ["olga", "hugo"]


def test_equal_points_make_no_line_and_later_lines_lead_from_the_new_composition():
    outcome = under(f"{COO}\na 2026-05-01T10:00 profile_changed role=cfo", fit(olga=10), fit(hugo=10))
    assert [line[:4] for line in receipt(outcome)] == [
        ("03-01 10:00", "olga.role", "f000", "+10.00"), ("05-01 10:00", "hugo.role", "f001", "-10.00"),
    ]  # fmt: skip


def test_a_profile_that_changes_at_the_start_comes_after_the_version():
    outcome = under(f"{COO}\na 2026-03-31T22:00 profile_changed role=cfo", fit(olga=10), fit(hugo=25))
    assert sorted(receipt(outcome)[1:]) == [
        ("03-31 22:00", "hugo.role", "f001", "-25.00", "0.00"), ("03-31 22:00", "version", None, "+15.00", "0.00"),
    ]  # fmt: skip


def test_a_lead_that_begins_at_the_start_or_after_it_has_no_such_line():
    facts = "a 2026-03-31T22:00 profile_changed role=coo\nb 2026-04-02T10:00 profile_changed role=coo"
    rules = [line[1] for line in receipt(under(facts, fit(olga=10), fit(olga=25)))]
    assert rules == ["olga.role", "olga.role"]


def test_each_of_several_versions_has_its_line_and_one_that_begins_after_as_of_has_none():
    def told(as_of: str) -> list[str]:
        return [line[0] for line in receipt(under(COO, fit(olga=10), fit(olga=20), fit(olga=30), as_of=as_of))]

    assert told("2026-06-01") == ["03-01 10:00", "03-31 22:00", "04-30 22:00"]
    assert told("2026-05-01") == told("2026-06-01")
    assert told("2026-04-30") == ["03-01 10:00", "03-31 22:00"]
    assert told("2026-03-31") == ["03-01 10:00"]


def test_points_of_the_start_make_a_moment_at_which_conditions_are_judged():
    reached = {"stages": [VISITOR, stage("mql", {"score": {"fit": 20}})]}
    assert entries(under(COO, fit(olga=10) | reached, fit(olga=20) | reached)) == [
        (1, "visitor", "03-01 10:00"),
        (1, "mql", "03-31 22:00"),
    ]


def test_a_grade_is_asked_for_by_the_floors_of_the_version_in_force():
    """Also where the versions have grades of other names, and another number of them."""
    asks = {"stages": [VISITOR, stage("mql", {"grade": ["B"]})]}
    facts = f"{COO}\na 2026-04-05T10:00 page_viewed"
    old, new = {"grades": {"A": 10}, "stages": [VISITOR, stage("mql", {"grade": ["A"]})]}, {"grades": {"X": 30, "B": 10, "C": 5}}
    low = {"grades": {"A": 20}, "stages": [VISITOR, stage("mql", {"grade": ["A"]})]}
    assert entries(under(facts, fit(olga=10) | old, fit(olga=10) | new | asks))[1:] == [(1, "mql", "03-01 10:00")]
    assert entries(under(facts, fit(olga=10) | low, fit(olga=10) | new | asks))[1:] == [(1, "mql", "04-05 10:00")]
    below = {"stages": [VISITOR, stage("mql", {"grade": ["D"]})]}
    assert entries(under(facts, fit(olga=10) | new | asks, fit(olga=10) | low | below))[1:] == [(1, "mql", "03-01 10:00")]
    assert entries(under(facts, fit(olga=3) | new | asks, fit(olga=3) | low | below))[1:] == [(1, "mql", "04-05 10:00")]


def test_a_start_without_points_is_no_moment():
    easy = {"stages": [VISITOR, stage("mql", {"score": {"fit": 10}})]}
    hard = {"stages": [VISITOR, stage("mql", {"score": {"fit": 20}})]}
    facts = f"{COO}\na 2026-05-01T10:00 page_viewed"
    assert entries(under(facts, fit(olga=10) | hard, fit(olga=10) | easy))[1:] == [(1, "mql", "05-01 10:00")]


def test_a_stage_is_entered_by_the_condition_of_the_version_in_force():
    changes = ({}, {"stages": [VISITOR, stage("mql", "subscribed"), stage("sal", "accepted", "sales")]})
    facts = "a 2026-03-01T10:00 subscribed\na 2026-04-05T10:00 form_submitted\na 2026-04-06T10:00 subscribed"
    assert entries(under(facts, *changes)) == [(1, "visitor", "03-01 10:00"), (1, "mql", "04-06 10:00")]


def test_the_tables_speak_the_language_of_the_last_version():
    more = [VISITOR, stage("mql", "form_submitted"), stage("sal", "accepted", "sales"), stage("sql", "meeting_held", "sales")]
    facts = "a 2026-03-01T10:00 meeting_held\na 2026-04-05T10:00 form_submitted\nb 2026-04-05T10:00 meeting_held"
    outcome = under(facts, {}, {"stages": more})
    assert entries(outcome) == [
        (1, "visitor", "03-01 10:00"), (1, "mql", "04-05 10:00"),
        (1, "visitor", "04-05 10:00"), (1, "mql", "04-05 10:00"), (1, "sal", "04-05 10:00"), (1, "sql", "04-05 10:00"),
    ]  # fmt: skip
    assert [name for name in outcome.handoffs.columns if name in ("sal_at", "sql_at", "customer_at")] == ["sal_at", "sql_at"]
    assert "sql_at" not in under(facts, {}, {"stages": more}, as_of="2026-03-31").handoffs.columns


def test_a_stage_that_only_the_old_version_has_still_works_in_its_moments():
    old = {
        "stages": [VISITOR, stage("subscriber", "subscribed"), stage("mql", {"fact": "page_viewed", "only_from": "subscriber"})]
    }
    new = {"stages": [VISITOR, stage("mql", "form_submitted")]}
    facts = "a 2026-03-01T10:00 subscribed\na 2026-03-02T10:00 page_viewed\nb 2026-03-02T10:00 page_viewed"
    assert entries(under(facts, old, new)) == [
        (1, "visitor", "03-01 10:00"), (1, "mql", "03-02 10:00"), (1, "visitor", "03-02 10:00"),
    ]  # fmt: skip


def test_a_fact_from_before_the_version_still_holds_inside_all():
    new = {"stages": [VISITOR, stage("mql", {"all": [{"fact": "subscribed", "where": {"list": "a"}}, {"fact": "page_viewed"}]})]}
    facts = """
        a 2026-03-01T10:00 subscribed list=a
        a 2026-04-05T10:00 page_viewed
        b 2026-03-01T10:00 subscribed list=b
        b 2026-04-05T10:00 page_viewed
    """
    assert [row for row in entries(under(facts, {}, new)) if row[1] == "mql"] == [(1, "mql", "04-05 10:00")]


def test_a_stage_without_a_condition_is_entered_at_the_begin_by_the_version_in_force_then():
    new = {"stages": [VISITOR, {"name": "known", "owner": "marketing"}, stage("mql", "form_submitted")]}
    facts = "a 2026-03-01T10:00 page_viewed\na 2026-04-05T10:00 page_viewed\nb 2026-04-05T10:00 page_viewed"
    assert [row[1] for row in entries(under(facts, {}, new))] == ["visitor", "visitor", "known"]


def test_a_lead_that_comes_back_goes_where_the_version_of_that_moment_sends_it():
    def version(to: str) -> dict[str, Any]:
        stages = [VISITOR, stage("subscriber", "subscribed"), stage("known", "profile_changed"), stage("mql", "form_submitted")]
        return {"stages": stages, "handoff": {"at": "mql", "return_to": to}}

    facts = """
        a 2026-03-01T10:00 form_submitted
        a 2026-03-02T10:00 rejected
        a 2026-04-02T10:00 rejected
    """
    assert [row[:2] for row in entries(under(facts, version("subscriber"), version("known")))] == [
        (1, "visitor"), (1, "subscriber"), (1, "known"), (1, "mql"), (2, "visitor"), (2, "subscriber"), (3, "visitor"), (3, "subscriber"), (3, "known"),
    ]  # fmt: skip


EARLY, LATE = {"handoff": {"at": "mql"}}, {"handoff": {"at": "sal"}}


def test_a_lead_beyond_the_new_hand_off_is_handed_over_when_the_version_begins():
    facts = "a 2026-03-01T10:00 form_submitted"
    outcome = under(facts, LATE | fit(olga=10), EARLY | fit(olga=10))
    assert handed(outcome) == [("03-31 22:00", "marketing")]
    assert handed(under(facts, LATE, EARLY, as_of="2026-03-31")) == []
    assert receipt(outcome) == []


def test_a_lead_that_was_handed_over_stays_so_when_the_hand_off_moves():
    facts = "a 2026-03-01T10:00 form_submitted\na 2026-04-05T10:00 accepted"
    outcome = under(facts, EARLY, LATE)
    assert handed(outcome) == [("03-01 10:00", "marketing")]
    assert "sal_at" not in outcome.handoffs.columns


def test_what_was_only_checked_is_handed_over_where_nobody_checks_any_more():
    checked = {"handoff": {"at": "mql", "check": True}}
    assert handed(under("a 2026-03-01T10:00 form_submitted", checked, {})) == [("03-31 22:00", "marketing")]
    assert handed(under("a 2026-03-01T10:00 form_submitted\na 2026-03-02T10:00 passed", checked, {})) == [
        ("03-02 10:00", "marketing")
    ]
    assert handed(under("a 2026-03-01T10:00 passed\na 2026-03-02T10:00 subscribed", {}, checked)) == []


def test_who_sourced_it_is_told_by_the_version_of_the_hand_off():
    facts = "a 2026-03-01T10:00 accepted\na 2026-03-02T10:00 form_submitted"
    assert handed(under(facts, EARLY, EARLY)) == [("03-01 10:00", "sales")]
    later = {"handoff": {"at": "customer"}}
    assert handed(under(facts, later, LATE)) == [("03-31 22:00", "marketing")]


def test_grade_worth_and_scores_are_those_of_the_version_of_the_hand_off():
    old = fit(olga=10) | LATE | {"grades": {"A": 10}, "worth": {"A": 100}}
    new = fit(hugo=25) | EARLY | {"grades": {"B": 20, "C": 5}, "worth": {"B": {0: 40, 1: 50}}}
    row = under(f"{COO}\na 2026-03-02T10:00 form_submitted", old, new).handoffs.row(0, named=True)
    told = [row[name] for name in ("persona", "fit", "engagement", "grade", "worth")]
    assert told == ["hugo", Decimal(25), Decimal(0), "B", Decimal(40)]
    row = under(f"{COO}\na 2026-03-02T10:00 form_submitted", old | EARLY, new).handoffs.row(0, named=True)
    assert [row[name] for name in ("persona", "fit", "grade", "worth")] == ["olga", Decimal(10), "A", Decimal(100)]


def test_an_agreement_without_worth_gives_none_to_its_own_hand_offs():
    facts = "a 2026-03-01T10:00 form_submitted\nb 2026-04-05T10:00 form_submitted"
    assert under(facts, {}, {"worth": {"D": 7}}).handoffs["worth"].to_list() == [None, Decimal(7)]


def test_attempts_and_connects_count_by_the_version_in_force_when_they_happened():
    old = {"handoff": {"at": "mql", "attempts": ["call_made"], "connects": ["email_sent"]}}
    new = {"handoff": {"at": "mql", "attempts": ["email_sent"], "connects": ["call_made"]}}
    facts = """
        a 2026-03-30T10:00 form_submitted
        a 2026-03-30T11:00 email_sent
        a 2026-03-30T12:00 call_made
        a 2026-04-02T10:00 call_made
        a 2026-04-02T11:00 email_sent
    """
    row = under(facts, old, new).handoffs.row(0, named=True)
    assert (row["attempts"], row["first_attempt_at"].hour, row["connected_at"].day) == (2, 12, 30)


def clock(hours: int, name: str = "response") -> dict[str, Any]:
    """One clock."""
    return {"commitments": [{"name": name, "by": "sales", "respond_within": f"{hours}h", "per": "month"}]}


def test_a_clock_is_that_of_the_version_of_the_hand_off():
    facts = "a 2026-03-31T21:00 form_submitted\nb 2026-03-31T22:00 form_submitted"
    outcome = under(facts, clock(10), clock(20, "answer"))
    rows = [(row["lead_id"], row["commitment"], f"{row['due_at']:%d %H}") for row in outcome.clocks.iter_rows(named=True)]
    assert rows == [("a", "response", "01 07"), ("b", "answer", "01 18")]


def test_each_version_waits_for_its_own_number_of_attempts():
    def clocks(k: int) -> dict[str, Any]:
        return {"commitments": [{"name": "tries", "by": "sales", "attempts": k, "within": "9d", "per": "month"}]}

    acts = "\n".join(f"{lead} 2026-04-02T1{hour}:00 call_made" for lead in "ab" for hour in range(4))
    facts = f"a 2026-03-31T21:00 form_submitted\nb 2026-03-31T22:00 form_submitted\n{acts}"
    kept = under(facts, clocks(3), clocks(2)).clocks["kept_at"].to_list()
    assert [at.hour for at in kept] == [12, 11]


def test_working_time_is_that_of_the_calendars_of_the_version_of_the_hand_off():
    def calendar(span: str) -> dict[str, Any]:
        hours = {"calendars": {"default": {"hours": {"mon-sun": [span]}}}}
        return hours | {"commitments": [{"name": "soon", "by": "sales", "respond_within": "2 business hours", "per": "month"}]}

    facts = """
        a 2026-03-31T21:00 form_submitted
        a 2026-04-01T06:30 call_made
        b 2026-03-31T22:00 form_submitted
        b 2026-04-01T06:30 call_made
    """
    outcome = under(facts, calendar("08:00-12:00"), calendar("06:00-07:00"))
    assert outcome.handoffs["business_minutes_to_first_attempt"].to_list() == [30, 60]
    assert [f"{at:%d %H}" for at in outcome.clocks["due_at"].to_list()] == ["01 08", "02 05"]


def test_amounts_without_a_currency_are_in_that_of_the_version_of_their_time():
    facts = """
        a 2026-03-01T10:00 form_submitted
        a 2026-03-02T10:00 opportunity_won amount=100 opportunity_id=x
        b 2026-04-05T10:00 form_submitted
        b 2026-04-06T10:00 opportunity_won amount=10 opportunity_id=y
    """
    promise = {"commitments": [{"name": "money", "by": "both", "revenue": 5, "per": "quarter"}]}
    outcome = under(facts, {"currency": "DKK"} | promise, promise)
    assert outcome.handoffs["won_amount"].to_list() == [0, 10]
    assert outcome.commitments["actual"].to_list() == [0.0, 10.0]


def test_versions_may_be_given_in_any_order_and_one_alone_is_a_replay_under_it():
    facts = journal("a 2026-03-01T10:00 page_viewed\na 2026-04-05T10:00 page_viewed")
    first = Agreement.model_validate(SIGNED | {"engagement": rule(1)})
    second = Agreement.model_validate(SIGNED | {"engagement": rule(2), "in_force": {"from": NEW}})
    both, turned = replay(facts, [first, second]), replay(facts, (second, first))
    assert both.score_changes.equals(turned.score_changes)
    assert both.versions == turned.versions == (first, second)
    assert (both.agreement, both.version_at(datetime(2026, 3, 1, tzinfo=UTC))) == (second, first)
    assert replay(facts, [second]).score_changes["points"].to_list() == [Decimal(2), Decimal(2)]


@pytest.mark.parametrize(("as_of", "hour"), [("2026-04-01", 4), ("2026-03-31", 22), ("2026-04-02T00:00+00:00", 0)])
def test_a_day_is_read_in_the_zone_of_the_version_in_force_then(as_of: str, hour: int):
    first = Agreement.model_validate(SIGNED)
    second = Agreement.model_validate(SIGNED | {"timezone": "America/New_York", "in_force": {"from": NEW}})
    assert replay(journal("a 2026-03-01T10:00 page_viewed"), [first, second], as_of).as_of.hour == hour


def test_buckets_and_threads_change_nothing():
    facts = "\n".join(
        f"l{lead} 2026-0{3 + lead % 2}-1{lead % 9}T10:00 page_viewed\nl{lead} 2026-03-02T10:00 profile_changed role=coo"
        for lead in range(40)
    )
    changes = (fit(olga=10) | {"engagement": rule(1)}, fit(olga=20) | {"engagement": rule(2)})
    versions = [
        Agreement.model_validate(SIGNED | {"in_force": {"from": day}} | change)
        for day, change in zip(["2026-01-01", NEW], changes, strict=True)
    ]
    whole, cut = replay(journal(facts), versions, threads=1), replay(journal(facts), versions, threads=2, at_once=10)
    for name, table in whole.tables.items():
        assert table.sort(pl_key(name)).equals(cut.tables[name].sort(pl_key(name))), name


def pl_key(name: str) -> list[str]:
    """What identifies a row of a table."""
    keys = {
        "score_changes": ["lead_id", "at", "axis", "rule", "fact_id"],
        "stage_entries": ["lead_id", "cycle", "stage"],
        "commitments": ["name", "period_start"],
        "ledger": ["at", "team", "lead_id", "cycle", "reason", "opportunity_id"],
        "credits": ["opportunity_id", "model", "campaign"],
    }
    return keys.get(name, ["lead_id", "cycle"])
