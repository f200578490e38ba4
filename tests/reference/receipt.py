"""The receipt of one lead: which fact gave or took how many points when, and what the score is at a time (contract, 3.1).

Points are whole hundredths everywhere here. A fact is judged by the version in force at its time, for ever; rules of one name are
one rule. The line `version` comes before the lines of a `profile_changed` at the same time: it knows the profile until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.reference.conditions import attributes_hold, canonical, fact_matches, known_of_profile
from tests.reference.journal import Fact
from tests.reference.versions import Versions

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
    fact_id: str | None
    points: int


class Receipt:
    """Everything that can be said about the scores of one lead."""

    def __init__(self, facts: list[Fact], versions: Versions, as_of: datetime) -> None:
        self.facts, self.versions, self.as_of = facts, versions, as_of
        names = {rule["name"] for version in versions.all for rule in version.get("engagement") or []}
        self.hits = {name: [fact for fact in facts if self.counts(name, fact)] for name in sorted(names)}
        self.changes = self._engagement_changes() + self._fit_changes()

    # Engagement

    def rule(self, name: str, fact: Fact) -> dict[str, Any] | None:
        """The rule of that name in the version in force when the fact happened."""
        rules = self.versions.at(fact.at).get("engagement") or []
        return next((rule for rule in rules if rule["name"] == name), None)

    def counts(self, name: str, fact: Fact) -> bool:
        """Does the rule of that name count this fact?"""
        rule = self.rule(name, fact)
        return rule is not None and fact_matches(rule, fact)

    def left(self, name: str, hit: Fact, at: datetime) -> int:
        """What this fact's points under the rule of that name are worth at a time."""
        if at < hit.at:
            return 0
        rule = self.rule(name, hit)
        later = [other for other in self.hits[name] if other.order > hit.order and other.at <= at]
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
        for name, hits in self.hits.items():
            fades = [hit.at + elapsed(step["after"]) for hit in hits for step in self.rule(name, hit).get("fades") or []]
            times = sorted({time for time in [hit.at for hit in hits] + fades if time <= self.as_of})
            for hit in hits:
                before = 0
                for time in times:
                    now = self.left(name, hit, time)
                    if now != before:
                        found.append(Change(time, "engagement", name, hit.fact_id, now - before))
                    before = now
        return found

    def earns(self, fact: Fact) -> bool:
        """True if some rule with points above 0 counts this fact."""
        return any(fact in hits and hundredths(self.rule(name, fact)["points"]) > 0 for name, hits in self.hits.items())

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
        """When fit is judged: at the lead's first fact, after each moment with a change of the profile, and as a version begins."""
        changed = {fact.at for fact in self.facts if fact.kind == "profile_changed"}
        return sorted({self.facts[0].at} | changed | set(self.begun_in_life()))

    def begun_in_life(self) -> list[datetime]:
        """When versions begin after the lead's first fact."""
        return [start for start in self.versions.starts() if start > self.facts[0].at]

    def profile_at(self, at: datetime) -> dict[str, Any]:
        """The attributes known by then."""
        return self.profile_of([fact for fact in self.facts if fact.at <= at])

    def profile_of(self, facts: list[Fact]) -> dict[str, Any]:
        """The attributes that these facts tell."""
        profile: dict[str, Any] = {}
        for fact in facts:
            if fact.kind == "profile_changed":
                profile |= fact.properties
        return profile

    def winner_at(self, at: datetime) -> tuple[str | None, dict[str, int]]:
        """The persona that decides the fit, and the points of its rules that hold."""
        if at < self.facts[0].at:
            return None, {}
        return self.winner(self.versions.at(at), self.profile_at(at))

    def winner(self, version: dict[str, Any], profile: dict[str, Any]) -> tuple[str | None, dict[str, int]]:
        """The persona that decides the fit of a profile under a version, and the points of its rules that hold."""
        best: tuple[str | None, dict[str, int]] = (None, {})
        known = known_of_profile(profile)
        for persona in version.get("personas") or []:
            if not attributes_hold(persona.get("when"), known):
                continue
            held = [rule for rule in persona.get("fit") or [] if attributes_hold(rule.get("when"), known)]
            points = {
                f"{persona['name']}.{rule.get('name') or canonical(rule.get('when'))}": hundredths(rule["points"])
                for rule in held
            }
            if best[0] is None or sum(points.values()) > sum(best[1].values()):
                best = (persona["name"], points)
        return best

    def _fit_changes(self) -> list[Change]:
        found, before = [], {}
        for time in self.judged_at():
            if time in self.begun_in_life():
                now = self.winner(self.versions.at(time), self.profile_of([fact for fact in self.facts if fact.at < time]))[1]
                if points := sum(now.values()) - sum(before.values()):
                    found.append(Change(time, "fit", "version", None, points))
                before = now
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
        grades = self.versions.at(at).get("grades") or {}
        highest_first = sorted(grades.items(), key=lambda grade: (-hundredths(grade[1]), grade[0]))
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
