"""The rules of the funnel, one by one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from smarketing.reports.funnel.trend import order_note, recording_note, youth_note
from smarketing.reports.groups import group_of, groupings, profile_fits
from smarketing.reports.outcome import Outcome
from smarketing.vocabulary.errors import DocumentError, MissingExtra, UsageError
from tests.golden.company import golden_outcome
from tests.unit.reports.lives import outcome_of

NOTHING = {"n": 0, "of": 0, "rate": None, "low": None, "high": None}


def only(outcome: Outcome, **asked: Any) -> dict[str, Any]:
    """The single row of a funnel."""
    [row] = outcome.funnel(**asked).rows
    return row


def by(outcome: Outcome, what: str, **asked: Any) -> dict[Any, int]:
    """The leads of each group."""
    return {row["by"]: row["leads"] for row in outcome.funnel(what, **asked).rows}


def codes(outcome: Outcome, **asked: Any) -> set[str]:
    return {note.code for note in outcome.funnel(**asked).notes}


def test_the_shape_of_a_row():
    row = only(outcome_of("a 2026-03-01T10:00 form_submitted"))
    assert list(row) == ["by", "leads", "stages", "won", "won_rate", "won_amount", "spend", "cost_per_won"]
    assert [list(step) for step in row["stages"]] == [
        ["stage", "reached", "from_previous", "from_lead", "time_from_previous"]
    ] * 4
    assert (row["by"], row["spend"], row["cost_per_won"], row["won_amount"]) == (
        None,
        None,
        None,
        {"amount": 0.0, "currency": "EUR"},
    )


def test_the_shape_of_the_report():
    report = outcome_of("a 2026-03-01T10:00 form_submitted").funnel(period="2026-03")
    told = report.to_dict()
    assert list(told) == ["report", "period", "as_of", "agreement", "rows", "notes"]
    assert (told["report"], told["as_of"]) == ("funnel", "2026-03-01T10:00:00Z")
    assert told["period"] == {"from": "2026-02-28T23:00:00Z", "to": "2026-03-31T22:00:00Z"}
    assert json.loads(report.to_json()) == told


def test_a_period_without_leads_has_a_row_of_nothing():
    row = only(outcome_of("a 2026-03-01T10:00 form_submitted"), period="2025")
    assert (row["leads"], row["won_rate"]) == (0, NOTHING)
    assert row["stages"][1]["from_previous"] == NOTHING
    assert row["stages"][1]["time_from_previous"] == {"n": 0, "median_days": None, "p90_days": None}
    assert outcome_of("a 2026-03-01T10:00 form_submitted").funnel("campaign", period="2025").rows == []


def test_times_run_between_first_entries_in_whichever_cycles():
    outcome = outcome_of("""
        a 2026-03-01T10:00 page_viewed
        a 2026-03-02T10:00 form_submitted
        a 2026-03-03T10:00 rejected
        a 2026-03-04T10:00 form_submitted
        a 2026-03-12T10:00 accepted
    """)
    visitor, mql, sal, customer = only(outcome)["stages"]
    assert [step["reached"] for step in (visitor, mql, sal, customer)] == [1, 1, 1, 0]
    assert [step["time_from_previous"]["median_days"] for step in (visitor, mql, sal, customer)] == [0, 1, 10, None]


@pytest.mark.parametrize(
    ("facts", "won", "amount"),
    [
        ("a 2026-03-02T10:00 opportunity_won opportunity_id=d amount=100", 1, 100.0),
        ("a 2026-03-02T10:00 opportunity_won", 1, 0.0),
        ("a 2026-03-02T10:00 opportunity_won amount=100\n a 2026-03-03T10:00 opportunity_lost", 0, 0.0),
        ("a 2026-03-02T10:00 opportunity_won opportunity_id=d\n a 2026-03-03T10:00 opportunity_lost opportunity_id=e", 1, 0.0),
        (
            """a 2026-03-02T10:00 opportunity_won opportunity_id=d amount=100
            a 2026-03-03T10:00 opportunity_lost opportunity_id=d
            a 2026-03-04T10:00 opportunity_won opportunity_id=d amount=70.55""", 1, 70.55,
        ),
        (
            """a 2026-03-02T10:00 opportunity_won opportunity_id=d amount=100
            a 2026-03-03T10:00 opportunity_won opportunity_id=d amount=120
            a 2026-03-04T10:00 opportunity_won opportunity_id=e amount=1""", 1, 121.0,
        ),
        ("a 2026-03-02T10:00 opportunity_lost opportunity_id=d\n a 2026-03-02T10:00 opportunity_won opportunity_id=d amount=5", 1, 5.0),
    ],
)  # fmt: skip
def test_a_lead_is_won_by_a_last_win_that_was_not_lost(facts: str, won: int, amount: float):
    row = only(outcome_of(facts))
    assert (row["won"], row["won_amount"]["amount"]) == (won, amount)


def test_a_deal_of_two_leads_counts_its_amount_once():
    outcome = outcome_of("""
        a 2026-03-02T10:00 opportunity_won opportunity_id=d amount=100
        b 2026-03-03T10:00 opportunity_won opportunity_id=d amount=120
        c 2026-03-03T10:00 opportunity_won amount=1
        d 2026-03-03T10:00 opportunity_won amount=1
    """)
    row = only(outcome)
    assert (row["won"], row["won_amount"]["amount"]) == (4, 122.0)


def test_foreign_money_is_named_and_not_counted():
    outcome = outcome_of(
        "a 2026-03-02T10:00 opportunity_won amount=100 currency=CHF\n b 2026-03-02T10:00 opportunity_won amount=9 currency=EUR"
    )
    assert (only(outcome)["won"], only(outcome)["won_amount"]["amount"]) == (2, 9.0)
    assert next(note.text for note in outcome.funnel().notes if note.code == "SMK-R004").startswith("1 win in CHF")


def test_campaign_is_that_of_the_first_touch_with_one():
    outcome = outcome_of("""
        a 2026-03-01T10:00 email_delivered campaign=delivered
        a 2026-03-01T11:00 call_made campaign=sales
        a 2026-03-02T10:00 page_viewed channel=email
        a 2026-03-03T10:00 page_viewed campaign=second channel=search
        a 2026-03-03T10:00 page_viewed campaign=third
        b 2026-03-01T10:00 own_kind campaign=own
        c 2026-03-01T10:00 accepted campaign=sales
    """)
    assert by(outcome, "campaign") == {"second": 1, "own": 1, None: 1}
    assert by(outcome, "channel") == {"email": 1, None: 2}


def test_groups_are_sorted_by_size_then_name_with_nobody_last():
    outcome = outcome_of("""
        a 2026-03-01T10:00 page_viewed campaign=zoo
        b 2026-03-01T10:00 page_viewed campaign=bar
        c 2026-03-01T10:00 page_viewed
        d 2026-03-01T10:00 page_viewed campaign=zoo
    """)
    assert list(by(outcome, "campaign")) == ["zoo", "bar", None]
    assert "(without a campaign)" in outcome.funnel("campaign").to_table()


def test_an_attribute_is_its_latest_known_value():
    outcome = outcome_of("""
        a 2026-03-01T10:00 profile_changed size=10 country=DE
        a 2026-03-02T10:00 profile_changed size=200
        b 2026-03-01T10:00 profile_changed size=200 country=DE
        b 2026-03-02T10:00 profile_changed country=null
        c 2026-03-02T10:00 profile_changed country="" vip=true
        d 2026-03-02T10:00 page_viewed
    """)
    assert by(outcome, "size") == {"200": 2, None: 2}
    assert by(outcome, "country") == {None: 3, "DE": 1}
    assert by(outcome, "vip") == {None: 3, "true": 1}


@pytest.mark.parametrize("name", ["p0", "value", "^p.*$", "*"])
def test_an_attribute_may_have_any_name(name: str):
    outcome = outcome_of(f"a 2026-03-01T10:00 profile_changed {name}=x")
    assert [row["by"] for row in outcome.funnel(by=name).rows] == ["x"]


def test_an_attribute_that_nobody_has_is_wrong_use():
    outcome = outcome_of("a 2026-03-01T10:00 profile_changed country=DE")
    with pytest.raises(UsageError, match='no lead has an attribute "contry". Did you mean "country"?'):
        outcome.funnel("contry")


def test_rep_is_that_of_the_last_hand_off_that_names_one():
    outcome = outcome_of("""
        a 2026-03-01T10:00 form_submitted
        a 2026-03-01T11:00 assigned to=rita
        a 2026-03-02T10:00 rejected
        a 2026-03-03T10:00 form_submitted
        a 2026-03-03T11:00 assigned to=raul
        b 2026-03-01T10:00 page_viewed
    """)
    assert by(outcome, "rep") == {"raul": 1, None: 1}


def test_persona_and_grade_are_those_of_the_receipt():
    outcome = golden_outcome()
    fit = outcome.score_changes.filter(pl.col("axis") == "fit").group_by("lead_id").agg(pl.col("points").sum())
    grades = {lead: outcome.agreement.grade_of(points) for lead, points in fit.iter_rows()}
    read = profile_fits(outcome)
    assert {row["lead_id"]: row["grade"] for row in read.to_dicts()} == {lead: grades.get(lead, "D") for lead in read["lead_id"]}
    last = outcome.score_changes.sort("at").group_by("lead_id").agg(pl.col("persona").last())
    assert last.join(read, on="lead_id").filter(pl.col("persona").ne_missing(pl.col("persona_right"))).is_empty()
    assert set(by(outcome, "persona")) == {"olga", "anybody"}


def test_a_cohort_of_hand_offs_has_the_leads_first_handed_over_in_the_period():
    outcome = outcome_of("""
        a 2026-03-01T10:00 form_submitted
        a 2026-03-02T10:00 rejected
        a 2026-04-02T10:00 form_submitted
        b 2026-03-31T21:59 page_viewed
        b 2026-03-31T22:00 form_submitted
        c 2026-04-01T10:00 page_viewed
        d 2026-04-01T10:00 accepted
    """)
    assert [only(outcome, cohort="handoff", period=month)["leads"] for month in ("2026-03", "2026-04")] == [1, 2]
    assert [only(outcome, period=month)["leads"] for month in ("2026-03", "2026-04")] == [2, 1]
    assert {"SMK-R006"} <= codes(outcome, period="2026-03") and "SMK-R006" not in codes(outcome)
    assert only(outcome, cohort="handoff")["leads"] == 4
    assert "SMK-R007" in codes(outcome, cohort="handoff")


@pytest.mark.parametrize(
    ("asked", "message"), [({"cohort": "handof"}, 'Did you mean "handoff"'), ({"period": "May"}, "is not a period")]
)
def test_wrong_use_says_what_is_right(asked: dict[str, str], message: str):
    with pytest.raises(UsageError, match=message):
        outcome_of("a 2026-03-01T10:00 page_viewed").funnel(**asked)


def test_spend_of_a_day_counts_in_the_zone_and_by_as_of():
    facts = "a 2026-03-01T10:00 page_viewed campaign=x\n a 2026-03-02T10:00 opportunity_won\n b 2026-03-01T10:00 page_viewed campaign=y"
    spend = [("x", "2026-03-01", "10"), ("x", "2026-03-02", "0.05"), ("x", "2026-03-03", "1000"), ("z", "2026-03-01", "7")]
    outcome = outcome_of(facts, as_of="2026-03-02T12:00", spend=spend)
    rows = {row["by"]: row for row in outcome.funnel("campaign").rows}
    assert (rows["x"]["spend"]["amount"], rows["x"]["cost_per_won"]["amount"]) == (10.05, 10.05)
    assert (rows["y"]["spend"], rows["z"]["leads"], rows["z"]["spend"]["amount"]) == (None, 0, 7.0)
    assert only(outcome)["spend"]["amount"] == 17.05
    assert only(outcome, period="2026-03-01")["spend"]["amount"] == 17.0
    with pytest.raises(DocumentError, match='column "day": "soon" is not a day'):
        outcome_of(facts, spend=[("x", "soon", "1")])


def test_a_frame_and_csv_have_every_figure_in_a_column():
    report = outcome_of("a 2026-03-01T10:00 page_viewed campaign=-1+1\n b 2026-03-01T10:00 opportunity_won amount=5").funnel(
        "campaign"
    )
    frame = report.to_polars()
    assert frame["by"].to_list() == ["-1+1", None]
    assert frame["won_rate"].to_list() == [0.0, 1.0]
    assert frame["customer_reached"].to_list() == [0, 1]
    assert "\n'-1+1," in report.to_csv() and "\n-1+1," in report.to_csv(raw=True)


def test_printed_a_report_is_its_table_and_an_outcome_says_what_it_holds():
    outcome = outcome_of("a 2026-03-01T10:00 form_submitted")
    assert str(outcome.funnel()) == outcome.funnel().to_table()
    assert repr(outcome.funnel()) == "<Report funnel as of 2026-03-01T10:00:00Z: 1 rows>"
    assert repr(outcome).startswith("<Outcome of Test as of 2026-03-01T10:00:00Z: 0 score_changes, 2 stage_entries, 1 handoffs")


def test_pandas_is_optional(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("smarketing.reports.report.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r'pip install "smarketing\[pandas\]"'):
        outcome_of("a 2026-03-01T10:00 page_viewed").funnel().to_pandas()


def test_tables_are_not_wider_than_asked_and_lose_nothing():
    report = golden_outcome().funnel("campaign")
    for width in (60, 100):
        text = report.to_table(width=width)
        assert max(map(len, text.splitlines())) <= width or width < 80
        assert all(f"{row['won_amount']['amount']:,.2f} EUR" in text for row in report.rows)


START = datetime(2026, 1, 1, tzinfo=UTC)


def leads_every_day(days: int, *, won_every: int, recorded_from: int, takes: int = 5) -> pl.DataFrame:
    """A lead begins each day; every `won_every`-th is won `takes` days later, if that is recorded already."""
    rows = []
    for day in range(days):
        won = day % won_every == 0 and day + takes >= recorded_from
        begun = START + timedelta(days=day)
        rows.append((begun, begun, begun + timedelta(days=takes) if won else None))
    instant = pl.Datetime("us", "UTC")
    return pl.DataFrame(rows, schema=dict.fromkeys(("began_at", "first_touch_at", "won_at"), instant), orient="row")


def test_wins_that_were_not_recorded_yet_are_noted():
    leads = leads_every_day(300, won_every=3, recorded_from=100)
    [note] = recording_note(leads, leads, zone="UTC")
    assert note.code == "SMK-R001"
    assert "Wins are recorded from 2026-04-12 on, leads from 2026-01-01 on: about 32 wins" in note.text
    later = leads.filter(pl.col("began_at") >= START + timedelta(days=150))
    assert list(recording_note(leads, later, zone="UTC")) == []


def test_a_first_win_after_the_usual_time_is_no_gap():
    leads = leads_every_day(300, won_every=3, recorded_from=0, takes=40)
    assert list(recording_note(leads, leads, zone="UTC")) == []
    few = leads_every_day(20, won_every=3, recorded_from=0)
    assert list(recording_note(few, few, zone="UTC")) == []


def test_young_leads_are_counted_and_dated():
    leads = leads_every_day(100, won_every=3, recorded_from=0, takes=10)
    [note] = youth_note(leads, leads, as_of=START + timedelta(days=99), zone="UTC")
    assert "within 10 days" in note.text and "after 2026-03-31" in note.text and "10 of the 100 leads" in note.text
    [note] = youth_note(leads, leads, as_of=START + timedelta(days=900), zone="UTC")
    assert "none of the leads here is one" in note.text
    few = leads.head(20)
    [note] = youth_note(few, few, as_of=START, zone="UTC")
    assert "too few wins" in note.text


def test_a_win_before_the_first_touch_counts_and_is_noted():
    outcome = outcome_of("a 2026-03-01T10:00 opportunity_won\n a 2026-03-02T10:00 form_submitted")
    assert only(outcome)["won"] == 1
    [note] = [note for note in outcome.funnel().notes if note.code == "SMK-R003"]
    assert note.text.startswith("1 lead was won before its first touch; it counts as won")
    assert list(order_note(leads_every_day(9, won_every=2, recorded_from=0))) == []


def test_leads_can_be_cut_by_what_profiles_tell_and_not_by_who_somebody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand = [
        f"h{n} 2026-03-01T09:{n:02} profile_changed email=h{n}@x.example phone=030{n} country={'DE' if n % 2 else 'US'}"
        for n in range(9)
    ]
    enriched = [
        f"h{n} 2026-03-02T09:{n:02} profile_changed industry={'hotel' if n % 2 else 'retail'} employees={n}" for n in range(9)
    ]
    outcome = outcome_of("\n".join([*by_hand, *enriched]))
    assert groupings(outcome) == ["campaign", "channel", "persona", "grade", "rep", "country", "employees", "industry"]
    monkeypatch.setattr("smarketing.reports.groups.PROFILES_READ", 6)
    monkeypatch.setattr("smarketing.reports.groups.MOST_VALUES", 5)
    few = outcome_of("\n".join([*by_hand, *enriched]))
    assert "industry" in groupings(few), "what is told late is seen too"
    assert "email" not in groupings(few)
    assert group_of(few, "email")["value"].n_unique() == 9, "control: it is there, and whoever asks for it gets it"
