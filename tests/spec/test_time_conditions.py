"""Conditions on time

When a stage is entered: at the moment of a fact, when a score is reached, when the lead is somebody, or when several of these
come together. A moment is the time of any fact or score change of the lead; everything at one moment is applied together and
conditions are judged after it.
"""

from tests.spec.tables import check

DOWNLOADS_AND_FIT = """
personas:
  - name: olga
    when: {role: coo}
    fit:
      - {name: size, when: {employees: {at_least: 50}}, points: 25}
engagement:
  - {name: download, fact: content_downloaded, points: 20, fades: [{after: 10d, to: 0%}]}
"""


def mql_when(condition: str, also: str = "") -> str:
    """The stages visitor, mql, sal and sql, with this condition on mql."""
    return (
        also
        + f"""
stages:
  - {{name: visitor, owner: marketing}}
  - {{name: mql, owner: marketing, when: {condition}}}
  - {{name: sal, owner: sales, when: {{fact: accepted}}}}
  - {{name: sql, owner: sales, when: {{fact: meeting_held}}}}
"""
    )


def sql_when(condition: str, also: str = "") -> str:
    """The stages visitor, mql (a form), sal (accepted), sql and customer, with this condition on sql."""
    return (
        also
        + f"""
stages:
  - {{name: visitor, owner: marketing}}
  - {{name: mql, owner: marketing, when: {{fact: form_submitted}}}}
  - {{name: sal, owner: sales, when: {{fact: accepted}}}}
  - {{name: sql, owner: sales, when: {condition}}}
  - {{name: customer, owner: sales, when: {{fact: opportunity_won}}}}
"""
    )


def test_a_fact_condition_holds_at_the_moment_of_such_a_fact():
    """The first one of the cycle that satisfies its `where` counts."""
    check(
        agreement=mql_when("{fact: form_submitted, where: {form: demo}}"),
        facts="""
        at                   | kind           | properties
        Mon 2026-03-02 10:00 | page_viewed    |
        Mon 2026-03-02 11:00 | form_submitted | form=newsletter
        Mon 2026-03-02 12:00 | form_submitted | form=demo
        Mon 2026-03-02 13:00 | form_submitted | form=demo
        """,
        stage_entries="""
        for stage = mql
        entered_at           | fact_id
        Mon 2026-03-02 12:00 | f3
        """,
    )


def test_a_score_condition_holds_when_the_score_is_reached():
    """Exactly 40 is enough; what did it is a score, so no fact is named."""
    check(
        agreement=mql_when("{score: {engagement: 40}}", DOWNLOADS_AND_FIT),
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Tue 2026-03-03 10:00 | page_viewed
        Wed 2026-03-04 10:00 | content_downloaded
        """,
        stage_entries="""
        for stage = mql
        entered_at           | fact_id
        Wed 2026-03-04 10:00 |
        """,
    )


def test_all_scores_named_must_be_reached_at_the_same_moment():
    """An engagement that has faded before the fit is known is not enough."""
    check(
        agreement=mql_when("{score: {fit: 25, engagement: 20}}", DOWNLOADS_AND_FIT),
        facts="""
        lead_id | at                   | kind               | properties
        ana     | Mon 2026-03-02 10:00 | content_downloaded |
        ana     | Thu 2026-03-12 10:00 | profile_changed    | role=coo, employees=80
        bob     | Mon 2026-03-02 10:00 | content_downloaded |
        bob     | Thu 2026-03-12 09:59 | profile_changed    | role=coo, employees=80
        """,
        stage_entries="""
        for stage = mql
        lead_id | entered_at
        bob     | Thu 2026-03-12 09:59
        """,
    )


def test_total_is_fit_and_engagement_together():
    """25 points of fit and 20 of engagement are 45."""
    check(
        agreement=mql_when("{score: {total: 45}}", DOWNLOADS_AND_FIT),
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | profile_changed    | role=coo, employees=80
        Tue 2026-03-03 10:00 | content_downloaded |
        """,
        stage_entries="""
        for stage = mql
        entered_at
        Tue 2026-03-03 10:00
        """,
    )


