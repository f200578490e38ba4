"""Campaigns and reps: which milestones, what is expected, the verdict, the order, the goals, who closed."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from smarketing.agreement.models import Agreement
from smarketing.reports.figures import rate
from smarketing.reports.leaderboards.compared import best_first, expected_wins, verdict
from smarketing.reports.leaderboards.milestones import milestone_stages
from smarketing.reports.outcome import Outcome
from tests.unit.reports.lives import SIGNED, outcome_of

STAGES = [
    {"name": "visitor", "owner": "marketing"},
    {"name": "mql", "owner": "marketing", "when": {"fact": "form_submitted"}},
    {"name": "talk", "owner": "sales", "when": {"fact": "meeting_held"}},
    {"name": "deal", "owner": "sales", "when": {"fact": "opportunity_opened"}},
    {"name": "customer", "owner": "sales", "when": {"fact": "opportunity_won"}},
]
TALK = {"term": "Sales qualified lead", "short": "sql", "stage": "talk", "means": "A talk."}


def signed(**changed: Any) -> Agreement:
    return Agreement.model_validate(SIGNED | {"stages": STAGES} | changed)


def row(report: Any, by: str | None) -> dict[str, Any]:
    return next(dict(each) for each in report.rows if each["by"] == by)


# ── Which stages are meant ───────────────────────────────────────────────────────────────────────────────────────────────


def test_sql_is_the_stage_of_the_term_with_that_short_form_and_opportunity_the_one_an_opening_enters():
    assert milestone_stages(signed(vocabulary=[TALK])) == {"sql": "talk", "opportunity": "deal"}


def test_without_a_term_the_names_of_stages_decide():
    named = [*STAGES[:2], {"name": "sql", "owner": "sales", "when": {"fact": "accepted"}}, *STAGES[2:]]
    named[4] = {**named[4], "name": "opportunity", "when": {"fact": "meeting_booked"}}
    assert milestone_stages(signed(stages=named)) == {"sql": "sql", "opportunity": "opportunity"}


def test_a_term_of_opportunity_wins_over_the_opening():
    term = {"term": "Opportunity", "stage": "talk", "means": "A chance."}
    assert milestone_stages(signed(vocabulary=[term])) == {"sql": None, "opportunity": "talk"}


def test_what_the_agreement_has_no_stage_for_has_no_rate_and_a_note():
    report = outcome_of("a  2026-01-05T09:00  form_submitted  campaign=fair").campaigns()
    assert row(report, "fair")["sql"] == {"n": 0, "of": 0, "rate": None, "low": None, "high": None}
    assert "SMK-R030" in [note.code for note in report.notes]


# ── Expected wins and the verdict ────────────────────────────────────────────────────────────────────────────────────────


def members(*cells: tuple[str | None, str, str, int, int]) -> pl.DataFrame:
    """(group, grade, channel, how many, how many of them won)."""
    lines = [(*alike, place < won) for *alike, n, won in cells for place in range(n)]
    return pl.DataFrame(lines, schema=["group", "grade", "channel", "won"], orient="row")


def test_expected_is_the_rate_of_the_same_grade_and_channel_elsewhere_else_of_the_grade_else_of_all_others():
    table = members(
        ("one", "A", "email", 10, 9), ("two", "A", "email", 4, 1), (None, "A", "email", 4, 1),
        ("one", "B", "fair", 10, 9), ("two", "B", "email", 8, 1),
        ("one", "C", "email", 10, 9), ("two", "A", "fair", 4, 4),
    )  # fmt: skip
    expected = expected_wins(table)
    others = (1 + 1 + 1 + 4) / (4 + 4 + 8 + 4)
    assert expected["one"] == pytest.approx(10 * 2 / 8 + 10 * 1 / 8 + 10 * others)


def test_nobody_else_means_nothing_is_expected():
    assert expected_wins(members(("one", "A", "email", 30, 3))) == {"one": None}


@pytest.mark.parametrize(
    ("won", "of", "expected", "said"),
    [
        (9, 19, 1.0, "too few"),
        (10, 20, 10.0, "as expected"),
        (1, 20, 1.0, "too few"),
        (60, 100, 30.0, "above"),
        (10, 100, 30.0, "below"),
        (30, 100, 30.0, "as expected"),
        (30, 100, None, "too few"),
    ],
)
def test_the_verdict(won: int, of: int, expected: float | None, said: str):
    assert verdict(won, of, expected) == said


def test_the_best_is_first_by_what_is_certain_and_nobody_is_last():
    def one(by: str | None, won: int, of: int, amount: float) -> dict[str, Any]:
        return {"by": by, "won": rate(won, of), "won_amount": {"amount": amount, "currency": "EUR"}}

    rows = [
        one(None, 10, 10, 9.0),
        one("lucky", 1, 1, 9.0),
        one("b", 0, 5, 0.0),
        one("c", 0, 5, 1.0),
        one("steady", 50, 100, 1.0),
    ]
    assert [each["by"] for each in best_first(rows)] == ["steady", "lucky", "c", "b", None]


# ── Campaigns ────────────────────────────────────────────────────────────────────────────────────────────────────────────

TWO_CAMPAIGNS = """
    a  2026-01-05T09:00  form_submitted  campaign=fair  channel=event
    a  2026-01-05T10:00  call_made  actor=rita
    a  2026-01-06T09:00  meeting_held  actor=rita
    a  2026-01-20T09:00  opportunity_opened
    a  2026-02-06T09:00  opportunity_won  amount=100.50
    b  2026-01-05T09:00  page_viewed  campaign=fair  channel=event
    b  2026-01-06T09:00  form_submitted  campaign=search
    b  2026-01-06T11:00  call_made  actor=sam
    b  2026-01-07T09:00  rejected
    c  2026-02-05T09:00  form_submitted  campaign=search
    d  2026-01-05T09:00  email_delivered
