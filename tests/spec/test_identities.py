"""Who is who

Two records turn out to be one person. That, too, is a fact (`linked`), so it can be undone (`unlinked`).
"""

from tests.spec.tables import check

SIGNAL_ONCE = """
engagement:
  - {name: account signal, fact: account_signal_seen, points: 20, at_most: 1}
"""


def test_linked_records_are_one_lead_with_the_smaller_id():
    """Everything is computed over the united facts, from the first fact of either on; order is by code point, so `Zoe` is before `ana`."""
    check(
        facts="""
        lead_id | at                   | kind           | properties
        ana     | Mon 2026-03-02 10:00 | page_viewed    |
        Zoe     | Tue 2026-03-03 10:00 | form_submitted |
        ana     | Wed 2026-03-04 10:00 | linked         | with=Zoe
        """,
        stage_entries="""
        lead_id | cycle | stage   | entered_at           | left_at              | fact_id
        Zoe     | 1     | visitor | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        Zoe     | 1     | mql     | Tue 2026-03-03 10:00 |                      | f2
        """,
    )


def test_joining_two_records_never_counts_a_point_twice():
    """A signal that counts at most once counts once for the united lead: the earlier loses what the later one gains."""
    check(
        agreement=SIGNAL_ONCE,
        facts="""
        lead_id | at                   | kind                | properties
        ana     | Mon 2026-03-02 10:00 | account_signal_seen |
        bob     | Tue 2026-03-03 10:00 | account_signal_seen |
        bob     | Wed 2026-03-04 10:00 | linked              | with=ana
        """,
        score_changes="""
        lead_id | at                   | rule           | fact_id | points | balance
        ana     | Mon 2026-03-02 10:00 | account signal | f1      | 20     | 20
        ana     | Tue 2026-03-03 10:00 | account signal | f1      | -20    | 20
        ana     | Tue 2026-03-03 10:00 | account signal | f2      | 20     | 20
        """,
    )


def test_links_are_chains():
    """Whoever is connected through others is the same lead too."""
    check(
        agreement=SIGNAL_ONCE,
        facts="""
        lead_id | at                   | kind                | properties
        cid     | Mon 2026-03-02 10:00 | account_signal_seen |
        ana     | Tue 2026-03-03 10:00 | linked              | with=bob
        cid     | Wed 2026-03-04 10:00 | linked              | with=bob
        """,
        score_changes="""
        lead_id | at                   | fact_id | points
        ana     | Mon 2026-03-02 10:00 | f1      | 20
        """,
    )


def test_an_anonymous_id_gives_no_name_to_the_lead():
    """`anonymous: true` marks the record it is linked `with`; the lead is called by its smallest id that is not anonymous."""
    check(
        facts="""
        lead_id | at                   | kind           | properties
        a-77    | Mon 2026-03-02 10:00 | page_viewed    |
        zoe     | Tue 2026-03-03 10:00 | form_submitted |
        zoe     | Tue 2026-03-03 10:00 | linked         | with=a-77, anonymous=true
        """,
        stage_entries="""
        lead_id | stage   | entered_at           | fact_id
        zoe     | visitor | Mon 2026-03-02 10:00 | f1
        zoe     | mql     | Tue 2026-03-03 10:00 | f2
        """,
    )


def test_where_all_are_anonymous_the_smallest_id_names_the_lead():
    """Two browsers that are known to be one person, and nobody knows which."""
    check(
        facts="""
        lead_id | at                   | kind        | properties
        a-2     | Mon 2026-03-02 10:00 | page_viewed |
        a-2     | Tue 2026-03-03 10:00 | linked      | with=a-1, anonymous=true
        a-1     | Tue 2026-03-03 10:00 | linked      | with=a-2, anonymous=true
        """,
        stage_entries="""
        lead_id | stage   | entered_at           | fact_id
        a-1     | visitor | Mon 2026-03-02 10:00 | f1
        """,
    )


def test_unlinked_records_are_two_leads_again():
    """The last `linked` or `unlinked` of a pair decides, from whichever side it was said."""
    check(
        facts="""
        lead_id | at                   | kind           | properties
        ana     | Mon 2026-03-02 10:00 | page_viewed    |
        bob     | Tue 2026-03-03 10:00 | form_submitted |
        ana     | Wed 2026-03-04 10:00 | linked         | with=bob
        bob     | Thu 2026-03-05 10:00 | unlinked       | with=ana
        """,
        stage_entries="""
        lead_id | stage   | entered_at           | fact_id
        ana     | visitor | Mon 2026-03-02 10:00 | f1
        bob     | visitor | Tue 2026-03-03 10:00 | f2
        bob     | mql     | Tue 2026-03-03 10:00 | f2
        """,
    )


def test_records_can_be_linked_once_more():
    """Linked, unlinked, linked: they are one."""
    check(
        facts="""
        lead_id | at                   | kind        | properties
        bob     | Mon 2026-03-02 10:00 | page_viewed |
        ana     | Wed 2026-03-04 10:00 | linked      | with=bob
        ana     | Thu 2026-03-05 10:00 | unlinked    | with=bob
        bob     | Fri 2026-03-06 10:00 | linked      | with=ana
        """,
        stage_entries="""
        lead_id | stage   | entered_at           | fact_id
        ana     | visitor | Mon 2026-03-02 10:00 | f1
        """,
    )


def test_a_retracted_link_links_nobody():
    """Corrections are applied before identities."""
    check(
        facts="""
        lead_id | at                   | kind           | properties
        ana     | Mon 2026-03-02 10:00 | page_viewed    |
        bob     | Tue 2026-03-03 10:00 | form_submitted |
        ana     | Wed 2026-03-04 10:00 | linked         | with=bob
        ana     | Thu 2026-03-05 10:00 | retracted      | fact_id=f3
        """,
        stage_entries="""
        lead_id | stage   | entered_at           | fact_id
        ana     | visitor | Mon 2026-03-02 10:00 | f1
        bob     | visitor | Tue 2026-03-03 10:00 | f2
        bob     | mql     | Tue 2026-03-03 10:00 | f2
        """,
    )


def test_the_profiles_of_linked_records_are_one_profile():
    """What is known of either is known of the lead, the later value of an attribute wins."""
    check(
        agreement="""
        personas:
          - name: anybody
            fit:
              - {name: size, when: {employees: {at_least: 50}}, points: 20}
              - {name: place, when: {country: AT}, points: 10}
        """,
        facts="""
        lead_id | at                   | kind            | properties
        ana     | Mon 2026-03-02 10:00 | profile_changed | employees=100, country=DE
        bob     | Tue 2026-03-03 10:00 | profile_changed | country=AT
        ana     | Wed 2026-03-04 10:00 | linked          | with=bob
        """,
        score_changes="""
        lead_id | at                   | rule          | fact_id | points | balance
        ana     | Mon 2026-03-02 10:00 | anybody.size  | f1      | 20     | 20
        ana     | Tue 2026-03-03 10:00 | anybody.place | f2      | 10     | 30
        """,
    )


def test_a_link_is_itself_a_fact_of_the_life():
    """`linked` and `unlinked` are moments like any other, so a life can begin with one."""
    check(
        facts="""
        lead_id | at                   | kind        | properties
        ana     | Mon 2026-03-02 10:00 | linked      | with=bob
        bob     | Tue 2026-03-03 10:00 | page_viewed |
        """,
        stage_entries="""
        lead_id | stage   | entered_at           | fact_id
        ana     | visitor | Mon 2026-03-02 10:00 | f1
        """,
    )
