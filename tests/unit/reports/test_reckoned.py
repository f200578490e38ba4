"""Numbers that are reckoned from others: each opens to its steps or its clause, and the last step is the number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from smarketing.agreement.checks import load_agreement
from smarketing.backends.local import replay
from smarketing.connectors.example.workspace import write_example
from smarketing.reports.outcome import Outcome
from smarketing.reports.report import Report
from smarketing.vocabulary.errors import UsageError
from tests.unit.reports.lives import outcome_of

QUARTERS = ("2026-Q3", "2026-Q4", "2026-08")
RUNNING = """
    a  2026-03-02T09:00  form_submitted
    b  2026-03-05T09:00  form_submitted
    c  2026-03-16T09:00  form_submitted
    a  2026-03-20T09:00  opportunity_won  amount=700
"""
PROMISES = [
    {"name": "volume", "by": "marketing", "deliver": "mql", "at_least": 10, "per": "month"},
    {"name": "revenue", "by": "both", "revenue": 1000, "per": "quarter"},
]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The example company, in the middle of a month."""
    written = write_example(tmp_path_factory.mktemp("example"))
    signed = [load_agreement(path) for path in written.agreements]
    return replay(written.facts, signed, as_of="2026-10-14", tables_in=written.tables)


def pairs(report: Report) -> Iterator[tuple[float, dict[str, str]]]:
    """Each figure of a report's rows that opens, and its question."""
    for row, questions in zip(report.rows, report.behind, strict=True):
        for name, question in questions.items():
            if row[name] is not None:
                yield row[name], question


def compared(outcome: Outcome, period: str | None = None) -> Iterator[tuple[str | None, float, dict[str, str]]]:
    """Of campaigns and reps, and of who took over: each group, what is expected of it, and how that is reckoned."""
    reps = outcome.reps(period)
    boards = [(board.rows, board.behind) for board in (outcome.campaigns(period), reps)]
    for rows, questions in [*boards, (reps.beside["owners"], reps.behind_beside["owners"])]:
        for row, behind in zip(rows, questions, strict=True):
            assert ("expected_won" in behind) == (row["expected_won"] is not None)
            if "expected_won" in behind:
                yield row["by"], row["expected_won"], behind["expected_won"]


def costs(outcome: Outcome, period: str | None = None) -> Iterator[tuple[float, dict[str, str]]]:
    """What a won lead cost, of everybody and of each campaign, and how that is reckoned."""
    for by, cohort in ((None, "first_touch"), ("campaign", "first_touch"), ("campaign", "handoff")):
        report = outcome.funnel(by=by, period=period, cohort=cohort)
        for row, behind in zip(report.rows, report.behind, strict=True):
            assert ("cost_per_won" in behind) == (row["cost_per_won"] is not None)
            if "cost_per_won" in behind:
                yield row["cost_per_won"]["amount"], behind["cost_per_won"]


def opened(outcome: Outcome, question: dict[str, str]) -> float | None:
    number = outcome.behind(question).number
    return None if number is None else float(number)


@pytest.mark.parametrize("period", QUARTERS)
def test_every_figure_of_a_scoreboard_is_what_opens(company: Outcome, period: str) -> None:
    found = [*pairs(company.scoreboard(period))]
    assert {question["of"] for _, question in found} >= {"steps", "clauses", "clocks", "handoffs"}
    assert [(said, question) for said, question in found if opened(company, question) != pytest.approx(said)] == []


def test_every_figure_of_a_plan_is_what_opens(company: Outcome) -> None:
    found = [*pairs(company.plan("2026-Q4")), *pairs(company.plan("2027-Q1"))]
    assert {question.get("figure") for _, question in found} >= {"needed", "expected", "missing"}
    assert [(said, question) for said, question in found if opened(company, question) != pytest.approx(said)] == []


