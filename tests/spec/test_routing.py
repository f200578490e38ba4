"""Who gets a lead

A lead that is handed over gets a rep by `handoff.route`, with a sentence that says why. Whoever had the lead before, or has its account,
comes first; then those whom a preference names; then everybody in turn. These examples show the table of reps, the leads in
the order in which they are handed over, and who gets which.
"""

import pytest

from tests.spec.routings import routed

TEAM = """
rep   | name         | role
anna  | Anna Keller  | inside_sales
ben   | Ben Okafor   | inside_sales
carla | Carla Brandt | inside_sales
"""


@pytest.fixture(autouse=True)
def engine() -> None:
    """No engine is asked: routing is not part of a replay."""


def test_leads_go_round():
    """Whoever's last lead is longest ago is next."""
    routed(
        agreement="handoff: {at: mql, route: {by: round_robin}}",
        reps=TEAM,
        leads="""
        lead_id | at
        l1      | Mon 2026-03-02 10:00
        l2      | Mon 2026-03-02 10:00
        l3      | Mon 2026-03-02 11:00
        l4      | Mon 2026-03-02 12:00
        """,
        to="""
        lead_id | to    | why
        l1      | anna  | It is the turn of Anna Keller, one of 3 who can take it.
        l2      | ben   | turn of Ben Okafor
        l3      | carla | turn of Carla Brandt
        l4      | anna  | turn of Anna Keller
        """,
    )


def test_nobody_who_is_absent_gets_a_lead_and_who_is_back_does_not_catch_up():
    """Ben gets one when he is back, since his last one is longest ago, and then goes on in turn."""
    routed(
        agreement="handoff: {at: mql, route: {by: round_robin}}",
        reps=TEAM,
        absences="""
        rep | from       | to
        ben | 2026-03-02 | 2026-03-04
        """,
        leads="""
        lead_id | at
        l1      | Mon 2026-03-02 10:00
        l2      | Mon 2026-03-02 11:00
        l3      | Tue 2026-03-03 10:00
        l4      | Tue 2026-03-03 23:59
        l5      | Wed 2026-03-04 00:00
        l6      | Wed 2026-03-04 11:00
        """,
        to="""
        lead_id | to    | why
        l1      | anna  | one of 2 who can take it
        l2      | carla | one of 2 who can take it
        l3      | anna  | one of 2 who can take it
        l4      | carla | one of 2 who can take it
        l5      | ben   | one of 3 who can take it
        l6      | anna  | one of 3 who can take it
        """,
    )


def test_nobody_who_has_left_or_is_not_there_yet_gets_a_lead():
    """`active_from` is the first day, `active_to` the first one after."""
    routed(
        agreement="handoff: {at: mql, route: {by: round_robin}}",
        reps="""
        rep   | name         | role         | active_from | active_to
        anna  | Anna Keller  | inside_sales |             | 2026-03-03
        ben   | Ben Okafor   | inside_sales | 2026-03-03  |
        """,
        leads="""
        lead_id | at
        l1      | Mon 2026-03-02 23:59
        l2      | Tue 2026-03-03 00:00
        """,
        to="""
        lead_id | to   | why
        l1      | anna | Anna Keller is the only one who can take it.
        l2      | ben  | Ben Okafor is the only one who can take it.
        """,
    )


def test_by_weight_everybody_gets_their_share():
    """Of three leads Anna gets two and Ben one. Carla has no weight: she gets leads where nobody who has one can take them."""
    routed(
        agreement="handoff: {at: mql, route: {by: weighted, weights: {anna: 2, ben: 1}}}",
        reps=TEAM,
        absences="""
        rep  | from       | to
        anna | 2026-03-04 | 2026-03-05
        ben  | 2026-03-04 | 2026-03-05
        """,
        leads="""
        lead_id | at
        l1      | Mon 2026-03-02 10:00
        l2      | Mon 2026-03-02 10:01
        l3      | Mon 2026-03-02 10:02
        l4      | Mon 2026-03-02 10:03
        l5      | Mon 2026-03-02 10:04
        l6      | Mon 2026-03-02 10:05
        l7      | Wed 2026-03-04 10:00
        """,
        to="""
        lead_id | to    | why
        l1      | anna  | By weight it is the turn of Anna Keller, one of 2
        l2      | ben   | By weight it is the turn of Ben Okafor, one of 2
        l3      | anna  | By weight
        l4      | anna  | By weight
        l5      | ben   | By weight
        l6      | anna  | By weight
        l7      | carla | the only one
        """,
    )


def test_the_least_loaded_has_the_smallest_part_of_their_capacity_in_work():
    """Ben can take twice as many. Where somebody has no capacity, the fewest open leads decide."""
    routed(
        agreement="handoff: {at: mql, route: {by: least_loaded}}",
        reps="""
        rep   | name         | role         | capacity
        anna  | Anna Keller  | inside_sales | 2
        ben   | Ben Okafor   | inside_sales | 4
        """,
        leads="""
        lead_id | at
        l1      | Mon 2026-03-02 10:00
        l2      | Mon 2026-03-02 10:01
        l3      | Mon 2026-03-02 10:02
        l4      | Mon 2026-03-02 10:03
        """,
        to="""
        lead_id | to   | why
        l1      | anna | Anna Keller has the most room: 0 of 2 open.
        l2      | ben  | Ben Okafor has the most room: 0 of 4 open.
        l3      | ben  | Ben Okafor has the most room: 1 of 4 open.
        l4      | anna | Anna Keller has the most room: 1 of 2 open.
        """,
    )


