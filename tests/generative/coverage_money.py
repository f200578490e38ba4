"""Which features of money a case really met: currencies, wins and losses, paths of touches; part of `coverage`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.generative.cases import Case
from tests.reference.attribution import Path, removal_effects
from tests.reference.credits import MODELS, Deal, account_of, deals_of, shares_of, touches_of, unsold
from tests.reference.handoffs import Handoff
from tests.reference.journal import Fact, lives
from tests.reference.ledger import losses_of
from tests.reference.rates import Exchange
from tests.reference.receipt import elapsed
from tests.reference.stages import cycles

Met = Iterator[str]
Lives = dict[str, list[Fact]]


def of_money(case: Case) -> Met:
    """Everything about money but for the single hand-offs."""
    exchange, everybody = Exchange(case.versions, case.tables), lives(case.facts, case.as_of)
    for lead, life in everybody.items():
        for fact in (fact for fact in life if fact.kind == "opportunity_won"):
            yield from of_amount(exchange, fact)
            yield from of_win(fact, lead, everybody)
    yield from of_revenue(case, everybody)
    yield from of_ledger(case)
    yield from of_credits(case, everybody)


# Rates


def of_amount(exchange: Exchange, fact: Fact) -> Met:
    """How an amount comes into the currency of the last version."""
    own, currency = exchange.currency_of(fact), exchange.currency
    if fact.amount is None:
        yield "win without an amount"
        return
    pairs = {(row["from_currency"], row["to_currency"]) for row in exchange.rows}
    if own == currency:
        yield "amount of the agreement's currency"
        yield from ["rate of a currency in itself"] * ((own, own) in pairs)
        return
    rate = exchange.rate(own, currency, fact.at)
    if rate is None:
        yield "amount without a rate"
        yield from ["rate begins after the amount"] * ((own, currency) in pairs)
        yield from ["only the inverse rate is known"] * ((own, currency) not in pairs and (currency, own) in pairs)
        thirds = {to for source, to in pairs if source == own and to not in (own, currency)}
        yield from ["rate by way of a third currency only"] * any((third, currency) in pairs for third in thirds)
        return
    yield "amount converted"
    days = {str(row["day"]) for row in exchange.rows if (row["from_currency"], row["to_currency"]) == (own, currency)}
    yield from ["rate of the very day"] * (str(exchange.day_of(fact.at)) in days)
    yield from ["one of several rates of a pair"] * (len(days) > 1)
    cents = Fraction(fact.amount) * 100 * rate
    yield from ["converted amount of half a cent"] * (cents.denominator == 2)
    yield from ["converted amount of parts of a cent"] * (cents.denominator > 2)
    shown = exchange.amount_of(fact)
    exchange_in_utc = Exchange(exchange.versions, {"rates": exchange.rows})
    exchange_in_utc.zone = ZoneInfo("UTC")
    yield from ["rate of another day in UTC"] * (exchange_in_utc.amount_of(fact) != shown)


def of_revenue(case: Case, everybody: Lives) -> Met:
    """Commitments in another currency than that of the last version."""
    for version in case.versions.all:
        kinds = {kind for one in version.get("commitments") or [] for kind in one}
        other = version["currency"] != case.versions.last["currency"]
        won = any(fact.kind == "opportunity_won" and fact.amount for life in everybody.values() for fact in life)
        yield from ["revenue in another currency than the last"] * (other and won and "revenue" in kinds)


def of_handoff_in_money(handoff: Handoff, case: Case) -> Met:
    """What one hand-off comes to in the ledger."""
    exchange = Exchange(case.versions, case.tables)
    if handoff.sourced != "marketing" or handoff.worth is None:
        return
    own, end = handoff.agreement["currency"], handoff.cycle.end
    if own != exchange.currency and handoff.worth:
        rate = exchange.rate(own, exchange.currency, handoff.handed_at)
        yield "worth in another currency" if rate is not None else "worth without a rate"
    accepted, rejected = handoff.first("accepted") is not None, handoff.first("rejected") is not None
    yield from ["delivered at 0"] * (handoff.worth == 0)
    if end is None:
        yield "delivered and not ended"
        return
    by = handoff.cycle.ended_by.kind
    yield f"delivered, {'accepted and ' if accepted else ''}ended by {by}"
    yield from ["accepted and rejected"] * (accepted and rejected)
    yield from ["rejected, but ended by another"] * (rejected and by != "rejected")
    yield from ["delivered and ended at one moment"] * (end == handoff.handed_at)


# Ledger


def of_win(win: Fact, lead: str, everybody: Lives) -> Met:
    """What became of a win."""
    losses = sorted((one for one in losses_of(win, lead, everybody) if one.order > win.order), key=lambda one: one.order)
    same_time = [one for one in losses_of(win, lead, everybody) if one.at == win.at]
    yield from ["lost at the moment of the win, after it"] * any(one.order > win.order for one in same_time)
    yield from ["lost at the moment of the win, before it"] * any(one.order < win.order for one in same_time)
    if win.opportunity_id is None:
        others = [fact for other, life in everybody.items() if other != lead for fact in life]
        lost = any(one.kind == "opportunity_lost" and one.opportunity_id is None and one.order > win.order for one in others)
        yield from ["win without an id stands though another's is lost"] * (lost and not losses)
    if not losses:
        yield "win that stands"
        return
    undone = losses[0]
    number = {cycle.number for cycle in cycles(everybody[lead]) if cycle.includes(undone.at)}
    yield "win undone"
    yield from ["win without an id undone"] * (win.opportunity_id is None)
    yield from ["win lost more than once"] * (len(losses) > 1)
    yield from ["win undone by another lead"] * (undone not in everybody[lead])
    yield from ["win undone in another cycle"] * (
        undone in everybody[lead] and number != {one.number for one in cycles(everybody[lead]) if one.includes(win.at)}
    )


def of_ledger(case: Case) -> Met:
    """Rows, and what is put together in them."""
    wins: Counter[Any] = Counter()
    for lead, life in lives(case.facts, case.as_of).items():
        wins.update((fact.at, lead, fact.opportunity_id) for fact in life if fact.kind == "opportunity_won")
    for row in case.expected["ledger"]:
        yield f"ledger {row['reason']}"
        yield from ["several wins in one row"] * (
            row["reason"] == "won" and wins[row["at"], row["lead_id"], row["opportunity_id"]] > 1
        )
    sums: Counter[Any] = Counter()
    for row in case.expected["ledger"]:
        if row["team"] == "sales":
            sums[row["lead_id"], row["opportunity_id"]] += row["amount"]
    yield from ["lead with nothing left of its wins"] * any(amount == 0 for amount in sums.values())


# Credits


def of_credits(case: Case, everybody: Lives) -> Met:
    """Opportunities, their paths, and what the models make of them."""
    settings = case.versions.last.get("attribution") or {}
    yield from ["no settings of attribution"] * (not settings)
    before = [version.get("attribution") for version in case.versions.all[:-1]]
    yield from ["other settings of attribution before"] * any(one != case.versions.last.get("attribution") for one in before)
    deals = list(deals_of(everybody, settings))
    rest = unsold(deals, everybody, settings, case.as_of)
    paths = [Path(deal.campaigns, sold=True) for deal in deals if deal.touches] + rest
    effects = removal_effects(paths) if any(path.sold for path in paths) else {}
    yield from ["path without a sale"] * (bool(rest) and bool(effects))
    if effects:
        yield from of_paths(paths)
        yield from of_unsold(case, everybody, deals, settings)
    for deal in deals:
        yield from of_deal(deal, everybody, settings)
        yield from of_touches(deal, everybody, settings)
        for model in MODELS if deal.touches else ():
            yield from of_model(model, shares_of(model, deal, settings, paths, effects))
    yield from of_rows(case, deals)


def of_paths(paths: list[Path]) -> Met:
    """The chain of steps."""
    yield from ["campaign that follows itself"] * any(
        one == other for path in paths for one, other in zip(path.campaigns, path.campaigns[1:], strict=False)
    )
    campaigns = {campaign for path in paths for campaign in path.campaigns}
    yield from ["campaign named like an end of the chain"] * bool(campaigns & {"start", "sale", "none"})
    yield from ["campaign of paths without a sale alone"] * bool(
        campaigns - {campaign for path in paths if path.sold for campaign in path.campaigns}
    )
    yield from ["several paths with a sale"] * (sum(path.sold for path in paths) > 1)


def of_unsold(case: Case, everybody: Lives, deals: list[Deal], settings: dict[str, Any]) -> Met:
    """Who has a path without a sale, and who has not."""
    sold = {lead for deal in deals for lead in deal.leads}
    lookback = elapsed(settings["lookback"]) if settings.get("lookback") else None
    for lead, life in everybody.items():
        times = [touch.at for touch in touches_of([lead], everybody)]
        if lead in sold:
            in_deals = any(fact.opportunity_id and fact.kind.startswith("opportunity") for fact in life)
            yield from ["no path because the account bought"] * (bool(times) and not in_deals)
            continue
        yield from ["path without a sale of a lost opportunity"] * any(fact.kind == "opportunity_lost" for fact in life)
        if lookback:
            begin = case.as_of - lookback
            yield from ["path without a sale cut by the look-back"] * (bool(times) and min(times) < begin <= max(times))
            yield from ["no touch in the look-back of as_of"] * (bool(times) and max(times) < begin)
            yield from ["touch exactly at the look-back of as_of"] * (begin in times)
            yield from ["touch just before the look-back of as_of"] * (begin - timedelta(microseconds=1) in times)


def of_deal(deal: Deal, everybody: Lives, settings: dict[str, Any]) -> Met:
    """The leads of an opportunity and its wins."""
    told = {lead for lead in deal.leads if any(is_of(fact, deal) for fact in everybody[lead])}
    yield "opportunity without an id" if deal.opportunity_id is None else "opportunity with an id"
    yield from ["opportunity of several leads"] * (len(told) > 1 and deal.opportunity_id is not None)
    if settings.get("scope") == "account" and deal.leads != told:
        yield "leads of the account besides"
        yield from ["touches of the account besides"] * any(
            touch for touch in deal.touches if touch not in [fact for lead in told for fact in everybody[lead]]
        )
    accounts = {account_of(everybody[lead]) for lead in told} - {None}
    yield from ["opportunity of several accounts"] * (len(accounts) > 1 and settings.get("scope") == "account")
    for lead in everybody:
        named = [fact for fact in everybody[lead] if fact.kind == "profile_changed" and "account" in fact.properties]
        yield from ["account that changed"] * (len(named) > 1)
        yield from ["account taken away"] * (bool(named) and account_of(everybody[lead]) is None)
    if settings.get("scope") != "account" and deal.opportunity_id:
        others = [lead for lead in everybody if lead not in told and account_of(everybody[lead]) in accounts]
        yield from ["account that does not matter"] * bool(others)
    facts = [fact for lead in told for fact in everybody[lead] if is_of(fact, deal)]
    wins = [fact for fact in facts if fact.kind == "opportunity_won"]
    yield from ["won again without a loss between"] * (
        len(wins) > 1
        and not any(fact.kind == "opportunity_lost" and fact.order > min(wins, key=lambda one: one.order).order for fact in facts)
    )
    yield from ["won again after a loss"] * any(
        fact.kind == "opportunity_lost" and any(one.order < fact.order for one in wins) for fact in facts
    )
    yield from ["renewed by another lead"] * any(
        fact.kind.startswith("customer")
        and fact.opportunity_id == deal.opportunity_id
        and deal.opportunity_id
        and lead not in told
        for lead, life in everybody.items()
        for fact in life
    )


def is_of(fact: Fact, deal: Deal) -> bool:
    """Is it a fact of this opportunity?"""
    return fact.kind.startswith("opportunity") and fact.opportunity_id == deal.opportunity_id


def of_touches(deal: Deal, everybody: Lives, settings: dict[str, Any]) -> Met:
    """What is on the path, and what just is not."""
    times = [touch.at for touch in touches_of(deal.leads, everybody)]
    win, count = deal.win.at, len(deal.touches)
    yield (
        "unattributed"
        if not count
        else f"path of {'one touch' if count == 1 else 'two touches' if count == 2 else 'more touches'}"
    )
    yield from ["touch exactly at the win"] * (win in times)
    yield from ["touch just before the win"] * (win - timedelta(microseconds=1) in times)
    yield from ["unattributed though there were touches"] * (not count and bool(times))
    if settings.get("lookback"):
        begin = win - elapsed(settings["lookback"])
        yield from ["touch exactly at the look-back"] * (begin in times)
        yield from ["touch just before the look-back"] * (begin - timedelta(microseconds=1) in times)
    campaigns = deal.campaigns
    yield from ["campaign twice on a path"] * (len(set(campaigns)) < count)
    yield from ["path of three campaigns or more"] * (len(set(campaigns)) > 2)
    yield from ["several touches at one moment of a path"] * (len({touch.at for touch in deal.touches}) < count)
    yield from ["touches of several leads on a path"] * (len({touch.lead_id for touch in deal.touches}) > 1)
    known = [fact for lead in deal.leads for fact in everybody[lead] if fact.campaign and fact.at < win]
    yield from ["campaign on what is no touch"] * any(not fact.is_touch for fact in known)
    if count > 1 and elapsed(settings.get("half_life") or "7d") * 1100 < deal.touches[-1].at - deal.touches[0].at:
        yield "touch older than a thousand half-lives"


def of_model(model: str, shares: dict[str, Fraction]) -> Met:
    """What a model makes of a path."""
    parts = list(shares.values())
    yield from [f"{model}: shares of several campaigns"] * (sum(part != 0 for part in parts) > 1)
    yield from [f"{model}: a share of 0"] * (0 in parts)
    yield from [f"{model}: a share below 0"] * any(part < 0 for part in parts)
    yield from [f"{model}: unequal shares"] * (len(set(parts)) > 1 and min(parts) > 0)


def of_rows(case: Case, deals: list[Deal]) -> Met:
    """Channels and cents."""
    table = {row["campaign"]: row["channel"] for row in case.tables.get("campaigns", [])}
    for deal in deals:
        for campaign in set(deal.campaigns):
            channels = [touch.channel for touch in deal.touches if touch.campaign == campaign]
            named = [channel for channel in channels if channel]
            if named:
                yield "channel of a touch" if channels[0] else "channel of a later touch"
                yield from ["channels that differ"] * (len(set(named)) > 1)
                yield from ["channel of a touch before that of the table"] * (table.get(campaign) not in (None, "", named[0]))
            else:
                yield "channel of the table" if table.get(campaign) else "no channel"
    rows: dict[Any, list[dict[str, Any]]] = {}
    for row in case.expected["credits"]:
        if row["opportunity_id"] is not None and row["campaign"] is not None:
            rows.setdefault((row["opportunity_id"], row["model"]), []).append(row)
    for of_deal_and_model in rows.values():
        yield from of_cents(of_deal_and_model)


def of_cents(rows: list[dict[str, Any]]) -> Met:
    """What was rounded."""
    total = sum(row["amount"] for row in rows)
    over = [row for row in rows if float(row["amount"]) > row["share"] * float(total) + 1e-6]
    yield from ["a cent more by a remainder"] * bool(over)
    yield from ["a cent more by name"] * any(
        abs(one["share"] - other["share"]) < 1e-12 and one["amount"] != other["amount"] for one in rows for other in rows
    )
    yield from ["two cents left"] * (len(over) > 1)
    yield from ["nothing to share out"] * (total == Decimal(0))