@pytest.mark.parametrize("period", [None, *QUARTERS])
def test_what_is_expected_of_a_group_and_what_its_wins_cost_is_the_last_step(company: Outcome, period: str | None) -> None:
    found = [*((expected, question) for _, expected, question in compared(company, period)), *costs(company, period)]
    assert len(found) > 10
    assert {question["by"] for _, _, question in compared(company, period)} == {"campaign", "rep", "owner"}
    assert [(said, question) for said, question in found if opened(company, question) != pytest.approx(said)] == []


def test_the_sum_of_a_plan_is_its_rows(company: Outcome) -> None:
    rows = company.plan("2027-Q1").rows
    assert opened(company, {"of": "plan", "period": "2027-Q1", "sum": "needed"}) == sum(row["needed"] for row in rows)
    january = {"of": "plan", "period": "2027-Q1", "month": "2027-01", "sum": "missing"}
    assert opened(company, january) == sum(row["missing"] for row in rows if row["month"] == "2027-01")
    assert company.behind(january).title == f"{len(rows) // 3} rows of the plan for January 2027"


def test_every_step_opens_to_its_own_figure(company: Outcome) -> None:
    """Steps lead to clauses, facts or further steps, and each of these to as much as the step says."""
    wrong, seen = [], 0
    groups = [(said, question) for by, said, question in compared(company, "2026-Q3")][::5]
    groups += [(said, question) for by, said, question in compared(company) if by is None]
    prices = [*costs(company), *costs(company, "2026-Q3")]
    for _, question in [*pairs(company.scoreboard("2026-Q4")), *pairs(company.plan("2026-Q4")), *groups, *prices]:
        if question["of"] != "steps":
            continue
        for step in company.behind(question).frame.to_dicts():
            behind = json.loads(step["behind"]) if step["behind"] else None
            if behind and "sum" in behind or behind and behind["of"] in ("steps", "leads", "handoffs", "clocks"):
                seen += 1
                if opened(company, behind) != pytest.approx(step["figure"]):
                    wrong.append((question, step))
    assert wrong == []
    assert seen > 200


def steps(outcome: Outcome, **question: str) -> list[tuple[str, Any, str]]:
    return list(outcome.behind({"of": "steps", **question}).frame.select("step", "figure", "unit").iter_rows())


def test_what_is_expected_by_now_is_the_promise_times_the_time_that_has_passed() -> None:
    outcome = outcome_of(RUNNING, as_of="2026-03-16T23:00:00Z", commitments=PROMISES)
    said = steps(outcome, figure="expected_by_now", commitment="volume", period="2026-03")
    assert said == [
        ("Promised", 10.0, "leads"),
        ("Of the period's time has passed", pytest.approx(16 / 30.958333), "share"),
        ("Expected by now: one times the other", pytest.approx(10 * 16 / 30.958333), "leads"),
    ]
    gap = steps(outcome, figure="gap", commitment="volume", period="2026-03")
    assert gap[-1] == ("The difference", pytest.approx(3 - 10 * 16 / 30.958333), "leads")


def test_a_forecast_is_the_pace_so_far_or_the_periods_before() -> None:
    late = outcome_of(RUNNING, as_of="2026-03-16T23:00:00Z", commitments=PROMISES)
    early = outcome_of(RUNNING, as_of="2026-04-01T22:00:00Z", commitments=PROMISES)
    assert [text for text, *_ in steps(late, figure="forecast", commitment="volume", period="2026-03")] == [
        "So far", "Of the period's time has passed", "The forecast: one divided by the other",
    ]  # fmt: skip
    assert steps(early, figure="forecast", commitment="volume", period="2026-04")[1:] == [
        ("In 2026-03", 3.0, "leads"),
        ("Too little to go by; the forecast: the mean of the whole periods before", 3.0, "leads"),
    ]


MIXED = """
    a  2026-03-01T09:00  form_submitted   campaign=fair channel=event
    b  2026-03-01T10:00  form_submitted   campaign=fair channel=event
    c  2026-03-01T11:00  form_submitted   campaign=fair channel=web
    d  2026-03-02T09:00  form_submitted   campaign=mail channel=event
    d  2026-03-03T09:00  opportunity_won  amount=100
    e  2026-03-02T10:00  form_submitted   campaign=mail channel=event
    f  2026-03-02T11:00  form_submitted   channel=event
"""


