"""What happened to the leads of a campaign: a dated feed of what sales did with them and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from smarketing.derivations.matching.properties import known, read_properties
from smarketing.reports.leads import leads
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import period_asked
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.reports.following import Following

HANDED = "handed_over"
"""What is no fact of its own: a hand-off may follow from a score."""
KINDS = "accepted rejected recycled disqualified meeting_booked meeting_held opportunity_opened opportunity_won opportunity_lost".split()
WHAT: dict[str, tuple[str, ...]] = {
    "handed over": (HANDED,),
    "accepted": ("accepted",),
    "rejected": ("rejected",),
    "recycled": ("recycled",),
    "disqualified": ("disqualified",),
    "meetings": ("meeting_booked", "meeting_held"),
    "opportunities": ("opportunity_opened", "opportunity_lost"),
    "won": ("opportunity_won",),
}
"""What a reader may ask for, and the kinds that it is."""
SAID = ["reason", "outcome"]
COLUMNS = ("at", "kind", "lead_id", "fact_id", "actor", "amount", "currency", *SAID, "campaign", "account", "grade", "cycle")
NONE = "-"
"""Asks for leads without a campaign."""


def feed(outcome: Following, filters: Mapping[str, str]) -> pl.DataFrame:
    """One row for each thing that happened, the latest first, with exactly COLUMNS; `campaign`, `account`, `grade` are the lead's.

    `filters`: `campaign` (of the lead's first touch with one; NONE: of none), `what` (see WHAT), `reason`, `period` (of the thing
    itself), `lead`. Raises UsageError.
    """
    found = everything(outcome)
    if filters.get("campaign"):
        none = filters["campaign"] == NONE
        found = found.filter(pl.col("campaign").is_null() if none else pl.col("campaign") == filters["campaign"])
    for key, column in (("reason", "reason"), ("lead", "lead_id")):
        if filters.get(key):
            found = found.filter(pl.col(column) == filters[key])
    if what := filters.get("what"):
        if what not in WHAT:
            raise UsageError(f'"{what}" is nothing that a feed tells; choose {", ".join(WHAT)}.{did_you_mean(what, WHAT)}')
        found = found.filter(pl.col("kind").is_in(WHAT[what]))
    window = period_asked(filters.get("period") or None, outcome.agreement.timezone)
    return found if window is None else found.filter(pl.col("at") >= window.start_at, pl.col("at") < window.end_at)


def everything(outcome: Following) -> pl.DataFrame:
    """The feed of all leads; computed once for an outcome."""
    return outcome.once("feed", lambda: _everything(outcome))


def _everything(outcome: Following) -> pl.DataFrame:
    columns = ("at", "kind", "lead_id", "fact_id", "actor", "amount", "currency", "properties")
    told = outcome.facts.filter(pl.col("kind").is_in(KINDS)).select(columns).collect()
    said = known(read_properties(told["properties"], SAID))
    said.columns = SAID
    handed = outcome.table("handoffs").select("lead_id", "cycle", at="handed_at", kind=pl.lit(HANDED), actor="rep")
    rows = pl.concat([told.drop("properties").hstack(said), handed], how="diagonal")
    of_lead = leads(outcome).select("lead_id", "campaign", "account", "grade")
    placed = rows.join(of_lead, on="lead_id", how="left").with_columns(fact_id=pl.col("fact_id").fill_null(""))
    return placed.select(COLUMNS).sort("at", "fact_id", "lead_id", descending=[True, True, False])
