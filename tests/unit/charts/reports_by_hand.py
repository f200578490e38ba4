"""Reports with figures that a test can see through, one of each kind that is drawn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from smarketing.reports.figures import rate
from smarketing.reports.layout import Grid
from smarketing.reports.report import Note, Report

AS_OF = datetime(2026, 2, 17, 12, tzinfo=UTC)
Row = dict[str, Any]


def report(name: str, rows: list[Row], **more: Any) -> Report:
    """A report without a period, of an agreement that nobody asks for."""
    return Report(name, None, AS_OF, "signed", rows, **more)


def promise(name: str, team: str, unit: str, target: float, actual: float | None, **more: Any) -> Row:
    """A row of the table `commitments`: February 2026 in Berlin, running and on pace unless told otherwise."""
    return {
        "name": name, "period_start": "2026-01-31T23:00:00Z", "period_end": "2026-02-28T23:00:00Z", "team": team, "unit": unit,
        "target": target, "actual": actual, "n": 40, "expected_by_now": target if unit == "share" else target * 0.6,
        "forecast_low": actual, "forecast": actual, "forecast_high": actual, "status": "on_pace", "trial": False,
    } | more  # fmt: skip


def scoreboard() -> Report:
    """Every unit, team and status; one promise with a month before."""
    before = {"period_start": "2025-12-31T23:00:00Z", "period_end": "2026-01-31T23:00:00Z"}
    rows = [
        promise("qualified leads", "marketing", "leads", 120.0, 131.0, status="met", **before),
        promise("qualified leads", "marketing", "leads", 120.0, 66.0, status="behind", forecast_low=88.0, forecast=99.0, forecast_high=111.0),
        promise("first response", "sales", "share", 0.9, 0.925, forecast_low=0.81, forecast_high=0.97, n=40),
        promise("verdict", "sales", "share", 0.95, None, status=None, n=0, trial=True),
        promise("revenue", "both", "money", 500_000.0, 1_848_110.0, status="met"),
    ]  # fmt: skip
    days = [
        {"day": f"2026-02-{day:02}", "promised": day * 1000.0, "delivered": day * 900.0 if day < 18 else None}
        for day in range(1, 29)
    ]
    reward = {"amount": 5000.0, "currency": "EUR", "share": 0.5, "marketing": False, "sales": True}
    behind = [{"actual": {"of": "handoffs", "period": "2026-02"}} for _ in rows]
    return report(
        "scoreboard", rows, beside={"waterfall": days, "reward": {"today": reward, "forecast": reward}, "wins": []}, behind=behind
    )


def leaderboard(name: str, whole: str) -> Report:
    """Every verdict, a goal met and a goal missed, roles for reps."""
    figures = [
        ("fair", 30, 120, 12.0, "above"),
        ("search", 9, 300, 30.0, "below"),
        ("mail", 12, 100, 11.5, "as expected"),
        (None, 1, 5, 0.4, "too few"),
    ]
    roles = ["sales", "inside_sales", "inside_sales", None] if name == "reps" else [None] * 4
    rows = [
        {"by": by, whole: of, "sql": rate(won, of), "opportunity": rate(won, of), "won": rate(won, of), "won_amount": {"amount": 1.0, "currency": "EUR"},
         "expected_won": expected, "verdict": verdict, "median_response_minutes": None, "name": None, "role": role,
         "goals": [{"from": "mql", "to": "sql", "target": 0.1, "met": won / of >= 0.1, "rate": rate(won, of)}]}
        for (by, won, of, expected, verdict), role in zip(figures, roles, strict=True)
    ]  # fmt: skip
    return report(name, rows, beside={"owners": rows[:1]} if name == "reps" else {})


def plan() -> Report:
    """Two months, with something missing and with enough."""
    rows = [{"month": "2026-02", "grade": "A", "needed": 22, "expected": 18, "missing": 4}, {"month": "2026-03", "grade": "B", "needed": 30, "expected": 31.5, "missing": 0}]  # fmt: skip
    return report(
        "plan",
        rows,
        grids=[Grid("Plan", ("month", "needed"), [("2026-02", "22")])],
        notes=[Note("SMK-R040", "A <goal> & its mix.")],
    )


def routing() -> Report:
    """Somebody who would get more, somebody who would get less, and somebody as many."""
    rows = [
        {"rep": "a@x.example", "name": "Anna <A>", "then": 4, "now": 7, "same": 3, "difference": 3},
        {"rep": "b@x.example", "name": "Ben", "then": 5, "now": 2, "same": 2, "difference": -3},
        {"rep": None, "name": "Nobody", "then": 1, "now": 1, "same": 0, "difference": 0},
    ]
    return report("routing", rows, beside={"others": 5, "handoffs": [{}] * 10})


def price() -> Report:
    """A grade with enough hand-offs, and one whose signed price stays."""
    rows = [
        {"grade": "A", "n": 200, "won": rate(50, 200), "worth": {"amount": 1250.0, "currency": "EUR"}, "low": 1010.0, "high": 1520.0, "enough": True},
        {"grade": "B", "n": 12, "won": rate(1, 12), "worth": {"amount": 80.0, "currency": "EUR"}, "low": None, "high": None, "enough": False},
        {"grade": "C", "n": 0, "won": rate(0, 0), "worth": None, "low": None, "high": None, "enough": False},
    ]  # fmt: skip
    return report("price", rows, behind=[{"won": {"of": "handoffs", "grade": row["grade"]}} for row in rows])


def backtest(unidentified: float = 0.25) -> Report:
    """A draft that hands over more, a quarter of it never worked; or nothing that nobody knows."""
    draft = {"handoffs": 400, "precision": rate(60, 300), "recall": rate(60, 80)}
    against = {"handoffs": 250, "precision": rate(45, 250), "recall": rate(45, 80)}
    unknown = {
        "precision": {"low": 0.15, "high": 0.4},
        "recall": {"low": 0.75, "high": 0.889},
        "against_recall": {"low": 0.25, "high": 0.5625},
    }
    known = {
        name: {"low": share, "high": share} for name, share in (("precision", 0.2), ("recall", 0.75), ("against_recall", 0.5625))
    }
    beside = {
        "draft": draft,
        "against": against,
        "bounds": unknown if unidentified else known,
        "unidentified_share": unidentified,
    }
    return report("backtest", [{"side": "draft", **draft}, {"side": "against", **against}], beside=beside)


def group(by: str | None, leads: int, reached: dict[str, int], won: int) -> Row:
    """A row of the funnel."""
    steps, before = [], leads
    for stage, n in reached.items():
        steps.append({"stage": stage, "reached": n, "from_previous": rate(n, before), "from_lead": rate(n, leads), "time_from_previous": {"n": n, "median_days": 3.5, "p90_days": 9.0}})  # fmt: skip
        before = n
    return {"by": by, "leads": leads, "stages": steps, "won": won, "won_rate": rate(won, leads), "won_amount": {"amount": 1_848_110.0, "currency": "EUR"}, "spend": None, "cost_per_won": None}  # fmt: skip


def funnel() -> Report:
    """Everybody, step by step."""
    return report("funnel", [group(None, 4000, {"visitor": 4000, "mql": 1061, "customer": 212}, 212)])


def funnel_by_group(number: int = 15) -> Report:
    """More groups than are drawn."""
    rows = [
        group(f"campaign {place}" if place else None, 900 - place, {"visitor": 900 - place, "mql": 80}, 20 + place)
        for place in range(number)
    ]
    return report("funnel", rows)


def empty(name: str) -> Report:
    """The report of a company in which nothing has happened."""
    rows = [group(None, 0, {"visitor": 0, "mql": 0}, 0)] if name == "funnel" else []
    return report(name, rows)
