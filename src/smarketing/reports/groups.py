"""What a report is cut by: for each lead its campaign, channel, persona, rep, grade or attribute."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from smarketing.derivations.matching.profile import attributes, fits
from smarketing.reports.lives import first_of_touches, latest_values, lives, told_lives
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.personal import is_personal
from smarketing.vocabulary.tables import MONEY
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.reports.following import Following

EMPTY_PROFILE = 0
"""The number of the fit of a lead of which nothing is known."""
TOLD = ("campaign", "channel", "persona", "grade")
"""Those that a replay can tell on its way."""
OWN_GROUPS = (*TOLD, "rep")
"""What every journal can be cut by."""
PEOPLE = frozenset({"rep", "owner", "closer"})
"""Groups that are persons."""
MOST_VALUES = 40
"""An attribute with more different values is an id or a measure: it names leads, it does not group them."""
PROFILES_READ = 2000
"""About so many different profiles, from the first told to the last, tell which attributes there are."""


def nameless(by: str) -> str:
    """What those are called who have no group: `No campaign`, `Nobody named`."""
    return "Nobody named" if by in PEOPLE else f"No {by.replace('_', ' ')}"


def group_of(outcome: Following, by: str) -> pl.DataFrame:
    """One row for each `lead_id` that has a group: `value`, as text; a lead without a row, or with null, has none.

    Campaign and channel are those of the lead's first touch with one, whenever. Persona and grade are read from the profile as
    it is known last, rep is who was responsible first in the lead's last hand-off that names somebody. Any other word is an
    attribute of the profile, by its latest known value. Raises UsageError for an attribute that nobody has.
    """
    return outcome.once(("group", by), lambda: _group_of(outcome, by))


def groupings(outcome: Following) -> list[str]:
    """What leads can be cut by, for a choice: campaign, channel, persona, grade, rep, then attributes in order of name.

    An attribute is offered if the profiles read have at least two and at most 40 different values of it, and none that says who
    somebody is; `group_of` takes the others too.
    """
    return outcome.once("groupings", lambda: [*OWN_GROUPS, *_grouping_attributes(outcome)])


def _grouping_attributes(outcome: Following) -> list[str]:
    told = outcome.facts.filter(pl.col("kind") == "profile_changed").select("properties")
    found: dict[str, set[str]] = {}
    texts = told.unique(maintain_order=True).collect()["properties"].drop_nulls()
    for text in texts.gather_every(-(-len(texts) // PROFILES_READ) or 1):
        for name, value in json.loads(text).items():
            found.setdefault(name, set()).add(str(value))
    own = (name for name in found if name not in OWN_GROUPS and not is_personal(name))
    return sorted(name for name in own if 2 <= len(found[name]) <= MOST_VALUES)


def profile_fits(outcome: Following) -> pl.DataFrame:
    """One row for each `lead_id`: `persona` (null: none), `fit` and `grade` of its profile as it is known last."""
    return outcome.once("profiles", lambda: _profile_fits(outcome))


def told_group(outcome: Following, by: str) -> pl.Series | None:
    """The group of each lead in the order of `lives`, where the replay told it on its way; else None."""
    told = told_lives(outcome)
    return told[by] if told is not None and by in TOLD else None


def _group_of(outcome: Following, by: str) -> pl.DataFrame:
    told = told_group(outcome, by)
    if told is not None:
        groups = lives(outcome).select("lead_id", value=told)
        return groups if by in ("persona", "grade") else groups.drop_nulls("value")
    own: dict[str, Callable[[Following], pl.DataFrame]] = {
        "campaign": lambda outcome: first_of_touches(outcome.facts, "campaign").collect(),
        "channel": lambda outcome: first_of_touches(outcome.facts, "channel").collect(),
        "persona": lambda outcome: profile_fits(outcome).select("lead_id", value="persona"),
        "grade": lambda outcome: profile_fits(outcome).select("lead_id", value="grade"),
        "rep": _reps,
    }
    return own[by](outcome) if by in own else _attribute(outcome, by, sorted(own))


def _profile_fits(outcome: Following) -> pl.DataFrame:
    known = told_lives(outcome)
    if known is not None:
        return known.select("lead_id", "persona", "fit", "grade")
    agreement = outcome.agreement
    told = outcome.facts.filter(pl.col("kind") == "profile_changed").select("lead_id", "at", "fact_id", "properties")
    ordered = told.sort("lead_id", "at", "fact_id").collect()
    found, state = fits([agreement], ordered["properties"], ordered["lead_id"].rle_id().to_numpy().astype(np.int64))
    last = ordered.select("lead_id", state=pl.Series(state, dtype=pl.Int64)).unique("lead_id", keep="last")
    leads = lives(outcome).select("lead_id").join(last, on="lead_id", how="left")
    states = found.states[found.compiled.of[:, 0]]
    personas = [agreement.personas[code].name if code >= 0 else None for code in states["persona"].tolist()]
    points = [Decimal(hundredths) / 100 for hundredths in states["points"].tolist()]
    grades = [agreement.grade_of(fit) for fit in points]
    numbered = pl.DataFrame(
        {"state": range(len(grades)), "persona": personas, "fit": points, "grade": grades},
        schema={"state": pl.Int64, "persona": pl.String, "fit": MONEY, "grade": pl.String},
    )
    return leads.with_columns(pl.col("state").fill_null(EMPTY_PROFILE)).join(numbered, on="state").drop("state")


def _reps(outcome: Following) -> pl.DataFrame:
    handoffs = outcome.table("handoffs")
    named = handoffs.select("lead_id", "cycle", value="rep").drop_nulls("value")
    return named.sort("cycle").unique("lead_id", keep="last").select("lead_id", "value")


def _attribute(outcome: Following, by: str, own: list[str]) -> pl.DataFrame:
    profiles = latest_values(outcome, by)
    if profiles["value"].is_not_null().any():
        return profiles
    told = _attributes_told(outcome)
    if by not in told and by not in attributes(outcome.agreement.personas):
        raise UsageError(f'no lead has an attribute "{by}".{did_you_mean(by, {*told, *own})}')
    return profiles


def _attributes_told(outcome: Following) -> set[str]:
    told = outcome.facts.filter(pl.col("kind") == "profile_changed").select(pl.col("properties").unique()).collect()
    return {name for text in told["properties"].drop_nulls() for name in json.loads(text)}
