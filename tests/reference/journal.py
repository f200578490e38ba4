"""What a replay sees of a journal: facts up to the as-of time, each once, in the lives of the united leads (contract, section 1)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

MARKETING = set(
    "page_viewed content_downloaded comment_posted subscribed unsubscribed form_submitted email_delivered email_opened "
    "email_clicked ad_clicked webinar_attended event_attended chat_started trial_started referral_submitted".split()
)
SALES_ACTS = set("call_made email_sent message_sent meeting_booked meeting_held".split())
HANDOVER = set("passed held assigned accepted rejected recycled disqualified held_out".split())
OPPORTUNITY = set(
    "opportunity_opened opportunity_moved opportunity_won opportunity_lost customer_renewed customer_churned".split()
)
OTHER = set("obstacle_noted snoozed commented attached retracted profile_changed linked unlinked".split())
FAMILIES = MARKETING | SALES_ACTS | HANDOVER | OPPORTUNITY | OTHER


@dataclass(frozen=True)
class Fact:
    """One row of the journal; an empty text in a column is no value."""

    fact_id: str
    lead_id: str
    at: datetime
    recorded_at: datetime
    kind: str
    campaign: str | None
    channel: str | None
    actor: str | None
    opportunity_id: str | None
    amount: Decimal | None
    currency: str | None
    properties: Mapping[str, Any]
    source: str | None
    content: str

    @property
    def order(self) -> tuple[datetime, str]:
        """Everywhere: by time, then by id."""
        return self.at, self.fact_id

    @cached_property
    def is_touch(self) -> bool:
        """The lead did it: a marketing kind but two, or a kind of one's own."""
        if self.kind in MARKETING:
            return self.kind not in {"email_delivered", "unsubscribed"}
        return self.kind not in FAMILIES

    def text(self, name: str) -> str | None:
        """A property as text; nothing for null and for the empty text."""
        return json_text(self.properties.get(name))


def json_text(value: Any) -> str | None:
    """JSON text of a scalar, texts as they are; None where there is no value."""
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value)


def read_fact(row: Mapping[str, Any]) -> Fact:
    """A fact from a dict with the contract's columns; `properties` a dict or JSON text."""
    properties = row.get("properties") or {}
    if isinstance(properties, str):
        properties = json.loads(properties)
    amount = row.get("amount")
    amount = None if amount is None else Decimal(amount).quantize(Decimal("0.01"))
    plain = {
        name: row.get(name)
        for name in ("fact_id", "lead_id", "kind", "campaign", "channel", "actor", "opportunity_id", "currency", "source")
    }
    content = {**plain, "at": row["at"].isoformat(), "amount": None if amount is None else str(amount), "properties": properties}
    return Fact(
        **{name: value or None for name, value in plain.items()},
        at=row["at"],
        recorded_at=row["recorded_at"],
        amount=amount,
        properties=properties,
        content=json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    )


def lives(rows: Iterable[Mapping[str, Any]], as_of: datetime) -> dict[str, list[Fact]]:
    """For each united lead its facts in order: what nothing follows from is left out."""
    facts = [read_fact(row) for row in rows]
    facts = [fact for fact in facts if fact.at <= as_of]
    facts = each_once(facts)
    facts = [fact for fact in facts if fact.properties.get("machine") is not True]
    facts = without_retracted(facts)
    name_of = united_names(facts)
    found: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=lambda fact: fact.order):
        found.setdefault(name_of.get(fact.lead_id, fact.lead_id), []).append(fact)
    return found


def each_once(facts: list[Fact]) -> list[Fact]:
    """Of the facts of one id: the one recorded first, then the one of the smallest content."""
    kept: dict[str, Fact] = {}
    for fact in sorted(facts, key=lambda fact: (fact.recorded_at, fact.content)):
        kept.setdefault(fact.fact_id, fact)
    return list(kept.values())


def without_retracted(facts: list[Fact]) -> list[Fact]:
    """The facts that no counting retraction names, without the retractions themselves."""
    retractions = {fact.fact_id: fact.text("fact_id") for fact in facts if fact.kind == "retracted"}
    counts: dict[str, bool] = {}
    while True:
        before = dict(counts)
        for one in retractions:
            namers = [other for other, named in retractions.items() if named == one]
            if any(counts.get(other) for other in namers):
                counts[one] = False
            elif all(counts.get(other) is False for other in namers):
                counts[one] = True
        if counts == before:
            break
    # What is left undecided are circles of retractions, which name nobody outside: they change nothing.
    named = {target for one, target in retractions.items() if counts.get(one)}
    return [fact for fact in facts if fact.kind != "retracted" and fact.fact_id not in named]


def united_names(facts: list[Fact]) -> dict[str, str]:
    """For each lead that is linked with another: the id of the lead that they are."""
    last_word: dict[frozenset[str], str] = {}
    anonymous: set[str] = set()
    for fact in sorted(facts, key=lambda fact: fact.order):
        other = fact.text("with")
        if fact.kind not in {"linked", "unlinked"} or other is None:
            continue
        last_word[frozenset({fact.lead_id, other})] = fact.kind
        if fact.kind == "linked" and fact.properties.get("anonymous") is True:
            anonymous.add(other)
    groups: dict[str, set[str]] = {}
    for pair, word in last_word.items():
        for one in pair:
            groups.setdefault(one, {one})
        if word == "linked":
            together = set().union(*(groups[one] for one in pair))
            for one in together:
                groups[one] = together
    return {one: min(group - anonymous or group) for one, group in groups.items()}
