"""What each bucket of leads keeps for the credits: the ends of opportunities and their leads, and touches with a campaign.

A lead that has to do with no opportunity, and cannot come to one by its account, walked a path without a sale whatever the other leads did:
of it only the campaigns remain. Campaigns and channels are categories, so that a touch takes few bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

import numpy as np
import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.derivations.attribution.lone import Lone, SameDigest, Touches, lone_paths
from smarketing.derivations.attribution.shares import Ladder
from smarketing.derivations.life.flags import DEAL_KINDS
from smarketing.derivations.matching.order import LEAD
from smarketing.derivations.matching.properties import REMOVED, read_properties
from smarketing.derivations.money.rates import Rates
from smarketing.journal.fact import FACT_SCHEMA
from smarketing.journal.survey import Noted, Settled
from smarketing.vocabulary.kinds import KINDS, TOUCHES
from smarketing.vocabulary.periods import micros

DEAL = ("lead_id", "at", "fact_id", "kind", "opportunity_id", "amount", "currency")
TOLD = (*DEAL, "properties")
TEXTS = ("lead_id", "fact_id", "kind", "opportunity_id", "currency", "properties")
TOUCHED = ("lead_id", "at", "fact_id", "kind", "campaign", "channel")
WON, LOST = "opportunity_won", "opportunity_lost"
USUAL = Ladder(0.4, 0.2, 0.4)
EVER = -(1 << 63)
ACCOUNTS = {"lead_id": pl.String, "account": pl.String}
NO_TOUCHES = sorted(KINDS - TOUCHES)
Load = Callable[[], pl.DataFrame]
"""Gives some facts."""


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
    inside the look-back before `as_of`. `accounts`: `lead_id, account`.
    """

    ends: pl.DataFrame
    members: pl.DataFrame
    touches: pl.DataFrame
    alone: Lone
    accounts: pl.DataFrame


def noting(versions: Sequence[Agreement]) -> Noted:
    """What a survey may put down on its way for `told_of_deals`."""
    kinds = {kind for version in versions for kind in told_kinds(Terms.of(version))}
    return Noted(sorted(kinds), TOLD)


def told_of_deals(journal: Settled, versions: Sequence[Agreement]) -> pl.DataFrame:
    """The facts that say which leads have to do with which opportunity (TOLD)."""
    return journal.of_kinds(told_kinds(Terms.of(versions[-1])), TOLD)


def kept(journal: Settled, told: pl.DataFrame, versions: Sequence[Agreement], rates: Rates, *, threads: int = 1) -> Kept:
    """What is kept of all leads of a journal, which is read as it goes; `told` of its deals before."""
    terms, as_of = Terms.of(versions[-1]), journal.known.as_of
    deals, accounts = deals_and_accounts(told, terms)
    concerned = pl.concat([deals["lead_id"], accounts["lead_id"]]).unique()
    for seeds in ((seed, seed + 1) for seed in count(1, 2)):
        with suppress(SameDigest):
            others = Touches(concerned, journal.known.rows, seeds)
            theirs = touches_of(concerned_in(others, from_when(terms, as_of)), journal.loads(TOUCHED), threads)
            alone = others.paths(lambda times: touches_in(journal.at_times(times, TOUCHED)), threads=threads)
            break
    return Kept(last_ends(deals, versions, rates), members_of(deals), theirs, alone, accounts)


def concerned_in(others: Touches, since: int) -> Callable[[Load], pl.DataFrame]:
    """What gives the touches of concerned leads among some facts, and shows those of all others to `others`."""

    def found(load: Load) -> pl.DataFrame:
        facts = load()
        return with_categories(facts.filter(others.see(facts, are_touches(facts), since=since))).rechunk()

    return found


def touches_of(find: Callable[[Load], pl.DataFrame], loads: Iterable[Load], threads: int) -> pl.DataFrame:
    """What is found in all parts of a journal; never more than one for each thread is waiting, for all that wait are in memory."""
    found, waiting = [no_touches()], deque[Future[pl.DataFrame]]()
    with ThreadPoolExecutor(threads) as pool:
        for load in loads:
            if len(waiting) == threads:
                found.append(waiting.popleft().result())
            waiting.append(pool.submit(find, load))
        return pl.concat([*found, *(one.result() for one in waiting)])


