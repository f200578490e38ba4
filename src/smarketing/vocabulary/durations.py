"""How long: elapsed (`30d`) or in business time (`4 business hours`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Unit = Literal["minute", "hour", "day", "week"]
MICROSECONDS: dict[Unit, int] = {"minute": 60_000_000, "hour": 3_600_000_000, "day": 86_400_000_000, "week": 604_800_000_000}
LETTERS: dict[str, Unit] = {"m": "minute", "h": "hour", "d": "day", "w": "week"}
ELAPSED = re.compile(r"([0-9]+) ?([mhdw])")
BUSINESS = re.compile(r"([0-9]+) business (minute|hour|day)s?")


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount` of `unit`; elapsed time (a day is 24 hours) unless `business`."""

    amount: int
    unit: Unit
    business: bool = False

    @property
    def microseconds(self) -> int:
        """Length of elapsed time, or of business minutes and hours, in µs; business days have none."""
        if self.business and self.unit == "day":
            raise ValueError("business days have no fixed length")
        return self.amount * MICROSECONDS[self.unit]

    def __str__(self) -> str:
        if self.business:
            return f"{self.amount} business {self.unit}{'' if self.amount == 1 else 's'}"
        return f"{self.amount}{self.unit[0]}"


def parse_duration(text: str) -> Duration:
    """Read `30d`, `24h`, `4 business hours`. Raises ValueError with what would be right."""
    text = text.strip()
    if found := ELAPSED.fullmatch(text):
        return Duration(int(found[1]), LETTERS[found[2]])
    if found := BUSINESS.fullmatch(text):
        unit: Unit = found[2]  # type: ignore[assignment]
        return Duration(int(found[1]), unit, business=True)
    raise ValueError(f'"{text}" is not a duration; write 30m, 24h, 30d, 2w or 4 business hours, 10 business days')
