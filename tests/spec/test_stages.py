"""Stages

How far a lead has come. Stages are in order; reaching a later one implies the earlier ones, so every lead is at one stage at any time.
"""

from tests.spec.tables import check

BY_SCORE_OR_FORM = """
engagement:
  - {name: download, fact: content_downloaded, points: 20}
stages:
  - {name: visitor, owner: marketing}
  - {name: mql, owner: marketing, when: {any: [{score: {engagement: 20}}, {fact: form_submitted, where: {form: demo}}]}}
  - {name: sal, owner: sales, when: {fact: accepted}}
"""


def test_a_stage_without_a_condition_is_entered_at_the_beginning():
    """By the fact that begins the cycle, whatever it is."""
    check(
        facts="""
        fact_id | at                   | kind
        b       | Mon 2026-03-02 10:00 | profile_changed
        a       | Mon 2026-03-02 10:00 | email_delivered
        """,
        stage_entries="""
        lead_id | cycle | stage   | entered_at           | left_at | fact_id
        ana     | 1     | visitor | Mon 2026-03-02 10:00 |         | a
        """,
    )


def test_a_first_stage_with_a_condition_waits_for_it():
    """Until then the lead is at no stage."""
    check(
        agreement="""
        stages:
          - {name: subscriber, owner: marketing, when: {fact: subscribed}}
          - {name: mql, owner: marketing, when: {fact: form_submitted}}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | page_viewed
        ana     | Tue 2026-03-03 10:00 | subscribed
        bob     | Mon 2026-03-02 10:00 | page_viewed
        """,
        stage_entries="""
        lead_id | stage      | entered_at           | left_at | fact_id
        ana     | subscriber | Tue 2026-03-03 10:00 |         | f2
        """,
    )


def test_each_stage_is_left_when_the_next_is_entered():
    """The last one reached is where the lead still is."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | form_submitted
        Wed 2026-03-04 10:00 | accepted
        Thu 2026-03-05 10:00 | meeting_held
        """,
        stage_entries="""
        stage   | entered_at           | left_at              | fact_id
        visitor | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        mql     | Tue 2026-03-03 10:00 | Wed 2026-03-04 10:00 | f2
        sal     | Wed 2026-03-04 10:00 | Thu 2026-03-05 10:00 | f3
        sql     | Thu 2026-03-05 10:00 |                      | f4
        """,
    )


def test_reaching_a_later_stage_implies_the_earlier_ones():
    """Whoever has a meeting without ever having been an MQL became one at that time, by the same fact."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | meeting_held
        """,
        stage_entries="""
        stage   | entered_at           | left_at              | fact_id
        visitor | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        mql     | Tue 2026-03-03 10:00 | Tue 2026-03-03 10:00 | f2
        sal     | Tue 2026-03-03 10:00 | Tue 2026-03-03 10:00 | f2
        sql     | Tue 2026-03-03 10:00 |                      | f2
        """,
    )


def test_a_stage_that_was_implied_is_not_entered_again():
    """The form comes after the meeting; she was an MQL by then."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | meeting_held
        Wed 2026-03-04 10:00 | form_submitted
        Thu 2026-03-05 10:00 | accepted
        """,
        stage_entries="""
        for stage = mql, sal
        stage | entered_at           | fact_id
        mql   | Tue 2026-03-03 10:00 | f2
        sal   | Tue 2026-03-03 10:00 | f2
        """,
    )


def test_a_stage_is_entered_once_in_a_cycle():
    """A second form changes nothing."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        Tue 2026-03-03 10:00 | form_submitted
        """,
        stage_entries="""
        stage   | entered_at           | left_at              | fact_id
        visitor | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f1
        mql     | Mon 2026-03-02 10:00 |                      | f1
        """,
    )


def test_an_implied_entry_names_the_fact_of_the_nearest_later_stage():
    """Meeting and win at one moment: SAL and MQL are implied by the meeting, which is nearer."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | opportunity_won
        Tue 2026-03-03 10:00 | meeting_held
        """,
        stage_entries="""
        stage    | entered_at           | fact_id
        visitor  | Mon 2026-03-02 10:00 | f1
        mql      | Tue 2026-03-03 10:00 | f3
        sal      | Tue 2026-03-03 10:00 | f3
        sql      | Tue 2026-03-03 10:00 | f3
        customer | Tue 2026-03-03 10:00 | f2
        """,
    )


def test_an_own_entry_at_the_moment_of_a_later_stage_keeps_its_own_fact():
    """Form and meeting at one moment: MQL by the form, SAL implied by the meeting."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | meeting_held
        Tue 2026-03-03 10:00 | form_submitted
        """,
        stage_entries="""
        for stage = mql, sal, sql
        stage | entered_at           | fact_id
        mql   | Tue 2026-03-03 10:00 | f3
        sal   | Tue 2026-03-03 10:00 | f2
        sql   | Tue 2026-03-03 10:00 | f2
        """,
    )


def test_the_fact_of_an_entry_is_the_first_that_satisfies_the_condition():
    """Of the facts of that moment, in order. A score has no fact."""
    check(
        agreement=BY_SCORE_OR_FORM,
        facts="""
        lead_id | at                   | kind               | properties
        ana     | Mon 2026-03-02 10:00 | form_submitted     | form=newsletter
        ana     | Mon 2026-03-02 10:00 | form_submitted     | form=demo
        ana     | Mon 2026-03-02 10:00 | form_submitted     | form=demo
        bob     | Mon 2026-03-02 10:00 | content_downloaded |
        """,
        stage_entries="""
        for stage = mql
        lead_id | entered_at           | fact_id
        ana     | Mon 2026-03-02 10:00 | f2
        bob     | Mon 2026-03-02 10:00 |
        """,
    )


def test_a_fact_is_named_even_where_a_score_would_have_done_it():
    """Score and form at one moment: the form is the fact that did it."""
    check(
        agreement=BY_SCORE_OR_FORM,
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | content_downloaded |
        Mon 2026-03-02 10:00 | form_submitted     | form=demo
        """,
        stage_entries="""
        for stage = mql
        entered_at           | fact_id
        Mon 2026-03-02 10:00 | f2
        """,
    )


def test_the_fact_of_an_entry_is_sought_without_regard_to_only_from():
    """The page is a fact the condition names, though here it was the chat that did it."""
    check(
        agreement="""
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {fact: form_submitted}}
          - {name: sql, owner: sales, when: {any: [{fact: page_viewed, only_from: mql}, {fact: chat_started}]}}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Mon 2026-03-02 10:00 | chat_started
        """,
        stage_entries="""
        for stage = sql
        entered_at           | fact_id
        Mon 2026-03-02 10:00 | f1
        """,
    )


def test_a_fact_remembered_from_before_is_not_the_fact_of_the_entry():
    """The webinar was last week; what completes the condition today is a score."""
    check(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20}
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {all: [{fact: webinar_attended}, {score: {engagement: 20}}]}}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | webinar_attended
        Mon 2026-03-09 10:00 | content_downloaded
        """,
        stage_entries="""
        for stage = mql
        entered_at           | fact_id
        Mon 2026-03-09 10:00 |
        """,
    )
