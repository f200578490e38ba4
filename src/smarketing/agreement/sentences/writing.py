"""How figures stand in a sentence: plainly, or as a reader of another country writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from smarketing.agreement.changes import phrases
from smarketing.agreement.values import Side


def _money(value: Decimal, currency: str) -> str:
    return f"{phrases.number(value)} {currency}"


@dataclass(frozen=True)
class Writing:
    """`number` and `share` (a fraction) take a decimal, `money` an amount and its currency, `day` a date, `person` an address."""

    number: Callable[[Decimal], str] = phrases.number
    money: Callable[[Decimal, str], str] = _money
    share: Callable[[Decimal], str] = phrases.percent
    day: Callable[[date], str] = str
    person: Callable[[str], str] = str


PLAIN = Writing()
"""`60,000 EUR`, `50%`, `2025-11-01`."""
WHO: dict[Side, str] = {"marketing": "marketing", "sales": "sales", "both": "both teams together"}


SPELLED = {"it", "hr", "pr", "vp", "ceo", "cfo", "cio", "cmo", "coo", "cro", "cto"}
"""Words in names that are said letter by letter."""


def does(by: Side, verb: str) -> str:
    """Who does it: `marketing hands over`, `both teams together hand over`."""
    first, _, rest = verb.partition(" ")
    conjugated = verb if by == "both" else f"{first}s {rest}".rstrip()
    return f"{WHO[by]} {conjugated}"


def title(name: str) -> str:
    """`operations_olga` as people write it: Operations Olga; `it_ingo`: IT Ingo."""
    return " ".join(word.upper() if word in SPELLED else phrases.upper(word) for word in name.replace("_", " ").split())


def plural(stage: str) -> str:
    """`MQLs`, `customers`, `opportunities`."""
    if stage.isupper() or not stage.endswith("y"):
        return f"{stage}s"
    return f"{stage[:-1]}ies"
