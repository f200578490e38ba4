"""Versions in sequence

An agreement changes while leads are on their way. Each version is in force from its day on, until the next one is; what has happened
was judged by the version that was in force then, and stays judged so. The tables speak the language of the last one.
"""

from tests.spec.tables import check

DOWNLOAD = """
engagement:
  - {name: download, fact: content_downloaded, points: 20}
"""
SIZE = """
personas:
  - {name: olga, when: {role: operations}, fit: [{name: size, when: {employees: {at_least: 50}}, points: 20}]}
"""
TWO_CYCLES = """
at                   | kind           | properties
Mon 2026-03-02 10:00 | form_submitted |
Tue 2026-03-03 10:00 | rejected       | reason=no budget
Thu 2026-03-12 10:00 | meeting_held   |
"""


def test_a_fact_is_judged_by_the_version_in_force_when_it_happened():
    """It keeps the points of its own version when the next one begins."""
    check(
        agreement=DOWNLOAD,
        then="""
        in_force: {from: 2026-03-10}
        engagement:
          - {name: download, fact: content_downloaded, points: 5}
          - {name: view, fact: page_viewed, points: 1}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Mon 2026-03-02 11:00 | page_viewed
        Wed 2026-03-11 10:00 | content_downloaded
        Wed 2026-03-11 11:00 | page_viewed
        """,
        score_changes="""
        at                   | rule     | fact_id | points | balance
        Mon 2026-03-02 10:00 | download | f1      | 20     | 20
        Wed 2026-03-11 10:00 | download | f3      | 5      | 25
        Wed 2026-03-11 11:00 | view     | f4      | 1      | 26
        """,
    )


def test_a_version_begins_at_midnight_in_its_own_zone():
    """A fact exactly then belongs to the new version, also where the zone has changed."""
    check(
        agreement=DOWNLOAD,
        then="""
        in_force: {from: 2026-03-10}
        timezone: Europe/Berlin
        engagement:
          - {name: download, fact: content_downloaded, points: 5}
        """,
        facts="""
        lead_id | at                           | kind
        ana     | Mon 2026-03-09 22:59:59.9999 | content_downloaded
        bob     | Mon 2026-03-09 23:00         | content_downloaded
        """,
        score_changes="""
        lead_id | points
        ana     | 20
        bob     | 5
        """,
    )


def test_the_first_version_counts_also_before_it_begins():
    """Somebody has to judge what happened before there was an agreement."""
    check(
        agreement="""
        in_force: {from: 2026-03-05}
        engagement:
          - {name: download, fact: content_downloaded, points: 20}
        """,
        then="""
        in_force: {from: 2026-03-10}
        engagement: []
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        """,
        score_changes="""
        at                   | points
        Mon 2026-03-02 10:00 | 20
        """,
    )


def test_a_version_that_begins_after_the_time_does_not_exist():
    """As of Monday the stages are those of the first version, as of Tuesday those of the second."""
    for as_of, stages in (("Mon 2026-03-09 23:59", ["visitor", "mql"]), ("Tue 2026-03-10 00:00", ["visitor", "lead", "mql"])):
        entries = "\n".join(f"{stage} | Mon 2026-03-02 10:00" for stage in stages)
        check(
            then="""
            in_force: {from: 2026-03-10}
            stages:
              - {name: visitor, owner: marketing}
              - {name: lead, owner: marketing, when: {fact: subscribed}}
              - {name: mql, owner: marketing, when: {fact: form_submitted}}
            """,
            facts="""
            at                   | kind
            Mon 2026-03-02 10:00 | form_submitted
            """,
            as_of=as_of,
            stage_entries=f"stage | entered_at\n{entries}",
        )


def test_points_go_on_fading_as_they_were_given():
    """Half after two weeks, though the new version has no fades any more."""
    check(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20, fades: [{after: 14d, to: 50%}]}
        """,
        then="""
        in_force: {from: 2026-03-10}
        engagement:
          - {name: download, fact: content_downloaded, points: 5}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Wed 2026-03-11 10:00 | content_downloaded
        """,
        as_of="Wed 2026-04-01 10:00",
        score_changes="""
        at                   | fact_id | points | balance
        Mon 2026-03-02 10:00 | f1      | 20     | 20
        Wed 2026-03-11 10:00 | f2      | 5      | 25
        Mon 2026-03-16 10:00 | f1      | -10    | 15
        """,
    )


def test_rules_of_one_name_are_one_rule_for_their_limit():
    """A fact is pushed out by later ones as its own version says, whichever version counts those."""
    check(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20, at_most: 1}
        """,
        then="""
        in_force: {from: 2026-03-10}
        engagement:
          - {name: download, fact: content_downloaded, points: 5, at_most: 2}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | content_downloaded
        Wed 2026-03-11 10:00 | content_downloaded
        Thu 2026-03-12 10:00 | content_downloaded
        Fri 2026-03-13 10:00 | content_downloaded
        """,
        score_changes="""
        at                   | fact_id | points | balance
        Mon 2026-03-02 10:00 | f1      | 20     | 20
        Wed 2026-03-11 10:00 | f1      | -20    | 5
        Wed 2026-03-11 10:00 | f2      | 5      | 5
        Thu 2026-03-12 10:00 | f3      | 5      | 10
        Fri 2026-03-13 10:00 | f2      | -5     | 10
        Fri 2026-03-13 10:00 | f4      | 5      | 10
        """,
    )


