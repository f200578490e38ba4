"""What was promised, what came of it, and what is to be expected: a row for each commitment and period (contract, 3.4).

The version in force at the end of a period (or at `as_of`, if that is earlier) says what is promised for it: each version's commitments
have a row for those of their periods, cut in its zone, of which it is that version; hand-offs, clocks and wins count whatever version
they came about under. Rows begin with the first version. Where the contract leaves open what it means, it means here:
the three whole periods before count with what came of this promise, whichever version they were promised under; where two versions
promise, under one name, periods of different lengths that begin together, the later version's row stays;
a clock has fallen due once `as_of` is later than `due_at`; a period of which all business time is holidays passes by plain time;
a whole period is one that is over and has a row; an opportunity without an id is one for each lead; a win without an amount, or of
another currency without a rate on its day, counts as a win of 0; a row of money has as its spread the root of k × the mean square of single amounts, k the
number still expected at the mean of those amounts (a compound Poisson sum); a count still to come is Poisson distributed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import exp, sqrt
from typing import Any

from tests.reference.business import WorkingTime, read_instant, working_time
from tests.reference.journal import Fact
from tests.reference.periods import TENTH, Period, passed_share, periods
from tests.reference.rates import Exchange
from tests.reference.receipt import share
from tests.reference.versions import Document, Versions, start_of

Row = dict[str, Any]
Lives = dict[str, list[Fact]]
Range = tuple[float | None, float | None, float | None]
Z = 1.6449
CLOCKS = ("respond_within", "decide_within", "attempts")
UNITS = {"deliver": "leads", "pursue": "leads", "worth": "money", "revenue": "money", "accepted": "share"}
DECISIONS = ("accepted_at", "rejected_at", "recycled_at", "disqualified_at")
NOTHING: Range = (None, None, None)


@dataclass(frozen=True)
class Tally:
    """What one period came to: the figure, how many it is made of and, of money, the single amounts."""

    actual: float | None
    n: int
    singles: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What the tallies are taken from."""

    handoffs: list[Row]
    clocks: list[Row]
    wins: list[tuple[datetime, Decimal]]
    as_of: datetime


def commitment_rows(exchange: Exchange, as_of: datetime, lives: Lives, handoffs: list[Row], clocks: list[Row]) -> list[Row]:
    """The rows of `commitments`; none where nothing has happened yet."""
    versions: Versions = exchange.versions
    times = [fact.at for life in lives.values() for fact in life]
    if not times:
        return []
    first = max(min(times), start_of(versions.all[0]) or min(times))
    by_marketing = [row for row in handoffs if row["sourced"] == "marketing"]
    found: dict[tuple[str, datetime], Row] = {}
    for version in versions.all:
        seen = Seen(by_marketing, clocks, wins(lives, exchange, version["currency"]), as_of)
        for commitment in version.get("commitments") or []:
            for period, row in rows_of(commitment, version, seen, first):
                if versions.at(min(as_of, period.end)) is version:
                    found[row["name"], row["period_start"]] = row
    return list(found.values())


def rows_of(commitment: dict[str, Any], version: Document, seen: Seen, first: datetime) -> Iterator[tuple[Period, Row]]:
    """The rows of one commitment of a version for every period, one after the other."""
    zone, in_force = version["timezone"], version.get("in_force") or {}
    trial_until = read_instant(in_force["trial_until"], zone) if in_force.get("trial_until") else None
    calendar = working_time(None, version, {})
    earlier: list[Tally] = []
    for period in periods(first, seen.as_of, commitment["per"], zone):
        tally = tally_of(commitment, seen, period)
        trial = trial_until is not None and period.start < trial_until
        yield period, row_of(commitment, seen.as_of, period, tally, earlier, calendar) | {"trial": trial}
        earlier.append(tally)


def row_of(
    commitment: dict[str, Any],
    as_of: datetime,
    period: Period,
    tally: Tally,
    earlier: list[Tally],
    calendar: WorkingTime | None,
) -> Row:
    """One row, but for `trial`."""
    kind, target = kind_of(commitment), target_of(commitment)
    unit = UNITS.get(kind, "share")
    passed = passed_share(period, as_of, calendar)
    expected = target if unit == "share" else target * passed
    low, middle, high = share_range(tally) if unit == "share" else sum_range(unit, tally, passed, earlier[-3:])
    return {
        "name": commitment["name"],
        "period_start": period.start,
        "period_end": period.end,
        "team": commitment["by"],
        "unit": unit,
        "target": target,
        "actual": tally.actual,
        "n": tally.n,
        "expected_by_now": expected,
        "forecast_low": low,
        "forecast": middle,
        "forecast_high": high,
        "status": status(unit, tally.actual, target, expected, over=period.over(as_of)),
    }


def kind_of(commitment: dict[str, Any]) -> str:
    """Which of the eight kinds it is."""
    return next(kind for kind in (*CLOCKS, *UNITS) if kind in commitment)


