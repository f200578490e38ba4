"""The figures every report is made of: a rate with its interval, a time, an amount of money, an instant.

Each is a plain dictionary of the JSON shape, so that a row can be written, flattened or shown without knowing its report.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from smarketing.derivations.intervals import wilson

CENT = Decimal("0.01")
DAY_US = 86_400_000_000
Figure = dict[str, Any]


def rate(n: int, of: int) -> Figure:
    """`n` of `of` with its 90% Wilson score interval (E. B. Wilson 1927); of nothing there is no rate: null, never 0."""
    if of == 0:
        return {"n": n, "of": of, "rate": None, "low": None, "high": None}
    low, high = wilson(n, of)
    return {"n": n, "of": of, "rate": n / of, "low": low, "high": high}


def days(n: int, median: float | None, p90: float | None) -> Figure:
    """`n` elapsed times by their median and 90th percentile, given in µs (linear interpolation between neighbours), in days."""
    return {"n": n, "median_days": None if median is None else median / DAY_US, "p90_days": None if p90 is None else p90 / DAY_US}


def money(amount: Decimal, currency: str) -> Figure:
    """An amount as a number with two decimals (half away from zero), and its currency."""
    return {"amount": float(amount.quantize(CENT, ROUND_HALF_UP)), "currency": currency}


def iso(at: datetime) -> str:
    """`2018-06-01T03:00:00Z`; microseconds only where there are any."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def flat(row: Mapping[str, Any], prefix: str = "") -> Figure:
    """A row with one level: `{"won_rate": RATE}` gives `won_rate`, `won_rate_low`, `won_rate_high`, `won_rate_n`, `won_rate_of`.

    Money gives `won_amount` and `won_amount_currency`; a list of stages gives columns that begin with the stage's name, a list of
    goals such that begin with `FROM_TO`; several figures by name (`models`) give columns that begin with these names.
    """
    columns: Figure = {}
    for name, value in row.items():
        columns |= _column(f"{prefix}{name}", value)
    return columns


def _column(name: str, value: Any) -> Figure:
    if isinstance(value, list):
        return {key: held for item in value for key, held in _item(item).items()}
    if not isinstance(value, dict):
        return {name: value}
    if value and all(isinstance(held, dict) for held in value.values()):
        return {column: held for key, one in value.items() for column, held in _column(key, one).items()}
    main = next((key for key in ("rate", "amount") if key in value), None)
    first = {name: value[main]} if main else {}
    return first | {f"{name}_{key}": held for key, held in value.items() if key != main}


def _item(item: Mapping[str, Any]) -> Figure:
    """The columns of a stage, or of a goal from one stage to another."""
    named = ("stage",) if "stage" in item else ("from", "to")
    name = "_".join(item[key] for key in named)
    return flat({key: held for key, held in item.items() if key not in named}, f"{name}_")
