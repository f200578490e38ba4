"""Who brought the money

For each opportunity that stands won, seven models say what the campaigns on its path get: the touches with a campaign of its leads before the
win. The amount of an opportunity is given away to the cent by each model.
"""

from tests.spec.tables import check

THREE = """
lead_id | at                   | kind            | campaign | opportunity_id | amount
ana     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
ana     | Mon 2026-03-09 10:00 | page_viewed     | mail     |                |
ana     | Mon 2026-03-16 10:00 | page_viewed     | fair     |                |
ana     | Mon 2026-03-23 10:00 | page_viewed     | ads      |                |
ana     | Tue 2026-03-24 10:00 | opportunity_won |          | o1             | 100
"""


def test_first_and_last_give_everything_to_one_touch():
    """The others on the path have a row with a share of 0."""
    check(
        facts=THREE,
        credits="""
        for model = first, last
        model | campaign | touches | share | amount
        first | ads      | 1       | 0     | 0.00
        first | fair     | 2       | 1     | 100.00
        first | mail     | 1       | 0     | 0.00
        last  | ads      | 1       | 1     | 100.00
        last  | fair     | 2       | 0     | 0.00
        last  | mail     | 1       | 0     | 0.00
        """,
    )


def test_linear_position_and_time_decay_count_every_touch():
    """Position gives 40% to the first, 40% to the last and 20% to all between; a touch that is a half-life older weighs half."""
    check(
        facts=THREE,
        credits="""
        for model = linear, position, time_decay
        model      | campaign | share  | amount
        linear     | ads      | 0.25   | 25.00
        linear     | fair     | 0.5    | 50.00
        linear     | mail     | 0.25   | 25.00
        position   | ads      | 0.4    | 40.00
        position   | fair     | 0.5    | 50.00
        position   | mail     | 0.1    | 10.00
        time_decay | ads      | 0.5333 | 53.34
        time_decay | fair     | 0.3333 | 33.33
        time_decay | mail     | 0.1333 | 13.33
        """,
    )


def test_position_shares_out_short_paths():
    """One touch gets all; of two the first and the last share as they would of all, and equally where they have nothing."""
    for shares, first, last in (("[30%, 60%, 10%]", "0.75", "0.25"), ("[0%, 100%, 0%]", "0.5", "0.5")):
        check(
            agreement=f"attribution: {{model: position, position: {shares}}}",
            facts="""
            lead_id | at                   | kind            | campaign | opportunity_id | amount
            ana     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
            ana     | Mon 2026-03-09 10:00 | page_viewed     | mail     |                |
            ana     | Tue 2026-03-24 10:00 | opportunity_won |          | o1             | 100
            ben     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
            ben     | Tue 2026-03-24 10:00 | opportunity_won |          | o2             | 100
            """,
            credits=f"""
            for model = position
            opportunity_id | campaign | share
            o1             | fair     | {first}
            o1             | mail     | {last}
            o2             | fair     | 1
            """,
        )


def test_cents_that_are_left_go_to_the_largest_remainders():
    """And among equal ones to the first campaign by code point, so capitals before small letters."""
    check(
        facts="""
        lead_id | at                   | kind            | campaign | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
        ana     | Mon 2026-03-02 11:00 | page_viewed     | Zoo      |                |
        ana     | Mon 2026-03-02 12:00 | page_viewed     | ads      |                |
        ana     | Tue 2026-03-24 10:00 | opportunity_won |          | o1             | 0.05
        """,
        credits="""
        for model = linear
        campaign | share  | amount
        Zoo      | 0.3333 | 0.02
        ads      | 0.3333 | 0.02
        fair     | 0.3333 | 0.01
        """,
    )


def test_markov_gives_by_what_is_lost_without_a_campaign():
    """Here a sale comes with the chance 2/3. Without fair none comes, without mail half of that: removal effects of 1 and 1/2."""
    check(
        facts="""
        lead_id | at                   | kind            | campaign | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
        ana     | Mon 2026-03-02 11:00 | page_viewed     | mail     |                |
        ana     | Tue 2026-03-24 10:00 | opportunity_won |          | o1             | 100
        ben     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
        ben     | Tue 2026-03-24 10:00 | opportunity_won |          | o2             | 100
        cem     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
        cem     | Mon 2026-03-02 11:00 | form_submitted  | ads      |                |
        """,
        credits="""
        for model = markov
        opportunity_id | campaign | share  | amount
        o1             | fair     | 0.6667 | 66.67
        o1             | mail     | 0.3333 | 33.33
        o2             | fair     | 1      | 100.00
        """,
    )