def test_nobody_gets_more_open_leads_than_their_capacity():
    """Whatever `by` says; when everybody is full the lead waits, and the reason is told."""
    routed(
        agreement="handoff: {at: mql, route: {by: round_robin}}",
        reps="""
        rep   | name         | role         | capacity
        anna  | Anna Keller  | inside_sales | 1
        ben   | Ben Okafor   | inside_sales | 2
        """,
        leads="""
        lead_id | at
        l1      | Mon 2026-03-02 10:00
        l2      | Mon 2026-03-02 10:01
        l3      | Mon 2026-03-02 10:02
        l4      | Mon 2026-03-02 10:03
        """,
        to="""
        lead_id | to   | why
        l1      | anna | turn of Anna Keller
        l2      | ben  | only one
        l3      | ben  | only one
        l4      |      | Nobody can take it now: all 2 have as many open leads as they can take.
        """,
    )


def test_leads_like_these_go_to_those_whom_a_preference_names():
    """In turn among them. Where none of them can take it, the next preference that holds counts, and then everybody does."""
    routed(
        agreement="""
        handoff:
          at: mql
          route: {prefer: [{when: {country: AT}, to: [carla]}, {when: {country: {in: [AT, CH]}}, to: [ben, carla]}]}
        """,
        reps=TEAM,
        absences="""
        rep   | from       | to
        carla | 2026-03-03 | 2026-03-10
        ben   | 2026-03-04 | 2026-03-10
        """,
        leads="""
        lead_id | at                   | profile
        l1      | Mon 2026-03-02 10:00 | country=AT
        l2      | Mon 2026-03-02 10:01 | country=at
        l3      | Mon 2026-03-02 10:02 | country=CH
        l4      | Mon 2026-03-02 10:03 | country=DE
        l5      | Tue 2026-03-03 10:00 | country=AT
        l6      | Wed 2026-03-04 10:00 | country=AT
        l7      | Wed 2026-03-04 10:01 |
        """,
        to="""
        lead_id | to    | why
        l1      | carla | Leads like this one go to Carla Brandt first. Carla Brandt is the only one
        l2      | carla | Leads like this one go to Carla Brandt first.
        l3      | ben   | Leads like this one go to Ben Okafor or Carla Brandt first. It is the turn of Ben Okafor
        l4      | anna  | It is the turn of Anna Keller, one of 3
        l5      | ben   | Leads like this one go to Ben Okafor or Carla Brandt first. Ben Okafor is the only one
        l6      | anna  | Anna Keller is the only one
        l7      | anna  | Anna Keller is the only one
        """,
    )


def test_whoever_has_the_account_gets_the_lead_first():
    """With `account_owner_first`, also before a preference. Where they cannot take it, the turn decides, and the reason says so."""
    routed(
        agreement="handoff: {at: mql, route: {account_owner_first: true, prefer: [{when: {country: AT}, to: [carla]}]}}",
        reps=TEAM,
        absences="""
        rep | from             | to
        ben | 2026-03-03T08:00 | 2026-03-04T12:30
        """,
        leads="""
        lead_id | at                   | account | account_owner | profile
        l1      | Mon 2026-03-02 10:00 | Acme    | ben           | country=AT
        l2      | Mon 2026-03-02 10:01 | Acme    | ben           |
        l3      | Tue 2026-03-03 10:00 | Acme    | ben           |
        l4      | Wed 2026-03-04 13:00 | Acme    | dora          |
        """,
        to="""
        lead_id | to    | why
        l1      | ben   | Ben Okafor has the account Acme.
        l2      | ben   | Ben Okafor has the account Acme.
        l3      | anna  | Ben Okafor has the account Acme, but is away until Wed 4 Mar 12:30. It is the turn of Anna Keller
        l4      | carla | It is the turn of Carla Brandt
        """,
    )


def test_a_lead_that_comes_back_goes_to_whoever_had_it():
    """If they can take it: the account's owner and preferences come after that."""
    routed(
        agreement="handoff: {at: mql, route: {account_owner_first: true}}",
        reps=TEAM,
        leads="""
        lead_id | at                   | before | account_owner
        l1      | Mon 2026-03-02 10:00 | carla  | ben
        l2      | Mon 2026-03-02 10:01 | gone   | ben
        """,
        to="""
        lead_id | to    | why
        l1      | carla | Carla Brandt had this lead before.
        l2      | ben   | Ben Okafor has the lead's account.
        """,
    )


