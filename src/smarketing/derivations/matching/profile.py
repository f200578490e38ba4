"""Who a lead is: the profile after each `profile_changed`, the persona that wins there, and its fit rules that hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.models import Agreement, Persona
from smarketing.derivations.life import rows
from smarketing.derivations.matching.properties import known, places, read_properties
from smarketing.derivations.rulebook import hundredths, personas_of


@dataclass(frozen=True, slots=True)
class Fits:
    """The fits that occur in a batch, as the fold reads them; `held[s]` are the codes of the fit rules that hold in state s."""

    compiled: rows.Fits
    held: list[tuple[int, ...]]

    @property
    def states(self) -> rows.Rows:
        """FIT rows."""
        return self.compiled.states


@dataclass(frozen=True, slots=True)
class FitRules:
    """Fit rules of all personas, one after the other: `names` as in a receipt, `points` in hundredths, `owner` persona code."""

    names: list[str]
    points: NDArray[np.int64]
    owner: NDArray[np.int64]


def fit_rules(*versions: Agreement) -> FitRules:
    """The fit rules by code, version after version; an owner is a code within its version."""
    every = [
        (code, persona, rule) for version in versions for code, persona in enumerate(version.personas) for rule in persona.fit
    ]
    names = [f"{persona.name}.{rule.name or rule.when.canonical}" for _, persona, rule in every]
    points = np.array([hundredths(rule.points) for *_, rule in every], dtype=np.int64)
    return FitRules(names, points, np.array([code for code, *_ in every], dtype=np.int64))


def attributes(personas: Iterable[Persona]) -> list[str]:
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


def fits(versions: Sequence[Agreement], properties: pl.Series, lead: NDArray[np.int64]) -> tuple[Fits, NDArray[np.int64]]:
    """The fits that occur, and the profile after each `profile_changed` (rows in order of lead, time and fact id)."""
    names = attributes(persona for version in versions for persona in version.personas)
    if not names:
        profiles, index = pl.DataFrame({"nobody asks": [""]}), np.zeros(len(lead), dtype=np.int64)
    else:
        profiles, index = distinct_profiles(carried_forward(read_properties(properties, names), lead))
    judged = [judge_profiles(version, profiles, places(names).__getitem__) for version in versions]
    return as_states(versions, judged), index


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


def as_states(versions: Sequence[Agreement], judged: Iterable[tuple[NDArray[np.int64], NDArray[np.bool_]]]) -> Fits:
    """Number the distinct outcomes of the profiles, `judged` by one version after the other."""
    points, names = fit_rules(*versions).points, personas_of(versions)
    numbers: dict[tuple[int, int, tuple[int, ...]], int] = {}
    of, first = [], 0
    for number, (version, (winner, held)) in enumerate(zip(versions, judged, strict=True)):
        persona = np.array([*(names.index(one.name) for one in version.personas), -1])[winner]
        keys = [(number, int(who), tuple((first + np.flatnonzero(row)).tolist())) for who, row in zip(persona, held, strict=True)]
        of.append([numbers.setdefault(key, len(numbers)) for key in keys])
        first += held.shape[1]
    states = [(int(points[list(rules)].sum()) if rules else 0, who, version) for version, who, rules in numbers]
    compiled = rows.Fits(np.array(states, dtype=rows.FIT), np.array(of, dtype=np.int32).T.copy())
    return Fits(compiled, [rules for *_, rules in numbers])
