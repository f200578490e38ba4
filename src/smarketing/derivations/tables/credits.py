"""`credits`: what each model gives to the campaigns before each opportunity that stands won. Key: opportunity_id, model, campaign.

The rules, where the contract leaves a choice:

* An opportunity stands won if its last win or loss, by whichever of its leads, is a win; its amount is that win's, in the last version's
  currency, 0.00 where it is not known or has no rate. The terms of attribution are those of the last version; without any, every touch before
  the win counts, of the opportunity's leads alone.
* Its leads are those with a fact that opened, moved, won or lost it. Opportunities without an id are one for each lead: their rows have no
  `opportunity_id`, and stand apart all the same. An account is the latest known value of the attribute, compared as text.
* `channel` is that of the campaign's first touch on the path that has one, else that of the table `campaigns`.
* Time decay halves the weight of a touch for each half-life that it is older; only differences of age matter, so it is counted from the path's
  last touch.
* Markov and Shapley know one chain and one set of paths for the whole replay: the paths of all opportunities that stand won, and one path for each
  lead that belongs to none of them, of its touches inside the look-back before `as_of`. Where no campaign on a path has a removal effect, they
  share equally.
* Cents that are left go to the largest remainders, compared to a millionth of a cent, and among equal ones to the first campaign by code point.
* A campaign on the path has a row of every model, also with a share of 0, and Shapley's can be below 0.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.attribution.cents import cut
from smarketing.derivations.attribution.markov import removal_effects
from smarketing.derivations.attribution.opportunities import Walked, alone, campaigns_of, walked
from smarketing.derivations.attribution.paths import Floats, Ints, Paths, starts_of
from smarketing.derivations.attribution.sets import Sets
from smarketing.derivations.attribution.shapley import shapley_shares
from smarketing.derivations.attribution.shares import HEURISTICS, Rows, first_named, heuristic_shares, rows_of
from smarketing.derivations.attribution.touches import Kept, Terms
from smarketing.derivations.columns import gathered, money, named
from smarketing.derivations.compiling import kernel
from smarketing.vocabulary.tables import CREDITS, INSTANT

MODELS = (*HEURISTICS, "markov", "shapley")
"""The models of attribution, in the order of the rows."""
PIECE = 100_000
"""About so many rows are made at a time where they are written as they come."""


def credits(
    parts: Sequence[Kept], terms: Terms, campaigns: pl.DataFrame | None, *, as_of: datetime, threads: int = 1
) -> pl.DataFrame:
    """The rows that all leads make, by opportunity, model and campaign; `campaigns` is the small table."""
    if not parts:
        return CREDITS.empty()
    won, credited = credited_wins(parts, terms, campaigns, as_of, threads)
    return in_rows(credited, won.select(deal_id()), threads).select(list(CREDITS.columns))


def credits_in_pieces(
    parts: Sequence[Kept], terms: Terms, campaigns: pl.DataFrame | None, *, as_of: datetime, threads: int = 1
) -> Iterator[pl.DataFrame]:
    """The same rows, some at a time, so that they are never all in memory."""
    yield CREDITS.empty()
    if parts:
        won, credited = credited_wins(parts, terms, campaigns, as_of, threads)
        wins, ends = won.select(deal_id()), len(MODELS) * credited.starts
        bounds = np.searchsorted(ends, np.arange(0, ends[-1] + PIECE, PIECE), side="left").clip(max=wins.height)
        for first, last in itertools.pairwise(np.unique(bounds).tolist()):
            yield rows_between(credited, wins, first, last).select(list(CREDITS.columns))


def credits_of_wins(
    parts: Sequence[Kept], terms: Terms, campaigns: pl.DataFrame | None, *, as_of: datetime, threads: int = 1
) -> pl.DataFrame:  # fmt: skip
    """The same with the win: `deal`, `won_at`, and its `win_id`, the id of the fact."""
    if not parts:
        return CREDITS.empty().with_columns(deal=pl.lit(""), won_at=pl.lit(as_of, INSTANT), win_id=pl.lit(""))
    won, credited = credited_wins(parts, terms, campaigns, as_of, threads)
    rows = in_rows(credited, won.select(deal_id(), "deal", won_at="at", win_id="fact_id"), threads)
    return rows.select(*CREDITS.columns, "deal", "won_at", "win_id")


def credited_wins(
    parts: Sequence[Kept], terms: Terms, campaigns: pl.DataFrame | None, as_of: datetime, threads: int
) -> tuple[pl.DataFrame, Credited]:
    """The opportunities that stand won, and what each model gives to whom. Leads without an opportunity are counted beside."""
    names = campaigns_of(parts)
    with ThreadPoolExecutor(1) as beside:
        crowd = beside.submit(crowd_of, parts, names)
        found = walked(parts, names, terms, as_of=as_of)
        return found.won, credited_rows(found, crowd.result, terms, campaigns, threads)


def in_rows(credited: Credited, wins: pl.DataFrame, threads: int) -> pl.DataFrame:
    """The rows of all models in their order; `wins`: what they say of each opportunity. Each thread makes those of some opportunities."""
    bounds: list[int] = np.linspace(0, wins.height, max(1, min(threads, wins.height)) + 1).astype(np.int64).tolist()
    with ThreadPoolExecutor(threads) as pool:
        return pl.concat(pool.map(partial(rows_between, credited, wins), bounds[:-1], bounds[1:]))


def rows_between(credited: Credited, wins: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Those of the opportunities from one number to before another one."""
    starts, every = credited.starts[first : last + 1], credited.rows.height
    order, row, path, model = np.empty((4, len(MODELS) * int(starts[-1] - starts[0])), np.uint32)
    in_turn(starts, first, len(MODELS), every, order, row, path, model)
    rows = pl.concat([credited.rows[row], wins[path]], how="horizontal")
    shares, amounts = pl.Series("share", credited.shares[order]), money(credited.cents[order]).alias("amount")
    return rows.with_columns(pl.Series("model", MODELS).gather(model), shares, amounts)


