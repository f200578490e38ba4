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
    sentences = [sentence for section in SECTIONS.values() for sentence in section(old, new)]
    return sentences or [f"{SAME[:-1]}, in other words."]
