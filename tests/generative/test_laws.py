"""Laws that hold for every agreement and every journal, whatever the tables say: asked of the product alone."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import polars as pl
import pytest

from tests.generative.cases import Case, make_case
from tests.generative.comparing import OF_LEADS, differences, product_frames, product_replay
from tests.generative.journals import Row
from tests.reference.journal import lives
from tests.reference.replay import KEYS, Tables
from tests.reference.versions import Versions, names_of

SEEDS = range(100_000, 100_024)
TEXT, AT, POINTS, COUNT = pl.String, pl.Datetime("us", "UTC"), pl.Decimal(18, 2), pl.Int64

every_case = pytest.mark.parametrize("seed", SEEDS)


def replace_facts(case: Case, facts: list[Row]) -> Tables:
    """The product's tables for the case with other facts."""
    return product_replay(case.with_facts(facts))


@every_case
def test_the_order_of_arrival_changes_nothing(seed: int) -> None:
    case = make_case(seed)
    shuffled = random.Random(seed).sample(case.facts, len(case.facts))
    assert differences(product_replay(case), replace_facts(case, shuffled)) == []


@every_case
def test_the_same_fact_again_changes_nothing(seed: int) -> None:
    case = make_case(seed)
    again = random.Random(seed).choices(case.facts, k=5)
    late = [fact | {"recorded_at": fact["recorded_at"] + timedelta(days=hours)} for hours, fact in enumerate(again)]
    assert differences(product_replay(case), replace_facts(case, late + case.facts)) == []


@every_case
def test_a_fact_after_the_as_of_time_changes_nothing(seed: int) -> None:
    case = make_case(seed)
    later = [fact | {"at": case.as_of + timedelta(microseconds=1), "fact_id": f"later {fact['fact_id']}"} for fact in case.facts]
    for fact in later[::2]:
        fact["fact_id"] = fact["fact_id"].removeprefix("later ")
    assert differences(product_replay(case), replace_facts(case, later + case.facts)) == []


@every_case
def test_an_earlier_as_of_time_is_a_journal_that_ends_then(seed: int) -> None:
    case = make_case(seed)
    earlier = random.Random(seed).choice(case.facts)["at"]
    then = replace(case, as_of=earlier)
    assert differences(product_replay(then), replace_facts(then, [fact for fact in case.facts if fact["at"] <= earlier])) == []


@every_case
def test_what_was_entered_and_scored_stays(seed: int) -> None:
    """Where nothing is taken back and nobody is united later, the past is not written anew."""
    case = make_case(seed)
    ids: dict[str, Row] = {
        fact["fact_id"]: fact for fact in case.facts if fact["kind"] not in {"retracted", "linked", "unlinked"}
    }
    facts = list(ids.values())
    if not facts:
        return
    earlier = random.Random(seed).choice(facts)["at"]
    if earlier > case.as_of:
        return
    begun = Versions(case.agreements, earlier).all  # a version that begins later may have other stages
    case = replace(case, facts=facts, agreement=begun[0], later=begun[1:])
    now, then = product_replay(case), product_replay(replace(case, as_of=earlier))
    assert [row for row in now["score_changes"] if row["at"] <= earlier] == then["score_changes"]
    seen = [row | {"left_at": None} if (row["left_at"] or earlier) > earlier else row for row in now["stage_entries"]]
    assert [row for row in seen if row["entered_at"] <= earlier] == then["stage_entries"]


