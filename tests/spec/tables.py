"""`check(...)`: facts and an agreement go in as tables, the tables that must follow are compared row by row."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.spec import ascii, engines
from tests.spec.ascii import Rows

BASE = """\
name: The smallest agreement
currency: EUR
timezone: UTC
in_force: {from: 2026-01-01}
signatories: {marketing: [mia@hart.example], sales: [sam@hart.example]}
stages:
  - {name: visitor, owner: marketing}
  - {name: mql, owner: marketing, when: {fact: form_submitted}}
  - {name: sal, owner: sales, when: {fact: accepted}}
  - {name: sql, owner: sales, when: {fact: meeting_held}}
  - {name: customer, owner: sales, when: {fact: opportunity_won}}
handoff: {at: mql}
"""
EXAMPLES = Path(__file__).parents[2] / "examples"
KEYS = {
    "score_changes": ["lead_id", "at", "axis", "rule", "fact_id"],
    "stage_entries": ["lead_id", "cycle", "stage"],
    "handoffs": ["lead_id", "cycle"],
    "clocks": ["lead_id", "cycle", "commitment"],
    "commitments": ["name", "period_start"],
    "ledger": ["at", "team", "lead_id", "cycle", "reason", "opportunity_id"],
    "credits": ["opportunity_id", "model", "campaign"],
}


@dataclass(frozen=True)
class Spec:
    """One case: `agreement` (or the name of an example) and what versions `then` say differently as the reader sees them, `documents` as
    the engines do; tables still as text."""

    agreement: str
    documents: list[str]
    facts: Rows
    as_of: str | None
    small: dict[str, Rows]
    expected: dict[str, Rows]
    example: str | None = None
    then: tuple[str, ...] = ()

    @property
    def zone(self) -> str:
        found = re.search(r"^timezone: *(\S+)", self.documents[0], re.MULTILINE)
        return found[1] if found else "UTC"

    def judge(self) -> None:
        """Ask the engine of this test and compare, cell by cell."""
        results = run(engines.current, self)
        problems = [
            text for name, wanted in self.expected.items() if (text := difference(name, wanted, results[name], self.zone))
        ]
        if problems:
            pytest.fail(f"{engines.current}, as of {as_of(self):%Y-%m-%d %H:%M} UTC:\n" + "\n".join(problems), pytrace=False)


class Case(Protocol):
    """Anything a paragraph of the manual shows and a test can judge."""

    def judge(self) -> None: ...


def judged(case: Case) -> None:
    case.judge()


take: Callable[[Case], None]
"""What becomes of a case: it is judged, unless the manual is being written (see manual.py)."""


def check(
    *, facts: str, agreement: str = "", example: str | None = None, as_of: str | None = None,
    then: str | Sequence[str] = (), reps: str | None = None, absences: str | None = None,
    rates: str | None = None, campaigns: str | None = None, **expected: str,
) -> None:  # fmt: skip
    """The tables in `expected` (by name, any of their columns, every row) follow from `facts` under `agreement`.

    `agreement` replaces whole top-level keys of `BASE`; `example` names a folder of examples/ instead. Versions that come `then`
    replace whole keys of the version before; times are in the zone of the first. Facts without a
    `fact_id` are f1, f2, …, without a `lead_id` they are ana's. `as_of` left out: the time of the last fact.
    """
    assert expected and set(expected) <= set(KEYS), f"which tables? {sorted(expected)}"
    snippet = textwrap.dedent(agreement).strip()
    documents = [(EXAMPLES / example / "agreement.yaml").read_text("utf-8") if example else merged(snippet)]
    later = tuple(textwrap.dedent(one).strip() for one in ([then] if isinstance(then, str) else then))
    for one in later:
        documents.append(merged(one, documents[-1]))
    beside = {"reps": reps, "absences": absences, "rates": rates, "campaigns": campaigns}
    small = {name: ascii.rows(text) for name, text in beside.items() if text}
    wanted = {name: ascii.rows(text) for name, text in expected.items()}
    take(Spec(snippet, documents, ascii.rows(facts), as_of, small, wanted, example, later))


def merged(snippet: str, base: str = BASE) -> str:
    """The document with the top-level keys of the snippet in the place of its own."""
    blocks = by_key(base) | by_key(snippet)
    return "\n".join(block.rstrip() for block in blocks.values()) + "\n"


def by_key(text: str) -> dict[str, str]:
    starts = [match.start() for match in re.finditer(r"^\w+:", text, re.MULTILINE)] + [len(text)]
    return {text[start:].partition(":")[0]: text[start:end] for start, end in pairwise(starts)}


def fact_rows(spec: Spec) -> list[dict[str, Any]]:
    """The journal of a spec: every column of the contract, `properties` as a mapping, times in UTC."""
    facts = [fact(number, row, spec.zone) for number, row in enumerate(spec.facts.rows, 1)]
    for one, two in pairwise(facts):
        same = (one["lead_id"], one["at"]) == (two["lead_id"], two["at"]) and "fact_id" not in spec.facts.columns
        assert not same or one["fact_id"] < two["fact_id"], f"{two['fact_id']} comes before {one['fact_id']}: move these rows up"
    return facts


def fact(number: int, row: dict[str, str], zone: str) -> dict[str, Any]:
    at = ascii.instant(row["at"], zone)
    texts = {name: row.get(name) or None for name in ("campaign", "channel", "actor", "opportunity_id", "currency")}
    return {
        "fact_id": row.get("fact_id") or f"f{number}", "lead_id": row.get("lead_id") or "ana", "at": at,
        "recorded_at": ascii.instant(row["recorded_at"], zone) if row.get("recorded_at") else at, "kind": row["kind"], **texts,
        "amount": Decimal(row["amount"]).quantize(Decimal("0.01")) if row.get("amount") else None,
        "properties": ascii.properties(row.get("properties", "")), "source": "web",
    }  # fmt: skip


def as_of(spec: Spec) -> datetime:
    return ascii.instant(spec.as_of, spec.zone) if spec.as_of else max(fact["at"] for fact in fact_rows(spec))


def run(engine: str, spec: Spec) -> dict[str, list[dict[str, Any]]]:
    small = {name: [{key: cell or None for key, cell in row.items()} for row in table.rows] for name, table in spec.small.items()}
    return engines.ENGINES[engine](fact_rows(spec), spec.documents, as_of(spec), small, spec.as_of)


def difference(name: str, wanted: Rows, got: list[dict[str, Any]], zone: str) -> str:
    """What is missing (-) and what nobody expected (+), as a table; empty when the tables are equal."""
    got = sorted(
        (row for row in got if wanted.wanted(row)), key=lambda row: [ascii.shown(row[column], "UTC") for column in KEYS[name]]
    )
    columns = wanted.columns or KEYS[name]
    expected = [[ascii.value(column, row[column], zone) for column in columns] for row in wanted.rows]
    found = [[ascii.told(column, row[column]) for column in columns] for row in got]
    missing, surplus = without(expected, found), without(found, expected)
    if not missing and not surplus:
        return ""
    lines = (
        [(" ", cells) for cells in without(expected, missing)]
        + [("-", cells) for cells in missing]
        + [("+", cells) for cells in surplus]
    )
    return f"{name} (- expected, + came instead)\n" + ascii.table(
        ["", *columns], [[sign, *(ascii.shown(cell, zone) for cell in cells)] for sign, cells in lines]
    )


def without(these: list[list[Any]], those: list[list[Any]]) -> list[list[Any]]:
    """The rows of `these` that `those` do not have, each as often as it is too often."""
    left = list(those)
    kept = []
    for row in these:
        if row in left:
            left.remove(row)
        else:
            kept.append(row)
    return kept


take = judged
