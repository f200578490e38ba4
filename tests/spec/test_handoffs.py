"""Hand-offs

One row for each cycle that was handed over from marketing to sales: when, by whom, to whom, worth what, and what became of it.
"""

from tests.spec.tables import check

CHECKED = """
handoff: {at: mql, check: true}
"""
OLGA = """
personas:
  - {name: olga, when: {role: coo}, fit: [{name: role, when: {role: coo}, points: 30}]}
engagement:
  - {name: download, fact: content_downloaded, points: 20}
grades: {A: 30, B: 20}
"""


def test_a_lead_is_handed_over_when_it_enters_the_stage_agreed_upon():
    """`handoff.at` names it. Each cycle that gets there is a hand-off of its own; who never gets there has none."""
    check(
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | form_submitted
        ana     | Tue 2026-03-03 10:00 | rejected
        ana     | Wed 2026-03-04 10:00 | form_submitted
        bob     | Mon 2026-03-02 10:00 | page_viewed
        """,
        handoffs="""
        lead_id | cycle | handed_at            | sourced
        ana     | 1     | Mon 2026-03-02 10:00 | marketing
        ana     | 2     | Wed 2026-03-04 10:00 | marketing
        """,
    )


def test_with_a_check_the_hand_off_is_marketings_passing_on():
    """`check: true`: the first `passed` of the cycle hands over, or an `accepted` where sales was faster. `held` does not."""
    check(
        agreement=CHECKED,
        facts="""
        lead_id  | at                   | kind
        passed   | Mon 2026-03-02 10:00 | form_submitted
        passed   | Tue 2026-03-03 10:00 | held
        passed   | Wed 2026-03-04 10:00 | passed
        passed   | Thu 2026-03-05 10:00 | accepted
        accepted | Mon 2026-03-02 10:00 | form_submitted
        accepted | Wed 2026-03-04 10:00 | accepted
        accepted | Thu 2026-03-05 10:00 | passed
        neither  | Mon 2026-03-02 10:00 | form_submitted
        neither  | Tue 2026-03-03 10:00 | held
        """,
        handoffs="""
        lead_id  | handed_at            | sourced   | accepted_at
        passed   | Wed 2026-03-04 10:00 | marketing | Thu 2026-03-05 10:00
        accepted | Wed 2026-03-04 10:00 | marketing | Wed 2026-03-04 10:00
        """,
    )


def test_with_a_check_nobody_is_handed_over_before_the_stage_is_entered():
    """Passed on too early: the hand-off is the entry."""
    check(
        agreement=CHECKED,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | passed
        Tue 2026-03-03 10:00 | form_submitted
        Wed 2026-03-04 10:00 | passed
        """,
        handoffs="""
        handed_at
        Tue 2026-03-03 10:00
        """,
    )


def test_a_passing_on_of_an_earlier_cycle_does_not_hand_over_the_next():
    """Marketing checks again."""
    check(
        agreement=CHECKED,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        Mon 2026-03-02 11:00 | passed
        Tue 2026-03-03 10:00 | rejected
        Wed 2026-03-04 10:00 | form_submitted
        """,
        handoffs="""
        cycle | handed_at
        1     | Mon 2026-03-02 11:00
        """,
    )


def test_a_lead_is_sourced_by_marketing_where_it_met_the_rule_itself():
    """Its own entry of the hand-over stage is the entry (also at the same moment as a later stage); else sales brought it in."""
    check(
        facts="""
        lead_id | at                   | kind
        form    | Mon 2026-03-02 10:00 | form_submitted
        both    | Mon 2026-03-02 10:00 | meeting_held
        both    | Mon 2026-03-02 10:00 | form_submitted
        sales   | Mon 2026-03-02 10:00 | meeting_held
        sales   | Mon 2026-03-02 11:00 | form_submitted
        """,
        handoffs="""
        lead_id | handed_at            | sourced
        form    | Mon 2026-03-02 10:00 | marketing
        both    | Mon 2026-03-02 10:00 | marketing
        sales   | Mon 2026-03-02 10:00 | sales
        """,
    )


def test_score_persona_and_grade_are_those_at_the_hand_off():
    """Everything at that moment included, nothing that came later."""
    check(
        agreement=OLGA,
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | content_downloaded |
        Tue 2026-03-03 10:00 | form_submitted     |
        Tue 2026-03-03 10:00 | content_downloaded |
        Tue 2026-03-03 10:00 | profile_changed    | role=coo
        Wed 2026-03-04 10:00 | content_downloaded |
        Wed 2026-03-04 10:00 | profile_changed    | role=null
        """,
        handoffs="""
        persona | fit | engagement | grade
        olga    | 30  | 40         | A
        """,
    )