def test_shapley_gives_by_what_a_campaign_adds_to_the_others():
    """Paths of fair alone were sold in one case of two, of mail alone never, of these two all together in two of four: fair adds it all.
    Had mail alone been sold too, it would be otherwise."""
    check(
        facts="""
        lead_id | at                   | kind            | campaign | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
        ana     | Mon 2026-03-02 11:00 | page_viewed     | mail     |                |
        ana     | Tue 2026-03-24 10:00 | opportunity_won |          | o1             | 100
        ben     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
        ben     | Tue 2026-03-24 10:00 | opportunity_won |          | o2             | 100
        cem     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
        dan     | Mon 2026-03-02 10:00 | form_submitted  | mail     |                |
        """,
        credits="""
        for model = shapley
        opportunity_id | campaign | share | amount
        o1             | fair     | 1     | 100.00
        o1             | mail     | 0     | 0.00
        o2             | fair     | 1     | 100.00
        """,
    )


def test_a_share_of_shapley_can_be_below_nothing():
    """Whoever saw mail was never sold, but for the one who also saw fair."""
    check(
        facts="""
        lead_id | at                   | kind            | campaign | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
        ana     | Mon 2026-03-02 11:00 | page_viewed     | mail     |                |
        ana     | Tue 2026-03-24 10:00 | opportunity_won |          | o1             | 100
        ben     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |
        ben     | Tue 2026-03-24 10:00 | opportunity_won |          | o2             | 100
        dan     | Mon 2026-03-02 10:00 | form_submitted  | mail     |                |
        eva     | Mon 2026-03-02 10:00 | form_submitted  | mail     |                |
        """,
        credits="""
        for model = shapley
        opportunity_id | campaign | share | amount
        o1             | fair     | 1.5   | 150.00
        o1             | mail     | -0.5  | -50.00
        o2             | fair     | 1     | 100.00
        """,
    )


def test_the_look_back_limits_both_kinds_of_paths():
    """A touch counts from exactly so long before the win on, and before the win itself; without a sale, so long before the as-of time."""
    check(
        agreement="attribution: {model: linear, lookback: 10d}",
        facts="""
        lead_id | at                   | kind            | campaign | opportunity_id | amount
        ana     | Tue 2026-03-10 09:59 | page_viewed     | early    |                |
        ana     | Tue 2026-03-10 10:00 | page_viewed     | fair     |                |
        ana     | Fri 2026-03-20 10:00 | opportunity_won |          | o1             | 100
        ana     | Fri 2026-03-20 10:00 | page_viewed     | late     |                |
        ben     | Tue 2026-03-10 10:00 | page_viewed     | fair     |                |
        ben     | Wed 2026-03-11 10:00 | page_viewed     | mail     |                |
        """,
        as_of="Fri 2026-03-20 12:00",
        credits="""
        for model = linear, markov
        model  | campaign | touches | amount
        linear | fair     | 1       | 100.00
        markov | fair     | 1       | 100.00
        """,
    )


def test_all_leads_of_an_opportunity_share_its_path():
    """Whoever opened, moved, won or lost it, at whatever time. What is no touch does not count, even with a campaign."""
    check(
        facts="""
        lead_id | at                   | kind               | campaign | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | form_submitted     | fair     |                |
        ben     | Mon 2026-03-02 11:00 | email_delivered    | mail     |                |
        ben     | Mon 2026-03-02 12:00 | page_viewed        | ads      |                |
        ben     | Mon 2026-03-02 13:00 | call_made          | calls    |                |
        ana     | Tue 2026-03-24 10:00 | opportunity_won    |          | o1             | 100
        ben     | Wed 2026-03-25 10:00 | opportunity_moved  |          | o1             |
        cem     | Mon 2026-03-02 10:00 | form_submitted     | other    |                |
        """,
        credits="""
        for model = first, last
        model | campaign | amount
        first | ads      | 0.00
        first | fair     | 100.00
        last  | ads      | 100.00
        last  | fair     | 0.00
        """,
    )


