"""Money in other currencies

The small table `rates` says what one currency is worth in another from a day on. An amount is converted at the rate of the day of its
fact. What there is no rate for is a problem, one for each pair of currencies (`SMK-M001`, exit code 11), and counts as 0.00: never as if
the rate were 1.
"""

from tests.spec.tables import check


def test_an_amount_is_converted_at_the_rate_of_its_day():
    """A rate holds from the begin of its day in the agreement's zone until the next one of the same pair."""
    check(
        agreement="timezone: Europe/Berlin",
        facts="""
        lead_id | at                   | kind            | amount | currency
        ana     | Sun 2026-03-01 23:59 | opportunity_won | 100    | USD
        ben     | Mon 2026-03-02 00:00 | opportunity_won | 100    | USD
        cem     | Thu 2026-04-02 00:00 | opportunity_won | 100    | USD
        """,
        rates="""
        day        | from_currency | to_currency | rate
        2026-02-01 | USD           | EUR         | 0.9
        2026-03-02 | USD           | EUR         | 0.85
        """,
        ledger="""
        lead_id | reason | amount
        ana     | won    | 90.00
        ben     | won    | 85.00
        cem     | won    | 85.00
        """,
    )


def test_the_product_is_exact_and_rounded_half_away_from_zero():
    """0.5 of 0.01 is 0.01, and of −0.01 it is −0.01."""
    check(
        facts="""
        lead_id | at                   | kind            | amount | currency
        ana     | Mon 2026-03-02 10:00 | opportunity_won | 0.01   | USD
        ben     | Mon 2026-03-02 10:00 | opportunity_won | -0.01  | USD
        cem     | Mon 2026-03-02 10:00 | opportunity_won | 1.15   | GBP
        """,
        rates="""
        day        | from_currency | to_currency | rate
        2026-01-01 | USD           | EUR         | 0.5
        2026-01-01 | GBP           | EUR         | 1.1
        """,
        ledger="""
        lead_id | amount
        ana     | 0.01
        ben     | -0.01
        cem     | 1.27
        """,
    )


def test_pairs_are_taken_as_they_are_given():
    """None is turned round, no two are put together, and what comes before the first day has no rate: it counts as 0.00."""
    check(
        facts="""
        lead_id | at                   | kind            | amount | currency
        ana     | Mon 2026-03-02 10:00 | opportunity_won | 100    | USD
        ben     | Mon 2026-03-02 10:00 | opportunity_won | 100    | CHF
        cem     | Thu 2026-01-01 10:00 | opportunity_won | 100    | GBP
        dan     | Thu 2026-01-01 10:00 | opportunity_won | 100    | EUR
        """,
        rates="""
        day        | from_currency | to_currency | rate
        2026-01-01 | EUR           | USD         | 1.1
        2026-01-01 | CHF           | GBP         | 0.9
        2026-02-01 | GBP           | EUR         | 1.2
        2026-01-01 | EUR           | EUR         | 3
        """,
        ledger="""
        lead_id | amount
        ana     | 0.00
        ben     | 0.00
        cem     | 0.00
        dan     | 100.00
        """,
    )


def test_hand_offs_and_promises_of_revenue_count_what_was_converted():
    """A win without an amount is still a win."""
    check(
        agreement="""
        commitments:
          - {name: revenue, by: both, revenue: 1000, per: quarter}
        """,
        facts="""
        lead_id | at                   | kind            | opportunity_id | amount | currency
        ana     | Mon 2026-03-02 10:00 | form_submitted  |                |        |
        ana     | Tue 2026-03-03 10:00 | opportunity_won | o1             | 10     | USD
        ana     | Tue 2026-03-03 11:00 | opportunity_won | o2             |        | USD
        """,
        rates="""
        day        | from_currency | to_currency | rate
        2026-03-03 | USD           | EUR         | 0.92
        """,
        handoffs="""
        lead_id | won_amount
        ana     | 9.20
        """,
        commitments="""
        name    | actual | n
        revenue | 9.2    | 2
        """,
    )


def test_each_versions_promise_is_in_its_own_currency_the_tables_in_that_of_the_last():
    """Worth that an earlier version agreed in another currency is converted at the rate of the day of the hand-off."""
    check(
        agreement="""
        currency: USD
        worth: {D: 100}
        commitments:
          - {name: revenue, by: both, revenue: 1000, per: month}
        """,
        then="""
        in_force: {from: 2026-02-02}
        currency: EUR
        """,
        facts="""
        lead_id | at                   | kind            | amount
        ana     | Mon 2026-01-12 10:00 | form_submitted  |
        ana     | Tue 2026-01-13 10:00 | opportunity_won | 10
        ben     | Tue 2026-02-03 10:00 | form_submitted  |
        """,
        rates="""
        day        | from_currency | to_currency | rate
        2026-01-01 | USD           | EUR         | 0.9
        """,
        ledger="""
        lead_id | reason    | amount
        ana     | delivered | 90.00
        ana     | won       | 9.00
        ben     | delivered | 100.00
        """,
        handoffs="""
        lead_id | worth  | won_amount
        ana     | 100.00 | 9.00
        ben     | 100.00 | 0.00
        """,
        commitments="""
        name    | period_start | actual
        revenue | 2026-01-01   | 10
        revenue | 2026-02-01   | 0
        """,
    )
