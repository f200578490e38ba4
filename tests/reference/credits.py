"""Who brought the money: for each opportunity that stands as won, the campaigns on its path and their shares (contract, 3.6).

An opportunity's leads are all of whom a fact tells that it was opened, moved, won or lost; with `scope: account` also who has the account
of one of them. One without an id is one for each lead. The settings are those of the last version.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from tests.reference.attribution import (
    Path,
    Shares,
    by_age,
    by_joining,
    by_position,
    by_removal,
    conversion_rate,
    removal_effects,
    to_each_touch,
    to_the_first,
    to_the_last,
)
from tests.reference.journal import Fact, json_text
from tests.reference.rates import Exchange, Small
from tests.reference.receipt import elapsed, share
from tests.reference.versions import Document

Row = dict[str, Any]
Lives = dict[str, list[Fact]]
MODELS = ("first", "last", "linear", "position", "time_decay", "markov", "shapley")
OF_A_DEAL = {"opportunity_opened", "opportunity_moved", "opportunity_won", "opportunity_lost"}
MILLIONTHS = 10**6


@dataclass(frozen=True)
class Deal:
    """An opportunity that was won and not lost after: its last win, its leads, and the touches that led to it."""

    opportunity_id: str | None
    win: Fact
    leads: frozenset[str]
    touches: tuple[Fact, ...]

    @property
    def campaigns(self) -> tuple[str, ...]:
        """The campaigns of the touches, in order."""
        return tuple(str(touch.campaign) for touch in self.touches)


def credit_rows(exchange: Exchange, small: Small, lives: Lives, as_of: datetime) -> list[Row]:
    """The rows of `credits`."""
    settings = exchange.versions.last.get("attribution") or {}
    deals = list(deals_of(lives, settings))
    paths = [Path(deal.campaigns, sold=True) for deal in deals if deal.touches] + unsold(deals, lives, settings, as_of)
    effects = removal_effects(paths) if any(path.sold for path in paths) else {}
    channels = {row["campaign"]: row.get("channel") or None for row in small.get("campaigns") or []}
    found = []
    for deal in deals:
        amount = exchange.amount_of(deal.win)
        for model in MODELS:
            shares = shares_of(model, deal, settings, paths, effects)
            found += rows_of(deal, model, shares, amount, channels)
    return found


# Opportunities and their paths


def deals_of(lives: Lives, settings: Document) -> Iterator[Deal]:
    """The opportunities whose last win stands."""
    facts_of: dict[Any, list[tuple[str, Fact]]] = {}
    for lead, life in lives.items():
        for fact in life:
            if fact.kind in OF_A_DEAL:
                facts_of.setdefault(fact.opportunity_id or ("of the lead", lead), []).append((lead, fact))
    for found in facts_of.values():
        ends = [fact for _, fact in found if fact.kind in {"opportunity_won", "opportunity_lost"}]
        last = max(ends, key=lambda fact: fact.order, default=None)
        if last is None or last.kind == "opportunity_lost":
            continue
        leads = with_accounts({lead for lead, _ in found}, lives, settings)
        yield Deal(last.opportunity_id, last, frozenset(leads), tuple(before(last, leads, lives, settings)))


def with_accounts(leads: set[str], lives: Lives, settings: Document) -> set[str]:
    """With `scope: account`: these leads and all others of their accounts."""
    if settings.get("scope") != "account":
        return leads
    accounts = {account_of(lives[lead]) for lead in leads} - {None}
    return leads | {lead for lead, life in lives.items() if account_of(life) in accounts}


def account_of(life: list[Fact]) -> str | None:
    """The account that the lead's profile names in the end."""
    account = None
    for fact in life:
        if fact.kind == "profile_changed" and "account" in fact.properties:
            account = json_text(fact.properties["account"])
    return account


def touches_of(leads: Any, lives: Lives) -> list[Fact]:
    """The touches with a campaign of some leads, in order."""
    found = [fact for lead in leads for fact in lives[lead] if fact.is_touch and fact.campaign]
    return sorted(found, key=lambda fact: fact.order)


def before(win: Fact, leads: set[str], lives: Lives, settings: Document) -> list[Fact]:
    """The touches that led to a win: before it, and no longer ago than the look-back."""
    found = [touch for touch in touches_of(leads, lives) if touch.at < win.at]
    lookback = settings.get("lookback")
    return [touch for touch in found if lookback is None or touch.at >= win.at - elapsed(lookback)]


def unsold(deals: list[Deal], lives: Lives, settings: Document, as_of: datetime) -> list[Path]:
    """The paths of the leads that belong to no opportunity that stands as won: their touches in the look-back before `as_of`."""
    sold = {lead for deal in deals for lead in deal.leads}
    lookback = settings.get("lookback")
    found = []
    for lead in lives:
        if lead in sold:
            continue
        touches = [one for one in touches_of([lead], lives) if lookback is None or one.at >= as_of - elapsed(lookback)]
        if touches:
            found.append(Path(tuple(str(touch.campaign) for touch in touches), sold=False))
    return found


# Shares and amounts


def shares_of(model: str, deal: Deal, settings: Document, paths: list[Path], effects: Shares) -> Shares:
    """The share of each campaign on the path of an opportunity, by a model."""
    campaigns = deal.campaigns
    if not campaigns:
        return {}
    if model == "position":
        weights = [Fraction(share(one)) for one in settings.get("position") or ("40%", "20%", "40%")]
        return by_position(campaigns, weights)
    if model == "time_decay":
        half_life = elapsed(settings.get("half_life") or "7d")
        return by_age(campaigns, [touch.at for touch in deal.touches], half_life)
    if model == "markov":
        return by_removal(campaigns, effects)
    if model == "shapley":
        return by_joining(campaigns, lambda some: conversion_rate(some, paths))
    return {"first": to_the_first, "last": to_the_last, "linear": to_each_touch}[model](campaigns)


def rows_of(deal: Deal, model: str, shares: Shares, amount: Decimal, channels: dict[str, str | None]) -> Iterator[Row]:
    """A row for each campaign on the path; without any, one that names none."""
    key = {"opportunity_id": deal.opportunity_id, "model": model}
    if not shares:
        yield key | {"campaign": None, "channel": None, "touches": 0, "share": 1.0, "amount": amount}
        return
    parts = in_cents(amount, shares)
    for campaign, part in shares.items():
        touches = [touch for touch in deal.touches if touch.campaign == campaign]
        named = [touch.channel for touch in touches if touch.channel]
        yield key | {
            "campaign": campaign,
            "channel": named[0] if named else channels.get(campaign),
            "touches": len(touches),
            "share": float(part),
            "amount": Decimal(parts[campaign]).scaleb(-2).quantize(Decimal("0.01")),
        }


def in_cents(amount: Decimal, shares: Shares) -> dict[str, int]:
    """The amount in whole cents: each share rounded down, and a cent more for those that lost most by it."""
    exact = {campaign: part * int(amount * 100) for campaign, part in shares.items()}
    found = {campaign: floor(cents) for campaign, cents in exact.items()}
    lost = {campaign: round((cents - found[campaign]) * MILLIONTHS) for campaign, cents in exact.items()}
    most_first = sorted(shares, key=lambda campaign: (-lost[campaign], campaign))
    for campaign in most_first[: int(amount * 100) - sum(found.values())]:
        found[campaign] += 1
    return found