def test_who_works_now_comes_before_whose_turn_it_is():
    """Where nobody works now, it goes to whoever's working time begins first; of several, the turn decides between them."""
    routed(
        agreement="""
        timezone: Europe/Berlin
        calendars:
          default: {hours: {mon-fri: ["09:00-17:00"]}}
          new_york: {timezone: America/New_York, hours: {mon-fri: ["09:00-17:00"]}}
        handoff: {at: mql, route: {by: round_robin}}
        """,
        reps="""
        rep   | name         | role         | calendar
        anna  | Anna Keller  | inside_sales | default
        ben   | Ben Okafor   | inside_sales | default
        emma  | Emma Walsh   | inside_sales | new_york
        """,
        leads="""
        lead_id | at
        l1      | Mon 2026-03-02 10:00
        l2      | Mon 2026-03-02 20:00
        l3      | Mon 2026-03-02 20:01
        l4      | Fri 2026-03-06 23:30
        l5      | Fri 2026-03-06 23:31
        l6      | Mon 2026-03-09 15:30
        """,
        to="""
        lead_id | to   | why
        l1      | anna | one of 2
        l2      | emma | only one
        l3      | emma | only one
        l4      | ben  | Nobody works now; Ben Okafor begins Mon 9 Mar 09:00. It is the turn of Ben Okafor, one of 2
        l5      | anna | Nobody works now; Anna Keller begins Mon 9 Mar 09:00.
        l6      | emma | It is the turn of Emma Walsh, one of 3
        """,
    )


def test_inside_sales_gets_the_leads_and_sales_where_there_is_no_inside_sales():
    """Nobody of marketing is in the queue; a preference may name anybody. A rep without a role counts as sales."""
    team = """
    rep   | name         | role         | active_from
    mia   | Mia Lindqvist | marketing    |
    frida | Frida Lund   | sales        |
    gus   | Gus Meyer    |              |
    anna  | Anna Keller  | inside_sales | 2026-03-03
    """
    routed(
        agreement="handoff: {at: mql, route: {prefer: [{when: {size: {at_least: 1000}}, to: [frida]}]}}",
        reps=team,
        leads="""
        lead_id | at                   | profile
        l1      | Mon 2026-03-02 10:00 | size=10
        l2      | Mon 2026-03-02 10:01 |
        l3      | Tue 2026-03-03 10:00 |
        l4      | Tue 2026-03-03 10:01 | size=5000
        """,
        to="""
        lead_id | to    | why
        l1      | frida | one of 2
        l2      | gus   | one of 2
        l3      | anna  | only one
        l4      | frida | Leads like this one go to Frida Lund first.
        """,
    )


def test_a_lead_that_waited_too_long_goes_to_the_next_rep_and_never_to_the_same():
    """`after_breach: reassign`. Also where that one had the lead before, or has its account."""
    routed(
        agreement="handoff: {at: mql, route: {account_owner_first: true, after_breach: reassign}}",
        reps=TEAM,
        leads="""
        lead_id | at                   | not_to           | account_owner
        l1      | Mon 2026-03-02 10:00 | anna             |
        l2      | Mon 2026-03-02 10:01 | anna, BEN        | anna
        l3      | Mon 2026-03-02 10:02 | anna, ben, carla |
        """,
        to="""
        lead_id | to    | why
        l1      | ben   | one of 2
        l2      | carla | Carla Brandt is the only one who can take it.
        l3      |       | Nobody can take it now: all 3 have let it wait too long already.
        """,
    )


def test_where_nobody_can_take_a_lead_the_reason_is_told():
    """Who is away until when, and who is full; the lead waits and is tried again."""
    routed(
        agreement="handoff: {at: mql, route: {}}",
        reps="""
        rep   | name         | role         | capacity
        anna  | Anna Keller  | inside_sales |
        ben   | Ben Okafor   | inside_sales |
        carla | Carla Brandt | inside_sales | 0
        """,
        absences="""
        rep  | from       | to
        anna | 2026-03-02 | 2026-03-09
        ben  | 2026-03-01 | 2026-03-04
        ben  | 2026-03-04 | 2026-03-06
        """,
        leads="""
        lead_id | at
        l1      | Mon 2026-03-02 10:00
        """,
        to="""
        lead_id | to | why
        l1      |    | Nobody can take it now: 2 of 3 are away (Ben Okafor until Fri 6 Mar 00:00), Carla Brandt has as many open leads
        """,
    )


def test_without_anybody_in_sales_leads_wait():
    """Marketing alone takes no leads."""
    routed(
        agreement="handoff: {at: mql, route: {}}",
        reps="""
        rep | name          | role
        mia | Mia Lindqvist | marketing
        """,
        leads="""
        lead_id | at
        l1      | Mon 2026-03-02 10:00
        """,
        to="""
        lead_id | to | why
        l1      |    | Nobody in the table of reps is in sales and with the company now.
        """,
    )


def test_without_the_small_table_leads_wait():
    """The reason says which file is missing."""
    routed(
        agreement="handoff: {at: mql, route: {}}",
        reps=None,
        leads="""
        lead_id | at
        l1      | Mon 2026-03-02 10:00
        """,
        to="""
        lead_id | to | why
        l1      |    | There is no table of reps (tables/reps.csv), so nobody can be picked.
        """,
    )
