"""Versions in sequence: hand-offs and promises

Who is handed over, what for and by when goes by the version of that day, whatever comes after it.
"""

from tests.spec.tables import check

SIZE = """
personas:
  - {name: olga, when: {role: operations}, fit: [{name: size, when: {employees: {at_least: 50}}, points: 20}]}
"""
SCORED = """
grades: {A: 20}
worth: {A: 900, D: 0}
"""


def test_who_has_entered_the_new_stage_of_the_hand_off_is_handed_over_when_the_version_begins():
    """Ana has subscribed long ago; from the tenth of March on that is what sales takes over."""
    check(
        agreement="""
        stages:
          - {name: visitor, owner: marketing}
          - {name: reader, owner: marketing, when: {fact: subscribed}}
          - {name: mql, owner: marketing, when: {fact: form_submitted}}
        """,
        then="""
        in_force: {from: 2026-03-10}
        handoff: {at: reader}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | subscribed
        bob     | Mon 2026-03-02 10:00 | form_submitted
        carl    | Wed 2026-03-11 10:00 | subscribed
        """,
        handoffs="""
        lead_id | handed_at            | sourced   | mql_at
        ana     | Tue 2026-03-10 00:00 | marketing |
        bob     | Mon 2026-03-02 10:00 | marketing | Mon 2026-03-02 10:00
        carl    | Wed 2026-03-11 10:00 | marketing |
        """,
    )


def test_whoever_was_handed_over_stays_handed_over():
    """The new version hands over later; ana's hand-off is that of the old one."""
    check(
        then="""
        in_force: {from: 2026-03-10}
        handoff: {at: sql}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | form_submitted
        ana     | Wed 2026-03-11 10:00 | meeting_held
        bob     | Wed 2026-03-11 10:00 | form_submitted
        bob     | Thu 2026-03-12 10:00 | meeting_held
        """,
        handoffs="""
        lead_id | handed_at            | customer_at
        ana     | Mon 2026-03-02 10:00 |
        bob     | Thu 2026-03-12 10:00 |
        """,
    )


def test_where_checks_are_dropped_whoever_waited_is_handed_over():
    """Ana was an MQL whom nobody had passed on."""
    check(
        agreement="handoff: {at: mql, check: true}",
        then="""
        in_force: {from: 2026-03-10}
        handoff: {at: mql}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | form_submitted
        bob     | Mon 2026-03-02 10:00 | form_submitted
        bob     | Thu 2026-03-05 10:00 | passed
        """,
        as_of="Wed 2026-03-11 00:00",
        handoffs="""
        lead_id | handed_at
        ana     | Tue 2026-03-10 00:00
        bob     | Thu 2026-03-05 10:00
        """,
    )


def test_grade_and_worth_are_those_of_the_day_of_the_hand_off():
    """Whatever the next version thinks of them."""
    check(
        agreement=SIZE + SCORED,
        then="""
        in_force: {from: 2026-03-10}
        grades: {A: 30, B: 20}
        worth: {A: 900, B: 400}
        """,
        facts="""
        lead_id | at                   | kind            | properties
        ana     | Mon 2026-03-02 10:00 | profile_changed | role=operations, employees=80
        ana     | Mon 2026-03-02 11:00 | form_submitted  |
        bob     | Mon 2026-03-02 10:00 | profile_changed | role=operations, employees=80
        bob     | Wed 2026-03-11 10:00 | form_submitted  |
        """,
        handoffs="""
        lead_id | grade | worth
        ana     | A     | 900
        bob     | B     | 400
        """,
    )


def test_clocks_run_as_promised_on_the_day_of_the_hand_off():
    """The hand-off of the second of March has a day for an answer, also after the tenth."""
    check(
        agreement="""
        commitments:
          - {name: first response, by: sales, respond_within: 24h, per: month}
          - {name: verdict, by: sales, decide_within: 14d, per: month}
        """,
        then="""
        in_force: {from: 2026-03-10}
        commitments:
          - {name: first response, by: sales, respond_within: 4h, per: month}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-09 20:00 | form_submitted
        ana     | Tue 2026-03-10 06:00 | call_made
        bob     | Tue 2026-03-10 00:00 | form_submitted
        bob     | Tue 2026-03-10 06:00 | call_made
        """,
        clocks="""
        lead_id | commitment     | due_at               | state
        ana     | first response | Tue 2026-03-10 20:00 | kept
        ana     | verdict        | Mon 2026-03-23 20:00 | open
        bob     | first response | Tue 2026-03-10 04:00 | late
        """,
    )


