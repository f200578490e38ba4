"""Commitments by chance: of every kind and for every period, with targets near what a few leads of two weeks come to; and as-of times
at which their periods begin, end, and have passed by a tenth."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.reference.periods import Period, periods

PERS = ["week", "week", "month", "month", "quarter", "year"]
COUNTS = [0, 1, 1, 1, 2, 2, 2.5, 3, 4, 5, 8]
WORTHS = [0, 1, 5, 12.5, 100, 600, 900, 912.5, 1500, 2000]
MONEY = [0, 0.1, 99.99, 100, 100, 100.1, 199.99, 200, 300]
SHARES = ["0%", "33.3%", "50%", "50%", "66%", "75%", "90%", "100%"]
FROM = ["2017-01-01", "2020-01-01", "2020-01-01", "2025-12-31", "2026-03-30", "2026-04-02", "2026-10-26"]
TRIALS = [None, None, "2026-03-30", "2026-04-01", "2026-04-05", "2026-11-01", "2027-01-01", "2030-01-01"]


def apart(random: Random, purpose: str) -> Random:
    """Another chance that takes nothing away from this one: what is drawn from it changes no other part of a case."""
    copy = Random()
    copy.setstate(random.getstate())
    return Random(f"{purpose} {copy.random()}")


def promised(random: Random, agreement: dict[str, Any]) -> dict[str, Any]:
    """The agreement with commitments of the other kinds too, and in force and on trial for some time."""
    in_force = {"from": random.choice(FROM)}
    trial_until = random.choice(TRIALS)
    if trial_until and trial_until > in_force["from"]:
        in_force["trial_until"] = trial_until
    clocks = [clock_for(random, one) for one in agreement.get("commitments", [])]
    return agreement | {"in_force": in_force, "commitments": clocks + make_promises(random, agreement)}


def clock_for(random: Random, commitment: dict[str, Any]) -> dict[str, Any]:
    """A commitment with another period; a clock with another share too, or with none."""
    changed = commitment | {"per": random.choice(PERS)}
    if "share" in changed:
        changed |= {"share": random.choice(SHARES)}
    return {name: value for name, value in changed.items() if name != "share" or random.random() < 0.9}


def make_promises(random: Random, agreement: dict[str, Any]) -> list[dict[str, Any]]:
    """None to six, mostly of different kinds."""
    at, grades = agreement["handoff"]["at"], [*agreement.get("grades", {}), "D"]
    found = []
    for number in range(random.choice([0, 2, 3, 4, 6])):
        one: dict[str, Any] = random.choice(
            [
                {"deliver": at, "at_least": random.choice(COUNTS)},
                {"worth": random.choice(WORTHS)},
                {"accepted": random.choice(SHARES)},
                {"pursue": random.choice(COUNTS)},
                {"revenue": random.choice(MONEY)},
            ]
        )
        if ("deliver" in one or "worth" in one) and random.random() < 0.4:
            one["grades"] = random.sample(grades, random.randint(1, len(grades)))
        by = random.choice(["marketing", "sales", "both"])
        found.append({"name": f"{next(iter(one))} {number}", "by": by, **one, "per": random.choice(PERS)})
    return found


def turns(agreement: dict[str, Any], first: datetime, last: datetime) -> list[Period]:
    """The periods of all commitments between two times."""
    pers = {one["per"] for one in agreement.get("commitments", [])}
    return [period for per in sorted(pers) for period in periods(first, last, per, agreement["timezone"])]


def as_of_at_a_turn(random: Random, period: Period) -> datetime:
    """When a period begins or ends, early in it, in the middle, when a tenth has passed, or a microsecond beside."""
    whole = period.end - period.start
    steps = [timedelta(0), whole, whole / 10, timedelta(hours=1), timedelta(hours=13), whole / 20, whole / 2, whole / 4]
    return period.start + random.choice(steps) + random.choice([0, 0, -1, 1]) * timedelta(microseconds=1)
