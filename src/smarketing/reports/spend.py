"""What campaigns cost in a period, from the small table `spend`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from smarketing.vocabulary.periods import Period, day_start
from smarketing.vocabulary.tables import INSTANT

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Spend = dict[str | None, Decimal]
"""What each campaign cost; the key None is spend without a campaign."""


def spend_by_campaign(outcome: Following, period: Period | None) -> tuple[Spend, set[str]] | None:
    """Spend of the days that begin in the period and not after `as_of`, and the other currencies that were met; None: no table.

    A campaign that the table names at all costs 0 where no such day is of it. Other currencies are left out.
    """
    table = spend_of(outcome, period)
    if table is None:
        return None
    foreign = set(table["foreign"].drop_nulls())
    amount = pl.when(pl.col("counts")).then(pl.col("amount")).fill_null(0)
    sums = table.group_by("campaign").agg(amount.sum().alias("amount"))
    return {name: Decimal(amount) for name, amount in sums.iter_rows()}, foreign


def spend_of(outcome: Following, period: Period | None) -> pl.DataFrame | None:
    """The table `spend` (an empty campaign is null) with `counts`: a day of the period, in the agreement's currency; None: no table.

    `foreign`: the other currency of a day of the period.
    """
    if "spend" not in outcome.small:
        return None
    table = outcome.once("spend", lambda: _with_instants(outcome))
    within = pl.col("at") <= outcome.as_of
    if period is not None:
        within &= (pl.col("at") >= period.start_at) & (pl.col("at") < period.end_at)
    own = pl.col("currency").is_null() | pl.col("currency").is_in(["", outcome.agreement.currency])
    return table.with_columns(counts=within & own, foreign=pl.when(within & ~own).then("currency")).drop("at")


def _with_instants(outcome: Following) -> pl.DataFrame:
    """The table with `at`, when each day begins in the agreement's zone."""
    table = outcome.small["spend"].with_columns(
        pl.col("day").cast(pl.String), campaign=pl.when(pl.col("campaign") != "").then(pl.col("campaign"))
    )
    begins = {day: _begin(day, outcome.agreement.timezone) for day in table["day"].unique()}
    return table.with_columns(at=pl.Series([begins[day] for day in table["day"]], dtype=INSTANT))


def _begin(day: str, zone: str) -> datetime:
    return day_start(datetime.fromisoformat(day).date(), zone)
