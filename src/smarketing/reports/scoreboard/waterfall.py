"""The daily leads waterfall in money: what marketing promised to have handed over by the end of each day, and what it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.models import Agreement, Commitment
from smarketing.derivations.business_time import Timeline, lay_out
from smarketing.reports.figures import CENT, iso
from smarketing.reports.report import Note, Question
from smarketing.reports.scoreboard.promises import promised_since, version_at, versions
from smarketing.vocabulary.periods import Period, day_start, local_day, micros, periods
from smarketing.vocabulary.tables import INSTANT

if TYPE_CHECKING:
    from smarketing.reports.following import Following

AROUND = timedelta(days=3)
"""How far working time is laid out around a period: calendars may have another zone than the agreement."""
MOMENT = timedelta(microseconds=1)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Promised:
    """One period of what marketing promised in money: `target` over the working time of `period`, for hand-offs of `grades`."""

    agreement: Agreement
    commitment: Commitment
    period: Period
    target: Decimal

    @property
    def grades(self) -> list[str] | None:
        """Only these count; None: all."""
        return self.commitment.grades


def waterfall(outcome: Following, window: Period) -> tuple[list[Row], list[Note], list[dict[str, Question]]]:
    """One row for each day of the window: `{"day", "promised", "delivered"}`, both added up from the window's begin to the day's end.

    `promised`: of the first `worth` commitment of each version the target of every period, spread over its working time (default
    calendar; without one, clock time); days before the agreement promise nothing. `delivered`: the worth of marketing's hand-offs,
    of the grades promised; None for days after `as_of`. Beside them the notes, and the questions behind each day's figures. A version without a `worth` commitment, but with one to `deliver` and a
    `worth` table, promises its count times the mean worth of such hand-offs so far, or of its grades where there is none yet.
    """
    begin = promised_since(outcome)
    promises = [] if begin is None else [*_promises(outcome, window, begin)]
    if not promises:
        return [], [], []
    days = _days(window, outcome.agreement.timezone)
    after = [min(day_end, window.end_at) for _, day_end in days]
    promised = sum((_promised(each, window, after) for each in promises), np.zeros(len(days)))
    delivered = _delivered(outcome, promises, window, after)
    rows: list[Row] = [
        {"day": start.isoformat(), "promised": cents(line), "delivered": float(sum_) if known else None}
        for (start, _), line, sum_, known in zip(
            days, promised, delivered, _known(days, outcome.as_of, outcome.agreement.timezone), strict=True
        )
    ]
    return rows, _notes(promises), [_behind(promises, window, row, end) for row, end in zip(rows, after, strict=True)]


def _promises(outcome: Following, window: Period, begin: datetime) -> Iterator[Promised]:
    for version in versions(outcome):
        promise = _promise(version)
        if promise is None:
            continue
        target = promise.target if promise.worth is not None else promise.target * _mean_worth(outcome, version, promise)
        until = window.end_at - MOMENT
        for period in periods(promise.per, version.timezone, first_at=begin, last_at=until):
            counts = version_at(outcome, min(outcome.as_of, period.end_at)) is version
            if counts and period.end_at > window.start_at:
                yield Promised(version, promise, period, target)


def _promise(version: Agreement) -> Commitment | None:
    """The commitment that stands for marketing's side in money."""
    worth = next((promise for promise in version.commitments if promise.worth is not None), None)
    if worth is not None or version.worth is None:
        return worth
    return next((promise for promise in version.commitments if promise.deliver is not None), None)


def _mean_worth(outcome: Following, version: Agreement, promise: Commitment) -> Decimal:
    """What one hand-off as promised is worth: the mean of those so far, or of the grades' lowest bands."""
    mean = _theirs(outcome, promise.grades)["worth"].cast(pl.Float64).mean()
    if isinstance(mean, float):
        return Decimal(str(mean))
    bands = [
        bands[0].amount for grade, bands in (version.worth or {}).items() if promise.grades is None or grade in promise.grades
    ]
    return sum(bands, Decimal(0)) / len(bands) if bands else Decimal(0)


def _theirs(outcome: Following, grades: list[str] | None) -> pl.DataFrame:
    found = outcome.table("handoffs").filter(pl.col("sourced") == "marketing")
    return found if grades is None else found.filter(pl.col("grade").is_in(grades))


def _days(window: Period, zone: str) -> list[tuple[Any, datetime]]:
    """Each local day of the window with the instant at which it ends."""
    day, found = local_day(window.start_at, zone), []
    while day_start(day, zone) < window.end_at:
        following = day + timedelta(days=1)
        found.append((day, day_start(following, zone)))
        day = following
    return found


