"""The ledger

What both teams earned, in money: marketing the agreed worth of each hand-off, sales the amount of each win. What comes back is taken back,
with a row of its own at the time when it did, so that the balance of any day stays what it was.
"""

from tests.spec.tables import check

WORTH = """
worth: {D: 100}
"""


def test_a_hand_off_earns_its_worth():
    """Only marketing's own: where sales brought the lead in itself nobody delivered it. A worth of 0.00 has a row, an unknown one none."""
    check(
        agreement=WORTH,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | form_submitted
        ben     | Mon 2026-03-02 11:00 | meeting_held
        """,
        ledger="""
        at                   | team      | lead_id | cycle | reason    | opportunity_id | amount
        Mon 2026-03-02 10:00 | marketing | ana     | 1     | delivered |                | 100.00
        """,
    )
    check(
        agreement="worth: {D: 0}",
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | form_submitted
        """,
        ledger="""
        lead_id | reason    | amount
        ana     | delivered | 0.00
        """,
    )
    check(
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | form_submitted
        """,
        ledger="(none)",
    )


def test_what_sales_rejects_is_taken_back_at_the_end_of_the_cycle():
    """Also after it was accepted; each cycle earns by itself."""
    check(
        agreement=WORTH,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | form_submitted
        ana     | Tue 2026-03-03 10:00 | accepted
        ana     | Wed 2026-03-04 10:00 | rejected
        ana     | Thu 2026-03-05 10:00 | form_submitted
        """,
        ledger="""
        at                   | team      | lead_id | cycle | reason    | amount
        Mon 2026-03-02 10:00 | marketing | ana     | 1     | delivered | 100.00
        Wed 2026-03-04 10:00 | marketing | ana     | 1     | returned  | -100.00
        Thu 2026-03-05 10:00 | marketing | ana     | 2     | delivered | 100.00
        """,
    )


def test_what_ends_without_having_been_accepted_is_taken_back():
    """However it ends: recycled, disqualified or lost. A lead that was accepted stays delivered, and so does one whose cycle goes on."""
    check(
        agreement=WORTH,
        facts="""
        lead_id | at                   | kind               | opportunity_id
        ana     | Mon 2026-03-02 10:00 | form_submitted     |
        ana     | Tue 2026-03-03 10:00 | recycled           |
        ben     | Mon 2026-03-02 10:00 | form_submitted     |
        ben     | Tue 2026-03-03 10:00 | disqualified       |
        cem     | Mon 2026-03-02 10:00 | form_submitted     |
        cem     | Tue 2026-03-03 10:00 | opportunity_opened | o1
        cem     | Wed 2026-03-04 10:00 | opportunity_lost   | o1
        dan     | Mon 2026-03-02 10:00 | form_submitted     |
        dan     | Tue 2026-03-03 10:00 | accepted           |
        dan     | Wed 2026-03-04 10:00 | recycled           |
        eva     | Mon 2026-03-02 10:00 | form_submitted     |
        """,
        ledger="""
        for reason = returned
        at                   | lead_id | amount
        Tue 2026-03-03 10:00 | ana     | -100.00
        Tue 2026-03-03 10:00 | ben     | -100.00
        Wed 2026-03-04 10:00 | cem     | -100.00
        """,
    )


def test_every_win_earns_its_amount_in_the_cycle_of_the_win():
    """An opportunity won twice without a loss between counts twice here: nothing was taken back. Without an amount it is 0.00."""
    check(
        facts="""
        lead_id | at                   | kind            | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | opportunity_won | o1             | 50
        ana     | Tue 2026-03-03 10:00 | rejected        |                |
        ana     | Wed 2026-03-04 10:00 | opportunity_won | o1             | 70
        ben     | Mon 2026-03-02 10:00 | opportunity_won |                |
        """,
        ledger="""
        at                   | team  | lead_id | cycle | reason | opportunity_id | amount
        Mon 2026-03-02 10:00 | sales | ana     | 1     | won    | o1             | 50.00
        Wed 2026-03-04 10:00 | sales | ana     | 2     | won    | o1             | 70.00
        Mon 2026-03-02 10:00 | sales | ben     | 1     | won    |                | 0.00
        """,
    )


def test_a_win_is_undone_at_the_first_loss_after_it():
    """By whichever lead the opportunity has: the row carries the lead and the cycle of the win. A win after the loss stands."""
    check(
        facts="""
        lead_id | at                   | kind             | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | opportunity_won  | o1             | 50
        ben     | Tue 2026-03-03 10:00 | opportunity_lost | o1             |
        ben     | Wed 2026-03-04 10:00 | opportunity_lost | o1             |
        ana     | Thu 2026-03-05 10:00 | opportunity_won  | o1             | 60
        """,
        ledger="""
        at                   | lead_id | cycle | reason | opportunity_id | amount
        Mon 2026-03-02 10:00 | ana     | 1     | won    | o1             | 50.00
        Tue 2026-03-03 10:00 | ana     | 1     | undone | o1             | -50.00
        Thu 2026-03-05 10:00 | ana     | 1     | won    | o1             | 60.00
        """,
    )


def test_without_an_id_an_opportunity_is_one_of_its_lead():
    """The loss of another lead takes nothing back."""
    check(
        facts="""
        lead_id | at                   | kind             | amount
        ana     | Mon 2026-03-02 10:00 | opportunity_won  | 50
        ben     | Mon 2026-03-02 10:00 | opportunity_won  | 70
        ben     | Tue 2026-03-03 10:00 | opportunity_lost |
        """,
        ledger="""
        at                   | lead_id | reason | amount
        Mon 2026-03-02 10:00 | ana     | won    | 50.00
        Mon 2026-03-02 10:00 | ben     | won    | 70.00
        Tue 2026-03-03 10:00 | ben     | undone | -70.00
        """,
    )


def test_rows_of_one_key_are_one_row():
    """Two wins of one opportunity at one time are added up, and so is what is undone."""
    check(
        facts="""
        lead_id | at                   | kind             | opportunity_id | amount
        ana     | Mon 2026-03-02 10:00 | opportunity_won  | o1             | 50
        ana     | Mon 2026-03-02 10:00 | opportunity_won  | o1             | 20
        ana     | Mon 2026-03-02 10:00 | opportunity_won  | o2             | 5
        ana     | Tue 2026-03-03 10:00 | opportunity_lost | o1             |
        """,
        ledger="""
        at                   | reason | opportunity_id | amount
        Mon 2026-03-02 10:00 | won    | o1             | 70.00
        Mon 2026-03-02 10:00 | won    | o2             | 5.00
        Tue 2026-03-03 10:00 | undone | o1             | -70.00
        """,
    )
