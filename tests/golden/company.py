"""A small company whose facts are written by rule, so that they are the same on every machine; and one life by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from smarketing.agreement.checks import load_agreement
from smarketing.agreement.models import Agreement
from smarketing.backends.local import replay
from smarketing.journal.fact import FACT_SCHEMA
from smarketing.reports.outcome import Outcome

BERLIN = ZoneInfo("Europe/Berlin")
REPS = ("rita@golden.example", "raul@golden.example")
CAMPAIGNS = ("spring_fair", "search", "=webinar", None)
Fact = dict[str, Any]


class Journal:
    """Facts in the making; every one gets the next id."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def add(self, lead: str, at: datetime | str, kind: str, *, said: dict[str, Any] | None = None, **columns: Any) -> None:
        """One fact; a text is a time on the wall clock of Berlin."""
        when = (datetime.fromisoformat(at).replace(tzinfo=BERLIN) if isinstance(at, str) else at).astimezone(UTC)
        row = dict.fromkeys(FACT_SCHEMA) | {
            "fact_id": f"golden:{len(self.facts):04}",
            "lead_id": lead,
            "kind": kind,
            "source": "csv",
        }
        self.facts.append(row | {"at": when, "recorded_at": when, "properties": json.dumps(said or {})} | columns)

    def frame(self) -> pl.DataFrame:
        """The facts as a table."""
        return pl.DataFrame(self.facts, schema=FACT_SCHEMA)


def anna(journal: Journal) -> None:
    """A life with everything: a score, a hand-back, fading, displacement, two identities, clocks of every state, a win."""
    journal.add("anna", "2026-02-02T09:00", "page_viewed", said={"url": "/home"}, campaign="spring_fair", channel="email")
    for minute in (5, 6, 7, 8):
        journal.add("anna", f"2026-02-02T09:0{minute}", "page_viewed", said={"url": f"/{minute}"})
    journal.add("anna", "2026-02-03T10:00", "profile_changed", said={"role": "operations", "employees": 120, "country": "DE"})
    journal.add("anna", "2026-02-04T10:00", "content_downloaded", said={"topic": "prices"})
    journal.add("anna", "2026-02-05T17:00", "content_downloaded", said={"topic": "cases"})
    journal.add("anna", "2026-02-05T17:05", "assigned", said={"to": REPS[0]})
    journal.add("anna", "2026-02-06T16:00", "call_made", said={"outcome": "no answer"}, actor=REPS[0])
    journal.add("anna", "2026-02-07T12:00", "rejected", said={"reason": "not a fit"}, actor=REPS[0])
    journal.add("anna", "2026-02-09T08:00", "profile_changed", said={"country": None, "employees": 700})
    journal.add("anna", "2026-03-02T11:00", "content_downloaded", said={"topic": "prices"})
    journal.add("anna-web", "2026-03-09T08:00", "form_submitted", said={"form": "demo"}, campaign="search")
    journal.add("anna", "2026-03-09T08:00:30", "linked", said={"with": "anna-web", "anonymous": True})
    journal.add("anna", "2026-03-09T10:00", "accepted", actor=REPS[1])
    journal.add("anna", "2026-03-11T10:00", "opportunity_opened", opportunity_id="golden-deal", amount=Decimal("5000.00"))
    journal.add(
        "anna", "2026-04-21T12:00", "opportunity_won", opportunity_id="golden-deal", amount=Decimal("4800.50"), actor=REPS[1]
    )


def others(journal: Journal, *, number: int, seed: int) -> None:
    """Leads of the first half of 2026 that get so far and no further; about every ninth deal is lost after it was won."""
    draw = Random(seed)
    for i in range(number):
        lead, begin = f"lead-{i:03}", datetime(2026, 1, 5, 8, tzinfo=UTC) + timedelta(hours=draw.randrange(160 * 24))
        one_lead(journal, draw, lead, begin)


def one_lead(journal: Journal, draw: Random, lead: str, begin: datetime) -> None:
    """One lead from its first touch on."""
    at = iter([begin + timedelta(hours=hours) for hours in sorted(draw.sample(range(1, 60 * 24), 12))])
    campaign = draw.choice(CAMPAIGNS)
    journal.add(lead, begin, "page_viewed", campaign=None, channel=draw.choice(["email", "paid_search"]))
    said = {
        "country": draw.choice(["DE", "AT", "FR"]),
        "employees": draw.choice([10, 100]),
        "industry": draw.choice(["rail", "food", ""]),
    }
    journal.add(lead, next(at), "profile_changed", said=said | {"role": draw.choice(["coo", "clerk"])})
    steps = draw.choice([0, 0, 0, 1, 1, 2, 3, 4, 4])
    if steps == 0:
        return journal.add(lead, next(at), "email_clicked", campaign=campaign)
    journal.add(lead, next(at), "form_submitted", campaign=campaign)
    journal.add(lead, next(at), "call_made", actor=draw.choice(REPS), said={"outcome": draw.choice(["connected", "busy"])})
    if steps == 1 and draw.random() < 0.5:
        return journal.add(lead, next(at), "rejected", said={"reason": "duplicate"})
    deal = {"opportunity_id": f"deal-{lead}", "amount": Decimal(draw.randrange(10_000, 900_000)) / 100}
    for kind in ("accepted", "opportunity_opened", "opportunity_won")[: steps - 1]:
        foreign = {"currency": "CHF"} if kind == "opportunity_won" and draw.random() < 0.1 else {}
        journal.add(lead, next(at), kind, **(deal if kind != "accepted" else {}), **foreign)
    if steps == 4 and draw.random() < 0.15:
        journal.add(lead, next(at), "opportunity_lost", **deal, said={"reason": "price"})


def golden_facts() -> pl.DataFrame:
    """The whole journal."""
    journal = Journal()
    anna(journal)
    others(journal, number=180, seed=2026)
    return journal.frame()


def golden_agreement() -> Agreement:
    """What the golden company signed."""
    return load_agreement(Path(__file__).with_name("agreement.yaml"))


def golden_outcome() -> Outcome:
    """What follows, with the spend of two campaigns."""
    spend = pl.DataFrame(
        {
            "campaign": ["spring_fair", "spring_fair", "search", "quiet", "search"],
            "day": ["2026-01-10", "2026-04-10", "2026-04-11", "2026-04-11", "2026-04-12"],
            "amount": ["1000", "500.50", "250.25", "80", "99"],
            "currency": ["EUR", None, "EUR", "EUR", "USD"],
        }
    )
    return replay(golden_facts(), golden_agreement(), "2026-07-01", tables_in={"spend": spend})
