"""What campaigns cost in a period, from the small table `spend`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.lives import ends, in_own_currency, standing_wins
from smarketing.reports.report import Note
from smarketing.vocabulary.periods import Period, day_start
from smarketing.vocabulary.tables import INSTANT

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Spend = dict[str | None, Decimal]
"""What each campaign cost; the key None is spend without a campaign."""


def spend_by_campaign(outcome: Following, period: Period | None) -> tuple[Spend, set[str]] | None:
    """Spend of the days that begin in the period and not after `as_of`, and the currencies without a rate that were met; None: no table.

    A campaign that the table names at all costs 0 where no such day is of it. What there is no rate for is left out.
    """
    table = spend_of(outcome, period)
    if table is None:
        return None
    foreign = set(table["foreign"].drop_nulls())
    amount = pl.when(pl.col("counts")).then(pl.col("amount")).fill_null(0)
    sums = table.group_by("campaign").agg(amount.sum().alias("amount"))
    return {name: Decimal(amount) for name, amount in sums.iter_rows()}, foreign


def spend_of(outcome: Following, period: Period | None) -> pl.DataFrame | None:
    """The table `spend` (an empty campaign is null) with `counts`: a day of the period, and money that is known; None: no table.

    Amounts are in the agreement's currency, converted at the rate of their day. `foreign`: the currency of a day of the period for which there
    is no rate; `converted`: the one that an amount came from.
    """
    if "spend" not in outcome.small:
        return None
    table = outcome.once("spend", lambda: in_own_currency(outcome, _with_instants(outcome)))
    within = pl.col("at") <= outcome.as_of
    if period is not None:
        within &= (pl.col("at") >= period.start_at) & (pl.col("at") < period.end_at)
    known = pl.col("foreign").is_null()
    return table.with_columns(counts=within & known, foreign=pl.when(within).then("foreign")).drop("at")


def _with_instants(outcome: Following) -> pl.DataFrame:
    """The table with `at`, when each day begins in the agreement's zone; an amount without a currency is in the agreement's."""
    own = pl.when(pl.col("currency") != "").then(pl.col("currency")).fill_null(outcome.agreement.currency)
    table = outcome.small["spend"].with_columns(
        pl.col("day").cast(pl.String), campaign=pl.when(pl.col("campaign") != "").then(pl.col("campaign")), currency=own
    )
    begins = {day: _begin(day, outcome.agreement.timezone) for day in table["day"].unique()}
    return table.with_columns(at=pl.Series([begins[day] for day in table["day"]], dtype=INSTANT))


def _begin(day: str, zone: str) -> datetime:
    return day_start(datetime.fromisoformat(day).date(), zone)


def campaign_channels(outcome: Following) -> dict[str, str]:
    """The channels that the small table gives to campaigns."""
    table = outcome.small.get("campaigns")
    return {} if table is None else dict(table.filter(pl.col("channel") != "").select("campaign", "channel").iter_rows())


def money_notes(outcome: Following) -> list[Note]:
    """That amounts of wins or spend were converted, and which wins could not be."""
    return converted_notes(outcome) + without_rate(standing_wins(outcome)["foreign"], outcome.agreement.currency)


def converted_notes(outcome: Following) -> list[Note]:
    """That amounts were converted, where any of a win or of spend was."""
    names = set(outcome.once("ends", lambda: ends(outcome))["converted"].drop_nulls())
    spent = spend_of(outcome, None)
    names |= set() if spent is None else set(spent["converted"].drop_nulls())
    own = outcome.agreement.currency
    text = (
        f"Foreign money ({', '.join(sorted(names))}) is converted into {own} at the dated rate, that of the day of each amount."
    )
    return [Note("SMK-R008", text)] if names else []


def without_rate(foreign: pl.Series, own: str) -> list[Note]:
    """That wins have no amount, where there is none in the currency `own`; `foreign`: their other currencies."""
    names = foreign.drop_nulls()
    wins = f"{len(names):,} win{'' if len(names) == 1 else 's'}"
    counts = "counts" if len(names) == 1 else "count"
    text = f"{wins} in {', '.join(sorted(names.unique()))} {counts} as won, but not in the amounts, which are in {own}."
    return [Note("SMK-R004", text)] if len(names) else []


def spend_notes(foreign: set[str], own: str) -> list[Note]:
    """That spend is not counted for which there is no rate."""
    text = f"Spend in {', '.join(sorted(foreign))} is not counted; the amounts are in {own}."
    return [Note("SMK-R005", text)] if foreign else []
