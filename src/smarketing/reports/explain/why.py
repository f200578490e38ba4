"""Why a stage was entered: the fact or the score that made its condition true, or the later stage that implied it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from smarketing.reports.explain.life import Cycle, Life, Row
from smarketing.reports.explain.words import fact_words, kind_words, listed, number, stage_label, with_article

if TYPE_CHECKING:
    from smarketing.agreement.conditions import TimeCondition
    from smarketing.agreement.models import Agreement


@dataclass(frozen=True, slots=True)
class Moment:
    """What conditions saw: the scores and the persona at a time, and the fact that the entry names."""

    life: Life
    cycle: Cycle
    at: datetime
    fact: Row | None

    @property
    def version(self) -> Agreement:
        """The version that judges it."""
        return self.life.version_at(self.at)

    @property
    def scores(self) -> dict[str, Decimal]:
        """By the names a condition uses."""
        fit, engagement = self.life.balance("fit", self.at), self.life.engagement(self.at, self.cycle.number)
        return {"engagement": engagement, "fit": fit, "total": fit + engagement}


def why_entered(life: Life, entry: Row) -> str:
    """The end of the sentence "An MQL, …": `because of …`, `because the engagement reached 45 (needs 40)`."""
    cycle = next(one for one in life.cycles if one.number == entry["cycle"])
    names = life.agreement.stage_names
    own = _own_reason(life, cycle, entry)
    if own:
        return own
    later = [
        other
        for other in life.entries
        if other["cycle"] == entry["cycle"]
        and other["entered_at"] == entry["entered_at"]
        and names.index(other["stage"]) > names.index(entry["stage"])
    ]
    for other in sorted(later, key=lambda one: names.index(one["stage"])):
        if _own_reason(life, cycle, other):
            return f"because {with_article(stage_label(life.agreement, other['stage']))} counts as one"
    return "because its condition came true"


def _own_reason(life: Life, cycle: Cycle, entry: Row) -> str | None:
    version = life.version_at(entry["entered_at"])
    stage = next((stage for stage in version.stages if stage.name == entry["stage"]), None)
    if stage is None:
        return None
    at_begin = entry["entered_at"] == cycle.begin_at
    if cycle.number > 1 and at_begin and not cycle.whole and _given(version, entry["stage"]):
        to = version.return_to
        if to is None or entry["stage"] == to:
            return "because it was sent back there"
        return f"because {with_article(stage_label(version, to))} counts as one"
    if stage.when is None:
        begins = "where every lead begins" if cycle.number == 1 else "where every cycle begins"
        return begins if at_begin else None
    fact = life.fact.get(entry["fact_id"]) if entry["fact_id"] else None
    reason = holding(stage.when, Moment(life, cycle, entry["entered_at"], fact))
    return f"because {reason}" if reason else None


def _given(agreement: Agreement, stage: str) -> bool:
    names = agreement.stage_names
    return agreement.return_to is not None and names.index(stage) <= names.index(agreement.return_to)


def holding(when: TimeCondition, moment: Moment, *, lasting: bool = False) -> str | None:
    """What makes the condition true at the moment, in words; None where nothing that can be seen here does."""
    if when.any is not None:
        return next((reason for part in when.any if (reason := holding(part, moment, lasting=lasting))), None)
    if when.all is not None:
        parts = [holding(part, moment, lasting=True) for part in when.all]
        return " and because ".join(part for part in parts if part) if all(parts) else None
    if when.fact is not None:
        return _fact_reason(when.fact, moment, lasting)
    return _state_reason(when, moment)


def _fact_reason(kind: str, moment: Moment, lasting: bool) -> str | None:
    if moment.fact is not None and moment.fact["kind"] == kind:
        return f"of this fact: {fact_words(moment.fact, moment.version.currency)}"
    facts = moment.life.facts
    before = [fact for fact in facts if fact["kind"] == kind and fact["at"] <= moment.at and moment.cycle.holds(fact["at"])]
    return f"there was {with_article(kind_words(kind))}" if lasting and before else None


def _state_reason(when: TimeCondition, moment: Moment) -> str | None:
    if when.score is not None:
        asked = {name: getattr(when.score, name) for name in moment.scores if getattr(when.score, name) is not None}
        return _score_reason(asked, moment)
    persona, grade = moment.life.persona(moment.at), moment.version.grade_of(moment.scores["fit"])
    if when.persona is not None:
        return f"the persona is {persona}" if persona in when.persona else None
    return f"the grade is {grade}" if when.grade is not None and grade in when.grade else None


def _score_reason(asked: dict[str, Decimal], moment: Moment) -> str | None:
    scores = moment.scores
    if any(scores[name] < needed for name, needed in asked.items()):
        return None
    said = [f"{name} {number(scores[name])} (needs {number(needed)})" for name, needed in asked.items()]
    first, *others = said
    name, _, rest = first.partition(" ")
    of_cycle = " of this cycle" if moment.cycle.number > 1 and name != "fit" else ""
    return f"the {name}{of_cycle} reached {rest}" + (f" with {listed(others)}" if others else "")