def _known(days: list[tuple[Any, datetime]], as_of: datetime, zone: str) -> list[bool]:
    return [day_start(day, zone) <= as_of for day, _ in days]


def pace(outcome: Following, window: Period) -> list[tuple[Promised, float]]:
    """What was promised in the window, period by period, each with the share of its working time that lies in the window."""
    begin = promised_since(outcome)
    promises = [] if begin is None else [*_promises(outcome, window, begin)]
    return [(each, float(_share(each, window, [window.end_at])[0])) for each in promises]


def _promised(each: Promised, window: Period, after: list[datetime]) -> NDArray[np.float64]:
    """What is promised of one period from the window's begin to each instant."""
    return _share(each, window, after) * float(each.target)


def _share(each: Promised, window: Period, after: list[datetime]) -> NDArray[np.float64]:
    """Which share of a period's working time lies between the window's begin and each instant."""
    start, end = micros(each.period.start_at), micros(each.period.end_at)
    asked = np.clip([micros(window.start_at), *map(micros, after)], start, end)
    passed = _worked(each, np.array([start, end, *asked], dtype=np.int64))
    share = (passed[2:] - passed[0]) / (passed[1] - passed[0])
    since: NDArray[np.float64] = share[1:] - share[0]
    return since


def _worked(each: Promised, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Working time before each instant; clock time without a default calendar, or where the period has no working time."""
    if "default" in each.agreement.calendars:
        first, last = (each.period.start_at - AROUND).date(), (each.period.end_at + AROUND).date()
        line = lay_out(each.agreement.calendars["default"], each.agreement.timezone, first=first, last=last)
        passed = worked_before(line, at)
        if passed[1] > passed[0]:
            return passed
    return at


def worked_before(line: Timeline, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """What was worked from the begin of the layout to each instant."""
    if not len(line.starts):
        return np.zeros(len(at), dtype=np.int64)
    place = np.maximum(np.searchsorted(line.starts, at, side="right") - 1, 0)
    within: NDArray[np.int64] = line.before[place] + np.clip(np.minimum(at, line.ends[place]) - line.starts[place], 0, None)
    return within


def _delivered(outcome: Following, promises: list[Promised], window: Period, after: list[datetime]) -> list[Decimal]:
    """The worth handed over from the window's begin to each instant, of the grades that the period of each hand-off promised."""
    parts = [
        _theirs(outcome, each.grades)
        .filter(
            pl.col("handed_at") >= max(each.period.start_at, window.start_at),
            pl.col("handed_at") < min(each.period.end_at, window.end_at),
        )
        .select("handed_at", pl.col("worth").fill_null(0))
        for each in promises
    ]
    handed = pl.concat(parts).sort("handed_at")
    sums = [Decimal(0), *handed["worth"].cum_sum().to_list()]
    return [sums[int(place)] for place in handed["handed_at"].search_sorted(pl.Series(after, dtype=INSTANT), side="left")]


def _behind(promises: list[Promised], window: Period, row: Row, end: datetime) -> dict[str, Question]:
    """How the worth promised by a day is reckoned, and the hand-offs whose worth its `delivered` adds up; none of these where nothing is
    delivered, or where periods promised different grades."""
    zone = promises[0].agreement.timezone
    promised = {"promised": {"of": "steps", "figure": "pace", "period": f"{_date(window.start_at, zone)}..{_date(end, zone)}"}}
    grades = {tuple(each.grades or ()) for each in promises}
    if not row["delivered"] or len(grades) > 1:
        return promised
    begin = max(window.start_at, min(each.period.start_at for each in promises))
    period = f"{_date(begin, zone)}..{_date(end, zone)}"
    question = {"of": "handoffs", "sourced": "marketing", "period": period, "sum": "worth"}
    return promised | {"delivered": question | ({"grade": ",".join(*grades)} if any(grades) else {})}


def _date(at: datetime, zone: str) -> str:
    """The day that begins at an instant; an instant within a day as it is."""
    day = local_day(at, zone)
    return day.isoformat() if day_start(day, zone) == at else iso(at)


def cents(amount: float) -> float:
    """An amount in whole hundredths."""
    return float(Decimal(str(amount)).quantize(CENT))


def _notes(promises: list[Promised]) -> list[Note]:
    counted = next((each for each in promises if each.commitment.worth is None), None)
    if counted is None:
        return []
    text = (
        f'Nobody promised a worth: the waterfall\'s promise is the count of "{counted.commitment.name}" times what such a hand-off '
        f"is worth on average."
    )
    return [Note("SMK-R022", text)]
