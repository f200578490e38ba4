"""One lead explained: why a stage, which scores, what became of clocks; under any of its ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from smarketing.backends.one_life import replay_life
from smarketing.reports.explain.words import condition_words, listed, moment, with_article
from smarketing.vocabulary.errors import UsageError
from tests.golden.company import golden_agreement, golden_facts, golden_outcome
from tests.unit.reports.lives import SIGNED, outcome_of


def sentences(facts: str, lead: str = "a", *, what: str | None = None, **signed: Any) -> list[str]:
    """What is said of a lead, of one kind of event."""
    events = outcome_of(facts, **signed).explain(lead).events
    return [event.text for event in events if what in (None, event.what)]


def test_every_row_of_every_table_is_told_once():
    outcome = golden_outcome()
    explanation = outcome.explain("anna")
    told = [event.what for event in explanation.events]
    changes = outcome.score_changes.filter(lead_id="anna")
    assert told.count("fact") == 18
    assert [told.count(axis) for axis in ("engagement", "fit")] == [
        changes.filter(axis=axis).height for axis in ("engagement", "fit")
    ]
    assert told.count("stage") == outcome.stage_entries.filter(lead_id="anna").height
    assert told.count("handoff") == outcome.handoffs.filter(lead_id="anna").height == 2
    closed = outcome.clocks.filter(lead_id="anna")
    assert told.count("clock") == 2 * closed.height == 8
    assert all(earlier.at <= later.at for earlier, later in pairwise(explanation.events))


def test_every_lead_can_be_explained_alone_as_in_the_whole():
    outcome, facts, agreement = golden_outcome(), golden_facts(), golden_agreement()
    for lead in ["anna", "anna-web", *outcome.stage_entries["lead_id"].unique().sort().to_list()[1:40:4]]:
        alone = replay_life(facts, agreement, lead, "2026-07-01").explain(lead)
        assert alone.to_dict() == outcome.explain(lead).to_dict()
        assert alone.to_text() == outcome.explain(lead).to_text()


def test_the_shape():
    told = outcome_of("a 2026-03-01T10:00 form_submitted").explain("a").to_dict()
    assert list(told) == ["report", "lead_id", "period", "as_of", "agreement", "now", "phase", "rows", "notes"]
    assert told["rows"][0] == {
        "at": "2026-03-01T10:00:00Z", "cycle": 1, "what": "fact", "text": "Form submitted.", "agreement": told["agreement"],
        "fact_id": "f000", "kind": "form_submitted",
    }  # fmt: skip
    assert told["now"] == {
        "stage": "mql", "since": "2026-03-01T10:00:00Z", "cycle": 1, "fit": 0.0, "engagement": 0.0, "grade": "D", "persona": None, "owner": None,
    }  # fmt: skip


def test_an_unknown_lead_is_wrong_use_and_the_nearest_is_named():
    with pytest.raises(UsageError, match='There is no lead "ann" as of .*. Did you mean "anna"?'):
        golden_outcome().explain("ann")
    with pytest.raises(UsageError, match="Did you mean"):
        replay_life(golden_facts(), golden_agreement(), "ann").explain("ann")


def test_an_id_that_became_part_of_another_lead_says_so():
    notes = golden_outcome().explain("anna-web").notes
    assert [note.text for note in notes] == ['"anna-web" is the same person as "anna"; this is their one life.']
    assert [note.text for note in golden_outcome().explain("anna").notes] == ["The facts of anna-web are part of this life."]


def test_why_a_stage():
    said = sentences(
        """
        a 2026-03-01T10:00 page_viewed
        a 2026-03-02T10:00 accepted actor=rita
        """,
        what="stage",
    )
    assert said == [
        "A visitor, where every lead begins.",
        "An MQL, because an SAL counts as one.",
        "An SAL, because of this fact: accepted by rita.",
    ]


STATES = [
    ({"score": {"total": 20}}, "because the total reached 25 (needs 20)"),
    ({"score": {"fit": 5, "engagement": 20}}, "because the engagement reached 20 (needs 20) with fit 5 (needs 5)"),
    ({"grade": ["A"]}, "because the grade is A"),
    ({"persona": ["olga"]}, "because the persona is olga"),
    ({"any": [{"fact": "trial_started"}, {"score": {"fit": 5}}]}, "because the fit reached 5 (needs 5)"),
    ({"all": [{"grade": ["A"]}, {"fact": "page_viewed"}]}, "because there was a page viewed and because the grade is A"),
]


@pytest.mark.parametrize(("when", "why"), STATES, ids=[why for _, why in STATES])
def test_why_a_stage_by_a_state(when: dict[str, Any], why: str):
    if "all" in when:
        when = {"all": when["all"][::-1]}
    said = sentences(
        """
        a 2026-03-01T10:00 page_viewed
        a 2026-03-02T10:00 profile_changed country=DE
        a 2026-03-03T10:00 content_downloaded
        """,
        what="stage",
        personas=[{"name": "olga", "when": {"country": {"exists": True}}, "fit": [{"when": {"country": "DE"}, "points": 5}]}],
        engagement=[{"name": "download", "fact": "content_downloaded", "points": 20}],
        grades={"A": 5},
        stages=[SIGNED["stages"][0], {"name": "mql", "owner": "marketing", "when": when}],
    )
    assert said[-1] == f"An MQL, {why}."


def test_between_two_cycles():
    text = (
        outcome_of("""
        a 2026-03-01T10:00 form_submitted
        a 2026-03-02T10:00 disqualified reason=student
        a 2026-03-03T10:00 call_made
        a 2026-03-04T10:00 page_viewed
    """)
        .explain("a")
        .to_text()
    )
    chapters = [line for line in text.splitlines() if line.startswith(("Cycle", "In no cycle"))]
    assert chapters == [
        "Cycle 1, from 1 March 2026 at 11:00",
        "In no cycle, after the disqualification",
        "Cycle 2, from 4 March 2026 at 11:00, begun by: page viewed",
    ]
    assert "A visitor, where every cycle begins." in text


CLOCK = [{"name": "first response", "by": "sales", "respond_within": "2d", "share": "90%", "per": "month"}]


@pytest.mark.parametrize(
    ("more", "as_of", "said"),
    [
        ("", "2026-03-02T10:00Z", ["starts: due on 3 March 2026 at 11:00. It is still open."]),
        (
            "",
            "2026-03-03T10:00:01Z",
            ["starts: due on 3 March 2026 at 11:00.", "is broken: nobody had tried to reach the lead by then."],
        ),
        ("a 2026-03-02T10:00 call_made", None, ["starts: due on 3 March 2026 at 11:00.", "is kept."]),
        (
            "a 2026-03-05T10:00 call_made",
            None,
            ["starts: due on 3 March 2026 at 11:00.", "is kept late: it was due on 3 March 2026 at 11:00."],
        ),
        (
            "a 2026-03-02T10:00 rejected",
            None,
            ["starts: due on 3 March 2026 at 11:00.", "is void: the cycle ended before it was kept."],
        ),
    ],
)
def test_what_became_of_a_clock(more: str, as_of: str | None, said: list[str]):
    facts = f"a 2026-03-01T10:00 form_submitted\n{more}"
    assert sentences(facts, what="clock", as_of=as_of, commitments=CLOCK) == [
        f'The clock "first response" {text}' for text in said
    ]


@pytest.mark.parametrize(
    ("promise", "undone"),
    [
        ({"respond_within": "2h"}, "nobody had tried to reach the lead"),
        ({"decide_within": "2d"}, "nobody had decided about the lead"),
        ({"attempts": 4, "within": "2d"}, "2 of 4 attempts had been made"),
    ],
)
def test_a_broken_clock_says_what_was_not_done(promise: dict[str, Any], undone: str):
    """The third call comes too late, and before the hand-off a call is none."""
    facts = """
        a 2026-03-01T09:00 call_made
        a 2026-03-01T10:00 form_submitted
        a 2026-03-01T13:00 call_made
        a 2026-03-02T10:00 email_sent
        a 2026-03-03T11:00 call_made
    """
    as_of = "2026-03-01T12:30Z" if "respond_within" in promise else None
    signed = [{"name": "promise", "by": "sales", "share": "90%", "per": "month", **promise}]
    assert sentences(facts, what="clock", as_of=as_of, commitments=signed)[1:] == [
        f'The clock "promise" is broken: {undone} by then.'
    ]


RULES = [
    {"name": "download", "fact": "content_downloaded", "points": 20, "at_most": 1, "fades": [{"after": "10d", "to": "50%"}]},
]


def test_a_loss_says_why_and_of_which_fact():
    facts = """
        a 2026-03-01T10:00 content_downloaded
        a 2026-03-12T10:00 content_downloaded
        a 2026-03-13T10:00 content_downloaded
    """
    assert sentences(facts, what="engagement", engagement=RULES) == [
        "Engagement +20, now 20: download.",
        "Engagement −10, now 10: download fades (content downloaded on 1 March 2026 at 11:00).",
        "Engagement −10: download no longer counts, as only the last one counts (content downloaded on 1 March 2026 at 11:00).",
        "Engagement +20, now 20: download.",
        "Engagement −20: download no longer counts, as only the last one counts (content downloaded on 12 March 2026 at 11:00).",
        "Engagement +20, now 20: download.",
    ]


def test_after_a_hand_back_the_points_of_the_new_cycle_are_told_apart():
    facts = """
        a 2026-03-01T10:00 content_downloaded
        a 2026-03-02T10:00 accepted
        a 2026-03-03T10:00 rejected reason=early
    """
    told = outcome_of(facts, engagement=RULES, handoff={"at": "sal"}).explain("a")
    assert "engagement 20 (0 of this cycle)." in told.standing
    assert [event.text for event in told.events if event.cycle == 2] == [
        "A visitor, because an MQL counts as one.",
        "An MQL, because it was sent back there.",
    ]


def test_moments_of_marketing_from_which_nothing_follows_are_one_line():
    facts = """
        a 2026-03-01T10:00 form_submitted
        a 2026-03-02T10:00 email_delivered
        a 2026-03-02T11:00 email_opened
        a 2026-03-03T10:00 email_delivered
    """
    said = outcome_of(facts).explain("a").to_text()
    assert "  From 2 March 2026 at 11:00 to 3 March 2026 at 11:00\n    Email delivered twice and email opened once, which" in said


def test_what_a_fact_is_about_is_said_plainly():
    facts = """
        a 2026-03-01T10:00 linked with="b"
        a 2026-03-02T10:00 unlinked with="b"
        a 2026-03-03T10:00 obstacle_noted obstacle="price" actor=rita
        a 2026-03-04T10:00 assigned to="rita"
    """
    assert sentences(facts, what="fact") == [
        "Linked with b, the same person.",
        "Unlinked from b, another person after all.",
        "Obstacle noted by rita: price.",
        "Assigned to rita.",
    ]


def test_a_persona_told_late_is_not_told_as_news():
    """A persona without points shows in no line of fit; the first line of engagement names it."""
    facts = """
        a 2026-03-01T10:00 profile_changed country=DE
        a 2026-03-02T10:00 content_downloaded
    """
    personas = [{"name": "olga", "when": {"country": "DE"}, "fit": []}]
    assert sentences(facts, what="engagement", engagement=RULES, personas=personas) == [
        "Engagement +20, now 20: download. The persona is olga."
    ]


def test_printed_it_is_its_text():
    told = outcome_of("a 2026-03-01T10:00 form_submitted").explain("a")
    assert str(told) == told.to_text()
    assert repr(told) == "<Explanation of a as of 2026-03-01T10:00:00Z: 4 events>"


def test_a_vocabulary_gives_stages_their_names():
    said = sentences(
        "a 2026-03-01T10:00 form_submitted",
        what="stage",
        vocabulary=[
            {"term": "Interested person", "stage": "mql", "means": "…"},
            {"term": "Guest", "short": "G", "stage": "visitor", "means": "…"},
        ],
    )
    assert [text.split(",")[0] for text in said] == ["A G", "An interested person"]


def test_a_long_life_is_told_quickly_and_shortly():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    facts = "\n".join(f"a {(start + timedelta(minutes=i)).replace(tzinfo=None).isoformat()} page_viewed" for i in range(3000))
    rule = {"name": "view", "fact": "page_viewed", "points": 1, "at_most": 5, "fades": [{"after": "30d", "to": "0%"}]}
    assert len(outcome_of(facts).explain("a").to_text().splitlines()) < 12
    assert len(outcome_of(facts, engagement=[rule]).explain("a").events) > 8000


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("MQL", "an MQL"),
        ("SQL", "an SQL"),
        ("customer", "a customer"),
        ("opportunity", "an opportunity"),
        ("user", "a user"),
        ("PQL", "a PQL"),
    ],
)
def test_articles(name: str, said: str):
    assert with_article(name) == said


def test_words():
    assert listed(["a"]) == "a" and listed(["a", "b", "c"], "or") == "a, b or c"
    written = {"country": {"in": ["DE", "AT"]}, "employees": {"between": [50, 500]}, "vip": True, "mail": {"exists": False}}
    assert condition_words(written) == "country is DE or AT, employees is from 50 to 500, vip is yes and mail is not known"
    assert moment(datetime(2026, 3, 12, 8, 40, tzinfo=UTC), "Europe/Berlin") == "12 March 2026 at 09:40"
    assert moment(datetime(2026, 3, 12, 8, 40, 7, tzinfo=UTC), "Europe/Berlin") == "12 March 2026 at 09:40:07"
