"""Commitments

What each team promised for a week, a month, a quarter or a year, and what came of it. Promises of marketing count the hand-offs that
marketing brought, promises of sales the clocks that were due, the hand-offs that were pursued, or the money that was won.
"""

from tests.spec.tables import check

DELIVER = """
commitments:
  - {name: leads, by: marketing, deliver: mql, at_least: 2, per: month}
"""
RESPOND = """
commitments:
  - {name: response, by: sales, respond_within: 24h, share: 50%, per: month}
"""
REVENUE = """
commitments:
  - {name: revenue, by: both, revenue: 1000, per: quarter}
"""


def test_deliver_counts_the_hand_offs_of_the_period():
    """A period that is over is met or missed; the one that runs is met as soon as the target is reached."""
    check(
        agreement=DELIVER,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-01-12 10:00 | form_submitted
        ben     | Tue 2026-02-03 10:00 | form_submitted
        cem     | Tue 2026-02-03 11:00 | form_submitted
        """,
        as_of="Wed 2026-02-04 00:00",
        commitments="""
        name  | period_start         | period_end           | team      | unit  | target | actual | n | status
        leads | Thu 2026-01-01 00:00 | Sun 2026-02-01 00:00 | marketing | leads | 2      | 1      | 1 | missed
        leads | Sun 2026-02-01 00:00 | Sun 2026-03-01 00:00 | marketing | leads | 2      | 2      | 2 | met
        """,
    )


def test_rows_begin_with_the_first_fact_or_when_the_agreement_comes_into_force():
    """With the later of the two, and go on to the period of the as-of time."""
    for begin, first in (("2026-01-01", "2026-02-01"), ("2026-03-15", "2026-03-01")):
        row = f"leads | {first} | 1" if begin == "2026-01-01" else ""
        check(
            agreement=DELIVER.strip() + f"\nin_force: {{from: {begin}}}",
            facts="""
            lead_id | at                   | kind
            ana     | Tue 2026-02-10 10:00 | form_submitted
            """,
            as_of="Fri 2026-03-20 00:00",
            commitments=f"""
            name  | period_start | n
            {row}
            leads | 2026-03-01   | 0
            """,
        )


def test_periods_are_cut_at_midnight_in_the_agreements_zone():
    """The first of February begins in Berlin while it is still January in London."""
    check(
        agreement=DELIVER.strip() + "\ntimezone: Europe/Berlin",
        facts="""
        lead_id | at                   | kind
        ana     | Sat 2026-01-31 23:59 | form_submitted
        ben     | Sun 2026-02-01 00:00 | form_submitted
        """,
        commitments="""
        name  | period_start         | n
        leads | Thu 2026-01-01 00:00 | 1
        leads | Sun 2026-02-01 00:00 | 1
        """,
    )


def test_a_clock_counts_in_the_period_in_which_it_was_due():
    """Once that time has passed: as long as nothing was due there is no share, not one of 0 or of 100%."""
    check(
        agreement=RESPOND,
        facts="""
        lead_id | at                   | kind
        ana     | Sat 2026-01-31 10:00 | form_submitted
        ana     | Sat 2026-01-31 11:00 | call_made
        ben     | Mon 2026-02-02 10:00 | form_submitted
        cem     | Tue 2026-02-03 10:00 | form_submitted
        cem     | Tue 2026-02-03 11:00 | call_made
        """,
        as_of="Wed 2026-02-04 10:00",
        commitments="""
        name     | period_start         | unit  | target | actual | n | status
        response | Thu 2026-01-01 00:00 | share | 0.5    |        | 0 |
        response | Sun 2026-02-01 00:00 | share | 0.5    | 0.5    | 2 | on_pace
        """,
    )


def test_an_accepted_share_is_of_the_hand_offs_that_were_decided():
    """By the period of the hand-off, whenever the decision came."""
    check(
        agreement="""
        commitments:
          - {name: accepted, by: marketing, accepted: 70%, per: month}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-01-12 10:00 | form_submitted
        ben     | Mon 2026-01-12 10:00 | form_submitted
        cem     | Mon 2026-01-12 10:00 | form_submitted
        ana     | Mon 2026-02-02 10:00 | accepted
        ben     | Mon 2026-02-02 10:00 | rejected
        """,
        as_of="Tue 2026-02-03 00:00",
        commitments="""
        name     | period_start         | actual | n | status
        accepted | Thu 2026-01-01 00:00 | 0.5    | 2 | missed
        accepted | Sun 2026-02-01 00:00 |        | 0 |
        """,
    )


def test_revenue_is_the_last_win_of_each_opportunity_unless_it_was_lost_after():
    """An opportunity is one by its id, whichever leads it has."""
    check(
        agreement=REVENUE,
        facts="""
        lead_id | at                   | kind             | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | opportunity_won  | o1             | 100
        ben     | Thu 2026-04-02 10:00 | opportunity_won  | o1             | 300
        ana     | Mon 2026-03-02 11:00 | opportunity_won  | o2             | 70
        cem     | Mon 2026-03-02 12:00 | opportunity_won  | o3             | 5000
        cem     | Fri 2026-04-03 10:00 | opportunity_lost | o3             |
        """,
        commitments="""
        name    | period_start         | team | unit  | target | actual | n | status
        revenue | Thu 2026-01-01 00:00 | both | money | 1000   | 70     | 1 | missed
        revenue | Wed 2026-04-01 00:00 | both | money | 1000   | 300    | 1 | on_pace
        """,
    )


def test_what_is_expected_by_now_follows_the_working_time_that_has_passed():
    """Here half of the week's 40 hours; without a calendar time passes by the clock. A share is expected whole at any time."""
    check(
        agreement="""
        calendars: {default: {hours: {mon-fri: ["09:00-17:00"]}}}
        commitments:
          - {name: leads, by: marketing, deliver: mql, at_least: 4, per: week}
          - {name: response, by: sales, respond_within: 1 business hour, share: 90%, per: week}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | form_submitted
        """,
        as_of="Wed 2026-03-04 13:00",
        commitments="""
        name     | period_start         | actual | expected_by_now | forecast | status
        leads    | Mon 2026-03-02 00:00 | 1      | 2               | 2        | behind
        response | Mon 2026-03-02 00:00 | 0      | 0.9             | 0        | behind
        """,
    )


def test_before_a_tenth_of_the_period_the_forecast_is_the_mean_of_the_last_three():
    """From then on it is the pace so far. Without a period before there is none at first."""
    check(
        agreement="""
        in_force: {from: 2026-03-02}
        commitments:
          - {name: leads, by: marketing, deliver: mql, at_least: 4, per: week}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | form_submitted
        """,
        as_of="Mon 2026-03-02 12:00",
        commitments="""
        name  | period_start         | actual | forecast_low | forecast | forecast_high
        leads | Mon 2026-03-02 00:00 | 1      |              |          |
        """,
    )
    check(
        agreement="""
        in_force: {from: 2026-03-02}
        commitments:
          - {name: leads, by: marketing, deliver: mql, at_least: 4, per: week}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | form_submitted
        ben     | Tue 2026-03-03 10:00 | form_submitted
        """,
        as_of="Mon 2026-03-16 12:00",
        commitments="""
        name  | period_start         | actual | forecast
        leads | Mon 2026-03-02 00:00 | 2      | 2
        leads | Mon 2026-03-09 00:00 | 0      | 0
        leads | Mon 2026-03-16 00:00 | 0      | 1
        """,
    )


def test_a_period_that_begins_before_the_trial_ends_is_on_trial():
    """It is measured, but not rewarded."""
    check(
        agreement=DELIVER.strip() + "\nin_force: {from: 2026-01-01, trial_until: 2026-02-01}",
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-01-12 10:00 | form_submitted
        """,
        as_of="Tue 2026-02-03 00:00",
        commitments="""
        name  | period_start         | trial
        leads | Thu 2026-01-01 00:00 | true
        leads | Sun 2026-02-01 00:00 | false
        """,
    )
