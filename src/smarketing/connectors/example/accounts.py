"""The companies that the leads work for, and the profiles that earn a grade."""

from __future__ import annotations

from smarketing.connectors.example.company import BUYERS, INDUSTRIES, OUTSIDERS
from smarketing.connectors.example.dice import Dice

NAMES = (
    "Tal Min Os Quan Fen Bel Cor Dun Esk Far Gel Hal".split(),
    "ve ka tre di ni wi va ma ki ro".split(),
    "ro va lle ry mor ck ne rra d by".split(),
)
TRADE = {
    "logistics": "Logistics", "manufacturing": "Works", "hospital": "Clinics", "retail": "Stores", "hotel": "Hotels",
    "public": "Services", "education": "Schools", "software": "Systems",
}  # fmt: skip
A_COLLEAGUE = 280
"""So many of a thousand leads work where another one does already, if one fits."""
Profile = dict[str, str | int]


class Accounts:
    """Who the leads are and where they work; colleagues share their company's industry, size, country and domain."""

    def __init__(self, seed: str) -> None:
        dice = Dice(f"{seed}:accounts")
        names = [first + middle + last for first in NAMES[0] for middle in NAMES[1] for last in NAMES[2]]
        self._unused = {industry: dice.shuffled(names) for industry in INDUSTRIES}
        self._known: dict[tuple[str, ...], list[Profile]] = {}

    def profile(self, dice: Dice, grade: str, country: str) -> tuple[Profile, tuple[str, ...]]:
        """(attributes that earn the grade, the obstacles of such a buyer)."""
        name = dice.weighted(list(BUYERS), [40, 25, 20, 15])
        buyer = BUYERS[name]
        outsider = grade == "D" and dice.chance(300)
        colleagues = self._known.setdefault((name, grade, country), [])
        if colleagues and dice.chance(A_COLLEAGUE):
            company = dice.pick(colleagues)
        else:
            company = self._company(dice, name, grade, country)
            colleagues.append(company)
        profile = {"role": dice.pick(OUTSIDERS if outsider else buyer.roles), **company}
        if grade == "D" and dice.chance(250):
            profile["email_domain"] = "gmail.com"
        return profile, buyer.obstacles

    def _company(self, dice: Dice, buyer_name: str, grade: str, country: str) -> Profile:
        buyer = BUYERS[buyer_name]
        low, high = buyer.sizes
        wrong = dice.between(max(low // 4, 2), low - 1) if dice.chance(600) else dice.between(high + 1, high * 4)
        others = [industry for industry in INDUSTRIES if industry not in buyer.industries]
        industry = dice.pick(buyer.industries if grade in "AC" else others)
        account = f"{self._unused[industry].pop()} {TRADE[industry]}"
        return {
            "industry": industry,
            "employees": dice.between(low, high) if grade in "AB" else wrong,
            "country": country,
            "account": account,
            "email_domain": account.lower().replace(" ", "-") + ".example",
        }