def test_fit_is_computed_anew_when_a_version_begins():
    """In one line of the rule `version`, that no fact has brought; the next change of the profile leads on from there."""
    check(
        agreement=SIZE,
        then="""
        in_force: {from: 2026-03-10}
        personas:
          - {name: otto, fit: [{name: size, when: {employees: {at_least: 50}}, points: 30}, {name: place, when: {country: AT}, points: 5}]}
        """,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | role=operations, employees=80
        Thu 2026-03-12 10:00 | profile_changed | country=AT
        """,
        score_changes="""
        at                   | axis | rule       | fact_id | points | balance | persona
        Mon 2026-03-02 10:00 | fit  | olga.size  | f1      | 20     | 20      | olga
        Tue 2026-03-10 00:00 | fit  | version    |         | 10     | 30      | otto
        Thu 2026-03-12 10:00 | fit  | otto.place | f2      | 5      | 35      | otto
        """,
    )


def test_where_the_points_stay_the_same_there_is_no_line():
    """The persona is another all the same."""
    check(
        agreement=SIZE,
        then="""
        in_force: {from: 2026-03-10}
        personas:
          - {name: otto, fit: [{name: people, when: {employees: {at_least: 50}}, points: 20}]}
        """,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | role=operations, employees=80
        Thu 2026-03-12 10:00 | form_submitted  |
        Fri 2026-03-13 10:00 | profile_changed | employees=10
        """,
        score_changes="""
        at                   | rule        | fact_id | points | balance | persona
        Mon 2026-03-02 10:00 | olga.size   | f1      | 20     | 20      | olga
        Fri 2026-03-13 10:00 | otto.people | f3      | -20    | 0       | otto
        """,
        handoffs="""
        handed_at            | persona | fit
        Thu 2026-03-12 10:00 | otto    | 20
        """,
    )


def test_a_profile_that_changes_just_then_is_judged_by_the_new_version():
    """First the old profile anew, then the change, both at that moment."""
    check(
        agreement=SIZE,
        then="""
        in_force: {from: 2026-03-10}
        personas:
          - {name: olga, when: {role: operations}, fit: [{name: size, when: {employees: {at_least: 50}}, points: 25}, {name: place, when: {country: AT}, points: 5}]}
        """,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | role=operations, employees=80
        Tue 2026-03-10 00:00 | profile_changed | country=AT
        """,
        score_changes="""
        at                   | rule       | fact_id | points | balance
        Mon 2026-03-02 10:00 | olga.size  | f1      | 20     | 20
        Tue 2026-03-10 00:00 | version    |         | 5      | 30
        Tue 2026-03-10 00:00 | olga.place | f2      | 5      | 30
        """,
    )  # fmt: skip


def test_a_lead_that_comes_later_knows_only_the_new_version():
    """Its first fit is judged at its first fact, by the version in force then."""
    check(
        agreement="""
        personas:
          - {name: anybody, fit: [{name: no phone, when: {phone: {exists: false}}, points: -5}]}
        """,
        then="""
        in_force: {from: 2026-03-10}
        personas:
          - {name: anybody, fit: [{name: no phone, when: {phone: {exists: false}}, points: -10}]}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | page_viewed
        bob     | Tue 2026-03-10 00:00 | page_viewed
        """,
        score_changes="""
        lead_id | at                   | rule             | fact_id | points | balance
        ana     | Mon 2026-03-02 10:00 | anybody.no phone | f1      | -5     | -5
        ana     | Tue 2026-03-10 00:00 | version          |         | -5     | -10
        bob     | Tue 2026-03-10 00:00 | anybody.no phone | f2      | -10    | -10
        """,
    )


def test_a_stage_is_entered_by_the_condition_in_force_at_the_moment():
    """Ana asked for a demo when that was enough; bob did it too late. The day alone changes nothing: carl needs another moment."""
    check(
        agreement="""
        engagement:
          - {name: view, fact: page_viewed, points: 5}
        """,
        then="""
        in_force: {from: 2026-03-10}
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {score: {engagement: 10}}}
          - {name: sal, owner: sales, when: {fact: accepted}}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | form_submitted
        bob     | Wed 2026-03-11 10:00 | form_submitted
        carl    | Mon 2026-03-02 10:00 | page_viewed
        carl    | Mon 2026-03-02 11:00 | page_viewed
        carl    | Wed 2026-03-11 10:00 | commented
        """,
        stage_entries="""
        for stage = mql
        lead_id | entered_at           | fact_id
        ana     | Mon 2026-03-02 10:00 | f1
        carl    | Wed 2026-03-11 10:00 |
        """,
    )


def test_a_new_fit_is_a_moment():
    """So whoever reaches the threshold with it enters the stage as the version begins."""
    check(
        agreement=SIZE.rstrip()
        + """