"""
GOALS = [
    {"from": "mql", "to": "talk", "at_least": "50%", "by": "campaign"},
    {"from": "talk", "to": "deal", "at_least": "50%", "by": "rep"},
]


def campaigns() -> Outcome:
    return outcome_of(TWO_CAMPAIGNS, stages=STAGES, vocabulary=[TALK], goals=GOALS, as_of="2026-03-01")


def test_a_campaign_has_the_leads_whose_first_touch_with_a_campaign_was_its():
    fair = row(campaigns().campaigns("2026-01"), "fair")
    assert (fair["leads"], fair["sql"]["n"], fair["opportunity"]["n"], fair["won"]["n"]) == (2, 1, 1, 1)
    assert fair["sql"] == rate(1, 2)
    assert fair["won_amount"] == {"amount": 100.5, "currency": "EUR"}
    assert (fair["handoffs"], fair["rejected"]["n"], fair["rejected"]["of"]) == (2, 1, 2)
    assert fair["median_response_minutes"] is None, "no calendar, so no business minutes"


def test_the_period_is_that_of_the_first_touch():
    assert [(each["by"], each["leads"]) for each in campaigns().campaigns("2026-02").rows] == [("search", 1)]
    everything = campaigns().campaigns()
    assert everything.period is None
    assert {each["by"]: each["leads"] for each in everything.rows} == {"fair": 2, "search": 1, None: 1}
    assert "SMK-R006" in [note.code for note in campaigns().campaigns("2026-02").notes]


def test_goals_are_bars_of_those_who_got_so_far():
    fair = row(campaigns().campaigns(), "fair")
    assert fair["goals"] == [{"from": "mql", "to": "talk", "target": 0.5, "met": True, "rate": rate(1, 2)}]
    assert row(campaigns().campaigns(), "search")["goals"][0]["met"] is False
    assert row(campaigns().campaigns(), None)["goals"][0]["met"] is None, "nobody reached its begin"
    assert "mql_talk_met" in campaigns().campaigns().to_polars().columns


# ── Reps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

REPS = """
    a  2026-01-05T09:00  form_submitted
    a  2026-01-05T10:00  assigned  to=ines
    a  2026-01-06T09:00  meeting_held  actor=ines
    a  2026-01-06T10:00  assigned  to=sam
    a  2026-02-06T09:00  opportunity_won  amount=100  actor=sam  opportunity_id=one
    b  2026-01-05T09:00  form_submitted
    b  2026-01-05T10:00  assigned  to=ines
    b  2026-02-06T09:00  opportunity_won  amount=70  actor=ines  opportunity_id=two
    b  2026-02-07T09:00  opportunity_lost  opportunity_id=two
    b  2026-02-08T09:00  form_submitted
    b  2026-02-08T10:00  assigned  to=ines
    c  2026-01-09T09:00  form_submitted
