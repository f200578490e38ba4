"""Small journals for the tests: facts written shortly, and random ones with everything that can go wrong in a journal."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from smarketing.journal.fact import FACT_SCHEMA

START = datetime(2026, 1, 1, tzinfo=UTC)
LEADS = ["a", "b", "c", "d", "Z", "é", "anon-1", "0"]


def day(number: float) -> datetime:
    """So many days after the first day of the tests."""
    return START + timedelta(days=number)


def fact(fact_id: str, lead_id: str = "a", at: float = 0, kind: str = "page_viewed", **others: Any) -> dict[str, Any]:
    """A row of the journal: `at` and `recorded_at` in days, every other column by its name, any other name a property."""
    columns = {
        name: others.pop(name) for name in list(others) if name in FACT_SCHEMA and name not in {"recorded_at", "properties"}
    }
    recorded_at = day(others.pop("recorded_at", at))
    properties = others.pop("properties", None) or json.dumps({name.rstrip("_"): value for name, value in others.items()})
    row: dict[str, Any] = dict.fromkeys(FACT_SCHEMA)
    return row | {
        "fact_id": fact_id, "lead_id": lead_id, "at": day(at), "recorded_at": recorded_at, "kind": kind, "properties": properties,
        "source": "test", **columns,
    }  # fmt: skip


def journal(*rows: dict[str, Any]) -> pl.DataFrame:
    """The rows as a journal."""
    return pl.DataFrame(list(rows), schema=FACT_SCHEMA, orient="row")


def random_journal(seed: int, *, rows: int = 40) -> list[dict[str, Any]]:
    """A journal of few leads and ids, so that duplicates, conflicts, retractions of retractions and chains of links abound."""
    dice = random.Random(seed)
    return [random_fact(dice, ids=max(2, rows * 2 // 3)) for _ in range(rows)]


def random_fact(dice: random.Random, *, ids: int) -> dict[str, Any]:
    """One fact at one of a few times; two fifths of them are corrections and links."""
    kind, said = random_act(dice, ids=ids)
    if dice.random() < 0.15:
        said["machine"] = dice.choice([True, True, "true", 1])
    written = json.dumps(said, ensure_ascii=dice.random() < 0.5, separators=dice.choice([(",", ":"), (", ", ": ")]))
    at = dice.randrange(12) / 2
    return fact(
        f"f{dice.randrange(ids)}", dice.choice(LEADS), at, kind, recorded_at=at + dice.randrange(3), properties=written,
        amount=Decimal(dice.randrange(300)) / 100 if dice.random() < 0.2 else None,
        campaign=dice.choice([None, "spring", "fall"]), source=dice.choice(["test", "", None]),
    )  # fmt: skip


def random_act(dice: random.Random, *, ids: int) -> tuple[str, dict[str, Any]]:
    """A kind with its properties."""
    roll = dice.random()
    if roll < 0.2:
        return "retracted", {"fact_id": f"f{dice.randrange(ids)}"}
    if roll < 0.4:
        said: dict[str, Any] = {"with": dice.choice(LEADS)}
        if dice.random() < 0.3:
            said["anonymous"] = dice.choice([True, True, False])
        return dice.choice(["linked", "linked", "linked", "unlinked"]), said
    return dice.choice(["page_viewed", "email_clicked"]), {"url": dice.choice(["/", "/pricing", "größe"])}
