"""What an agreement may not say

An agreement is checked before anything follows from it. `smarketing check` lists every problem at once, with its line; an error
stops the work, a warning does not.
"""

import hashlib
import json

import pytest

from tests.spec import engines, tables
from tests.spec.documents import problems, versions


@pytest.fixture(autouse=True)
def engine() -> None:
    """No engine is asked: this chapter is about the document alone."""


def test_an_unknown_key_is_an_error_that_names_the_nearest_known_one():
    """Strict, so that a slip of the hand never silently changes what follows. The line is named."""
    problems(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20, at_mots: 3}
        """,
        listed="""
        severity | code     | line with | says
        error    | SMK-A003 | at_mots   | Did you mean "at_most"?
        """,
    )


def test_all_problems_are_listed_at_once():
    """Not one after the other, each time something has been mended."""
    problems(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20, at_mots: 3}
          - {fact: page_viewed, points: 5}
        handoff: {at: mqll}
        """,
        listed="""
        severity | code     | line with   | says
        error    | SMK-A003 | at_mots     | Did you mean "at_most"?
        error    | SMK-A005 | page_viewed | "name" is missing
        error    | SMK-A013 | mqll        | Did you mean "mql"?
        """,
    )


def test_an_engagement_rule_needs_a_name():
    """The receipt must be able to say which rule gave the points."""
    problems(
        agreement="""
        engagement:
          - {fact: page_viewed, points: 5}
        """,
        listed="""
        severity | code     | line with   | says
        error    | SMK-A005 | page_viewed | "name" is missing
        """,
    )


def test_two_rules_may_not_have_one_name():
    """Else a line of the receipt could mean either."""
    problems(
        agreement="""
        engagement:
          - {name: visit, fact: page_viewed, points: 5}
          - {name: visit, fact: content_downloaded, points: 20}
        """,
        listed="""
        severity | code     | line with          | says
        error    | SMK-A011 | content_downloaded | named "visit"
        """,
    )


def test_two_unnamed_fit_rules_of_one_persona_may_not_ask_the_same():
    """They would have the same name: their condition. The order of its keys makes no difference."""
    problems(
        agreement="""
        personas:
          - name: olga
            fit:
              - {when: {industry: logistics, country: DE}, points: 5}
              - {when: {country: DE, industry: logistics}, points: 10}
          - name: carl
            fit:
              - {when: {industry: logistics, country: DE}, points: 20}
        """,
        listed="""
        severity | code     | line with  | says
        error    | SMK-A012 | points: 10 | neither has a name
        """,
    )


