"""Running the product on a case, and saying readably where two answers differ."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from smarketing.agreement.checks import check_agreement
from smarketing.agreement.models import Agreement
from smarketing.backends.local import replay
from tests.generative.cases import Case
from tests.generative.journals import Row
from tests.reference.replay import KEYS, Tables, place_of

FACTS = {
    "fact_id": pl.String, "lead_id": pl.String, "at": pl.Datetime("us", "UTC"), "recorded_at": pl.Datetime("us", "UTC"),
    "kind": pl.String, "campaign": pl.String, "channel": pl.String, "actor": pl.String, "opportunity_id": pl.String,
    "amount": pl.Decimal(18, 2), "currency": pl.String, "properties": pl.String, "source": pl.String,
}  # fmt: skip
REPS = ("rep", "name", "team", "role", "calendar", "active_from", "active_to", "capacity", "quota")
ABSENCES = ("rep", "from", "to")
CAMPAIGNS = ("campaign", "name", "channel", "owner_team", "starts", "ends")
RATES = ("day", "from_currency", "to_currency", "rate")
OF_LEADS = ["score_changes", "stage_entries", "handoffs", "clocks"]
"""The tables whose rows follow from the facts of one lead alone."""


def frame_of(facts: Iterable[Row]) -> pl.DataFrame:
    """Facts as a table."""
    return pl.DataFrame(list(facts), schema=FACTS, orient="row")


def small_tables(case: Case) -> dict[str, pl.DataFrame]:
    """The small tables as a CSV would give them: everything is text."""
    columns = {"reps": REPS, "absences": ABSENCES, "campaigns": CAMPAIGNS, "rates": RATES}
    return {name: pl.DataFrame(rows, schema=dict.fromkeys(columns[name], pl.String)) for name, rows in case.tables.items()}


def checked_agreements(case: Case) -> list[Agreement]:
    """The versions as the product reads them; one that does not pass its check is a mistake of the generator."""
    return [checked_agreement(case.seed, text) for text in case.documents]


def checked_agreement(seed: int, text: str) -> Agreement:
    """One version."""
    agreement, problems = check_agreement("agreement.yaml", text=text)
    wrong = [str(problem) for problem in problems if problem.severity == "error"]
    assert agreement is not None and not wrong, "\n".join([f"seed {seed}: the agreement does not pass", *wrong, text])
    return agreement


def product_frames(
    case: Case, agreements: Sequence[Agreement] | None = None, threads: int = 1, at_once: int = 1_000_000
) -> dict[str, pl.DataFrame]:
    """The product's tables for a case."""
    versions = agreements or checked_agreements(case)
    outcome = replay(
        frame_of(case.facts),
        versions if len(versions) > 1 else versions[0],
        case.as_of,
        tables_in=small_tables(case),
        threads=threads,
        at_once=at_once,
    )
    return {name: outcome.tables[name] for name in KEYS}


def product_replay(
    case: Case, agreements: Sequence[Agreement] | None = None, threads: int = 1, at_once: int = 1_000_000
) -> Tables:
    """The product's tables as sorted rows."""
    frames = product_frames(case, agreements, threads, at_once)
    return {name: sorted(frame.to_dicts(), key=lambda row, name=name: place_of(name, row)) for name, frame in frames.items()}


def by_key(name: str, rows: list[Row]) -> dict[tuple[Any, ...], Row]:
    """The rows by their places; credits of opportunities without an id, which share their keys, by a number too."""
    if name != "credits":
        return {place_of(name, row): row for row in rows}
    found: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=lambda row: (row["amount"], row["touches"], row["channel"] or "", row["share"])):
        place, number = place_of(name, row), 0
        while row["opportunity_id"] is None and (*place, number) in found:
            number += 1
        found[*place, number] = row
    return found


def key_of(name: str, row: Row) -> tuple[Any, ...]:
    """The key of a row of a table."""
    return tuple(row[key] for key in KEYS[name])


def of_leads(tables: Tables, leads: set[str]) -> Tables:
    """The rows of some leads, in the tables whose rows are each about one lead."""
    return {name: [row for row in tables[name] if row["lead_id"] in leads] for name in OF_LEADS}


def differences(expected: Tables, found: Tables) -> list[str]:
    """What differs in the tables expected, a line for each row or value; empty where they are equal."""
    lines = []
    for name in [name for name in expected if name in found]:
        rows, others = by_key(name, expected[name]), by_key(name, found[name])
        if len(others) != len(found[name]):
            lines.append(f"{name}: {len(found[name]) - len(others)} rows have the key of another row")
        for key in sorted(rows.keys() | others.keys()):
            lines += different_row(name, rows.get(key), others.get(key))
    return lines


def different_row(name: str, expected: Row | None, found: Row | None) -> list[str]:
    """The lines about one row."""
    where = f"{name} {' '.join(text_of(part) for part in key_of(name, expected or found or {}))}"
    if expected is None or found is None:
        row = expected or found or {}
        rest = {column: text_of(value) for column, value in row.items() if column not in KEYS[name]}
        return [f"{where}: {'missing' if found is None else 'must not be there'}: {rest}"]
    if list(expected) != list(found):
        return [f"{where}: columns {list(found)}, expected {list(expected)}"]
    return [
        f"{where}: {column} is {text_of(found[column])}, expected {text_of(expected[column])}"
        for column in expected
        if not equal(expected[column], found[column])
    ]


def equal(one: Any, other: Any) -> bool:
    """Equal values of one type; floats may differ by a billionth of their size, and near 0 by a billionth."""
    if type(one) is not type(other):
        return False
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9) if isinstance(one, float) else bool(one == other)


def text_of(value: Any) -> str:
    """A value for people."""
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ").replace(".000000Z", "Z") if isinstance(value, datetime) else str(value)


def told(case: Case, lines: list[str], what: str) -> str:
    """Everything that somebody needs who wants to know why."""
    leads = {line.split()[1] for line in lines}
    of_some = len(case.facts) > 25 and all(line.startswith(tuple(OF_LEADS)) for line in lines)
    shown = [fact for fact in case.facts if fact["lead_id"] in leads] if of_some else case.facts
    facts = [line_of(fact) for fact in sorted(shown, key=lambda fact: (fact["at"], fact["fact_id"]))]
    small = [f"{name}: {json.dumps(row)}" for name, rows in case.tables.items() for row in rows]
    agreements = [f"--- agreement\n{text}" for text in case.documents]
    head = f"seed {case.seed}: {what}; as of {text_of(case.as_of)}"
    return "\n".join([head, *lines[:40], *agreements, "--- facts", *facts, "--- small tables", *small])


def line_of(fact: Row) -> str:
    """A fact in a line."""
    columns = ("campaign", "channel", "actor", "opportunity_id", "amount")
    rest = " ".join(f"{name}={fact[name]}" for name in columns if fact[name] is not None)
    return f"{text_of(fact['at'])} {fact['fact_id']:8} {fact['lead_id']} {fact['kind']} {rest} {fact['properties']}"
