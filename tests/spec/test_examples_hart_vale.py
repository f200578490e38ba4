"""Example: Hart & Vale

Every part of the language in one agreement: personas and fading points make the score, 25 points of fit with 40 of engagement or a
demo request make an MQL, sales answers within 4 business hours. One lead, from the first click to the win; then one that came back.
"""

from tests.spec.tables import check

OLGA = """
at                   | kind               | campaign | actor            | opportunity_id | amount | properties
Mon 2026-03-02 10:00 | ad_clicked         | spring   |                  |                |        |
Mon 2026-03-02 10:05 | subscribed         |          |                  |                |        |
Tue 2026-03-03 09:00 | profile_changed    |          |                  |                |        | role=COO, employees=120, industry=logistics, country=AT
Wed 2026-03-04 11:00 | content_downloaded |          |                  |                |        |
Thu 2026-03-05 11:00 | content_downloaded |          |                  |                |        |
Thu 2026-03-05 11:01 | assigned           |          |                  |                |        | to=rita@hart.example
Thu 2026-03-05 15:30 | call_made          |          | rita@hart.example |               |        | outcome=no answer
Fri 2026-03-06 10:00 | call_made          |          | rita@hart.example |               |        | outcome=connected
Fri 2026-03-06 10:30 | accepted           |          | rita@hart.example |               |        |
Tue 2026-03-10 14:00 | meeting_held       |          | rita@hart.example |               |        |
Wed 2026-03-11 09:00 | opportunity_opened |          | rita@hart.example | o1            |        |
Tue 2026-03-24 10:00 | opportunity_won    |          | rita@hart.example | o1            | 12000  |
"""


def test_the_score_of_a_buyer_from_the_first_click_on():
    """An MQL when the second download brings the engagement to 40. A month after each download half of its points are gone."""
    check(
        example="hart_vale",
        facts=OLGA,
        as_of="Sat 2026-04-04",
        score_changes="""
        at                   | axis       | rule                                                                    | fact_id | points | balance | persona
        Tue 2026-03-03 09:00 | fit        | operations_olga.{"country":{"in":["DE","AT"]},"industry":"logistics"}   | f3      | 15     | 35      | operations_olga
        Tue 2026-03-03 09:00 | fit        | operations_olga.{"employees":{"between":[50,500]}}                      | f3      | 20     | 35      | operations_olga
        Wed 2026-03-04 11:00 | engagement | download                                                                | f4      | 20     | 20      | operations_olga
        Thu 2026-03-05 11:00 | engagement | download                                                                | f5      | 20     | 40      | operations_olga
        Fri 2026-04-03 12:00 | engagement | download                                                                | f4      | -10    | 30      | operations_olga
        """,
    )


def test_the_stages_of_a_buyer_from_visitor_to_customer():
    """Each with the fact that did it; what made her an MQL was a score."""
    check(
        example="hart_vale",
        facts=OLGA,
        stage_entries="""
        stage       | entered_at           | left_at              | fact_id
        visitor     | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:05 | f1
        subscriber  | Mon 2026-03-02 10:05 | Thu 2026-03-05 11:00 | f2
        mql         | Thu 2026-03-05 11:00 | Fri 2026-03-06 10:30 |
        sal         | Fri 2026-03-06 10:30 | Tue 2026-03-10 14:00 | f9
        sql         | Tue 2026-03-10 14:00 | Wed 2026-03-11 09:00 | f10
        opportunity | Wed 2026-03-11 09:00 | Tue 2026-03-24 10:00 | f11
        customer    | Tue 2026-03-24 10:00 |                      | f12
        """,
    )


def test_the_hand_off_of_a_buyer_and_what_became_of_it():
    """90 minutes before lunch and 120 after it until Rita's first call."""
    check(
        example="hart_vale",
        facts=OLGA,
        handoffs="""
        handed_at            | rep               | grade | worth | campaign | accepted_at          | assigned_at          | attempts | business_minutes_to_first_attempt | won_amount
        Thu 2026-03-05 11:00 | rita@hart.example | A     | 900   | spring   | Fri 2026-03-06 10:30 | Thu 2026-03-05 11:01 | 3        | 210                               | 12000
        """,
        clocks="""
        commitment     | due_at               | kept_at              | state
        first response | Thu 2026-03-05 16:00 | Thu 2026-03-05 15:30 | kept
        persistence    | Thu 2026-03-19 18:00 | Fri 2026-03-06 10:00 | kept
        verdict        | Mon 2026-03-09 18:00 | Fri 2026-03-06 10:30 | kept
        """,
    )


def test_a_lead_that_came_back():
    """Rejected within two hours, so the other promises are void; back at subscriber, and handed over anew in the second cycle."""
    check(
        example="hart_vale",
        facts="""
        at                   | kind           | properties
        Mon 2026-03-02 10:00 | form_submitted | form=demo
        Mon 2026-03-02 12:00 | rejected       | reason=not a fit
        Wed 2026-03-04 17:00 | form_submitted | form=demo
        """,
        as_of="Thu 2026-03-05 11:30",
        stage_entries="""
        cycle | stage      | entered_at           | left_at              | fact_id
        1     | visitor    | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f1
        1     | subscriber | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f1
        1     | mql        | Mon 2026-03-02 10:00 | Mon 2026-03-02 12:00 | f1
        2     | visitor    | Mon 2026-03-02 12:00 | Mon 2026-03-02 12:00 | f2
        2     | subscriber | Mon 2026-03-02 12:00 | Wed 2026-03-04 17:00 | f2
        2     | mql        | Wed 2026-03-04 17:00 |                      | f3
        """,
        handoffs="""
        cycle | handed_at            | grade | worth | rejected_at          | reason
        1     | Mon 2026-03-02 10:00 | D     | 0     | Mon 2026-03-02 12:00 | not a fit
        2     | Wed 2026-03-04 17:00 | D     | 0     |                      |
        """,
        clocks="""
        cycle | commitment     | due_at               | kept_at              | state
        1     | first response | Mon 2026-03-02 15:00 |                      | void
        1     | persistence    | Mon 2026-03-16 18:00 |                      | void
        1     | verdict        | Wed 2026-03-04 18:00 | Mon 2026-03-02 12:00 | kept
        2     | first response | Thu 2026-03-05 12:00 |                      | open
        2     | persistence    | Wed 2026-03-18 18:00 |                      | open
        2     | verdict        | Fri 2026-03-06 18:00 |                      | open
        """,
    )
