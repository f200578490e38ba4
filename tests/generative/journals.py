"""Journals by chance for an agreement: few leads, few distinct times, so that everything meets everything."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.generative.agreements import ATTRIBUTES, PROPERTIES, TOUCH_KINDS
from tests.reference.receipt import elapsed
from tests.reference.stages import fact_parts

Row = dict[str, Any]
MICROSECOND = timedelta(microseconds=1)
STARTS = ["2026-03-26", "2026-03-05", "2026-10-22", "2026-10-29", "2026-12-22", "2026-04-01", "2026-06-10"]
"""First days of windows of two weeks: changes of the clocks, holidays, and nothing special."""
CHANGES = {
    "Europe/Berlin": ["2026-03-29", "2026-10-25"],
    "Europe/London": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "America/Sao_Paulo": ["2018-02-18", "2018-11-04"],
}
"""Days on which the clocks change."""
CLOCKS = [
    "00:00",
    "01:30",
    "02:00",
    "02:30",
    "03:00",
    "08:59:59.999999",
    "09:00",
    "10:15",
    "12:30",
    "13:30",
    "18:00",
    "18:00:00.000001",
    "22:00",
    "06:00",
]
LEADS = ["a", "b", "B", "c", "é", "z9"]
REPS = ["ana@x.example", "ben@x.example", "eva@x.example"]
DEALS = [["o1"], ["o1", "o2"], ["o1", "o2"], [None, "", "o1"], ["o1", "o1", "o2", None, ""]]
"""The opportunities of a journal."""
KINDS = {
    **dict.fromkeys(TOUCH_KINDS, 8),
    "profile_changed": 12,
    "call_made": 8, "email_sent": 4, "message_sent": 1, "meeting_booked": 1, "meeting_held": 4,
    "passed": 4, "held": 1, "assigned": 14, "accepted": 5, "rejected": 3, "recycled": 3, "disqualified": 3, "held_out": 1,
    "opportunity_opened": 5, "opportunity_moved": 4, "opportunity_won": 6, "opportunity_lost": 9,
    "customer_renewed": 1, "customer_churned": 1,
    "obstacle_noted": 1, "snoozed": 1, "commented": 1, "attached": 1,
    "email_delivered": 2, "referral_submitted": 1, "coupon_used": 2,
    "retracted": 4, "linked": 4, "unlinked": 2,
}  # fmt: skip


@dataclass
class Town:
    """Who is there, what may happen, and what has been told so far."""

    random: Random
    leads: list[str]
    kinds: dict[str, int]
    deals: list[str | None]
    told: list[Row]
    linked: list[tuple[str, str]] = field(default_factory=list)


def make_journal(random: Random, agreement: dict[str, Any], leads: list[str] | None = None) -> list[Row]:
    """The facts of a few leads (or of those named), in no order."""
    times = make_times(random, agreement)
    leads = leads or random.sample(LEADS, random.choice([1, 2, 3, 4, 5]))
    town = Town(random, leads, kinds_of(random, agreement), random.choice(DEALS), [])
    for lead in leads:
        for _ in range(random.choice([1, 6, 12, 18, 25, 35])):
            town.told.append(make_fact(town, lead, random.choice(times)))
    facts = town.told + [make_copy(random, random.choice(town.told), leads) for _ in range(random.choice([0, 0, 1, 3]))]
    random.shuffle(facts)
    return facts


def kinds_of(random: Random, agreement: dict[str, Any]) -> dict[str, int]:
    """How often each kind comes: those the agreement names more often; some journals know no ends of cycles, some no links."""
    kinds = dict(KINDS)
    named = kinds_named(agreement)
    for kind in named:
        kinds[kind] = min(kinds[kind] + 10, 40)
    roll = random.random()
    if roll < 0.3:
        for kind in ("rejected", "recycled", "disqualified", "opportunity_lost"):
            kinds[kind] = 0
    elif roll < 0.5:
        for kind in ("opportunity_opened", "opportunity_moved", "opportunity_won", "opportunity_lost"):
            kinds[kind] *= 12
    if random.random() < 0.4:
        kinds["linked"] = kinds["unlinked"] = 0
    if random.random() < 0.3:
        few = {*random.sample(sorted(kinds), 15), *named}
        kinds = {kind: weight * (kind in few) for kind, weight in kinds.items()}
    return kinds


def kinds_named(agreement: dict[str, Any]) -> list[str]:
    """The kinds that rules and stages ask for."""
    named = [rule["fact"] for rule in agreement.get("engagement", [])]
    return named + [part["fact"] for stage in agreement["stages"] if "when" in stage for part in fact_parts(stage["when"])]


def make_times(random: Random, agreement: dict[str, Any]) -> list[datetime]:
    """A few moments: at opening and closing, around changes of the clocks, and where points of the others fade."""
    zones = [agreement["timezone"], *(calendar.get("timezone", "UTC") for calendar in agreement.get("calendars", {}).values())]
    start = datetime.fromisoformat(random.choice(STARTS))
    changes = [day for zone in zones for day in CHANGES.get(zone, ())]
    if changes and random.random() < 0.5:
        start = datetime.fromisoformat(random.choice(changes)) - random.choice([1, 1, 2, 3]) * timedelta(days=1)
    times = []
    for _ in range(random.choice([4, 8, 12, 16])):
        day = (start + random.randrange(13) * timedelta(days=1)).date().isoformat()
        local = datetime.fromisoformat(f"{day}T{random.choice(CLOCKS)}")
        times.append(local.replace(tzinfo=ZoneInfo(random.choice(zones))).astimezone(UTC))
    steps = [elapsed(fade["after"]) for rule in agreement.get("engagement", []) for fade in rule.get("fades", [])]
    for _ in range(random.choice([0, 4, 8, 16]) if steps else 0):
        times.append(random.choice(times) + random.choice(steps) + random.choice([0, 0, 0, -1, 1]) * MICROSECOND)
    if random.random() < 0.05:
        times.append(datetime.fromisoformat(random.choice(["1999-12-31T23:59:59.999999+00:00", "2031-03-30T01:00:00+00:00"])))
    return times


def make_fact(town: Town, lead: str, at: datetime) -> Row:
    """One fact."""
    random = town.random
    kind = random.choices(list(town.kinds), list(town.kinds.values()))[0]
    return {
        "fact_id": f"{random.choice(['f', 'g:', 'Z', 'é'])}{random.randrange(1000)}.{len(town.told)}",
        "lead_id": lead,
        "at": at,
        "recorded_at": at + random.choice([0, 0, 0, 1, 48, 900]) * timedelta(hours=1),
        "kind": kind,
        "campaign": random.choice([None, None, "", "spring", "fall"]),
        "channel": random.choice([None, "email", "referral"]),
        "actor": random.choice([None, "", *REPS, *REPS]),
        "opportunity_id": random.choice(town.deals) if kind.startswith("opportunity") else None,
        "amount": random.choice([None, Decimal("100.00"), Decimal("99.99"), Decimal("0.10")])
        if random.random() < (0.9 if kind == "opportunity_won" else 0.4)
        else None,
        "currency": None,
        "properties": json.dumps(make_properties(town, kind, lead), ensure_ascii=random.random() < 0.5),
        "source": random.choice(["segment", "csv"]),
    }


def make_properties(town: Town, kind: str, lead: str) -> Row:
    """What a fact of the kind says, and what rules ask for."""
    random = town.random
    if kind == "profile_changed":
        names = random.sample(sorted(ATTRIBUTES), random.choice([1, 1, 2, 3]))
        return {name: random.choice([*ATTRIBUTES[name], None, ""]) for name in names}
    properties: Row = {}
    for name, values in PROPERTIES.items():
        if random.random() < (0.5 if name in ("url", "n") else 0.12):
            properties[name] = random.choice([*values, *values, None, ""])
    if random.random() < 0.06:
        properties["machine"] = random.choice([True, True, True, False])
    if kind == "retracted":
        often = [
            fact
            for fact in town.told
            if fact["kind"] in random.choice([("retracted",), ("linked", "unlinked"), ("rejected", "disqualified")])
        ]
        named = random.choice(often if often and random.random() < 0.6 else town.told or [{"fact_id": "nobody"}])
        properties["fact_id"] = named["fact_id"] if random.random() < 0.95 else "nobody"
    if kind in ("linked", "unlinked") and random.random() < 0.95:
        partners = [other for pair in town.linked if lead in pair for other in pair if other != lead]
        properties["with"] = random.choice(partners * 6 + [*town.leads, *town.leads, "0 unknown"])
        town.linked.append((lead, properties["with"]))
        if random.random() < 0.4:
            properties["anonymous"] = random.choice([True, True, False])
    if kind == "assigned" and random.random() < 0.85:
        properties["to"] = random.choice([*REPS, *REPS, ""])
    if random.random() < 0.7:
        properties["reason"] = random.choice(["dup", "budget", "Ärger", ""])
    return properties


def make_copy(random: Random, fact: Row, leads: list[str]) -> Row:
    """The same fact once more, or another one that claims its id."""
    copy = dict(fact)
    if random.random() < 0.6:
        copy["recorded_at"] += random.choice([-1, 1, 5]) * timedelta(hours=1)
        changes = [
            {},
            {},
            {"kind": "subscribed"},
            {"lead_id": random.choice(leads)},
            {"at": fact["at"] + timedelta(days=1)},
            {"properties": "{}"},
        ]
        return copy | random.choice(changes)
    column = random.choice(
        ["kind", "actor", "source"]
    )  # in one column only, so that every canonical form agrees on the smaller one
    return copy | {column: {"kind": "page_viewed", "actor": "abc@x.example", "source": "web"}[column]} if copy[column] else copy


def make_tables(random: Random, agreement: dict[str, Any], start: datetime) -> dict[str, list[Row]]:
    """Reps, some with a calendar of their own, and absences of days and of hours."""
    if random.random() < 0.15:
        return {}
    calendars = [None, "", "unknown", *agreement.get("calendars", {}), *agreement.get("calendars", {})]
    chosen = REPS[: random.choice([1, 2, 3])]
    reps = [{"rep": rep, "name": rep, "team": "sales", "role": "sales", "calendar": random.choice(calendars)} for rep in chosen]
    absences = []
    for _ in range(random.choice([0, 3, 6, 10])):
        first = start.date() + random.randrange(15) * timedelta(days=1)
        last = first + random.choice([1, 1, 2, 5]) * timedelta(days=1)
        clock = random.choice(["", "", "T12:00:00Z"])
        absences.append({"rep": random.choice(REPS), "from": f"{first}{clock}", "to": f"{last}{clock}"})
    return {"reps": reps, "absences": absences}