stages:
  - {name: visitor, owner: marketing}
  - {name: mql, owner: marketing, when: {score: {fit: 25}}}
""",
        then="""
        in_force: {from: 2026-03-10}
        personas:
          - {name: olga, when: {role: operations}, fit: [{name: size, when: {employees: {at_least: 50}}, points: 25}]}
        """,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | role=operations, employees=80
        """,
        as_of="Wed 2026-03-11 00:00",
        stage_entries="""
        stage   | entered_at           | fact_id
        visitor | Mon 2026-03-02 10:00 | f1
        mql     | Tue 2026-03-10 00:00 |
        """,
    )


def test_the_tables_show_the_stages_of_the_last_version_in_its_order():
    """A stage that is no more has no rows; where the order has changed, a later stage implies what is now before it."""
    check(
        agreement="""
        stages:
          - {name: visitor, owner: marketing}
          - {name: demo, owner: marketing, when: {fact: trial_started}}
          - {name: mql, owner: marketing, when: {fact: form_submitted}}
          - {name: reader, owner: marketing, when: {fact: subscribed}}
        """,
        then="""
        in_force: {from: 2026-03-10}
        stages:
          - {name: visitor, owner: marketing}
          - {name: reader, owner: marketing, when: {fact: subscribed}}
          - {name: mql, owner: marketing, when: {fact: form_submitted}}
        """,
        facts="""
        at                   | kind
        Mon 2026-03-02 10:00 | trial_started
        Tue 2026-03-03 10:00 | form_submitted
        Wed 2026-03-04 10:00 | subscribed
        """,
        as_of="Tue 2026-03-10 00:00",
        stage_entries="""
        stage   | entered_at           | left_at              | fact_id
        visitor | Mon 2026-03-02 10:00 | Tue 2026-03-03 10:00 | f1
        reader  | Tue 2026-03-03 10:00 | Tue 2026-03-03 10:00 | f2
        mql     | Tue 2026-03-03 10:00 |                      | f2
        """,
    )


def test_a_stage_that_is_no_more_still_opens_the_way():
    """`only_from` a stage of the old version is kept where the old version judged it."""
    check(
        agreement="""
        stages:
          - {name: visitor, owner: marketing}
          - {name: demo, owner: marketing, when: {fact: trial_started}}
          - {name: mql, owner: marketing, when: {fact: form_submitted, only_from: demo}}
        """,
        then="""
        in_force: {from: 2026-03-10}
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {fact: form_submitted}}
        """,
        facts="""
        lead_id | at                   | kind
        ana     | Mon 2026-03-02 10:00 | trial_started
        ana     | Tue 2026-03-03 10:00 | form_submitted
        bob     | Mon 2026-03-02 10:00 | form_submitted
        """,
        as_of="Tue 2026-03-10 00:00",
        stage_entries="""
        lead_id | stage   | entered_at
        ana     | visitor | Mon 2026-03-02 10:00
        ana     | mql     | Tue 2026-03-03 10:00
        bob     | visitor | Mon 2026-03-02 10:00
        """,
    )


def test_a_hand_back_leads_where_the_version_of_that_day_says():
    """On the third of March to the stage before the hand-off, as of now too."""
    check(
        then="""
        in_force: {from: 2026-03-10}
        stages:
          - {name: visitor, owner: marketing}
          - {name: reader, owner: marketing, when: {fact: subscribed}}
          - {name: mql, owner: marketing, when: {fact: form_submitted}}
          - {name: sql, owner: sales, when: {fact: meeting_held}}
        handoff: {at: mql, return_to: reader}
        """,
        facts=TWO_CYCLES,
        as_of="Wed 2026-03-11 00:00",
        stage_entries="""
        for cycle = 2
        stage   | entered_at           | fact_id
        visitor | Tue 2026-03-03 10:00 | f2
        """,
    )
