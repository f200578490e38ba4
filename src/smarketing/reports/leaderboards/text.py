"""Leaderboards as people read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from smarketing.reports.layout import NOTHING, Grid, amount, interval, percent
from smarketing.vocabulary.periods import Period

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]
ROLES = {"inside_sales": "Inside sales", "sales": "Sales", "marketing": "Marketing", None: "Without a role"}


def campaign_grids(outcome: Following, window: Period | None, rows: Sequence[Row]) -> list[Grid]:
    """All campaigns in one table, and the goals in another."""
    when = f"leads first touched in {window.label}" if window else "all leads"
    more = ("hand-offs", "rejected")
    lines = [[*_line(row, "leads", "campaign"), f"{row['handoffs']:,}", percent(row["rejected"])] for row in rows]
    title = f"Campaigns: {when}, {_as_of(outcome)}"
    return [Grid(title, (*_columns("campaign", "leads"), *more), lines), *_goals(rows, "campaign")]


def rep_grids(
    outcome: Following, window: Period | None, rows: Sequence[Row], owners: Sequence[Row], closers: Sequence[Row]
) -> list[Grid]:
    """Inside sales and sales apart; then those who took hand-offs over, and those who closed."""
    when = f"hand-offs of {window.label}" if window else "all hand-offs"
    title = f"Reps: {when}, {_as_of(outcome)}"
    grids = [*_by_role(title, rows)] or [Grid(title, _columns("rep", "handoffs"), [])]
    if owners:
        heading = "Taken over from the rep who had them first, by who owns them last"
        grids.append(Grid(heading, _columns("owner", "handoffs"), [_line(row, "handoffs", "owner") for row in owners]))
    if any(row["by"] for row in closers):
        lines = [(row["by"] or "(nobody is named)", f"{row['won']:,}", amount(row["won_amount"])) for row in closers]
        grids.append(Grid("Closed by", ("", "won", "amount"), lines))
    return [*grids, *_goals(rows, "rep")]


def _by_role(title: str, rows: Sequence[Row]) -> Iterator[Grid]:
    roles = [role for role in ROLES if any(row["role"] == role for row in rows)]
    roles += sorted({row["role"] for row in rows} - set(roles))
    for role in roles:
        lines = [_line(row, "handoffs", "rep") for row in rows if row["role"] == role]
        heading = title if roles == [None] else f"{ROLES.get(role, role)}. {title}"
        yield Grid(heading, _columns("rep", "handoffs"), lines)


def _columns(by: str, count: str) -> tuple[str, ...]:
    counted = count.replace("handoffs", "hand-offs")
    return by, counted, "SQL", "opp.", "won", "of all", "90% interval", "expected", "verdict", "amount", "response"


def _line(row: Row, count: str, by: str) -> list[str]:
    expected, minutes = row["expected_won"], row["median_response_minutes"]
    return [
        f"(without {'an' if by[0] in 'aeiou' else 'a'} {by})" if row["by"] is None else row["by"],
        f"{row[count]:,}",
        percent(row["sql"]),
        percent(row["opportunity"]),
        f"{row['won']['n']:,}",
        percent(row["won"]),
        interval(row["won"]),
        NOTHING if expected is None else f"{expected:,.1f}",
        row["verdict"],
        amount(row["won_amount"]),
        NOTHING if minutes is None else f"{minutes:,.0f} min",
    ]


def _goals(rows: Sequence[Row], by: str) -> Iterator[Grid]:
    if rows and rows[0]["goals"]:
        columns = (by, *(f"{goal['from']} → {goal['to']} ({100 * goal['target']:.0f}%)" for goal in rows[0]["goals"]))
        yield Grid("Goals", columns, [[row["by"] or f"(without a {by})", *map(_bar, row["goals"])] for row in rows])


def _bar(goal: Row) -> str:
    state = {True: "over", False: "under", None: ""}[goal["met"]]
    return f"{percent(goal['rate'])} of {goal['rate']['of']:,} {state}".rstrip()


def _as_of(outcome: Following) -> str:
    zone = outcome.agreement.timezone
    return f"as of {outcome.as_of.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
