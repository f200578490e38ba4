"""Cycles

A lead that sales sends back begins again, and every cycle keeps its own dates for ever.
"""

from tests.spec.tables import check

SUBSCRIBERS = """
stages:
  - {name: visitor, owner: marketing}
  - {name: subscriber, owner: marketing, when: {fact: subscribed}}
  - {name: mql, owner: marketing, when: {fact: form_submitted}}
  - {name: sal, owner: sales, when: {fact: accepted}}
handoff: {at: mql, return_to: subscriber}
"""
FORTY_POINTS = """
engagement:
  - {name: download, fact: content_downloaded, points: 20, fades: [{after: 30d, to: 0%}]}
  - {name: leaver, fact: unsubscribed, points: -30}
stages:
  - {name: visitor, owner: marketing}
  - {name: mql, owner: marketing, when: {score: {engagement: 40}}}
"""


def test_the_first_cycle_begins_with_the_first_fact():
    """And includes it: the first fact can already be the one that makes an MQL."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        """,
        stage_entries="""
        cycle | stage   | entered_at           | left_at              | fact_id
        1     | visitor | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f1
        1     | mql     | Mon 2026-03-02 10:00 |                      | f1
        """,
    )


def test_a_rejection_ends_the_cycle_and_begins_the_next():
    """The lead is back at the stage before the hand-off, unless the agreement says otherwise."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | form_submitted
        Wed 2026-03-04 10:00 | rejected
        Thu 2026-03-05 10:00 | form_submitted
        """,
        stage_entries="""
        cycle | stage   | entered_at           | left_at              | fact_id
        1     | visitor | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        1     | mql     | Tue 2026-03-03 10:00 | Wed 2026-03-04 10:00 | f2
        2     | visitor | Wed 2026-03-04 10:00 | Thu 2026-03-05 10:00 | f3
        2     | mql     | Thu 2026-03-05 10:00 |                      | f4
        """,
    )


def test_a_lead_that_is_recycled_returns_to_the_stage_agreed_upon():
    """`return_to` and the stages before it are entered at the begin of the cycle, by the fact that began it."""
    check(
        agreement=SUBSCRIBERS,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | form_submitted
        Wed 2026-03-04 10:00 | recycled
        Thu 2026-03-05 10:00 | subscribed
        """,
        stage_entries="""
        cycle | stage      | entered_at           | left_at              | fact_id
        1     | visitor    | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f1
        1     | subscriber | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f1
        1     | mql        | Mon 2026-03-02 10:00 | Wed 2026-03-04 10:00 | f1
        2     | visitor    | Wed 2026-03-04 10:00 | Wed 2026-03-04 10:00 | f2
        2     | subscriber | Wed 2026-03-04 10:00 |                      | f2
        """,
    )


def test_a_lead_that_was_never_handed_over_can_be_sent_back_too():
    """The cycle is counted all the same; it is only no hand-off."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | recycled
        Wed 2026-03-04 10:00 | recycled
        """,
        stage_entries="""
        cycle | stage   | entered_at           | left_at              | fact_id
        1     | visitor | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        2     | visitor | Tue 2026-03-03 10:00 | Wed 2026-03-04 10:00 | f2
        3     | visitor | Wed 2026-03-04 10:00 |                      | f3
        """,
        handoffs="(none)",
    )


def test_several_hand_backs_at_one_time_count_once():
    """The first of them, in order, is the one that began the cycle."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | recycled
        Tue 2026-03-03 10:00 | rejected
        """,
        stage_entries="""
        cycle | stage   | entered_at           | left_at              | fact_id
        1     | visitor | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        2     | visitor | Tue 2026-03-03 10:00 |                      | f2
        """,
    )


def test_a_fact_at_the_end_of_a_cycle_belongs_to_it():
    """A form at the very moment of the rejection makes an MQL of the cycle that ends there, not of the next."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | rejected
        Tue 2026-03-03 10:00 | form_submitted
        """,
        stage_entries="""
        cycle | stage   | entered_at           | left_at              | fact_id
        1     | visitor | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        1     | mql     | Tue 2026-03-03 10:00 | Tue 2026-03-03 10:00 | f3
        2     | visitor | Tue 2026-03-03 10:00 |                      | f2
        """,
    )


def test_a_first_fact_that_is_a_hand_back_begins_two_cycles():
    """One that ends where it begins, and the next."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | rejected
        """,
        stage_entries="""
        cycle | stage   | entered_at           | left_at              | fact_id
        1     | visitor | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f1
        2     | visitor | Mon 2026-03-02 10:00 |                      | f1
        """,
    )


def test_facts_of_an_earlier_cycle_are_not_remembered():
    """Also inside `all`: webinar and download must both be of this cycle."""
    check(
        agreement="""
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {all: [{fact: webinar_attended}, {fact: content_downloaded}]}}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | webinar_attended
        Tue 2026-03-03 10:00 | recycled
        Wed 2026-03-04 10:00 | content_downloaded
        """,
        stage_entries="""
        for stage = mql
        (none)
        """,
    )


def test_a_disqualification_ends_the_cycle_and_the_next_begins_with_a_touch():
    """What lies between belongs to no cycle. It is no hand-back: nobody is returned to subscriber. The touch itself counts at once."""
    check(
        agreement=SUBSCRIBERS,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | subscribed
        Tue 2026-03-03 10:00 | disqualified
        Wed 2026-03-04 10:00 | email_sent
        Thu 2026-03-05 10:00 | recycled
        Fri 2026-03-06 10:00 | page_viewed
        Mon 2026-03-09 10:00 | form_submitted
        """,
        stage_entries="""
        cycle | stage      | entered_at           | left_at              | fact_id
        1     | visitor    | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f1
        1     | subscriber | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        2     | visitor    | Fri 2026-03-06 10:00 | Mon 2026-03-09 10:00 | f5
        2     | subscriber | Mon 2026-03-09 10:00 | Mon 2026-03-09 10:00 | f6
        2     | mql        | Mon 2026-03-09 10:00 |                      | f6
        """,
    )


