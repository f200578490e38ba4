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

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl

from smarketing.derivations.attribution.cents import cut
from smarketing.derivations.attribution.markov import removal_effects
from smarketing.derivations.attribution.opportunities import Walked, walked
from smarketing.derivations.attribution.paths import Floats, Ints
from smarketing.derivations.attribution.sets import Sets
from smarketing.derivations.attribution.shapley import shapley_shares
from smarketing.derivations.attribution.shares import HEURISTICS, Rows, first_named, heuristic_shares, rows_of
from smarketing.derivations.attribution.touches import Kept, Terms
from smarketing.derivations.columns import gathered, money, named
from smarketing.vocabulary.tables import CREDITS, INSTANT

MODELS = (*HEURISTICS, "markov", "shapley")
"""The models of attribution, in the order of the rows."""


def credits(
    parts: Sequence[Kept], terms: Terms, campaigns: pl.DataFrame | None, *, as_of: datetime, threads: int = 1
) -> pl.DataFrame:
    """The rows that all leads make, by opportunity, model and campaign; `campaigns` is the small table."""
    return credits_of_wins(parts, terms, campaigns, as_of=as_of, threads=threads).select(list(CREDITS.columns))


def credits_of_wins(
    parts: Sequence[Kept], terms: Terms, campaigns: pl.DataFrame | None, *, as_of: datetime, threads: int = 1
) -> pl.DataFrame:  # fmt: skip
    """The same with the win: `deal`, `won_at`, and its `win_id`, the id of the fact."""
    if not parts:
        return CREDITS.empty().with_columns(deal=pl.lit(""), won_at=pl.lit(as_of, INSTANT), win_id=pl.lit(""))
    found = walked(parts, terms, as_of=as_of)
    rows = pl.concat([credited(found, terms, campaigns, threads), uncredited(found)])
    rank = pl.col("model").replace_strict(MODELS, range(len(MODELS)), return_dtype=pl.Int64)
    won = found.won.select("number", "deal", won_at="at", win_id="fact_id")
    rows = rows.sort("number", rank, "campaign").join(won, on="number", how="left", maintain_order="left")
    ids = pl.when(pl.col("deal").str.starts_with("=")).then(pl.col("deal").str.slice(1)).alias("opportunity_id")
    return rows.select(ids, *list(CREDITS.columns)[1:], "deal", "won_at", "win_id")


def credited(found: Walked, terms: Terms, campaigns: pl.DataFrame | None, threads: int) -> pl.DataFrame:
    """The rows of the opportunities with touches."""
    n_codes, n_won = len(found.paths.names), found.won.height
    rows = rows_of(found.paths.codes, found.paths.starts, n_codes=n_codes)
    theirs = Rows(rows.starts[: n_won + 1], rows.codes[: rows.starts[n_won]])
    codes, starts = found.paths.codes, found.paths.starts[: n_won + 1]
    touches, shares = heuristic_shares(codes, starts, found.ages, terms.ladder, theirs, n_codes=n_codes)
    channels = named(first_named(codes, starts, found.channels, theirs, n_codes=n_codes), found.channel_names)
    names = found.paths.names.gather(theirs.codes)
    one = pl.DataFrame(
        {
            "number": np.repeat(np.arange(n_won), np.diff(theirs.starts)),
            "campaign": names,
            "channel": channels.fill_null(told_channels(names, campaigns)),
            "touches": touches,
        }
    )
    amounts, of_model = found.won["cents"].to_numpy(), (*shares.T, *chain_shares(found, rows, theirs, touches, threads))
    return pl.concat(
        [one_model(one, model, part, cut(amounts, theirs.starts, part)) for model, part in zip(MODELS, of_model, strict=True)]
    )


def chain_shares(found: Walked, rows: Rows, theirs: Rows, touches: Ints, threads: int) -> tuple[Floats, Floats]:
    """What Markov and Shapley give to the rows of the opportunities."""
    effects = removal_effects(found.paths)[theirs.codes]
    lengths = np.diff(theirs.starts)
    path = np.repeat(np.arange(len(lengths)), lengths)
    whole = np.bincount(path, effects, len(lengths))[path]
    sold, lost = found.paths.sales, found.paths.nulls
    sets, node = Sets.of(rows.codes, rows.starts, sold, lost, n_codes=len(found.paths.names))
    shapley = shapley_shares(sets, node[: len(lengths)], theirs.starts, theirs.codes, touches, threads=threads)
    return np.divide(effects, whole, out=1.0 / lengths[path], where=whole > 0), shapley


def one_model(rows: pl.DataFrame, model: str, shares: Floats, cents: Ints) -> pl.DataFrame:
    """The rows with what one model gives them."""
    return rows.with_columns(pl.lit(model).alias("model"), pl.Series("share", shares), money(cents).alias("amount"))


def told_channels(names: pl.Series, campaigns: pl.DataFrame | None) -> pl.Series:
    """The channels that the small table gives to campaigns."""
    if campaigns is None:
        return pl.repeat(None, len(names), dtype=pl.String, eager=True)
    told = campaigns.filter(pl.col("channel") != "").select("campaign", told="channel")
    return names.to_frame("campaign").join(told, on="campaign", how="left", maintain_order="left")["told"]


def uncredited(found: Walked) -> pl.DataFrame:
    """The rows of the opportunities without a touch: everything to nobody."""
    n_won = found.won.height
    number = np.flatnonzero(np.diff(found.paths.starts[: n_won + 1]) == 0)
    one = pl.DataFrame({"number": number}).with_columns(
        campaign=pl.lit(None, pl.String), channel=pl.lit(None, pl.String), touches=pl.lit(0, pl.Int64)
    )
    cents = gathered(found.won["cents"], number).to_numpy()
    return pl.concat([one_model(one, model, np.ones(len(number)), cents) for model in MODELS])