def test_a_persona_condition_holds_while_the_lead_is_one_of_them():
    """Here from the moment at which the role becomes known."""
    check(
        agreement=mql_when("{persona: [olga]}", DOWNLOADS_AND_FIT),
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | page_viewed     |
        Tue 2026-03-03 10:00 | profile_changed | employees=80
        Wed 2026-03-04 10:00 | profile_changed | role=coo
        """,
        stage_entries="""
        for stage = mql
        entered_at           | fact_id
        Wed 2026-03-04 10:00 |
        """,
    )


def test_a_grade_condition_holds_while_the_fit_gives_one_of_them():
    """25 points of fit are a B here."""
    check(
        agreement=mql_when("{grade: [A, B]}", DOWNLOADS_AND_FIT + "grades: {A: 30, B: 20, C: 10}\n"),
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | page_viewed     |
        Tue 2026-03-03 10:00 | profile_changed | role=coo, employees=80
        """,
        stage_entries="""
        for stage = mql
        entered_at           | fact_id
        Tue 2026-03-03 10:00 |
        """,
    )


def test_a_state_can_hold_from_the_first_moment():
    """Below the last grade everybody is a D, from the first fact on."""
    check(
        agreement=mql_when("{grade: [D]}", "grades: {A: 30}\n"),
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        """,
        stage_entries="""
        stage   | entered_at           | left_at              | fact_id
        visitor | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f1
        mql     | Mon 2026-03-02 10:00 |                      |
        """,
    )


def test_a_score_can_be_reached_because_something_bad_fades():
    """A score change is a moment of its own, also when no fact happens."""
    check(
        agreement=mql_when(
            "{score: {engagement: 40}}",
            """
engagement:
  - {name: trial, fact: trial_started, points: 40}
  - {name: leaver, fact: unsubscribed, points: -30, fades: [{after: 30d, to: 0%}]}
""",
        ),
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | unsubscribed
        Tue 2026-03-03 10:00 | trial_started
        """,
        as_of="Thu 2026-04-30",
        stage_entries="""
        for stage = mql
        entered_at           | fact_id
        Wed 2026-04-01 10:00 |
        """,
    )


def test_everything_at_one_moment_is_applied_before_conditions_are_judged():
    """Two downloads and an unsubscription at one time are 10 points, never 40."""
    check(
        agreement=mql_when(
            "{score: {engagement: 40}}",
            """
engagement:
  - {name: download, fact: content_downloaded, points: 20}
  - {name: leaver, fact: unsubscribed, points: -30}
""",
        ),
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Mon 2026-03-02 10:00 | content_downloaded
        Mon 2026-03-02 10:00 | unsubscribed
        """,
        stage_entries="""
        stage   | entered_at
        visitor | Mon 2026-03-02 10:00
        """,
    )


def test_any_holds_with_the_first_of_its_conditions():
    """A score or a demo request, whichever comes first."""
    check(
        agreement=mql_when("{any: [{score: {engagement: 40}}, {fact: form_submitted, where: {form: demo}}]}", DOWNLOADS_AND_FIT),
        facts="""
        lead_id | at                   | kind               | properties
        ana     | Mon 2026-03-02 10:00 | form_submitted     | form=demo
        bob     | Mon 2026-03-02 10:00 | content_downloaded |
        bob     | Tue 2026-03-03 10:00 | content_downloaded |
        bob     | Wed 2026-03-04 10:00 | form_submitted     | form=demo
        """,
        stage_entries="""
        for stage = mql
        lead_id | entered_at           | fact_id
        ana     | Mon 2026-03-02 10:00 | f1
        bob     | Tue 2026-03-03 10:00 |
        """,
    )


def test_inside_all_a_fact_counts_from_then_on():
    """A download and a webinar, in whichever order: the later of the two does it."""
    check(
        agreement=mql_when("{all: [{fact: content_downloaded}, {fact: webinar_attended}]}"),
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | content_downloaded
        ana     | Tue 2026-03-03 10:00 | webinar_attended
        bob     | Mon 2026-03-02 10:00 | webinar_attended
        bob     | Thu 2026-03-05 10:00 | content_downloaded
        cid     | Mon 2026-03-02 10:00 | webinar_attended
        """,
        stage_entries="""
        for stage = mql
        lead_id | entered_at           | fact_id
        ana     | Tue 2026-03-03 10:00 | f2
        bob     | Thu 2026-03-05 10:00 | f4
        """,
    )


