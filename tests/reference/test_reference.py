"""The reference against answers worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.reference.business import WorkingTime
from tests.reference.conditions import attributes_hold
from tests.reference.replay import reference_replay
from tests.reference.small import agreement, at, journal, replayed

STAGES = [
    {"name": "visitor", "owner": "marketing"},
    {"name": "subscriber", "owner": "marketing", "when": {"fact": "subscribed"}},
    {"name": "mql", "owner": "marketing", "when": {"any": [{"score": {"engagement": 10}}, {"fact": "form_submitted", "where": {"form": "demo"}}]}},
    {"name": "sal", "owner": "sales", "when": {"fact": "accepted"}},
    {"name": "customer", "owner": "sales", "when": {"fact": "opportunity_won"}},
]  # fmt: skip
VIEW = {"name": "view", "fact": "page_viewed", "points": 10}
FULL: dict[str, Any] = {"stages": STAGES, "engagement": [VIEW], "handoff": {"at": "mql", "return_to": "subscriber"}}


def scores(facts: str, **sections: Any) -> list[str]:
    return replayed(facts, **sections)["score_changes"]


def stages(facts: str, **sections: Any) -> list[str]:
    return replayed(facts, **(FULL | sections))["stage_entries"]


def handoffs(facts: str, as_of: str = "31 00:00", tables: Any = None, **sections: Any) -> list[dict[str, Any]]:
    return reference_replay(journal(facts), agreement(**(FULL | sections)), at(as_of), tables)["handoffs"]


def clocks(facts: str, as_of: str = "31 00:00", tables: Any = None, **sections: Any) -> list[str]:
    return replayed(facts, as_of, tables, **sections)["clocks"]


class TestJournal:
    def test_facts_after_as_of_do_not_exist(self) -> None:
        found = replayed("05 10:00 page_viewed\n05 10:00:00.000001 page_viewed", as_of="05 10:00", engagement=[VIEW])
        assert found["score_changes"] == ["05 10:00 engagement view f1 10 10 -"]

    def test_a_machine_is_not_seen(self) -> None:
        assert scores("05 10:00 page_viewed machine=true\n06 10:00 page_viewed machine=false", engagement=[VIEW]) == [
            "06 10:00 engagement view f2 10 10 -"
        ]

    def test_of_one_id_the_one_recorded_first_stays(self) -> None:
        facts = "05 10:00 page_viewed id=x recorded=09\n06 10:00 page_viewed id=x recorded=08"
        assert scores(facts, engagement=[VIEW]) == ["06 10:00 engagement view x 10 10 -"]

    def test_of_one_id_recorded_together_the_smallest_content_stays(self) -> None:
        facts = "05 10:00 profile_changed id=x r=b\n05 10:00 profile_changed id=x r=a"
        personas = [{"name": "p", "fit": [{"when": {"r": "a"}, "points": 1}]}]
        assert scores(facts, personas=personas) == ['05 10:00 fit p.{"r":"a"} x 1 1 p']

    def test_a_retraction_takes_back_and_can_be_taken_back(self) -> None:
        view = "05 10:00 page_viewed id=x"
        assert scores(f"{view}\n06 10:00 retracted fact_id=x", engagement=[VIEW]) == []
        again = f"{view}\n06 10:00 retracted id=r fact_id=x\n04 10:00 retracted fact_id=r"
        assert scores(again, engagement=[VIEW]) == ["05 10:00 engagement view x 10 10 -"]

    def test_a_retraction_is_no_fact_of_the_life(self) -> None:
        assert stages("04 10:00 retracted fact_id=x\n05 10:00 chat_started") == ["1 visitor 05 10:00 - f2"]

    def test_linked_leads_are_one_under_the_smallest_known_id(self) -> None:
        facts = "05 10:00 page_viewed lead=b\n06 10:00 linked lead=c with=b\n07 10:00 linked lead=b with=a anonymous=true"
        assert scores(facts, engagement=[VIEW]) == ["b 05 10:00 engagement view f1 10 10 -"]
        assert scores(facts + "\n08 10:00 unlinked lead=a with=b", engagement=[VIEW]) == ["b 05 10:00 engagement view f1 10 10 -"]

    def test_all_anonymous_the_smallest_id(self) -> None:
        facts = "05 10:00 page_viewed lead=b\n06 10:00 linked lead=b with=a anonymous=true\n06 10:00 linked lead=a with=b anonymous=true"
        assert scores(facts, engagement=[VIEW]) == ["05 10:00 engagement view f1 10 10 -"]


class TestConditions:
    @pytest.mark.parametrize(
        ("condition", "actual", "expected"),
        [
            ("ops", "OPS", True),
            (50, "5e1", True),
            (50, "50.0", True),
            (50, " 50", False),
            (50, "５０", False),
            (True, "TRUE", True),
            ("NO", "no", True),
            ({"in": ["a", 5]}, "5.0", True),
            ({"not_in": ["a"]}, None, True),
            ({"not_in": ["a"]}, "A", False),
            ({"exists": False}, None, True),
            ({"exists": True}, None, False),
            ({"between": [5, 10]}, "10", True),
            ({"between": [5, 10]}, "10.01", False),
            ({"between": [5, "x"]}, "7", False),
            ({"between": ["b", "d"]}, "C", True),
            ({"at_least": 5}, "abc", False),
            ({"at_least": "b"}, "9", False),
            ({"at_most": "B"}, "a", True),
            ({"contains": 5}, "15.0", True),
            ({"starts_with": "/PRI"}, "/pricing", True),
            ({"at_least": 5, "at_most": 7}, "8", False),
            ({"contains": "x"}, None, False),
        ],
    )
    def test_operators(self, condition: Any, actual: str | None, expected: bool) -> None:
        assert attributes_hold({"x": condition}, lambda _: actual) is expected

    def test_where_reads_properties_before_columns(self) -> None:
        rule = VIEW | {"where": {"campaign": "spring", "amount": {"at_least": 10}}}
        facts = "05 10:00 page_viewed campaign=spring amount=10\n06 10:00 page_viewed campaign=spring amount=9.99"
        assert scores(facts, engagement=[rule]) == ["05 10:00 engagement view f1 10 10 -"]

    def test_an_empty_property_wins_over_the_column(self) -> None:
        row = journal("05 10:00 page_viewed campaign=spring")[0] | {"properties": '{"campaign": ""}'}
        found = reference_replay([row], agreement(engagement=[VIEW | {"where": {"campaign": "spring"}}]), at("06 00:00"))
        assert found["score_changes"] == []


class TestEngagement:
    def test_fades_round_half_away_from_zero(self) -> None:
        rule = VIEW | {"points": 0.15, "fades": [{"after": "1d", "to": "50%"}, {"after": "2d", "to": "0%"}]}
        assert scores("05 10:00 page_viewed", engagement=[rule]) == [
            "05 10:00 engagement view f1 0.15 0.15 -",
            "06 10:00 engagement view f1 -0.07 0.08 -",
            "07 10:00 engagement view f1 -0.08 0 -",
        ]

    def test_negative_points_fade_upwards(self) -> None:
        rule = VIEW | {"points": -0.15, "fades": [{"after": "1d", "to": "50%"}]}
        assert scores("05 10:00 page_viewed", engagement=[rule])[1] == "06 10:00 engagement view f1 0.07 -0.08 -"

    def test_the_nth_later_fact_displaces(self) -> None:
        facts = "05 10:00 page_viewed\n06 10:00 page_viewed\n07 10:00 page_viewed"
        assert scores(facts, engagement=[VIEW | {"at_most": 2}]) == [
            "05 10:00 engagement view f1 10 10 -",
            "06 10:00 engagement view f2 10 20 -",
            "07 10:00 engagement view f1 -10 20 -",
            "07 10:00 engagement view f3 10 20 -",
        ]

    def test_displaced_and_fading_at_one_moment_is_one_line(self) -> None:
        rule = VIEW | {"at_most": 1, "fades": [{"after": "1d", "to": "50%"}, {"after": "3d", "to": "0%"}]}
        assert scores("05 10:00 page_viewed\n06 10:00 page_viewed", engagement=[rule])[:3] == [
            "05 10:00 engagement view f1 10 10 -",
            "06 10:00 engagement view f1 -10 10 -",
            "06 10:00 engagement view f2 10 10 -",
        ]

    def test_same_moment_facts_under_a_limit(self) -> None:
        facts = "05 10:00 page_viewed\n05 10:00 page_viewed\n05 10:00 page_viewed"
        assert scores(facts, engagement=[VIEW | {"at_most": 2}]) == [
            "05 10:00 engagement view f2 10 20 -",
            "05 10:00 engagement view f3 10 20 -",
        ]

    def test_a_fade_to_all_is_no_line(self) -> None:
        assert len(scores("05 10:00 page_viewed", engagement=[VIEW | {"fades": [{"after": "1d", "to": "100%"}]}])) == 1


PERSONAS: list[dict[str, Any]] = [
    {"name": "p", "when": {"role": "ops"}, "fit": [{"name": "size", "when": {"n": {"at_least": 5}}, "points": 20}]},
    {"name": "q", "fit": [{"when": {"n": {"at_least": 5}}, "points": 5}, {"when": {"k": {"exists": False}}, "points": -1}]},
]


class TestFit:
    def test_the_empty_profile_is_judged_at_the_first_fact(self) -> None:
        assert scores("05 10:00 page_viewed", personas=PERSONAS) == ['05 10:00 fit q.{"k":{"exists":false}} f1 -1 -1 q']

    def test_a_profile_at_the_first_moment_is_the_only_one_judged(self) -> None:
        facts = "05 10:00 page_viewed\n05 10:00 profile_changed n=7\n05 10:00 profile_changed role=OPS"
        assert scores(facts, personas=PERSONAS) == ["05 10:00 fit p.size f3 20 20 p"]

    def test_the_lines_lead_from_the_old_winner_to_the_new(self) -> None:
        facts = "05 10:00 profile_changed n=7 k=1\n06 10:00 profile_changed role=ops\n07 10:00 profile_changed role=null"
        assert scores(facts, personas=PERSONAS) == [
            '05 10:00 fit q.{"n":{"at_least":5}} f1 5 5 q',
            "06 10:00 fit p.size f2 20 20 p",
            '06 10:00 fit q.{"n":{"at_least":5}} f2 -5 20 p',
            "07 10:00 fit p.size f3 -20 5 q",
            '07 10:00 fit q.{"n":{"at_least":5}} f3 5 5 q',
        ]

    def test_ties_go_to_the_first_named(self) -> None:
        personas = [{"name": name, "fit": [{"when": {"n": 1}, "points": 5}]} for name in ("x", "y")]
        assert scores("05 10:00 profile_changed n=1", personas=personas) == ['05 10:00 fit x.{"n":1} f1 5 5 x']

    def test_no_persona_no_fit(self) -> None:
        assert scores("05 10:00 profile_changed n=7 role=it", personas=PERSONAS[:1]) == []


class TestCycles:
    def test_a_hand_back_begins_a_cycle_at_return_to(self) -> None:
        assert stages("05 10:00 page_viewed\n06 10:00 rejected\n06 10:00 recycled\n07 10:00 page_viewed") == [
            "1 mql 05 10:00 06 10:00 -",
            "1 subscriber 05 10:00 05 10:00 -",
            "1 visitor 05 10:00 05 10:00 f1",
            "2 mql 07 10:00 - -",
            "2 subscriber 06 10:00 07 10:00 f2",
            "2 visitor 06 10:00 06 10:00 f2",
        ]

    def test_in_a_later_cycle_engagement_has_to_be_earned_anew(self) -> None:
        rules = [VIEW | {"points": 6}, {"name": "leave", "fact": "unsubscribed", "points": -2}]
        facts = "05 10:00 page_viewed\n05 11:00 page_viewed\n06 10:00 rejected\n07 10:00 page_viewed\n07 11:00 unsubscribed\n"
        assert [
            row for row in stages(facts + "08 10:00 page_viewed\n08 11:00 page_viewed", engagement=rules) if "2 mql" in row
        ] == ["2 mql 08 10:00 - -"]
        assert not [row for row in stages(facts, engagement=rules) if "2 mql" in row]

    def test_in_a_later_cycle_fit_counts_from_the_first_earning_fact(self) -> None:
        personas = [{"name": "p", "fit": [{"when": {"n": 1}, "points": 30}]}]
        when = {"score": {"fit": 30}}
        two = [STAGES[0], {"name": "mql", "owner": "marketing", "when": when}]
        facts = "05 10:00 profile_changed n=1\n06 10:00 rejected\n07 10:00 subscribed\n08 10:00 page_viewed"
        assert [row for row in stages(facts, stages=two, handoff={"at": "mql"}, personas=personas) if "mql" in row] == [
            "1 mql 05 10:00 06 10:00 -",
            "2 mql 08 10:00 - -",
        ]

    def test_disqualified_ends_and_a_touch_begins(self) -> None:
        facts = "05 10:00 chat_started\n06 10:00 disqualified\n07 10:00 call_made\n07 11:00 opportunity_lost\n08 10:00 page_viewed\n08 10:00 accepted"
        assert stages(facts) == [
            "1 visitor 05 10:00 06 10:00 f1",
            "2 mql 08 10:00 08 10:00 -",
            "2 sal 08 10:00 - f6",
            "2 subscriber 08 10:00 08 10:00 -",
            "2 visitor 08 10:00 08 10:00 f5",
        ]

    def test_a_touch_at_the_moment_of_a_disqualification_belongs_to_the_old_cycle(self) -> None:
        assert stages("05 10:00 chat_started\n06 10:00 disqualified\n06 10:00 rejected\n06 10:00 subscribed") == [
            "1 subscriber 06 10:00 06 10:00 f4",
            "1 visitor 05 10:00 06 10:00 f1",
        ]

    def test_a_cycle_of_no_length(self) -> None:
        assert stages("05 10:00 rejected\n06 10:00 disqualified\n07 10:00 disqualified\n07 10:00 chat_started") == [
            "1 visitor 05 10:00 05 10:00 f1",
            "2 subscriber 05 10:00 06 10:00 f1",
            "2 visitor 05 10:00 05 10:00 f1",
            "3 visitor 07 10:00 07 10:00 f4",
        ]

    def test_a_lost_opportunity_sends_back_where_none_is_left(self) -> None:
        opened = "05 10:00 opportunity_opened opp=x\n06 10:00 opportunity_moved opp=y\n07 10:00 opportunity_lost opp=x\n"
        assert [row[0] for row in stages(opened)] == ["1"]
        assert stages(opened + "08 10:00 opportunity_lost opp=y")[1:] == [
            "2 subscriber 08 10:00 - f4",
            "2 visitor 08 10:00 08 10:00 f4",
        ]

    def test_a_lost_opportunity_of_another_cycle_sends_nobody_back(self) -> None:
        facts = "05 10:00 opportunity_opened opp=x\n06 10:00 rejected\n07 10:00 opportunity_lost opp=x"
        assert {row[0] for row in stages(facts)} == {"1", "2"}

    def test_opened_again_at_the_same_moment(self) -> None:
        facts = "05 10:00 opportunity_opened\n06 10:00 opportunity_lost\n06 10:00 opportunity_moved"
        assert {row[0] for row in stages(facts)} == {"1"}

    def test_return_to_left_out_is_the_stage_before(self) -> None:
        facts = "05 10:00 page_viewed\n06 10:00 rejected"
        assert [row for row in stages(facts, handoff={"at": "sal"}) if row[0] == "2"] == [
            "2 mql 06 10:00 - f2",
            "2 subscriber 06 10:00 06 10:00 f2",
            "2 visitor 06 10:00 06 10:00 f2",
        ]

    def test_without_a_stage_before_nothing_is_given(self) -> None:
        only = [{"name": "mql", "owner": "marketing", "when": {"fact": "page_viewed"}}]
        assert stages("05 10:00 page_viewed\n06 10:00 rejected\n07 10:00 page_viewed", stages=only, handoff={"at": "mql"}) == [
            "1 mql 05 10:00 06 10:00 f1",
            "2 mql 07 10:00 - f3",
        ]


class TestEntries:
    def test_a_later_stage_implies_the_earlier_ones(self) -> None:
        assert stages("05 10:00 chat_started\n06 10:00 opportunity_won\n07 10:00 accepted") == [
            "1 customer 06 10:00 - f2",
            "1 mql 06 10:00 06 10:00 f2",
            "1 sal 06 10:00 06 10:00 f2",
            "1 subscriber 06 10:00 06 10:00 f2",
            "1 visitor 05 10:00 06 10:00 f1",
        ]

    def test_an_implied_entry_carries_the_fact_of_the_nearest_stage(self) -> None:
        facts = "05 10:00 chat_started\n06 10:00 opportunity_won\n06 10:00 accepted"
        assert [row for row in stages(facts) if "mql" in row or "sal" in row] == [
            "1 mql 06 10:00 06 10:00 f3",
            "1 sal 06 10:00 06 10:00 f3",
        ]

    def test_a_fading_penalty_lifts_over_the_threshold(self) -> None:
        rules = [VIEW, {"name": "leave", "fact": "unsubscribed", "points": -5, "fades": [{"after": "2d", "to": "0%"}]}]
        assert [row for row in stages("05 10:00 unsubscribed\n06 10:00 page_viewed", engagement=rules) if "mql" in row] == [
            "1 mql 07 10:00 - -"
        ]

    def test_several_facts_at_one_moment_are_judged_together(self) -> None:
        rules = [VIEW | {"points": 12}, {"name": "leave", "fact": "unsubscribed", "points": -5}]
        assert not [row for row in stages("05 10:00 page_viewed\n05 10:00 unsubscribed", engagement=rules) if "mql" in row]

    def test_the_fact_is_the_first_of_the_moment_that_satisfies_a_part(self) -> None:
        facts = "05 10:00 page_viewed\n05 10:00 form_submitted form=demo\n05 10:00 form_submitted form=demo"
        assert [row for row in stages(facts) if "mql" in row] == ["1 mql 05 10:00 - f2"]

    def test_facts_inside_all_hold_from_then_on(self) -> None:
        when = {"all": [{"fact": "chat_started"}, {"any": [{"fact": "ad_clicked"}, {"fact": "call_made"}]}]}
        two = [STAGES[0], {"name": "mql", "owner": "marketing", "when": when}]
        facts = "05 10:00 ad_clicked\n06 10:00 page_viewed\n07 10:00 chat_started\n08 10:00 rejected\n09 10:00 call_made"
        assert [row for row in stages(facts, stages=two, handoff={"at": "mql"}) if "mql" in row] == ["1 mql 07 10:00 08 10:00 f3"]

    def test_only_from_asks_for_an_own_entry(self) -> None:
        chain = [*STAGES[:2], {"name": "mql", "owner": "sales", "when": {"fact": "page_viewed", "only_from": "subscriber"}}]
        never = "05 10:00 page_viewed\n06 10:00 page_viewed"
        assert not [row for row in stages(never, stages=chain) if "mql" in row]
        same = "05 10:00 page_viewed\n06 10:00 page_viewed\n06 10:00 subscribed"
        assert [row for row in stages(same, stages=chain) if "mql" in row] == ["1 mql 06 10:00 - f2"]
        back = "05 10:00 rejected\n06 10:00 page_viewed"
        assert [row for row in stages(back, stages=chain, handoff={"at": "mql"}) if "mql" in row] == ["2 mql 06 10:00 - f2"]

    def test_only_from_takes_a_stage_between(self) -> None:
        chain = [*STAGES[:3], {"name": "sal", "owner": "sales", "when": {"fact": "accepted", "only_from": "subscriber"}}]
        facts = "05 10:00 form_submitted form=demo\n06 10:00 accepted"
        assert [row for row in stages(facts, stages=chain) if "sal" in row] == ["1 sal 06 10:00 - f2"]

    def test_only_from_inside_all_is_judged_at_the_fact(self) -> None:
        when = {"all": [{"fact": "ad_clicked", "only_from": "subscriber"}, {"fact": "call_made"}]}
        chain = [*STAGES[:2], {"name": "mql", "owner": "marketing", "when": when}]
        early = "05 10:00 ad_clicked\n06 10:00 subscribed\n07 10:00 call_made"
        assert not [row for row in stages(early, stages=chain) if "mql" in row]
        assert [row for row in stages(early + "\n08 10:00 ad_clicked", stages=chain) if "mql" in row] == ["1 mql 08 10:00 - f4"]

    def test_a_stage_without_a_condition_in_the_middle(self) -> None:
        chain = [{"name": "one", "owner": "marketing", "when": {"fact": "subscribed"}}, {"name": "two", "owner": "sales"}]
        assert stages("05 10:00 subscribed\n05 10:00 page_viewed\n06 10:00 rejected", stages=chain, handoff={"at": "two"}) == [
            "1 one 05 10:00 05 10:00 f1",
            "1 two 05 10:00 06 10:00 f1",
            "2 one 06 10:00 06 10:00 f3",
            "2 two 06 10:00 - f3",
        ]

    def test_entered_at_the_end_of_the_cycle(self) -> None:
        chain = [STAGES[0], {"name": "mql", "owner": "marketing", "when": {"fact": "rejected"}}]
        assert stages("05 10:00 page_viewed\n06 10:00 rejected", stages=chain, handoff={"at": "mql"}) == [
            "1 mql 06 10:00 06 10:00 f2",
            "1 visitor 05 10:00 06 10:00 f1",
            "2 visitor 06 10:00 - f2",
        ]


class TestHandoffs:
    def test_sourced_by_sales_where_the_stage_was_only_implied(self) -> None:
        facts = "05 10:00 accepted\n06 10:00 page_viewed"
        assert [(row["sourced"], row["handed_at"]) for row in handoffs(facts)] == [("sales", at("05 10:00"))]
        assert handoffs("05 10:00 accepted\n05 10:00 page_viewed")[0]["sourced"] == "marketing"

    def test_with_a_check_the_later_of_entry_and_pass(self) -> None:
        check = {"handoff": FULL["handoff"] | {"check": True}}
        assert handoffs("05 10:00 page_viewed", **check) == []
        assert handoffs("05 10:00 page_viewed\n06 10:00 passed\n07 10:00 accepted", **check)[0]["handed_at"] == at("06 10:00")
        assert handoffs("05 09:00 chat_started\n05 10:00 passed\n06 10:00 page_viewed", **check)[0]["handed_at"] == at("06 10:00")

    @pytest.mark.parametrize(
        ("facts", "rep", "owner", "assigned"),
        [
            ("04 10:00 assigned to=x\n05 10:00 page_viewed\n06 10:00 assigned to=y", "x", "y", "06 10:00"),
            ("04 10:00 assigned to=x\n05 10:00 page_viewed", "x", "x", "05 10:00"),
            ("05 10:00 page_viewed\n06 10:00 assigned to=y\n07 10:00 assigned to=z", "y", "z", "06 10:00"),
            ("05 10:00 page_viewed\n05 10:00 assigned to=y", "y", "y", "05 10:00"),
            ("05 10:00 page_viewed\n06 10:00 assigned\n06 11:00 call_made actor=w", "w", "w", "06 10:00"),
            ("05 10:00 page_viewed\n06 10:00 call_made actor=w", "w", "w", None),
            ("05 10:00 page_viewed", None, None, None),
        ],
    )
    def test_who_and_when(self, facts: str, rep: str | None, owner: str | None, assigned: str | None) -> None:
        row = handoffs(facts)[0]
        assert (row["rep"], row["owner"], row["assigned_at"]) == (rep, owner, assigned and at(assigned))

    def test_the_rep_of_an_earlier_cycle(self) -> None:
        row = handoffs(
            "05 10:00 page_viewed\n06 10:00 assigned to=x\n06 10:00 rejected reason=dup\n07 10:00 page_viewed\n08 10:00 call_made actor=w"
        )
        assert [(each["rep"], each["assigned_at"], each["reason"]) for each in row] == [
            ("x", at("06 10:00"), "dup"),
            ("x", None, None),
        ]

    def test_reason_is_that_of_the_disqualification(self) -> None:
        row = handoffs("05 10:00 page_viewed\n06 10:00 rejected reason=dup\n06 10:00 disqualified reason=spam")[0]
        assert (row["reason"], row["rejected_at"], row["disqualified_at"]) == ("spam", at("06 10:00"), at("06 10:00"))

    def test_attempts_and_connects(self) -> None:
        connects = ["meeting_held", {"fact": "call_made", "where": {"outcome": "connected"}}]
        facts = "04 10:00 call_made\n05 10:00 page_viewed\n05 10:00 email_sent\n06 10:00 call_made outcome=connected\n07 10:00 rejected\n07 11:00 call_made"
        row = handoffs(facts, handoff=FULL["handoff"] | {"connects": connects})[0]
        assert (row["attempts"], row["first_attempt_at"], row["connected_at"]) == (2, at("05 10:00"), at("06 10:00"))
        listed = handoffs(facts, handoff=FULL["handoff"] | {"attempts": ["call_made"]})[0]
        assert (listed["attempts"], listed["first_attempt_at"], listed["connected_at"]) == (1, at("06 10:00"), None)

    def test_campaign_of_the_last_touch_with_one(self) -> None:
        facts = "04 10:00 chat_started campaign=one\n05 10:00 email_delivered campaign=two\n05 10:00 page_viewed\n06 10:00 page_viewed campaign=three"
        assert handoffs(facts)[0]["campaign"] == "one"
        assert handoffs("05 10:00 page_viewed campaign=a\n05 10:00 my_kind campaign=b")[0]["campaign"] == "b"

    def test_won_amounts(self) -> None:
        start = "05 10:00 page_viewed\n06 10:00 opportunity_won opp=x amount=5\n07 10:00 opportunity_won opp=x amount=7.5\n"
        assert str(handoffs(start + "07 10:00 opportunity_won amount=1")[0]["won_amount"]) == "8.50"
        lost = (
            start
            + "08 10:00 recycled\n09 10:00 opportunity_lost opp=x\n10 10:00 page_viewed\n11 10:00 opportunity_won opp=x amount=9"
        )
        assert [str(row["won_amount"]) for row in handoffs(lost)] == ["0.00", "9.00"]

    def test_worth(self) -> None:
        facts = "05 10:00 page_viewed\n05 10:00 page_viewed"
        grades = {"grades": {"A": 30, "Z": 0}}
        assert handoffs(facts)[0]["worth"] is None
        assert str(handoffs(facts, worth={"Z": 12}, **grades)[0]["worth"]) == "12.00"
        assert str(handoffs(facts, worth={"A": 12}, **grades)[0]["worth"]) == "0.00"
        assert str(handoffs(facts, worth={"Z": {0: 6, 20: 9, 30: 12}}, **grades)[0]["worth"]) == "9.00"
        assert str(handoffs(facts, worth={"Z": {21: 9}}, **grades)[0]["worth"]) == "0.00"

    def test_scores_are_those_at_the_hand_off(self) -> None:
        facts = "05 10:00 page_viewed\n06 10:00 rejected\n07 10:00 page_viewed\n08 10:00 page_viewed"
        assert [str(row["engagement"]) for row in handoffs(facts)] == ["10.00", "20.00"]


CALENDAR = {"default": {"hours": {"mon-fri": ["09:00-12:30", "13:30-18:00"]}, "holidays": {"also": ["2026-01-13"]}}}
RESPOND = {"name": "first", "by": "sales", "respond_within": "4 business hours", "share": "90%", "per": "month"}


class TestClocks:
    def due(self, handed: str, promise: str, **sections: Any) -> str:
        rows = clocks(
            f"{handed} form_submitted", calendars=CALENDAR, commitments=[RESPOND | {"respond_within": promise}], **sections
        )
        return rows[0].removeprefix("1 first ").removesuffix(" - breached")

    @pytest.mark.parametrize(
        ("handed", "promise", "due"),
        [
            ("10 11:00", "4 business hours", "12 14:00"),  # a Saturday
            ("05 09:00", "3 business hours", "05 12:00"),
            ("05 09:00", "210 business minutes", "05 12:30"),  # ends at closing
            ("05 09:00", "8 business hours", "05 18:00"),
            ("05 18:00", "1 business minute", "06 09:01"),
            ("12 17:30", "1 business hour", "14 09:30"),  # the 13th is a holiday
            ("05 08:00", "1 business day", "06 18:00"),
            ("09 20:00", "2 business days", "14 18:00"),
            ("10 11:00", "36h", "11 23:00"),
        ],
    )
    def test_due(self, handed: str, promise: str, due: str) -> None:
        assert self.due(handed, promise) == due

    @pytest.mark.parametrize(
        ("more", "as_of", "state"),
        [
            ("", "06 10:00", "- open"),
            ("", "06 10:00:00.000001", "- breached"),
            ("\n06 10:00 call_made", "07 00:00", "06 10:00 kept"),
            ("\n06 10:00:00.000001 call_made", "07 00:00", "06 10:00:00.000001 late"),
            ("\n06 10:00 rejected", "07 00:00", "- void"),
            ("\n06 10:00:00.000001 rejected", "07 00:00", "- breached"),
        ],
    )
    def test_state(self, more: str, as_of: str, state: str) -> None:
        commitment = RESPOND | {"respond_within": "24h"}
        assert clocks("05 10:00 form_submitted" + more, as_of, commitments=[commitment]) == [f"1 first 06 10:00 {state}"]

    def test_a_decision_keeps_the_verdict(self) -> None:
        commitment = {"name": "verdict", "by": "sales", "decide_within": "1d", "share": "90%", "per": "month"}
        assert clocks("05 10:00 form_submitted\n05 12:00 recycled", commitments=[commitment]) == [
            "1 verdict 06 10:00 05 12:00 kept"
        ]

    def test_persistence_by_the_kth_attempt_or_a_connect(self) -> None:
        commitment = {"name": "p", "by": "sales", "attempts": 2, "within": "2d", "share": "90%", "per": "month"}
        facts = "05 10:00 form_submitted\n05 11:00 call_made\n05 12:00 meeting_held\n05 13:00 call_made"
        assert clocks(facts, commitments=[commitment]) == ["1 p 07 10:00 05 12:00 kept"]
        connects = {"at": "mql", "attempts": ["call_made"], "connects": ["meeting_held"]}
        assert clocks(facts, commitments=[commitment | {"attempts": 3}], handoff=connects) == ["1 p 07 10:00 05 12:00 kept"]
        assert clocks(facts, commitments=[commitment | {"attempts": 3}], handoff={"at": "mql"}) == ["1 p 07 10:00 05 13:00 kept"]

    def test_no_clock_for_what_sales_brought(self) -> None:
        assert clocks("05 10:00 accepted", commitments=[RESPOND | {"respond_within": "1h"}], stages=STAGES) == []

    def test_the_reps_calendar_and_absence(self) -> None:
        calendars = CALENDAR | {"late": {"timezone": "America/New_York", "hours": {"mon-fri": ["20:00-02:00"]}}}
        tables = {
            "reps": [{"rep": "x", "calendar": "late"}, {"rep": "y", "calendar": ""}],
            "absences": [{"rep": "y", "from": "2026-01-06", "to": "2026-01-07"}],
        }
        sections = {"calendars": calendars, "commitments": [RESPOND], "stages": STAGES, "engagement": [VIEW]}
        row = replayed("05 10:00 assigned to=x\n05 10:00 page_viewed\n06 03:30 call_made", tables=tables, **sections)
        assert row["clocks"] == ["1 first 06 05:00 06 03:30 kept"]  # 20:00 in New York is 01:00 UTC
        assert " 150.0 " in row["handoffs"][0]
        row = replayed("05 17:00 assigned to=y\n05 17:00 page_viewed\n07 10:00 call_made", tables=tables, **sections)
        assert row["clocks"] == ["1 first 07 12:00 07 10:00 kept"]
        assert " 120.0 " in row["handoffs"][0]

    @pytest.mark.parametrize(
        ("zone", "hours", "start", "end", "minutes"),
        [
            ("Europe/Berlin", "00:00-24:00", "2026-03-28T23:00", "2026-03-29T22:00", 23 * 60),
            ("Europe/Berlin", "00:00-24:00", "2026-10-24T22:00", "2026-10-25T23:00", 25 * 60),
            ("Europe/Berlin", "02:30-03:10", "2026-03-28T23:00", "2026-03-29T22:00", 0),  # 01:30 to 01:10 UTC
            ("Europe/Berlin", "02:10-02:50", "2026-03-28T23:00", "2026-03-29T22:00", 40),  # 01:10 to 01:50 UTC
            ("Europe/Berlin", "01:00-02:30", "2026-10-24T22:00", "2026-10-25T23:00", 90),  # the first half past two
            ("Europe/Berlin", "22:00-06:00", "2026-03-28T21:00", "2026-03-29T10:00", 7 * 60),
            ("Australia/Lord_Howe", "01:00-03:00", "2026-04-04T12:00", "2026-04-05T12:00", 150),
        ],
    )
    def test_daylight_saving(self, zone: str, hours: str, start: str, end: str, minutes: int) -> None:
        calendar = WorkingTime({"hours": {"mon-sun": [hours]}}, zone, [])
        times = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (start, end)]
        assert calendar.worked(*times) == timedelta(minutes=minutes)

    def test_spans_that_a_change_of_clocks_lays_over_each_other_count_once(self) -> None:
        calendar = WorkingTime({"hours": {"sun": ["01:00-02:30", "03:00-04:00"]}}, "Europe/Berlin", [])
        start = datetime(2026, 3, 29, tzinfo=UTC)  # 00:00 to 01:30 and 01:00 to 02:00 UTC
        assert calendar.worked(start, start + timedelta(days=1)) == timedelta(minutes=120)
        assert calendar.after_time(start, timedelta(minutes=100)) == start + timedelta(minutes=100)

    def test_holidays_of_a_country_and_region(self) -> None:
        calendar = {"hours": {"mon-sun": ["09:00-10:00"]}, "holidays": {"country": "DE", "region": "BY"}}
        there = WorkingTime(calendar, "UTC", [])
        assert there.after_days(datetime(2026, 1, 5, tzinfo=UTC), 1) == datetime(2026, 1, 7, 10, tzinfo=UTC)

    def test_no_calendar_no_minutes(self) -> None:
        assert handoffs("05 10:00 page_viewed\n05 11:00 call_made")[0]["business_minutes_to_first_attempt"] is None
        assert handoffs("05 10:00 page_viewed", calendars=CALENDAR)[0]["business_minutes_to_first_attempt"] is None
