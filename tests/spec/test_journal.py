"""The journal

What happened, as facts. Nothing in it is ever changed: a correction is another fact. Facts may come late, twice or in any
order, and nothing depends on that.
"""

from tests.spec.tables import check

DOWNLOADS = """
engagement:
  - {name: download, fact: content_downloaded, points: 20}
"""
LATEST_DOWNLOAD = """
engagement:
  - {name: download, fact: content_downloaded, points: 20, at_most: 1}
"""


def test_facts_are_read_in_order_of_time_however_they_arrive():
    """A life is read by the time at which things happened (`at`), not by the order in which we were told."""
    check(
        agreement=DOWNLOADS,
        facts="""
        fact_id | at                   | recorded_at          | kind
        late    | Tue 2026-03-03 10:00 | Tue 2026-03-03 10:00 | content_downloaded
        early   | Mon 2026-03-02 10:00 | Fri 2026-03-20 08:00 | content_downloaded
        """,
        score_changes="""
        at                   | rule     | fact_id | points | balance
        Mon 2026-03-02 10:00 | download | early   | 20     | 20
        Tue 2026-03-03 10:00 | download | late    | 20     | 40
        """,
    )


def test_facts_of_one_moment_are_in_order_of_their_ids():
    """Of two facts at one time the one with the greater `fact_id` (by code point: `B` before `a`) is the later, "more recent" one."""
    check(
        agreement=LATEST_DOWNLOAD,
        facts="""
        fact_id | at                   | kind
        a       | Mon 2026-03-02 10:00 | content_downloaded
        B       | Mon 2026-03-02 10:00 | content_downloaded
        c       | Tue 2026-03-03 10:00 | page_viewed
        """,
        score_changes="""
        at                   | rule     | fact_id | points | balance
        Mon 2026-03-02 10:00 | download | a       | 20     | 20
        """,
    )


def test_the_same_fact_told_twice_counts_once():
    """The same `fact_id` with the same content is the same fact, whenever we are told again."""
    check(
        agreement=DOWNLOADS,
        facts="""
        fact_id | at                   | recorded_at          | kind
        d       | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | content_downloaded
        d       | Mon 2026-03-02 10:00 | Thu 2026-03-05 10:00 | content_downloaded
        """,
        score_changes="""
        at                   | fact_id | points | balance
        Mon 2026-03-02 10:00 | d       | 20     | 20
        """,
    )


def test_of_two_contents_with_one_id_the_one_recorded_first_stays():
    """The other is kept aside as a conflict and shown; nothing follows from it."""
    check(
        agreement=DOWNLOADS,
        facts="""
        fact_id | at                   | recorded_at          | kind
        x       | Mon 2026-03-02 10:00 | Thu 2026-03-05 10:00 | form_submitted
        x       | Tue 2026-03-03 10:00 | Wed 2026-03-04 10:00 | content_downloaded
        """,
        score_changes="""
        at                   | rule     | fact_id | points | balance
        Tue 2026-03-03 10:00 | download | x       | 20     | 20
        """,
        stage_entries="""
        stage   | entered_at           | fact_id
        visitor | Tue 2026-03-03 10:00 | x
        """,
    )


def test_of_two_contents_recorded_at_one_time_the_smaller_stays():
    """Then the smaller content decides (as canonical JSON of all columns but `recorded_at`), so that no order of arrival matters."""
    check(
        facts="""
        fact_id | at                   | recorded_at          | kind           | campaign
        x       | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | form_submitted | search
        x       | Mon 2026-03-02 10:00 | Mon 2026-03-02 10:00 | form_submitted | brand
        """,
        handoffs="""
        lead_id | cycle | campaign
        ana     | 1     | brand
        """,
    )


def test_nothing_follows_from_what_a_machine_did():
    """A fact with the property `machine: true` (a mail scanner's click, a bot's view) is kept and shown; a replay does not see it."""
    check(
        agreement=DOWNLOADS,
        facts="""
        lead_id | at                   | kind               | properties
        ana     | Mon 2026-03-02 10:00 | content_downloaded | machine=true
        ana     | Mon 2026-03-02 11:00 | content_downloaded | machine=false
        robot   | Mon 2026-03-02 12:00 | form_submitted     | machine=true
        """,
        score_changes="""
        lead_id | at                   | fact_id | points | balance
        ana     | Mon 2026-03-02 11:00 | f2      | 20     | 20
        """,
        stage_entries="""
        lead_id | cycle | stage   | entered_at           | fact_id
        ana     | 1     | visitor | Mon 2026-03-02 11:00 | f2
        """,
    )


