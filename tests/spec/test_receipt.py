"""The receipt: engagement

Engagement is a sum of points, and the receipt says which fact gave or lost which of them, when and by which rule. A score at any
time is the sum of all changes up to then; it starts at 0.
"""

from tests.spec.tables import check

FADING = """
engagement:
  - {name: download, fact: content_downloaded, points: 20, fades: [{after: 30d, to: 50%}, {after: 90d, to: 0%}]}
"""
LAST_TWO = """
engagement:
  - {name: download, fact: content_downloaded, points: 20, at_most: 2}
"""
LAST_ONE_FADING = """
engagement:
  - {name: download, fact: content_downloaded, points: 20, at_most: 1, fades: [{after: 30d, to: 50%}, {after: 90d, to: 0%}]}
"""


def test_a_fact_that_a_rule_counts_gives_its_points_at_its_time():
    """Without `at_most` every one counts, without `fades` for ever."""
    check(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Mon 2026-03-02 11:00 | page_viewed
        Tue 2026-03-03 10:00 | content_downloaded
        """,
        as_of="Fri 2038-01-01",
        score_changes="""
        lead_id | at                   | axis       | rule     | fact_id | points | balance | persona
        ana     | Mon 2026-03-02 10:00 | engagement | download | f1      | 20     | 20      |
        ana     | Tue 2026-03-03 10:00 | engagement | download | f3      | 20     | 40      |
        """,
    )


def test_at_each_step_of_fading_a_fact_keeps_that_share_of_its_points():
    """30 days later half of 20 is left, 90 days later nothing. The share is of the points, not of what was left before."""
    check(
        agreement=FADING,
        facts="""
        at                   | kind
        Sun 2026-03-01 10:00 | content_downloaded
        """,
        as_of="Fri 2027-01-01",
        score_changes="""
        at                   | rule     | fact_id | points | balance
        Sun 2026-03-01 10:00 | download | f1      | 20     | 20
        Tue 2026-03-31 10:00 | download | f1      | -10    | 10
        Sat 2026-05-30 10:00 | download | f1      | -10    | 0
        """,
    )


def test_fading_takes_elapsed_time():
    """A day is 24 hours, also when the clocks change in between."""
    check(
        agreement="""
        timezone: Europe/Berlin
        engagement:
          - {name: download, fact: content_downloaded, points: 20, fades: [{after: 1d, to: 50%}, {after: 2w, to: 25%}]}
        """,
        facts="""
        at                   | kind
        Sat 2026-03-28 12:00 | content_downloaded
        """,
        as_of="Thu 2026-12-31",
        score_changes="""
        at                   | fact_id | points | balance
        Sat 2026-03-28 12:00 | f1      | 20     | 20
        Sun 2026-03-29 13:00 | f1      | -10    | 10
        Sat 2026-04-11 13:00 | f1      | -5     | 5
        """,
    )


def test_at_most_n_counts_the_n_most_recent_facts():
    """When the third arrives, the first loses its points at that moment. Each line shows the balance after the whole moment."""
    check(
        agreement=LAST_TWO,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Tue 2026-03-03 10:00 | content_downloaded
        Wed 2026-03-04 10:00 | content_downloaded
        """,
        score_changes="""
        at                   | rule     | fact_id | points | balance
        Mon 2026-03-02 10:00 | download | f1      | 20     | 20
        Tue 2026-03-03 10:00 | download | f2      | 20     | 40
        Wed 2026-03-04 10:00 | download | f1      | -20    | 40
        Wed 2026-03-04 10:00 | download | f3      | 20     | 40
        """,
    )


def test_a_displaced_fact_loses_what_it_still_has_left():
    """After 40 days that is half; and it fades no more."""
    check(
        agreement=LAST_ONE_FADING,
        facts="""
        at                   | kind
        Sun 2026-03-01 10:00 | content_downloaded
        Fri 2026-04-10 10:00 | content_downloaded
        """,
        as_of="Fri 2026-06-05",
        score_changes="""
        at                   | rule     | fact_id | points | balance
        Sun 2026-03-01 10:00 | download | f1      | 20     | 20
        Tue 2026-03-31 10:00 | download | f1      | -10    | 10
        Fri 2026-04-10 10:00 | download | f1      | -10    | 20
        Fri 2026-04-10 10:00 | download | f2      | 20     | 20
        Sun 2026-05-10 10:00 | download | f2      | -10    | 10
        """,
    )


