"""What was promised for each period, and what came of it: each rule by the smallest journal that shows it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from smarketing.agreement.checks import load_agreement
from smarketing.backends.local import replay, write_replay
from smarketing.derivations.intervals import compound, poisson, wilson
from smarketing.derivations.tables.commitments import commitments
from smarketing.derivations.tables.tallies import Tallies
from smarketing.journal.fact import FACT_SCHEMA
from smarketing.vocabulary.periods import periods
from smarketing.vocabulary.tables import COMMITMENTS
from tests.unit.derivations.journals import EXAMPLE, journal

DOCUMENT = """
name: Commitments
currency: EUR
timezone: {zone}
in_force: {{from: {begins}{trial}}}
{calendars}
personas:
  - {{name: anybody, fit: [{{when: {{size: large}}, points: 30}}, {{when: {{size: small}}, points: 10}}]}}
grades: {{A: 30, C: 10}}
stages:
  - {{name: visitor, owner: marketing}}
  - {{name: mql, owner: marketing, when: {{fact: form_submitted}}}}
  - {{name: sal, owner: sales, when: {{fact: accepted}}}}
  - {{name: customer, owner: sales, when: {{fact: opportunity_won}}}}
handoff: {{at: mql}}
worth: {{A: 900, C: 120.5}}
commitments: [{{name: it, by: {by}, {promise}, per: {per}}}]
"""
DELIVER = "deliver: mql, at_least: 10"
Row = dict[str, Any]
Told = tuple[str, str, str] | tuple[str, str, str, Row]


def agreement(promise: str, *, per: str = "month", begins: str = "2026-01-01", trial: str = "", zone: str = "UTC", hours: str = "", by: str = "sales") -> Any:  # fmt: skip
    calendars = f"calendars: {{default: {hours}}}" if hours else ""
    trial = f", trial_until: {trial}" if trial else ""
    text = DOCUMENT.format(promise=promise, per=per, begins=begins, trial=trial, zone=zone, calendars=calendars, by=by)
    return load_agreement("agreement.yaml", text=text)


def facts(*told: Told) -> pl.DataFrame:
    """Facts as (lead, UTC time, kind, what else)."""
    rows = []
    for number, (lead, at, kind, *rest) in enumerate(told):
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        fact = {
            "fact_id": f"f{number:03}",
            "lead_id": lead,
            "at": moment,
            "recorded_at": moment,
            "kind": kind,
            "properties": "{}",
        }
        rows.append(fact | (rest[0] if rest else {}))
    return pl.DataFrame(rows, schema=FACT_SCHEMA)


def follows(signed: Any, told: pl.DataFrame, as_of: str) -> list[Row]:
    """The rows, with the periods told by the UTC time of their start."""
    found = replay(told, signed, datetime.fromisoformat(as_of).replace(tzinfo=UTC), tables=["commitments"], threads=1).commitments
    assert found.schema == pl.Schema(COMMITMENTS.columns)
    return [row | {"at": f"{row['period_start']:%Y-%m-%d %H:%M}"} for row in found.to_dicts()]


def only(signed: Any, told: pl.DataFrame, as_of: str) -> Row:
    """The row, where there is one period."""
    (row,) = follows(signed, told, as_of)
    return row


def handed(*days: str, each: int = 1) -> list[Told]:
    """Hand-offs of different leads on those days (or at those times)."""
    return [(f"lead {day} {number}", day, "form_submitted") for day in days for number in range(each)]


def won(lead: str, at: str, amount: str | None, deal: str | None = None, **rest: Any) -> Told:
    return lead, at, "opportunity_won", {"amount": amount and Decimal(amount), "opportunity_id": deal, **rest}


def lost(lead: str, at: str, deal: str | None = None) -> Told:
    return lead, at, "opportunity_lost", {"opportunity_id": deal}


def size(lead: str, of: str) -> Told:
    return lead, "2026-01-01", "profile_changed", {"properties": f'{{"size": "{of}"}}'}


# What is counted


def test_deliver_counts_the_hand_offs_that_marketing_brought() -> None:
    brought_by_sales = ("own", "2026-01-05", "accepted")
    row = only(agreement(DELIVER), facts(*handed("2026-01-05", each=3), brought_by_sales), "2026-01-31")
    assert (row["actual"], row["n"], row["unit"], row["team"], row["target"]) == (3.0, 3, "leads", "sales", 10.0)


def test_deliver_counts_only_its_grades() -> None:
    told = facts(
        size("one", "large"), size("two", "small"), *((lead, "2026-01-05", "form_submitted") for lead in ("one", "two", "three"))
    )
    assert only(agreement("deliver: mql, at_least: 10, grades: [A, C]"), told, "2026-01-31")["n"] == 2
    assert only(agreement("deliver: mql, at_least: 10, grades: [D]"), told, "2026-01-31")["n"] == 1


def test_worth_adds_up_what_each_hand_off_is_worth() -> None:
    told = facts(
        size("one", "large"), size("two", "small"), *((lead, "2026-01-05", "form_submitted") for lead in ("one", "two", "three"))
    )
    row = only(agreement("worth: 5000"), told, "2026-01-31")
    assert (row["actual"], row["n"], row["unit"]) == (1020.5, 3, "money")
    assert only(agreement("worth: 5000, grades: [C]"), told, "2026-01-31")["actual"] == 120.5


def test_accepted_is_a_share_of_the_hand_offs_that_were_decided() -> None:
    told = facts(
        *handed("2026-01-05", each=4), ("lead 2026-01-05 0", "2026-02-06", "accepted"),
        ("lead 2026-01-05 1", "2026-01-06", "rejected"), ("lead 2026-01-05 2", "2026-01-06", "disqualified"),
    )  # fmt: skip
    january, february = follows(agreement("accepted: 70%"), told, "2026-02-10")
    assert (january["actual"], january["n"], january["unit"]) == (1 / 3, 3, "share")  # the hand-off's period, not the decision's
    assert (february["actual"], february["n"], february["status"]) == (None, 0, None)


def test_a_clock_counts_in_the_period_in_which_it_was_due() -> None:
    told = facts(
        *handed("2026-01-31", "2026-02-01", "2026-02-02"), ("lead 2026-02-01 0", "2026-02-01 12:00", "call_made"),
        ("lead 2026-02-02 0", "2026-02-03 00:00:01", "call_made"),
    )  # fmt: skip
    january, february = follows(agreement("respond_within: 24h, share: 90%"), told, "2026-02-10")
    assert (january["actual"], january["n"]) == (None, 0)
    assert (february["actual"], february["n"], february["target"]) == (1 / 3, 3, 0.9)  # kept, late, breached


def test_a_clock_counts_once_its_due_time_has_passed_and_not_before_whether_it_was_kept_or_not() -> None:
    told = facts(*handed("2026-01-05", each=2), ("lead 2026-01-05 0", "2026-01-05 01:00", "call_made"))
    at_due = only(agreement("respond_within: 24h, share: 90%"), told, "2026-01-06")
    assert (at_due["actual"], at_due["n"], at_due["status"]) == (None, 0, None)
    after = only(agreement("respond_within: 24h, share: 90%"), told, "2026-01-06 00:00:00.000001")
    assert (after["actual"], after["n"]) == (0.5, 2)


def test_a_void_clock_is_in_no_share() -> None:
    told = facts(*handed("2026-01-05", each=2), ("lead 2026-01-05 0", "2026-01-05 01:00", "recycled"))
    row = only(agreement("respond_within: 24h"), told, "2026-01-31")
    assert (row["actual"], row["n"], row["target"]) == (0.0, 1, 1.0)


def test_attempts_and_decisions_have_shares_of_their_own() -> None:
    told = facts(*handed("2026-01-05"), *(("lead 2026-01-05 0", f"2026-01-05 0{hour}:00", "call_made") for hour in (1, 2)))
    assert only(agreement("attempts: 2, within: 1d, share: 80%"), told, "2026-01-31")["actual"] == 1.0
    assert only(agreement("decide_within: 2d"), told, "2026-01-31")["actual"] == 0.0


def test_pursue_counts_the_hand_offs_with_an_attempt() -> None:
    told = facts(*handed("2026-01-05", each=3), ("lead 2026-01-05 0", "2026-02-06", "call_made"))
    january, february = follows(agreement("pursue: 5"), told, "2026-02-10")
    assert (january["actual"], january["n"], january["unit"], february["actual"]) == (1.0, 1, "leads", 0.0)


def test_revenue_is_that_of_an_opportunitys_last_win_unless_it_was_lost_after() -> None:
    told = facts(
        won("a", "2026-01-05", "100", "d1"), won("a", "2026-02-05", "250.50", "d1"),  # the later win, in its month
        won("b", "2026-01-06", "70", "d2"), lost("b", "2026-02-06", "d2"),  # nothing
        won("c", "2026-01-07", "40", "d3"), lost("c", "2026-01-06", "d3"), won("c", "2026-01-07", None, "d4"),
    )  # fmt: skip
    january, february = follows(agreement("revenue: 1000", by="both"), told, "2026-02-28")
    assert (january["actual"], january["n"], january["unit"], january["team"]) == (40.0, 2, "money", "both")
    assert (february["actual"], february["n"]) == (250.5, 1)


def test_an_opportunity_is_one_across_leads_by_its_id_and_without_one_it_is_one_for_each_lead() -> None:
    told = facts(
        won("a", "2026-01-05", "100", "d"), won("b", "2026-01-06", "300", "d"),
        won("a", "2026-01-07", "7"), won("b", "2026-01-07", "8"), won("b", "2026-01-08", "9"), won("c", "2026-01-08", "5"), lost("c", "2026-01-09"),
    )  # fmt: skip
    assert only(agreement("revenue: 1000"), told, "2026-01-31")["actual"] == 316.0
    back = pl.concat([told, facts(lost("a", "2026-01-10", "d")).with_columns(fact_id=pl.lit("g"))])
    assert only(agreement("revenue: 1000"), back, "2026-01-31")["actual"] == 16.0


def test_money_in_another_currency_is_not_counted() -> None:
    told = facts(won("a", "2026-01-05", "100", currency="USD"), won("b", "2026-01-05", "50", currency="EUR"))
    row = only(agreement("revenue: 1000"), told, "2026-01-31")
    assert (row["actual"], row["n"]) == (50.0, 2)


# The periods


def test_months_are_cut_at_midnight_in_the_agreements_zone() -> None:
    told = facts(*handed("2026-01-31 22:59:59.999999", "2026-01-31 23:00", "2026-03-31 21:59", "2026-03-31 22:00"))
    rows = follows(agreement(DELIVER, zone="Europe/Berlin"), told, "2026-04-02")
    assert [(row["at"], row["n"]) for row in rows] == [
        ("2025-12-31 23:00", 1), ("2026-01-31 23:00", 1), ("2026-02-28 23:00", 1), ("2026-03-31 22:00", 1),
    ]  # fmt: skip


def test_a_midnight_that_does_not_exist_is_the_moment_of_the_change() -> None:
    assert [row["at"] for row in follows(agreement(DELIVER, per="week", begins="2018-11-04", zone="America/Sao_Paulo"), facts(*handed("2018-11-04 03:00")), "2018-11-05 12:00")] == ["2018-10-29 03:00", "2018-11-05 02:00"]  # fmt: skip
    begins = [each.start_at for each in periods("month", "America/Asuncion", first_at=datetime(2023, 9, 30, tzinfo=UTC), last_at=datetime(2023, 10, 2, tzinfo=UTC))]  # fmt: skip
    assert begins == [datetime(2023, 9, 1, 4, tzinfo=UTC), datetime(2023, 10, 1, 4, tzinfo=UTC)]


def test_where_midnight_comes_twice_a_period_begins_at_the_first_and_no_instant_is_in_two() -> None:
    change = datetime(1998, 10, 25, 2, 31, tzinfo=UTC)  # 00:01 becomes 23:01 of Saturday
    for per in ("week", "month"):
        (period,) = periods(per, "America/St_Johns", first_at=change, last_at=change)
        assert period.start_at <= change < period.end_at


def test_weeks_begin_on_monday_also_across_a_year() -> None:
    rows = follows(agreement(DELIVER, per="week", begins="2025-12-01"), facts(*handed("2025-12-28", "2025-12-29", "2026-01-04")), "2026-01-05")  # fmt: skip
    assert [(row["at"], row["n"]) for row in rows] == [("2025-12-22 00:00", 1), ("2025-12-29 00:00", 2), ("2026-01-05 00:00", 0)]


def test_a_week_in_which_the_clock_changes_has_an_hour_less_or_more() -> None:
    rows = follows(
        agreement(DELIVER, per="week", begins="2026-03-16", zone="Europe/Berlin"), facts(*handed("2026-03-20")), "2026-03-30"
    )
    lengths = [row["period_end"] - row["period_start"] for row in rows]
    assert lengths == [timedelta(days=7), timedelta(days=7, hours=-1), timedelta(days=7)]


def test_quarters_and_years() -> None:
    told = facts(*handed("2026-03-31", "2026-04-01", "2027-01-01"))
    assert [row["n"] for row in follows(agreement(DELIVER, per="quarter"), told, "2027-01-01")] == [1, 1, 0, 0, 1]
    assert [row["n"] for row in follows(agreement(DELIVER, per="year"), told, "2027-01-01")] == [2, 1]


def test_rows_begin_with_the_later_of_in_force_and_the_first_fact() -> None:
    told = facts(*handed("2026-02-10", "2026-03-10"))
    assert [row["at"] for row in follows(agreement(DELIVER), told, "2026-03-20")] == ["2026-02-01 00:00", "2026-03-01 00:00"]
    later = follows(agreement(DELIVER, begins="2026-03-15"), told, "2026-03-20")
    assert [(row["at"], row["n"]) for row in later] == [("2026-03-01 00:00", 1)]  # the whole month counts


def test_before_the_period_in_which_the_agreement_begins_there_is_no_row() -> None:
    assert follows(agreement(DELIVER, begins="2026-04-01"), facts(*handed("2026-03-10")), "2026-03-31") == []
    assert len(follows(agreement(DELIVER, begins="2026-03-31"), facts(*handed("2026-03-10")), "2026-03-20")) == 1


def test_the_first_fact_is_the_first_from_which_something_follows() -> None:
    machine = ("a", "2026-01-05", "page_viewed", {"properties": '{"machine": true}'})
    taken_back = ("a", "2026-01-06", "page_viewed")
    told = facts(
        machine, taken_back, ("a", "2026-01-07", "retracted", {"properties": '{"fact_id": "f001"}'}), *handed("2026-02-05")
    )
    assert [row["at"] for row in follows(agreement(DELIVER), told, "2026-02-10")] == ["2026-02-01 00:00"]


def test_a_period_is_over_exactly_at_its_end() -> None:
    promise, told = agreement(DELIVER), facts(*handed("2026-01-05"))
    assert only(promise, told, "2026-01-31 23:59:59.999999")["status"] == "behind"
    january, february = follows(promise, told, "2026-02-01")
    assert (january["status"], january["expected_by_now"], january["forecast"]) == ("missed", 10.0, 1.0)
    assert (february["status"], february["expected_by_now"]) == ("on_pace", 0.0)  # 0 of the 0 expected by now


def test_a_period_that_begins_before_the_trial_ends_is_on_trial() -> None:
    rows = follows(agreement(DELIVER, trial="2026-02-15"), facts(*handed("2026-01-05")), "2026-03-05")
    assert [row["trial"] for row in rows] == [True, True, False]
    exactly = follows(agreement(DELIVER, trial="2026-02-01"), facts(*handed("2026-01-05")), "2026-02-05")
    assert [row["trial"] for row in exactly] == [True, False]
    assert not only(agreement(DELIVER), facts(*handed("2026-01-05")), "2026-01-31")["trial"]


# Where it stands


def test_without_a_calendar_as_much_is_expected_as_time_has_passed() -> None:
    row = only(agreement(DELIVER), facts(*handed("2026-01-05")), "2026-01-11")
    assert row["expected_by_now"] == pytest.approx(10 * 10 / 31)


def test_with_a_calendar_as_much_is_expected_as_working_time_has_passed() -> None:
    hours = '{hours: {mon-fri: ["09:00-13:00", "14:00-18:00"]}, holidays: {also: [2026-01-05]}}'
    promise = agreement(DELIVER, per="week", hours=hours, zone="Europe/Berlin")
    told = facts(*handed("2026-01-05"))
    for as_of, hours_passed in {
        "2026-01-05 20:00": 0,
        "2026-01-06 09:00": 1,
        "2026-01-06 12:30": 4,
        "2026-01-09 16:00": 31,
        "2026-01-10": 32,
    }.items():
        assert only(promise, told, as_of)["expected_by_now"] == pytest.approx(10 * hours_passed / 32), as_of


def test_a_period_without_any_working_time_passes_by_the_clock() -> None:
    hours = '{hours: {mon: ["09:00-10:00"]}, holidays: {also: [2026-01-05]}}'
    assert (
        only(agreement(DELIVER, per="week", hours=hours), facts(*handed("2026-01-05")), "2026-01-08 12:00")["expected_by_now"]
        == 5.0
    )


def test_counts_and_money_are_met_as_soon_as_they_are_reached() -> None:
    promise = agreement("deliver: mql, at_least: 3")
    assert only(promise, facts(*handed("2026-01-05", each=3)), "2026-01-06")["status"] == "met"
    assert only(agreement("revenue: 50"), facts(won("a", "2026-01-05", "50")), "2026-01-06")["status"] == "met"
    assert only(promise, facts(*handed("2026-01-05", each=2)), "2026-01-20")["status"] == "on_pace"
    assert only(promise, facts(*handed("2026-01-05", each=1)), "2026-01-20")["status"] == "behind"


def test_exactly_what_is_expected_by_now_is_on_pace() -> None:
    """A third of 30 days: floats would miss it."""
    promise = agreement("deliver: mql, at_least: 3", begins="2026-04-01")
    assert only(promise, facts(*handed("2026-04-05")), "2026-04-11")["status"] == "on_pace"
    assert only(promise, facts(*handed("2026-04-05")), "2026-04-11 00:00:00.000001")["status"] == "behind"


def test_a_share_is_met_only_when_its_period_is_over() -> None:
    told = facts(*handed("2026-01-05"), ("lead 2026-01-05 0", "2026-01-05 01:00", "call_made"))
    promise = agreement("respond_within: 24h, share: 90%")
    row, over = only(promise, told, "2026-01-20"), follows(promise, told, "2026-02-01")[0]
    assert (row["status"], row["expected_by_now"], row["forecast"]) == ("on_pace", 0.9, 1.0)
    assert over["status"] == "met"
    breached = facts(*handed("2026-01-05"))
    assert [only(promise, breached, "2026-01-20")["status"], follows(promise, breached, "2026-02-01")[0]["status"]] == [
        "behind",
        "missed",
    ]


def test_a_share_of_exactly_its_target_is_met() -> None:
    kept = [(f"lead 2026-01-05 {number}", "2026-01-05 01:00", "call_made") for number in range(7)]
    told = facts(*handed("2026-01-05", each=10), *kept)
    assert follows(agreement("respond_within: 24h, share: 70%"), told, "2026-02-01")[0]["status"] == "met"


# What will become of it


def test_from_a_tenth_of_the_period_on_its_pace_is_the_forecast() -> None:
    promise, told = agreement(DELIVER, begins="2026-04-01"), facts(*handed("2026-04-01", each=2))
    row = only(promise, told, "2026-04-04")
    assert row["forecast"] == 20.0
    low, high = poisson(18)
    assert (row["forecast_low"], row["forecast_high"]) == (2.0 + low, 2.0 + high) == (13.0, 27.0)
    before = only(promise, told, "2026-04-03 23:59:59")
    assert (before["forecast"], before["forecast_low"], before["forecast_high"]) == (None, None, None)


def test_before_that_it_is_the_mean_of_the_last_three_periods() -> None:
    told = [
        *handed("2026-01-05", each=50),
        *handed("2026-02-05", each=6),
        *handed("2026-03-05", each=2),
        *handed("2026-04-05", each=5),
    ]
    promise = agreement(DELIVER)
    assert follows(promise, facts(*told), "2026-05-02")[-1]["forecast"] == pytest.approx(13 / 3)
    assert follows(promise, facts(*told), "2026-03-02")[-1]["forecast"] == 28.0  # fewer than three: those there are
    row = follows(promise, facts(*told, *handed("2026-05-01", each=2)), "2026-05-02")[-1]
    low, high = poisson(13 / 3 - 2)
    assert (row["forecast_low"], row["forecast_high"]) == (2.0 + low, 2.0 + high)


def test_money_still_to_come_is_made_of_amounts_like_those_seen() -> None:
    told = facts(won("a", "2026-04-02", "100"), won("b", "2026-04-03", "300"))
    row = only(agreement("revenue: 5000", begins="2026-04-01"), told, "2026-04-16")
    half = 1.6449 * (2 * (100**2 + 300**2) / 2) ** 0.5  # two more wins are expected
    assert row["forecast"] == 800.0
    assert row["forecast_low"] == max(400.0, 800 - half) == 400.0  # what is won is won
    assert row["forecast_high"] == pytest.approx(800 + half)


def test_before_a_tenth_the_amounts_are_those_of_the_periods_before() -> None:
    told = facts(*(won(f"{day}", f"2026-04-{day:02}", "100") for day in range(1, 31)))
    row = follows(agreement("revenue: 5000", begins="2026-04-01"), told, "2026-05-01")[-1]
    assert (row["actual"], row["forecast"]) == (0.0, 3000.0)
    assert (
        row["forecast_high"] - 3000 == pytest.approx(3000 - row["forecast_low"]) == pytest.approx(1.6449 * (30 * 100**2) ** 0.5)
    )


def test_a_share_has_wilsons_interval() -> None:
    told = facts(
        *handed("2026-01-05", each=4), *((f"lead 2026-01-05 {number}", "2026-01-05 01:00", "call_made") for number in range(3))
    )
    row = only(agreement("respond_within: 24h"), told, "2026-01-31")
    assert (row["forecast_low"], row["forecast"], row["forecast_high"]) == (wilson(3, 4)[0], 0.75, wilson(3, 4)[1])


def test_poissons_quantiles() -> None:
    """The smallest counts with a chance of at least 5% and 95% not to be exceeded."""
    tabled = {
        0.0: (0, 0),
        0.05: (0, 0),
        0.06: (0, 1),
        1.0: (0, 3),
        3.0: (1, 6),
        10.0: (5, 15),
        100.0: (84, 117),
        1000.0: (948, 1052),
    }
    assert {mean: poisson(mean) for mean in tabled} == tabled


def test_nothing_seen_tells_nothing_of_the_spread() -> None:
    assert compound(0.0, total=0.0, squares=0.0) == (0.0, 0.0)


# Whole replays


def test_buckets_of_leads_change_nothing(tmp_path: Path) -> None:
    signed, as_of = load_agreement(EXAMPLE), datetime(2026, 2, 1, tzinfo=UTC)
    deals = facts(
        *(won(f"lead-{number}", f"2026-01-{number % 28 + 1:02} 08:00", f"{number}.25", f"d{number % 5}") for number in range(60))
    )
    told = pl.concat([journal(leads=60, cycles=2), deals])
    whole = replay(told, signed, as_of).commitments
    write_replay(told, signed, as_of, out=tmp_path, at_once=100, tables=["commitments"])
    assert [path.name for path in tmp_path.iterdir()] == ["commitments.parquet"]
    assert pl.read_parquet(tmp_path / "commitments.parquet").equals(whole)
    assert dict(whole.filter(pl.col("name") == "revenue").select("actual", "n").row(0, named=True)) == {"actual": 216.25, "n": 5}


def test_no_fact_gives_no_row() -> None:
    assert follows(agreement(DELIVER), facts(), "2026-01-31") == []


def test_an_agreement_that_promises_nothing_gives_no_row() -> None:
    signed = agreement(DELIVER).model_copy(update={"commitments": []})
    assert follows(signed, facts(*handed("2026-01-05")), "2026-01-31") == []


def test_the_version_in_force_at_the_end_of_the_period_or_now_sets_target_and_trial() -> None:
    first, second = agreement(DELIVER), agreement("deliver: mql, at_least: 20", begins="2026-02-10", trial="2026-03-01")
    tallies = Tallies([first, second], datetime(2026, 3, 5, tzinfo=UTC))
    lives = replay(facts(*handed("2026-01-05", "2026-02-05", "2026-03-02")), first, tallies.as_of)
    tallies.see(lives.facts.collect(), lives.handoffs, lives.clocks)
    rows = commitments(tallies).select("target", "n", "trial", day=pl.col("period_start").dt.date()).rows()
    assert rows == [(10.0, 1, False, date(2026, 1, 1)), (20.0, 1, True, date(2026, 2, 1)), (20.0, 1, False, date(2026, 3, 1))]