def test_nothing_follows_from_a_retracted_fact():
    """`retracted` names a fact by its id: that fact is kept and shown, and it is as if it had never happened."""
    check(
        agreement=DOWNLOADS,
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | content_downloaded |
        Mon 2026-03-02 11:00 | form_submitted     |
        Mon 2026-03-02 12:00 | page_viewed        |
        Tue 2026-03-03 10:00 | retracted          | fact_id=f1
        Tue 2026-03-03 10:05 | retracted          | fact_id=f2
        """,
        score_changes="(none)",
        stage_entries="""
        cycle | stage   | entered_at           | left_at | fact_id
        1     | visitor | Mon 2026-03-02 12:00 |         | f3
        """,
    )


def test_a_retraction_may_name_any_fact():
    """Also another lead's, and also one that happens later than the retraction."""
    check(
        facts="""
        fact_id | lead_id | at                   | kind           | properties
        r       | bob     | Mon 2026-03-02 09:00 | retracted      | fact_id=form
        page    | ana     | Mon 2026-03-02 10:00 | page_viewed    |
        form    | ana     | Mon 2026-03-02 11:00 | form_submitted |
        """,
        stage_entries="""
        lead_id | cycle | stage   | entered_at           | fact_id
        ana     | 1     | visitor | Mon 2026-03-02 10:00 | page
        """,
    )


def test_a_retraction_is_no_fact_of_the_life():
    """It begins nothing: a lead with nothing but retractions has no life, and the first cycle begins with the first other fact."""
    check(
        facts="""
        lead_id | at                   | kind        | properties
        ana     | Mon 2026-03-02 10:00 | retracted   | fact_id=nothing
        ana     | Mon 2026-03-02 11:00 | page_viewed |
        bob     | Mon 2026-03-02 12:00 | retracted   | fact_id=nothing
        """,
        stage_entries="""
        lead_id | cycle | stage   | entered_at           | fact_id
        ana     | 1     | visitor | Mon 2026-03-02 11:00 | f2
        """,
    )


def test_a_retraction_can_be_retracted():
    """Then the fact it named counts again."""
    check(
        agreement=DOWNLOADS,
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | content_downloaded |
        Mon 2026-03-02 11:00 | retracted          | fact_id=f1
        Mon 2026-03-02 12:00 | retracted          | fact_id=f2
        """,
        score_changes="""
        at                   | fact_id | points | balance
        Mon 2026-03-02 10:00 | f1      | 20     | 20
        """,
    )


def test_a_retracted_retraction_of_a_retraction_leaves_the_first_one_standing():
    """A retraction counts unless a retraction that counts names it, however long the chain."""
    check(
        agreement=DOWNLOADS,
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | content_downloaded |
        Mon 2026-03-02 11:00 | retracted          | fact_id=f1
        Mon 2026-03-02 12:00 | retracted          | fact_id=f2
        Mon 2026-03-02 13:00 | retracted          | fact_id=f3
        """,
        score_changes="(none)",
        stage_entries="(none)",
    )


def test_a_machine_retracts_nothing():
    """Nothing follows from a machine's fact, be it a retraction."""
    check(
        agreement=DOWNLOADS,
        facts="""
        at                   | kind               | properties
        Mon 2026-03-02 10:00 | content_downloaded |
        Mon 2026-03-02 11:00 | retracted          | fact_id=f1, machine=true
        """,
        score_changes="""
        fact_id | points | balance
        f1      | 20     | 20
        """,
    )


def test_a_kind_of_your_own_is_a_fact_like_any_other():
    """Any snake_case kind is stored and can be named in a rule; being none of the known kinds, it is a touch: something the lead did."""
    check(
        agreement="""
        engagement:
          - {name: demo day, fact: demo_day_visited, points: 50}
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {fact: demo_day_visited}}
          - {name: sal, owner: sales, when: {fact: accepted}}
        """,
        facts="""
        at                   | kind             | campaign
        Mon 2026-03-02 10:00 | page_viewed      | brand
        Mon 2026-03-02 11:00 | demo_day_visited | spring fair
        """,
        score_changes="""
        at                   | rule     | fact_id | points | balance
        Mon 2026-03-02 11:00 | demo day | f2      | 50     | 50
        """,
        handoffs="""
        handed_at            | campaign
        Mon 2026-03-02 11:00 | spring fair
        """,
    )
