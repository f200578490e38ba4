"""As of

Every table is as of a time. What happened later does not exist, so an earlier day can always be seen as it was, and a table of
yesterday is a part of the one of today.
"""

from tests.spec.tables import check

DOWNLOAD = """
engagement:
  - {name: download, fact: content_downloaded, points: 20, fades: [{after: 30d, to: 0%}]}
"""


def test_facts_after_the_time_do_not_exist():
    """One exactly at it does."""
    check(
        agreement=DOWNLOAD,
        facts="""
        lead_id | at                         | kind
        ana     | Mon 2026-03-02 10:00       | page_viewed
        ana     | Tue 2026-03-03 10:00       | content_downloaded
        ana     | 2026-03-03 10:00:00.000001 | form_submitted
        bob     | Wed 2026-03-04 10:00       | form_submitted
        """,
        as_of="Tue 2026-03-03 10:00",
        score_changes="""
        lead_id | at                   | points | balance
        ana     | Tue 2026-03-03 10:00 | 20     | 20
        """,
        stage_entries="""
        lead_id | stage   | entered_at           | left_at
        ana     | visitor | Mon 2026-03-02 10:00 |
        """,
    )


def test_points_fade_up_to_the_time():
    """A step exactly at it has been taken."""
    check(
        agreement=DOWNLOAD,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Mon 2026-03-02 10:01 | content_downloaded
        """,
        as_of="Wed 2026-04-01 10:00",
        score_changes="""
        at                   | fact_id | points | balance
        Mon 2026-03-02 10:00 | f1      | 20     | 20
        Mon 2026-03-02 10:01 | f2      | 20     | 40
        Wed 2026-04-01 10:00 | f1      | -20    | 20
        """,
    )


def test_a_later_correction_does_not_reach_back():
    """As of Monday the fact still counts, whatever is retracted or linked on Tuesday."""
    check(
        facts="""
        lead_id | at                   | kind           | properties
        ana     | Mon 2026-03-02 10:00 | form_submitted |
        bob     | Mon 2026-03-02 11:00 | page_viewed    |
        ana     | Tue 2026-03-03 10:00 | retracted      | fact_id=f1
        ana     | Tue 2026-03-03 10:00 | linked         | with=bob
        """,
        as_of="Mon 2026-03-02 12:00",
        stage_entries="""
        lead_id | stage   | entered_at
        ana     | visitor | Mon 2026-03-02 10:00
        ana     | mql     | Mon 2026-03-02 10:00
        bob     | visitor | Mon 2026-03-02 11:00
        """,
    )


def test_a_loss_in_the_future_takes_back_no_win():
    """As of Tuesday the deal was won."""
    check(
        facts="""
        at                   | kind             | opportunity_id | amount
        Tue 2026-03-03 10:00 | opportunity_won  | o1             | 1000
        Wed 2026-03-04 10:00 | opportunity_lost | o1             |
        """,
        as_of="Tue 2026-03-03 12:00",
        handoffs="""
        cycle | won_amount
        1     | 1000
        """,
    )


def test_the_future_is_left_out_before_duplicates_are():
    """Of two contents of one id only the one that has happened by then is there to stay."""
    check(
        facts="""
        fact_id | at                   | recorded_at          | kind
        x       | Thu 2026-03-05 10:00 | Mon 2026-03-02 08:00 | page_viewed
        x       | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | form_submitted
        """,
        as_of="Wed 2026-03-04",
        stage_entries="""
        for stage = mql
        entered_at           | fact_id
        Mon 2026-03-02 10:00 | x
        """,
    )


def test_the_first_version_judges_what_happened_before_it_too():
    """The agreement is in force from January 2026; the years before it are read by it as well."""
    check(
        agreement=DOWNLOAD,
        facts="""
        at                   | kind
        Mon 2025-03-03 10:00 | content_downloaded
        """,
        as_of="Tue 2025-03-04",
        score_changes="""
        at                   | points | balance
        Mon 2025-03-03 10:00 | 20     | 20
        """,
    )


def test_a_day_means_its_first_moment_in_the_agreements_zone():
    """As of 4 March, in Berlin, is 23:00 in London on the 3rd: what happened at midnight exactly is the last to count."""
    check(
        agreement="""
        timezone: Europe/Berlin
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Wed 2026-03-04 00:00 | page_viewed
        bob     | Wed 2026-03-04 00:01 | page_viewed
        """,
        as_of="2026-03-04",
        stage_entries="""
        lead_id | entered_at
        ana     | 2026-03-03 23:00Z
        """,
    )