def target_of(commitment: dict[str, Any]) -> float:
    """What is promised; a share of clocks that is left out is all of them."""
    kind = kind_of(commitment)
    if kind in CLOCKS:
        return float(share(commitment.get("share", "100%")))
    if kind == "accepted":
        return float(share(commitment["accepted"]))
    return float(commitment["at_least"] if kind == "deliver" else commitment[kind])


def wins(lives: Lives, exchange: Exchange, currency: str) -> list[tuple[datetime, Decimal]]:
    """Of each opportunity the time and the amount of its last win, unless it was lost after that."""
    deals: dict[Any, list[Fact]] = {}
    for lead_id, life in lives.items():
        for fact in life:
            if fact.kind in {"opportunity_won", "opportunity_lost"}:
                deals.setdefault(fact.opportunity_id or ("of the lead", lead_id), []).append(fact)
    found = []
    for facts in deals.values():
        last = max(facts, key=lambda fact: fact.order)
        if last.kind == "opportunity_won":
            found.append((last.at, exchange.amount_of(last, currency)))
    return found


# What happened in a period


def tally_of(commitment: dict[str, Any], seen: Seen, period: Period) -> Tally:
    """The figure of a commitment in a period."""
    kind = kind_of(commitment)
    if kind in CLOCKS:
        return tally_of_clocks(commitment["name"], seen, period)
    if kind == "revenue":
        return sum_of([amount for at, amount in seen.wins if period.has(at)])
    handed = [row for row in seen.handoffs if period.has(row["handed_at"])]
    if commitment.get("grades") is not None:
        handed = [row for row in handed if row["grade"] in commitment["grades"]]
    if kind == "worth":
        return sum_of([row["worth"] or Decimal(0) for row in handed])
    if kind == "accepted":
        decided = [row for row in handed if any(row[time] is not None for time in DECISIONS)]
        return share_of(sum(row["accepted_at"] is not None for row in decided), len(decided))
    if kind == "pursue":
        handed = [row for row in handed if row["first_attempt_at"] is not None]
    return Tally(float(len(handed)), len(handed))


def tally_of_clocks(name: str, seen: Seen, period: Period) -> Tally:
    """Kept of all that fell due in the period; void ones count on neither side."""
    due = [row for row in seen.clocks if row["commitment"] == name and period.has(row["due_at"]) and row["due_at"] < seen.as_of]
    counted = [row for row in due if row["state"] != "void"]
    return share_of(sum(row["state"] == "kept" for row in counted), len(counted))


def share_of(part: int, whole: int) -> Tally:
    """A share; of nothing there is none."""
    return Tally(part / whole if whole else None, whole)


def sum_of(amounts: list[Decimal]) -> Tally:
    """A sum of money."""
    return Tally(float(sum(amounts, Decimal(0))), len(amounts), tuple(amounts))


# How it stands, and where it leads


def status(unit: str, actual: float | None, target: float, expected: float, *, over: bool) -> str | None:
    """met | missed | on_pace | behind; a share is met at the end of its period only."""
    if actual is None:
        return None
    if actual >= target and (over or unit != "share"):
        return "met"
    if over:
        return "missed"
    return "on_pace" if actual >= expected else "behind"


def sum_range(unit: str, now: Tally, passed: float, earlier: list[Tally]) -> Range:
    """The forecast of a count or of money between the bounds of its interval."""
    assert now.actual is not None
    if passed >= TENTH:
        forecast, singles = now.actual / passed, list(now.singles)
    elif earlier:
        forecast = sum(one.actual or 0.0 for one in earlier) / len(earlier)
        singles = [amount for one in earlier for amount in one.singles]
    else:
        return NOTHING
    to_come = max(0.0, forecast - now.actual)
    if unit == "leads":
        return now.actual + poisson_quantile(to_come, 0.05), forecast, now.actual + poisson_quantile(to_come, 0.95)
    total = float(sum(singles))
    number = to_come / (total / len(singles)) if total > 0 else 0.0
    mean_square = float(sum(amount * amount for amount in singles) / len(singles)) if singles else 0.0
    spread = sqrt(number * mean_square)
    return now.actual + max(0.0, to_come - Z * spread), forecast, now.actual + to_come + Z * spread


def poisson_quantile(mean: float, chance: float) -> int:
    """The smallest count that is not exceeded with at least this chance where `mean` are expected."""
    if mean <= 0:
        return 0
    count, each, within = 0, exp(-mean), exp(-mean)
    while within < chance:
        count += 1
        each *= mean / count
        within += each
    return count


def share_range(now: Tally) -> Range:
    """Wilson's interval around a share."""
    if now.actual is None:
        return NOTHING
    share, n = now.actual, now.n
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return max(0.0, middle - half), share, min(1.0, middle + half)
