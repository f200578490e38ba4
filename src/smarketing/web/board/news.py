"""What is news to somebody who has had the scoreboard open for a while: promises that were broken meanwhile, and deals that were won."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from smarketing.reports.scoreboard.wins import wins_with_reps
from smarketing.web.held import remembered
from smarketing.web.look import formats

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome


class Standing(NamedTuple):
    """How many promises were ever broken (also those that were kept later), and how many deals stand won."""

    broken: int
    won: int

    @property
    def url(self) -> str:
        """Where somebody who has seen this asks for news."""
        return f"/news?broken={self.broken}&won={self.won}"


def standing() -> Standing:
    """As of the state that is held. Raises EmptyWorkspace."""
    found: Standing = remembered("standing", _standing)
    return found


def _standing(outcome: Outcome) -> Standing:
    broken = outcome.table("clocks").filter(pl.col("state").is_in(["breached", "late"])).height
    return Standing(broken, wins_with_reps(outcome).height)


def said(seen: Standing, now: Standing) -> str:
    """`2 promises were just broken, and a deal was just won`; "" where nothing is new."""
    parts = []
    if now.broken > seen.broken:
        parts.append(_counted(now.broken - seen.broken, "a promise was just broken", "{} promises were just broken"))
    if now.won > seen.won:
        parts.append(_counted(now.won - seen.won, "a deal was just won", "{} deals were just won"))
    text = ", and ".join(parts)
    return text[:1].upper() + text[1:]


def _counted(number: int, one: str, many: str) -> str:
    return one if number == 1 else many.format(formats.number(number))
