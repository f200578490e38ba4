"""What became of a hand-off

The same rows, further columns: what sales decided, how often it tried, whom it reached, which stages followed, what was won.
"""

from tests.spec.tables import check

NO_SAL = """
stages:
  - {name: visitor, owner: marketing}
  - {name: mql, owner: marketing, when: {fact: form_submitted}}
  - {name: sql, owner: sales, when: {fact: opportunity_opened}}
"""


def test_each_decision_has_the_time_of_its_first_fact_from_the_hand_off_on():
    """What was accepted before the hand-off was not this hand-off. A decision at the end of the cycle still is of it."""
    check(
        agreement=NO_SAL,
        facts="""
        lead_id  | at                   | kind
        accepted | Mon 2026-03-02 10:00 | accepted
        accepted | Mon 2026-03-02 12:00 | form_submitted
        accepted | Mon 2026-03-02 13:00 | accepted
        accepted | Mon 2026-03-02 14:00 | accepted
        rejected | Mon 2026-03-02 12:00 | form_submitted
        rejected | Mon 2026-03-02 13:00 | rejected
        recycled | Mon 2026-03-02 12:00 | form_submitted
        recycled | Mon 2026-03-02 13:00 | accepted
        recycled | Mon 2026-03-02 14:00 | recycled
        out      | Mon 2026-03-02 12:00 | form_submitted
        out      | Mon 2026-03-02 15:00 | disqualified
        early    | Mon 2026-03-02 10:00 | accepted
        early    | Mon 2026-03-02 12:00 | form_submitted
        at       | Mon 2026-03-02 12:00 | accepted
        at       | Mon 2026-03-02 12:00 | form_submitted
        """,
        handoffs="""
        lead_id  | accepted_at          | rejected_at          | recycled_at          | disqualified_at
        accepted | Mon 2026-03-02 13:00 |                      |                      |
        rejected |                      | Mon 2026-03-02 13:00 |                      |
        recycled | Mon 2026-03-02 13:00 |                      | Mon 2026-03-02 14:00 |
        out      |                      |                      |                      | Mon 2026-03-02 15:00
        early    |                      |                      |                      |
        at       | Mon 2026-03-02 12:00 |                      |                      |
        """,
    )


def test_the_reason_is_that_of_the_fact_that_ended_the_cycle():
    """A disqualification first, else the first hand-back in order, a lost opportunity included."""
    check(
        agreement="""
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {fact: form_submitted}}
          - {name: opportunity, owner: sales, when: {fact: opportunity_opened}}
        """,
        facts="""
        lead_id  | at                   | kind               | properties
        rejected | Mon 2026-03-02 10:00 | form_submitted     |
        rejected | Tue 2026-03-03 10:00 | recycled           | reason=no timing
        rejected | Tue 2026-03-03 10:00 | rejected           | reason=not a fit
        out      | Mon 2026-03-02 10:00 | form_submitted     |
        out      | Tue 2026-03-03 10:00 | rejected           | reason=not a fit
        out      | Tue 2026-03-03 10:00 | disqualified       | reason=competitor
        lost     | Mon 2026-03-02 10:00 | form_submitted     |
        lost     | Tue 2026-03-03 10:00 | opportunity_opened |
        lost     | Wed 2026-03-04 10:00 | opportunity_lost   | reason=price
        both     | Mon 2026-03-02 10:00 | opportunity_opened |
        both     | Tue 2026-03-03 10:00 | opportunity_lost   | reason=price
        both     | Tue 2026-03-03 10:00 | rejected           | reason=not a fit
        silent   | Mon 2026-03-02 10:00 | form_submitted     |
        silent   | Tue 2026-03-03 10:00 | rejected           |
        open     | Mon 2026-03-02 10:00 | form_submitted     | reason=curious
        """,
        handoffs="""
        lead_id  | reason
        rejected | no timing
        out      | competitor
        lost     | price
        both     | price
        silent   |
        open     |
        """,
    )


