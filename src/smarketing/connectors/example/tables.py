"""The small tables of the example company: campaigns, spend, reps, absences and rates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from smarketing.connectors.example.company import CAMPAIGNS, FIRST_DAY, FIXED_LAST_DAY, REPS, Campaign
from smarketing.connectors.example.desks import absences_of
from smarketing.connectors.example.dice import Dice
from smarketing.vocabulary.tables import SMALL_TABLES

QUIET_MONTH = (date(2026, 8, 1), date(2026, 8, 24))
"""While the form was broken, most of the paid search was paused."""
RATES = {"USD": 9150, "CHF": 10480}
"""Euros for 10,000 of the currency on the first day."""
Line = dict[str, str | int | None]


def write_tables(folder: Path, *, weeks: int, seed: str) -> None:
    """Write every small table as FOLDER/NAME.csv, shifted by whole weeks."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = {
        "campaigns": campaign_lines(weeks),
        "spend": spend_lines(weeks, Dice(f"{seed}:spend")),
        "reps": rep_lines(weeks),
        "absences": absence_lines(weeks),
        "rates": rate_lines(weeks, Dice(f"{seed}:rates")),
    }
    for name, rows in lines.items():
        texts = pl.DataFrame(list(rows), schema=dict.fromkeys(SMALL_TABLES[name], pl.String), strict=False)
        texts.write_csv(folder / f"{name}.csv")


def later(day: date, weeks: int) -> str:
    """A date, shifted, as text."""
    return (day + timedelta(weeks=weeks)).isoformat()


def campaign_lines(weeks: int) -> Iterator[Line]:
    """One line for each campaign."""
    for c in CAMPAIGNS:
        yield {"campaign": c.campaign, "name": c.name, "channel": c.channel, "owner_team": c.owner_team,
               "starts": later(c.starts, weeks), "ends": later(c.ends, weeks)}  # fmt: skip


def spend_lines(weeks: int, dice: Dice) -> Iterator[Line]:
    """One line for each campaign and day on which it cost something."""
    for c in CAMPAIGNS:
        for number in range((c.ends - c.starts).days + 1):
            day = c.starts + timedelta(days=number)
            if cents := cost_on(c, day, dice):
                amount = f"{cents // 100}.{cents % 100:02d}"
                yield {"campaign": c.campaign, "day": later(day, weeks), "amount": amount, "currency": "EUR"}


def cost_on(c: Campaign, day: date, dice: Dice) -> int:
    """Cents on one day: less at weekends; referrals cost by the month, paid search was paused while the form was broken."""
    if c.channel in ("referral", "partner"):
        return c.cost * 3000 if day.day == 1 else 0
    cents = c.cost * dice.between(70, 130)
    if c.channel == "paid_search" and QUIET_MONTH[0] <= day < QUIET_MONTH[1]:
        cents //= 5
    return cents * 6 // 10 if day.weekday() >= 5 else cents


def rep_lines(weeks: int) -> Iterator[Line]:
    """One line for each rep."""
    for rep in REPS:
        yield {"rep": rep.rep, "name": rep.name, "team": rep.team, "role": rep.role, "calendar": rep.calendar,
               "active_from": later(FIRST_DAY, weeks), "active_to": None, "capacity": text(rep.capacity), "quota": text(rep.quota)}  # fmt: skip


def text(number: int | None) -> str | None:
    """A number as text; nothing for none."""
    return None if number is None else str(number)


def absence_lines(weeks: int) -> Iterator[Line]:
    """One line for each absence; a time of day stays as it is."""
    for rep in REPS:
        for span in absences_of(rep):
            begin, end = (later(date.fromisoformat(at[:10]), weeks) + at[10:] for at in span)
            yield {"rep": rep.rep, "from": begin, "to": end}


def rate_lines(weeks: int, dice: Dice) -> Iterator[Line]:
    """One line for each day and currency: a slow walk."""
    for currency, rate in RATES.items():
        for number in range((FIXED_LAST_DAY - FIRST_DAY).days + 1):
            rate += dice.between(-18, 18)
            text_of_rate = f"{rate // 10_000}.{rate % 10_000:04d}"
            yield {
                "day": later(FIRST_DAY + timedelta(days=number), weeks),
                "from_currency": currency,
                "to_currency": "EUR",
                "rate": text_of_rate,
            }
