"""What each bucket of leads keeps for the credits: the ends of opportunities and their leads, and touches with a campaign.

A lead that has to do with no opportunity, and cannot come to one by its account, walked a path without a sale whatever the other leads did:
of it only the campaigns remain. Campaigns and channels are categories, so that a touch takes few bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.derivations.attribution.shares import Ladder
from smarketing.derivations.life.flags import DEAL_KINDS
from smarketing.derivations.matching.properties import REMOVED, read_properties
from smarketing.derivations.money.rates import Rates
from smarketing.vocabulary.kinds import KINDS, TOUCHES

DEAL = ("lead_id", "at", "fact_id", "kind", "opportunity_id", "amount", "currency")
WON, LOST = "opportunity_won", "opportunity_lost"
USUAL = Ladder(0.4, 0.2, 0.4)
ACCOUNTS = {"lead_id": pl.String, "account": pl.String}
NO_TOUCHES = sorted(KINDS - TOUCHES)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the agreement says of attribution: how far back a touch counts (None: without limit), whose touches, the models' terms."""

    lookback: timedelta | None = None
    by_account: bool = False
    ladder: Ladder = USUAL
    half_life: timedelta = timedelta(days=7)

    @classmethod
    def of(cls, agreement: Agreement) -> Terms:
        """Those of one version; without a clause every touch of the opportunity's leads counts."""
        clause = agreement.attribution
        if clause is None:
            return cls()
        lookback = None if clause.lookback is None else timedelta(microseconds=clause.lookback.microseconds)
        ladder = Ladder(*(float(share) for share in clause.position))
        return cls(lookback, clause.scope == "account", ladder, timedelta(microseconds=clause.half_life.microseconds))


class Kept(NamedTuple):
    """What is kept of whole leads.

    `ends`: of each opportunity (`deal`) of these leads the last win or loss: `deal, at, fact_id, won, cents`. `members`: `deal, lead_id`.
    `touches`: `lead_id, at, fact_id, campaign, channel` of leads that may belong to an opportunity. `alone`: the paths of all other leads
    inside the look-back before `as_of`, touch after touch: `begins` (a path), `campaign`. `accounts`: `lead_id, account`.
    """

    ends: pl.DataFrame
    members: pl.DataFrame
    touches: pl.DataFrame
    alone: pl.DataFrame
    accounts: pl.DataFrame


def kept(facts: pl.LazyFrame, versions: Sequence[Agreement], rates: Rates, *, as_of: datetime) -> Kept:
    """What is kept of whole leads, all of whose settled facts are given (a bucket, or a whole journal that is read as it goes)."""
    terms = Terms.of(versions[-1])
    deals = gathered(facts.filter(pl.col("kind").is_in(DEAL_KINDS)).select(DEAL))
    deals = deals.with_columns(deal=deal())
    accounts = accounts_of(facts) if terms.by_account else pl.DataFrame(schema=ACCOUNTS)
    concerned = pl.concat([deals.select("lead_id"), accounts.select("lead_id")]).unique()
    touches = gathered(touches_that_count(facts, concerned, terms, as_of))
    theirs, others = (touches.filter(one).drop("concerned") for one in (pl.col("concerned"), ~pl.col("concerned")))
    members = deals.select("deal", "lead_id").unique()
    return Kept(last_ends(deals, versions, rates), members, theirs, paths_to_none(others, terms, as_of), accounts)


def gathered(rows: pl.LazyFrame) -> pl.DataFrame:
    """The rows, read a few at a time."""
    return rows.collect(engine="streaming")


def touches_that_count(facts: pl.LazyFrame, concerned: pl.DataFrame, terms: Terms, as_of: datetime) -> pl.LazyFrame:
    """The touches with a campaign: of leads that are `concerned` with an opportunity all, of others those that can be on a path."""
    is_touch = pl.col("campaign").is_not_null() & ~pl.col("kind").is_in(NO_TOUCHES)
    touches = facts.filter(is_touch).select("lead_id", "at", "fact_id", "campaign", "channel")
    marked = touches.join(concerned.lazy().with_columns(concerned=pl.lit(True)), on="lead_id", how="left")
    marked = marked.with_columns(pl.col("concerned").fill_null(False))
    if terms.lookback is not None:
        marked = marked.filter(pl.col("concerned") | (pl.col("at") >= as_of - terms.lookback))
    return marked.with_columns(pl.col("campaign", "channel").cast(pl.Categorical))


def deal() -> pl.Expr:
    """What identifies an opportunity: its id, without one its lead."""
    return ("=" + pl.col("opportunity_id")).fill_null("?" + pl.col("lead_id"))


def last_ends(deals: pl.DataFrame, versions: Sequence[Agreement], rates: Rates) -> pl.DataFrame:
    """The last win or loss of each opportunity, with what was won in the last version's currency."""
    ends = latest(deals.filter(pl.col("kind").is_in([WON, LOST])))
    cents = rates.convert(ends, to=versions[-1].currency, versions=versions).hundredths
    return ends.select("deal", "at", "fact_id", won=pl.col("kind") == WON, cents=pl.Series(cents))


def latest(ends: pl.DataFrame) -> pl.DataFrame:
    """Of each opportunity the last row, by time and fact id."""
    return ends.sort("at", "fact_id").unique("deal", keep="last", maintain_order=True)


def paths_to_none(touches: pl.DataFrame, terms: Terms, as_of: datetime) -> pl.DataFrame:
    """The touches of leads without a sale inside the look-back before `as_of`, lead after lead in order."""
    if terms.lookback is not None:
        touches = touches.filter(pl.col("at") >= as_of - terms.lookback)
    ordered = touches.sort("lead_id", "at", "fact_id")
    return ordered.select((pl.col("lead_id") != pl.col("lead_id").shift(1)).fill_null(True).alias("begins"), "campaign")


def accounts_of(facts: pl.LazyFrame) -> pl.DataFrame:
    """The account of each lead that has one: its latest known attribute `account`."""
    told = gathered(facts.filter(pl.col("kind") == "profile_changed").select("lead_id", "at", "fact_id", "properties"))
    account = read_properties(told["properties"], ["account"]).to_series()
    said = told.select("lead_id", "at", "fact_id", account=account).filter(pl.col("account").is_not_null())
    last = said.sort("at", "fact_id").unique("lead_id", keep="last", maintain_order=True)
    return last.filter(pl.col("account") != REMOVED).select("lead_id", "account")