def test_an_attempt_is_a_fact_of_a_kind_the_agreement_lists():
    """In the cycle, at or after the hand-off, not by a machine. Changing a status is none."""
    check(
        agreement="""
        handoff: {at: mql, attempts: [call_made, meeting_held]}
        """,
        facts="""
        lead_id | at                   | kind           | properties
        ana     | Mon 2026-03-02 10:00 | call_made      |
        ana     | Mon 2026-03-02 12:00 | form_submitted |
        ana     | Mon 2026-03-02 13:00 | call_made      | machine=true
        ana     | Mon 2026-03-02 14:00 | email_sent     |
        ana     | Mon 2026-03-02 15:00 | accepted       |
        ana     | Mon 2026-03-02 16:00 | call_made      |
        ana     | Mon 2026-03-02 17:00 | meeting_held   |
        ana     | Tue 2026-03-03 10:00 | recycled       |
        ana     | Tue 2026-03-03 11:00 | call_made      |
        bob     | Mon 2026-03-02 12:00 | form_submitted |
        """,
        handoffs="""
        lead_id | first_attempt_at     | attempts
        ana     | Mon 2026-03-02 16:00 | 2
        bob     |                      | 0
        """,
    )


def test_facts_at_the_moment_of_the_hand_off_and_at_the_end_of_the_cycle_are_attempts_too():
    """All facts of such a moment, whatever their order."""
    check(
        facts="""
        fact_id | at                   | kind
        a       | Mon 2026-03-02 12:00 | call_made
        b       | Mon 2026-03-02 12:00 | form_submitted
        c       | Tue 2026-03-03 10:00 | rejected
        d       | Tue 2026-03-03 10:00 | call_made
        """,
        handoffs="""
        first_attempt_at     | attempts
        Mon 2026-03-02 12:00 | 2
        """,
    )


def test_without_a_list_every_sales_act_is_an_attempt():
    """Calls, mails, messages, meetings booked and held; no other kind."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 12:00 | form_submitted
        Mon 2026-03-02 12:01 | assigned
        Mon 2026-03-02 12:02 | commented
        Mon 2026-03-02 12:03 | email_delivered
        Mon 2026-03-02 12:04 | call_made
        Mon 2026-03-02 12:05 | email_sent
        Mon 2026-03-02 12:06 | message_sent
        Mon 2026-03-02 12:07 | meeting_booked
        Mon 2026-03-02 12:08 | meeting_held
        """,
        handoffs="""
        first_attempt_at     | attempts
        Mon 2026-03-02 12:04 | 5
        """,
    )


def test_a_connect_is_a_fact_that_reached_the_lead():
    """By kind, or by kind and `where`; the first from the hand-off on. It need not be an attempt."""
    check(
        agreement="""
        handoff: {at: mql, attempts: [email_sent], connects: [chat_started, {fact: call_made, where: {outcome: connected}}]}
        """,
        facts="""
        lead_id | at                   | kind           | properties
        ana     | Mon 2026-03-02 11:00 | chat_started   |
        ana     | Mon 2026-03-02 12:00 | form_submitted |
        ana     | Mon 2026-03-02 13:00 | call_made      | outcome=no answer
        ana     | Mon 2026-03-02 14:00 | call_made      | outcome=Connected
        ana     | Mon 2026-03-02 15:00 | chat_started   |
        """,
        handoffs="""
        connected_at         | attempts
        Mon 2026-03-02 14:00 | 0
        """,
    )


def test_without_connects_nobody_is_connected():
    """Left out means none."""
    check(
        facts="""
        at                   | kind           | properties
        Mon 2026-03-02 12:00 | form_submitted |
        Mon 2026-03-02 13:00 | call_made      | outcome=connected
        Mon 2026-03-02 14:00 | meeting_held   |
        """,
        handoffs="""
        connected_at | attempts
                     | 2
        """,
    )


def test_each_stage_after_the_hand_off_has_a_column():
    """With the time of its entry in this cycle, implied or not."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 12:00 | form_submitted
        Tue 2026-03-03 12:00 | meeting_held
        """,
        handoffs="""
        handed_at            | sal_at               | sql_at               | customer_at
        Mon 2026-03-02 12:00 | Tue 2026-03-03 12:00 | Tue 2026-03-03 12:00 |
        """,
    )


