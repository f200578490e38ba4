"""What of a funnel cannot be read as a trend: wins that were not recorded yet, cohorts that are too young, odd orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import exp
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from smarketing.reports.report import Note

CHANCE = 0.01
"""How unlikely it must be that the wins before the first one are missing by chance."""
ENOUGH_LEADS = 30
"""Of how many later leads the usual win rate is read."""
ENOUGH_WINS = 10
"""Of how many wins the usual time to win is read."""


def trend_notes(leads: pl.DataFrame, shown: pl.DataFrame, *, as_of: datetime, zone: str) -> Iterator[Note]:
    """The notes on a funnel; `leads` is everybody in the journal, `shown` those the report counts.

    Both have one row for each lead: `began_at` (its first touch, without one its first fact), `first_touch_at`, `won_at`.
    """
    yield from recording_note(leads, shown, zone=zone)
    yield from youth_note(leads, shown, as_of=as_of, zone=zone)
    yield from order_note(shown)


def recording_note(leads: pl.DataFrame, shown: pl.DataFrame, *, zone: str) -> Iterator[Note]:
    """SMK-R001: wins are recorded only from the first one on, while leads reach further back.

    Expected before the first win: for each lead that began before it, the share of the leads that began after it which was won
    within the time that the older lead had. Where so many wins are missing with a chance below 1% (Poisson), nobody recorded
    them. Needs 30 later leads; `shown` must reach back before that day.
    """
    first = leads["won_at"].min()
    if not isinstance(first, datetime):
        return
    older, later = leads.filter(pl.col("began_at") < first), leads.filter(pl.col("began_at") >= first)
    if later.height < ENOUGH_LEADS or shown.filter(pl.col("began_at") < first).is_empty():
        return
    had = (first - older["began_at"]).dt.total_microseconds().to_numpy()
    expected = float(np.searchsorted(_times_to_win(later), had, side="right").sum()) / later.height
    if exp(-expected) < CHANCE:
        day, oldest = _day(first, zone), _day(older["began_at"].min(), zone)
        yield Note(
            "SMK-R001",
            f"Wins are recorded from {day} on, leads from {oldest} on: about {expected:.0f} wins would be expected before {day} "
            f"and there is none. The win rate of leads from before {day} is too low; it is no trend.",
        )


def youth_note(leads: pl.DataFrame, shown: pl.DataFrame, *, as_of: datetime, zone: str) -> Iterator[Note]:
    """SMK-R002: cohorts younger than the usual time to win, within which nine of ten wins come. Needs 10 wins."""
    times = _times_to_win(leads)
    if len(times) < ENOUGH_WINS:
        yield Note("SMK-R002", "There are too few wins (under 10) to say how long a win takes; young leads may still be won.")
        return
    usual = timedelta(microseconds=float(np.quantile(times, 0.9)))
    young = shown.filter(pl.col("began_at") > as_of - usual).height
    count = f"that is {young:,} of the {shown.height:,} leads here" if young else "none of the leads here is one"
    yield Note(
        "SMK-R002",
        f"Nine of ten wins came within {usual / timedelta(days=1):.0f} days of the first touch. Leads from after "
        f"{_day(as_of - usual, zone)} are too young to be compared with older ones; {count}.",
    )


def order_note(shown: pl.DataFrame) -> Iterator[Note]:
    """SMK-R003: leads that were won before their first touch; they count as won."""
    early = shown.filter(pl.col("won_at") < pl.col("first_touch_at")).height
    if early == 1:
        yield Note("SMK-R003", "1 lead was won before its first touch; it counts as won, but not for the usual time to win.")
    elif early:
        text = f"{early:,} leads were won before their first touch; they count as won, but not for the usual time to win."
        yield Note("SMK-R003", text)


def _times_to_win(leads: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Ascending, in µs, of the leads that were won after they began."""
    took = leads.select((pl.col("won_at") - pl.col("began_at")).dt.total_microseconds()).to_series().drop_nulls()
    return took.filter(took >= 0).sort().to_numpy()


def _day(at: object, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).date().isoformat() if isinstance(at, datetime) else "?"