def test_inside_all_a_score_must_hold_at_that_very_moment():
    """The webinar counts from then on, the score only while it is there."""
    check(
        agreement=mql_when("{all: [{fact: webinar_attended}, {score: {engagement: 20}}]}", DOWNLOADS_AND_FIT),
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | webinar_attended
        ana     | Tue 2026-03-03 10:00 | content_downloaded
        bob     | Mon 2026-03-02 10:00 | content_downloaded
        bob     | Mon 2026-03-16 10:00 | webinar_attended
        """,
        stage_entries="""
        for stage = mql
        lead_id | entered_at           | fact_id
        ana     | Tue 2026-03-03 10:00 |
        """,
    )


def test_an_any_inside_all_counts_from_then_on_too():
    """A download or a webinar, and a chat: what came first is remembered."""
    check(
        agreement=mql_when("{all: [{any: [{fact: content_downloaded}, {fact: webinar_attended}]}, {fact: chat_started}]}"),
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | webinar_attended
        Tue 2026-03-03 10:00 | page_viewed
        Wed 2026-03-04 10:00 | chat_started
        """,
        stage_entries="""
        for stage = mql
        entered_at           | fact_id
        Wed 2026-03-04 10:00 | f3
        """,
    )


def test_an_all_inside_any_is_one_way_among_others():
    """Download and webinar together, or a demo request alone."""
    check(
        agreement=mql_when("{any: [{all: [{fact: content_downloaded}, {fact: webinar_attended}]}, {fact: form_submitted}]}"),
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | content_downloaded
        ana     | Tue 2026-03-03 10:00 | webinar_attended
        ana     | Wed 2026-03-04 10:00 | form_submitted
        bob     | Mon 2026-03-02 10:00 | content_downloaded
        bob     | Tue 2026-03-03 10:00 | form_submitted
        """,
        stage_entries="""
        for stage = mql
        lead_id | entered_at           | fact_id
        ana     | Tue 2026-03-03 10:00 | f2
        bob     | Tue 2026-03-03 10:00 | f5
        """,
    )


def test_only_from_asks_that_the_stage_was_entered_by_then():
    """A visit of the pricing page makes an SQL of an MQL only. At the moment of becoming an MQL is by then."""
    check(
        agreement=sql_when("{fact: page_viewed, only_from: mql}"),
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | page_viewed
        ana     | Tue 2026-03-03 10:00 | form_submitted
        ana     | Wed 2026-03-04 10:00 | page_viewed
        bob     | Mon 2026-03-02 10:00 | page_viewed
        cid     | Mon 2026-03-02 10:00 | form_submitted
        cid     | Mon 2026-03-02 10:00 | page_viewed
        """,
        stage_entries="""
        for stage = sql
        lead_id | entered_at           | fact_id
        ana     | Wed 2026-03-04 10:00 | f3
        cid     | Mon 2026-03-02 10:00 | f6
        """,
    )


def test_only_from_is_satisfied_by_a_stage_between_too():
    """Whoever was accepted without having been an MQL is past it."""
    check(
        agreement=sql_when("{fact: page_viewed, only_from: mql}"),
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | accepted
        ana     | Tue 2026-03-03 10:00 | page_viewed
        """,
        stage_entries="""
        for stage = sql
        lead_id | entered_at           | fact_id
        ana     | Tue 2026-03-03 10:00 | f2
        """,
    )


def test_only_from_is_satisfied_by_the_stage_a_lead_was_sent_back_to():
    """A lead that is returned to subscriber need not subscribe again."""
    check(
        agreement="""
        stages:
          - {name: visitor, owner: marketing}
          - {name: subscriber, owner: marketing, when: {fact: subscribed}}
          - {name: mql, owner: marketing, when: {fact: page_viewed, only_from: subscriber}}
          - {name: sal, owner: sales, when: {fact: accepted}}
        handoff: {at: mql, return_to: subscriber}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | rejected
        Wed 2026-03-04 10:00 | page_viewed
        """,
        stage_entries="""
        for stage = subscriber, mql
        cycle | stage      | entered_at           | fact_id
        2     | subscriber | Tue 2026-03-03 10:00 | f2
        2     | mql        | Wed 2026-03-04 10:00 | f3
        """,
    )


def test_only_from_starts_anew_with_each_cycle():
    """Having been an MQL in an earlier cycle does not help."""
    check(
        agreement=sql_when("{fact: page_viewed, only_from: mql}"),
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        Tue 2026-03-03 10:00 | rejected
        Wed 2026-03-04 10:00 | page_viewed
        """,
        stage_entries="""
        for stage = sql
        (none)
        """,
    )