def test_what_the_lead_does_and_what_wins_it_back_begins_a_cycle_after_a_disqualification():
    """A touch, an opportunity's fact other than a loss, an acceptance or a meeting; each lead here was disqualified on Monday."""
    begins = (
        "page_viewed content_downloaded comment_posted subscribed form_submitted email_opened email_clicked ad_clicked "
        "webinar_attended event_attended chat_started trial_started referral_submitted demo_day_visited opportunity_opened "
        "opportunity_moved opportunity_won customer_renewed customer_churned accepted meeting_held"
    ).split()
    check(
        facts=after_disqualification(begins),
        stage_entries="\n".join(
            ["for cycle = 2", "for stage = visitor", "lead_id | stage | entered_at | fact_id"]
            + [f"{kind} | visitor | Tue 2026-03-03 10:00 | f{2 * number}" for number, kind in enumerate(begins, 1)]
        ),
    )


def test_what_others_do_begins_no_cycle_after_a_disqualification():
    """Mails delivered, an unsubscription, the work of sales, a lost deal, further hand-backs: the lead stays out."""
    nothing = (
        "email_delivered unsubscribed call_made email_sent message_sent meeting_booked passed held assigned rejected recycled "
        "disqualified held_out opportunity_lost obstacle_noted snoozed commented attached profile_changed"
    ).split()
    check(
        facts=after_disqualification(nothing),
        stage_entries="""
        for cycle = 2
        (none)
        """,
    )


def after_disqualification(kinds: list[str]) -> str:
    lines = [f"{kind} | Mon 2026-03-02 10:00 | disqualified\n{kind} | Tue 2026-03-03 10:00 | {kind}" for kind in kinds]
    return "\n".join(["lead_id | at | kind", *lines])


def test_a_disqualification_wins_over_a_hand_back_at_the_same_time():
    """Nothing begins, until the lead does something. A touch at that moment belongs to the cycle that ends."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | rejected
        Tue 2026-03-03 10:00 | disqualified
        Tue 2026-03-03 10:00 | page_viewed
        """,
        stage_entries="""
        cycle | stage   | entered_at           | left_at              | fact_id
        1     | visitor | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        """,
    )


