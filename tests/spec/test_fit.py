"""The receipt: fit and personas

Who somebody is: the persona that fits best gives the fit. The receipt of fit leads from the old balance to the new each time the
profile changes.
"""

from tests.spec.tables import check

OLGA = """
personas:
  - name: olga
    when: {role: {in: [operations, coo]}}
    fit:
      - {name: size, when: {employees: {between: [50, 500]}}, points: 20}
      - {name: trade, when: {industry: logistics}, points: 15}
engagement:
  - {name: page, fact: page_viewed, points: 1}
"""
OLGA_AND_CARL = """
personas:
  - name: olga
    when: {role: operations}
    fit:
      - {name: size, when: {employees: {at_least: 50}}, points: 20}
  - name: carl
    when: {owner: true}
    fit:
      - {name: owner, when: {owner: true}, points: 15}
      - {name: place, when: {country: AT}, points: 10}
"""
ANYBODY = """
personas:
  - name: anybody
    fit:
      - {name: no phone, when: {phone: {exists: false}}, points: -5}
      - {name: size, when: {employees: {at_least: 50}}, points: 20}
"""


def test_the_fit_is_the_sum_of_the_points_of_what_fits():
    """Each rule has its line, named persona, dot, rule. Engagement lines show the persona, too, once there is one."""
    check(
        agreement=OLGA,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | page_viewed     |
        Tue 2026-03-03 10:00 | profile_changed | role=COO, employees=120, industry=logistics
        Wed 2026-03-04 10:00 | page_viewed     |
        """,
        score_changes="""
        lead_id | at                   | axis       | rule       | fact_id | points | balance | persona
        ana     | Mon 2026-03-02 10:00 | engagement | page       | f1      | 1      | 1       |
        ana     | Tue 2026-03-03 10:00 | fit        | olga.size  | f2      | 20     | 35      | olga
        ana     | Tue 2026-03-03 10:00 | fit        | olga.trade | f2      | 15     | 35      | olga
        ana     | Wed 2026-03-04 10:00 | engagement | page       | f3      | 1      | 2       | olga
        """,
    )


def test_a_fit_rule_without_a_name_is_named_by_its_condition():
    """As canonical JSON: keys sorted, no spaces, letters as they are."""
    check(
        agreement="""
        personas:
          - name: anybody
            fit:
              - {when: {industry: Möbel, country: {in: [DE, AT]}}, points: 15}
              - {when: {employees: {between: [50, 500]}}, points: 20}
        """,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | industry=möbel, country=AT, employees=50
        """,
        score_changes="""
        axis | rule                                                          | points | balance
        fit  | anybody.{"country":{"in":["DE","AT"]},"industry":"Möbel"}     | 15     | 35
        fit  | anybody.{"employees":{"between":[50,500]}}                    | 20     | 35
        """,
    )


def test_the_empty_profile_is_judged_at_the_first_fact():
    """What holds where nothing is known gives its points from the beginning."""
    check(
        agreement=ANYBODY,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | page_viewed     |
        Tue 2026-03-03 10:00 | profile_changed | phone="0049 30 1"
        """,
        score_changes="""
        at                   | axis | rule             | fact_id | points | balance | persona
        Mon 2026-03-02 10:00 | fit  | anybody.no phone | f1      | -5     | -5      | anybody
        Tue 2026-03-03 10:00 | fit  | anybody.no phone | f2      | 5      | 0       | anybody
        """,
    )


def test_a_profile_known_at_the_first_moment_is_judged_at_once():
    """Only the profile after that moment counts: the phone was never unknown."""
    check(
        agreement=ANYBODY,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | phone="0049 30 1", employees=80
        """,
        score_changes="""
        at                   | axis | rule         | fact_id | points | balance
        Mon 2026-03-02 10:00 | fit  | anybody.size | f1      | 20     | 20
        """,
    )


