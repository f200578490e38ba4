"""Small journals and small answers as text, for cases that a person can work out by hand.

A fact is `DAY HH:MM KIND name=value …` in January 2026 (UTC; the 5th is a Monday); `id`, `lead`, `recorded` and the
names of columns are taken out, everything else is a property. Ids are f1, f2, … in the order written.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.reference.replay import Tables, reference_replay

COLUMNS = ("campaign", "channel", "actor", "opportunity_id", "amount", "currency", "source")
SHORT = {"opp": "opportunity_id"}


def at(text: str) -> datetime:
    """`05 10:00` or `05 10:00:00.000001` of January 2026."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-01-{day}T{clock}").replace(tzinfo=UTC)


def fact(line: str, number: int) -> dict[str, Any]:
    """One fact from its line."""
    day, clock, kind, *rest = line.split()
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {"fact_id": f"f{number}", "lead_id": "a", "at": at(f"{day} {clock}"), "kind": kind, "source": "test"}
    row["recorded_at"] = row["at"]
    properties = {}
    for pair in rest:
        name, _, text = pair.partition("=")
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            value = text
        name = SHORT.get(name, name)
        if name in ("id", "lead"):
            row["fact_id" if name == "id" else "lead_id"] = text
        elif name == "recorded":
            row["recorded_at"] = at(f"{text} 00:00")
        elif name == "amount":
            row["amount"] = Decimal(text)
        elif name in COLUMNS:
            row[name] = text
        else:
            properties[name] = value
    return {**row, "properties": json.dumps(properties)}


def journal(text: str) -> list[dict[str, Any]]:
    """The facts of a text, one a line."""
    lines = [line.split("#")[0].strip() for line in text.strip().splitlines()]
    return [fact(line, number) for number, line in enumerate([line for line in lines if line], start=1)]


def agreement(**sections: Any) -> dict[str, Any]:
    """The least agreement, with these sections in place of its own."""
    least = {
        "name": "Test",
        "currency": "EUR",
        "timezone": "UTC",
        "stages": [
            {"name": "lead", "owner": "marketing"},
            {"name": "mql", "owner": "marketing", "when": {"fact": "form_submitted"}},
        ],
        "handoff": {"at": "mql"},
    }
    return least | sections


def replayed(facts: str, as_of: str = "31 00:00", tables: Tables | None = None, **sections: Any) -> dict[str, list[str]]:
    """What the reference makes of a small journal, each row as a line of text without the lead's id."""
    found = reference_replay(journal(facts), agreement(**sections), at(as_of), tables)
    return {name: [line_of(row) for row in rows] for name, rows in found.items()}


def line_of(row: dict[str, Any]) -> str:
    """The values of a row but for the lead `a`, as text."""
    return " ".join(text_of(value) for name, value in row.items() if not (name == "lead_id" and value == "a"))


def text_of(value: Any) -> str:
    """Times as `05 10:00`, points without empty decimals, `-` for nothing."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        clock = value.strftime("%H:%M" if value.second + value.microsecond == 0 else "%H:%M:%S.%f")
        return f"{value:%d} {clock}"
    if isinstance(value, Decimal):
        return str(int(value)) if value == int(value) else str(value)
    return str(value)