"""
TABLE = [("ines", "inside_sales", None), ("sam", "sales", "1000")]


def reps(**more: Any) -> Outcome:
    return outcome_of(REPS, stages=STAGES, vocabulary=[TALK], goals=GOALS, as_of="2026-03-01", **more)


def test_a_rep_has_the_hand_offs_they_got_first_and_a_lost_win_is_none():
    report = reps(reps=TABLE).reps()
    ines = row(report, "ines")
    assert (ines["handoffs"], ines["won"]["n"], ines["sql"]["n"], ines["role"]) == (3, 1, 2, "inside_sales")
    assert ines["won_amount"]["amount"] == 100.0
    assert row(report, None)["handoffs"] == 1
    assert "SMK-R032" in [note.code for note in report.notes]


def test_the_period_is_that_of_the_hand_off():
    assert row(reps().reps("2026-02"), "ines")["handoffs"] == 1
    assert row(reps().reps("2026-01"), "ines")["won"]["n"] == 1, "won in February, handed over in January"


def test_sales_are_compared_on_what_they_took_over_and_closers_are_told():
    told = reps(reps=TABLE).reps().to_dict()
    assert [(each["by"], each["handoffs"], each["won"]["n"], each["role"]) for each in told["owners"]] == [("sam", 1, 1, "sales")]
    assert told["closers"] == [
        {"by": "sam", "won": 1, "won_amount": {"amount": 100.0, "currency": "EUR"}, "name": None, "role": "sales"}
    ]


def test_people_who_are_in_no_table_are_named():
    assert "SMK-R033" in [note.code for note in reps().reps().notes]
    report = reps(reps=TABLE[:1]).reps()
    assert row(report, "ines")["role"] == "inside_sales"
    assert next(note.text for note in report.notes if note.code == "SMK-R033").endswith("without a role: sam.")


def test_rankings_for_leaders_are_said():
    assert "SMK-R031" in [note.code for note in reps(rankings="leaders").reps().notes]
    assert "SMK-R031" not in [note.code for note in reps().reps().notes]


def test_a_win_in_a_later_cycle_is_not_of_an_earlier_hand_off():
    of = outcome_of(
        """
        a  2026-01-05T09:00  form_submitted
        a  2026-01-05T10:00  assigned  to=ines
        a  2026-01-06T10:00  recycled
        a  2026-01-07T10:00  form_submitted
        a  2026-01-07T11:00  assigned  to=sam
        a  2026-01-08T10:00  opportunity_won  amount=10
        """
    )
    assert {each["by"]: each["won"]["n"] for each in of.reps().rows} == {"ines": 0, "sam": 1}


def test_reps_that_are_known_of_wins_only_are_not_praised_for_it():
    lines = [f"l{i}  2026-01-05T09:00  form_submitted" for i in range(60)]
    lines += [f"l{i}  2026-01-06T09:00  opportunity_won  amount=1\nl{i}  2026-01-06T09:00  assigned  to=ines" for i in range(25)]
    note = next(note.text for note in outcome_of("\n".join(lines)).reps().notes if note.code == "SMK-R032")
    assert "written down with the wins only" in note
    some = outcome_of("\n".join([*lines, "l40  2026-01-06T09:00  assigned  to=ines"])).reps()
    assert "wins only" not in next(note.text for note in some.notes if note.code == "SMK-R032")


def test_the_median_is_of_those_with_an_attempt_in_business_minutes():
    of = outcome_of(
        """
        a  2026-01-05T09:00  form_submitted
        a  2026-01-05T09:30  call_made  actor=ines
        b  2026-01-05T09:00  form_submitted
        b  2026-01-06T09:00  call_made  actor=ines
        c  2026-01-05T09:00  form_submitted
        c  2026-01-05T10:00  assigned  to=ines
        """,
        calendars={"default": {"hours": {"mon-fri": ["09:00-17:00"]}}},
    )
    assert row(of.reps(), "ines")["median_response_minutes"] == (30 + 480) / 2
    assert row(of.campaigns(), None)["median_response_minutes"] == (30 + 480) / 2