def test_a_cycle_can_begin_and_end_at_one_moment():
    """A page view begins it, a disqualification at the same time ends it."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | disqualified
        Tue 2026-03-03 10:00 | page_viewed
        Tue 2026-03-03 10:00 | disqualified
        Wed 2026-03-04 10:00 | page_viewed
        """,
        stage_entries="""
        cycle | stage   | entered_at           | left_at              | fact_id
        1     | visitor | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f1
        2     | visitor | Tue 2026-03-03 10:00 | Tue 2026-03-03 10:00 | f2
        3     | visitor | Wed 2026-03-04 10:00 |                      | f4
        """,
    )


def test_a_lead_that_was_sent_back_has_to_earn_its_way():
    """In a later cycle engagement is what the facts of that cycle have earned: two more downloads, though the balance stands at 40."""
    check(
        agreement=FORTY_POINTS,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Tue 2026-03-03 10:00 | content_downloaded
        Wed 2026-03-04 10:00 | rejected
        Thu 2026-03-05 10:00 | content_downloaded
        Fri 2026-03-06 10:00 | content_downloaded
        """,
        stage_entries="""
        for stage = mql
        cycle | entered_at
        1     | Tue 2026-03-03 10:00
        2     | Fri 2026-03-06 10:00
        """,
        score_changes="""
        for fact_id = f5
        at                   | points | balance
        Fri 2026-03-06 10:00 | 20     | 80
        """,
    )


def test_what_a_cycle_has_earned_and_lost_again_does_not_count():
    """Faded points of this cycle are gone; negative points of this cycle count; what earlier cycles lose does not matter."""
    check(
        agreement=FORTY_POINTS,
        facts="""
        lead_id | at                   | kind
        fading  | Mon 2026-03-02 10:00 | recycled
        fading  | Tue 2026-03-03 10:00 | content_downloaded
        fading  | Thu 2026-04-02 10:00 | content_downloaded
        leaving | Mon 2026-03-02 10:00 | recycled
        leaving | Tue 2026-03-03 10:00 | content_downloaded
        leaving | Tue 2026-03-03 11:00 | unsubscribed
        leaving | Tue 2026-03-03 12:00 | content_downloaded
        leaving | Tue 2026-03-03 13:00 | content_downloaded
        leaving | Tue 2026-03-03 14:00 | content_downloaded
        earlier | Mon 2026-02-23 10:00 | content_downloaded
        earlier | Mon 2026-02-23 11:00 | unsubscribed
        earlier | Mon 2026-03-02 10:00 | recycled
        earlier | Wed 2026-03-25 10:00 | content_downloaded
        earlier | Thu 2026-03-26 10:00 | content_downloaded
        """,
        stage_entries="""
        for stage = mql
        lead_id | cycle | entered_at
        leaving | 2     | Tue 2026-03-03 14:00
        earlier | 2     | Thu 2026-03-26 10:00
        """,
    )


def test_points_that_a_later_fact_displaces_are_lost_again():
    """Of the second cycle's signals only the last counts; that they displace one of the first cycle takes nothing from the second."""
    check(
        agreement="""
        engagement:
          - {name: signal, fact: account_signal_seen, points: 20, at_most: 1}
          - {name: page, fact: page_viewed, points: 10}
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {score: {engagement: 30}}}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | account_signal_seen
        Tue 2026-03-03 10:00 | recycled
        Wed 2026-03-04 10:00 | account_signal_seen
        Thu 2026-03-05 10:00 | account_signal_seen
        Fri 2026-03-06 10:00 | page_viewed
        """,
        stage_entries="""
        for stage = mql
        cycle | entered_at
        2     | Fri 2026-03-06 10:00
        """,
    )


def test_fit_and_persona_count_from_the_first_fact_that_earns_points_in_a_later_cycle():
    """A grade A is not handed over again at once: it takes a fact of the new cycle that earns points above 0."""
    check(
        agreement="""
        personas:
          - {name: olga, when: {role: coo}, fit: [{name: role, when: {role: coo}, points: 30}]}
        engagement:
          - {name: download, fact: content_downloaded, points: 20}
          - {name: leaver, fact: unsubscribed, points: -30}
        grades: {A: 30}
        stages:
          - {name: visitor, owner: marketing}
          - {name: known, owner: marketing, when: {persona: [olga]}}
          - {name: fitting, owner: marketing, when: {score: {fit: 30}}}
          - {name: mql, owner: marketing, when: {grade: [A]}}
        handoff: {at: mql, return_to: visitor}
        """,
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | profile_changed    | role=coo
        Tue 2026-03-03 10:00 | rejected           |
        Wed 2026-03-04 10:00 | page_viewed        |
        Wed 2026-03-04 11:00 | unsubscribed       |
        Thu 2026-03-05 10:00 | content_downloaded |
        """,
        stage_entries="""
        for stage = known, fitting, mql
        cycle | stage   | entered_at           | fact_id
        1     | known   | Mon 2026-03-02 10:00 |
        1     | fitting | Mon 2026-03-02 10:00 |
        1     | mql     | Mon 2026-03-02 10:00 |
        2     | known   | Thu 2026-03-05 10:00 |
        2     | fitting | Thu 2026-03-05 10:00 |
        2     | mql     | Thu 2026-03-05 10:00 |
        """,
    )


def test_what_a_later_cycle_earned_does_not_count_for_the_one_after_it():
    """The download let the fit count in the second cycle; in the third it takes a fact that earns points once more."""
    check(
        agreement="""
        personas:
          - {name: olga, when: {role: coo}, fit: [{name: role, when: {role: coo}, points: 30}]}
        engagement:
          - {name: download, fact: content_downloaded, points: 20}
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {score: {fit: 30}}}
        handoff: {at: mql, return_to: visitor}
        """,
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | profile_changed    | role=coo
        Tue 2026-03-03 10:00 | rejected           |
        Wed 2026-03-04 10:00 | content_downloaded |
        Thu 2026-03-05 10:00 | rejected           |
        Fri 2026-03-06 10:00 | page_viewed        |
        Mon 2026-03-09 10:00 | content_downloaded |
        """,
        stage_entries="""
        for stage = mql
        cycle | stage | entered_at           | fact_id
        1     | mql   | Mon 2026-03-02 10:00 |
        2     | mql   | Wed 2026-03-04 10:00 |
        3     | mql   | Mon 2026-03-09 10:00 |
        """,
    )


