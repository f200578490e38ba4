"""What a report is cut by: for each lead its campaign, channel, persona, rep, grade or attribute."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl

from smarketing.agreement.models import LOWEST_GRADE
from smarketing.reports.lives import first_of_touches, latest_profiles
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.words import did_you_mean

if TYPE_CHECKING:
    from smarketing.agreement.conditions import AttributeCondition
    from smarketing.agreement.models import Agreement, Persona
    from smarketing.reports.outcome import Outcome


def group_of(outcome: Outcome, by: str) -> pl.DataFrame:
    """One row for each `lead_id` that has a group: `value`, as text; a lead without a row, or with null, has none.

    Campaign and channel are those of the lead's first touch with one, whenever. Persona and grade are read from the profile as
    it is known last, rep is who was responsible first in the lead's last hand-off that names somebody. Any other word is an
    attribute of the profile, by its latest known value. Raises UsageError for an attribute that nobody has.
    """
    own: dict[str, Callable[[Outcome], pl.DataFrame]] = {
        "campaign": lambda outcome: first_of_touches(outcome.facts, "campaign").collect(),
        "channel": lambda outcome: first_of_touches(outcome.facts, "channel").collect(),
        "persona": lambda outcome: profile_fits(outcome).select("lead_id", value="persona"),
        "grade": lambda outcome: profile_fits(outcome).select("lead_id", value="grade"),
        "rep": _reps,
    }
    return own[by](outcome) if by in own else _attribute(outcome, by, sorted(own))


def profile_fits(outcome: Outcome) -> pl.DataFrame:
    """One row for each `lead_id`: `persona`, `fit` (in hundredths of a point) and `grade` of its profile as it is known last."""
    agreement = outcome.agreement
    names = sorted({name for persona in agreement.personas for when in _conditions(persona) for name in when.names()})
    leads = outcome.facts.select("lead_id").unique().collect()
    profiles = leads.join(latest_profiles(outcome.facts, names), on="lead_id", how="left") if names else leads
    attribute = _attributes_named(names)
    points = {persona.name: _points(persona, attribute) for persona in agreement.personas}
    best = pl.max_horizontal(pl.lit(None, pl.Int64), *points.values())
    winner = pl.coalesce(pl.lit(None, pl.String), *(pl.when(mine == best).then(pl.lit(name)) for name, mine in points.items()))
    judged = profiles.select("lead_id", persona=winner, fit=best.fill_null(0))
    return judged.with_columns(grade=_grade(agreement))


def _attributes_named(names: list[str]) -> Callable[[str], pl.Expr]:
    return lambda name: pl.col(name) if name in names else pl.lit(None, pl.String)


def _conditions(persona: Persona) -> list[AttributeCondition]:
    return [rule.when for rule in persona.fit] + ([persona.when] if persona.when is not None else [])


def _points(persona: Persona, attribute: Callable[[str], pl.Expr]) -> pl.Expr:
    """The sum of a persona's fit points in hundredths, null where it is not this persona."""
    rules = [pl.when(rule.when.expression(attribute)).then(int(rule.points * 100)).otherwise(0) for rule in persona.fit]
    points = pl.sum_horizontal(pl.lit(0, pl.Int64), *rules)
    return points if persona.when is None else pl.when(persona.when.expression(attribute)).then(points)


def _grade(agreement: Agreement) -> pl.Expr:
    reached = [pl.when(pl.col("fit") >= int(floor * 100)).then(pl.lit(grade)) for grade, floor in agreement.thresholds()]
    return pl.coalesce(*reached, pl.lit(LOWEST_GRADE))


def _reps(outcome: Outcome) -> pl.DataFrame:
    handoffs = outcome.table("handoffs")
    return handoffs.group_by("lead_id").agg(value=pl.col("rep").sort_by("cycle").drop_nulls().last())


def _attribute(outcome: Outcome, by: str, own: list[str]) -> pl.DataFrame:
    profiles = latest_profiles(outcome.facts, [by]).select("lead_id", value=by)
    if profiles["value"].is_not_null().any():
        return profiles
    told = _attributes_told(outcome)
    if by not in told and by not in _attributes_agreed(outcome.agreement):
        raise UsageError(f'no lead has an attribute "{by}".{did_you_mean(by, {*told, *own})}')
    return profiles


def _attributes_told(outcome: Outcome) -> set[str]:
    told = outcome.facts.filter(pl.col("kind") == "profile_changed").select(pl.col("properties").unique()).collect()
    return {name for text in told["properties"].drop_nulls() for name in json.loads(text)}


def _attributes_agreed(agreement: Agreement) -> set[str]:
    return {name for persona in agreement.personas for when in _conditions(persona) for name in when.names()}
