"""Identities: which leads are one person, from the links between them."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from smarketing.journal.fact import ORDER
from smarketing.journal.properties import as_text, decoded

UNITED_SCHEMA = {"lead_id": pl.String(), "united_id": pl.String()}


def united_leads(links: pl.DataFrame) -> pl.DataFrame:
    """Each lead that goes by another id and that id: `lead_id` (the key), `united_id`; leads that keep theirs are left out.

    `links` are the facts of the kinds `linked` and `unlinked` from which something follows. An unordered pair of leads is
    linked if the last of its facts, in order, is `linked`; leads connected by links are one, and go by the smallest of
    their ids (by code point) that is not anonymous, else by the smallest. Every id that a link names is a member, with or
    without facts of its own. `anonymous: true` on any `linked` makes its `with` anonymous for good, even when that link
    is undone. A link of a lead with itself or with nothing links nothing.
    """
    pairs: dict[tuple[str, str], bool] = {}
    anonymous: set[str] = set()
    for lead_id, kind, properties in links.sort(ORDER).select("lead_id", "kind", "properties").iter_rows():
        said = decoded(properties) or {}
        other = as_text(said.get("with"))
        if other is None:
            continue
        pairs[min(lead_id, other), max(lead_id, other)] = kind == "linked"
        if kind == "linked" and said.get("anonymous") is True:
            anonymous.add(other)
    return named(components(pair for pair, linked in pairs.items() if linked), anonymous)


def components(pairs: Iterable[tuple[str, str]]) -> Iterable[list[str]]:
    """The members of each connected component."""
    parent: dict[str, str] = {}
    for one, other in pairs:
        parent[root(parent, one)] = root(parent, other)
    members: dict[str, list[str]] = {}
    for lead_id in list(parent):
        members.setdefault(root(parent, lead_id), []).append(lead_id)
    return members.values()


def root(parent: dict[str, str], lead_id: str) -> str:
    """The lead that stands for this one's component so far; the path to it is shortened on the way."""
    parent.setdefault(lead_id, lead_id)
    while parent[lead_id] != lead_id:
        parent[lead_id] = parent[parent[lead_id]]
        lead_id = parent[lead_id]
    return lead_id


def named(groups: Iterable[list[str]], anonymous: set[str]) -> pl.DataFrame:
    """The table of `united_leads`, from the members of each group."""
    united = []
    for members in groups:
        name = min(members, key=lambda lead_id: (lead_id in anonymous, lead_id))
        united += [(lead_id, name) for lead_id in members if lead_id != name]
    return pl.DataFrame(united, schema=UNITED_SCHEMA, orient="row").sort("lead_id")
