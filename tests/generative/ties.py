"""Which leads belong together: what follows for one may depend on facts of the others."""

from __future__ import annotations

from collections.abc import Iterable

from tests.generative.journals import Row
from tests.reference.journal import json_text, read_fact


def ties_of(rows: Iterable[Row]) -> list[set[str]]:
    """Leads that a link names together (also one that is undone), that share a fact's id, or whose fact a retraction names."""
    facts = [read_fact(row) for row in rows]
    leads_of_id: dict[str, set[str]] = {}
    for fact in facts:
        leads_of_id.setdefault(fact.fact_id, set()).add(fact.lead_id)
    ties = list(leads_of_id.values())
    for fact in facts:
        ties.append({fact.lead_id, fact.text("with") or fact.lead_id})
        ties.append({fact.lead_id, *leads_of_id.get(json_text(fact.properties.get("fact_id")) or "", ())})
    return ties


def with_their_ties(some: set[str], ties: list[set[str]]) -> set[str]:
    """These leads and all that are tied to them, directly or by others."""
    while grown := [tie for tie in ties if tie & some and not tie <= some]:
        some = some.union(*grown)
    return some
