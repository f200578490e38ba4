"""What each bucket of leads keeps for the credits: the ends of opportunities and their leads, and touches with a campaign.

A lead that has to do with no opportunity, and cannot come to one by its account, walked a path without a sale whatever the other leads did:
of it only the campaigns remain. Campaigns and channels are categories, so that a touch takes few bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.models import Agreement
from smarketing.derivations.attribution.lone import Lone, coded, lone_paths
from smarketing.derivations.attribution.piles.dealing import Touches
from smarketing.derivations.attribution.piles.numbering import SameDigest
from smarketing.derivations.attribution.shares import Ladder
from smarketing.derivations.life.flags import DEAL_KINDS
from smarketing.derivations.matching.order import LEAD
from smarketing.derivations.matching.properties import REMOVED, read_properties
from smarketing.derivations.money.rates import Rates
from smarketing.journal.properties import of_machine
from smarketing.journal.survey import Noted, Settled
from smarketing.journal.survey import latest as latest_at
from smarketing.vocabulary.kinds import KINDS, TOUCHES
from smarketing.vocabulary.periods import micros

DEAL = ("lead_id", "at", "fact_id", "kind", "opportunity_id", "amount", "currency")
TOLD = (*DEAL, "properties")
TEXTS = ("lead_id", "fact_id", "kind", "opportunity_id", "currency", "properties")
TOUCHED = ("lead_id", "at", "fact_id", "kind", "campaign", "channel")
WON, LOST = "opportunity_won", "opportunity_lost"
USUAL = Ladder(0.4, 0.2, 0.4)
EVER = -(1 << 63)
SOME_LEADS = 0.05
"""Up to so many leads for each fact are read anew by themselves."""
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
    `touches`: `lead_id, at, fact_id, campaign, channel` of leads that may belong to an opportunity; without a fact id where no order depends
    on it, and in order then. `alone`: the paths of all other leads
    inside the look-back before `as_of`. `accounts`: `lead_id, account`.
    """

    ends: pl.DataFrame
    members: pl.DataFrame
    touches: pl.DataFrame
    alone: Lone
    accounts: pl.DataFrame


@dataclass(frozen=True)
class Dealt(Noted):
    """Facts of deals put down while a journal is surveyed, and all `touches` of leads dealt out, so that the journal is read but once.

    They are dealt out as they were told (see `as_settled`). `spoiled`: why they are of no use, if they are.
    """

    touches: Touches = field(default_factory=lambda: Touches(0))
    as_of: datetime | None = None
    spoiled: list[str] = field(default_factory=list)

    @property
    def reads(self) -> Sequence[str]:
        """The columns it wants to see."""
        return sorted({*TOLD, *TOUCHED})

    def see(self, facts: pl.DataFrame) -> None:
        """Take in some facts as they stand; asked by several threads at once."""
        super().see(facts)
        if self.spoiled or facts["at"].null_count():
            self.spoiled.append("a fact has no time")  # the journal will be refused
            return
        touch = are_touches(facts) & (facts["campaign"] != "") & ~of_machine(facts["properties"])
        if self.as_of is not None and latest_at(facts["at"]) > self.as_of:
            touch &= facts["at"] <= self.as_of
        try:
            self.touches.see(facts, touch.fill_null(value=False).to_numpy())
        except SameDigest:
            self.spoiled.append("two leads have one digest")


def noting(facts: pl.LazyFrame, versions: Sequence[Agreement], as_of: datetime | None) -> Dealt:
    """What a survey of these facts may put down on its way, for `told_of_deals` and `kept`."""
    kinds = {kind for version in versions for kind in told_kinds(Terms.of(version))}
    rows = facts.select(pl.len()).collect().item()
    return Dealt(sorted(kinds), TOLD, touches=Touches(rows), as_of=as_of)


def told_of_deals(journal: Settled, versions: Sequence[Agreement]) -> pl.DataFrame:
    """The facts that say which leads have to do with which opportunity (TOLD)."""
    return journal.of_kinds(told_kinds(Terms.of(versions[-1])), TOLD)


def kept(journal: Settled, told: pl.DataFrame, versions: Sequence[Agreement], rates: Rates, *, threads: int = 1) -> Kept:
    """What is kept of all leads of a journal, which is read as it goes where it was not before; `told` of its deals before."""
    terms, as_of = Terms.of(versions[-1]), journal.known.as_of
    deals, accounts = deals_and_accounts(told, terms)
    concerned, members = pl.concat([deals["lead_id"], accounts["lead_id"]]).unique(), members_of(deals)
    touches = partial(touches_at, journal)
    since, shared = from_when(terms, as_of), share_paths(concerned, members, accounts)
    for dealt in dealt_out(journal, threads):
        with suppress(SameDigest):
            parted = dealt.parted(concerned, touches, since=since, shared=shared, threads=threads)
            break
    return Kept(last_ends(deals, versions, rates), members, parted.known, parted.alone, accounts)


