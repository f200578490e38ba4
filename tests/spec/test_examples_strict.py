"""Example: a strict agreement

100 points make an MQL, a demo request makes one at once; an account signal is worth 20 points at most once, the careers page costs 10.
Sales has 24 hours to respond and makes five calls in 14 days. In New York, where the clocks go forward on 8 March 2026.
"""

from tests.spec.tables import check


def test_a_demo_request_is_an_mql_at_once():
    """Whatever the score; another form is not."""
    check(
        example="strict",
        facts="""
        lead_id | at                   | kind           | properties
        ana     | Mon 2026-03-02 09:00 | form_submitted | form=demo
        bob     | Mon 2026-03-02 09:00 | form_submitted | form=newsletter
        """,
        handoffs="""
        lead_id | handed_at            | sourced   | fit | engagement | grade
        ana     | Mon 2026-03-02 09:00 | marketing | 0   | 0          | D
        """,
    )


def test_a_hundred_points_make_an_mql():
    """Fit and engagement together; the second account signal replaces the first, and looking for a job costs points."""
    check(
        example="strict",
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | profile_changed    | role=director, employees=250
        Tue 2026-03-03 10:00 | content_downloaded |
        Wed 2026-03-04 10:00 | webinar_attended   |
        Thu 2026-03-05 10:00 | page_viewed        | url=/careers/designer
        Fri 2026-03-06 10:00 | page_viewed        | account_signal=true
        Fri 2026-03-06 11:00 | page_viewed        | account_signal=true
        Mon 2026-03-09 10:00 | content_downloaded |
        """,
        score_changes="""
        at                   | axis       | rule             | fact_id | points | balance
        Mon 2026-03-02 10:00 | fit        | buyer.decides    | f1      | 30     | 50
        Mon 2026-03-02 10:00 | fit        | buyer.right size | f1      | 20     | 50
        Tue 2026-03-03 10:00 | engagement | download         | f2      | 15     | 15
        Wed 2026-03-04 10:00 | engagement | webinar          | f3      | 20     | 35
        Thu 2026-03-05 10:00 | engagement | page             | f4      | 1      | 26
        Thu 2026-03-05 10:00 | engagement | careers page     | f4      | -10    | 26
        Fri 2026-03-06 10:00 | engagement | page             | f5      | 1      | 47
        Fri 2026-03-06 10:00 | engagement | account signal   | f5      | 20     | 47
        Fri 2026-03-06 11:00 | engagement | page             | f6      | 1      | 48
        Fri 2026-03-06 11:00 | engagement | account signal   | f5      | -20    | 48
        Fri 2026-03-06 11:00 | engagement | account signal   | f6      | 20     | 48
        Mon 2026-03-09 10:00 | engagement | download         | f7      | 15     | 63
        """,
        stage_entries="""
        for stage = mql
        entered_at           | fact_id
        Mon 2026-03-09 10:00 |
        """,
        handoffs="""
        persona | fit | engagement | grade
        buyer   | 50  | 63         | A
        """,
    )


def test_sales_has_24_hours_to_respond_and_14_days_for_five_calls():
    """Elapsed time: across the change of the clocks the wall shows an hour more."""
    check(
        example="strict",
        facts="""
        lead_id | at                   | kind           | properties
        five    | Mon 2026-03-02 09:00 | form_submitted | form=demo
        five    | Mon 2026-03-02 10:00 | call_made      | outcome=no answer
        five    | Tue 2026-03-03 10:00 | call_made      | outcome=no answer
        five    | Tue 2026-03-03 11:00 | email_sent     |
        five    | Thu 2026-03-05 10:00 | call_made      | outcome=no answer
        five    | Mon 2026-03-09 10:00 | call_made      | outcome=no answer
        five    | Mon 2026-03-16 10:00 | call_made      | outcome=no answer
        reached | Sat 2026-03-07 12:00 | form_submitted | form=demo
        reached | Sun 2026-03-08 13:00 | call_made      | outcome=connected
        four    | Sat 2026-03-07 12:00 | form_submitted | form=demo
        four    | Sun 2026-03-08 13:01 | call_made      | outcome=no answer
        mail    | Mon 2026-03-16 10:00 | form_submitted | form=demo
        mail    | Mon 2026-03-16 11:00 | email_sent     |
        """,
        as_of="Mon 2026-03-30",
        clocks="""
        lead_id | commitment     | due_at               | kept_at              | state
        five    | first response | Tue 2026-03-03 09:00 | Mon 2026-03-02 10:00 | kept
        five    | five calls     | Mon 2026-03-16 10:00 | Mon 2026-03-16 10:00 | kept
        reached | first response | Sun 2026-03-08 13:00 | Sun 2026-03-08 13:00 | kept
        reached | five calls     | Sat 2026-03-21 13:00 | Sun 2026-03-08 13:00 | kept
        four    | first response | Sun 2026-03-08 13:00 | Sun 2026-03-08 13:01 | late
        four    | five calls     | Sat 2026-03-21 13:00 |                      | breached
        mail    | first response | Tue 2026-03-17 10:00 |                      | breached
        mail    | five calls     | Mon 2026-03-30 10:00 |                      | open
        """,
    )
