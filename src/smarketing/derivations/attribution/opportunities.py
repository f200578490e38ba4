"""The paths of all leads: one to each opportunity that stands won, one to no sale for each lead that belongs to none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from smarketing.derivations.attribution.lone import coded
from smarketing.derivations.attribution.paths import Codes, Floats, Ints, Paths, starts_of
from smarketing.derivations.attribution.touches import Kept, Terms, latest, paths_to_none
from smarketing.derivations.matching.order import gather_leads, in_order, order_ties

FRAMES = ("ends", "members", "touches", "accounts")
"""What parts keep as tables."""


@dataclass(frozen=True, slots=True)
class Walked:
    """The paths that led to the opportunities `won` (`deal`, `at`, `cents`, in this order), an empty path to one without a touch.

    Of their touches: `ages`, in half-lives before the last one of their path, and `channels` by code. `lost`: the paths to no sale of other
    leads that had to do with opportunities.
    """

    won: pl.DataFrame
    paths: Paths
    ages: Floats
    channels: Codes
    channel_names: pl.Series
    lost: Paths


def campaigns_of(parts: Sequence[Kept]) -> pl.Series:
    """The names of all campaigns of touches, in code-point order."""
    some = [pl.Series("names", [], dtype=pl.String), *(part.alone.names.alias("names") for part in parts)]
    some += [part.touches["campaign"].unique().cast(pl.String).alias("names") for part in parts]
    return pl.concat(some).unique().sort()


def walked(parts: Sequence[Kept], names: pl.Series, terms: Terms, *, as_of: datetime) -> Walked:
    """The paths of the leads that had to do with opportunities, over the `names` of campaigns."""
    ends, members, touches, accounts = (pl.concat([getattr(part, name) for part in parts]) for name in FRAMES)
    won = latest(ends).filter("won").sort("deal").with_row_index("number").with_columns(pl.col("number").cast(pl.Int64))
    touches = touches.rechunk()
    theirs = runs_of(touches["lead_id"]).join(leads_of(won, members, accounts), on="lead_id", how="left")
    before = touches_before(won, theirs.filter(pl.col("number").is_not_null()), touches, terms)
    lost = paths_to_none(touches[rows_in(theirs.filter(pl.col("number").is_null()))], terms, as_of)
    counts = np.bincount(before["number"].to_numpy(), minlength=won.height)
    channel_names, channels = coded(before["channel"])
    paths = Paths.to(names, over(names, *coded(before["campaign"])), counts, sale=True)
    to_none = Paths.to(names, over(names, lost.names, lost.codes), lost.lengths, sale=False)
    return Walked(won, paths, ages(before["at"], paths.starts, terms), channels, channel_names, to_none)


def alone(part: Kept, names: pl.Series) -> Paths:
    """The paths of the leads of one part that have to do with no opportunity, over the `names` of campaigns."""
    return Paths.to(names, over(names, part.alone.names, part.alone.codes), part.alone.lengths, sale=False)


def over(names: pl.Series, some: pl.Series, codes: Codes) -> Codes:
    """Codes of some names as those of all `names`."""
    if len(some) == len(names):
        return codes
    return names.search_sorted(some).to_numpy().astype(np.int32)[codes]


def leads_of(won: pl.DataFrame, members: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Which leads (`lead_id`) belong to each opportunity that stands won (`number`, `won_at`): its own, and those of their accounts."""
    own = members.join(won.select("deal", "number", won_at="at"), on="deal").select("number", "won_at", "lead_id")
    if accounts.is_empty():
        return own
    theirs = own.join(accounts, on="lead_id").select("number", "won_at", "account").unique()
    return pl.concat([own, theirs.join(accounts, on="account").select("number", "won_at", "lead_id")]).unique()


def runs_of(lead_ids: pl.Series) -> pl.DataFrame:
    """`lead_id, first, rows`: the rows that stand together and are of one lead."""
    runs = lead_ids.rle().struct.unnest().select(lead_id="value", rows=pl.col("len").cast(pl.Int64))
    return runs.with_columns(first=pl.col("rows").cum_sum() - pl.col("rows"))


def rows_in(runs: pl.DataFrame) -> Ints:
    """The rows of runs, run after run."""
    first, rows = runs["first"].to_numpy(), runs["rows"].to_numpy()
    return np.repeat(first - starts_of(rows)[:-1], rows) + np.arange(rows.sum())


def touches_before(won: pl.DataFrame, runs: pl.DataFrame, touches: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """The touches of each opportunity's leads, whose runs these are, before its win and inside the look-back, in order."""
    row = rows_in(runs)
    number, won_at = (np.repeat(runs[name].to_physical().to_numpy(), runs["rows"].to_numpy()) for name in ("number", "won_at"))
    at = touches["at"].to_physical().to_numpy()[row]
    inside = at < won_at
    if terms.lookback is not None:
        inside &= at >= won_at - terms.lookback // timedelta(microseconds=1)
    row, number, at = row[inside], number[inside], at[inside]
    order = by_path(number, won.height, at, touches["fact_id"].gather(row))
    return touches.select("at", "campaign", "channel")[row[order]].with_columns(number=number[order])


def by_path(path: Ints, n_paths: int, at: Ints, fact_ids: pl.Series) -> Ints:
    """The touches of each path in order; nothing is sorted where each path's stand in order of time, as those of one lead mostly do."""
    order, starts = np.empty(len(at), np.int64), np.zeros(n_paths + 1, np.int64)
    gather_leads(path, np.arange(len(at)), order, starts, np.empty(n_paths, np.int64))
    paths, times = path[order], at[order]
    if ((times[1:] < times[:-1]) & (paths[1:] == paths[:-1])).any():
        return in_order(path, n_paths, at, fact_ids)[0]
    order_ties(order, path, at, fact_ids)
    return order


def ages(at: pl.Series, starts: Ints, terms: Terms) -> Floats:
    """How many half-lives before the last touch of its path each touch is."""
    times, lengths = at.to_physical().to_numpy(), np.diff(starts)
    last = np.repeat(times[starts[1:][lengths > 0] - 1], lengths[lengths > 0])
    return (last - times) / (terms.half_life.total_seconds() * 1e6)
