"""The reference's versions in sequence, where even the specs are too coarse: January 2026, the 5th is a Monday."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.reference.replay import Tables, reference_replay
from tests.reference.small import agreement, at, journal, line_of
from tests.reference.versions import Versions

STAGES = [
    {"name": "lead", "owner": "marketing"},
    {"name": "mql", "owner": "marketing", "when": {"fact": "form_submitted"}},
    {"name": "sal", "owner": "sales", "when": {"fact": "accepted"}},
    {"name": "sql", "owner": "sales", "when": {"fact": "meeting_held"}},
]
FIRST: dict[str, Any] = {"in_force": {"from": "2026-01-01"}, "stages": STAGES, "handoff": {"at": "sal", "return_to": "mql"}}


def tables(facts: str, *changes: dict[str, Any], as_of: str = "31 00:00") -> Tables:
    """What follows under versions from the 10th, the 20th …, each the one before with some sections in place of its own."""
    versions = [agreement(**(FIRST | changes[0]))]
    for number, change in enumerate(changes[1:], start=1):
        versions.append(versions[-1] | {"in_force": {"from": f"2026-01-{number}0"}} | change)
    return reference_replay(journal(facts), versions, at(as_of))


def lines(facts: str, name: str, *changes: dict[str, Any], as_of: str = "31 00:00") -> list[str]:
    return [line_of(row) for row in tables(facts, *changes, as_of=as_of)[name]]


def named(*names: str) -> list[dict[str, Any]]:
    return [stage for name in names for stage in STAGES if stage["name"] == name]


class TestInForce:
    def test_a_version_begins_in_its_own_zone(self) -> None:
        versions = [
            agreement(in_force={"from": "2026-01-01"}),
            agreement(in_force={"from": "2026-01-10"}, timezone="Asia/Kathmandu"),
        ]
        found = Versions(versions, at("31 00:00"))
        assert found.starts() == [at("09 18:15")]
        assert found.at(at("09 18:15")) is versions[1] and found.at(at("09 18:14")) is versions[0]
        assert Versions(versions, at("09 18:14")).all == versions[:1]

    def test_a_midnight_that_does_not_exist_is_the_moment_the_clocks_are_put_forward(self) -> None:
        versions = [
            agreement(in_force={"from": "2018-01-01"}),
            agreement(in_force={"from": "2018-11-04"}, timezone="America/Sao_Paulo"),
        ]
        assert Versions(versions, at("31 00:00")).starts() == [datetime(2018, 11, 4, 3, tzinfo=UTC)]

    def test_the_order_given_says_nothing(self) -> None:
        versions = [agreement(in_force={"from": "2026-01-10"}), agreement(in_force={"from": "2026-01-01"})]
        assert Versions(versions, at("31 00:00")).all == versions[::-1]


class TestStages:
    def test_a_stage_without_a_condition_is_entered_at_a_begin_under_a_version_that_has_it_so(self) -> None:
        opened = {"stages": [*named("lead", "mql", "sal"), {"name": "sql", "owner": "sales"}]}
        facts = "05 10:00 page_viewed lead=a\n15 10:00 page_viewed lead=b"
        entries = lines(facts, "stage_entries", {}, opened)
        assert entries == ["1 lead 05 10:00 - f1"] + [f"b 1 {name} 15 10:00 {'-' if name == 'sql' else '15 10:00'} f2" for name in ("lead", "mql", "sal", "sql")]  # fmt: skip

    def test_a_given_stage_implies_what_is_before_it_now(self) -> None:
        facts = "05 10:00 accepted\n06 10:00 rejected"
        swapped = {"stages": named("sql", "mql", "lead", "sal")}
        assert [line for line in lines(facts, "stage_entries", {}, swapped) if line.startswith("2")] == [
            "2 lead 06 10:00 - f2",
            "2 mql 06 10:00 06 10:00 f2",
            "2 sql 06 10:00 06 10:00 f2",
        ]

    def test_only_from_looks_between_in_the_order_of_its_own_version(self) -> None:
        asking = [*named("lead"), {"name": "sql", "owner": "sales", "when": {"fact": "meeting_held"}}, *named("mql"),
                  {"name": "sal", "owner": "sales", "when": {"fact": "accepted", "only_from": "sql"}}]  # fmt: skip
        facts = "05 10:00 form_submitted\n15 10:00 accepted"
        assert "1 sal 15 10:00 - f2" in lines(facts, "stage_entries", {}, {"stages": asking})
        asking[1], asking[2] = asking[2], asking[1]
        assert "1 sal 15 10:00 - f2" not in lines(facts, "stage_entries", {}, {"stages": asking})

    def test_a_fact_inside_all_counts_also_from_an_earlier_version(self) -> None:
        both = {"name": "sal", "owner": "sales", "when": {"all": [{"fact": "call_made"}, {"fact": "accepted"}]}}
        facts = "05 10:00 call_made\n15 10:00 accepted"
        assert "1 sal 15 10:00 - f2" in lines(facts, "stage_entries", {}, {"stages": [*named("lead", "mql"), both]})


class TestHandoffs:
    def test_the_begin_of_a_version_hands_over_only_within_the_cycle(self) -> None:
        mql = {"handoff": {"at": "mql", "return_to": "lead"}}
        for end, handed in (("09 10:00", []), ("10 00:00", ["10 00:00"]), ("10 10:00", ["10 00:00"])):
            found = tables(f"05 10:00 form_submitted\n{end} disqualified", {}, mql)["handoffs"]
            assert [row["handed_at"] for row in found] == [at(one) for one in handed], end

    def test_a_stage_given_by_an_earlier_version_is_handed_over_by_nobody_of_marketing(self) -> None:
        facts = "05 10:00 accepted\n06 10:00 rejected"
        found = tables(facts, {}, {"handoff": {"at": "mql"}})["handoffs"]
        assert [(row["cycle"], row["handed_at"], row["sourced"]) for row in found] == [
            (1, at("05 10:00"), "marketing"),
            (2, at("10 00:00"), "sales"),
        ]

    def test_a_check_of_the_new_version_knows_what_was_passed_before(self) -> None:
        facts = "05 10:00 form_submitted\n06 10:00 passed"
        found = tables(facts, {}, {"handoff": {"at": "mql", "check": True}})["handoffs"]
        assert [row["handed_at"] for row in found] == [at("10 00:00")]

    def test_a_version_without_length_hands_nobody_over(self) -> None:
        """The second is in force until the third begins; who enters its stage just then is the third's."""
        facts = "05 10:00 page_viewed\n20 00:00 form_submitted"
        assert tables(facts, {}, {"handoff": {"at": "mql"}}, {"handoff": {"at": "sal"}})["handoffs"] == []
        assert (
            len(
                tables(facts.replace("20 00:00", "19 23:59"), {}, {"handoff": {"at": "mql"}}, {"handoff": {"at": "sal"}})[
                    "handoffs"
                ]
            )
            == 1
        )
