"""The difference of two agreements in sentences that a salesperson understands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from smarketing.agreement.changes import frame, promises, routine, scoring, way
from smarketing.agreement.models import Agreement

Section = Callable[[Agreement, Agreement], Iterator[str]]

SAME = "The two agreements say the same."


SECTIONS: dict[str, Section] = {
    "name": frame.heading,
    "signatories": frame.signatories,
    "stages": way.stages,
    "handoff": way.handoff,
    "engagement": scoring.engagement,
    "personas": scoring.personas,
    "grades": scoring.grades,
    "commitments": promises.commitments,
    "worth": promises.worth,
    "reward": promises.reward,
    "calendars": frame.calendars,
    "vocabulary": frame.vocabulary,
    "goals": routine.goals,
    "meetings": routine.meetings,
    "attribution": routine.attribution,
    "rankings": routine.rankings,
    "effort": routine.effort,
    "holdout": routine.holdout,
    "interests": routine.interests,
}
"""Every part of the language, in the order in which a reader wants to hear of it (`name` tells of all that stands at the top)."""


def difference(old: Agreement, new: Agreement) -> list[str]:
    """What `new` changes of `old`, one sentence for each change; one sentence that says so when nothing changes."""
    if old.id == new.id:
        return [SAME]
    sentences = [sentence for said in by_part(old, new).values() for sentence in said]
    return sentences or [f"{SAME[:-1]}, in other words."]


def by_part(old: Agreement, new: Agreement) -> dict[str, list[str]]:
    """The same sentences under the part of the language that they are about; a part without a change is left out."""
    said = {part: list(section(old, new)) for part, section in SECTIONS.items()}
    return {part: sentences for part, sentences in said.items() if sentences}
