"""The reference's `commitments` against answers worked out by hand: January 2026, the 5th is a Monday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.reference.business import WorkingTime
from tests.reference.periods import worked
from tests.reference.replay import reference_replay
from tests.reference.small import agreement, at, journal

STAGES = [
    {"name": "lead", "owner": "marketing"},
    {"name": "mql", "owner": "marketing", "when": {"fact": "form_submitted"}},
    {"name": "sal", "owner": "sales", "when": {"fact": "accepted"}},
]
DELIVER = {"name": "leads", "by": "marketing", "deliver": "mql", "at_least": 6, "per": "month"}
WORTH = {"name": "worth", "by": "marketing", "worth": 500, "per": "month"}
ACCEPTED = {"name": "accepted", "by": "marketing", "accepted": "70%", "per": "month"}
RESPOND = {"name": "first", "by": "sales", "respond_within": "1d", "share": "50%", "per": "month"}
PURSUE = {"name": "pursued", "by": "sales", "pursue": 2, "per": "month"}
REVENUE = {"name": "revenue", "by": "both", "revenue": 250, "per": "month"}
THREE = "05 10:00 form_submitted lead=a\n06 10:00 form_submitted lead=b\n07 10:00 accepted lead=c\n"
"""Two hand-offs by marketing, one that sales brought."""
CALENDARS: dict[str, Any] = {"default": {"hours": {"mon-fri": ["09:00-17:00"]}}}


def rows(facts: str, as_of: str | datetime, commitment: dict[str, Any], **sections: Any) -> list[dict[str, Any]]:
    document = agreement(**({"stages": STAGES, "commitments": [commitment]} | sections))
    return reference_replay(journal(facts), document, at(as_of) if isinstance(as_of, str) else as_of)["commitments"]


def only(facts: str, as_of: str | datetime, commitment: dict[str, Any], **sections: Any) -> dict[str, Any]:
    (row,) = rows(facts, as_of, commitment, **sections)
    return row


def short(row: dict[str, Any]) -> tuple[float | None, int, str | None]:
    return row["actual"], row["n"], row["status"]


def bounds(row: dict[str, Any]) -> list[float | None]:
    return [row["forecast_low"], row["forecast"], row["forecast_high"]]


class TestRows:
    @pytest.mark.parametrize(
        ("per", "start", "end"),
        [
            ("week", "2026-01-04T23:00", "2026-01-11T23:00"),
            ("month", "2025-12-31T23:00", "2026-01-31T23:00"),
            ("quarter", "2025-12-31T23:00", "2026-03-31T22:00"),
            ("year", "2025-12-31T23:00", "2026-12-31T23:00"),
        ],
    )
    def test_periods_are_cut_in_the_zone(self, per: str, start: str, end: str) -> None:
        row = only("04 23:30 form_submitted", "05 12:00", DELIVER | {"per": per}, timezone="Europe/Berlin")
        found = [row["period_start"], row["period_end"]]
        assert found == [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (start, end)]

    def test_one_for_each_period_up_to_that_of_as_of(self) -> None:
        found = rows("06 10:00 form_submitted", "19 00:00", DELIVER | {"per": "week"})
        assert [row["period_start"].day for row in found] == [5, 12, 19]

    def test_from_the_day_it_is_in_force(self) -> None:
        found = rows(
            "06 10:00 form_submitted", "19 00:00", DELIVER | {"per": "week"}, in_force={"from": "2026-01-13", "trial_until": "2026-01-19"}
        )  # fmt: skip
        assert [(row["period_start"].day, row["trial"]) for row in found] == [(12, True), (19, False)]

    def test_nothing_happened_no_rows(self) -> None:
        assert rows("06 10:00 form_submitted", "06 09:00", DELIVER) == []
        assert rows("06 10:00 form_submitted machine=true", "07 09:00", DELIVER) == []

    def test_columns(self) -> None:
        assert list(only(THREE, "11 00:00", DELIVER)) == (
            "name period_start period_end team unit target actual n expected_by_now forecast_low forecast forecast_high status trial".split()
        )


class TestFigures:
    def test_deliver_counts_what_marketing_brought(self) -> None:
        row = only(THREE, "11 00:00", DELIVER)
        assert (row["team"], row["unit"], row["target"], *short(row)) == ("marketing", "leads", 6.0, 2.0, 2, "on_pace")
        assert row["expected_by_now"] == pytest.approx(6 * 10 / 31)

    def test_deliver_of_some_grades(self) -> None:
        assert short(only(THREE, "11 00:00", DELIVER | {"grades": ["A"]}, grades={"A": 5})) == (0.0, 0, "behind")
        assert short(only(THREE, "11 00:00", DELIVER | {"grades": ["D"]}, grades={"A": 5})) == (2.0, 2, "on_pace")

    def test_worth(self) -> None:
        assert short(only(THREE, "11 00:00", WORTH, worth={"D": 250})) == (500.0, 2, "met")
        assert short(only(THREE, "11 00:00", WORTH)) == (0.0, 2, "behind")

    def test_accepted_of_the_decided(self) -> None:
        facts = THREE + "05 10:00 form_submitted lead=d\n08 10:00 accepted lead=a\n08 10:00 rejected lead=b"
        assert short(only(facts, "11 00:00", ACCEPTED)) == (0.5, 2, "behind")
        over = rows(facts, datetime(2026, 2, 1, tzinfo=UTC), ACCEPTED | {"accepted": "50%"})[0]
        assert short(over) == (0.5, 2, "met")
        assert short(only(THREE, "11 00:00", ACCEPTED)) == (None, 0, None)

    def test_clocks_that_have_fallen_due(self) -> None:
        handed = "\n".join(f"05 10:00 form_submitted lead={lead}" for lead in "abcd")
        facts = f"{handed}\n05 11:00 call_made lead=a\n05 11:00 rejected lead=b\n07 11:00 call_made lead=c\n"
        facts += "09 10:00 form_submitted lead=e\n09 10:00 call_made lead=e"
        assert short(only(facts, "06 10:00", RESPOND)) == (None, 0, None)  # due now: not passed
        assert short(only(facts, "06 10:00:00.000001", RESPOND)) == (1 / 3, 3, "behind")  # a kept, c and d not, b void
        assert short(only(facts, "10 10:00", RESPOND)) == (1 / 3, 3, "behind")
        assert short(only(facts, "10 10:01", RESPOND)) == (0.5, 4, "on_pace")

    def test_a_clock_counts_where_it_falls_due(self) -> None:
        found = rows("11 10:00 form_submitted\n11 11:00 call_made", "13 00:00", RESPOND | {"per": "week"})
        assert [short(row) for row in found] == [(None, 0, None), (1.0, 1, "on_pace")]

    def test_pursued_whenever(self) -> None:
        facts = THREE + "12 10:00 call_made lead=a\n12 10:00 call_made lead=c"
        found = rows(facts, "13 00:00", PURSUE | {"per": "week"})
        assert [short(row) for row in found] == [(1.0, 1, "missed"), (0.0, 0, "behind")]

    def test_revenue_of_the_last_wins(self) -> None:
        facts = """
            05 10:00 opportunity_won lead=a opp=x amount=100
            06 10:00 opportunity_won lead=b opp=x amount=120.50   # the same opportunity: the last win counts
            05 10:00 opportunity_won lead=a opp=y amount=900
            07 10:00 opportunity_lost lead=b opp=y                # lost by whomever
            05 10:00 opportunity_won lead=a amount=10             # no id: one for each lead
            05 10:00 opportunity_won lead=b amount=20
            05 10:00 opportunity_won lead=b opp=z                 # no amount
            05 10:00 opportunity_won lead=b opp=u amount=7 currency=USD
        """
        assert short(only(facts, "11 00:00", REVENUE)) == (150.5, 5, "on_pace")
        assert short(only(facts, "06 09:00", REVENUE))[:2] == (1030.0, 6)

    def test_a_win_counts_in_its_own_period(self) -> None:
        facts = "06 10:00 opportunity_won opp=x amount=300\n13 10:00 opportunity_won opp=x amount=200"
        assert [short(row)[:2] for row in rows(facts, "14 00:00", REVENUE | {"per": "week"})] == [(0.0, 0), (200.0, 1)]


class TestStatus:
    def test_a_count_is_met_early_and_a_share_only_at_the_end(self) -> None:
        assert only(THREE, "11 00:00", DELIVER | {"at_least": 2})["status"] == "met"
        share = RESPOND | {"per": "week"}
        facts = "05 10:00 form_submitted\n05 11:00 call_made"
        assert only(facts, "11 23:59", share)["status"] == "on_pace"
        assert rows(facts, "12 00:00", share)[0]["status"] == "met"

    def test_missed_when_over(self) -> None:
        assert only(THREE, "11 23:59", DELIVER | {"per": "week"})["status"] == "behind"
        assert [row["status"] for row in rows(THREE, "12 00:00", DELIVER | {"per": "week"})] == ["missed", "on_pace"]

    def test_a_share_of_clocks_left_out_is_all(self) -> None:
        promise = {name: value for name, value in RESPOND.items() if name != "share"}
        assert only(THREE, "11 00:00", promise)["target"] == 1.0


class TestPassed:
    def test_business_time_passes(self) -> None:
        weekly = DELIVER | {"per": "week"}
        for as_of, share in [("05 17:00", 0.2), ("06 08:00", 0.2), ("06 13:00", 0.3), ("10 00:00", 1.0)]:
            row = only("05 08:00 form_submitted", as_of, weekly, calendars=CALENDARS)
            assert (row["expected_by_now"], row["forecast"]) == (pytest.approx(6 * share), pytest.approx(1 / share))

    def test_a_week_of_holidays_passes_by_plain_time(self) -> None:
        holidays = {"also": [f"2026-01-{day:02}" for day in range(5, 12)]}
        calendars = {"default": CALENDARS["default"] | {"holidays": holidays}}
        row = only("05 08:00 form_submitted", "08 12:00", DELIVER | {"per": "week"}, calendars=calendars)
        assert row["expected_by_now"] == 3.0

    def test_the_quick_way_is_the_plain_one(self) -> None:
        calendar = WorkingTime(
            {"hours": {"mon-fri": ["09:00-12:30", "22:00-06:00"], "sun": ["01:00-02:30", "03:00-04:00"]}}, "Europe/Berlin", []
        )
        start = datetime(2026, 3, 26, 23, 17, tzinfo=UTC)
        for hours in (0, 1, 30, 55, 200):
            end = start + timedelta(hours=hours)
            assert worked(calendar, start, end) == calendar.worked(start, end)


class TestForecast:
    def test_of_a_count_poisson_of_what_is_to_come(self) -> None:
        # 2 in 10 of 31 days: 6.2 in all, 4.2 to come: of Poisson 4.2, 7.8% are at most 1 and 1.5% are 0; 96.1% are at most 8, 92.1% 7
        assert bounds(only(THREE, "11 00:00", DELIVER)) == pytest.approx([2 + 1, 6.2, 2 + 8], abs=1e-5)

    def test_of_money_by_the_spread_of_single_amounts(self) -> None:
        # 200 and 2 in half the month: 200 and 2 to come, the root of 2 × 10000 is 141.42136, 1.6449 of those 232.62399
        row = only(THREE, "16 12:00", WORTH, worth={"D": 100})
        assert bounds(row) == pytest.approx([200, 400, 632.62399], abs=1e-5)

    def test_of_shares_wilson(self) -> None:
        facts = THREE + "08 10:00 accepted lead=a\n08 10:00 rejected lead=b"
        assert bounds(only(facts, "11 00:00", ACCEPTED)) == pytest.approx([0.120862, 0.5, 0.879138], abs=1e-6)
        assert bounds(only(THREE, "11 00:00", ACCEPTED)) == [None, None, None]

    def test_early_the_mean_of_the_last_three_periods(self) -> None:
        weekly = DELIVER | {"per": "week"}
        facts = "\n".join(f"{day} 10:00 form_submitted lead={day}.{n}" for day, many in [("06", 9), ("13", 1), ("20", 2), ("27", 3)] for n in range(many))  # fmt: skip
        assert bounds(rows(facts, "12 10:00", weekly)[1])[1] == 9.0
        as_of = datetime(2026, 2, 2, 16, tzinfo=UTC)
        assert bounds(rows(facts, as_of, weekly)[4]) == [0, 2, 5]  # of Poisson 2, 98.3% are at most 5, 94.7% at most 4
        assert bounds(rows(facts, as_of + timedelta(hours=1), weekly)[4]) == [0.0, 0.0, 0.0]  # 17 of 168 hours
        assert bounds(only("05 10:00 form_submitted", "05 16:00", weekly)) == [None, None, None]

    def test_early_money_by_the_amounts_of_those_periods(self) -> None:
        facts = "06 10:00 opportunity_won opp=x amount=30\n06 10:00 opportunity_won opp=y amount=40\n"
        facts += "19 10:00 opportunity_won opp=z amount=10"
        # one a week on the mean, of 35; this week 10 so far, 25 to come, 25 ÷ 35 amounts: × 1250, whose root is 29.88072
        assert bounds(rows(facts, "19 12:00", REVENUE | {"per": "week"})[2]) == pytest.approx([10, 35, 35 + 1.6449 * 29.88072])
        # nothing so far this week: 1 × (900 + 1600) ÷ 2, whose root is 35.35534
        assert bounds(rows(facts, "19 09:00", REVENUE | {"per": "week"})[2]) == pytest.approx([0, 35, 35 + 1.6449 * 35.35534])

    def test_over_it_is_what_it_was(self) -> None:
        assert bounds(rows(THREE, "12 00:00", DELIVER | {"per": "week"})[0]) == [2.0, 2.0, 2.0]