def dealt_out(journal: Settled, threads: int) -> Iterator[Touches]:
    """The touches of a journal, dealt out, ever again by other digests."""
    noted = journal.noted
    if isinstance(noted, Dealt) and noted.parts and not noted.spoiled:
        with suppress(SameDigest):
            if as_settled(noted.touches, journal, threads):
                yield noted.touches
    for seed in count(1, 2):
        touches = Touches(journal.known.rows, (seed, seed + 1))
        with suppress(SameDigest):
            touches.see_all(journal.loads(TOUCHED), are_touches, threads=threads)
            yield touches


def as_settled(touches: Touches, journal: Settled, threads: int) -> bool:
    """Bring touches that were dealt out as they were told to what they are when the journal is settled: those of the leads of which something
    was told twice or taken back, or that are one person's, are read anew. False where there are so many that all are better read anew."""
    if journal.known.as_told:
        return True
    leads = journal.told_otherwise()
    if len(leads) > SOME_LEADS * journal.known.rows:
        return False
    touches.strike(leads)
    touches.see_all([partial(journal.of_leads, leads, TOUCHED)], are_touches, threads=threads)
    return True


def touches_at(journal: Settled, times: pl.Series) -> pl.DataFrame:
    """The touches of some instants."""
    facts = journal.at_times(times, TOUCHED)
    return facts.filter(are_touches(facts))


def share_paths(leads: pl.Series, members: pl.DataFrame, accounts: pl.DataFrame) -> NDArray[np.bool_]:
    """Which of these leads may walk a path together with another lead: those of one opportunity or one account."""
    together = members.filter(pl.col("deal").is_duplicated())["lead_id"]
    return leads.is_in(pl.concat([together, accounts["lead_id"]]).implode()).to_numpy()


def kept_of_lives(facts: pl.DataFrame, versions: Sequence[Agreement], rates: Rates, *, as_of: datetime) -> Kept:
    """What is kept of the leads of a bucket, whose facts stand in the order of their lives, with LEAD."""
    terms, lead = Terms.of(versions[-1]), facts[LEAD].to_numpy()
    told = facts.select(*TOLD, LEAD).filter(facts["kind"].is_in(told_kinds(terms)))
    deals, accounts = deals_and_accounts(told.cast({name: pl.String for name in TEXTS}), terms)
    concerned = np.zeros(lead[-1] + 1 if len(lead) else 0, dtype=np.bool_)
    concerned[told.filter(pl.col("lead_id").is_in(pl.concat([deals["lead_id"], accounts["lead_id"]]).implode()))[LEAD]] = True
    touch, mine = are_touches(facts).to_numpy(), concerned[lead]
    others = np.flatnonzero(touch & ~mine & (facts["at"].to_physical().to_numpy() >= from_when(terms, as_of)))
    return Kept(
        last_ends(deals, versions, rates), members_of(deals), with_categories(facts.select(TOUCHED).filter(pl.Series(touch & mine))).rechunk(),
        lone_paths(*coded(facts["campaign"]), lead, others), accounts,
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


def are_touches(facts: pl.DataFrame) -> pl.Series:
    """Which of these facts are touches with a campaign."""
    return facts["campaign"].is_not_null() & ~facts["kind"].is_in(NO_TOUCHES)


def with_categories(touches: pl.DataFrame) -> pl.DataFrame:
    """The columns of `Kept.touches`."""
    return touches.select("lead_id", "at", "fact_id", pl.col("campaign", "channel").cast(pl.String).cast(pl.Categorical))


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
    return lone_paths(*coded(ordered["campaign"]), ordered["lead_id"].rle_id().to_numpy(), np.arange(ordered.height))


def accounts_of(told: pl.DataFrame) -> pl.DataFrame:
    """The account of each lead that has one: its latest known attribute `account`."""
    told = told.filter(pl.col("kind") == "profile_changed")
    account = read_properties(told["properties"], ["account"]).to_series()
    said = told.select("lead_id", "at", "fact_id", account=account).filter(pl.col("account").is_not_null())
    last = said.sort("at", "fact_id").unique("lead_id", keep="last", maintain_order=True)
    return last.filter(pl.col("account") != REMOVED).select("lead_id", "account")