def test_by_account_the_colleagues_touches_count_too():
    """Those of everybody whose account, as it is known last, is that of one of the opportunity's leads."""
    check(
        agreement="attribution: {model: linear, scope: account}",
        facts="""
        lead_id | at                   | kind            | campaign | opportunity_id | amount | properties
        ana     | Mon 2026-03-02 10:00 | form_submitted  | fair     |                |        |
        ana     | Mon 2026-03-02 10:01 | profile_changed |          |                |        | account=Hart
        ben     | Mon 2026-03-02 11:00 | page_viewed     | ads      |                |        |
        ben     | Mon 2026-03-02 11:01 | profile_changed |          |                |        | account=Vale
        ben     | Wed 2026-03-25 10:00 | profile_changed |          |                |        | account=Hart
        cem     | Mon 2026-03-02 11:00 | page_viewed     | other    |                |        |
        cem     | Mon 2026-03-02 11:01 | profile_changed |          |                |        | account=Hart
        cem     | Wed 2026-03-25 10:00 | profile_changed |          |                |        | account=null
        ana     | Tue 2026-03-24 10:00 | opportunity_won |          | o1             | 100    |
        """,
        credits="""
        for model = linear
        campaign | share | amount
        ads      | 0.5   | 50.00
        fair     | 0.5   | 50.00
        """,
    )


def test_only_an_opportunity_that_stands_won_has_credits():
    """Its amount is that of its last win. One that was lost after it has none, and its leads' touches are a path without a sale."""
    check(
        facts="""
        lead_id | at                   | kind             | campaign | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | form_submitted   | fair     |                |
        ana     | Tue 2026-03-03 10:00 | opportunity_won  |          | o1             | 100
        ana     | Wed 2026-03-04 10:00 | page_viewed      | mail     |                |
        ana     | Thu 2026-03-05 10:00 | opportunity_won  |          | o1             | 30
        ben     | Mon 2026-03-02 10:00 | form_submitted   | fair     |                |
        ben     | Tue 2026-03-03 10:00 | opportunity_won  |          | o2             | 100
        ben     | Wed 2026-03-04 10:00 | opportunity_lost |          | o2             |
        """,
        credits="""
        for model = last, shapley
        opportunity_id | model   | campaign | amount
        o1             | last    | fair     | 0.00
        o1             | last    | mail     | 30.00
        o1             | shapley | fair     | 15.00
        o1             | shapley | mail     | 15.00
        """,
    )


def test_an_opportunity_that_nobody_touched_is_not_dropped():
    """It has one row of each model, without a campaign."""
    check(
        facts="""
        lead_id | at                   | kind            | opportunity_id | amount
        ana     | Tue 2026-03-24 10:00 | opportunity_won | o1             | 100
        ben     | Tue 2026-03-24 10:00 | opportunity_won |                | 7
        """,
        credits="""
        for model = first, shapley
        opportunity_id | model   | campaign | channel | touches | share | amount
        o1             | first   |          |         | 0       | 1     | 100.00
        o1             | shapley |          |         | 0       | 1     | 100.00
                       | first   |          |         | 0       | 1     | 7.00
                       | shapley |          |         | 0       | 1     | 7.00
        """,
    )


def test_the_channel_is_that_of_the_first_touch_that_says_one():
    """Of the campaign's touches on the path; else that of the small table `campaigns`."""
    check(
        facts="""
        lead_id | at                   | kind            | campaign | channel | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | form_submitted  | fair     |         |                |
        ana     | Mon 2026-03-02 11:00 | page_viewed     | fair     | event   |                |
        ana     | Mon 2026-03-02 12:00 | page_viewed     | fair     | email   |                |
        ana     | Mon 2026-03-02 13:00 | page_viewed     | ads      |         |                |
        ana     | Mon 2026-03-02 14:00 | page_viewed     | other    |         |                |
        ana     | Tue 2026-03-24 10:00 | opportunity_won |          |         | o1             | 100
        """,
        campaigns="""
        campaign | channel
        ads      | paid_search
        fair     | social
        """,
        credits="""
        for model = linear
        campaign | channel     | touches
        ads      | paid_search | 1
        fair     | event       | 3
        other    |             | 1
        """,
    )
