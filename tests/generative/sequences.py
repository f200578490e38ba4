"""Versions by chance that take the place of an agreement while leads are on their way: each changes some of what the one before says."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.generative.agreements import (
    ATTRIBUTES,
    ELAPSED,
    POINTS,
    STAGE_NAMES,
    USUAL,
    ZONES,
    Words,
    make_calendars,
    make_commitments,
    make_engagement,
    make_handoff,
    make_personas,
    make_time_condition,
    make_worth,
    one_step_after_another,
    reachable,
)
from tests.generative.journals import CHANGES, Row
from tests.generative.promises import make_promises
from tests.reference.receipt import elapsed

Agreement = dict[str, Any]
GRADES: list[dict[str, Any]] = [{}, {"A": 20, "B": 10, "C": 5}, {"A": 10}, {"A": 12.5, "B": 0, "C": -5}, {"A": 5, "B": 1}]


def make_versions(random: Random, agreement: Agreement, facts: list[Row]) -> list[Agreement]:
    """The agreement and one or two versions after it, that begin while things happen, or later."""
    days = sorted(set(make_days(random, agreement, facts)))
    found = [in_force_before(agreement, days[0])]
    if random.random() < 0.2:
        found = [mend(random, copy.deepcopy(found[0]) | one_step_after_another(random))]
    for day in days:
        found.append(changed(random, found[-1], day))
    return found


def make_days(random: Random, agreement: Agreement, facts: list[Row]) -> list[str]:
    """Days of the facts, and days on which the clocks change."""
    usual = [fact["at"] for fact in facts if 2000 < fact["at"].year < 2031]
    low, high = min(usual, default=facts[0]["at"]), max(usual, default=facts[0]["at"])
    middle = sorted(usual)[len(usual) // 4 : -(len(usual) // 4) or None] or [low]
    changes = [day for zone in ZONES for day in CHANGES.get(zone, ()) if low.date().isoformat() <= day <= high.date().isoformat()]
    found = []
    for _ in range(random.choice([1, 1, 1, 2, 2])):
        day = random.choice([*middle, low + random.random() * (high - low)]) + random.choice([0, 0, 1, -1]) * timedelta(days=1)
        found.append(random.choice(changes) if changes and random.random() < 0.15 else day.date().isoformat())
    if random.random() < 0.15:
        found.append((high + random.choice([15, 25, 35, 45]) * timedelta(days=1)).date().isoformat())
    if random.random() < 0.08:
        found.append((high + timedelta(days=400)).date().isoformat())
    return found


def in_force_before(agreement: Agreement, day: str) -> Agreement:
    """The agreement, in force from an earlier day."""
    if agreement["in_force"]["from"] < day:
        return agreement
    return agreement | {"in_force": {"from": "2001-01-01"}}


def changed(random: Random, before: Agreement, day: str) -> Agreement:
    """The next version, from that day on."""
    version = copy.deepcopy(before) | {"in_force": {"from": day}}
    if random.random() < 0.4:
        later = datetime.fromisoformat(day) + random.choice([3, 10, 40]) * timedelta(days=1)
        version["in_force"]["trial_until"] = later.date().isoformat()
    chances = {
        change_engagement: 0.75,
        change_personas: 0.75,
        change_grades: 0.3,
        change_stages: 0.65,
        change_handoff: 0.6,
        change_time: 0.4,
        change_commitments: 0.5,
        change_worth: 0.3,
        change_currency: 0.2,
    }
    for change, chance in chances.items():
        if random.random() < chance:
            change(random, version)
    return mend(random, version)


def change_engagement(random: Random, version: Agreement) -> None:
    """Other points, limits and fades; rules gone, new, and of the same name about another fact."""
    rules = version.get("engagement", [])
    for rule in rules:
        if random.random() < 0.5:
            rule["points"] = random.choice([*POINTS, rule["points"] * 2])
        if random.random() < 0.4:
            rule.pop("at_most", None)
            rule |= random.choice([{}, {"at_most": 1}, {"at_most": 2}, {"at_most": 3}])
        if random.random() < 0.4:
            rule.pop("fades", None)
            times = sorted(random.sample(ELAPSED, random.choice([1, 2])), key=elapsed)
            fades = [{"after": after, "to": random.choice(["80%", "50%", "33.3%", "0%"])} for after in times]
            rule |= random.choice([{}, {"fades": fades}])
    others = {rule["name"]: rule for rule in make_engagement(random)}
    kept = [others.get(rule["name"], rule) if random.random() < 0.2 else rule for rule in rules if random.random() < 0.9]
    names = {rule["name"] for rule in kept}
    kept += [rule for name, rule in others.items() if name not in names and random.random() < 0.3]
    random.shuffle(kept)
    version["engagement"] = kept


def change_personas(random: Random, version: Agreement) -> None:
    """Other points, another order, other personas of the same names, or fewer."""
    personas = version.get("personas", [])
    roll = random.random()
    if roll < 0.45:
        for rule in (rule for persona in personas for rule in persona["fit"]):
            rule["points"] = random.choice(POINTS)
    elif roll < 0.55:
        personas.reverse()
    elif roll < 0.7:
        for number, rule in enumerate(rule for persona in personas for rule in persona["fit"]):
            rule["name"] = f"named anew {number}"
    elif roll < 0.75:
        personas = personas[1:]
    else:
        personas = make_personas(random)
    for persona in personas:
        if random.random() < 0.4:
            name = f"since {version['in_force']['from']}"
            when = {random.choice(sorted(ATTRIBUTES)): {"exists": random.random() < 0.5}}
            persona["fit"].append({"name": name, "when": when, "points": random.choice(POINTS)})
    version["personas"] = personas


def change_grades(random: Random, version: Agreement) -> None:
    """Other floors."""
    version["grades"] = random.choice(GRADES)


def change_stages(random: Random, version: Agreement) -> None:
    """A stage gone, a new one, another order, another condition, or none."""
    stages = version["stages"]
    words = words_of(random, version)
    if len(stages) > 1 and random.random() < 0.35:
        stages.remove(random.choice(leant_on(version) or stages) if random.random() < 0.7 else random.choice(stages))
    unused = [name for name in STAGE_NAMES if name not in [stage["name"] for stage in stages]]
    if unused and random.random() < 0.4:
        name, place = random.choice(unused), random.randint(0, len(stages))
        usual = USUAL.get(name)
        when = (
            usual if usual and random.random() < 0.5 else make_time_condition(words, [stage["name"] for stage in stages[:place]])
        )
        stages.insert(place, {"name": name, "owner": "sales", "when": when})
    if len(stages) > 1 and random.random() < 0.3:
        one, other = random.sample(range(len(stages)), 2)
        stages[one], stages[other] = stages[other], stages[one]
    for place, stage in enumerate(stages):
        if random.random() < 0.3:
            stage["when"] = make_time_condition(words, [one["name"] for one in stages[:place]])
        elif random.random() < 0.05:
            stage.pop("when", None)


def leant_on(version: Agreement) -> list[Agreement]:
    """The stages that others or the hand-off name."""
    parts = [stage["when"] for stage in version["stages"] if "when" in stage]
    for part in parts:
        parts += [*part.get("any", []), *part.get("all", [])]
    named = {part.get("only_from") for part in parts} | {version["handoff"]["at"], version["handoff"].get("return_to")}
    return [stage for stage in version["stages"] if stage["name"] in named]


def change_handoff(random: Random, version: Agreement) -> None:
    """At another stage, with or without a check, back to another stage, with other attempts and connects."""
    made = make_handoff(random, [stage["name"] for stage in version["stages"]])
    keys = random.sample(["at", "at", "check", "return_to", "attempts", "connects"], random.choice([1, 2, 3, 5]))
    if random.random() < 0.3:
        made["at"] = version["stages"][0]["name"]
    version["handoff"] = {
        key: source[key]
        for key in ("at", "check", "return_to", "attempts", "connects")
        for source in [made if key in keys else version["handoff"]]
        if key in source
    }


def change_time(random: Random, version: Agreement) -> None:
    """Another zone, other calendars."""
    if random.random() < 0.6:
        version["timezone"] = random.choice(ZONES)
    if random.random() < 0.7:
        version["calendars"] = make_calendars(random)


def change_commitments(random: Random, version: Agreement) -> None:
    """Other durations and shares under the same names; other promises, some under the same names."""
    rest = [one for one in version.get("commitments", []) if random.random() < 0.7]
    others = make_commitments(random, business=bool(version.get("calendars"))) + make_promises(random, version)
    names = {one["name"] for one in rest}
    version["commitments"] = rest + [one for one in others if one["name"] not in names]


def change_worth(random: Random, version: Agreement) -> None:
    """Another worth of a lead."""
    version["worth"] = make_worth(random, version.get("grades", {}))


def change_currency(random: Random, version: Agreement) -> None:
    """Money in another currency."""
    version["currency"] = {"EUR": "USD", "USD": "EUR"}[version["currency"]]


def words_of(random: Random, version: Agreement) -> Words:
    """What conditions of this version may name."""
    personas, engagement = version.get("personas", []), version.get("engagement", [])
    return Words(
        random, [one["name"] for one in personas], list(version.get("grades", {})), reachable(random, personas, engagement)
    )


def mend(random: Random, version: Agreement) -> Agreement:
    """Every name that is named is there again, in the right order; no section is empty."""
    names, words = [stage["name"] for stage in version["stages"]], words_of(random, version)
    for place, stage in enumerate(version["stages"]):
        if "when" in stage:
            stage["when"] = mended(stage["when"], words, names[:place])
    handoff = version["handoff"]
    handoff["at"] = handoff["at"] if handoff["at"] in names else random.choice(names)
    if handoff.get("return_to") not in names[: names.index(handoff["at"])]:
        handoff.pop("return_to", None)
    grades = [*version.get("grades", {}), "D"]
    for one in version.get("commitments", []):
        if "deliver" in one:
            one["deliver"] = handoff["at"]
        if "grades" in one:
            one["grades"] = [grade for grade in one["grades"] if grade in grades] or ["D"]
        for key in ("respond_within", "decide_within", "within"):
            if "business" in one.get(key, "") and not version.get("calendars"):
                one[key] = random.choice(ELAPSED)
    if version.get("worth"):
        version["worth"] = {grade: worth for grade, worth in version["worth"].items() if grade in grades}
    return {name: section for name, section in version.items() if section not in (None, {}, [])}


def mended(condition: Agreement, words: Words, before: list[str]) -> Agreement:
    """The condition with only what this version knows."""
    condition = dict(condition)
    if condition.get("only_from") not in before:
        condition.pop("only_from", None)
    for key in ("any", "all"):
        if key in condition:
            condition[key] = [mended(part, words, before) for part in condition[key]]
    for key, known in (("persona", words.personas), ("grade", [*words.grades, "D"])):
        if key in condition and not (kept := [name for name in condition[key] if name in known]):
            del condition[key]
            condition["score"] = {"engagement": words.random.choice(words.scores)}
        elif key in condition:
            condition[key] = kept
    return condition


def starts_of(versions: list[Agreement]) -> list[datetime]:
    """When each version but the first begins."""
    days = [(datetime.fromisoformat(one["in_force"]["from"]), ZoneInfo(one["timezone"])) for one in versions[1:]]
    return [day.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")) for day, zone in days]