def test_fades_ascend_in_time():
    """First what happens first."""
    problems(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20, fades: [{after: 5w, to: 50%}, {after: 30d, to: 0%}]}
        """,
        listed="""
        severity | code     | line with | says
        error    | SMK-A020 | after: 5w | in order of time
        """,
    )


def test_fades_take_elapsed_time_only():
    """Whoever is interested stays so on weekends."""
    problems(
        agreement="""
        calendars:
          default: {hours: {mon-fri: ["09:00-17:00"]}}
        engagement:
          - {name: download, fact: content_downloaded, points: 20, fades: [{after: 30 business days, to: 50%}]}
        """,
        listed="""
        severity | code     | line with        | says
        error    | SMK-A008 | 30 business days | 30 business days
        """,
    )


def test_a_hand_back_leads_to_before_the_hand_off():
    """`return_to` at or after `handoff.at` would hand the lead over again at once."""
    problems(
        agreement="""
        handoff: {at: mql, return_to: mql}
        """,
        listed="""
        severity | code     | line with      | says
        error    | SMK-A021 | return_to: mql | Possible: visitor.
        """,
    )


def test_what_is_delivered_is_what_is_handed_over():
    """A commitment to deliver names the stage of the hand-off."""
    problems(
        agreement="""
        commitments:
          - {name: qualified leads, by: marketing, deliver: sal, at_least: 10, per: month}
        """,
        listed="""
        severity | code     | line with    | says
        error    | SMK-A022 | deliver: sal | the hand-off is at "mql"
        """,
    )


def test_a_stage_is_named_in_snake_case():
    """Its name becomes a column."""
    problems(
        agreement="""
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {fact: form_submitted}}
          - {name: Sales Accepted, owner: sales, when: {fact: accepted}}
        """,
        listed="""
        severity | code     | line with      | says
        error    | SMK-A008 | Sales Accepted | small letters, digits and _
        """,
    )


def test_a_stage_may_not_take_the_column_of_something_else():
    """The times of a stage `accepted` after the hand-off would stand in `accepted_at`, which says something else."""
    problems(
        agreement="""
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {fact: form_submitted}}
          - {name: accepted, owner: sales, when: {fact: accepted}}
        """,
        listed="""
        severity | code     | line with | says
        error    | SMK-A023 | accepted  | "accepted_at"
        """,
    )


def test_every_name_must_be_defined():
    """Stages, personas, grades and commitments that are named anywhere."""
    problems(
        agreement="""
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {any: [{persona: [olga]}, {grade: [A]}]}}
          - {name: sal, owner: sales, when: {fact: accepted, only_from: lead}}
        reward: {pool: 10000, per: quarter, for: [revenue], both_met: 100%, one_missed: 50%, none_met: 0%}
        """,
        listed="""
        severity | code     | line with | says
        error    | SMK-A014 | olga      | "olga" is not a persona
        error    | SMK-A015 | grade     | "A" is not a grade
        error    | SMK-A013 | only_from | "lead" is not a stage
        error    | SMK-A016 | reward    | "revenue" is not a commitment
        """,
    )


def test_only_from_names_an_earlier_stage():
    """Nobody comes from where they are going."""
    problems(
        agreement="""
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {fact: form_submitted, only_from: sal}}
          - {name: sal, owner: sales, when: {fact: accepted}}
        """,
        listed="""
        severity | code     | line with      | says
        error    | SMK-A024 | only_from: sal | earlier stage
        """,
    )


def test_business_time_needs_a_calendar():
    """Without one nobody knows when people work."""
    problems(
        agreement="""
        commitments:
          - {name: first response, by: sales, respond_within: 4 business hours, share: 90%, per: month}
        """,
        listed="""
        severity | code     | line with      | says
        error    | SMK-A017 | respond_within | no calendar "default"
        """,
    )


def test_working_hours_may_not_overlap():
    """Also where a night shift runs into the next day."""
    problems(
        agreement="""
        calendars:
          default: {hours: {mon: ["22:00-06:00"], tue: ["05:00-09:00"]}}
        """,
        listed="""
        severity | code     | line with   | says
        error    | SMK-A018 | 05:00-09:00 | overlap
        """,
    )


def test_a_commitment_promises_exactly_one_thing():
    """Two promises are two commitments."""
    problems(
        agreement="""
        commitments:
          - {name: both, by: sales, pursue: 100, revenue: 50000, per: month}
        """,
        listed="""
        severity | code     | line with | says
        error    | SMK-A010 | both      | exactly one
        """,
    )


def test_a_kind_outside_the_families_is_a_warning():
    """It may be a kind of your own, or a slip of the hand; a replay runs."""
    problems(
        agreement="""
        handoff: {at: mql, attempts: [call_maid]}
        """,
        listed="""
        severity | code     | line with | says
        warning  | SMK-A004 | call_maid | Did you mean "call_made"?
        """,
    )


def test_a_threshold_that_no_lead_can_reach_is_a_warning():
    """Two downloads of 20 points are 40 at most."""
    problems(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20, at_most: 2}
        stages:
          - {name: visitor, owner: marketing}
          - {name: mql, owner: marketing, when: {score: {engagement: 41}}}
        """,
        listed="""
        severity | code     | line with      | says
        warning  | SMK-A040 | engagement: 41 | 40 at most
        """,
    )


def test_a_rule_of_no_points_is_a_warning():
    """It leaves no trace in any receipt."""
    problems(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 0}
        """,
        listed="""
        severity | code     | line with | says
        warning  | SMK-A041 | download  | 0 points
        """,
    )


def test_comments_order_of_keys_and_quotes_do_not_make_another_version():
    """The id of a version is the SHA-256 of its canonical form: JSON with sorted keys, no spaces, letters as they are, days as text."""
    versions(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20}
        in_force: {from: 2026-01-01}
        """,
        other="""
        # both teams agreed on this in December
        in_force: {from: "2026-01-01"}
        engagement:
          - points: 20
            name: 'download'
            fact: content_downloaded
        """,
        same=True,
    )


def test_another_number_makes_another_version():
    """21 points are not 20."""
    versions(
        agreement="""
        engagement:
          - {name: download, fact: content_downloaded, points: 20}
        """,
        other="""
        engagement:
          - {name: download, fact: content_downloaded, points: 21}
        """,
        same=False,
    )


def test_the_version_id_is_the_digest_of_the_canonical_form():
    """Anybody can compute it, with the document and a library for SHA-256."""
    from smarketing.agreement.checks import load_agreement

    canonical = json.dumps(engines.plain(tables.BASE), sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    assert load_agreement("agreement.yaml", text=tables.BASE).id == hashlib.sha256(canonical.encode()).hexdigest()
