"""Matching takes properties of any name and conditions that ask nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from smarketing.agreement.checks import load_agreement
from smarketing.backends.local import replay
from smarketing.derivations.matching.properties import REMOVED, read_one, read_properties

AGREEMENT = """
name: odd names
currency: EUR
timezone: UTC
in_force: {{from: 2026-01-01}}
personas: [{{name: anyone, fit: [{{name: odd, when: {when}, points: 10}}]}}]
engagement: [{{name: rule, fact: form_submitted, where: {where}, points: 1}}]
stages: [{{name: visitor, owner: marketing}}, {{name: mql, owner: marketing, when: {{fact: meeting_held}}}}]
handoff: {{at: mql, connects: [{{fact: form_submitted, where: {where}}}]}}
"""
ODD = ["*", "^a.*$", "index", "p0", "text", "campaign column", "literal", ""]


def lines(where: str, when: str, properties: list[str]) -> list[tuple[str, str]]:
    """(axis, fact) of each line that a journal of forms and profiles with these properties gives."""
    kinds = ["form_submitted", "profile_changed"]
    rows = [(f"f{at}{kind}", f"lead {at}", kind, text) for at, text in enumerate(properties) for kind in kinds]
    facts = pl.DataFrame(rows, schema=["fact_id", "lead_id", "kind", "properties"], orient="row")
    facts = facts.with_columns(at=pl.lit(datetime(2026, 1, 5, tzinfo=UTC)))
    agreement = load_agreement("odd.yaml", text=AGREEMENT.format(where=where, when=when))
    return sorted(replay(facts, agreement).score_changes.select("axis", "fact_id").iter_rows())


@pytest.mark.parametrize("name", ODD)
def test_a_property_may_have_any_name(name: str) -> None:
    condition = f'{{"{name}": "yes", campaign: {{exists: false}}}}'
    found = lines(condition, condition, [f'{{"{name}": "yes"}}', f'{{"{name}": "no"}}', "{}"])
    assert found == [("engagement", "f0form_submitted"), ("fit", "f0profile_changed")]


def test_a_where_that_asks_nothing_is_none() -> None:
    found = lines("{}", "{x: 1}", ['{"a": 1}', '{"a": 2}', ""])
    assert [fact for _, fact in found] == ["f0form_submitted", "f1form_submitted", "f2form_submitted"]


def test_no_text_is_an_object_without_properties() -> None:
    properties = pl.Series(["", None, "{}", '{"a": null}', '{"a": ""}', '{"a": "x"}'])
    assert read_properties(properties, ["a"])["p0"].to_list() == [None, None, None, REMOVED, REMOVED, "x"]
    assert read_one(properties, "a").to_list() == [None, None, None, None, None, "x"]