def test_with_a_check_the_scores_are_those_at_the_passing_on():
    """Not those at the entry of the stage."""
    check(
        agreement=OLGA + CHECKED,
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | form_submitted     |
        Tue 2026-03-03 10:00 | profile_changed    | role=coo
        Wed 2026-03-04 10:00 | passed             |
        """,
        handoffs="""
        handed_at            | persona | fit | grade
        Wed 2026-03-04 10:00 | olga    | 30  | A
        """,
    )


def test_the_engagement_at_a_hand_off_is_the_whole_balance():
    """Also in a later cycle, where conditions count only what that cycle earned."""
    check(
        agreement=OLGA,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Mon 2026-03-02 11:00 | form_submitted
        Tue 2026-03-03 10:00 | rejected
        Wed 2026-03-04 10:00 | content_downloaded
        Wed 2026-03-04 11:00 | form_submitted
        """,
        handoffs="""
        cycle | engagement
        1     | 20
        2     | 40
        """,
    )


def test_the_worth_is_that_of_the_grade():
    """0 for a grade without a price."""
    check(
        agreement=OLGA + "worth: {A: 900, B: 400}\n",
        facts="""
        lead_id | at                   | kind            | properties
        ana     | Mon 2026-03-02 10:00 | profile_changed | role=coo
        ana     | Mon 2026-03-02 11:00 | form_submitted  |
        bob     | Mon 2026-03-02 10:00 | form_submitted  |
        """,
        handoffs="""
        lead_id | grade | worth
        ana     | A     | 900
        bob     | D     | 0
        """,
    )


def test_an_agreement_without_prices_gives_no_worth():
    """Null, which is not the same as 0."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        """,
        handoffs="""
        grade | worth
        D     |
        """,
    )


def test_the_worth_may_depend_on_the_engagement_too():
    """The highest band of engagement that is reached counts; below all of them it is 0."""
    check(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20}
        worth: {D: {20: 100, 40: 250.50}}
        """,
        facts="""
        lead_id | at                   | kind
        none    | Mon 2026-03-02 10:00 | form_submitted
        one     | Mon 2026-03-02 10:00 | content_downloaded
        one     | Mon 2026-03-02 11:00 | form_submitted
        three   | Mon 2026-03-02 10:00 | content_downloaded
        three   | Mon 2026-03-02 10:01 | content_downloaded
        three   | Mon 2026-03-02 10:02 | content_downloaded
        three   | Mon 2026-03-02 11:00 | form_submitted
        """,
        handoffs="""
        lead_id | engagement | worth
        none    | 0          | 0
        one     | 20         | 100
        three   | 60         | 250.50
        """,
    )


def test_the_campaign_is_that_of_the_last_touch_with_one():
    """Of the lead's, at or before the hand-off, in whichever cycle. What others did (a mail delivered, a call) is no touch."""
    check(
        facts="""
        lead_id | at                   | kind            | campaign
        ana     | Mon 2026-03-02 10:00 | ad_clicked      | spring
        ana     | Mon 2026-03-02 11:00 | page_viewed     |
        ana     | Mon 2026-03-02 12:00 | email_delivered | mailing
        ana     | Mon 2026-03-02 13:00 | unsubscribed    | mailing
        ana     | Mon 2026-03-02 14:00 | call_made       | calls
        ana     | Tue 2026-03-03 10:00 | form_submitted  |
        ana     | Tue 2026-03-03 11:00 | ad_clicked      | autumn
        bob     | Mon 2026-03-02 10:00 | ad_clicked      | spring
        bob     | Tue 2026-03-03 10:00 | recycled        | hand-backs
        bob     | Wed 2026-03-04 10:00 | form_submitted  |
        cid     | Mon 2026-03-02 10:00 | form_submitted  |
        dan     | Mon 2026-03-02 10:00 | form_submitted  | spring
        dan     | Mon 2026-03-02 10:00 | page_viewed     | brand
        """,
        handoffs="""
        lead_id | cycle | campaign
        ana     | 1     | spring
        bob     | 2     | spring
        cid     | 1     |
        dan     | 1     | brand
        """,
    )


