"""The scoreboard: rows, reward, waterfall, wins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from smarketing.reports.outcome import Outcome
from smarketing.vocabulary.errors import UsageError
from tests.unit.reports.lives import outcome_of

DELIVER = {"name": "leads", "by": "marketing", "deliver": "mql", "at_least": 2, "per": "month"}
RESPONSE = {"name": "response", "by": "sales", "respond_within": "1d", "per": "month"}
WORTH = {"name": "worth", "by": "marketing", "worth": 1000, "per": "month"}
REVENUE = {"name": "revenue", "by": "both", "revenue": 100, "per": "quarter"}
REWARD = {
    "pool": 1000,
    "per": "quarter",
    "for": ["leads", "response"],
    "both_met": "100%",
    "one_missed": "50%",
    "none_met": "10%",
}
TWO_A_MONTH = """
    a  2026-01-05T09:00  form_submitted
    b  2026-01-06T09:00  form_submitted
    a  2026-01-05T10:00  call_made  actor=rita
    b  2026-01-06T10:00  call_made  actor=rita
    c  2026-02-05T09:00  form_submitted
    d  2026-02-06T09:00  form_submitted
    c  2026-02-05T10:00  call_made  actor=rita
    d  2026-02-06T10:00  call_made  actor=rita
"""


def outcome(text: str = TWO_A_MONTH, as_of: str = "2026-03-01", **signed: Any) -> Outcome:
    return outcome_of(text, as_of=as_of, **{"commitments": [DELIVER, RESPONSE], "reward": REWARD} | signed)


def reward(of: Outcome, period: str | None = None) -> dict[str, Any]:
    return dict(of.scoreboard(period).to_dict()["reward"])


def codes(of: Outcome, period: str | None = None) -> list[str]:
    return [note.code for note in of.scoreboard(period).notes]


def test_left_out_the_period_is_the_quarter_of_as_of():
    report = outcome().scoreboard()
    assert report.period is not None
    assert report.period.label == "2026-Q1"
    assert [(row["name"], row["period_start"][:10], row["status"]) for row in report.rows] == [
        ("leads", "2025-12-31", "met"), ("leads", "2026-01-31", "met"), ("leads", "2026-02-28", "on_pace"),
        ("response", "2025-12-31", "met"), ("response", "2026-01-31", "met"), ("response", "2026-02-28", None),
    ]  # fmt: skip


def test_rows_are_those_whose_period_overlaps_the_one_asked_for():
    assert [row["name"] for row in outcome().scoreboard("2026-W03").rows] == ["leads", "response"]
    assert [row["name"] for row in outcome().scoreboard("2026-01-31..2026-02-02").rows] == [
        "leads",
        "leads",
        "response",
        "response",
    ]


def test_a_row_has_the_columns_of_the_table_and_nothing_was_promised_before_the_agreement():
    of = outcome()
    assert list(of.scoreboard().rows[0]) == of.commitments.columns
    assert of.scoreboard("2024").rows == []
    assert codes(of, "2024") == ["SMK-R023"]
    with pytest.raises(UsageError, match="is not a period"):
        of.scoreboard("2026-13")


def test_both_halves_met_pay_the_whole_pool():
    assert reward(outcome())["today"] == {"amount": 1000.0, "currency": "EUR", "share": 1.0, "marketing": True, "sales": True}


def test_one_half_missed_and_none_met():
    late = TWO_A_MONTH.replace("2026-01-05T10:00  call", "2026-01-15T10:00  call")
    assert reward(outcome(late))["today"] == {"amount": 500.0, "currency": "EUR", "share": 0.5, "marketing": True, "sales": False}
    fewer = late.replace("b  2026-01-06T09:00  form_submitted", "")
    none = reward(outcome(fewer))["today"]
    assert (none["amount"], none["share"], none["marketing"], none["sales"]) == (100.0, 0.1, False, False)


def test_a_missed_month_earlier_in_the_quarter_breaks_the_half_but_not_the_next_quarter():
    fewer = TWO_A_MONTH.replace("b  2026-01-06T09:00  form_submitted", "")
    assert reward(outcome(fewer), "2026-02")["today"]["marketing"] is False
    assert reward(outcome(fewer, as_of="2026-04-01"))["today"]["marketing"] is True


def test_a_running_period_counts_as_kept_while_it_is_on_pace_and_the_forecast_judges_by_the_target():
    running = outcome(as_of="2026-02-06T12:00", commitments=[DELIVER | {"at_least": 4}, RESPONSE], text=TWO_A_MONTH)
    assert reward(running, "2026-02")["today"]["marketing"] is False, "January had two of four"
    behind = outcome("a  2026-01-05T09:00  form_submitted", as_of="2026-01-20", commitments=[DELIVER])
    told = reward(behind)
    assert (told["today"]["marketing"], told["forecast"]["marketing"]) == (False, False)
    fast = outcome("a  2026-01-02T09:00  form_submitted", as_of="2026-01-09", commitments=[DELIVER])
    assert [row["status"] for row in fast.scoreboard().rows] == ["on_pace"]
    told = reward(fast)
    assert (told["today"]["marketing"], told["forecast"]["marketing"]) == (True, True)


def test_what_cannot_be_judged_yet_breaks_nothing_and_is_named():
    nobody_due = outcome("a  2026-01-05T09:00  form_submitted", as_of="2026-01-05T12:00")
    assert reward(nobody_due)["today"]["sales"] is True
    assert "SMK-R021" in codes(nobody_due)


def test_without_for_revenue_alone_decides_and_a_half_without_a_commitment_counts_as_met():
    only_sales = outcome(commitments=[DELIVER | {"at_least": 9}, REVENUE | {"by": "sales"}], reward=REWARD | {"for": None})
    told = reward(only_sales, "2026-Q1")["today"]
    assert (told["marketing"], told["sales"]) == (True, False)
    assert "SMK-R021" in codes(only_sales)


def test_a_quarter_on_trial_earns_nothing_and_a_month_on_trial_is_not_judged():
    trial = {"from": "2026-01-01", "trial_until": "2026-02-01"}
    fewer = TWO_A_MONTH.replace("b  2026-01-06T09:00  form_submitted", "")
    told = reward(outcome(fewer, in_force=trial))["today"]
    assert (told["amount"], told["share"], told["marketing"]) == (0.0, 0.5, False)
    assert "SMK-R020" in codes(outcome(fewer, in_force=trial))
    begun = {"from": "2025-12-01", "trial_until": "2026-01-01"}
    assert reward(outcome(fewer, in_force=begun))["today"]["amount"] == 500.0


def test_without_a_reward_there_is_none():
    assert reward(outcome(reward=None)) == {"today": None, "forecast": None}


def test_the_waterfall_adds_up_what_was_promised_in_working_time_and_what_was_delivered():
    calendars = {"default": {"hours": {"mon-fri": ["09:00-17:00"]}}}
    of = outcome(commitments=[WORTH], worth={"D": 300}, calendars=calendars, as_of="2026-02-05T12:00")
    line = of.scoreboard("2026-Q1").to_dict()["waterfall"]
    by_day = {row["day"]: (row["promised"], row["delivered"]) for row in line}
    assert len(line) == 90
    assert by_day["2026-01-01"] == (pytest.approx(1000 / 22, abs=0.01), 0.0)
    assert by_day["2026-01-03"] == by_day["2026-01-04"] == (pytest.approx(2000 / 22, abs=0.01), 0.0), "a weekend promises nothing"
    assert by_day["2026-01-05"][1] == 300.0
    assert by_day["2026-01-31"] == (1000.0, 600.0)
    assert by_day["2026-02-05"][1] == 900.0
    assert by_day["2026-02-06"][1] is None
    assert by_day["2026-03-31"] == (3000.0, None)


def test_a_waterfall_of_part_of_a_month_begins_at_nothing():
    of = outcome(commitments=[WORTH], worth={"D": 300})
    line = of.scoreboard("2026-01-16..2026-02-01").to_dict()["waterfall"]
    assert line[0] == {"day": "2026-01-16", "promised": pytest.approx(1000 / 31, abs=0.01), "delivered": 0.0}
    assert line[-1]["promised"] == pytest.approx(1000 * 16 / 31, abs=0.01)


def test_a_promised_count_becomes_money_by_what_such_hand_offs_are_worth():
    of = outcome(worth={"D": 300})
    line = of.scoreboard("2026-01").to_dict()["waterfall"]
    assert (line[-1]["promised"], line[-1]["delivered"]) == (600.0, 600.0)
    assert "SMK-R022" in codes(of, "2026-01")
    assert outcome().scoreboard("2026-01").to_dict()["waterfall"] == [], "nothing says what a lead is worth"


def test_the_waterfall_ends_at_the_earlier_of_the_days_known():
    of = outcome(commitments=[WORTH], worth={"D": 300})
    line = of.scoreboard("2025-12-30..2026-01-02").to_dict()["waterfall"]
    assert [row["promised"] for row in line] == [0.0, 0.0, pytest.approx(32.26)]


def test_wins_are_told_latest_first_one_for_each_opportunity():
    of = outcome(
        TWO_A_MONTH
        + """
        a  2026-02-10T09:00  opportunity_won  opportunity_id=one  amount=50  actor=sam
        b  2026-02-11T09:00  opportunity_won  opportunity_id=one  amount=60  actor=sam
        c  2026-02-12T09:00  opportunity_won  opportunity_id=two  amount=70  currency=USD
        d  2026-02-13T09:00  opportunity_won  opportunity_id=lost  amount=80
        d  2026-02-14T09:00  opportunity_lost  opportunity_id=lost
        e  2026-02-15T09:00  opportunity_won  amount=90  actor=sam
        """
    )
    wins = of.scoreboard("2026-02").to_dict()["wins"]
    assert [(won["lead_id"], won["opportunity_id"], won["amount"], won["currency"], won["rep"]) for won in wins] == [
        ("e", None, 90.0, "EUR", "sam"), ("c", "two", None, "USD", "rita"), ("b", "one", 60.0, "EUR", "rita"),
    ]  # fmt: skip
    assert of.scoreboard("2026-01").to_dict()["wins"] == []


def test_facts_after_as_of_do_not_exist():
    of = outcome(as_of="2026-01-06T00:00")
    assert of.as_of == datetime(2026, 1, 5, 23, tzinfo=UTC)
    assert [row["actual"] for row in of.scoreboard().rows if row["name"] == "leads"] == [1.0]
