"""A life that several versions judged: each line names its own, and the words are those of that version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from smarketing.agreement.models import Agreement
from smarketing.backends.local import replay
from smarketing.backends.one_life import replay_life
from smarketing.reports.explain.story import Explanation
from tests.unit.reports.lives import SIGNED, journal

FACTS = """
    a 2026-03-01T10:00 page_viewed
    a 2026-03-01T11:00 profile_changed role=coo
    a 2026-03-02T10:00 form_submitted
    a 2026-04-02T10:00 page_viewed
    a 2026-04-03T10:00 rejected reason=early
    a 2026-04-04T10:00 form_submitted
    a 2026-04-04T11:00 call_made
"""


def version(day: str, points: int, hours: int, stages: list[dict[str, Any]], **more: Any) -> Agreement:
    """A version from a day on; its rules give so many points, its clock so many hours."""
    changed = {
        "name": f"Version of {day}", "in_force": {"from": day}, "stages": stages,
        "engagement": [{"name": "visit", "fact": "page_viewed", "points": points, "at_most": 1}],
        "personas": [{"name": f"coo {points}", "fit": [{"when": {"role": "coo"}, "points": points}]}],
        "commitments": [{"name": "response", "by": "sales", "respond_within": f"{hours}h", "per": "month"}],
    }  # fmt: skip
    return Agreement.model_validate(SIGNED | changed | more)


VISITOR = {"name": "visitor", "owner": "marketing"}
OLD = version("2026-01-01", 5, 2, SIGNED["stages"], handoff={"at": "mql", "attempts": ["email_sent"]})
NEW = version(
    "2026-04-01",
    7,
    1,
    [VISITOR, {"name": "known", "owner": "marketing", "when": {"fact": "page_viewed"}}, *SIGNED["stages"][1:3]],
)


def explained(*versions: Agreement, facts: str = FACTS) -> Explanation:
    """The life of `a` under some versions."""
    return replay(journal(facts), versions, "2026-05-01").explain("a")


def told(explanation: Explanation, what: str) -> list[tuple[str, str, str]]:
    """Day, text and version of each line of one sort."""
    ids = {OLD.id: "old", NEW.id: "new"}
    return [(f"{event.at:%m-%d}", event.text, ids[event.agreement]) for event in explanation.events if event.what == what]


def test_every_line_names_the_version_that_judged_it():
    rows = explained(OLD, NEW).to_dict()["rows"]
    assert {row["agreement"] for row in rows} == {OLD.id, NEW.id}
    for row in rows:
        lost = row.get("axis") == "engagement" and row["points"] < 0
        is_new = row["at"] >= "2026-03-31T22:00:00Z" and not lost
        assert row["agreement"] == (NEW.id if is_new else OLD.id), row


def test_points_that_fall_out_are_told_with_the_limit_of_their_own_version():
    assert told(explained(OLD, NEW), "engagement") == [
        ("03-01", "Engagement +5, now 5: visit. The persona is coo 5.", "old"),
        ("04-02", "Engagement −5: visit no longer counts, as only the last one counts (page viewed on 1 March 2026 at 11:00).", "old"),
        ("04-02", "Engagement +7, now 7: visit.", "new"),
    ]  # fmt: skip


def test_the_start_of_a_version_is_told():
    assert told(explained(OLD, NEW), "fit") == [
        ("03-01", "Fit +5, now 5: role is coo.", "old"),
        ("03-31", "Fit +2, now 7: the version from 2026-04-01 begins and judges the profile anew. The persona is now coo 7.", "new"),
    ]  # fmt: skip


def test_why_a_stage_is_told_by_the_version_of_its_entry():
    assert told(explained(OLD, NEW), "stage")[:3] == [
        ("03-01", "A visitor, where every lead begins.", "old"),
        ("03-02", "A known, because an MQL counts as one.", "old"),
        ("03-02", "An MQL, because of this fact: form submitted.", "old"),
    ]  # fmt: skip


def test_clocks_and_attempts_are_those_of_the_version_of_the_hand_off():
    said = told(explained(OLD, NEW), "clock")
    assert [(day, judge) for day, _, judge in said] == [("03-02", "old"), ("03-02", "old"), ("04-04", "new"), ("04-04", "new")]
    assert said[1][1] == 'The clock "response" is broken: nobody had tried to reach the lead by then.'
    assert said[3][1] == 'The clock "response" is kept.'


def test_the_text_says_which_versions_and_marks_each_line():
    text = explained(OLD, NEW).to_text(width=200)
    assert (
        f"  v1 from 2026-01-01: Version of 2026-01-01 ({OLD.id[:12]})\n  v2 from 2026-04-01: Version of 2026-04-01 ({NEW.id[:12]})"
        in text
    )
    assert "    Page viewed. [v1 from 2026-01-01]\n" in text
    assert "    Rejected, reason: early. [v2 from 2026-04-01]\n" in text
    sentences = [line for line in text.splitlines() if line.startswith("    ")]
    assert sentences
    assert all(line.endswith("]") for line in sentences)


def test_one_version_needs_no_mark():
    text = explained(OLD).to_text()
    assert "[v1" not in text
    assert {row["agreement"] for row in explained(OLD).to_dict()["rows"]} == {OLD.id}


def test_moments_without_consequence_are_told_together_only_under_one_version():
    visits = "\n".join(f"a 2026-{day}T10:00 email_opened" for day in ("03-28", "03-29", "03-30", "04-01", "04-02", "04-03"))
    text = explained(OLD, NEW, facts=f"a 2026-03-01T10:00 subscribed\n{visits}").to_text(width=200)
    assert "    Email opened 3 times, which changes nothing. [v1 from 2026-01-01]" in text
    assert "    Email opened 3 times, which changes nothing. [v2 from 2026-04-01]" in text


def test_another_persona_for_as_many_points_is_known_though_no_line_tells_it():
    other = version(
        "2026-04-01", 5, 2, SIGNED["stages"], personas=[{"name": "boss", "fit": [{"when": {"role": "coo"}, "points": 5}]}]
    )
    facts = "a 2026-03-01T10:00 profile_changed role=coo"
    assert explained(OLD, other, facts=facts).now["persona"] == "boss"
    assert explained(OLD, facts=facts).now["persona"] == "coo 5"


def test_a_hand_off_in_a_cycle_without_any_stage_of_now_is_told_all_the_same():
    quite_other = version(
        "2026-04-01", 7, 1, [{"name": "client", "owner": "sales", "when": {"fact": "opportunity_won"}}], handoff={"at": "client"}
    )
    explanation = explained(OLD, quite_other, facts=FACTS)
    assert [event.what for event in explanation.events].count("handoff") == 1
    assert [event for event in explanation.events if event.what == "stage"] == []


def test_a_lead_alone_is_explained_as_in_the_whole(tmp_path: Path):
    alone = replay_life(journal(FACTS), [NEW, OLD], "a", "2026-05-01").explain("a")
    assert alone.to_dict() == explained(OLD, NEW).to_dict()
