"""The rows behind a number: which they are, and how they are called."""

from __future__ import annotations

from decimal import Decimal

import pytest

from smarketing.reports.behind.words import period_words
from smarketing.reports.outcome import Outcome
from smarketing.vocabulary.errors import UsageError
from tests.unit.reports.lives import outcome_of

TEXT = """
    a  2026-03-02T09:00  form_submitted  campaign=fair  channel=event
    a  2026-03-02T10:00  assigned  to=ines
    a  2026-03-02T11:00  call_made  actor=ines
    a  2026-03-03T09:00  rejected  reason=other  actor=ines
    b  2026-03-04T09:00  form_submitted  campaign=fair
    b  2026-03-04T10:00  assigned  to=ines
    b  2026-03-04T11:00  accepted  actor=ines
    b  2026-03-05T09:00  assigned  to=sam
    b  2026-03-20T09:00  opportunity_won  amount=70.50  actor=sam  opportunity_id=deal
    c  2026-04-04T09:00  form_submitted
"""
RESPONSE = {"name": "response", "by": "sales", "respond_within": "1d", "per": "month"}
TERM = {"term": "Marketing qualified lead", "short": "MQL", "stage": "mql", "means": "Asked."}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    spend = [("fair", "2026-03-01", "10.25"), ("fair", "2026-04-01", "5"), ("other", "2026-03-01", "1")]
    return outcome_of(TEXT, as_of="2026-05-01", spend=spend, commitments=[RESPONSE], vocabulary=[TERM])


@pytest.mark.parametrize(
    ("question", "said", "number"),
    [
        ({"of": "leads"}, "3 leads", 3),
        ({"of": "leads", "by": "campaign", "group": "fair", "reached": "mql"}, "2 leads of the campaign fair that reached MQL", 2),
        ({"of": "leads", "by": "channel", "group": ""}, "2 leads without a channel", 2),
        ({"of": "leads", "won": "yes", "period": "2026-03", "cohort": "first_touch"}, "1 lead first touched in March 2026 that was won", 1),
        ({"of": "leads", "period": "2026-Q2", "cohort": "handoff"}, "1 lead first handed over in the second quarter of 2026", 1),
        ({"of": "leads", "stage": "customer"}, "1 lead with stage customer", 1),
        ({"of": "handoffs", "became": "rejected", "period": "2026-03"}, "1 hand-off of March 2026 that sales rejected", 1),
        ({"of": "handoffs", "by": "rep", "group": "ines"}, "2 hand-offs of ines", 2),
        ({"of": "handoffs", "by": "owner", "group": "sam", "passed_on": "yes"}, "1 hand-off of sam taken over from another rep", 1),
        ({"of": "handoffs", "by": "closer", "group": "sam", "became": "won"}, "1 hand-off closed by sam that was won", 1),
        ({"of": "handoffs", "by": "campaign", "group": ""}, "1 hand-off without a campaign", 1),
        ({"of": "handoffs", "sourced": "marketing", "grade": "A,B,D"}, "3 hand-offs sourced by marketing of grade A, B or D", 3),
        ({"of": "handoffs", "became": "decided", "share": "accepted"}, "2 hand-offs that sales decided on", 0.5),
        ({"of": "handoffs", "reached": "mql,customer"}, "1 hand-off that reached MQL and customer", 1),
        ({"of": "clocks", "commitment": "response", "state": "due", "share": "kept"}, '3 clocks of "response" that are due by now and not void', 1 / 3),
        ({"of": "clocks", "state": "breached", "period": "2026-04"}, "1 clock due in April 2026 that was breached", 1),
        ({"of": "wins", "period": "2026-03", "sum": "amount"}, "1 win of March 2026", Decimal("70.50")),
        ({"of": "wins", "period": "2026-04"}, "0 wins of April 2026", 0),
        ({"of": "wins", "period": "2026-03", "cohort": "first_touch"}, "1 win of leads first touched in March 2026", 1),
        ({"of": "wins", "by": "campaign", "group": "fair"}, "1 win of the campaign fair", 1),
        ({"of": "spend", "period": "2026-03", "by": "campaign", "group": "fair", "sum": "amount"}, "1 line of spend of the campaign fair of March 2026", Decimal("10.25")),
        ({"of": "spend", "sum": "amount"}, "3 lines of spend", Decimal("16.25")),
        ({"of": "facts", "lead": "b", "kind": "accepted,assigned"}, "3 facts of the kind accepted or assigned of b", 3),
        ({"of": "facts", "fact": "f000"}, "1 fact called f000", 1),
    ],
    ids=str,
)  # fmt: skip
def test_a_question_opens_to_rows_with_a_title_that_says_what_they_are(
    outcome: Outcome, question: dict[str, str], said: str, number: object
):
    found = outcome.behind(question)
    assert (found.title, found.unit) == (said, question["of"])
    assert found.number == number


def test_the_median_of_nothing_is_nothing(outcome: Outcome):
    column = "business_minutes_to_first_attempt"
    assert outcome.behind({"of": "handoffs", "became": "attempted", "median": column}).number is None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({}, "is nothing that a number is made of"),
        ({"of": "lead"}, 'Did you mean "leads"?'),
        ({"of": "leads", "reached": "mqll"}, 'has no stage "mqll".*Did you mean "mql"'),
        ({"of": "leads", "period": "soon"}, "is not a period"),
        ({"of": "leads", "cohort": "won"}, "is no cohort"),
        ({"of": "leads", "colour": "red"}, 'no lead has an attribute "colour"'),
        ({"of": "handoffs", "became": "lost"}, 'no hand-off became "lost"'),
        ({"of": "handoffs", "stage": "mql"}, 'not narrowed by "stage"'),
        ({"of": "handoffs", "sum": "wort"}, 'Did you mean "worth"?'),
    ],
)
def test_a_question_that_nobody_can_answer_is_wrong_use(outcome: Outcome, question: dict[str, str], said: str):
    with pytest.raises(UsageError, match=said):
        outcome.behind(question)


def test_without_a_table_there_is_no_spend():
    with pytest.raises(UsageError, match='no table of "spend"'):
        outcome_of(TEXT).behind({"of": "spend"})


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("2026", "2026"),
        ("2026-Q4", "the fourth quarter of 2026"),
        ("2026-05", "May 2026"),
        ("2026-W05", "week 5 of 2026"),
        ("2026-05-31", "31 May 2026"),
        ("2026-01-01..2026-02-01", "1 to 31 January 2026"),
        ("2026-01-31..2026-02-01", "31 January 2026"),
        ("2026-01-28..2026-02-04", "28 January to 3 February 2026"),
        ("2025-12-30..2026-01-03", "30 December 2025 to 2 January 2026"),
        ("2026-01-28T09:30..2026-02-04", "28 January 2026 at 09:30 to 4 February 2026 at 00:00"),
    ],
)
def test_periods_are_said_as_people_say_them(label: str, said: str):
    assert period_words(label) == said