def test_attributes_stay_until_they_change():
    """Each change adds to what is known; one that changes no points gives no line."""
    check(
        agreement=OLGA,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | role=coo
        Tue 2026-03-03 10:00 | profile_changed | employees=120
        Wed 2026-03-04 10:00 | profile_changed | employees=130
        Thu 2026-03-05 10:00 | profile_changed | employees=20
        """,
        score_changes="""
        at                   | axis | rule      | fact_id | points | balance | persona
        Tue 2026-03-03 10:00 | fit  | olga.size | f2      | 20     | 20      | olga
        Thu 2026-03-05 10:00 | fit  | olga.size | f4      | -20    | 0       | olga
        """,
    )


def test_null_removes_an_attribute():
    """Without a role she is nobody we know: fit 0, no persona. An empty text is no value either."""
    check(
        agreement=OLGA,
        facts="""
        lead_id | at                   | kind            | properties
        ana     | Mon 2026-03-02 10:00 | profile_changed | role=coo, employees=120
        ana     | Tue 2026-03-03 10:00 | profile_changed | role=null
        bob     | Mon 2026-03-02 10:00 | profile_changed | role=coo, employees=120
        bob     | Tue 2026-03-03 10:00 | profile_changed | employees=""
        """,
        score_changes="""
        lead_id | at                   | axis | rule      | fact_id | points | balance | persona
        ana     | Mon 2026-03-02 10:00 | fit  | olga.size | f1      | 20     | 20      | olga
        ana     | Tue 2026-03-03 10:00 | fit  | olga.size | f2      | -20    | 0       |
        bob     | Mon 2026-03-02 10:00 | fit  | olga.size | f3      | 20     | 20      | olga
        bob     | Tue 2026-03-03 10:00 | fit  | olga.size | f4      | -20    | 0       | olga
        """,
    )


def test_several_profile_changes_of_one_moment_are_one_change_in_order():
    """The last word on an attribute counts, and the line names the moment's last change."""
    check(
        agreement=OLGA,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | page_viewed     |
        Tue 2026-03-03 10:00 | profile_changed | role=coo, employees=120
        Tue 2026-03-03 10:00 | profile_changed | employees=5, industry=logistics
        Tue 2026-03-03 10:00 | profile_changed | country=DE
        """,
        score_changes="""
        for axis = fit
        at                   | rule       | fact_id | points | balance
        Tue 2026-03-03 10:00 | olga.trade | f4      | 15     | 15
        """,
    )


def test_the_persona_with_the_most_points_wins():
    """When another wins, the lines take back the points of the one and give those of the other."""
    check(
        agreement=OLGA_AND_CARL,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | role=operations, employees=80, owner=true
        Tue 2026-03-03 10:00 | profile_changed | country=AT
        """,
        score_changes="""
        at                   | axis | rule       | fact_id | points | balance | persona
        Mon 2026-03-02 10:00 | fit  | olga.size  | f1      | 20     | 20      | olga
        Tue 2026-03-03 10:00 | fit  | carl.owner | f2      | 15     | 25      | carl
        Tue 2026-03-03 10:00 | fit  | carl.place | f2      | 10     | 25      | carl
        Tue 2026-03-03 10:00 | fit  | olga.size  | f2      | -20    | 25      | carl
        """,
    )


def test_of_two_personas_with_equal_points_the_first_named_wins():
    """Both have nothing here; the engagement line shows who won."""
    check(
        agreement="""
        personas:
          - {name: olga, when: {role: operations}}
          - {name: anybody}
        engagement:
          - {name: page, fact: page_viewed, points: 1}
        """,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | page_viewed     |
        Tue 2026-03-03 10:00 | profile_changed | role=operations
        Tue 2026-03-03 10:00 | page_viewed     |
        """,
        score_changes="""
        at                   | axis       | rule | fact_id | points | balance | persona
        Mon 2026-03-02 10:00 | engagement | page | f1      | 1      | 1       | anybody
        Tue 2026-03-03 10:00 | engagement | page | f3      | 1      | 2       | olga
        """,
    )


def test_a_persona_may_win_with_negative_points():
    """It is the only one that holds; with another at 0 it would lose."""
    check(
        agreement="""
        personas:
          - {name: student, when: {role: student}, fit: [{name: role, when: {role: student}, points: -20}]}
          - {name: buyer, when: {budget: {at_least: 1}}}
        """,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | role=student
        Tue 2026-03-03 10:00 | profile_changed | budget=100
        """,
        score_changes="""
        at                   | axis | rule         | fact_id | points | balance | persona
        Mon 2026-03-02 10:00 | fit  | student.role | f1      | -20    | -20     | student
        Tue 2026-03-03 10:00 | fit  | student.role | f2      | 20     | 0       | buyer
        """,
    )


def test_a_sum_made_up_of_other_rules_gives_lines_too():
    """The balance stays, but the receipt says by which rules."""
    check(
        agreement="""
        personas:
          - name: anybody
            fit:
              - {name: near, when: {country: DE}, points: 10}
              - {name: far, when: {country: {not_in: [DE]}}, points: 10}
        """,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | country=DE
        Tue 2026-03-03 10:00 | profile_changed | country=AT
        """,
        score_changes="""
        at                   | axis | rule         | fact_id | points | balance
        Mon 2026-03-02 10:00 | fit  | anybody.near | f1      | 10     | 10
        Tue 2026-03-03 10:00 | fit  | anybody.near | f2      | -10    | 10
        Tue 2026-03-03 10:00 | fit  | anybody.far  | f2      | 10     | 10
        """,
    )


def test_without_personas_the_fit_is_zero():
    """There is nobody to fit."""
    check(
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | role=coo
        Mon 2026-03-02 11:00 | form_submitted  |
        """,
        score_changes="(none)",
        handoffs="""
        lead_id | persona | fit | engagement | grade
        ana     |         | 0   | 0          | D
        """,
    )


def test_the_grade_is_read_from_the_fit():
    """The first grade whose threshold is reached (30 is an A), below the last it is D."""
    check(
        agreement="""
        personas:
          - name: anybody
            fit:
              - {name: n10, when: {n: {at_least: 1}}, points: 10}
              - {name: n1, when: {n: {at_least: 2}}, points: 19.99}
              - {name: n0, when: {n: {at_least: 3}}, points: 0.01}
        grades: {A: 30, B: 20, C: 10}
        """,
        facts="""
        lead_id | at                   | kind            | properties
        ana     | Mon 2026-03-02 10:00 | profile_changed | n=3
        ana     | Mon 2026-03-02 11:00 | form_submitted  |
        bob     | Mon 2026-03-02 10:00 | profile_changed | n=2
        bob     | Mon 2026-03-02 11:00 | form_submitted  |
        cid     | Mon 2026-03-02 10:00 | profile_changed | n=1
        cid     | Mon 2026-03-02 11:00 | form_submitted  |
        dan     | Mon 2026-03-02 11:00 | form_submitted  |
        """,
        handoffs="""
        lead_id | fit   | grade
        ana     | 30    | A
        bob     | 29.99 | B
        cid     | 10    | C
        dan     | 0     | D
        """,
    )


def test_grades_count_highest_first_however_they_are_listed():
    """The order of keys does not make another version of an agreement, so it must not make another grade."""
    check(
        agreement="""
        personas:
          - name: anybody
            fit:
              - {name: size, when: {employees: {at_least: 50}}, points: 25}
        grades: {C: 10, A: 30, B: 20}
        """,
        facts="""
        at                   | kind            | properties
        Mon 2026-03-02 10:00 | profile_changed | employees=80
        Mon 2026-03-02 11:00 | form_submitted  |
        """,
        handoffs="""
        fit | grade
        25  | B
        """,
    )
