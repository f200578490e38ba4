"""Which features of commitments a case really met; part of `coverage`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.generative.cases import Case
from tests.reference.business import WorkingTime, read_instant, working_time
from tests.reference.commitments import CLOCKS, kind_of
from tests.reference.journal import lives
from tests.reference.periods import TENTH, Period, passed_share, worked

Met = Iterator[str]


def of_commitments(case: Case) -> Met:
    """Kinds, periods and states; rows where something lies exactly on a border."""
    rows = case.expected["commitments"]
    for row in rows:
        version = case.versions.at(min(case.as_of, row["period_end"]))
        one = next(one for one in version["commitments"] if one["name"] == row["name"])
        calendar = working_time(None, version, {})
        kind = kind_of(one)
        yield f"commitment {kind}: {row['status'] or 'null'}"
        yield f"commitment for each {one['per']}"
        yield from ["commitment of some grades"] * ("grades" in one)
        yield "row on trial" if row["trial"] else "row not on trial"
        period = Period(row["period_start"], row["period_end"])
        yield from of_borders(case, row, period)
        if not period.over(case.as_of):
            yield from of_pace(row, period, case.as_of, calendar)
            earlier = [other for other in rows if other["name"] == row["name"] and other is not row]
            yield from of_forecast(row, passed_share(period, case.as_of, calendar), len(earlier))
        if kind in CLOCKS:
            yield from of_due(case, row, period)
    yield from of_opportunities(case)
    yield from of_first_rows(case)


def of_borders(case: Case, row: dict[str, Any], period: Period) -> Met:
    """What lies exactly where a period begins."""
    yield from ["as_of as a period begins"] * (case.as_of == period.start)
    handed = any(handoff["handed_at"] == period.start for handoff in case.expected["handoffs"])
    yield from ["handed over as a period begins"] * (handed and row["unit"] == "leads")


def of_pace(row: dict[str, Any], period: Period, as_of: datetime, calendar: WorkingTime | None) -> Met:
    """How a period passes."""
    yield "period passes by business time" if calendar else "period passes by plain time"
    passed = passed_share(period, as_of, calendar)
    yield from ["a tenth has just passed"] * (TENTH <= passed < TENTH + 1e-9)
    yield from ["a tenth has nearly passed"] * (TENTH - 1e-9 < passed < TENTH)
    yield from ["target met early"] * (row["unit"] != "share" and row["status"] == "met")
    yield from ["share above its target before the end"] * (row["unit"] == "share" and row["status"] == "on_pace")
    if calendar and not worked(calendar, period.start, period.end):
        yield "period without business time"


def of_forecast(row: dict[str, Any], passed: float, earlier: int) -> Met:
    """Where a forecast comes from, and its bounds."""
    unit, low, middle, high = row["unit"], row["forecast_low"], row["forecast"], row["forecast_high"]
    if unit == "share":
        yield from ["share with an interval"] * (middle is not None and low < middle < high)
        return
    if passed < TENTH:
        yield f"forecast of {unit} " + (f"from {min(earlier, 3)} earlier periods" if earlier else "not yet")
        yield from ["forecast below what there is"] * (middle is not None and middle < row["actual"])
    else:
        yield f"forecast of {unit} from the pace"
    if middle is not None and low < middle < high:
        yield f"interval of {unit} " + ("cut at what there is" if low == row["actual"] else "on both sides")


def of_due(case: Case, row: dict[str, Any], period: Period) -> Met:
    """Clocks that fall due in the period but do not count."""
    for clock in case.expected["clocks"]:
        if clock["commitment"] == row["name"] and period.has(clock["due_at"]):
            yield from ["void clock in a period"] * (clock["state"] == "void")
            yield from ["kept but not yet due"] * (clock["state"] == "kept" and clock["due_at"] >= case.as_of)
            yield from ["due exactly as of"] * (clock["due_at"] == case.as_of)
            yield from ["due as a period begins"] * (clock["due_at"] == period.start and clock["due_at"] < case.as_of)


def of_opportunities(case: Case) -> Met:
    """Opportunities of several leads, and of none."""
    deals: dict[str, list[tuple[datetime, str, str, str]]] = {}
    for lead_id, life in lives(case.facts, case.as_of).items():
        wins = [fact for fact in life if fact.kind in ("opportunity_won", "opportunity_lost")]
        yield from ["win without an opportunity"] * any(fact.opportunity_id is None for fact in wins)
        for fact in wins:
            if fact.opportunity_id:
                deals.setdefault(fact.opportunity_id, []).append((fact.at, fact.fact_id, fact.kind, lead_id))
    for words in deals.values():
        won = [word for word in sorted(words) if word[2] == "opportunity_won"]
        after = [word for word in words if won and word[:2] > won[-1][:2]]
        yield from ["won by several leads"] * (len({word[3] for word in won}) > 1)
        yield from ["lost by another lead than won"] * any(word[3] != won[-1][3] for word in after)


def of_first_rows(case: Case) -> Met:
    """Where the rows begin."""
    times = [fact.at for life in lives(case.facts, case.as_of).values() for fact in life]
    if not times or not case.agreement.get("commitments"):
        return
    start = read_instant(case.agreement["in_force"]["from"], case.agreement["timezone"])
    yield "rows from the first fact" if start <= min(times) else "rows from the day it is in force"
    yield from ["not in force by then"] * (start > case.as_of + timedelta(days=366))
