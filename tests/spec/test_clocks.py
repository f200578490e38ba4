"""Clocks

A promise with a time has a clock for each hand-off of a lead that marketing brought in. It is kept or late, breached, still open,
or void. A breach exists when time passes, not when somebody saves.
"""

from tests.spec.tables import check

RESPOND = """
commitments:
  - {name: first response, by: sales, respond_within: 24h, share: 90%, per: month}
"""
DECIDE = """
commitments:
  - {name: verdict, by: sales, decide_within: 2d, share: 95%, per: month}
"""
PERSIST = """
handoff: {at: mql, attempts: [call_made], connects: [{fact: call_made, where: {outcome: connected}}, chat_started]}
commitments:
  - {name: persistence, by: sales, attempts: 3, within: 10d, share: 80%, per: month}
"""


def test_a_response_is_kept_by_the_first_attempt():
    """The clock starts at the hand-off."""
    check(
        agreement=RESPOND,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        Mon 2026-03-02 16:00 | call_made
        Mon 2026-03-02 17:00 | call_made
        """,
        clocks="""
        lead_id | cycle | commitment     | due_at               | kept_at              | state
        ana     | 1     | first response | Tue 2026-03-03 10:00 | Mon 2026-03-02 16:00 | kept
        """,
    )


def test_exactly_at_its_due_time_a_clock_is_kept_and_after_it_late():
    """To the microsecond."""
    check(
        agreement=RESPOND,
        facts="""
        lead_id | at                          | kind
        intime  | Mon 2026-03-02 10:00        | form_submitted
        intime  | Tue 2026-03-03 10:00        | call_made
        late    | Mon 2026-03-02 10:00        | form_submitted
        late    | 2026-03-03 10:00:00.000001  | call_made
        atonce  | Mon 2026-03-02 10:00        | form_submitted
        atonce  | Mon 2026-03-02 10:00        | call_made
        """,
        clocks="""
        lead_id | due_at               | kept_at                    | state
        intime  | Tue 2026-03-03 10:00 | Tue 2026-03-03 10:00       | kept
        late    | Tue 2026-03-03 10:00 | 2026-03-03 10:00:00.000001 | late
        atonce  | Tue 2026-03-03 10:00 | Mon 2026-03-02 10:00       | kept
        """,
    )


def test_at_its_due_time_a_clock_is_still_open():
    """Nobody has called yet, and nobody is too late."""
    check(
        agreement=RESPOND,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        """,
        as_of="Tue 2026-03-03 10:00",
        clocks="""
        due_at               | kept_at | state
        Tue 2026-03-03 10:00 |         | open
        """,
    )


