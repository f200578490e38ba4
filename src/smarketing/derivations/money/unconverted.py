"""Amounts for which there is no rate: counted while the facts pass by, one problem for each pair of currencies at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.derivations.money.rates import Rates
from smarketing.vocabulary.periods import local_day
from smarketing.vocabulary.problems import Problem


class Count(NamedTuple):
    """How many amounts, and when the first of them was written."""

    n: int
    first_at: datetime


@dataclass(slots=True)
class Unconverted:
    """The amounts without a rate by pair of currencies, of all rows shown."""

    rates: Rates
    versions: Sequence[Agreement]
    pairs: dict[tuple[str, str], Count] = field(default_factory=dict)

    def see(self, rows: pl.DataFrame, *, into: Iterable[str]) -> None:
        """Count in rows with `at`, `amount` and `currency`, each for every currency it should be converted into."""
        for to in into:
            converted = self.rates.convert(rows, to=to, versions=self.versions)
            if converted.missing.any():
                without = rows.select("at", currency=converted.currency).filter(converted.missing)
                for name, n, first_at in without.group_by("currency").agg(pl.len(), pl.col("at").min()).iter_rows():
                    self.count((name, to), Count(n, first_at))

    def merge(self, other: Unconverted) -> None:
        """Count in what another one was shown."""
        for pair, count in other.pairs.items():
            self.count(pair, count)

    def count(self, pair: tuple[str, str], more: Count) -> None:
        before = self.pairs.get(pair, Count(0, more.first_at))
        self.pairs[pair] = Count(before.n + more.n, min(before.first_at, more.first_at))

    def problems(self) -> list[Problem]:
        """One for each pair, in order."""
        return [self.problem(*pair, count) for pair, count in sorted(self.pairs.items())]

    def problem(self, name: str, to: str, count: Count) -> Problem:
        day = local_day(count.first_at, self.rates.zone)
        amounts = f"{count.n} amounts have" if count.n > 1 else "1 amount has"
        said = (
            f'{amounts} no rate from {name} to {to}, the first on {day}; they count as 0.00. Add a row "{day},{name},{to},RATE"'
        )
        return Problem("SMK-M001", "rates.csv", said)
