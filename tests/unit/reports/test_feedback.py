"""Feedback both ways: what waits for marketing's check, what sales said about such leads, what was delivered, how leads came, what became of them."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from smarketing.agreement.models import Agreement
from smarketing.backends.local import replay
from smarketing.reports.explain.dossier import Waits, dossier
from smarketing.reports.feedback.became import became, checks_of
from smarketing.reports.feedback.came import came
from smarketing.reports.feedback.checking import checking, held_back, waiting
from smarketing.reports.feedback.delivered import delivered
from smarketing.reports.feedback.feed import COLUMNS, feed
from smarketing.reports.feedback.similar import similar
from smarketing.reports.handed.cycles import cycle_ends
from smarketing.reports.outcome import Outcome
from smarketing.vocabulary.errors import UsageError
from tests.unit.reports.lives import SIGNED, journal, outcome_of

CHECK = {"at": "mql", "check": True, "reasons": {"held": ["a student", "far too small"]}}
SCRUBBED = """
    waits     2026-03-02T09:00  form_submitted  campaign=fair
    held      2026-03-02T10:00  form_submitted
    held      2026-03-02T11:00  held    actor=mia  reason=student  note=asked
    held      2026-03-02T12:00  held    actor=tom  reason=small
    passed    2026-03-02T10:00  form_submitted
    passed    2026-03-02T11:00  passed  actor=mia
    accepted  2026-03-02T10:00  form_submitted
    accepted  2026-03-02T11:00  accepted  actor=sam
    never     2026-03-02T10:00  page_viewed
    out       2026-03-02T10:00  form_submitted
    out       2026-03-02T11:00  disqualified
    again     2026-03-02T10:00  form_submitted
    again     2026-03-02T11:00  held  actor=mia
    again     2026-03-02T12:00  recycled
    again     2026-03-03T10:00  form_submitted
    undone    2026-03-04T10:00  form_submitted
    undone    2026-03-04T11:00  held  actor=mia
    undone    2026-03-04T12:00  retracted
"""


@pytest.fixture(scope="module")
def scrubbed() -> Outcome:
    agreement = Agreement.model_validate(SIGNED | {"handoff": CHECK})
    retracting = pl.when(pl.col("kind") == "retracted").then(pl.lit('{"fact_id":"f016"}'))
    return replay(journal(SCRUBBED).with_columns(properties=retracting.otherwise("properties")), agreement, "2026-03-05")


def test_what_waits_for_the_check_is_ripe_and_neither_passed_nor_held_in_its_open_cycle(scrubbed: Outcome) -> None:
    """One that came back has to be looked at anew; a hold that was taken back is none."""
    rows = waiting(scrubbed).select("lead_id", "cycle").rows()
    assert rows == [("waits", 1), ("again", 2), ("undone", 1)]


def test_of_those_held_back_the_last_hold_says_who_and_why(scrubbed: Outcome) -> None:
    rows = held_back(scrubbed).select("lead_id", "held_by", "reason", "note").rows()
    assert rows == [("held", "tom", "small", None)]


def test_the_wait_until_marketing_passed_a_lead_is_the_check_s_and_not_the_system_s(scrubbed: Outcome) -> None:
    passed = dossier(scrubbed, "passed")
    assert passed is not None and passed.handovers[0].waits == Waits(60, None, None, None)
    asked = scrubbed.behind({"of": "facts", "lead": "passed", "cycle": "1", "wait": "check", "span": "at"})
    assert (asked.frame["kind"].to_list(), asked.number) == (["form_submitted", "passed"], 60)
    assert asked.title == "2 facts at both ends of the wait from qualified until marketing passed it, of passed"
    nobody_checked = dossier(scrubbed, "accepted")
    assert nobody_checked is not None and nobody_checked.handovers[0].waits == Waits(None, 60, None, None)


def test_where_the_agreement_has_no_check_nobody_waits_for_one() -> None:
    assert checking(outcome_of(SCRUBBED, as_of="2026-03-05")).is_empty()


SOLD = """
    a  2026-03-02T09:00  page_viewed     campaign=fair  channel=event
    a  2026-03-02T09:10  form_submitted  form=demo
    a  2026-03-02T10:00  assigned  to=ines
    a  2026-03-02T11:00  call_made  actor=ines  outcome=busy
    a  2026-03-03T09:00  rejected  reason=price  actor=ines
    a  2026-03-03T10:00  page_viewed  campaign=mail
    a  2026-03-03T10:05  content_downloaded  topic=rosters
    a  2026-03-03T10:06  content_downloaded  topic=rosters
    b  2026-03-04T09:00  form_submitted  campaign=fair
    b  2026-03-04T11:00  accepted  actor=ines
    b  2026-03-05T09:00  meeting_held  actor=sam
    b  2026-03-20T09:00  opportunity_won  amount=70.50  actor=sam  opportunity_id=deal
    c  2026-03-04T09:00  form_submitted  campaign=fair
    c  2026-03-05T09:00  rejected  reason=unresponsive
    d  2026-03-06T09:00  form_submitted  campaign=fair
    e  2026-03-06T09:00  form_submitted
    e  2026-03-06T10:00  call_made
    f  2026-04-06T09:00  form_submitted
