"""The scoreboard for a wall: what can be read from three metres. Answers that run, the latest win, and what time it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from smarketing.vocabulary.periods import day_start, local_day
from smarketing.web.board.celebrated import Win
from smarketing.web.held import remembered

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome

FRESH = timedelta(hours=1)
"""So long a win is celebrated aloud."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The clocks of sales: how many run, when the next one ends (None: none runs) and whether today, how many were broken since the day began."""

    running: int
    next_at: datetime | None
    next_today: bool
    broken_today: int


def answers() -> Answers:
    """As of the state that is held. Raises EmptyWorkspace."""
    found: Answers = remembered("answers", _answers)
    return found


def _answers(outcome: Outcome) -> Answers:
    clocks = outcome.table("clocks")
    zone = outcome.agreement.timezone
    morning = day_start(local_day(outcome.as_of, zone), zone)
    running = clocks.filter(pl.col("state") == "open")
    due = pl.col("due_at")
    broken = clocks.filter(pl.col("state").is_in(["breached", "late"]), due >= morning, due <= outcome.as_of)
    found = running["due_at"].min()
    next_at = found if isinstance(found, datetime) else None
    today = next_at is not None and local_day(next_at, zone) == local_day(outcome.as_of, zone)
    return Answers(running.height, next_at, today, broken.height)


def is_fresh(win: Win, as_of: datetime) -> bool:
    """Whether a win is so new that it is celebrated aloud."""
    return as_of - datetime.fromisoformat(win.won_at) < FRESH
