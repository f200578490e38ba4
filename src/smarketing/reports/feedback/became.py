"""What became of a lead and why, hand-off by hand-off: what marketing wants to know after it delivered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from smarketing.vocabulary.kinds import SALES_ACTS

Row = Mapping[str, Any]
VERDICTS = ("accepted", "rejected", "recycled", "disqualified")
ENDS = ("opportunity_won", "opportunity_lost")
TOLD = (*VERDICTS, *ENDS, "meeting_booked", "meeting_held", "opportunity_opened", "passed", "held")
CHECKS = ("passed", "held")


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that sales (or marketing's check) said or did: the `kind`, when, `by` whom, and why where a `reason` was given."""

    kind: str
    at: datetime
    by: str | None
    fact_id: str
    reason: str | None = None
    note: str | None = None
    outcome: str | None = None
    amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Became:
    """One hand-off: its `cycle`, when it was handed over to whom, what was said and won in order, how often somebody tried.

    `last_attempt`: the last try of sales in the cycle; None: nobody tried. `waits`: sales has not decided and the cycle goes on.
    """

    cycle: int
    handed_at: datetime
    rep: str | None
    owner: str | None
    happened: list[Happened]
    attempts: int
    last_attempt: Happened | None
    waits: bool


def became(
    facts: Iterable[Row], handoffs: Sequence[Row], ends: Mapping[int, datetime | None], attempts: Sequence[str]
) -> list[Became]:
    """What became of each of a lead's hand-offs, the latest first.

    `facts` and `handoffs` are the lead's rows; `ends`: when each cycle ended (None: it goes on); `attempts`: the kinds that are one.
    """
    ordered = sorted(
        (one for one in facts if one["kind"] in TOLD or one["kind"] in SALES_ACTS), key=lambda one: (one["at"], one["fact_id"])
    )
    latest_first = sorted(handoffs, key=lambda row: row["cycle"], reverse=True)
    return [_of(row, ordered, ends.get(row["cycle"]), attempts) for row in latest_first]


def checks_of(facts: Iterable[Row]) -> list[Happened]:
    """What marketing's check said of a lead, in order."""
    return [happened(fact) for fact in sorted(facts, key=lambda one: (one["at"], one["fact_id"])) if fact["kind"] in CHECKS]


def happened(fact: Row) -> Happened:
    """One fact as something that happened."""
    told = fact["properties"] or "{}"
    said = json.loads(told) if isinstance(told, str) else told
    texts = {name: str(said[name]) if said.get(name) else None for name in ("reason", "note", "outcome")}
    return Happened(
        fact["kind"],
        fact["at"],
        fact["actor"] or None,
        fact["fact_id"],
        **texts,
        amount=fact["amount"],
        currency=fact["currency"] or None,
    )


def _of(row: Row, facts: Sequence[Row], end_at: datetime | None, attempts: Sequence[str]) -> Became:
    own = [fact for fact in facts if fact["at"] >= row["handed_at"] and (end_at is None or fact["at"] <= end_at)]
    tried = [fact for fact in own if fact["kind"] in attempts]
    said = [happened(fact) for fact in own if fact["kind"] in TOLD and fact["kind"] not in CHECKS]
    decided = any(row[f"{name}_at"] is not None for name in VERDICTS)
    last = happened(tried[-1]) if tried else None
    return Became(
        row["cycle"], row["handed_at"], row["rep"], row["owner"], said, len(tried), last, not decided and end_at is None
    )
