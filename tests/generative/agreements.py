"""Agreements by chance: every construct of the language that a replay follows, often, and in odd company."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.generative.promises import apart, promised
from tests.reference.conditions import canonical
from tests.reference.receipt import elapsed

TOUCH_KINDS = ["page_viewed", "content_downloaded", "form_submitted", "subscribed", "unsubscribed", "demo_watched"]
ATTRIBUTES: dict[str, list[Any]] = {
    "role": ["ops", "OPS", "coo", "Straße", "STRASSE", "İzmir", "ΟΔΟΣ", "x y"],
    "employees": [5, 50, 50.0, "50", "5e1", "+50", " 50", "n/a", 500, 7.25, "٥", "5.", True, "-3"],
    "country": ["DE", "de", "NO", "AT", "at"],
    "vip": [True, False, "true", "TRUE", 1],
    'Größe "x".y': ["L\n2", 'a"b', "back\\slash", 0.1, 1e5, "0.10", "100000", "1E5"],
}
PROPERTIES: dict[str, list[Any]] = {
    "url": ["/pricing", "/PRICING/x", "/about", "pricing"],
    "n": [1, 2, 2.0, "2", "10", 10, "1e1", "ten", -1, 0.5],
    "flag": [True, False, "true"],
    "campaign": ["spring", "SPRING", "fall"],
    "channel": ["email", "referral"],
    "actor": ["ana@x.example", "ben@x.example"],
    "amount": [100, "100.00", 99.99, "100.0", 0, 12.5],
    "p.q r": ["ẞ", "ß", "Ⅷ", "-0", 0, -0.0, 1e-7, 12345678901, "1e-7"],
}
POINTS = [20, 10, 10, 10, 5, 5, 7.25, 0.15, 0.33, 0.01, -5, -10, -0.15, -7.25, 0]
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "UTC",
    "America/Sao_Paulo",
    "Europe/London",
]
OPERATORS = ["=", "=", "=", "in", "not_in", "between", "at_least", "at_most", "contains", "starts_with", "exists"]
WORKING_WEEKS: list[dict[str, list[str]]] = [
    {"mon-fri": ["09:00-18:00"]},
    {"mon-fri": ["09:00-12:30", "13:30-18:00"]},
    {"mon-thu": ["09:00-12:30", "13:30-18:00"], "fri": ["09:00-12:30"]},
    {"mon-fri": ["22:00-06:00"]},
    {"sat-mon": ["10:00-16:00"], "wed": ["20:00-24:00"]},
    {"mon,wed": ["08:17-11:43", "11:43-14:00"]},
    {"mon-sun": ["00:00-24:00"]},
    {"mon-sun": ["01:00-02:30", "03:00-04:30"]},
    {"sat-mon": ["00:15-01:30", "01:45-02:30"], "wed": ["09:00-10:00"]},
    {"sun": ["02:15-02:45", "17:00-03:00"], "tue,thu": ["18:00-02:30"]},
]
HOLIDAYS: list[dict[str, Any]] = [
    {},
    {"country": "DE"},
    {"country": "DE", "region": "BY", "also": ["2026-03-30", "2026-12-24"]},
    {"country": "US"},
    {"also": ["2026-03-27", "2026-03-09", "2026-10-26", "2026-04-07"]},
]
ELAPSED = ["30m", "1h", "90m", "12h", "1d", "25h", "2d", "36h", "3d", "1w"]
BUSINESS = [
    "4 business hours",
    "1 business hour",
    "90 business minutes",
    "9 business hours",
    "1 business day",
    "2 business days",
    "16 business hours",
]
LONG = ["150 business hours", "40 business days"]
STAGE_NAMES = ["visitor", "subscriber", "mql", "sal", "sql", "opportunity", "customer"]
USUAL = {
    "subscriber": {"fact": "subscribed"},
    "sal": {"fact": "accepted"},
    "sql": {"fact": "meeting_held"},
    "opportunity": {"fact": "opportunity_opened"},
    "customer": {"fact": "opportunity_won"},
}
FACTS_OF_STAGES = [*TOUCH_KINDS, "accepted", "passed", "meeting_held", "call_made", "opportunity_opened", "opportunity_won"]
FACTS_OF_STAGES_ODD = [
    "rejected",
    "recycled",
    "disqualified",
    "profile_changed",
    "assigned",
    "linked",
    "opportunity_lost",
    "held",
]


def make_agreement(random: Random) -> dict[str, Any]:
    """One agreement as the mapping that its YAML says."""
    personas = make_personas(random)
    grades = random.choice([{}, {"A": 20, "B": 10, "C": 5}, {"C": 5, "A": 20, "B": 10}, {"A": 10}, {"A": 12.5, "B": 0, "C": -5}])
    engagement = make_engagement(random)
    words = Words(random, [persona["name"] for persona in personas], list(grades), reachable(random, personas, engagement))
    stages = make_stages(words)
    calendars = make_calendars(random)
    agreement = {
        "name": "By chance",
        "currency": "EUR",
        "timezone": random.choice(ZONES),
        "in_force": {"from": "2020-01-01"},
        "signatories": {"marketing": ["mia@x.example"], "sales": ["sam@x.example"]},
        "calendars": calendars,
        "personas": personas,
        "engagement": engagement,
        "grades": grades,
        "stages": stages,
        "handoff": make_handoff(random, [stage["name"] for stage in stages]),
        "commitments": make_commitments(random, business=bool(calendars)),
        "worth": make_worth(random, grades),
    }
    if random.random() < 0.12:
        agreement |= penalty_that_passes(random)
    elif random.random() < 0.15:
        agreement |= one_step_after_another(random)
    agreement = promised(apart(random, "promises"), agreement)
    return {name: section for name, section in agreement.items() if section not in (None, {}, [])}


def penalty_that_passes(random: Random) -> dict[str, Any]:
    """A score that a penalty keeps below the threshold until it fades: an entry by time alone."""
    points = random.choice([10, 7.25])
    fades = [{"after": random.choice(["1h", "12h", "1d", "2d"]), "to": random.choice(["0%", "0%", "50%"])}]
    return {
        "engagement": [
            {"name": "view", "fact": "page_viewed", "points": points, "at_most": random.choice([1, 2])},
            {"name": "penalty", "fact": "unsubscribed", "points": -random.choice([5, 10, 20]), "at_most": 1, "fades": fades},
        ],
        "stages": [
            {"name": "visitor", "owner": "marketing"},
            {"name": "mql", "owner": "marketing", "when": {"score": {random.choice(["engagement", "total"]): points}}},
            {
                "name": "sal",
                "owner": "sales",
                "when": {"all": [{"fact": "call_made", "only_from": "mql"}, {"score": {"engagement": points}}]},
            },
        ],
        "handoff": {"at": "mql", "check": random.random() < 0.3},
    }


def one_step_after_another(random: Random) -> dict[str, Any]:
    """Stages that ask for the stage before, and for facts that were seen some time."""
    seen = {"fact": "content_downloaded", "only_from": "subscriber"}
    then = random.choice(
        [{"fact": "page_viewed"}, {"any": [{"fact": "page_viewed"}, {"fact": "call_made", "only_from": "visitor"}]}]
    )
    return {
        "stages": [
            {"name": "visitor", "owner": "marketing"},
            {"name": "subscriber", "owner": "marketing", "when": {"fact": random.choice(["subscribed", "form_submitted"])}},
            {"name": "mql", "owner": "marketing", "when": {"all": [seen, then]}},
            {"name": "sal", "owner": "sales", "when": {"fact": "accepted", "only_from": random.choice(["mql", "subscriber"])}},
            {
                "name": "customer",
                "owner": "sales",
                "when": {"all": [{"fact": "opportunity_won"}, {"fact": "call_made", "only_from": "sal"}]},
            },
        ],
        "handoff": {"at": random.choice(["mql", "sal"]), "return_to": random.choice(["visitor", "subscriber"])},
    }


def make_condition(random: Random, pool: dict[str, list[Any]]) -> dict[str, Any]:
    """A condition on one or two attributes (or properties)."""
    names = random.sample(sorted(pool), random.choice([1, 1, 1, 2]))
    return {name: make_test(random, pool[name]) for name in names}


def make_test(random: Random, values: list[Any]) -> Any:
    """A value to be equal to, or one or two operators."""
    tests: dict[str, Any] = {}
    for operator in random.sample(OPERATORS, random.choice([1, 1, 1, 2])):
        value, other = random.choice(values), random.choice(values)
        if operator == "=":
            return value
        if operator in ("in", "not_in"):
            tests[operator] = [value, other]
        elif operator == "between":
            tests[operator] = (
                sorted([value, other], key=str) if random.random() < 0.5 else random.choice([[1, 60], ["a", "n"], [2, 100]])
            )
        elif operator == "exists":
            tests[operator] = random.random() < 0.5
        elif operator in ("contains", "starts_with"):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            tests[operator] = random.choice([text[: random.randint(1, len(text))].strip() or "x", text.upper(), value])
        else:
            tests[operator] = value
    return tests


def make_where(random: Random) -> dict[str, Any]:
    """Mostly nothing, else a condition beside a fact."""
    return {"where": make_condition(random, PROPERTIES)} if random.random() < 0.3 else {}


def make_personas(random: Random) -> list[dict[str, Any]]:
    """None to three, not seldom of equal points."""
    found = []
    for name in ["olga", "cto", "Bernd"][: random.choice([0, 1, 2, 2, 3, 3])]:
        rules, seen = [], set()
        for number in range(random.choice([0, 1, 2, 2, 3])):
            when = make_condition(random, ATTRIBUTES)
            if canonical(when) in seen:
                continue
            seen.add(canonical(when))
            named = {"name": f"rule {number}"} if random.random() < 0.4 else {}
            rules.append({**named, "when": when, "points": random.choice(POINTS)})
        persona = {"name": name, "fit": rules}
        if random.random() < 0.5:
            persona["when"] = make_condition(random, ATTRIBUTES)
        found.append(persona)
    return found


def make_engagement(random: Random) -> list[dict[str, Any]]:
    """None to five rules with limits and fades."""
    kinds = [*TOUCH_KINDS, "page_viewed", "content_downloaded", "call_made", "rejected", "profile_changed", "opportunity_opened"]
    found = []
    for number in range(random.choice([0, 1, 2, 3, 3, 4, 5])):
        rule: dict[str, Any] = {
            "name": f"r{number}",
            "fact": random.choice(kinds),
            **make_where(random),
            "points": random.choice(POINTS),
        }
        if random.random() < 0.5:
            rule["at_most"] = random.choice([1, 1, 2, 2, 3])
        if random.random() < 0.7:
            times = sorted(random.sample(ELAPSED, random.choice([1, 2, 2, 3])), key=elapsed)
            shares = sorted((random.choice([100, 80, 50, 50, 33.3, 12.5, 0]) for _ in times), reverse=random.random() < 0.9)
            rule["fades"] = [{"after": after, "to": f"{share}%"} for after, share in zip(times, shares, strict=True)]
        found.append(rule)
    if found and random.random() < 0.3:  # a penalty that passes, so that time alone lifts a score over a threshold
        fades = [{"after": random.choice(["30m", "1d", "2d"]), "to": random.choice(["0%", "50%"])}]
        found.append({"name": "penalty", "fact": random.choice(kinds), "points": random.choice([-5, -10, -20]), "fades": fades})
    return found


@dataclass(frozen=True)
class Words:
    """What the conditions of stages may name."""

    random: Random
    personas: list[str]
    grades: list[str]
    scores: list[float]


def reachable(random: Random, personas: list[dict[str, Any]], engagement: list[dict[str, Any]]) -> list[float]:
    """Scores that a lead may well have: points of some rules together."""
    points = [rule["points"] for rule in engagement] + [rule["points"] for persona in personas for rule in persona["fit"]]
    sums = [round(sum(random.choices(points, k=random.choice([1, 1, 2]))), 2) for _ in range(6)] if points else []
    return [0, 5, 10, 10.25, *sums, *sums]


def make_stages(words: Words) -> list[dict[str, Any]]:
    """One to seven stages, some without a condition."""
    random = words.random
    count = random.choice([1, 2, 3, 3, 4, 4, 5, 6, 7])
    names = sorted(random.sample(STAGE_NAMES, count), key=STAGE_NAMES.index)
    found: list[dict[str, Any]] = []
    for index, name in enumerate(names):
        stage: dict[str, Any] = {"name": name, "owner": random.choice(["marketing", "sales"])}
        without = 0.6 if index == 0 else 0.04
        if random.random() >= without:
            usual = USUAL.get(name)
            stage["when"] = usual if usual and random.random() < 0.4 else make_time_condition(words, names[:index])
        found.append(stage)
    return found


def make_time_condition(words: Words, before: list[str], depth: int = 0) -> dict[str, Any]:
    """A condition of a stage, at most three deep."""
    random = words.random
    roll = random.random()
    condition: dict[str, Any]
    if depth < 3 and roll < 0.4:
        parts = [make_time_condition(words, before, depth + 1) for _ in range(random.choice([1, 2, 2, 3]))]
        condition = {random.choice(["any", "all"]): parts}
    elif roll < 0.65:
        condition = {"score": {axis: random.choice(words.scores) for axis in random.choice(AXES)}}
    elif roll < 0.7 and words.personas:
        condition = {"persona": random.sample(words.personas, random.randint(1, len(words.personas)))}
    elif roll < 0.75 and words.grades:
        condition = {"grade": random.sample([*words.grades, "D"], random.choice([1, 2]))}
    else:
        kinds = FACTS_OF_STAGES if random.random() < 0.85 else FACTS_OF_STAGES_ODD
        condition = {"fact": random.choice(kinds), **make_where(random)}
    if before and random.random() < (0.4 if depth and "fact" in condition else 0.25):
        condition["only_from"] = random.choice(before[-3:])
    return condition


AXES = [["engagement"], ["engagement"], ["fit"], ["total"], ["fit", "engagement"], ["fit", "engagement", "total"]]


def make_handoff(random: Random, names: list[str]) -> dict[str, Any]:
    """Anywhere among the stages, mostly not at the first."""
    at = random.randrange(len(names)) if random.random() < 0.25 else min(random.choice([1, 1, 2, 2, 3]), len(names) - 1)
    handoff: dict[str, Any] = {"at": names[at]}
    if random.random() < 0.35:
        handoff["check"] = random.random() < 0.8
    if at and random.random() < 0.5:
        handoff["return_to"] = random.choice(names[:at])
    if random.random() < 0.4:
        handoff["attempts"] = random.sample(
            ["call_made", "email_sent", "message_sent", "meeting_held", "accepted", "demo_watched"], random.choice([1, 2, 3])
        )
    if random.random() < 0.6:
        handoff["connects"] = random.choice(
            [
                ["meeting_held"],
                [{"fact": "call_made", "where": {"n": {"at_least": 2}}}],
                ["email_sent", {"fact": "meeting_held", **make_where(random)}],
            ]
        )
    return handoff


def make_calendars(random: Random) -> dict[str, Any]:
    """None, one, or one besides for some reps."""
    if random.random() < 0.2:
        return {}
    return {name: make_calendar(random) for name in ["default", "late"][: random.choice([1, 2])]}


def make_calendar(random: Random) -> dict[str, Any]:
    """Working hours with or without lunch, at night, around changes of the clocks."""
    calendar: dict[str, Any] = {"hours": random.choice(WORKING_WEEKS)}
    if random.random() < 0.5:
        calendar["timezone"] = random.choice(ZONES)
    if holidays := random.choice(HOLIDAYS):
        calendar["holidays"] = holidays
    return calendar


def make_commitments(random: Random, *, business: bool) -> list[dict[str, Any]]:
    """Clocks of each sort, in elapsed and in business time."""
    durations = ELAPSED + (BUSINESS * 3 + LONG if business else [])
    rest = {"by": "sales", "share": "90%", "per": "month"}
    found: list[dict[str, Any]] = []
    for number in range(random.choice([1, 2, 3])):
        found.append({"name": f"respond {number}", "respond_within": random.choice(durations), **rest})
    if random.random() < 0.7:
        found.append({"name": "verdict", "decide_within": random.choice(durations), **rest})
    for number in range(random.choice([0, 1, 2])):
        found.append(
            {"name": f"persist {number}", "attempts": random.choice([1, 2, 2, 3, 5]), "within": random.choice(durations), **rest}
        )
    if random.random() < 0.3:
        found.append({"name": "worth", "by": "marketing", "worth": 1000, "per": "month"})
    random.shuffle(found)
    return found


def make_worth(random: Random, grades: dict[str, Any]) -> dict[str, Any] | None:
    """Nothing, an amount, or amounts by engagement, for some of the grades."""
    if random.random() < 0.25:
        return None
    named = random.sample([*grades, "D"], random.randint(1, len(grades) + 1))
    return {
        grade: random.choice([900, 12.5, 0, {0: 600, 10: 900}, {5: 100, 20: 300.5}, {10: 5}, {-5: 1, 0: 2}]) for grade in named
    }


def as_yaml(agreement: dict[str, Any]) -> str:
    """The agreement as a document: a line for each entry of a section."""
    lines = []
    for name, section in agreement.items():
        if isinstance(section, list):
            lines += [f"{name}:", *(f"  - {flow(entry)}" for entry in section)]
        elif isinstance(section, dict):
            lines += [f"{name}:", *(f"  {key}: {flow(entry)}" for key, entry in section.items())]
        else:
            lines.append(f"{name}: {flow(section)}")
    return "\n".join(lines) + "\n"


def flow(value: Any) -> str:
    """YAML in one line; keys that are numbers stay numbers."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(entry) for entry in value) + "]"
    return json.dumps(value, ensure_ascii=False)
