"""What campaigns cost in a period, from the small table `spend`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import Period, day_start

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Spend = dict[str | None, Decimal]
"""What each campaign cost; the key None is spend without a campaign."""


def spend_by_campaign(outcome: Following, period: Period | None) -> tuple[Spend, set[str]] | None:
    """Spend of the days that begin in the period and not after `as_of`, and the other currencies that were met; None: no table.

    A campaign that the table names at all costs 0 where no such day is of it. Other currencies are left out.
    Raises UsageError for a day that is none.
    """
    if "spend" not in outcome.small:
        return None
    table = outcome.small["spend"].with_columns(pl.col("day").cast(pl.String))
    counts = [_counts(day, outcome, period) for day in table["day"]]
    own = pl.col("currency").is_null() | pl.col("currency").is_in(["", outcome.agreement.currency])
    foreign = table.filter(pl.Series(counts, dtype=pl.Boolean) & ~own)["currency"].unique()
    amount = pl.when(own & pl.Series(counts, dtype=pl.Boolean)).then(pl.col("amount")).fill_null(0)
    campaign = pl.when(pl.col("campaign") != "").then(pl.col("campaign"))
    sums = table.select(campaign=campaign, amount=amount).group_by("campaign").agg(pl.col("amount").sum())
    return {name: Decimal(amount) for name, amount in sums.iter_rows()}, set(foreign.to_list())


def _counts(day: str, outcome: Following, period: Period | None) -> bool:
    at = _begin(day, outcome.agreement.timezone)
    return at <= outcome.as_of and (period is None or period.start_at <= at < period.end_at)


def _begin(day: str | None, zone: str) -> datetime:
    try:
        return day_start(date.fromisoformat((day or "")[:10]), zone)
    except ValueError as error:
        raise UsageError(f'the table "spend" has the day "{day}"; write it as 2018-06-01') from error
