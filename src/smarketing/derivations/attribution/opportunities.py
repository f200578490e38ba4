"""The paths of all leads: one to each opportunity that stands won, one to no sale for each lead that belongs to none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from smarketing.derivations.attribution.paths import Codes, Floats, Ints, Paths, starts_of
from smarketing.derivations.attribution.touches import Kept, Terms, latest, paths_to_none


@dataclass(frozen=True, slots=True)
class Walked:
    """All paths. The first ones lead to the opportunities `won` (`deal`, `at`, `cents`, in this order), an empty path to one without a touch;
    the others to no sale.

    Of the touches before opportunities: `ages`, in half-lives before the last one of their path, and `channels` by code.
    """

    won: pl.DataFrame
    paths: Paths
    ages: Floats
    channels: Codes
    channel_names: pl.Series


def walked(parts: Sequence[Kept], terms: Terms, *, as_of: datetime) -> Walked:
    """The paths of all leads that parts were kept of."""
    ends, members, touches, alone, accounts = (pl.concat(list(frames)) for frames in zip(*parts, strict=True))
    won = latest(ends).filter("won").sort("deal").with_row_index("number").with_columns(pl.col("number").cast(pl.Int64))
    leads = leads_of(won, members, accounts)
    before = touches_before(won, leads, touches, terms)
    lost = paths_to_none(touches.join(leads, on="lead_id", how="anti"), terms, as_of)
    none = pl.concat([alone, lost])
    names, codes = coded(pl.concat([before["campaign"], none["campaign"]]))
    lengths = np.bincount(before["number"].to_numpy(), minlength=won.height)
    starts = np.concatenate([starts_of(lengths), before.height + path_ends(none["begins"])])
    sold = np.repeat([1, 0], [won.height, len(starts) - 1 - won.height])
    channel_names, channels = coded(before["channel"])
    paths = Paths(names, codes, starts, sold, 1 - sold)
    return Walked(won, paths, ages(before["at"], starts[: won.height + 1], terms), channels, channel_names)


def leads_of(won: pl.DataFrame, members: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Which leads belong to each opportunity that stands won: its own, and those of their accounts."""
    own = members.join(won.select("deal", "number"), on="deal").select("number", "lead_id")
    theirs = own.join(accounts, on="lead_id").select("number", "account").unique()
    return pl.concat([own, theirs.join(accounts, on="account").select("number", "lead_id")]).unique()


def touches_before(won: pl.DataFrame, leads: pl.DataFrame, touches: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """The touches of each opportunity's leads before its win and inside the look-back, in order."""
    theirs = leads.join(won.select("number", won_at="at"), on="number")
    inside = pl.col("at") < pl.col("won_at")
    if terms.lookback is not None:
        inside &= pl.col("at") >= pl.col("won_at") - terms.lookback
    return touches.join(theirs, on="lead_id").filter(inside).sort("number", "at", "fact_id")


def path_ends(begins: pl.Series) -> Ints:
    """Where each path of touches that follow one another ends, from where on the first one begins."""
    firsts = begins.arg_true().to_numpy().astype(np.int64)
    return np.append(firsts[1:], len(begins)) if len(firsts) else firsts


def coded(names: pl.Series) -> tuple[pl.Series, Codes]:
    """The distinct names in code-point order, and the code of each row's (-1: none)."""
    distinct = names.drop_nulls().unique().cast(pl.String).sort()
    codes = names.cast(pl.Enum(distinct)).to_physical().cast(pl.Int32).fill_null(-1)
    return distinct, codes.to_numpy()


def ages(at: pl.Series, starts: Ints, terms: Terms) -> Floats:
    """How many half-lives before the last touch of its path each touch is."""
    times, lengths = at.to_physical().to_numpy(), np.diff(starts)
    last = np.repeat(times[starts[1:][lengths > 0] - 1], lengths[lengths > 0])
    return (last - times) / (terms.half_life.total_seconds() * 1e6)
