"""The receipt of one lead: which fact gave or took how many points when, and what the score is at a time (contract, 3.1).

Points are whole hundredths everywhere here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.reference.conditions import attributes_hold, canonical, fact_matches, known_of_profile
from tests.reference.journal import Fact

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(hours=24), "w": timedelta(hours=168)}


def elapsed(text: str) -> timedelta:
    """`30d`, `24h`, `90m`, `2w`: plain elapsed time."""
    text = text.strip()
    return int(text[:-1]) * UNITS[text[-1]]


def share(text: Any) -> Decimal:
    """`50%` as a fraction."""
    return Decimal(str(text).strip().removesuffix("%")) / 100


def hundredths(points: Any) -> int:
    """Points as whole hundredths."""
    scaled = Decimal(str(points)) * 100
    if scaled != int(scaled):
        raise ValueError(f"{points} has parts smaller than hundredths")
    return int(scaled)


@dataclass(frozen=True)
class Change:
    """One line of the receipt, without its balance."""

    at: datetime
    axis: str
    rule: str
    fact_id: str
    points: int


class Receipt:
    """Everything that can be said about the scores of one lead."""

    def __init__(self, facts: list[Fact], agreement: dict[str, Any], as_of: datetime) -> None:
        self.facts, self.agreement, self.as_of = facts, agreement, as_of
        self.rules = agreement.get("engagement") or []
        self.personas = agreement.get("personas") or []
        self.hits = {rule["name"]: [fact for fact in facts if fact_matches(rule, fact)] for rule in self.rules}
        self.changes = self._engagement_changes() + self._fit_changes()

    # Engagement

    def left(self, rule: dict[str, Any], hit: Fact, at: datetime) -> int:
        """What this fact's points under this rule are worth at a time."""
        if at < hit.at:
            return 0
        later = [other for other in self.hits[rule["name"]] if other.order > hit.order and other.at <= at]
        if rule.get("at_most") is not None and len(later) >= rule["at_most"]:
            return 0
        points = hundredths(rule["points"])
        for step in rule.get("fades") or []:
            if hit.at + elapsed(step["after"]) <= at:
                kept = Decimal(hundredths(rule["points"])) * share(step["to"])
                points = int(kept.quantize(Decimal(1), ROUND_HALF_UP))
        return points

    def _engagement_changes(self) -> list[Change]:
        found = []
        for rule in self.rules:
            hits = self.hits[rule["name"]]
            fades = [hit.at + elapsed(step["after"]) for hit in hits for step in rule.get("fades") or []]
            times = sorted({time for time in [hit.at for hit in hits] + fades if time <= self.as_of})
            for hit in hits:
                before = 0
                for time in times:
                    now = self.left(rule, hit, time)
                    if now != before:
                        found.append(Change(time, "engagement", rule["name"], hit.fact_id, now - before))
                    before = now
        return found

    def earns(self, fact: Fact) -> bool:
        """True if some rule with points above 0 counts this fact."""
        return any(hundredths(rule["points"]) > 0 and fact in self.hits[rule["name"]] for rule in self.rules)

    def engagement_at(self, at: datetime) -> int:
        """The whole balance of engagement."""
        return sum(change.points for change in self.changes if change.axis == "engagement" and change.at <= at)

    def engagement_of(self, facts: list[Fact], at: datetime) -> int:
        """What these facts have earned and not lost again."""
        ids = {fact.fact_id for fact in facts}
        lines = [change for change in self.changes if change.axis == "engagement" and change.fact_id in ids]
        return sum(change.points for change in lines if change.at <= at)

    # Fit

    def judged_at(self) -> list[datetime]:
        """When fit is judged: at the lead's first fact, and after each moment with a change of the profile."""
        return sorted({self.facts[0].at} | {fact.at for fact in self.facts if fact.kind == "profile_changed"})

    def profile_at(self, at: datetime) -> dict[str, Any]:
        """The attributes known by then."""
        profile: dict[str, Any] = {}
        for fact in self.facts:
            if fact.kind == "profile_changed" and fact.at <= at:
                profile |= fact.properties
        return profile

    def winner_at(self, at: datetime) -> tuple[str | None, dict[str, int]]:
        """The persona that decides the fit, and the points of its rules that hold."""
        best: tuple[str | None, dict[str, int]] = (None, {})
        if at < self.facts[0].at:
            return best
        known = known_of_profile(self.profile_at(at))
        for persona in self.personas:
            if not attributes_hold(persona.get("when"), known):
                continue
            held = [rule for rule in persona.get("fit") or [] if attributes_hold(rule.get("when"), known)]
            points = {
                f"{persona['name']}.{rule.get('name') or canonical(rule['when'])}": hundredths(rule["points"]) for rule in held
            }
            if best[0] is None or sum(points.values()) > sum(best[1].values()):
                best = (persona["name"], points)
        return best

    def _fit_changes(self) -> list[Change]:
        found, before = [], {}
        for time in self.judged_at():
            profile_facts = [fact for fact in self.facts if fact.at == time and fact.kind == "profile_changed"]
            cause = profile_facts[-1] if profile_facts else self.facts[0]
            now = self.winner_at(time)[1]
            for rule in {**before, **now}:
                points = now.get(rule, 0) - before.get(rule, 0)
                if points:
                    found.append(Change(time, "fit", rule, cause.fact_id, points))
            before = now
        return found

    def fit_at(self, at: datetime) -> int:
        """The balance of fit."""
        return sum(change.points for change in self.changes if change.axis == "fit" and change.at <= at)

    def persona_at(self, at: datetime) -> str | None:
        """The persona that decides the fit."""
        return self.winner_at(at)[0]

    def grade_at(self, at: datetime) -> str:
        """The highest grade whose threshold the fit reaches, else D; how they are listed says nothing."""
        highest_first = sorted((self.agreement.get("grades") or {}).items(), key=lambda grade: (-hundredths(grade[1]), grade[0]))
        reached = [grade for grade, low in highest_first if self.fit_at(at) >= hundredths(low)]
        return reached[0] if reached else "D"

    # The lead's time

    def moments(self) -> list[datetime]:
        """The times of its facts and of its score changes."""
        return sorted({fact.at for fact in self.facts} | {change.at for change in self.changes})

    def rows(self, lead_id: str) -> list[dict[str, Any]]:
        """Rows of `score_changes`."""
        balance = {"fit": self.fit_at, "engagement": self.engagement_at}
        return [
            {
                "lead_id": lead_id,
                "at": change.at,
                "axis": change.axis,
                "rule": change.rule,
                "fact_id": change.fact_id,
                "points": money(change.points),
                "balance": money(balance[change.axis](change.at)),
                "persona": self.persona_at(change.at),
            }
            for change in self.changes
        ]


def money(amount: int) -> Decimal:
    """Whole hundredths as a decimal of two places."""
    return Decimal(amount).scaleb(-2).quantize(Decimal("0.01"))
