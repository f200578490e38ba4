"""The paths of all leads: one to each opportunity that stands won, one to no sale for each lead that belongs to none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from smarketing.derivations.attribution.lone import Lone, coded
from smarketing.derivations.attribution.paths import Codes, Floats, Ints, Paths, starts_of
from smarketing.derivations.attribution.touches import Kept, Terms, latest, paths_to_none
from smarketing.derivations.matching.order import in_order

FRAMES = ("ends", "members", "touches", "accounts")
"""What parts keep as tables."""


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
    ends, members, touches, accounts = (pl.concat([getattr(part, name) for part in parts]) for name in FRAMES)
    won = latest(ends).filter("won").sort("deal").with_row_index("number").with_columns(pl.col("number").cast(pl.Int64))
    leads = leads_of(won, members, accounts)
    before = touches_before(won, leads, touches, terms)
    lost = paths_to_none(touches.join(leads, on="lead_id", how="anti"), terms, as_of)
    counts = np.bincount(before["number"].to_numpy(), minlength=won.height)
    names, codes, lengths = joined([Lone(*coded(before["campaign"]), counts), *(part.alone for part in parts), lost])
    starts = starts_of(lengths)
    sold = np.repeat([1, 0], [won.height, len(lengths) - won.height])
    channel_names, channels = coded(before["channel"])
    paths = Paths(names, codes, starts, sold, 1 - sold)
    return Walked(won, paths, ages(before["at"], starts[: won.height + 1], terms), channels, channel_names)


def joined(parts: Sequence[Lone]) -> Lone:
    """All paths of several parts, one part after the other."""
    names = pl.concat([part.names for part in parts]).unique().sort()
    places = [names.search_sorted(part.names).to_numpy().astype(np.int32) for part in parts]
    codes = np.concatenate([place[part.codes] for place, part in zip(places, parts, strict=True)])
    return Lone(names, codes, np.concatenate([part.lengths for part in parts]))


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
    found = touches.join(theirs, on="lead_id").filter(inside).rechunk()
    at = found["at"].to_physical().to_numpy()
    order, _ = in_order(found["number"].to_numpy(), won.height, at, found["fact_id"])
    return found.select("number", "at", "campaign", "channel")[order]


def ages(at: pl.Series, starts: Ints, terms: Terms) -> Floats:
    """How many half-lives before the last touch of its path each touch is."""
    times, lengths = at.to_physical().to_numpy(), np.diff(starts)
    last = np.repeat(times[starts[1:][lengths > 0] - 1], lengths[lengths > 0])
    return (last - times) / (terms.half_life.total_seconds() * 1e6)
