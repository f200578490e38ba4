"""The cycles of one lead and the stages it enters in each (contract, 3.2).

Stages of one name are one stage, whatever versions have it: it has one own entry in a cycle, found by the version in force at each
moment. A fact inside `all` counts from then on also where it happened under an earlier version; what `only_from` asks for lies between
the two in the order of the version that asks. What the tables show are the stages of the last version, in its order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.reference.conditions import fact_matches
from tests.reference.journal import OPPORTUNITY, Fact
from tests.reference.receipt import Receipt, hundredths
from tests.reference.versions import names_of, stage_named


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

    def __init__(self, cycle: Cycle, receipt: Receipt) -> None:
        self.cycle, self.receipt, self.versions = cycle, receipt, receipt.versions
        self.stages = self.versions.last["stages"]
        self.names = names_of(self.versions.last)
        self.facts = cycle.facts(receipt.facts)
        self.moments = [at for at in receipt.moments() if cycle.includes(at)]
        self.given = self._given(self.versions.at(cycle.begin))
        self.own: dict[str, datetime] = {}
        self._find_own_entries()

    def _given(self, version: dict[str, Any]) -> list[str]:
        """The stages that the lead has from the begin on, by the version in force then."""
        if not self.cycle.after_hand_back:
            return []
        names, return_to = names_of(version), version["handoff"].get("return_to")
        return names[: names.index(return_to) + 1] if return_to else names[: names.index(version["handoff"]["at"])]

    def _find_own_entries(self) -> None:
        for stage in self.versions.at(self.cycle.begin)["stages"]:
            if stage.get("when") is None:
                self.own[stage["name"]] = self.cycle.begin
        for at in self.moments:
            for stage in self.versions.at(at)["stages"]:
                name, when = stage["name"], stage.get("when")
                if name not in self.own and when is not None and self.holds(when, at, name, latched=False):
                    self.own[name] = at

    def holds(self, condition: dict[str, Any], at: datetime, name: str, *, latched: bool) -> bool:
        """Does the condition of the stage of that name hold at the moment? `latched`: it stands inside an `all`."""
        before, order = condition.get("only_from"), names_of(self.versions.at(at))
        if "fact" in condition:
            times = {
                fact.at for fact in self.facts if fact_matches(condition, fact) and (fact.at == at or (latched and fact.at < at))
            }
            return any(self.came_from(before, time, name, order) for time in times)
        if not self.came_from(before, at, name, order):
            return False
        if "any" in condition:
            return any(self.holds(part, at, name, latched=latched) for part in condition["any"])
        if "all" in condition:
            return all(self.holds(part, at, name, latched=True) for part in condition["all"])
        return self.has_earned_its_way(at) and self.state_holds(condition, at)

    def came_from(self, before: str | None, at: datetime, name: str, order: list[str]) -> bool:
        """`only_from`: that stage, or one between it and this in the order, had its own entry by then or was given."""
        if before is None:
            return True
        between = order[order.index(before) : order.index(name)]
        return any(each in self.given or (each in self.own and self.own[each] <= at) for each in between)

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

    def entered_at(self, name: str, order: list[str]) -> datetime | None:
        """The earliest own entry among this stage and those after it in the order; the begin where one of them was given."""
        later = order[order.index(name) :]
        if any(each in self.given for each in later):
            return self.cycle.begin
        return min((self.own[each] for each in later if each in self.own), default=None)

    def fact_id(self, name: str) -> str | None:
        """What did it."""
        entered, later = self.entered_at(name, self.names), self.names[self.names.index(name) :]
        if any(each in self.given for each in later):
            return self.cycle.began_by.fact_id
        nearest = next(each for each in later if self.own.get(each) == entered)
        when = stage_named(self.versions.at(entered), nearest).get("when")
        if when is None:
            return self.cycle.began_by.fact_id
        causes = [
            fact for fact in self.facts if fact.at == entered and any(fact_matches(part, fact) for part in fact_parts(when))
        ]
        return causes[0].fact_id if causes else None

    def rows(self, lead_id: str) -> list[dict[str, Any]]:
        """Rows of `stage_entries`."""
        found = []
        for name, following in zip(self.names, [*self.names[1:], None], strict=True):
            entered = self.entered_at(name, self.names)
            if entered is None:
                continue
            left = self.entered_at(following, self.names) if following else None
            row = {"lead_id": lead_id, "cycle": self.cycle.number, "stage": name, "entered_at": entered}
            found.append({**row, "left_at": left or self.cycle.end, "fact_id": self.fact_id(name)})
        return found


def fact_parts(condition: dict[str, Any]) -> list[dict[str, Any]]:
    """All `fact` conditions inside a condition, at any depth."""
    if "fact" in condition:
        return [condition]
    return [part for inner in condition.get("any") or condition.get("all") or [] for part in fact_parts(inner)]