def test_expected_wins_are_each_mix_times_what_the_same_mix_wins_elsewhere() -> None:
    outcome = outcome_of(MIXED)
    assert [(figure, unit) for _, figure, unit in steps(outcome, figure="expected_won", by="campaign", group="fair")] == [
        (2.0, "leads"), (pytest.approx(1 / 3), "share"), (pytest.approx(2 / 3), "wins"),
        (1.0, "leads"), (pytest.approx(1 / 3), "share"), (pytest.approx(1 / 3), "wins"),
        (pytest.approx(1.0), "wins"),
    ]  # fmt: skip
    found = outcome.behind({"of": "steps", "figure": "expected_won", "by": "campaign", "group": "fair"})
    first, elsewhere = (outcome.behind(json.loads(text)) for text in found.frame["behind"][:2])
    assert found.title == "The wins that are expected of the campaign fair"
    assert first.frame["lead_id"].to_list() == ["a", "b"]
    assert elsewhere.frame["lead_id"].to_list() == ["d", "e", "f"]
    assert elsewhere.title.startswith("3 leads of all other campaigns than fair")
    assert "as nobody has this channel too" in found.frame["step"][4]


def test_those_without_a_campaign_are_compared_with_all_that_have_one() -> None:
    found = outcome_of(MIXED).behind({"of": "steps", "figure": "expected_won", "by": "campaign", "group": ""})
    elsewhere = outcome_of(MIXED).behind(json.loads(found.frame["behind"][1]))
    assert (found.number, found.title) == (pytest.approx(1 / 4), "The wins that are expected without a campaign")
    assert elsewhere.frame["lead_id"].to_list() == ["a", "b", "d", "e"]
    assert elsewhere.title.startswith("4 leads with a campaign")


def test_the_worth_of_a_hand_off_is_its_grade_by_the_agreement() -> None:
    fit = {"name": "anybody", "fit": [{"name": "big", "when": {"size": {"at_least": 100}}, "points": 30}]}
    facts = "a 2026-03-01T09:00 profile_changed size=500\n" + RUNNING
    outcome = outcome_of(facts, personas=[fit], grades={"A": 20}, worth={"A": 900, "D": 50})
    assert steps(outcome, figure="worth", lead="a", cycle="1") == [
        ("Fit at the hand-off", 30.0, "points"), ("Grade A begins with", 20.0, "points"), ("A hand-off like that is worth", 900.0, "EUR"),
    ]  # fmt: skip
    behind = [
        json.loads(row) for row in outcome.behind({"of": "steps", "figure": "worth", "lead": "a", "cycle": "1"}).frame["behind"]
    ]
    assert opened(outcome, behind[0]) == 30
    clause = outcome.behind(behind[2])
    assert clause.frame["text"].to_list() == ["Fit from 20; a hand-off of it is worth 900 EUR."]
    assert (clause.title, clause.frame["figure"][0]) == ("1 clause of grade A of the grades", 900)


@pytest.mark.parametrize("promise", [promise["name"] for promise in PROMISES])
def test_a_promise_opens_to_its_clause(promise: str) -> None:
    outcome = outcome_of(RUNNING, commitments=PROMISES)
    question = next(
        questions["target"]
        for row, questions in zip(outcome.scoreboard().rows, outcome.scoreboard().behind, strict=True)
        if row["name"] == promise
    )
    found = outcome.behind(question)
    target = {"volume": 10, "revenue": 1000}[promise]
    assert (found.number, found.title) == (target, f'1 clause about "{promise}"')
    assert "at least" in found.frame["text"][0]