def test_inside_all_a_fact_with_only_from_counts_only_where_it_held_at_its_moment():
    """A page that was viewed before the lead was an MQL is not remembered, one viewed afterwards is."""
    check(
        agreement=sql_when("{all: [{fact: page_viewed, only_from: mql}, {fact: chat_started}]}"),
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | page_viewed
        ana     | Tue 2026-03-03 10:00 | form_submitted
        ana     | Wed 2026-03-04 10:00 | chat_started
        ana     | Thu 2026-03-05 10:00 | page_viewed
        bob     | Mon 2026-03-02 10:00 | form_submitted
        bob     | Tue 2026-03-03 10:00 | page_viewed
        bob     | Wed 2026-03-04 10:00 | chat_started
        """,
        stage_entries="""
        for stage = sql
        lead_id | entered_at           | fact_id
        ana     | Thu 2026-03-05 10:00 | f4
        bob     | Wed 2026-03-04 10:00 | f7
        """,
    )


def test_only_from_beside_all_is_judged_when_all_of_it_holds():
    """Page and chat are remembered from before; the moment the lead becomes an MQL, everything holds."""
    check(
        agreement=sql_when("{all: [{fact: page_viewed}, {fact: chat_started}], only_from: mql}"),
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | chat_started
        Wed 2026-03-04 10:00 | form_submitted
        """,
        stage_entries="""
        for stage = mql, sql
        stage | entered_at           | fact_id
        mql   | Wed 2026-03-04 10:00 | f3
        sql   | Wed 2026-03-04 10:00 |
        """,
    )


def test_only_from_beside_any_binds_every_one_of_its_conditions():
    """A page or a chat, but of an MQL."""
    check(
        agreement=sql_when("{any: [{fact: page_viewed}, {fact: chat_started}], only_from: mql}"),
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | form_submitted
        Wed 2026-03-04 10:00 | chat_started
        """,
        stage_entries="""
        for stage = sql
        entered_at           | fact_id
        Wed 2026-03-04 10:00 | f3
        """,
    )


def test_only_from_inside_any_binds_its_own_condition_alone():
    """A page of an MQL, or a chat of anybody."""
    check(
        agreement=sql_when("{any: [{fact: page_viewed, only_from: mql}, {fact: chat_started}]}"),
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | chat_started
        """,
        stage_entries="""
        for stage = sql
        entered_at           | fact_id
        Tue 2026-03-03 10:00 | f2
        """,
    )


def test_only_from_beside_a_score_waits_for_the_stage():
    """The score is there first; it counts from the moment at which the lead is an MQL."""
    check(
        agreement=sql_when("{score: {engagement: 20}, only_from: mql}", DOWNLOADS_AND_FIT),
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Tue 2026-03-03 10:00 | form_submitted
        """,
        stage_entries="""
        for stage = sql
        entered_at           | fact_id
        Tue 2026-03-03 10:00 |
        """,
    )


def test_only_from_can_stand_beside_a_persona_and_a_grade():
    """An MQL is an SQL as soon as we know who it is."""
    check(
        agreement=sql_when(
            "{any: [{persona: [olga], only_from: sal}, {grade: [A], only_from: mql}]}", DOWNLOADS_AND_FIT + "grades: {A: 25}\n"
        ),
        facts="""
        lead_id | at                   | kind            | properties
        ana     | Mon 2026-03-02 10:00 | profile_changed | role=coo
        ana     | Tue 2026-03-03 10:00 | form_submitted  |
        ana     | Wed 2026-03-04 10:00 | accepted        |
        bob     | Mon 2026-03-02 10:00 | form_submitted  |
        bob     | Tue 2026-03-03 10:00 | profile_changed | role=coo, employees=50
        """,
        stage_entries="""
        for stage = sql
        lead_id | entered_at           | fact_id
        ana     | Wed 2026-03-04 10:00 |
        bob     | Tue 2026-03-03 10:00 |
        """,
    )