def kept_of_lives(facts: pl.DataFrame, versions: Sequence[Agreement], rates: Rates, *, as_of: datetime) -> Kept:
    """What is kept of the leads of a bucket, whose facts stand in the order of their lives, with LEAD."""
    terms, lead = Terms.of(versions[-1]), facts[LEAD].to_numpy()
    told = facts.filter(pl.col("kind").is_in(told_kinds(terms))).select(*TOLD, LEAD)
    deals, accounts = deals_and_accounts(told.cast({name: pl.String for name in TEXTS}), terms)
    concerned = np.zeros(lead[-1] + 1 if len(lead) else 0, dtype=np.bool_)
    concerned[told.filter(pl.col("lead_id").is_in(pl.concat([deals["lead_id"], accounts["lead_id"]]).implode()))[LEAD]] = True
    touch, mine = are_touches(facts).to_numpy(), concerned[lead]
    others = np.flatnonzero(touch & ~mine & (facts["at"].to_physical().to_numpy() >= from_when(terms, as_of)))
    return Kept(
        last_ends(deals, versions, rates), members_of(deals), with_categories(facts.filter(pl.Series(touch & mine))).rechunk(),
        lone_paths(facts["campaign"].gather(others), lead[others]), accounts,
    )  # fmt: skip


def told_kinds(terms: Terms) -> list[str]:
    """The kinds that say which leads have to do with an opportunity."""
    return [*DEAL_KINDS, *(["profile_changed"] if terms.by_account else [])]


def deals_and_accounts(told: pl.DataFrame, terms: Terms) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The facts of opportunities, with what identifies each (`deal`); and the accounts of leads, where they matter."""
    deals = told.filter(pl.col("kind").is_in(DEAL_KINDS)).select(DEAL).with_columns(deal=deal())
    return deals, accounts_of(told) if terms.by_account else pl.DataFrame(schema=ACCOUNTS)


def members_of(deals: pl.DataFrame) -> pl.DataFrame:
    """Which leads have to do with which opportunity."""
    return deals.select("deal", "lead_id").unique()


def touches_in(facts: pl.DataFrame) -> pl.DataFrame:
    """The touches with a campaign among these facts."""
    return facts.filter(are_touches(facts))


def are_touches(facts: pl.DataFrame) -> pl.Series:
    """Which of these facts are touches with a campaign."""
    return facts["campaign"].is_not_null() & ~facts["kind"].is_in(NO_TOUCHES)


def with_categories(touches: pl.DataFrame) -> pl.DataFrame:
    """The columns of `Kept.touches`."""
    return touches.select("lead_id", "at", "fact_id", pl.col("campaign", "channel").cast(pl.String).cast(pl.Categorical))


def no_touches() -> pl.DataFrame:
    """`Kept.touches` without a row."""
    return with_categories(pl.DataFrame(schema={name: FACT_SCHEMA[name] for name in TOUCHED}))


def from_when(terms: Terms, as_of: datetime) -> int:
    """The first instant (µs) of the look-back before `as_of`."""
    return EVER if terms.lookback is None else micros(as_of - terms.lookback)


def since(touches: pl.DataFrame, terms: Terms, as_of: datetime) -> pl.DataFrame:
    """Those inside the look-back before `as_of`."""
    return touches if terms.lookback is None else touches.filter(pl.col("at") >= as_of - terms.lookback)


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
    if ends["deal"].n_unique() == ends.height:
        return ends
    return ends.sort("at", "fact_id").unique("deal", keep="last", maintain_order=True)


def paths_to_none(touches: pl.DataFrame, terms: Terms, as_of: datetime) -> Lone:
    """The paths of leads that came to no sale inside the look-back before `as_of`."""
    ordered = since(touches, terms, as_of).sort("lead_id", "at", "fact_id")
    return lone_paths(ordered["campaign"], ordered["lead_id"].rle_id().to_numpy())


def accounts_of(told: pl.DataFrame) -> pl.DataFrame:
    """The account of each lead that has one: its latest known attribute `account`."""
    told = told.filter(pl.col("kind") == "profile_changed")
    account = read_properties(told["properties"], ["account"]).to_series()
    said = told.select("lead_id", "at", "fact_id", account=account).filter(pl.col("account").is_not_null())
    last = said.sort("at", "fact_id").unique("lead_id", keep="last", maintain_order=True)
    return last.filter(pl.col("account") != REMOVED).select("lead_id", "account")
