"""Example: Hart Design

A small studio without points: somebody is an MQL when they subscribe to the blog, and an SQL when an *MQL* looks at About Us or asks
for a consultation. Sales takes over SQLs and responds within one business day.
"""

from tests.spec.tables import check


def test_subscribing_to_the_blog_makes_an_mql():
    """Not to another list."""
    check(
        example="hart",
        facts="""
        lead_id | at                   | kind        | properties
        ana     | Mon 2026-03-02 10:00 | page_viewed | url=/blog/colours
        ana     | Tue 2026-03-03 10:00 | subscribed  | to=blog
        bob     | Tue 2026-03-03 10:00 | subscribed  | to=job alerts
        """,
        stage_entries="""
        lead_id | stage   | entered_at           | left_at              | fact_id
        ana     | visitor | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        ana     | mql     | Tue 2026-03-03 10:00 |                      | f2
        bob     | visitor | Tue 2026-03-03 10:00 |                      | f3
        """,
    )


def test_an_mql_who_looks_at_about_us_is_an_sql():
    """A stranger on About Us is still a stranger, also one who subscribes afterwards."""
    check(
        example="hart",
        facts="""
        lead_id  | at                   | kind        | properties
        ana      | Mon 2026-03-02 10:00 | subscribed  | to=blog
        ana      | Tue 2026-03-03 10:00 | page_viewed | url=https://hart.example/About-Us?from=mail
        stranger | Mon 2026-03-02 10:00 | page_viewed | url=/about-us
        stranger | Tue 2026-03-03 10:00 | subscribed  | to=blog
        """,
        stage_entries="""
        for stage = mql, sql
        lead_id  | stage | entered_at           | fact_id
        ana      | mql   | Mon 2026-03-02 10:00 | f1
        ana      | sql   | Tue 2026-03-03 10:00 | f2
        stranger | mql   | Tue 2026-03-03 10:00 | f4
        """,
        handoffs="""
        lead_id | handed_at            | sourced
        ana     | Tue 2026-03-03 10:00 | marketing
        """,
    )


def test_an_mql_who_asks_for_a_consultation_is_an_sql():
    """Both at once is fine."""
    check(
        example="hart",
        facts="""
        lead_id | at                   | kind           | properties
        ana     | Mon 2026-03-02 10:00 | subscribed     | to=blog
        ana     | Mon 2026-03-02 10:00 | form_submitted | form=consultation
        bob     | Mon 2026-03-02 10:00 | form_submitted | form=consultation
        """,
        stage_entries="""
        for stage = sql
        lead_id | entered_at           | fact_id
        ana     | Mon 2026-03-02 10:00 | f2
        """,
    )


def test_hart_designs_sales_responds_until_the_end_of_the_next_working_day():
    """A consultation asked for on Maundy Thursday is answered by the Tuesday after Easter, five o'clock."""
    check(
        example="hart",
        facts="""
        at                   | kind           | actor            | properties
        Mon 2026-03-30 10:00 | subscribed     |                  | to=blog
        Thu 2026-04-02 11:00 | form_submitted |                  | form=consultation
        Tue 2026-04-07 16:30 | email_sent     | sam@hart.example |
        """,
        handoffs="""
        rep              | first_attempt_at     | business_minutes_to_first_attempt
        sam@hart.example | Tue 2026-04-07 16:30 | 810
        """,
        clocks="""
        commitment     | due_at               | kept_at              | state
        first response | Tue 2026-04-07 17:00 | Tue 2026-04-07 16:30 | kept
        """,
    )


def test_a_lead_that_hart_designs_sales_sends_back_is_an_mql_again():
    """The stage before the hand-off; so one look at About Us is enough to come back."""
    check(
        example="hart",
        facts="""
        at                   | kind           | properties
        Mon 2026-03-02 10:00 | subscribed     | to=blog
        Tue 2026-03-03 10:00 | form_submitted | form=consultation
        Wed 2026-03-04 10:00 | recycled       | reason=no timing
        Mon 2026-06-01 10:00 | page_viewed    | url=/about-us
        """,
        stage_entries="""
        cycle | stage   | entered_at           | left_at              | fact_id
        1     | visitor | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f1
        1     | mql     | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        1     | sql     | Tue 2026-03-03 10:00 | Wed 2026-03-04 10:00 | f2
        2     | visitor | Wed 2026-03-04 10:00 | Wed 2026-03-04 10:00 | f3
        2     | mql     | Wed 2026-03-04 10:00 | Mon 2026-06-01 10:00 | f3
        2     | sql     | Mon 2026-06-01 10:00 |                      | f4
        """,
        handoffs="""
        cycle | handed_at            | recycled_at          | reason
        1     | Tue 2026-03-03 10:00 | Wed 2026-03-04 10:00 | no timing
        2     | Mon 2026-06-01 10:00 |                      |
        """,
    )