def test_total_in_a_later_cycle_is_the_fit_and_what_this_cycle_earned():
    """30 points of fit are kept, the 20 of the first download are not."""
    check(
        agreement="""
        personas:
          - {name: olga, when: {role: coo}, fit: [{name: role, when: {role: coo}, points: 30}]}
        engagement:
          - {name: download, fact: content_downloaded, points: 20}
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {score: {total: 70}}}
        """,
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | profile_changed    | role=coo
        Tue 2026-03-03 10:00 | content_downloaded |
        Wed 2026-03-04 10:00 | recycled           |
        Thu 2026-03-05 10:00 | content_downloaded |
        Fri 2026-03-06 10:00 | content_downloaded |
        """,
        stage_entries="""
        for stage = mql
        cycle | entered_at
        2     | Fri 2026-03-06 10:00
        """,
    )


def test_the_fact_that_begins_a_cycle_after_a_disqualification_earns_points_in_it():
    """It belongs to the cycle it begins; what was earned between two cycles belongs to none."""
    check(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20}
          - {name: mailing, fact: email_delivered, points: 20}
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {score: {engagement: 40}}}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | disqualified
        Wed 2026-03-04 10:00 | email_delivered
        Thu 2026-03-05 10:00 | content_downloaded
        Fri 2026-03-06 10:00 | content_downloaded
        """,
        stage_entries="""
        for cycle = 2
        stage   | entered_at           | fact_id
        visitor | Thu 2026-03-05 10:00 | f4
        mql     | Fri 2026-03-06 10:00 |
        """,
    )
