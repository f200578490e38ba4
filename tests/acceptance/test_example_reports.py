"""The example company's findings, as its page promises them, are what the reports say; and every number opens to its rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from smarketing.agreement.checks import load_agreement, load_agreements
from smarketing.backends.local import replay
from smarketing.connectors.example.workspace import write_example
from smarketing.reports.leads import leads
from smarketing.reports.outcome import Outcome
from smarketing.reports.report import Report

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "example-company.md"
RECKONED = {"steps", "clauses", "plan"}
"""Behind these stand no rows that a number counts; their titles say what is reckoned."""
MONTHS = [f"2025-{month}" for month in (11, 12)] + [f"2026-{month:02d}" for month in range(1, 11)]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    written = write_example(tmp_path_factory.mktemp("example"))
    return replay(written.facts, load_agreement(written.agreements[-1]), tables_in=written.tables)


@pytest.fixture(scope="module")
def page() -> str:
    return re.sub(r"\s+", " ", PAGE.read_text(encoding="utf-8"))


def row(report: Report, by: str | None) -> dict[str, Any]:
    return next(dict(each) for each in report.rows if each["by"] == by)


# ── What is found ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_scoreboard_shows_the_one_month_of_marketings_and_the_one_of_sales(outcome: Outcome, page: str):
    missed = [
        (month, each["name"])
        for month in MONTHS
        for each in outcome.scoreboard(month).rows
        if each["status"] == "missed" and each["period_end"][:10] <= "2026-11-01"
    ]
    assert missed == [("2026-03", "first response"), ("2026-08", "qualified leads"), ("2026-08", "delivered worth")]
    march = next(each for each in outcome.scoreboard("2026-03").rows if each["name"] == "first response")
    assert f"{march['actual']:.1%} of the first responses were in time" in page
    august = next(each for each in outcome.scoreboard("2026-08").rows if each["name"] == "qualified leads")
    assert f"{august['actual']:.0f} qualified leads of {august['target']:.0f} promised" in page


def test_a_missed_month_costs_its_side_of_the_quarter_the_reward(outcome: Outcome):
    halves = {quarter: outcome.scoreboard(quarter).to_dict()["reward"]["today"] for quarter in ("2026-Q1", "2026-Q2", "2026-Q3")}
    assert {quarter: (half["marketing"], half["sales"], half["amount"]) for quarter, half in halves.items()} == {
        "2026-Q1": (True, False, 4000.0), "2026-Q2": (True, True, 8000.0), "2026-Q3": (False, True, 4000.0),
    }  # fmt: skip


def test_the_trial_is_measured_and_not_rewarded(tmp_path: Path):
    written = write_example(tmp_path)
    trial = replay(written.facts, load_agreement(written.agreements[0]), "2025-10-01", tables_in=written.tables).scoreboard(
        "2025-Q3"
    )
    assert all(each["trial"] for each in trial.rows)
    assert trial.to_dict()["reward"]["today"]["amount"] == 0.0
    assert "SMK-R020" in [note.code for note in trial.notes]


def test_each_version_promises_for_its_own_months(tmp_path: Path):
    written = write_example(tmp_path)
    both = replay(written.facts, load_agreements(written.agreements[0].parent), tables_in=written.tables)
    report = both.scoreboard("2025")
    promised = {
        each["period_start"][:10]: (each["target"], each["trial"]) for each in report.rows if each["name"] == "qualified leads"
    }
    assert promised["2025-04-30"] == (25.0, True)
    assert promised["2025-11-30"] == (36.0, False)
    assert report.to_dict()["waterfall"][-1]["promised"] == sum(
        each["target"] for each in report.rows if each["name"] == "delivered worth"
    )
    assert both.scoreboard("2025-Q3").to_dict()["reward"]["today"]["amount"] == 0.0
    for path, figure, question in figures(report):
        assert float(both.behind(question).number or 0) == pytest.approx(figure), path


def test_the_campaigns_name_the_worst_and_the_best_and_the_referrals(outcome: Outcome, page: str):
    report = outcome.campaigns()
    named = [each for each in report.rows if each["by"]]
    worst, others = max(named, key=lambda each: each["rejected"]["rate"]), [each for each in named if each["by"] != "giveaway"]
    assert (worst["by"], worst["verdict"]) == ("giveaway", "below")
    assert f"sales rejected {worst['rejected']['n']} of {worst['rejected']['of']}" in page
    assert worst["rejected"]["rate"] >= 2 * max(each["rejected"]["rate"] for each in others)
    assert worst["goals"][0]["met"] is False
    assert all(each["goals"][0]["met"] for each in others)
    assert max(named, key=lambda each: each["won_amount"]["amount"])["by"] == "webinar-labour-law"
    referral = row(report, "referral")
    assert report.rows[0] == referral
    assert f"{referral['won']['n']} of {referral['leads']} referred leads bought, {referral['won']['rate']:.1%}" in page
    assert referral["verdict"] == "above"


def test_the_reps_show_who_answers_late(outcome: Outcome, page: str):
    named = [each for each in outcome.reps().rows if each["by"]]
    slowest, second = sorted(named, key=lambda each: -each["median_response_minutes"])[:2]
    assert (slowest["by"], slowest["name"], slowest["role"]) == ("nils@alderfinch.example", "Nils Petersen", "inside_sales")
    assert f"Nils answers after {slowest['median_response_minutes']:.0f} minutes of work" in page
    assert f"of {slowest['handoffs']} leads" in page
    assert f"nobody else needs more than {second['median_response_minutes']:.0f}" in page


def test_inside_sales_and_sales_stand_apart(outcome: Outcome):
    report = outcome.reps()
    assert Counter(each["role"] for each in report.rows) == {"inside_sales": 6, "sales": 4, None: 1}
    assert {each["role"] for each in report.beside["owners"]} == {each["role"] for each in report.beside["closers"]} == {"sales"}
    titles = [grid.title.split(".")[0] for grid in report.grids]
    assert titles[:3] == ["Inside sales", "Sales", "Without a role"]


def test_money_is_the_same_wherever_one_asks(outcome: Outcome, page: str):
    funnel = outcome.funnel().rows[0]
    by_campaign = sum(Decimal(str(each["won_amount"]["amount"])) for each in outcome.campaigns().rows)
    by_rep = sum(Decimal(str(each["won_amount"]["amount"])) for each in outcome.reps().rows)
    closed = sum(Decimal(str(each["won_amount"]["amount"])) for each in outcome.reps().beside["closers"])
    assert f"{by_campaign:,.2f} EUR" in page
    assert Decimal(str(funnel["won_amount"]["amount"])) == by_campaign == by_rep == closed
    assert funnel["won"] == leads(outcome)["won_at"].count() == sum(each["won"]["n"] for each in outcome.campaigns().rows)


def test_second_chances_are_found_behind_the_wins(outcome: Outcome, page: str):
    recycled = outcome.behind({"of": "handoffs", "became": "recycled"}).frame.select("lead_id", sent_back="cycle")
    won = outcome.behind({"of": "handoffs", "became": "won"}).frame.join(recycled, on="lead_id")
    later = won.filter(pl.col("sent_back") < pl.col("cycle")).unique(["lead_id", "cycle"])
    assert (
        f"{later['lead_id'].n_unique()} leads that were recycled came again and bought, for {later['won_amount'].sum():,.2f} EUR"
        in page
    )


# ── Every number opens ───────────────────────────────────────────────────────────────────────────────────────────────────


def reports(outcome: Outcome) -> Iterator[Report]:
    for period in (None, "2026-Q1", "2026-03", "2025-W50", "2026-10"):
        yield from (outcome.scoreboard(period), outcome.campaigns(period), outcome.reps(period), outcome.plan(period))
        yield outcome.funnel(period=period)
        for by in ("campaign", "channel", "persona", "rep", "grade", "industry"):
            yield outcome.funnel(by, period=period)
    yield from (outcome.funnel(by, period="2026-Q2", cohort="handoff") for by in (None, "campaign", "rep"))


def figures(report: Report) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """(path, the figure there, the question behind it) of every row, beside the rows too."""
    pairs = [*zip(report.rows, report.behind, strict=True)]
    for name, questions in report.behind_beside.items():
        pairs += zip(report.beside[name], questions, strict=True)
    for each, asked in pairs:
        yield from ((f"{report.report}.{path}", at(each, path), question) for path, question in asked.items())


def at(value: Any, path: str) -> Any:
    """The number at a path: of a rate or a time how many, of money the amount."""
    for step in path.split("."):
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() else next(each for each in value if each["stage"] == step)
        else:
            value = value[step]
    if not isinstance(value, dict):
        return value
    return value["amount"] if "amount" in value else value["rate"]["n"] if "met" in value else value["n"]


def test_every_number_of_every_report_is_the_count_or_sum_of_the_rows_behind_it(outcome: Outcome):
    walked: Counter[str] = Counter()
    for report in reports(outcome):
        for path, figure, question in figures(report):
            found = outcome.behind(question)
            counted = None if found.number is None else float(found.number)
            assert counted == (None if figure is None else pytest.approx(figure, abs=0.001)), (path, question)
            assert found.title.startswith("" if question["of"] in RECKONED else f"{found.frame.height:,} "), found.title
            assert found.title
            assert found.frame.height or not figure, (path, question)
            walked[path] += 1
    assert walked.total() > 5_000
    assert {path.split(".")[0] for path in walked} == {"scoreboard", "campaigns", "reps", "plan", "funnel"}


def test_a_number_that_did_not_match_would_be_found(outcome: Outcome):
    path, figure, question = next(figures(outcome.campaigns("2026-Q1")))
    assert (path, outcome.behind(question).number) == ("campaigns.leads", figure)
    assert outcome.behind(question | {"period": "2026-Q2"}).number != figure


def test_every_figure_of_a_row_that_counts_something_has_a_question(outcome: Outcome):
    campaigns, reps = outcome.campaigns().behind[0], outcome.reps().behind[0]
    assert {
        "leads",
        "sql",
        "opportunity",
        "won",
        "won_amount",
        "goals.0",
        "expected_won",
        "handoffs",
        "rejected",
        "median_response_minutes",
    } == set(campaigns)
    counted = {"handoffs", "sql", "opportunity", "won", "won_amount", "goals.0", "expected_won", "median_response_minutes"}
    assert counted == set(reps)
    assert all({"actual", "n", "target", "expected_by_now"} <= set(asked) for asked in outcome.scoreboard("2026").behind)
    whole = outcome.funnel(by="campaign").behind[0]
    assert {"leads", "won", "won_rate", "won_amount", "spend", "stages.mql.reached", "stages.customer.time_from_previous"} <= set(
        whole
    )


# ── Counted again, in plain Python ───────────────────────────────────────────────────────────────────────────────────────

Member = dict[str, Any]


def elsewhere(member: Member, members: list[Member]) -> float:
    """The win rate of the same grade and channel in the other groups, else of the grade, else of all others."""
    others = [each for each in members if each["group"] != member["group"]]
    for alike in (("grade", "channel"), ("grade",), ()):
        found = [each["won"] for each in others if all(each[name] == member[name] for name in alike)]
        if found:
            return sum(found) / len(found)
    raise AssertionError("nobody else")


def verdict(won: dict[str, Any], expected: float) -> str:
    if won["of"] < 20 or (won["low"] <= expected / won["of"] / 2 and won["high"] >= 2 * expected / won["of"]):
        return "too few"
    above, below = won["low"] > expected / won["of"], won["high"] < expected / won["of"]
    return "above" if above else "below" if below else "as expected"


def compare(report: Report, members: list[Member], count: str) -> None:
    sizes = Counter(member["group"] for member in members)
    assert {each["by"]: each[count] for each in report.rows} == sizes
    for each in report.rows:
        own = [member for member in members if member["group"] == each["by"]]
        assert each["won"]["n"] == sum(member["won"] for member in own)
        assert each["sql"]["n"] == sum(member["sql"] for member in own)
        expected = sum(elsewhere(member, members) for member in own)
        assert each["expected_won"] == pytest.approx(expected)
        assert each["verdict"] == verdict(each["won"], expected)
    ranked = [each for each in report.rows if each["by"]]
    assert ranked == sorted(ranked, key=lambda each: -each["won"]["low"])


def test_campaigns_counted_from_the_list_of_leads(outcome: Outcome):
    reached = set(outcome.stage_entries.filter(pl.col("stage") == "sql")["lead_id"])
    begun = pl.col("first_touch_at").dt.convert_time_zone("Europe/Berlin").dt.strftime("%Y-%m")
    members = [
        {"group": lead["campaign"], "grade": lead["grade"], "channel": lead["channel"], "won": lead["won_at"] is not None,
         "sql": lead["lead_id"] in reached}
        for lead in leads(outcome).filter(begun.is_in(["2026-04", "2026-05", "2026-06"])).to_dicts()
    ]  # fmt: skip
    compare(outcome.campaigns("2026-Q2"), members, "leads")


def test_reps_counted_from_the_hand_offs(outcome: Outcome):
    channels = dict(leads(outcome).select("lead_id", "channel").iter_rows())
    handed = pl.col("handed_at").dt.convert_time_zone("Europe/Berlin").dt.strftime("%Y-%m")
    members = [
        {"group": row["rep"], "grade": row["grade"], "channel": channels[row["lead_id"]], "won": row["won_amount"] > 0,
         "sql": row["sql_at"] is not None}
        for row in outcome.handoffs.filter(handed.is_in(["2026-04", "2026-05", "2026-06"])).to_dicts()
    ]  # fmt: skip
    compare(outcome.reps("2026-Q2"), members, "handoffs")


def test_the_waterfall_ends_where_the_commitment_does(outcome: Outcome):
    for month in MONTHS:
        told = outcome.scoreboard(month)
        worth = next(each for each in told.rows if each["name"] == "delivered worth")
        last = told.to_dict()["waterfall"][-1]
        assert (last["promised"], last["delivered"]) == (worth["target"], worth["actual"])
    quarter = outcome.scoreboard("2026-Q1").to_dict()["waterfall"]
    assert (len(quarter), quarter[-1]["promised"]) == (90, 3 * 18_000.0)
    assert all(before["promised"] <= after["promised"] for before, after in pairwise(quarter))