def test_after_its_due_time_a_clock_is_breached():
    """A microsecond is enough."""
    check(
        agreement=RESPOND,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        """,
        as_of="2026-03-03 10:00:00.000001",
        clocks="""
        due_at               | kept_at | state
        Tue 2026-03-03 10:00 |         | breached
        """,
    )


def test_a_clock_is_void_where_the_cycle_ended_before_it_was_due():
    """Ended at or before the due time and not kept by then: it is out of every share."""
    check(
        agreement=RESPOND,
        facts="""
        lead_id | at                   | kind
        calling | Mon 2026-03-02 10:00 | form_submitted
        calling | Mon 2026-03-02 12:00 | rejected
        calling | Mon 2026-03-02 12:00 | call_made
        before  | Mon 2026-03-02 10:00 | form_submitted
        before  | Mon 2026-03-02 12:00 | rejected
        before  | Mon 2026-03-02 13:00 | call_made
        exactly | Mon 2026-03-02 10:00 | form_submitted
        exactly | Tue 2026-03-03 10:00 | disqualified
        after   | Mon 2026-03-02 10:00 | form_submitted
        after   | Tue 2026-03-03 10:01 | rejected
        tardy   | Mon 2026-03-02 10:00 | form_submitted
        tardy   | Tue 2026-03-03 11:00 | call_made
        tardy   | Tue 2026-03-03 12:00 | rejected
        """,
        as_of="Fri 2026-03-06",
        clocks="""
        lead_id | kept_at              | state
        before  |                      | void
        exactly |                      | void
        after   |                      | breached
        calling | Mon 2026-03-02 12:00 | kept
        tardy   | Tue 2026-03-03 11:00 | late
        """,
    )


def test_a_verdict_is_kept_by_any_decision():
    """Accepted, rejected, recycled or disqualified, the first of them from the hand-off on. Losing a deal is no verdict."""
    check(
        agreement=DECIDE,
        facts="""
        lead_id  | at                   | kind
        accepted | Mon 2026-03-02 10:00 | form_submitted
        accepted | Tue 2026-03-03 10:00 | accepted
        accepted | Tue 2026-03-03 11:00 | rejected
        rejected | Mon 2026-03-02 10:00 | form_submitted
        rejected | Tue 2026-03-03 10:00 | rejected
        recycled | Mon 2026-03-02 10:00 | form_submitted
        recycled | Tue 2026-03-03 10:00 | recycled
        out      | Mon 2026-03-02 10:00 | form_submitted
        out      | Tue 2026-03-03 10:00 | disqualified
        lost     | Mon 2026-03-02 10:00 | form_submitted
        lost     | Tue 2026-03-03 09:00 | opportunity_opened
        lost     | Tue 2026-03-03 10:00 | opportunity_lost
        called   | Mon 2026-03-02 10:00 | form_submitted
        called   | Tue 2026-03-03 10:00 | call_made
        """,
        as_of="Fri 2026-03-06",
        clocks="""
        lead_id  | commitment | due_at               | kept_at              | state
        accepted | verdict    | Wed 2026-03-04 10:00 | Tue 2026-03-03 10:00 | kept
        rejected | verdict    | Wed 2026-03-04 10:00 | Tue 2026-03-03 10:00 | kept
        recycled | verdict    | Wed 2026-03-04 10:00 | Tue 2026-03-03 10:00 | kept
        out      | verdict    | Wed 2026-03-04 10:00 | Tue 2026-03-03 10:00 | kept
        lost     | verdict    | Wed 2026-03-04 10:00 |                      | void
        called   | verdict    | Wed 2026-03-04 10:00 |                      | breached
        """,
    )


def test_persistence_is_kept_by_the_last_of_the_attempts_promised():
    """Three calls: the third keeps the clock, late or in time."""
    check(
        agreement=PERSIST,
        facts="""
        lead_id | at                   | kind
        three   | Mon 2026-03-02 10:00 | form_submitted
        three   | Mon 2026-03-02 11:00 | call_made
        three   | Tue 2026-03-03 11:00 | call_made
        three   | Wed 2026-03-04 11:00 | call_made
        three   | Thu 2026-03-05 11:00 | call_made
        two     | Mon 2026-03-02 10:00 | form_submitted
        two     | Mon 2026-03-02 11:00 | call_made
        two     | Tue 2026-03-03 11:00 | call_made
        late    | Mon 2026-03-02 10:00 | form_submitted
        late    | Mon 2026-03-02 11:00 | call_made
        late    | Tue 2026-03-03 11:00 | call_made
        late    | Fri 2026-03-13 11:00 | call_made
        """,
        clocks="""
        lead_id | due_at               | kept_at              | state
        three   | Thu 2026-03-12 10:00 | Wed 2026-03-04 11:00 | kept
        two     | Thu 2026-03-12 10:00 |                      | breached
        late    | Thu 2026-03-12 10:00 | Fri 2026-03-13 11:00 | late
        """,
    )


def test_reaching_the_lead_ends_the_need_for_further_attempts():
    """A connect keeps the clock where it comes before the last attempt promised."""
    check(
        agreement=PERSIST,
        facts="""
        lead_id | at                   | kind           | properties
        reached | Mon 2026-03-02 10:00 | form_submitted |
        reached | Mon 2026-03-02 11:00 | call_made      |
        reached | Tue 2026-03-03 11:00 | call_made      | outcome=connected
        chats   | Mon 2026-03-02 10:00 | form_submitted |
        chats   | Tue 2026-03-03 12:00 | chat_started   |
        tooslow | Mon 2026-03-02 10:00 | form_submitted |
        tooslow | Mon 2026-03-02 11:00 | call_made      |
        tooslow | Mon 2026-03-02 12:00 | call_made      |
        tooslow | Mon 2026-03-02 13:00 | call_made      |
        tooslow | Tue 2026-03-03 11:00 | call_made      | outcome=connected
        """,
        clocks="""
        lead_id | kept_at              | state
        reached | Tue 2026-03-03 11:00 | kept
        chats   | Tue 2026-03-03 12:00 | kept
        tooslow | Mon 2026-03-02 13:00 | kept
        """,
    )


def test_only_leads_that_marketing_brought_in_have_clocks():
    """What sales brought in itself it need not promise to answer."""
    check(
        agreement=RESPOND,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | accepted
        bob     | Mon 2026-03-02 10:00 | form_submitted
        """,
        as_of="Mon 2026-03-02 12:00",
        handoffs="""
        lead_id | sourced
        ana     | sales
        bob     | marketing
        """,
        clocks="""
        lead_id | state
        bob     | open
        """,
    )


