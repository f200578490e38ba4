"""What a back-test cannot know, how far it could change the answer, and what a holdout would settle.

A hand-off of the draft that was never made, of a lead that nobody worked, has no outcome. No method brings it back: the leads that were
worked are not like those that were not, or the agreement would not tell them apart. So there are bounds, the worst case (none of them
would have been won) and the best (all), and the share of the hand-offs for which that holds (C. F. Manski, Partial Identification of
Probability Distributions, 2003). Only handing over some of them at random settles it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil, sqrt
from typing import Any

import polars as pl

from smarketing.derivations.intervals import Z90
from smarketing.reports.backtest.past import CYCLE
from smarketing.reports.backtest.sides import Side
from smarketing.reports.handed.waiting import usual_time_to_win

Figures = dict[str, Any]
WIDTH = 0.05
"""To how much the chance of a win shall be known, either way."""
PRESENT = timedelta(weeks=13)
"""The stretch before the end from which the present inflow is read."""
ASSUMED_SHARE = 0.05
"""The share of a holdout where neither side has one."""


def bounds(draft: Side, against: Side) -> Figures:
    """Low and high of each figure that depends on what nobody knows: `precision`, `recall`, `breaches`, and `against_recall`."""
    n, known = draft.unknown.height, draft.handed.filter("known")
    won, found, wins = int(known["won"].sum()), int(draft.found["before"].sum()), draft.found.height
    seen, asked = int(against.found["before"].sum()), unknown_before_the_end(draft)
    return {
        "precision": _between(_share(won, known.height + n), _share(won + n, known.height + n)),
        "recall": _between(_share(found, wins), _share(found + asked, wins + asked)),
        "breaches": _between(draft.breaches(unmoved(draft, against)), draft.breaches(draft.handed)),
        "against_recall": _between(_share(seen, wins + asked), _share(seen, wins)),
    }


def unknown_before_the_end(draft: Side) -> int:
    """The unknown hand-offs whose win could lie in what was asked for: those before its end, from before its begin too."""
    if draft.past.from_at is None:
        return draft.unknown.height
    earlier = Side(draft.outcome, _from_the_beginning(draft), draft.made)
    return earlier.unknown.height


def _from_the_beginning(draft: Side) -> Any:
    from dataclasses import replace

    return replace(draft.past, from_at=None)


def unmoved(draft: Side, against: Side) -> pl.DataFrame:
    """The draft's hand-offs that were made at the very same moment: only there is it certain how fast sales answers."""
    return draft.handed.join(against.all_handed.select(*CYCLE, "handed_at"), on=[*CYCLE, "handed_at"], how="semi")


@dataclass(frozen=True, slots=True)
class Holdout:
    """What would settle it: so many `leads` handed over at random, of whom a `share` is taken; `days` until their outcome is known
    (None: nobody comes), `waiting` of them for the wins to come; `chance`: the chance of a win that was assumed."""

    leads: int
    days: int | None
    share: float
    assumed: bool
    waiting: int | None
    chance: float


def holdout(draft: Side, against: Side) -> Holdout:
    """How many of the draft's unknown leads must be handed over at random until their chance of a win is known to ± WIDTH (90%).

    So many that Wilson's interval is that narrow around the chance of those that the agreement hands over, less those of the holdout
    that are known already. `days`: until that many have come, at the inflow of the last 13 weeks times the holdout's share, and then
    the time within which nine of ten wins come.
    """
    terms = draft.outcome.agreement.holdout or against.outcome.agreement.holdout
    share = ASSUMED_SHARE if terms is None else float(terms.share)
    usual = usual_time_to_win(against.outcome)
    waiting = None if usual is None else ceil(usual / timedelta(days=1))
    precision = against.figures(against)["precision"]["rate"]
    chance = 0.5 if precision is None else precision
    if draft.unknown.is_empty():
        return Holdout(0, 0, share, terms is None, waiting, chance)
    known = draft.handed.join(against.past.held_out, on="lead_id", how="semi").join(draft.unknown, on=CYCLE, how="anti")
    settled = known.join(draft.made.select(CYCLE), on=CYCLE, how="anti").height if draft.made is not None else 0
    leads = max(0, leads_needed(chance) - settled)
    daily = inflow(draft) * share
    days = None if daily == 0 and leads else ceil(leads / daily if leads else 0) + (waiting or 0)
    return Holdout(leads, days, share, terms is None, waiting, chance)


def leads_needed(chance: float, width: float = WIDTH) -> int:
    """The smallest n for which Wilson's 90% interval around that share is at most ± `width`."""
    low, high = 0, 1
    while half_width(chance, high) > width:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if half_width(chance, middle) > width else (low, middle)
    return high


def half_width(share: float, of: int) -> float:
    """Half of Wilson's interval."""
    spread = Z90 * Z90 / of
    return Z90 * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)


def inflow(draft: Side) -> float:
    """Unknown hand-offs a day, of the last 13 weeks of the span."""
    past = draft.past
    begin = max(past.begin_at, past.end_at - PRESENT)
    days = (past.end_at - begin) / timedelta(days=1)
    return draft.unknown.filter(pl.col("handed_at") >= begin).height / days if days else 0.0


def _share(n: int, of: int) -> float | None:
    return n / of if of else None


def _between(low: float | None, high: float | None) -> Figures:
    return {"low": low, "high": high}