def test_the_amount_won_is_the_sum_of_the_last_wins_of_each_opportunity():
    """Of this cycle. Without a win, or without an amount, it is 0."""
    check(
        facts="""
        lead_id | at                   | kind            | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | form_submitted  |                |
        ana     | Tue 2026-03-03 10:00 | opportunity_won | o1             | 1000
        ana     | Tue 2026-03-03 11:00 | opportunity_won | o2             | 500.50
        ana     | Tue 2026-03-03 12:00 | opportunity_won | o1             | 1200
        ana     | Wed 2026-03-04 10:00 | recycled        |                |
        ana     | Thu 2026-03-05 10:00 | form_submitted  |                |
        ana     | Fri 2026-03-06 10:00 | opportunity_won | o3             | 70
        bob     | Mon 2026-03-02 10:00 | form_submitted  |                |
        bob     | Tue 2026-03-03 10:00 | opportunity_won | o4             |
        cid     | Mon 2026-03-02 10:00 | form_submitted  |                | 99
        dan     | Mon 2026-03-02 10:00 | opportunity_won | o5             | 1000
        dan     | Tue 2026-03-03 10:00 | recycled        |                |
        dan     | Wed 2026-03-04 10:00 | opportunity_won | o5             | 500
        """,
        handoffs="""
        lead_id | cycle | won_amount
        ana     | 1     | 1700.50
        ana     | 2     | 70
        bob     | 1     | 0
        cid     | 1     | 0
        dan     | 1     | 1000
        dan     | 2     | 500
        """,
    )


def test_what_is_lost_after_its_win_was_not_won():
    """Whenever that happens, in this cycle or a later one. Won once more, it counts again, for the cycle in which that was."""
    check(
        facts="""
        lead_id | at                   | kind             | opportunity_id | amount
        same    | Mon 2026-03-02 10:00 | form_submitted   |                |
        same    | Tue 2026-03-03 10:00 | opportunity_won  | o1             | 1000
        same    | Wed 2026-03-04 10:00 | opportunity_won  | o2             | 200
        same    | Thu 2026-03-05 10:00 | opportunity_lost | o1             |
        later   | Mon 2026-03-02 10:00 | form_submitted   |                |
        later   | Tue 2026-03-03 10:00 | opportunity_won  | o3             | 1000
        later   | Wed 2026-03-04 10:00 | recycled         |                |
        later   | Thu 2026-03-05 10:00 | opportunity_lost | o3             |
        again   | Mon 2026-03-02 10:00 | opportunity_won  | o4             | 1000
        again   | Mon 2026-03-02 11:00 | opportunity_won  | o5             | 50
        again   | Tue 2026-03-03 10:00 | opportunity_lost | o4             |
        again   | Wed 2026-03-04 10:00 | opportunity_won  | o4             | 900
        next    | Mon 2026-03-02 10:00 | opportunity_won  | o6             | 1000
        next    | Tue 2026-03-03 10:00 | recycled         |                |
        next    | Wed 2026-03-04 10:00 | opportunity_lost | o6             |
        next    | Thu 2026-03-05 10:00 | opportunity_won  | o6             | 900
        """,
        handoffs="""
        lead_id | cycle | won_amount
        same    | 1     | 200
        later   | 1     | 0
        again   | 1     | 950
        next    | 1     | 0
        next    | 2     | 900
        """,
    )


def test_wins_without_an_id_are_of_one_opportunity():
    """The last of them counts, and any loss without an id takes it back."""
    check(
        facts="""
        lead_id | at                   | kind             | amount
        ana     | Mon 2026-03-02 10:00 | opportunity_won  | 1000
        ana     | Tue 2026-03-03 10:00 | opportunity_won  | 300
        bob     | Mon 2026-03-02 10:00 | opportunity_won  | 1000
        bob     | Tue 2026-03-03 10:00 | opportunity_lost |
        """,
        handoffs="""
        lead_id | cycle | won_amount
        ana     | 1     | 300
        bob     | 1     | 0
        """,
    )


def test_without_a_calendar_there_are_no_business_minutes():
    """Null: nobody has agreed on working hours."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 12:00 | form_submitted
        Mon 2026-03-02 13:00 | call_made
        """,
        handoffs="""
        first_attempt_at     | business_minutes_to_first_attempt
        Mon 2026-03-02 13:00 |
        """,
    )
