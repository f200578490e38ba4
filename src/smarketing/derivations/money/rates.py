"""Money of one currency in another, by the small table `rates`: the one place where it is converted.

A rate holds from its day (00:00 in the zone of the last version) until the next row of the same pair, and turns money into what it
was worth on the day of its fact. Pairs are taken as they are given: none is turned round, no two are put together. The product
is exact, in whole numbers, and rounded to cents half away from zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.models import Agreement
from smarketing.derivations.columns import currency_in
from smarketing.vocabulary.periods import day_start, micros

Ints = NDArray[np.int64]


class Rate(NamedTuple):
    """An exact rate: `units` ÷ `scale`."""

    units: int
    scale: int

    def of(self, hundredths: int) -> int:
        """That many hundredths in the other currency."""
        product = abs(hundredths) * self.units
        whole = (2 * product + self.scale) // (2 * self.scale)
        return whole if hundredths >= 0 else -whole


class Dated(NamedTuple):
    """The rates of one pair: from when on each holds, in µs, ascending."""

    starts: Ints
    rates: list[Rate]


class Converted(NamedTuple):
    """Amounts in one currency: whole `hundredths`, 0 where there is no amount, or no rate for it; there `missing` is true."""

    hundredths: Ints
    missing: NDArray[np.bool_]
    currency: pl.Series


@dataclass(frozen=True, slots=True)
class Rates:
    """The dated rates by pair (from, to), and the zone in which days are cut."""

    zone: str = "UTC"
    pairs: Mapping[tuple[str, str], Dated] = field(default_factory=dict)

    def convert(self, frame: pl.DataFrame, *, to: str, versions: Sequence[Agreement]) -> Converted:
        """The amounts of rows with `at`, `amount` and `currency` (null: that of the version in force then) in the currency `to`."""
        own = frame.select(currency_in(versions).alias("currency")).to_series()
        cents = frame["amount"].cast(pl.Decimal(18, 2)).to_physical().cast(pl.Int64)
        hundredths, missing = cents.fill_null(0).to_numpy().copy(), np.zeros(frame.height, dtype=np.bool_)
        at, given = frame["at"].to_physical().to_numpy(), cents.is_not_null().to_numpy()
        for name in own.filter(own != to).unique().sort():
            rows = np.flatnonzero((own == name).to_numpy() & given)
            hundredths[rows], missing[rows] = self.exchanged(hundredths[rows], at[rows], name, to)
        return Converted(hundredths, missing, own)

    def exchanged(self, hundredths: Ints, at: Ints, name: str, to: str) -> tuple[Ints, NDArray[np.bool_]]:
        """Amounts in the currency `name` at instants, in the currency `to`; and which of them have no rate."""
        if name == to:
            return hundredths, np.zeros(len(hundredths), dtype=np.bool_)
        found = self.pairs.get((name, to), Dated(np.empty(0, np.int64), []))
        place = np.searchsorted(found.starts, at, side="right") - 1
        result = np.zeros(len(hundredths), dtype=np.int64)
        for number in np.unique(place[place >= 0]).tolist():
            rows = np.flatnonzero(place == number)
            result[rows] = [found.rates[number].of(amount) for amount in hundredths[rows].tolist()]
        return result, place < 0


NO_RATES = Rates()


def rates_in(small: Mapping[str, pl.DataFrame], versions: Sequence[Agreement]) -> Rates:
    """The rates of the small tables, days in the zone of the last version; without a table there are none."""
    zone = versions[-1].timezone
    if "rates" not in small:
        return Rates(zone)
    by_pair: dict[tuple[str, str], dict[int, Rate]] = {}
    for day, *pair, rate in small["rates"].select("day", "from_currency", "to_currency", "rate").iter_rows():
        by_pair.setdefault((pair[0], pair[1]), {})[micros(day_start(day_of(day), zone))] = exact(Decimal(str(rate)))
    return Rates(zone, {pair: dated(rates) for pair, rates in by_pair.items()})


def day_of(text: object) -> date:
    """The day that a small table names, whatever time stands beside it."""
    return datetime.fromisoformat(str(text).strip()).date()


def dated(rates: Mapping[int, Rate]) -> Dated:
    starts = sorted(rates)
    return Dated(np.array(starts, dtype=np.int64), [rates[start] for start in starts])


def exact(rate: Decimal) -> Rate:
    """The rate as whole numbers, as it is written."""
    units, scale = rate.as_integer_ratio()
    return Rate(units, scale)