def test_a_fact_that_fades_and_is_displaced_at_once_loses_everything_in_one_line():
    """The second download comes exactly 30 days after the first."""
    check(
        agreement=LAST_ONE_FADING,
        facts="""
        at                   | kind
        Sun 2026-03-01 10:00 | content_downloaded
        Tue 2026-03-31 10:00 | content_downloaded
        """,
        score_changes="""
        at                   | rule     | fact_id | points | balance
        Sun 2026-03-01 10:00 | download | f1      | 20     | 20
        Tue 2026-03-31 10:00 | download | f1      | -20    | 20
        Tue 2026-03-31 10:00 | download | f2      | 20     | 20
        """,
    )


def test_a_fact_that_has_faded_away_still_is_one_of_the_most_recent():
    """Displacing it takes nothing more, so there is no line for it."""
    check(
        agreement=LAST_ONE_FADING,
        facts="""
        at                   | kind
        Sun 2026-03-01 10:00 | content_downloaded
        Mon 2026-06-01 10:00 | content_downloaded
        """,
        score_changes="""
        at                   | fact_id | points | balance
        Sun 2026-03-01 10:00 | f1      | 20     | 20
        Tue 2026-03-31 10:00 | f1      | -10    | 10
        Sat 2026-05-30 10:00 | f1      | -10    | 0
        Mon 2026-06-01 10:00 | f2      | 20     | 20
        """,
    )


