"""The plan of all lives: who comes when and from where, what sort of lead it is, and how it will end.

Shares are dealt rather than thrown, so that each campaign, grade and month gets what the company's story says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from smarketing.connectors.example.accounts import Accounts, Profile
from smarketing.connectors.example.company import (
    BROUGHT,
    CAMPAIGNS,
    COUNTRIES,
    DAY,
    FAIR_DAYS,
    FIRST_DAY,
    FIXED_LAST_DAY,
    GRADES,
    HELD,
    HOUR,
    LEADS,
    MINUTE,
    PASSERS,
    RIPE_IN_MONTH,
    SECOND,
    UNPAID,
    Campaign,
    midnight,
)
from smarketing.connectors.example.dice import Dice

Sort = Literal["passer", "subscriber", "held", "ripe", "brought"]
OUTCOMES = {"no answer": 110, "no timing": 190, "again": 80, "disqualified": 35, "ignored": 25, "unassigned": 15}
"""Of a thousand hand-offs, beside those won and rejected; the rest is lost. `again`: sent back, and handed over once more."""
ROUND = 30
"""So many leads of a campaign, one after the other, share out its outcomes: no month is all luck."""
TIME_FOR_ANOTHER_TRY = 240 * DAY


@dataclass(slots=True)
class Life:
    """One lead as planned. It is first seen at `first_at`, says who it is at `known_at` (None: never), is busy with us from
    `busy_at` to `ripe_at` (None: never ripe). `outcome` is what sales will make of it; `chance` falls for this lead alone.
    Its instants are spread over day and night; what it does is written down at `awake` of them."""

    sort: Sort
    campaign: Campaign
    country: str
    grade: str
    profile: Profile
    obstacles: tuple[str, ...]
    first_at: int
    known_at: int | None = None
    busy_at: int | None = None
    ripe_at: int | None = None
    outcome: str = ""
    lead: str = ""
    chance: Dice = None  # type: ignore[assignment]  # given when the leads are numbered


def planned(seed: str) -> list[Life]:
    """All lives in the order in which they are first seen, numbered in it."""
    accounts = Accounts(seed)
    lives = ripe_lives(seed, accounts) + held_lives(seed, accounts) + brought_lives(seed, accounts)
    lives += cold_lives(seed, accounts, LEADS - len(lives))
    lives.sort(key=lambda life: life.first_at)
    for number, life in enumerate(lives, 1):
        life.lead = f"{'visitor' if life.sort == 'passer' else 'lead'}-{number:04d}"
        life.chance = Dice(f"{seed}:{number}")
    return lives


def ripe_lives(seed: str, accounts: Accounts) -> list[Life]:
    """The leads that become ripe for sales, month by month, each with its end."""
    dice = Dice(f"{seed}:ripe")
    lives: list[Life] = []
    for month, number in RIPE_IN_MONTH.items():
        campaigns = dice.dealt({campaign: campaign.ripe for campaign in running(month)}, number)
        grades = dice.dealt(GRADES, number)
        lives += [
            ripe_life(dice, accounts, "ripe", campaign, grade, month) for campaign, grade in zip(campaigns, grades, strict=True)
        ]
    lives.sort(key=lambda life: life.ripe_at or 0)
    for campaign in (*CAMPAIGNS, UNPAID):
        own = [life for life in lives if life.campaign is campaign]
        dealt = [
            outcome
            for start in range(0, len(own), ROUND)
            for outcome in dice.dealt(outcomes(campaign), len(own[start : start + ROUND]))
        ]
        for life, outcome in zip(own, dealt, strict=True):
            late = (life.ripe_at or 0) > midnight(FIXED_LAST_DAY) - TIME_FOR_ANOTHER_TRY
            life.outcome = "no timing" if outcome == "again" and late else outcome
    return lives


def outcomes(campaign: Campaign) -> dict[str, int]:
    """How a thousand hand-offs of a campaign end."""
    shares = OUTCOMES | {"won": campaign.won, "rejected": campaign.rejected}
    if campaign.campaign == "giveaway":
        shares |= {"no timing": 90, "again": 0}
    return shares | {"lost": max(1000 - sum(shares.values()), 0)}


def running(month: str) -> list[Campaign]:
    """The campaigns that bring ripe leads in a month."""
    first = date.fromisoformat(f"{month}-01")
    middle = first + timedelta(days=14)
    there = [c for c in CAMPAIGNS if c.campaign != "fair-logistics" and c.starts <= middle and c.ends >= middle]
    return [*there, *(c for c in CAMPAIGNS if c.campaign == "fair-logistics" and month == "2026-03"), UNPAID]


def ripe_life(dice: Dice, accounts: Accounts, sort: Sort, campaign: Campaign, grade: str, month: str) -> Life:
    """A lead that is busy with us for some days until it is ripe, on a working day of the month."""
    country = dice.weighted(list(COUNTRIES), list(COUNTRIES.values()))
    ripe = moment_on(dice, ripe_day(dice, campaign, month), country)
    profile, obstacles = accounts.profile(dice, grade, country)
    start = midnight(max(campaign.starts, FIRST_DAY)) + dice.between(7, 12) * HOUR
    if campaign.campaign == "fair-logistics":
        busy = midnight(dice.pick(FAIR_DAYS)) + dice.between(8 * 60, 16 * 60) * MINUTE
        first = known = busy
    else:
        busy = max(ripe - dice.between(2 * 24 * 60, 14 * 24 * 60) * MINUTE, start)
        first = max(busy - dice.early(0, 120 * 24 * 60) * MINUTE, start)
        known = first + dice.early(0, max((busy - first) // MINUTE, 1)) * MINUTE
    return Life(sort, campaign, country, grade, profile, obstacles, first, known, busy, ripe)


def ripe_day(dice: Dice, campaign: Campaign, month: str) -> date:
    """A working day of the month on which the campaign has been running for three days; the fair's come in the week after it."""
    first = date.fromisoformat(f"{month}-01")
    days = [first + timedelta(days=n) for n in range(31)]
    days = [day for day in days if day.month == first.month and day.weekday() < 5]
    if campaign.campaign == "fair-logistics":
        return dice.pick([day for day in days if 13 <= day.day <= 20])
    return dice.pick([day for day in days if max(campaign.starts, FIRST_DAY) + timedelta(days=4) <= day])


