"""Money by chance: opportunities of several leads and accounts, won, lost and won again in several currencies, at rates of various days;
campaigns that led there, told just inside and outside the look-back; and settings of attribution, another for each version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.generative.journals import MICROSECOND, Row
from tests.reference.receipt import elapsed

if TYPE_CHECKING:
    from tests.generative.cases import Case

CAMPAIGNS = ["spring", "fall", "Zoo", "é", "a > b", "start", "sale", "none", "Spring"]
"""Some are names that a chain of steps may have for its own."""
CHANNELS = [None, None, "", "email", "referral", "paid_search"]
DEALS = [["o1"], ["o1", "o2"], ["o1", "o2", "o3"], ["o1", "o2", "O2", None, ""], [None], [None, "o1"]]
AMOUNTS = [None, "100.00", "99.99", "33.34", "0.10", "0.05", "0.01", "0.00", "12345.67", "1000000.01", "-0.10"]
CURRENCIES = ["EUR", "USD", "CHF"]
RATES = ["0.9", "1.0837", "2", "0.5", "0.05", "0.333333", "1e-1", "150.25", "1.105", "1", "0.0001"]
ACCOUNTS: list[Any] = ["Acme", "Acme", "Acme", "acme", "7", 7, "", None, "Öl & Söhne"]
LOOKBACKS = ["1h", "12h", "1d", "2d", "3d", "1w", "30d"]
HALF_LIVES = ["1m", "1h", "12h", "1d", "7d", "90d"]
POSITIONS = [(40, 20, 40), (50, 0, 50), (0, 100, 0), (0, 40, 60), (33.3, 33.4, 33.3), (100, 0, 0), (0, 0, 100), (25, 25, 50)]
MODELS = ["first", "last", "linear", "position", "time_decay", "markov", "shapley"]
DEAL_KINDS = [
    *["opportunity_won"] * 6,
    *["opportunity_lost"] * 2,
    "opportunity_opened",
    *["opportunity_moved"] * 2,
    "customer_renewed",
]
BACK = ["accepted", "accepted", "meeting_held"]
TOUCHES = ["page_viewed", "ad_clicked", "email_opened", "demo_watched", "coupon_used"]
NO_TOUCHES = ["email_delivered", "unsubscribed", "call_made", "commented"]
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Market:
    """What may be named, and who is there."""

    random: Random
    leads: list[str]
    times: list[datetime]
    campaigns: list[str]
    deals: list[str | None]

    def fact(self, kind: str, at: datetime, lead: str | None = None, **columns: Any) -> Row:
        """A new fact; what is not said is decided by chance."""
        random = self.random
        deal, won = kind.startswith(("opportunity", "customer")), kind == "opportunity_won"
        touching = kind in TOUCHES or random.random() < 0.3
        return {
            "fact_id": "",
            "lead_id": lead or random.choice(self.leads),
            "at": at,
            "recorded_at": at + random.choice([0, 0, 48]) * HOUR,
            "kind": kind,
            "campaign": random.choice([*self.campaigns, *self.campaigns, None, ""]) if touching else None,
            "channel": random.choice(CHANNELS),
            "actor": None,
            "opportunity_id": random.choice(self.deals) if deal else None,
            "amount": amount(random) if won else None,
            "currency": random.choice([None, None, *CURRENCIES]) if won else None,
            "properties": "{}",
            "source": "csv",
        } | columns


def amount(random: Random) -> Decimal | None:
    """An amount of money, seldom none."""
    text = random.choice(AMOUNTS)
    return None if text is None else Decimal(text)


def with_money(random: Random, case: Case) -> Case:
    """The case with rates, campaigns and settings; in most with more campaigns, opportunities and accounts, told anew and besides."""
    case = replace(case, tables=case.tables | small_tables(random, case))
    case = in_currencies(random, case)
    if random.random() < 0.25:
        return case
    leads = sorted({fact["lead_id"] for fact in case.facts})
    times = sorted({fact["at"] for fact in case.facts})
    campaigns = random.sample(CAMPAIGNS, random.choice([1, 2, 3, 3, 4, 5, 6]))
    market = Market(random, leads, times, campaigns, random.choice(DEALS))
    facts = told_anew(market, case.facts) + list(of_accounts(market)) + list(of_deals(market))
    facts += list(at_the_look_back(market, replace(case, facts=facts)))
    facts += list(as_rates_begin(market, case))
    told = facts[len(case.facts) :]
    return case.with_facts(facts[: len(case.facts)] + [fact | {"fact_id": f"m{n % 10}.{n}"} for n, fact in enumerate(told)])


# Agreements and small tables


def in_currencies(random: Random, case: Case) -> Case:
    """Each version with settings of its own, or with those of the one before; some with another currency."""
    settings, found = make_settings(random), []
    for number, version in enumerate(case.agreements):
        if number and random.random() < 0.5:
            settings = make_settings(random)
        changed = dict(version)
        if random.random() < (0.4 if number else 0.1):
            changed["currency"] = random.choice(CURRENCIES)
        if len(case.agreements) > 1 and random.random() < 0.6:
            weekly = {"name": "money by the week", "by": "both", "revenue": random.choice([1, 50, 1000]), "per": "week"}
            changed["commitments"] = [*changed.get("commitments", []), weekly]
        found.append(changed | ({"attribution": settings} if settings else {}))
    return replace(case, agreement=found[0], later=found[1:])


def make_settings(random: Random) -> dict[str, Any]:
    """How money is attributed; sometimes nothing is said."""
    if random.random() < 0.12:
        return {}
    found: dict[str, Any] = {"model": random.choice(MODELS)}
    if random.random() < 0.7:
        found["lookback"] = random.choice(LOOKBACKS)
    if random.random() < 0.7:
        found["position"] = [f"{one}%" for one in random.choice(POSITIONS)]
    if random.random() < 0.7:
        found["half_life"] = random.choice(HALF_LIVES)
    if random.random() < 0.75:
        found["scope"] = random.choice(["account", "account", "account", "lead"])
    return found


def small_tables(random: Random, case: Case) -> dict[str, list[Row]]:
    """Rates of some pairs of currencies and campaigns, some of them with a channel."""
    found: dict[str, list[Row]] = {}
    if random.random() < 0.85:
        found["rates"] = make_rates(random, case)
    if random.random() < 0.6:
        blank: Row = dict.fromkeys(("name", "owner_team", "starts", "ends"))
        chosen = random.sample(CAMPAIGNS, random.choice([1, 4, 8]))
        found["campaigns"] = [blank | {"campaign": one, "channel": random.choice([*CHANNELS, "print"])} for one in chosen]
    return found


def make_rates(random: Random, case: Case) -> list[Row]:
    """For each pair no rate, one for ever, or some on the days of facts; also one of a currency in itself, which says nothing."""
    zone = ZoneInfo(case.versions.last["timezone"])
    days = sorted(
        {(fact["at"].astimezone(zone) + random.choice([-24, 0, 0, 24]) * HOUR).date().isoformat() for fact in case.facts}
    )
    found = []
    for source in CURRENCIES:
        for target in CURRENCIES:
            if source == target and random.random() < 0.8:
                continue
            chosen = random.sample(days, min(len(days), random.choice([0, 1, 2, 4])))
            chosen += ["2000-01-01"] * (random.random() < 0.45)
            found += [
                {"day": day, "from_currency": source, "to_currency": target, "rate": random.choice(RATES)} for day in set(chosen)
            ]
    found.sort(key=lambda row: (row["day"], row["from_currency"], row["to_currency"]))
    random.shuffle(found)
    return found + [dict(row) for row in found[:1] if random.random() < 0.3]


# Facts


def told_anew(market: Market, facts: list[Row]) -> list[Row]:
    """The same facts with other campaigns, channels, opportunities and currencies; one told twice is changed in both."""
    random = market.random
    columns: dict[str, Row] = {}
    deals, money = random.choice(["as told", "as told", "by chance", "by lead"]), random.random() < 0.5
    for fact in sorted(facts, key=lambda fact: (fact["fact_id"], fact["at"], fact["recorded_at"], fact["kind"])):
        changed: Row = columns.setdefault(fact["fact_id"], {})
        if changed:
            continue
        changed |= {"campaign": random.choice([*market.campaigns, None]), "channel": random.choice(CHANNELS)}
        if deals != "as told" and fact["kind"].startswith("opportunity"):
            own = f"of {fact['lead_id']}"
            changed["opportunity_id"] = own if deals == "by lead" else random.choice(market.deals)
        if money and fact["kind"] == "opportunity_won":
            changed |= {"amount": amount(random), "currency": random.choice([None, *CURRENCIES])}
    return [fact | columns[fact["fact_id"]] for fact in facts]


def of_accounts(market: Market) -> Iterator[Row]:
    """Who is with whom: some leads have an account, or had one."""
    random = market.random
    accounts = random.choice([["Acme"], ["Acme", "acme"], ["Acme", "Acme", None, ""], ACCOUNTS])
    for lead in market.leads if random.random() < 0.8 else []:
        for _ in range(random.choice([0, 1, 1, 2, 3])):
            says = json.dumps({"account": random.choice(accounts)}, ensure_ascii=False)
            yield market.fact("profile_changed", random.choice(market.times), lead, campaign=None, properties=says)


def of_deals(market: Market) -> Iterator[Row]:
    """Opportunities that come and go, and some touches and other facts with a campaign."""
    random = market.random
    for _ in range(random.choice([0, 2, 3, 5])):
        yield market.fact(random.choice(DEAL_KINDS), random.choice(market.times) + random.choice([0, 0, 0, 30]) * HOUR)
    for _ in range(random.choice([0, 2, 6])):
        yield market.fact(random.choice([*TOUCHES, *TOUCHES, *NO_TOUCHES]), random.choice(market.times))
    if random.random() < 0.15:  # one campaign before each of many touches, as machines write them
        campaign, at = random.choice(market.campaigns), random.choice(market.times)
        for number in range(random.choice([9, 30])):
            yield market.fact("ad_clicked", at + number * HOUR, market.leads[0], campaign=campaign)


def at_the_look_back(market: Market, case: Case) -> Iterator[Row]:
    """Touches exactly at a win, as long before it as the look-back and whole half-lives, and in the look-back before the as-of time."""
    random, settings = market.random, case.versions.last.get("attribution") or {}
    wins = [fact for fact in case.facts if fact["kind"] == "opportunity_won" and fact["at"] <= case.as_of]
    lookback = elapsed(settings.get("lookback") or "3d")
    half_life = min(elapsed(settings.get("half_life") or "7d"), timedelta(days=10))
    steps = [timedelta(0), lookback, lookback, half_life, 2 * half_life, HOUR]
    for win in random.sample(wins, min(len(wins), random.choice([0, 1, 2, 4]))):
        for _ in range(random.choice([1, 2, 3, 5])):
            at = win["at"] - random.choice(steps) + random.choice([0, 0, -1, 1]) * MICROSECOND
            yield market.fact(random.choice(TOUCHES), at, win["lead_id"] if random.random() < 0.7 else None)
        if random.random() < 0.3:
            yield market.fact(
                "opportunity_lost", win["at"], opportunity_id=win["opportunity_id"] if random.random() < 0.8 else None
            )
    edge = case.as_of - lookback
    for at in random.sample(
        [edge, edge, edge - MICROSECOND, edge + MICROSECOND, case.as_of, case.as_of + MICROSECOND], random.choice([0, 3, 5])
    ):
        yield market.fact(random.choice(TOUCHES), at)
    for fact in [fact for fact in case.facts if fact["kind"] == "disqualified" and random.random() < 0.3]:
        yield market.fact(random.choice([*DEAL_KINDS, *BACK]), fact["at"] + random.choice([1, 2]) * MICROSECOND, fact["lead_id"])


def as_rates_begin(market: Market, case: Case) -> Iterator[Row]:
    """Wins exactly when a rate begins to hold, in the zone of the last version, or a microsecond beside."""
    random, last = market.random, case.versions.last
    begun = [row for row in case.tables.get("rates", []) if row["day"] > "2001" and row["to_currency"] == last["currency"]]
    for row in random.sample(begun, min(len(begun), random.choice([0, 1, 2]))):
        begin = datetime.fromisoformat(row["day"]).replace(tzinfo=ZoneInfo(last["timezone"])).astimezone(UTC)
        at = begin + random.choice([0, 0, 1, -1]) * MICROSECOND
        yield market.fact("opportunity_won", at, amount=Decimal("100.00"), currency=row["from_currency"])