def test_each_hand_off_has_a_clock_for_each_promise_with_a_time():
    """And none for promises without one."""
    check(
        agreement="""
        commitments:
          - {name: first response, by: sales, respond_within: 24h, share: 90%, per: month}
          - {name: verdict, by: sales, decide_within: 1w, share: 95%, per: month}
          - {name: revenue, by: both, revenue: 500000, per: quarter}
          - {name: pursued, by: sales, pursue: 100, per: month}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        Mon 2026-03-02 12:00 | rejected
        Tue 2026-03-03 10:00 | form_submitted
        Tue 2026-03-03 10:30 | email_sent
        """,
        clocks="""
        lead_id | cycle | commitment     | due_at               | kept_at              | state
        ana     | 1     | first response | Tue 2026-03-03 10:00 |                      | void
        ana     | 1     | verdict        | Mon 2026-03-09 10:00 | Mon 2026-03-02 12:00 | kept
        ana     | 2     | first response | Wed 2026-03-04 10:00 | Tue 2026-03-03 10:30 | kept
        ana     | 2     | verdict        | Tue 2026-03-10 10:00 |                      | open
        """,
    )


def test_with_a_check_the_clock_starts_when_marketing_passes_on():
    """Sales answers for the time it has the lead."""
    check(
        agreement=RESPOND
        + """
handoff: {at: mql, check: true}
""",
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        Wed 2026-03-04 10:00 | passed
        Wed 2026-03-04 12:00 | call_made
        """,
        clocks="""
        due_at               | kept_at              | state
        Thu 2026-03-05 10:00 | Wed 2026-03-04 12:00 | kept
        """,
    )


def test_minutes_hours_days_and_weeks_are_elapsed_time():
    """`90m`, `36h`, `2d` and `1w` after the hand-off, day and night."""
    check(
        agreement="""
        commitments:
          - {name: minutes, by: sales, respond_within: 90m, share: 90%, per: month}
          - {name: hours, by: sales, respond_within: 36h, share: 90%, per: month}
          - {name: days, by: sales, decide_within: 2d, share: 90%, per: month}
          - {name: weeks, by: sales, decide_within: 1w, share: 90%, per: month}
        """,
        facts="""
        at                   | kind
        Sat 2026-03-07 23:00 | form_submitted
        """,
        clocks="""
        commitment | due_at               | state
        minutes    | Sun 2026-03-08 00:30 | open
        hours      | Mon 2026-03-09 11:00 | open
        days       | Mon 2026-03-09 23:00 | open
        weeks      | Sat 2026-03-14 23:00 | open
        """,
    )


def test_times_in_hours_are_elapsed_time():
    """24 hours after Friday noon is Saturday noon, whoever works then, and an hour later on the wall where the clocks go forward."""
    check(
        agreement="""
        timezone: Europe/Berlin
        calendars:
          default: {hours: {mon-fri: ["09:00-18:00"]}}
        commitments:
          - {name: first response, by: sales, respond_within: 24h, share: 90%, per: month}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Fri 2026-03-06 12:00 | form_submitted
        bob     | Sat 2026-03-28 12:00 | form_submitted
        """,
        clocks="""
        lead_id | due_at               | state
        ana     | Sat 2026-03-07 12:00 | breached
        bob     | Sun 2026-03-29 13:00 | open
        """,
    )
