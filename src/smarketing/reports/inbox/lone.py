"""The open hand-offs of one life alone: the same as `cases.cases_in`, out of rows that were read already.

A page opens one lead after the other, and a query over a handful of rows takes longer than looking at them.
"""

from __future__ import annotations

from smarketing.reports.explain.life import Life, Row
from smarketing.reports.inbox.cases import TOLD, Case, is_won


def cases_alone(life: Life) -> list[Case]:
    """Its hand-offs whose cycle goes on and that were not won."""
    facts = [{name: fact[name] for name in TOLD} for fact in life.facts]
    found = [_case(life, row, facts) for row in life.handoffs if _stands(row)]
    return [case for case in found if case is not None and not is_won(case)]


def _stands(row: Row) -> bool:
    return row["disqualified_at"] is None and not (row["won_amount"] or 0) > 0


def _case(life: Life, row: Row, facts: list[Row]) -> Case | None:
    """None where the cycle is over."""
    entries = [entry for entry in life.entries if entry["cycle"] == row["cycle"]]
    if all(entry["left_at"] is not None for entry in entries):
        return None
    ripe = [entry["entered_at"] for entry in entries if entry["stage"] == life.agreement.handoff.at]
    begun_at = min(entry["entered_at"] for entry in entries)
    clocks = [clock for clock in life.clocks if clock["cycle"] == row["cycle"]]
    return Case(dict(row), _stage(life), clocks, facts, life.version_at(row["handed_at"]), begun_at, min(ripe, default=None))


def _stage(life: Life) -> str | None:
    """The stage that the lead has not left; the furthest of several."""
    names = life.agreement.stage_names
    there = [entry["stage"] for entry in life.entries if entry["left_at"] is None]
    return max(there, key=lambda stage: names.index(stage) if stage in names else -1, default=None)