def test_the_rep_is_who_was_responsible_first():
    """The last assignment of the cycle at or before the hand-off, else the first after it."""
    check(
        facts="""
        lead_id | at                   | kind           | properties
        at      | Mon 2026-03-02 12:00 | form_submitted |
        at      | Mon 2026-03-02 12:00 | assigned       | to=tom@hart.example
        at      | Mon 2026-03-02 12:00 | assigned       | to=sam@hart.example
        at      | Mon 2026-03-02 14:00 | assigned       | to=rita@hart.example
        before  | Mon 2026-03-02 10:00 | assigned       | to=rita@hart.example
        before  | Mon 2026-03-02 11:00 | assigned       | to=sam@hart.example
        before  | Mon 2026-03-02 12:00 | form_submitted |
        before  | Mon 2026-03-02 13:00 | assigned       | to=tom@hart.example
        after   | Mon 2026-03-02 12:00 | form_submitted |
        after   | Mon 2026-03-02 13:00 | assigned       | to=tom@hart.example
        after   | Mon 2026-03-02 14:00 | assigned       | to=rita@hart.example
        """,
        handoffs="""
        lead_id | rep               | owner
        at      | sam@hart.example  | rita@hart.example
        before  | sam@hart.example  | tom@hart.example
        after   | tom@hart.example  | rita@hart.example
        """,
    )


def test_a_rep_of_an_earlier_cycle_is_responsible_until_another_is_named():
    """The lead's last assignment before the cycle, where this cycle has none; else whoever made the first attempt; else nobody."""
    check(
        facts="""
        lead_id | at                   | kind           | actor             | properties
        earlier | Mon 2026-03-02 10:00 | assigned       |                   | to=rita@hart.example
        earlier | Mon 2026-03-02 11:00 | assigned       |                   | to=sam@hart.example
        earlier | Tue 2026-03-03 10:00 | recycled       |                   |
        earlier | Wed 2026-03-04 10:00 | form_submitted |                   |
        earlier | Wed 2026-03-04 11:00 | call_made      | tom@hart.example  |
        anew    | Mon 2026-03-02 10:00 | assigned       |                   | to=rita@hart.example
        anew    | Tue 2026-03-03 10:00 | recycled       |                   |
        anew    | Wed 2026-03-04 10:00 | form_submitted |                   |
        anew    | Wed 2026-03-04 11:00 | assigned       |                   | to=tom@hart.example
        attempt | Wed 2026-03-04 09:00 | call_made      | rita@hart.example |
        attempt | Wed 2026-03-04 10:00 | form_submitted |                   |
        attempt | Wed 2026-03-04 11:00 | call_made      | tom@hart.example  |
        attempt | Wed 2026-03-04 12:00 | call_made      | rita@hart.example |
        nobody  | Wed 2026-03-04 10:00 | form_submitted | mia@hart.example  |
        """,
        handoffs="""
        lead_id | cycle | rep              | owner
        earlier | 2     | sam@hart.example | sam@hart.example
        anew    | 2     | tom@hart.example | tom@hart.example
        attempt | 1     | tom@hart.example | tom@hart.example
        nobody  | 1     |                  |
        """,
    )


def test_an_assignment_without_a_name_names_nobody():
    """It is skipped wherever a name is sought; that the lead was assigned it says all the same."""
    check(
        facts="""
        at                   | kind           | properties
        Mon 2026-03-02 10:00 | assigned       | to=rita@hart.example
        Mon 2026-03-02 11:00 | assigned       |
        Mon 2026-03-02 12:00 | form_submitted |
        Mon 2026-03-02 13:00 | assigned       | to=""
        """,
        handoffs="""
        rep               | owner             | assigned_at
        rita@hart.example | rita@hart.example | Mon 2026-03-02 13:00
        """,
    )


def test_assigned_at_is_the_first_assignment_from_the_hand_off_on():
    """Or the hand-off itself, where the lead was assigned earlier in the cycle and not after; else null."""
    check(
        facts="""
        lead_id | at                   | kind           | properties
        after   | Mon 2026-03-02 10:00 | assigned       | to=rita@hart.example
        after   | Mon 2026-03-02 12:00 | form_submitted |
        after   | Mon 2026-03-02 13:00 | assigned       | to=tom@hart.example
        after   | Mon 2026-03-02 14:00 | assigned       | to=tom@hart.example
        before  | Mon 2026-03-02 10:00 | assigned       | to=rita@hart.example
        before  | Mon 2026-03-02 12:00 | form_submitted |
        cycle   | Mon 2026-03-02 10:00 | assigned       | to=rita@hart.example
        cycle   | Mon 2026-03-02 11:00 | recycled       |
        cycle   | Mon 2026-03-02 12:00 | form_submitted |
        """,
        handoffs="""
        lead_id | handed_at            | assigned_at
        after   | Mon 2026-03-02 12:00 | Mon 2026-03-02 13:00
        before  | Mon 2026-03-02 12:00 | Mon 2026-03-02 12:00
        cycle   | Mon 2026-03-02 12:00 |
        """,
    )
