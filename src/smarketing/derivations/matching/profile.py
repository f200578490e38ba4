"""Who a lead is: the profile after each `profile_changed`, the persona that wins there, and its fit rules that hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.models import Agreement, Persona
from smarketing.derivations.life.rows import FIT, Rows
from smarketing.derivations.matching.properties import known, places, read_properties
from smarketing.derivations.rulebook import hundredths


@dataclass(frozen=True, slots=True)
class Fits:
    """The fits that occur in a batch. `states` are FIT rows, `held[s]` the codes of the fit rules that hold in state s; state 0: the empty profile."""

    states: Rows
    held: list[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class FitRules:
    """The fit rules of all personas, one after the other: `names` as in a receipt, `points` in hundredths, `owner` persona code."""

    names: list[str]
    points: NDArray[np.int64]
    owner: NDArray[np.int64]


def fit_rules(agreement: Agreement) -> FitRules:
    """The agreement's fit rules by code."""
    every = [(code, persona, rule) for code, persona in enumerate(agreement.personas) for rule in persona.fit or ()]
    names = [f"{persona.name}.{rule.name or rule.when.canonical}" for _, persona, rule in every]
    points = np.array([hundredths(rule.points) for *_, rule in every], dtype=np.int64)
    return FitRules(names, points, np.array([code for code, *_ in every], dtype=np.int64))


def attributes(personas: Sequence[Persona]) -> list[str]:
    """The attributes that personas and their fit rules ask for."""
    names: set[str] = set()
    for persona in personas:
        names |= persona.when.names() if persona.when is not None else set()
        for rule in persona.fit or ():
            names |= rule.when.names()
    return sorted(names)


def carried_forward(changes: pl.DataFrame, lead: NDArray[np.int64]) -> pl.DataFrame:
    """Each attribute's last value so far within the lead; rows are in order, `lead` ascending."""
    rows = np.arange(len(lead), dtype=np.int64)
    begin = np.maximum.accumulate(np.where(np.r_[True, lead[1:] != lead[:-1]], rows, 0)) if len(lead) else rows
    columns = []
    for column in changes:
        source = np.maximum.accumulate(np.where(column.is_not_null().to_numpy(), rows, -1)) if len(lead) else rows
        index = pl.Series(np.where(source >= begin, source, -1)).replace({-1: None})
        columns.append(column.gather(index))
    return pl.DataFrame(columns)


def fits(agreement: Agreement, properties: pl.Series, lead: NDArray[np.int64]) -> tuple[Fits, NDArray[np.int32]]:
    """The fits that occur, and the state after each `profile_changed` (rows in order of lead, time and fact id)."""
    names = attributes(agreement.personas)
    if not names:
        profiles, index = pl.DataFrame({"nobody asks": [""]}), np.zeros(len(lead), dtype=np.int64)
    else:
        profiles, index = distinct_profiles(carried_forward(read_properties(properties, names), lead))
    persona, held = judge_profiles(agreement, profiles, places(names).__getitem__)
    return as_states(agreement, persona, held, index)


def distinct_profiles(frame: pl.DataFrame) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """The distinct profiles, the empty one first, and for each row the index of its own."""
    frame = known(frame)
    empty = pl.DataFrame({name: [None] for name in frame.columns}, schema=frame.schema)
    unique = pl.concat([empty, frame]).unique(maintain_order=True)
    index = frame.join(unique.with_row_index("index"), on=frame.columns, how="left", nulls_equal=True, maintain_order="left")
    return unique, index["index"].to_numpy().astype(np.int64)


def judge_profiles(
    agreement: Agreement, profiles: pl.DataFrame, column: Callable[[str], pl.Expr]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each profile the code of the persona that wins (-1: none) and which of its fit rules hold."""
    rules = fit_rules(agreement)
    expressions = [
        rule.when.expression(column).alias(str(i)) for i, rule in enumerate(r for p in agreement.personas for r in p.fit or ())
    ]
    held = np.zeros((profiles.height, len(expressions)), dtype=np.bool_)
    if expressions:
        held[:] = profiles.select(expressions).to_numpy()
    best = np.full(profiles.height, np.iinfo(np.int64).min)
    winner = np.full(profiles.height, -1, dtype=np.int64)
    for code, persona in enumerate(agreement.personas):
        holds = np.ones(profiles.height, dtype=np.bool_)
        if persona.when is not None:
            holds[:] = profiles.select(persona.when.expression(column).alias("holds"))["holds"].to_numpy()
        points = held[:, rules.owner == code] @ rules.points[rules.owner == code]
        better = holds & (points > best)
        best[better], winner[better] = points[better], code
    return winner, held & (rules.owner[None, :] == winner[:, None])


def as_states(
    agreement: Agreement, persona: NDArray[np.int64], held: NDArray[np.bool_], index: NDArray[np.int64]
) -> tuple[Fits, NDArray[np.int32]]:
    """Number the distinct outcomes; profile 0 is the empty one and becomes state 0."""
    rules = fit_rules(agreement)
    keys = [(int(winner), tuple(np.flatnonzero(row).tolist())) for winner, row in zip(persona, held, strict=True)]
    states = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    of_profile = np.array([states[key] for key in keys], dtype=np.int32)
    points = [int(rules.points[list(key[1])].sum()) if key[1] else 0 for key in states]
    rows = np.array([(total, key[0]) for total, key in zip(points, states, strict=True)], dtype=FIT)
    return Fits(rows, [key[1] for key in states]), of_profile[index]
