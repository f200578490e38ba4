"""The cycles of one lead and the stages it enters in each (contract, 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.reference.conditions import fact_matches
from tests.reference.journal import OPPORTUNITY, Fact
from tests.reference.receipt import Receipt, hundredths


@dataclass
class Cycle:
    """One way through the stages. `begin` belongs to it only if `includes_begin`; `end` always does."""

    number: int
    begin: datetime
    includes_begin: bool
    began_by: Fact
    after_hand_back: bool
    end: datetime | None = None
    ended_by: Fact | None = None

    def includes(self, at: datetime) -> bool:
        """Does this time belong to the cycle?"""
        after_begin = self.begin < at or (self.includes_begin and at == self.begin)
        return after_begin and (self.end is None or at <= self.end)

    def facts(self, facts: list[Fact]) -> list[Fact]:
        """Those of the facts that belong to the cycle."""
        return [fact for fact in facts if self.includes(fact.at)]


def cycles(facts: list[Fact]) -> list[Cycle]:
    """All cycles of a lead, in order."""
    found: list[Cycle] = []
    current: Cycle | None = None
    for at in sorted({fact.at for fact in facts}):
        moment = [fact for fact in facts if fact.at == at]
        if current is None:
            openers = [fact for fact in moment if begins_after_disqualification(fact)] if found else moment
            if not openers:
                continue
            current = Cycle(len(found) + 1, at, True, openers[0], False)
            found.append(current)
        disqualifications = [fact for fact in moment if fact.kind == "disqualified" and current.includes(at)]
        hand_backs = find_hand_backs(current, moment, facts)
        if disqualifications:
            current.end, current.ended_by = at, disqualifications[0]
            current = None
        elif hand_backs:
            current.end, current.ended_by = at, hand_backs[0]
            current = Cycle(len(found) + 1, at, False, hand_backs[0], True)
            found.append(current)
    return found


def begins_after_disqualification(fact: Fact) -> bool:
    """Does this fact bring a disqualified lead back?"""
    in_pipeline = fact.kind in OPPORTUNITY and fact.kind != "opportunity_lost"
    return fact.is_touch or in_pipeline or fact.kind in {"accepted", "meeting_held"}


def find_hand_backs(cycle: Cycle, moment: list[Fact], facts: list[Fact]) -> list[Fact]:
    """The facts of this moment that send the lead back, in order."""
    lost = []
    state: dict[str | None, str] = {}
    for fact in facts:
        deal = fact.opportunity_id
        if not cycle.includes(fact.at) or fact.at > moment[0].at:
            continue
        if fact.kind == "opportunity_opened" or (fact.kind == "opportunity_moved" and state.get(deal) != "won"):
            state[deal] = "open"
        elif fact.kind == "opportunity_won":
            state[deal] = "won"
        elif fact.kind == "opportunity_lost" and deal in state:
            state[deal] = "lost"
    if all(word == "lost" for word in state.values()):
        lost = [fact for fact in moment if fact.kind == "opportunity_lost" and fact.opportunity_id in state]
    plain = [fact for fact in moment if fact.kind in {"rejected", "recycled"}]
    return sorted(lost + plain, key=lambda fact: fact.order)


class StagesOfCycle:
    """What one lead reached in one cycle."""

    def __init__(self, cycle: Cycle, receipt: Receipt, agreement: dict[str, Any]) -> None:
        self.cycle, self.receipt = cycle, receipt
        self.stages = agreement["stages"]
        self.names = [stage["name"] for stage in self.stages]
        self.facts = cycle.facts(receipt.facts)
        self.moments = [at for at in receipt.moments() if cycle.includes(at)]
        self.handoff = self.names.index(agreement["handoff"]["at"])
        self.given = self._given(agreement["handoff"].get("return_to"))
        self.own: list[datetime | None] = []
        for index, stage in enumerate(self.stages):
            self.own.append(self._own_entry(index, stage.get("when")))

    def _given(self, return_to: str | None) -> int:
        """The last stage that the lead has from the begin on; -1: none."""
        if not self.cycle.after_hand_back:
            return -1
        return self.names.index(return_to) if return_to else self.handoff - 1

    def _own_entry(self, index: int, when: dict[str, Any] | None) -> datetime | None:
        if when is None:
            return self.cycle.begin
        return next((at for at in self.moments if self.holds(when, at, index, latched=False)), None)

    def holds(self, condition: dict[str, Any], at: datetime, index: int, *, latched: bool) -> bool:
        """Does the condition of the stage with this index hold at the moment? `latched`: it stands inside an `all`."""
        before = condition.get("only_from")
        if "fact" in condition:
            times = {
                fact.at for fact in self.facts if fact_matches(condition, fact) and (fact.at == at or (latched and fact.at < at))
            }
            return any(self.came_from(before, time, index) for time in times)
        if not self.came_from(before, at, index):
            return False
        if "any" in condition:
            return any(self.holds(part, at, index, latched=latched) for part in condition["any"])
        if "all" in condition:
            return all(self.holds(part, at, index, latched=True) for part in condition["all"])
        return self.has_earned_its_way(at) and self.state_holds(condition, at)

    def came_from(self, before: str | None, at: datetime, index: int) -> bool:
        """`only_from`: that stage, or one between it and this, had its own entry by then or was given."""
        if before is None:
            return True
        between = range(self.names.index(before), index)
        return any(each <= self.given or (self.own[each] is not None and self.own[each] <= at) for each in between)

    def has_earned_its_way(self, at: datetime) -> bool:
        """After the first cycle, states count only from the first fact of the cycle that earns engagement points on."""
        return self.cycle.number == 1 or any(fact.at <= at and self.receipt.earns(fact) for fact in self.facts)

    def state_holds(self, condition: dict[str, Any], at: datetime) -> bool:
        """score, persona and grade at a moment."""
        if "persona" in condition:
            return self.receipt.persona_at(at) in condition["persona"]
        if "grade" in condition:
            return self.receipt.grade_at(at) in condition["grade"]
        fit = self.receipt.fit_at(at)
        first = self.cycle.number == 1
        engagement = self.receipt.engagement_at(at) if first else self.receipt.engagement_of(self.facts, at)
        score = {"fit": fit, "engagement": engagement, "total": fit + engagement}
        return all(score[axis] >= hundredths(low) for axis, low in condition["score"].items() if low is not None)

    def entered_at(self, index: int) -> datetime | None:
        """The earliest own entry among this stage and the later ones; the begin where the stage was given."""
        if index <= self.given:
            return self.cycle.begin
        return min((at for at in self.own[index:] if at is not None), default=None)

    def fact_id(self, index: int) -> str | None:
        """What did it."""
        entered = self.entered_at(index)
        if index <= self.given:
            return self.cycle.began_by.fact_id
        nearest = next(each for each in range(index, len(self.own)) if self.own[each] == entered)
        when = self.stages[nearest].get("when")
        if when is None:
            return self.cycle.began_by.fact_id
        causes = [
            fact for fact in self.facts if fact.at == entered and any(fact_matches(part, fact) for part in fact_parts(when))
        ]
        return causes[0].fact_id if causes else None

    def rows(self, lead_id: str) -> list[dict[str, Any]]:
        """Rows of `stage_entries`."""
        found = []
        for index, name in enumerate(self.names):
            entered = self.entered_at(index)
            if entered is None:
                continue
            following = self.entered_at(index + 1) if index + 1 < len(self.names) else None
            row = {"lead_id": lead_id, "cycle": self.cycle.number, "stage": name, "entered_at": entered}
            found.append({**row, "left_at": following or self.cycle.end, "fact_id": self.fact_id(index)})
        return found


def fact_parts(condition: dict[str, Any]) -> list[dict[str, Any]]:
    """All `fact` conditions inside a condition, at any depth."""
    if "fact" in condition:
        return [condition]
    return [part for inner in condition.get("any") or condition.get("all") or [] for part in fact_parts(inner)]
