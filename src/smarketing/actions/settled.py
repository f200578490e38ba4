"""The settled facts of the open workspace."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import polars as pl

from smarketing.journal.survey import survey
from smarketing.records.facts import load_facts


class Settled(NamedTuple):
    """The facts of the lives as of an instant: `facts` (FACT_SCHEMA) and `united` (as in `Following`)."""

    as_of: datetime
    facts: pl.DataFrame
    united: pl.DataFrame


def settled_facts(place: object, as_of: datetime) -> Settled:
    """The settled facts of the whole journal as it is now. `place` names the workspace."""
    return settle(load_facts(), as_of)


def settle(facts: pl.DataFrame, as_of: datetime) -> Settled:
    """The settled facts among these tellings: a whole journal, or lives with all that is tied to them."""
    known = survey(facts.lazy(), as_of=as_of)
    united = known.united.rename({"lead_id": "id", "united_id": "lead_id"})
    return Settled(as_of, known.settle(facts.lazy()).collect(), united)
