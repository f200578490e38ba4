"""Who a lead is: the profile after each `profile_changed`, the persona that wins there, and its fit rules that hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.models import Agreement, Persona
from smarketing.derivations.columns import distinct as distinct_numbers
from smarketing.derivations.life import rows
from smarketing.derivations.life.rows import Codes, Ints
from smarketing.derivations.matching.properties import REMOVED, distinct, place, places, read_distinct
from smarketing.derivations.rulebook import hundredths, personas_of

Numbers = NDArray[np.int64] | NDArray[np.uint32]
"""The leads of rows."""


@dataclass(frozen=True, slots=True)
class Fits:
    """The fits that occur in a batch, as the fold reads them; `held[s]` are the codes of the fit rules that hold in state s."""

    compiled: rows.Fits
    held: list[tuple[int, ...]]
    rules: FitRules

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


def carried_forward(said: NDArray[np.bool_], code: Ints, lead: Numbers) -> Ints:
    """The last code said so far within the lead, else 0; rows are in order, `lead` ascending."""
    rows = np.arange(len(lead), dtype=np.int64)
    begin = np.maximum.accumulate(np.where(np.append(True, lead[1:] != lead[:-1]), rows, 0)) if len(lead) else rows
    source = np.maximum.accumulate(np.where(said, rows, -1)) if len(lead) else rows
    return np.where(source >= begin, code[source], 0)


def fits(versions: Sequence[Agreement], properties: pl.Series, lead: Numbers, changes: Ints | None = None) -> tuple[Fits, Ints]:
    """The fits that occur, and the profile after each `profile_changed`; these are all rows, or the rows `changes`, in order of `lead`,
    time and fact id."""
    names = attributes(persona for version in versions for persona in version.personas)
    if not names:
        profiles, index = pl.DataFrame({"nobody asks": [""]}), np.zeros(len(lead), dtype=np.int64)
    else:
        texts, which = distinct(properties, changes)
        profiles, index = distinct_profiles(read_distinct(texts, names), which, lead)
    states = States(versions)
    return states.fits(states.number(Judge.of(version, names)(profiles) for version in versions)), index


def distinct_profiles(said: Mapping[str, list[str | None]], which: Codes, lead: Numbers) -> tuple[pl.DataFrame, Ints]:
    """The distinct profiles, the empty one first, and for each change the index of that after it. `said`: of each attribute the value
    in some texts, of which each change is one (`which`).

    Values are compared as numbers, 0 being none: a row before the first stands for the empty profile.
    """
    index, below, columns = np.zeros(len(lead) + 1, dtype=np.int64), 1, []
    for values in said.values():
        known = [None, *dict.fromkeys(value for value in values if value is not None and value != REMOVED)]
        number = {value: code for code, value in enumerate(known)}
        code = np.array([number.get(value, 0) for value in values], dtype=np.int64)
        there = np.array([value is not None for value in values], dtype=np.bool_)
        after = np.append(0, carried_forward(there[which], code[which], lead))
        found, index = distinct_numbers(index * len(known) + after, below * len(known))
        below = len(found)
        columns.append((known, after))
    example = np.zeros(below, dtype=np.int64)
    example[index[::-1]] = np.arange(len(index))[::-1]
    profiles = [[known[code] for code in after[example].tolist()] for known, after in columns]
    return pl.DataFrame({place(at): pl.Series(values, dtype=pl.String) for at, values in enumerate(profiles)}), index[1:]


Judged = tuple[NDArray[np.int64], NDArray[np.bool_]]
"""For each profile the code of the persona that wins (-1: none) and which of all fit rules hold, those of the winner alone."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The personas of one version, ready to judge profiles: one expression for each fit rule, then for each `when` (`asks`: whose)."""

    rules: FitRules
    personas: int
    expressions: list[pl.Expr]
    asks: list[int]

    @classmethod
    def of(cls, agreement: Agreement, names: Sequence[str]) -> Judge:
        """To judge profiles with these attributes, in this order."""
        column, personas = places(names).__getitem__, agreement.personas
        whens = {code: persona.when for code, persona in enumerate(personas) if persona.when is not None}
        asked = [*(rule.when for persona in personas for rule in persona.fit or ()), *whens.values()]
        expressions = [condition.expression(column).alias(str(i)) for i, condition in enumerate(asked)]
        return cls(fit_rules(agreement), len(personas), expressions, list(whens))

    def __call__(self, profiles: pl.DataFrame) -> Judged:
        """Each row is a profile."""
        said = np.zeros((profiles.height, len(self.expressions)), dtype=np.bool_)
        if self.expressions:
            said[:] = profiles.select(self.expressions).to_numpy()
        held, holds = said[:, : len(self.rules.names)], np.ones((profiles.height, self.personas), dtype=np.bool_)
        holds[:, self.asks] = said[:, len(self.rules.names) :]
        best = np.full(profiles.height, np.iinfo(np.int64).min)
        winner = np.full(profiles.height, -1, dtype=np.int64)
        for code in range(self.personas):
            points = held[:, self.rules.owner == code] @ self.rules.points[self.rules.owner == code]
            better = holds[:, code] & (points > best)
            best[better], winner[better] = points[better], code
        return winner, held & (self.rules.owner[None, :] == winner[:, None])


class States:
    """The distinct outcomes of profiles under some versions, numbered as they are met."""

    def __init__(self, versions: Sequence[Agreement]) -> None:
        self.rules, self.versions = fit_rules(*versions), versions
        names = personas_of(versions)
        self.personas = [np.array([*(names.index(one.name) for one in version.personas), -1]) for version in versions]
        self.numbers: dict[tuple[int, int, tuple[int, ...]], int] = {}

    def number(self, judged: Iterable[Judged]) -> NDArray[np.int32]:
        """The state of each profile (a row) under each version (a column), as `judged` by one version after the other."""
        of, first = [], 0
        for number, (winner, held) in enumerate(judged):
            persona = self.personas[number][winner]
            keys = [
                (number, int(who), tuple((first + np.flatnonzero(row)).tolist())) for who, row in zip(persona, held, strict=True)
            ]
            of.append([self.numbers.setdefault(key, len(self.numbers)) for key in keys])
            first += held.shape[1]
        return np.array(of, dtype=np.int32).T.copy()

    def rows(self) -> rows.Rows:
        """The states met so far, as the fold reads them."""
        points = self.rules.points
        states = [(int(points[list(held)].sum()) if held else 0, who, version) for version, who, held in self.numbers]
        return np.array(states, dtype=rows.FIT)

    def fits(self, of: NDArray[np.int32]) -> Fits:
        """The fits as they are now; `of` says for each profile which one it has under each version."""
        return Fits(rows.Fits(self.rows(), of), [held for *_, held in self.numbers], self.rules)