def test_a_line_of_nothing_is_not_written():
    """Three downloads at one moment, of which two may count: the first of them gains and loses at once. A step to 100% changes nothing."""
    check(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20, at_most: 2, fades: [{after: 1d, to: 100%}, {after: 2d, to: 75%}]}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Mon 2026-03-02 10:00 | content_downloaded
        Mon 2026-03-02 10:00 | content_downloaded
        """,
        as_of="Wed 2026-03-04 10:00",
        score_changes="""
        at                   | fact_id | points | balance
        Mon 2026-03-02 10:00 | f2      | 20     | 40
        Mon 2026-03-02 10:00 | f3      | 20     | 40
        Wed 2026-03-04 10:00 | f2      | -5     | 30
        Wed 2026-03-04 10:00 | f3      | -5     | 30
        """,
    )


def test_several_facts_of_one_moment_displace_several():
    """Two new ones, of which one may count: the old one and the first of the new ones are out."""
    check(
        agreement="""
        engagement:
          - {name: signal, fact: account_signal_seen, points: 20, at_most: 1}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | account_signal_seen
        Tue 2026-03-03 10:00 | account_signal_seen
        Tue 2026-03-03 10:00 | account_signal_seen
        """,
        score_changes="""
        at                   | rule   | fact_id | points | balance
        Mon 2026-03-02 10:00 | signal | f1      | 20     | 20
        Tue 2026-03-03 10:00 | signal | f1      | -20    | 20
        Tue 2026-03-03 10:00 | signal | f3      | 20     | 20
        """,
    )


def test_each_rule_counts_its_own_facts():
    """`at_most` is of a rule: a fact that its `where` leaves out displaces nothing."""
    check(
        agreement="""
        engagement:
          - {name: pricing, fact: page_viewed, where: {url: {contains: /pricing}}, points: 5, at_most: 1}
          - {name: careers, fact: page_viewed, where: {url: {contains: /careers}}, points: -10, at_most: 1}
        """,
        facts="""
        at                   | kind        | properties
        Mon 2026-03-02 10:00 | page_viewed | url=/pricing
        Tue 2026-03-03 10:00 | page_viewed | url=/careers
        Wed 2026-03-04 10:00 | page_viewed | url=/
        """,
        score_changes="""
        at                   | rule    | fact_id | points | balance
        Mon 2026-03-02 10:00 | pricing | f1      | 5      | 5
        Tue 2026-03-03 10:00 | careers | f2      | -10    | -5
        """,
    )


def test_one_fact_may_hit_several_rules():
    """There is one line for each, and both show the balance after the moment."""
    check(
        agreement="""
        engagement:
          - {name: any page, fact: page_viewed, points: 1}
          - {name: pricing, fact: page_viewed, where: {url: {contains: /pricing}}, points: 5}
        """,
        facts="""
        at                   | kind        | properties
        Mon 2026-03-02 10:00 | page_viewed | url=/pricing
        """,
        score_changes="""
        at                   | rule     | fact_id | points | balance
        Mon 2026-03-02 10:00 | any page | f1      | 1      | 6
        Mon 2026-03-02 10:00 | pricing  | f1      | 5      | 6
        """,
    )


def test_what_one_fact_gains_and_another_loses_at_one_moment_shares_a_balance():
    """The first download fades at the very time of the second."""
    check(
        agreement=FADING,
        facts="""
        at                   | kind
        Sun 2026-03-01 10:00 | content_downloaded
        Tue 2026-03-31 10:00 | content_downloaded
        """,
        score_changes="""
        at                   | fact_id | points | balance
        Sun 2026-03-01 10:00 | f1      | 20     | 20
        Tue 2026-03-31 10:00 | f1      | -10    | 30
        Tue 2026-03-31 10:00 | f2      | 20     | 30
        """,
    )


def test_negative_points_count_below_zero_and_fade_too():
    """Somebody unsubscribes; the grudge halves after 30 days."""
    check(
        agreement="""
        engagement:
          - {name: leaver, fact: unsubscribed, points: -30, fades: [{after: 30d, to: 50%}]}
        """,
        facts="""
        at                   | kind
        Sun 2026-03-01 10:00 | unsubscribed
        """,
        as_of="Wed 2026-04-01",
        score_changes="""
        at                   | rule   | fact_id | points | balance
        Sun 2026-03-01 10:00 | leaver | f1      | -30    | -30
        Tue 2026-03-31 10:00 | leaver | f1      | 15     | -15
        """,
    )


def test_negative_points_can_be_displaced_as_well():
    """Only the latest unsubscription counts."""
    check(
        agreement="""
        engagement:
          - {name: leaver, fact: unsubscribed, points: -30, at_most: 1}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | unsubscribed
        Tue 2026-03-03 10:00 | unsubscribed
        """,
        score_changes="""
        at                   | fact_id | points | balance
        Mon 2026-03-02 10:00 | f1      | -30    | -30
        Tue 2026-03-03 10:00 | f1      | 30     | -30
        Tue 2026-03-03 10:00 | f2      | -30    | -30
        """,
    )


def test_what_is_left_is_rounded_to_hundredths_half_away_from_zero():
    """Half of 0.05 is 0.025, so 0.03 is left and 0.02 is lost; below zero likewise. Receipts add up exactly."""
    check(
        agreement="""
        engagement:
          - {name: a, fact: page_viewed, points: 0.05, fades: [{after: 1d, to: 50%}, {after: 2d, to: 0%}]}
          - {name: b, fact: page_viewed, points: -0.05, fades: [{after: 1h, to: 50%}, {after: 2h, to: 0%}]}
          - {name: c, fact: page_viewed, points: 10.01, fades: [{after: 5d, to: 50%}, {after: 6d, to: 33%}]}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        """,
        as_of="Mon 2026-03-09",
        score_changes="""
        at                   | rule | points | balance
        Mon 2026-03-02 10:00 | a    | 0.05   | 10.01
        Mon 2026-03-02 10:00 | b    | -0.05  | 10.01
        Mon 2026-03-02 10:00 | c    | 10.01  | 10.01
        Mon 2026-03-02 11:00 | b    | 0.02   | 10.03
        Mon 2026-03-02 12:00 | b    | 0.03   | 10.06
        Tue 2026-03-03 10:00 | a    | -0.02  | 10.04
        Wed 2026-03-04 10:00 | a    | -0.03  | 10.01
        Sat 2026-03-07 10:00 | c    | -5.00  | 5.01
        Sun 2026-03-08 10:00 | c    | -1.71  | 3.30
        """,
    )


def test_the_receipt_runs_on_through_hand_backs():
    """Points belong to the lead, not to a cycle: a download in the second cycle displaces one of the first."""
    check(
        agreement=LAST_TWO,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Tue 2026-03-03 10:00 | content_downloaded
        Wed 2026-03-04 10:00 | recycled
        Thu 2026-03-05 10:00 | content_downloaded
        """,
        score_changes="""
        at                   | fact_id | points | balance
        Mon 2026-03-02 10:00 | f1      | 20     | 20
        Tue 2026-03-03 10:00 | f2      | 20     | 40
        Thu 2026-03-05 10:00 | f1      | -20    | 40
        Thu 2026-03-05 10:00 | f4      | 20     | 40
        """,
    )


def test_the_receipt_runs_on_while_a_lead_is_in_no_cycle():
    """After a disqualification facts give their points all the same."""
    check(
        agreement="""
        engagement:
          - {name: mailing, fact: email_delivered, points: 1}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | page_viewed
        Tue 2026-03-03 10:00 | disqualified
        Wed 2026-03-04 10:00 | email_delivered
        """,
        score_changes="""
        at                   | rule    | fact_id | points | balance
        Wed 2026-03-04 10:00 | mailing | f3      | 1      | 1
        """,
        stage_entries="""
        cycle | stage   | entered_at           | left_at
        1     | visitor | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00
        """,
    )
