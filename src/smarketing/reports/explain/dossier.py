"""What stands beside a life's story: who it is as far as known, and each hand-off with its clocks and where its time went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.agreement.changes.phrases import time
from smarketing.reports.explain.life import Life, Row, facts_alone, ids_in, life_of
from smarketing.reports.explain.words import properties_of

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement, Commitment
    from smarketing.reports.following import Following

NAMES = ("name", "full_name", "fullname", "display_name")
PARTS_OF_A_NAME = (("first_name", "last_name"), ("firstname", "lastname"), ("given_name", "surname"))


@dataclass(frozen=True, slots=True)
class Waits:
    """Elapsed minutes of a hand-off: from qualified to handed over `check` where marketing passed it and `system` where nobody had
    to, `routing` until somebody was assigned, `human` until the first attempt. None where that has not happened, or happened before
    the part began.
    """

    check: float | None
    system: float | None
    routing: float | None
    human: float | None


@dataclass(frozen=True, slots=True)
class Promise:
    """One clock of a hand-off: `rule` in words, instants, `state` (open, kept, late, breached, void), and who judged it by id."""

    commitment: str
    rule: str
    due_at: datetime
    kept_at: datetime | None
    state: str
    agreement: str


@dataclass(frozen=True, slots=True)
class Handover:
    """One hand-off: its `row` of the table, its clocks in order of their due times, its waits."""

    row: Row
    clocks: list[Promise]
    waits: Waits


@dataclass(frozen=True, slots=True)
class Dossier:
    """`name`: of the person, where the facts tell it. `profile`: the attributes as known by now. `handovers`: the latest first.
    `ids`: every id the lead goes by, its own first. `touches`: its facts by id, with kind and time.
    """

    lead_id: str
    name: str | None
    profile: dict[str, Any]
    handovers: list[Handover]
    ids: list[str]
    facts: dict[str, Row]
    versions: Sequence[Agreement]
    score_changes: pl.DataFrame


def dossier(outcome: Following, lead_id: str) -> Dossier | None:
    """The dossier of a lead by its own id; None where there is no fact of it."""
    life = life_of(outcome, lead_id)
    if life is None:
        return None
    profile = profile_of(life.facts)
    others = [other for other in ids_in(outcome).others.get(lead_id, []) if other != lead_id]
    handed = sorted(life.handoffs, key=lambda row: row["cycle"], reverse=True)
    changes = outcome.table("score_changes")
    if facts_alone(outcome) is None:
        changes = changes.filter(pl.col("lead_id") == lead_id)
    return Dossier(
        lead_id, name_in(profile), profile, [_handover(life, row) for row in handed], [lead_id, *others], life.fact,
        life.versions, changes,
    )  # fmt: skip


def profile_of(facts: Sequence[Row]) -> dict[str, Any]:
    """The attributes in the order in which they came to be known; null takes one away."""
    known: dict[str, Any] = {}
    for fact in facts:
        if fact["kind"] == "profile_changed":
            known |= properties_of(fact)
    return {name: value for name, value in known.items() if value is not None}


def name_in(profile: dict[str, Any]) -> str | None:
    """The person's name, where the profile tells it."""
    whole = next((str(profile[key]) for key in NAMES if profile.get(key)), None)
    parts = (" ".join(str(profile[key]) for key in pair if profile.get(key)) for pair in PARTS_OF_A_NAME)
    return whole or next((joined for joined in parts if joined), None)


def _handover(life: Life, row: Row) -> Handover:
    version = life.version_at(row["handed_at"])
    promised = {promise.name: promise for promise in version.commitments}
    clocks = [
        Promise(clock["commitment"], rule_of(promised[clock["commitment"]]), clock["due_at"], clock["kept_at"], clock["state"], version.id)
        for clock in sorted(life.clocks, key=lambda clock: (clock["due_at"], clock["commitment"]))
        if clock["cycle"] == row["cycle"]
    ]  # fmt: skip
    return Handover(row, clocks, _waits(life, row, version.handoff.at))


def rule_of(promise: Commitment) -> str:
    """What the clock of a commitment asks: `a first attempt within 4 business hours`."""
    within = f"within {time(promise.due)}" if promise.due else ""
    if promise.attempts is not None:
        return f"{promise.attempts} attempts {within}"
    return f"a verdict {within}" if promise.decide_within is not None else f"a first attempt {within}"


def _waits(life: Life, row: Row, stage: str) -> Waits:
    entered = (entry["entered_at"] for entry in life.entries if entry["cycle"] == row["cycle"] and entry["stage"] == stage)
    qualified_at, handed_at, assigned_at = min(entered, default=None), row["handed_at"], row["assigned_at"]
    ripe = _minutes(qualified_at, handed_at)
    check, system = (ripe, None) if passed_at(handed_at, life.facts) else (None, ripe)
    return Waits(check, system, _minutes(handed_at, assigned_at), _minutes(assigned_at, row["first_attempt_at"]))


def passed_at(handed_at: datetime, facts: Iterable[Row]) -> bool:
    """Whether a lead was handed over because marketing passed it, so that what it waited before is the check's; `facts`: the lead's."""
    return any(fact["kind"] == "passed" and fact["at"] == handed_at for fact in facts)


def _minutes(begin: datetime | None, end: datetime | None) -> float | None:
    return (end - begin).total_seconds() / 60 if begin is not None and end is not None and end >= begin else None