@every_case
def test_receipts_add_up_to_balances(seed: int) -> None:
    found = product_replay(make_case(seed))
    moments: dict[tuple[str, str], dict[object, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in found["score_changes"]:
        assert row["points"] != 0
        moments[row["lead_id"], row["axis"]][row["at"]].append(row)
    for changes in moments.values():
        balance = 0
        for at in sorted(changes):
            balance += sum(row["points"] for row in changes[at])
            assert {row["balance"] for row in changes[at]} == {balance}
    for row in found["handoffs"]:
        for axis in ("fit", "engagement"):
            by_then = [change["points"] for change in found["score_changes"] if (change["lead_id"], change["axis"]) == (row["lead_id"], axis)
                       and change["at"] <= row["handed_at"]]  # fmt: skip
            assert row[axis] == sum(by_then)


@every_case
def test_a_lead_is_at_one_stage_at_a_time(seed: int) -> None:
    stays = defaultdict(list)
    for row in product_replay(make_case(seed))["stage_entries"]:
        if row["entered_at"] != row["left_at"]:
            stays[row["lead_id"]].append((row["entered_at"], row["left_at"]))
    for found in stays.values():
        for (_, left), (entered, _) in pairwise(sorted(found, key=lambda stay: stay[0])):
            assert left is not None and left <= entered


@every_case
def test_every_fact_named_is_a_fact_of_the_life_at_that_time(seed: int) -> None:
    case = make_case(seed)
    known = {(lead_id, fact.fact_id): fact.at for lead_id, life in lives(case.facts, case.as_of).items() for fact in life}
    found = product_replay(case)
    for row in found["score_changes"]:
        assert row["at"] <= case.as_of
        if row["rule"] == "version":
            assert row["fact_id"] is None and row["axis"] == "fit" and row["at"] in case.versions.starts()
        else:
            assert known[row["lead_id"], row["fact_id"]] <= row["at"]
    for row in found["stage_entries"]:
        assert row["fact_id"] is None or known[row["lead_id"], row["fact_id"]] == row["entered_at"]


@every_case
def test_stages_are_left_when_the_next_is_entered(seed: int) -> None:
    case = make_case(seed)
    order = names_of(case.versions.last)
    found: dict[tuple[str, int], dict[int, Row]] = defaultdict(dict)
    for row in product_replay(case)["stage_entries"]:
        found[row["lead_id"], row["cycle"]][order.index(row["stage"])] = row
    for entries in found.values():
        assert sorted(entries) == list(range(len(entries))), "a stage in between is missing"
        for one, following in pairwise(sorted(entries)):
            assert entries[one]["left_at"] == entries[following]["entered_at"] >= entries[one]["entered_at"]


@every_case
def test_handoffs_and_clocks_belong_together(seed: int) -> None:
    found = product_replay(make_case(seed))
    handed = {(row["lead_id"], row["cycle"]): row for row in found["handoffs"]}
    entries = {(row["lead_id"], row["cycle"]) for row in found["stage_entries"]}
    assert handed.keys() <= entries
    for row in found["clocks"]:
        handoff = handed[row["lead_id"], row["cycle"]]
        assert handoff["sourced"] == "marketing" and row["due_at"] > handoff["handed_at"]
        assert (row["kept_at"] is not None) == (row["state"] in ("kept", "late"))
        assert row["kept_at"] is None or (row["kept_at"] <= row["due_at"]) == (row["state"] == "kept")


@every_case
def test_columns_types_and_keys_are_those_of_the_contract(seed: int) -> None:
    case = make_case(seed)
    last = case.versions.last
    after = names_of(last)[names_of(last).index(last["handoff"]["at"]) + 1 :]
    texts = ("sourced", "rep", "owner", "persona")
    times = ("accepted_at", "rejected_at", "recycled_at", "disqualified_at")
    expected = {
        "score_changes": {"lead_id": TEXT, "at": AT, "axis": TEXT, "rule": TEXT, "fact_id": TEXT, "points": POINTS, "balance": POINTS, "persona": TEXT},
        "stage_entries": {"lead_id": TEXT, "cycle": COUNT, "stage": TEXT, "entered_at": AT, "left_at": AT, "fact_id": TEXT},
        "handoffs": {
            "lead_id": TEXT, "cycle": COUNT, "handed_at": AT, **dict.fromkeys(texts, TEXT), "fit": POINTS, "engagement": POINTS,
            "grade": TEXT, "worth": POINTS, "campaign": TEXT, **dict.fromkeys(times, AT), "reason": TEXT, "assigned_at": AT,
            "first_attempt_at": AT, "attempts": COUNT, "connected_at": AT, "business_minutes_to_first_attempt": pl.Float64,
            **{f"{stage}_at": AT for stage in after}, "won_amount": POINTS,
        },
        "clocks": {"lead_id": TEXT, "cycle": COUNT, "commitment": TEXT, "due_at": AT, "kept_at": AT, "state": TEXT},
        "commitments": {
            "name": TEXT, "period_start": AT, "period_end": AT, "team": TEXT, "unit": TEXT, "target": pl.Float64,
            "actual": pl.Float64, "n": COUNT, **dict.fromkeys(("expected_by_now", "forecast_low", "forecast", "forecast_high"), pl.Float64),
            "status": TEXT, "trial": pl.Boolean,
        },
        "ledger": {"at": AT, "team": TEXT, "lead_id": TEXT, "cycle": COUNT, "reason": TEXT, "opportunity_id": TEXT, "amount": POINTS},
        "credits": {"opportunity_id": TEXT, "model": TEXT, "campaign": TEXT, "channel": TEXT, "touches": COUNT, "share": pl.Float64, "amount": POINTS},
    }  # fmt: skip
    for name, frame in product_frames(case).items():
        assert list(frame.schema.items()) == list(expected[name].items()), name
        if name == "credits":  # an opportunity without an id is one for each lead
            frame = frame.filter(pl.col("opportunity_id").is_not_null())
        assert not frame.select(KEYS[name]).is_duplicated().any(), f"{name}: two rows of one key"


@every_case
def test_two_records_that_are_joined_count_as_one_life(seed: int) -> None:
    """The facts of two leads that are linked give what the facts of one lead give."""
    case = make_case(seed)
    facts = [fact for fact in case.facts if fact["kind"] not in {"linked", "unlinked", "retracted"}]
    ids: dict[str, Row] = {fact["fact_id"]: fact for fact in facts}
    mine = [fact | {"lead_id": random.Random(f"{seed}{fact['fact_id']}").choice("ab")} for fact in ids.values()]
    blank = dict.fromkeys(("campaign", "channel", "actor", "opportunity_id", "amount", "currency", "source"))
    first = min(fact["at"] for fact in case.facts) - timedelta(days=1)
    link = blank | {"fact_id": "link", "lead_id": "b", "at": first, "recorded_at": first, "kind": "linked"}
    two = [*mine, link | {"properties": json.dumps({"with": "a"})}]
    one = [fact | {"lead_id": "a"} for fact in two]
    assert differences(replace_facts(case, one), replace_facts(case, two)) == []


@every_case
def test_a_version_that_says_the_same_changes_nothing(seed: int) -> None:
    case = make_case(seed)
    day = random.Random(seed).choice(case.facts)["at"].date().isoformat()
    first = case.agreement | {"in_force": {"from": "1990-01-01"}}
    again = first | {"name": "Signed once more", "in_force": {"from": max(day, "1990-01-02")}}
    assert differences(product_replay(under(case, first)), product_replay(under(case, first, again))) == []


@every_case
def test_a_version_after_the_as_of_time_changes_nothing(seed: int) -> None:
    case = make_case(seed)
    day = (case.as_of + timedelta(days=2)).date().isoformat()
    first = case.agreement | {"in_force": {"from": "1990-01-01"}}
    later = case.agreements[-1] | {"in_force": {"from": day}}
    assert differences(product_replay(under(case, first)), product_replay(under(case, first, later))) == []


@every_case
def test_a_version_before_the_first_fact_is_the_only_one(seed: int) -> None:
    """But for commitments, whose rows begin with the first version."""
    case = make_case(seed)
    last = case.agreements[-1] | {"in_force": {"from": "1990-01-02"}}
    first = case.agreement | {"in_force": {"from": "1990-01-01"}}
    both, alone = product_replay(under(case, first, last)), product_replay(under(case, last))
    assert differences({name: alone[name] for name in OF_LEADS}, both) == []


def under(case: Case, first: Row, *later: Row) -> Case:
    """The case under these versions."""
    return replace(case, agreement=first, later=list(later))