"""


@pytest.fixture(scope="module")
def sold() -> Outcome:
    return outcome_of(SOLD, as_of="2026-05-01", worth={"D": 5})


def test_what_sales_said_about_similar_leads_opens_to_them(sold: Outcome) -> None:
    same, campaign = similar(sold, {"persona": None, "grade": "D", "campaign": "fair"})
    assert (same.accepted["n"], same.accepted["of"]) == (1, 3)
    assert (campaign.campaign, campaign.accepted["n"], campaign.accepted["of"]) == ("fair", 1, 3)
    assert [(each.kind, each.reason, each.n) for each in campaign.reasons] == [
        ("rejected", "price", 1),
        ("rejected", "unresponsive", 1),
    ]
    for said in (same, campaign):
        assert sold.behind(said.questions["n"]).number == said.accepted["n"]
        assert sold.behind(said.questions["of"]).number == said.accepted["of"]
        assert [sold.behind(each.question).number for each in said.reasons] == [each.n for each in said.reasons]


def test_where_nothing_was_said_about_such_leads_nothing_is_told(sold: Outcome) -> None:
    assert similar(sold, {"persona": "nobody", "grade": "A", "campaign": "other"}) == []


def test_every_number_of_what_was_delivered_opens_to_its_leads(sold: Outcome) -> None:
    march = delivered(sold, period="2026-03")
    counts = (march.handed, march.passed, march.held, march.sent_back, march.won, march.undecided, march.untouched)
    assert [each.n for each in counts] == [5, 0, 0, 2, 1, 3, 2]
    of_campaigns = [count for each in march.campaigns for count in each[1:]]
    every = [*counts, *(count for _, count in march.grades), *(one for each in march.reasons for one in each[2:]), *of_campaigns]
    assert [sold.behind(each.question).number for each in every] == [each.n for each in every]
    assert (march.handed.worth, march.won_amount) == (Decimal(25), Decimal("70.50"))
    assert [(grade, count.n) for grade, count in march.grades] == [("D", 5)]
    assert [(each.kind, each.reason, each.times.n, each.doubted.n) for each in march.reasons] == [
        ("rejected", "price", 1, 0),
        ("rejected", "unresponsive", 1, 1),
    ]
    assert [(each.campaign, *(count.n for count in each[1:])) for each in march.campaigns] == [
        ("fair", 4, 1, 2, 1),
        (None, 1, 0, 0, 0),
    ]
    assert (march.accepted["n"], march.accepted["of"]) == (1, 3)


def test_what_waits_is_of_now_whatever_the_period(sold: Outcome) -> None:
    assert delivered(sold, period="2020").undecided == delivered(sold).undecided


def test_what_was_checked_is_counted_and_so_is_what_waits_for_it(scrubbed: Outcome) -> None:
    said = delivered(scrubbed, period="2026-03")
    assert (said.passed.n, said.held.n, said.to_check, said.held_now) == (1, 3, 3, 1)


def test_the_feed_of_a_campaign_is_what_happened_to_its_leads_the_latest_first(sold: Outcome) -> None:
    rows = feed(sold, {"campaign": "fair"})
    assert tuple(rows.columns) == COLUMNS
    assert rows.select("lead_id", "kind", "reason").rows() == [
        ("b", "opportunity_won", None),
        ("d", "handed_over", None),
        ("c", "rejected", "unresponsive"),
        ("b", "meeting_held", None),
        ("b", "accepted", None),
        ("b", "handed_over", None),
        ("c", "handed_over", None),
        ("a", "rejected", "price"),
        ("a", "handed_over", None),
    ]


@pytest.mark.parametrize(
    ("filters", "number"),
    [
        ({}, 11),
        ({"campaign": "-"}, 2),
        ({"what": "rejected"}, 2),
        ({"what": "meetings", "campaign": "fair"}, 1),
        ({"reason": "price"}, 1),
        ({"lead": "b"}, 4),
        ({"period": "2026-04"}, 1),
        ({"campaign": "nothing"}, 0),
    ],
)
def test_a_feed_is_narrowed(sold: Outcome, filters: dict[str, str], number: int) -> None:
    assert feed(sold, filters).height == number


def test_what_a_feed_does_not_tell_is_refused_with_what_it_does(sold: Outcome) -> None:
    with pytest.raises(UsageError, match='Did you mean "rejected"'):
        feed(sold, {"what": "rejectd"})


def facts_of(outcome: Outcome, lead: str) -> list[dict[str, object]]:
    return [row for row in outcome.facts.collect().to_dicts() if row["lead_id"] == lead]


def test_a_path_names_campaigns_in_order_and_what_was_read_in_each(sold: Outcome) -> None:
    first, second = came(facts_of(sold, "a"))
    assert (first.campaign, first.channel, first.touches) == ("fair", "event", 2)
    assert [(each.kind, each.name) for each in first.contents] == [("form_submitted", "demo")]
    assert (second.campaign, second.touches) == ("mail", 3)
    assert [(each.name, each.times) for each in second.contents] == [("rosters", 2)]


def test_a_path_without_a_campaign_is_a_path_all_the_same(sold: Outcome) -> None:
    (only,) = came(facts_of(sold, "e"))
    assert (only.campaign, only.touches) == (None, 1)


def became_of(outcome: Outcome, lead: str) -> list[tuple[object, ...]]:
    handed = [row for row in outcome.handoffs.to_dicts() if row["lead_id"] == lead]
    ends = {row["cycle"]: row["over"] for row in cycle_ends(outcome.stage_entries).to_dicts() if row["lead_id"] == lead}
    found = became(facts_of(outcome, lead), handed, ends, ["call_made"])
    return [
        (one.cycle, [(each.kind, each.by, each.reason) for each in one.happened], one.attempts, one.last_attempt and one.last_attempt.outcome, one.waits)
        for one in found
    ]  # fmt: skip


def test_what_became_of_a_hand_off_says_who_and_why(sold: Outcome) -> None:
    assert became_of(sold, "a") == [(1, [("rejected", "ines", "price")], 1, "busy", False)]
    won = [("accepted", "ines", None), ("meeting_held", "sam", None), ("opportunity_won", "sam", None)]
    assert became_of(sold, "b") == [(1, won, 0, None, False)]


def test_where_sales_said_nothing_yet_it_waits_with_or_without_an_attempt(sold: Outcome) -> None:
    assert became_of(sold, "d") == [(1, [], 0, None, True)]
    assert became_of(sold, "e") == [(1, [], 1, None, True)]


def test_what_marketing_said_in_its_check_is_told_in_order(scrubbed: Outcome) -> None:
    said = checks_of(facts_of(scrubbed, "held"))
    assert [(each.kind, each.by, each.reason, each.note) for each in said] == [
        ("held", "mia", "student", "asked"),
        ("held", "tom", "small", None),
    ]
