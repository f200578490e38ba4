"""Lost opportunities

When a deal is lost and nothing of the kind is left in the cycle, the lead is handed back, like after a rejection.
"""

from tests.spec.tables import check


def test_a_lost_opportunity_hands_the_lead_back():
    """If the cycle opened, moved or won it, and is left with neither an open nor a won one."""
    check(
        facts="""
        lead_id | at                   | kind               | opportunity_id
        opened  | Mon 2026-03-02 10:00 | opportunity_opened | o1
        opened  | Tue 2026-03-03 10:00 | opportunity_lost   | o1
        moved   | Mon 2026-03-02 10:00 | opportunity_moved  | o1
        moved   | Tue 2026-03-03 10:00 | opportunity_lost   | o1
        won     | Mon 2026-03-02 10:00 | opportunity_won    | o1
        won     | Tue 2026-03-03 10:00 | opportunity_lost   | o1
        """,
        stage_entries="""
        for cycle = 2
        lead_id | stage   | entered_at           | fact_id
        opened  | visitor | Tue 2026-03-03 10:00 | f2
        moved   | visitor | Tue 2026-03-03 10:00 | f4
        won     | visitor | Tue 2026-03-03 10:00 | f6
        """,
    )


def test_a_lost_opportunity_that_the_cycle_did_not_work_on_hands_nobody_back():
    """Neither one that was never opened, nor one of an earlier cycle, nor one that is lost a second time."""
    check(
        facts="""
        lead_id | at                   | kind               | opportunity_id
        never   | Mon 2026-03-02 10:00 | page_viewed        |
        never   | Tue 2026-03-03 10:00 | opportunity_lost   | o1
        earlier | Mon 2026-03-02 10:00 | opportunity_won    | o1
        earlier | Tue 2026-03-03 10:00 | recycled           |
        earlier | Wed 2026-03-04 10:00 | opportunity_lost   | o1
        twice   | Mon 2026-03-02 10:00 | opportunity_opened | o1
        twice   | Tue 2026-03-03 10:00 | opportunity_lost   | o1
        twice   | Wed 2026-03-04 10:00 | opportunity_lost   | o1
        """,
        stage_entries="""
        for stage = visitor
        lead_id | cycle | entered_at           | left_at
        never   | 1     | Mon 2026-03-02 10:00 |
        earlier | 1     | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00
        earlier | 2     | Tue 2026-03-03 10:00 |
        twice   | 1     | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00
        twice   | 2     | Tue 2026-03-03 10:00 |
        """,
    )


def test_one_that_moves_in_this_cycle_is_worked_on_by_it():
    """Opened in the first cycle, moved in the second, and lost there."""
    check(
        facts="""
        at                   | kind               | opportunity_id
        Mon 2026-03-02 10:00 | opportunity_opened | o1
        Tue 2026-03-03 10:00 | recycled           |
        Wed 2026-03-04 10:00 | opportunity_moved  | o1
        Thu 2026-03-05 10:00 | opportunity_lost   | o1
        """,
        stage_entries="""
        for stage = visitor
        cycle | entered_at           | left_at
        1     | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00
        2     | Tue 2026-03-03 10:00 | Thu 2026-03-05 10:00
        3     | Thu 2026-03-05 10:00 |
        """,
    )


def test_as_long_as_another_opportunity_is_open_or_won_the_lead_is_not_handed_back():
    """Losing the last open one does it, unless one was won."""
    check(
        facts="""
        lead_id | at                   | kind               | opportunity_id
        open    | Mon 2026-03-02 10:00 | opportunity_opened | o1
        open    | Mon 2026-03-02 11:00 | opportunity_opened | o2
        open    | Tue 2026-03-03 10:00 | opportunity_lost   | o1
        open    | Wed 2026-03-04 10:00 | opportunity_lost   | o2
        won     | Mon 2026-03-02 10:00 | opportunity_won    | o1
        won     | Mon 2026-03-02 11:00 | opportunity_opened | o2
        won     | Tue 2026-03-03 10:00 | opportunity_lost   | o2
        """,
        stage_entries="""
        for stage = visitor
        lead_id | cycle | entered_at           | left_at              | fact_id
        open    | 1     | Mon 2026-03-02 10:00 | Wed 2026-03-04 10:00 | f1
        open    | 2     | Wed 2026-03-04 10:00 |                      | f4
        won     | 1     | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | f5
        """,
    )


def test_a_lost_opportunity_that_moves_again_is_open_again():
    """So the loss of the other one does not end the cycle."""
    check(
        facts="""
        at                   | kind               | opportunity_id
        Mon 2026-03-02 10:00 | opportunity_opened | o1
        Mon 2026-03-02 11:00 | opportunity_opened | o2
        Tue 2026-03-03 10:00 | opportunity_lost   | o1
        Wed 2026-03-04 10:00 | opportunity_moved  | o1
        Thu 2026-03-05 10:00 | opportunity_lost   | o2
        """,
        stage_entries="""
        for stage = visitor
        cycle | entered_at           | left_at
        1     | Mon 2026-03-02 10:00 |
        """,
    )


def test_what_was_lost_is_judged_after_the_moment():
    """One deal is lost and another opened, or the same won again, at one time: the cycle goes on. Opened and lost at one time ends it."""
    check(
        facts="""
        lead_id | at                   | kind               | opportunity_id
        another | Mon 2026-03-02 10:00 | opportunity_opened | o1
        another | Tue 2026-03-03 10:00 | opportunity_lost   | o1
        another | Tue 2026-03-03 10:00 | opportunity_opened | o2
        again   | Mon 2026-03-02 10:00 | opportunity_opened | o1
        again   | Tue 2026-03-03 10:00 | opportunity_lost   | o1
        again   | Tue 2026-03-03 10:00 | opportunity_won    | o1
        at once | Mon 2026-03-02 10:00 | page_viewed        |
        at once | Tue 2026-03-03 10:00 | opportunity_opened | o1
        at once | Tue 2026-03-03 10:00 | opportunity_lost   | o1
        """,
        stage_entries="""
        for stage = visitor
        lead_id | cycle | entered_at           | left_at
        another | 1     | Mon 2026-03-02 10:00 |
        again   | 1     | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00
        at once | 1     | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00
        at once | 2     | Tue 2026-03-03 10:00 |
        """,
    )


def test_opportunities_without_an_id_are_one_opportunity():
    """Opened twice and lost once is lost."""
    check(
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | opportunity_opened
        Mon 2026-03-02 11:00 | opportunity_opened
        Tue 2026-03-03 10:00 | opportunity_lost
        """,
        stage_entries="""
        for stage = visitor
        cycle | entered_at           | left_at
        1     | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00
        2     | Tue 2026-03-03 10:00 |
        """,
    )


def test_opportunities_of_earlier_cycles_do_not_hold_a_lead():
    """o1 stayed open when the lead was recycled; the second cycle has lost all of its own."""
    check(
        facts="""
        at                   | kind               | opportunity_id
        Mon 2026-03-02 10:00 | opportunity_opened | o1
        Tue 2026-03-03 10:00 | recycled           |
        Wed 2026-03-04 10:00 | opportunity_opened | o2
        Thu 2026-03-05 10:00 | opportunity_lost   | o2
        """,
        stage_entries="""
        for stage = visitor
        cycle | entered_at           | left_at
        1     | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00
        2     | Tue 2026-03-03 10:00 | Thu 2026-03-05 10:00
        3     | Thu 2026-03-05 10:00 |
        """,
    )