def deal_id() -> pl.Expr:
    """The id of an opportunity; null for one without."""
    return pl.when(pl.col("deal").str.starts_with("=")).then(pl.col("deal").str.slice(1)).alias("opportunity_id")


Places = NDArray[np.uint32]


class Credited(NamedTuple):
    """What each model gives to whom: `rows` (campaign, channel, touches), those of opportunity p at `starts[p]:starts[p + 1]`, one
    without a name where there is no touch. `shares` and `cents`: those of the first model for all rows, then those of the next."""

    rows: pl.DataFrame
    starts: Ints
    shares: Floats
    cents: Ints


class Crowd(NamedTuple):
    """The paths of the leads that have to do with no opportunity, part by part, and the sets of campaigns on them."""

    paths: list[Paths]
    sets: Sets


def crowd_of(parts: Sequence[Kept], names: pl.Series) -> Crowd:
    """They are most leads; of what becomes of the others nothing is needed for them."""
    paths, sets = [alone(part, names) for part in parts], Sets.none(len(names))
    for some in paths:
        sets.add_walks(some.codes, some.starts, some.sales, some.nulls)
    return Crowd(paths, sets)


def credited_rows(
    found: Walked, crowd: Callable[[], Crowd], terms: Terms, campaigns: pl.DataFrame | None, threads: int
) -> Credited:
    """The rows of all opportunities; the crowd is asked for when it is needed."""
    codes, starts, n_codes = found.paths.codes, found.paths.starts, len(found.paths.names)
    rows = rows_of(codes, starts, n_codes=n_codes)
    touches, shares = heuristic_shares(codes, starts, found.ages, terms.ladder, rows, n_codes=n_codes)
    channels = named(first_named(codes, starts, found.channels, rows, n_codes=n_codes), found.channel_names)
    names = found.paths.names.gather(rows.codes)
    one = pl.DataFrame({"campaign": names, "channel": channels.fill_null(told_channels(names, campaigns)), "touches": touches})
    every = np.array([*shares.T, *chain_shares(found, crowd(), rows, touches, threads)])
    return with_uncredited(one, rows.starts, every, found.won["cents"].to_numpy(), threads)


def with_uncredited(rows: pl.DataFrame, starts: Ints, shares: Floats, amounts: Ints, threads: int) -> Credited:
    """The same with a row for each opportunity without a touch: everything to nobody."""
    lengths = np.diff(starts)
    if not lengths.all():
        nobody = starts[:-1][lengths == 0]
        order = np.insert(np.arange(rows.height), nobody, -1)
        filled = pl.col("touches").fill_null(0)
        rows = pl.DataFrame({name: gathered(rows[name], order) for name in rows.columns}).with_columns(filled)
        shares, lengths = np.insert(shares, nobody, 1.0, axis=1), np.maximum(lengths, 1)
    starts = starts_of(lengths)
    with ThreadPoolExecutor(threads) as pool:
        cents = np.concatenate(list(pool.map(lambda share: cut(amounts, starts, share), shares)))
    return Credited(rows, starts, shares.reshape(-1), cents)


@kernel
def in_turn(starts: Ints, first: int, models: int, rows: int, order: Places, each: Places, path: Places, model: Places) -> None:
    """Write for each row in its place, opportunity by opportunity and model by model, where it is among those of all models; `each`:
    where among those of one. `first`: the number of the first opportunity."""
    place = 0
    for p in range(starts.shape[0] - 1):
        for m in range(models):
            for row in range(starts[p], starts[p + 1]):
                order[place], each[place], path[place], model[place] = m * rows + row, row, first + p, m
                place += 1


def chain_shares(found: Walked, crowd: Crowd, rows: Rows, touches: Ints, threads: int) -> tuple[Floats, Floats]:
    """What Markov and Shapley give to the rows of the opportunities."""
    effects = removal_effects(found.paths, found.lost, *crowd.paths, threads=threads)[rows.codes]
    lengths = np.diff(rows.starts)
    path = np.repeat(np.arange(len(lengths)), lengths)
    whole = np.bincount(path, effects, len(lengths))[path]
    crowd.sets.add_walks(found.lost.codes, found.lost.starts, found.lost.sales, found.lost.nulls)
    node = crowd.sets.add(rows.codes, rows.starts, found.paths.sales, found.paths.nulls)
    shapley = shapley_shares(crowd.sets, node, rows.starts, rows.codes, touches, threads=threads)
    return np.divide(effects, whole, out=1.0 / lengths[path], where=whole > 0), shapley


def told_channels(names: pl.Series, campaigns: pl.DataFrame | None) -> pl.Series:
    """The channels that the small table gives to campaigns."""
    if campaigns is None:
        return pl.repeat(None, len(names), dtype=pl.String, eager=True)
    told = campaigns.filter(pl.col("channel") != "").select("campaign", told="channel")
    return names.to_frame("campaign").join(told, on="campaign", how="left", maintain_order="left")["told"]