def awake(at: int, country: str) -> int:
    """The same day at an hour at which people of that country are up; what came first stays first."""
    begins, hours = (13, 11) if country == "US" else (5, 15)
    day, time = at // DAY * DAY, at % DAY
    return day + begins * HOUR + time * hours // 24 // SECOND * SECOND


def moment_on(dice: Dice, day: date, country: str) -> int:
    """Some instant of a day on which people of that country are awake and at work."""
    hour = 13 if country == "US" else 6
    return midnight(day) + hour * HOUR + dice.below(10 * HOUR // SECOND) * SECOND


def held_lives(seed: str, accounts: Accounts) -> list[Life]:
    """Leads that look ripe and that marketing's check holds back."""
    dice = Dice(f"{seed}:held")
    months = list(RIPE_IN_MONTH)[2:]
    lives = []
    for number in range(HELD):
        month = months[number % len(months)]
        campaign = dice.pick([c for c in running(month) if c.campaign not in ("fair-logistics", "referral")])
        lives.append(ripe_life(dice, accounts, "held", campaign, dice.weighted("ABCD", [10, 40, 25, 25]), month))
    return lives


def brought_lives(seed: str, accounts: Accounts) -> list[Life]:
    """Leads that a rep found and worked without marketing; most are people the rep knows, so they often buy."""
    dice = Dice(f"{seed}:brought")
    ends = dice.dealt({"won": 300, "lost": 400, "no timing": 300}, BROUGHT)
    lives = []
    for number, outcome in enumerate(ends):
        day = FIRST_DAY + timedelta(days=20 + number * 7 + dice.below(5))
        country = dice.weighted(list(COUNTRIES), list(COUNTRIES.values()))
        grade = dice.weighted("ABCD", [30, 40, 20, 10])
        at = moment_on(dice, day, country)
        lives.append(
            Life("brought", UNPAID, country, grade, *accounts.profile(dice, grade, country), at, known_at=at, outcome=outcome)
        )
    return lives


def cold_lives(seed: str, accounts: Accounts, number: int) -> list[Life]:
    """Visitors who never say who they are, and subscribers who read and never become ripe."""
    dice = Dice(f"{seed}:cold")
    campaigns = dice.dealt({campaign: campaign.cold for campaign in (*CAMPAIGNS, UNPAID)}, number)
    passers: list[Sort] = ["passer"] * PASSERS
    subscribers: list[Sort] = ["subscriber"] * (number - PASSERS)
    lives = []
    for campaign, sort in zip(campaigns, dice.shuffled(passers + subscribers), strict=True):
        country = dice.weighted(list(COUNTRIES), list(COUNTRIES.values()))
        grade = dice.weighted("ABCD", [6, 22, 30, 42])
        days = (min(campaign.ends, FIXED_LAST_DAY) - campaign.starts).days
        first = moment_on(dice, campaign.starts + timedelta(days=dice.below(days)), country)
        profile, obstacles = accounts.profile(dice, grade, country)
        known = first + dice.early(1, 40 * 24 * 60) * MINUTE if sort == "subscriber" else None
        lives.append(Life(sort, campaign, country, grade, profile, obstacles, first, known))
    return lives