def test_what_a_hand_off_won_is_the_wins_of_its_cycle(company: Outcome) -> None:
    won = company.handoffs.filter(pl.col("won_amount") > 0).select("lead_id", "cycle", "won_amount").to_dicts()
    assert len(won) > 5
    wrong = [
        row
        for row in won
        if opened(company, {"of": "wins", "lead": row["lead_id"], "cycle": str(row["cycle"]), "sum": "amount"})
        != float(row["won_amount"])
    ]
    assert wrong == []


def test_a_win_that_was_lost_again_and_one_of_another_cycle_are_not_among_them() -> None:
    outcome = outcome_of(
        """
        a  2026-03-01T09:00  form_submitted
        a  2026-03-02T09:00  opportunity_won  amount=5  opportunity_id=x
        a  2026-03-03T09:00  opportunity_won  amount=7  opportunity_id=y
        a  2026-03-04T09:00  opportunity_lost  opportunity_id=x
        a  2026-03-05T09:00  recycled
        a  2026-03-06T09:00  form_submitted
        a  2026-03-07T09:00  opportunity_won  amount=11  opportunity_id=z
        """
    )
    found = {str(cycle): amount for cycle, amount in outcome.handoffs.select("cycle", "won_amount").iter_rows()}
    assert {cycle: opened(outcome, {"of": "wins", "lead": "a", "cycle": cycle, "sum": "amount"}) for cycle in found} == {
        "1": 7,
        "2": 11,
    }
    assert {cycle: float(amount) for cycle, amount in found.items()} == {"1": 7, "2": 11}


def test_a_wait_opens_to_the_facts_at_both_its_ends() -> None:
    outcome = outcome_of(
        """
        a  2026-03-02T09:00  form_submitted
        a  2026-03-02T09:30  page_viewed
        a  2026-03-02T10:00  assigned  to=ines
        a  2026-03-02T11:45  call_made  actor=ines
        """
    )
    human = outcome.behind({"of": "facts", "lead": "a", "cycle": "1", "wait": "human", "span": "at"})
    assert (human.frame["kind"].to_list(), human.number) == (["assigned", "call_made"], 105)
    assert human.title == "2 facts at both ends of the wait from the assignment to the first attempt, of a"
    system = outcome.behind({"of": "facts", "lead": "a", "cycle": "1", "wait": "system", "span": "at"})
    assert (system.frame["kind"].to_list(), system.number) == (["form_submitted"], 0)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"of": "steps"}, 'nothing says how "" is reckoned'),
        ({"of": "steps", "figure": "forcast"}, 'Did you mean "forecast"?'),
        ({"of": "steps", "figure": "forecast"}, "of one commitment"),
        (
            {"of": "steps", "figure": "forecast", "commitment": "volumes", "period": "2026-03"},
            'nothing was promised as "volumes"',
        ),
        ({"of": "steps", "figure": "worth", "lead": "a", "cycle": "9"}, "was not handed over"),
        ({"of": "steps", "figure": "worth", "lead": "a", "cycle": "one"}, "was not handed over"),
        ({"of": "steps", "figure": "expected_won"}, "of one by; name it"),
        ({"of": "steps", "figure": "expected_won", "by": "grade", "group": "A"}, "choose campaign, rep, owner"),
        ({"of": "steps", "figure": "expected_won", "by": "rep", "group": "nobody"}, 'there is nobody of "nobody"'),
        ({"of": "steps", "figure": "cost_per_won"}, "nothing says what a won lead cost here"),
        ({"of": "clauses", "version": "nothing"}, "names no version"),
        ({"of": "clauses", "part": "words"}, 'no clause is of "words"'),
        ({"of": "facts", "lead": "a", "cycle": "1", "wait": "humane"}, 'Did you mean "human"?'),
        ({"of": "facts", "lead": "b", "cycle": "1", "wait": "human"}, "has not ended"),
        ({"of": "points", "lead": "a", "until": "noon"}, "is not an instant"),
    ],
)
def test_what_cannot_be_reckoned_is_wrong_use(question: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        outcome_of(RUNNING, commitments=PROMISES).behind(question)
