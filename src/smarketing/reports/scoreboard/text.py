"""The scoreboard as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from smarketing.reports.layout import NOTHING, Grid, amount
from smarketing.vocabulary.periods import Period, local_day

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]
STATES = {"met": "met", "on_pace": "on pace", "behind": "behind", "missed": "missed", None: NOTHING}
LATEST = 10
"""So many wins are shown."""


def grids(outcome: Following, window: Period, rows: Sequence[Row], beside: Row) -> list[Grid]:
    """The promises, the reward and the wins."""
    zone, currency = outcome.agreement.timezone, outcome.agreement.currency
    title = f"Scoreboard of {window.label}, as of {outcome.as_of.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
    columns = ("commitment", "from", "by", "promised", "by now", "delivered", "forecast", "status")
    lines = [_line(row, zone, currency) for row in rows]
    return [
        Grid(title, columns, lines),
        *_money_line(beside["waterfall"], currency),
        *_reward(beside["reward"]),
        *_wins(beside["wins"]),
    ]


def _line(row: Row, zone: str, currency: str) -> list[str]:
    figures = [said(row[name], row["unit"], currency) for name in ("target", "expected_by_now", "actual", "forecast")]
    state = STATES[row["status"]] + (" (trial)" if row["trial"] else "")
    return [row["name"], local_day(row["period_start"], zone).isoformat(), row["team"], *figures, state]


def said(figure: float | None, unit: str, currency: str) -> str:
    """A figure of a commitment with its unit."""
    if figure is None:
        return NOTHING
    if unit == "share":
        return f"{100 * figure:.1f}%"
    return f"{figure:,.0f} {currency}" if unit == "money" else f"{figure:,.{0 if figure == int(figure) else 1}f}"


def _money_line(line: Sequence[Row], currency: str) -> Iterator[Grid]:
    known = [row for row in line if row["delivered"] is not None]
    if known:
        last = known[-1]
        cells = [said(row["promised"], "money", currency) for row in (last, line[-1])]
        delivered = said(last["delivered"], "money", currency)
        yield Grid("Worth handed over", ("", "by now", "promised by now", "promised in all"), [(last["day"], delivered, *cells)])


def _reward(reward: Row) -> Iterator[Grid]:
    told = [(when, held) for when, held in reward.items() if held is not None]
    if told:
        lines = [
            (when, amount(held), f"{100 * held['share']:.0f}%", *(_met(held[side]) for side in ("marketing", "sales")))
            for when, held in told
        ]
        yield Grid("The reward of both together", ("", "amount", "of the pool", "marketing", "sales"), lines)


def _met(met: bool) -> str:
    return "met" if met else "not met"


def _wins(wins: Sequence[Row]) -> Iterator[Grid]:
    if wins:
        lines = [
            (won["lead_id"], won["won_at"][:10], _worth(won), won["campaign"] or NOTHING, won["rep"] or NOTHING) for won in wins
        ]
        more = f", the latest {LATEST}" if len(wins) > LATEST else ""
        yield Grid(f"Won: {len(wins):,}{more}", ("lead", "on", "amount", "campaign", "rep"), lines[:LATEST])


def _worth(won: Row) -> str:
    return NOTHING if won["amount"] is None else amount(won)