def test_working_hours_are_those_of_the_day_of_the_hand_off():
    """New hours hold for new hand-offs."""
    check(
        agreement="""
        calendars: {default: {hours: {mon-fri: ["09:00-17:00"]}}}
        commitments:
          - {name: first response, by: sales, respond_within: 4 business hours, per: month}
        """,
        then="""
        in_force: {from: 2026-03-10}
        calendars: {default: {hours: {mon-fri: ["09:00-11:00"]}}}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-09 16:00 | form_submitted
        bob     | Tue 2026-03-10 08:00 | form_submitted
        """,
        clocks="""
        lead_id | due_at
        ana     | Tue 2026-03-10 12:00
        bob     | Wed 2026-03-11 11:00
        """,
    )


def test_what_an_attempt_is_says_the_version_of_its_day():
    """From the tenth of March on only calls count."""
    check(
        then="""
        in_force: {from: 2026-03-10}
        handoff: {at: mql, attempts: [call_made]}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        Mon 2026-03-02 11:00 | email_sent
        Wed 2026-03-11 11:00 | email_sent
        Thu 2026-03-12 11:00 | call_made
        """,
        handoffs="""
        first_attempt_at     | attempts
        Mon 2026-03-02 11:00 | 2
        """,
    )


def test_a_period_is_measured_by_the_version_in_force_at_its_end():
    """March was promised by the version that began on the tenth; a version that begins exactly at the end of a period sets it too."""
    check(
        agreement="""
        commitments:
          - {name: leads, by: marketing, deliver: mql, at_least: 2, per: month}
        """,
        then=[
            """
            in_force: {from: 2026-03-10, trial_until: 2026-04-01}
            commitments:
              - {name: leads, by: marketing, deliver: mql, at_least: 3, per: month}
            """,
            """
            in_force: {from: 2026-05-01}
            commitments:
              - {name: leads, by: marketing, deliver: mql, at_least: 4, per: month}
            """,
        ],
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-02-02 10:00 | form_submitted
        bob     | Mon 2026-03-02 10:00 | form_submitted
        carl    | Wed 2026-03-11 10:00 | form_submitted
        """,
        as_of="Sat 2026-05-02 00:00",
        commitments="""
        name  | period_start | target | actual | trial
        leads | 2026-02-01   | 2      | 1      | false
        leads | 2026-03-01   | 3      | 2      | true
        leads | 2026-04-01   | 4      | 0      | false
        leads | 2026-05-01   | 4      | 0      | false
        """,
    )


def test_a_promise_that_was_dropped_keeps_the_periods_it_was_made_for():
    """And a new one has those that end while it is made. A quarter that begins with a month of the same name takes its place."""
    check(
        agreement="""
        commitments:
          - {name: leads, by: marketing, deliver: mql, at_least: 2, per: month}
          - {name: pursued, by: sales, pursue: 1, per: month}
        """,
        then="""
        in_force: {from: 2026-03-10}
        commitments:
          - {name: leads, by: marketing, deliver: mql, at_least: 9, per: quarter}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-01-12 10:00 | form_submitted
        bob     | Mon 2026-02-02 10:00 | form_submitted
        bob     | Mon 2026-02-02 11:00 | call_made
        """,
        as_of="Fri 2026-03-20 00:00",
        commitments="""
        name    | period_start | period_end | target | actual
        leads   | 2026-01-01   | 2026-04-01 | 9      | 2
        leads   | 2026-02-01   | 2026-03-01 | 2      | 1
        pursued | 2026-01-01   | 2026-02-01 | 1      | 0
        pursued | 2026-02-01   | 2026-03-01 | 1      | 1
        """,
    )
