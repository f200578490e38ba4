"""Money of one currency in another, at the rate of its day (contract, section 3.6, and `docs/decisions/`).

A rate of the small table `rates` holds from its day on, in the zone of the last version, until the next row of the same pair. Nothing is
turned round and nothing goes by way of a third currency. Where there is no rate yet, there is no amount: it counts as 0.00, and is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference.business import read_date
from tests.reference.journal import Fact
from tests.reference.versions import Versions

Small = Mapping[str, list[dict[str, Any]]]
NOTHING = Decimal("0.00")


class Exchange:
    """The rates of the small tables, and the currency of every fact."""

    def __init__(self, versions: Versions, tables: Small) -> None:
        self.versions = versions
        self.zone = ZoneInfo(versions.last["timezone"])
        self.rows = tables.get("rates") or []

    @property
    def currency(self) -> str:
        """What ledger, credits and hand-offs are told in: the currency of the last version."""
        return str(self.versions.last["currency"])

    def day_of(self, at: datetime) -> date:
        """The day of an instant."""
        return at.astimezone(self.zone).date()

    def rate(self, source: str, target: str, at: datetime) -> Fraction | None:
        """How much of the target one of the source is on that day; None where no rate holds yet."""
        if source == target:
            return Fraction(1)
        known = [row for row in self.rows if (row["from_currency"], row["to_currency"]) == (source, target)]
        begun = [row for row in known if read_date(row["day"]) <= self.day_of(at)]
        return Fraction(str(max(begun, key=lambda row: read_date(row["day"]))["rate"])) if begun else None

    def converted(self, amount: Decimal, source: str, target: str, at: datetime) -> Decimal:
        """The amount in the target currency, to the cent; 0.00 without a rate."""
        rate = self.rate(source, target, at)
        return NOTHING if rate is None else to_the_cent(Fraction(amount) * rate)

    def currency_of(self, fact: Fact) -> str:
        """One that names no currency is in that of the version in force when it happened."""
        return fact.currency or str(self.versions.at(fact.at)["currency"])

    def amount_of(self, fact: Fact, currency: str | None = None) -> Decimal:
        """What a fact's amount is in a currency (else in that of the last version); 0 where it has none."""
        if fact.amount is None:
            return NOTHING
        return self.converted(fact.amount, self.currency_of(fact), currency or self.currency, fact.at)

    def missing(self, facts: list[Fact]) -> Iterator[tuple[str, Fact]]:
        """The facts whose amounts no rate can tell in the currency of the last version, with their own currency."""
        for fact in facts:
            own = self.currency_of(fact)
            if fact.amount is not None and self.rate(own, self.currency, fact.at) is None:
                yield own, fact


def to_the_cent(amount: Fraction) -> Decimal:
    """Rounded to cents, half a cent away from zero."""
    cents = int(abs(amount) * 100 + Fraction(1, 2))
    return (Decimal(cents) if amount > 0 else -Decimal(cents)).scaleb(-2).quantize(NOTHING)
