"""What a group won against what its mix wins elsewhere: expected wins, a verdict, the order."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum
from typing import Any

import polars as pl

from smarketing.reports.figures import rate

MINIMUM = 20
"""Below so many nothing is said about a group."""
ALIKE = (("grade", "channel"), ("grade",), ())
"""In what members of other groups are to be alike, the closest first: the first with anybody elsewhere counts."""
Row = dict[str, Any]


def expected_wins(members: pl.DataFrame) -> dict[str | None, float | None]:
    """Of each `group` the wins to expect, from members (`group`, `grade`, `channel`, `won`), one row for each lead or hand-off.

    The sum over the group's members of the win rate of their grade and channel in all other groups; where nobody else has that
    grade and channel, of their grade; else of all the others. None where there is nobody else.
    """
    expected: dict[str | None, list[float | None]] = {}
    for group, wins in expected_cells(members).select("group", "wins").iter_rows():
        expected.setdefault(group, []).append(wins)
    return {group: sum_of(parts) for group, parts in expected.items()}


def sum_of(parts: Sequence[float | None]) -> float | None:
    """The wins of all cells of a group; None where one of them is not known."""
    # fsum: the order of the cells, which nobody fixes, must not show in the last digit
    return None if None in parts else fsum(filter(None, parts))


def expected_cells(members: pl.DataFrame) -> pl.DataFrame:
    """One row for each `group`, `grade` and `channel` of the members, in no order, with how `expected_wins` are reckoned.

    `n`: how many members; `rate`: the win rate elsewhere (null: nobody is elsewhere) of those that are `alike`, a place in ALIKE;
    `wins`: one times the other.
    """
    cells = members.group_by("group", "grade", "channel").agg(
        n=pl.len().cast(pl.Float64), won=pl.col("won").sum().cast(pl.Float64)
    )
    rates = [_rate_elsewhere(*alike) for alike in ALIKE]
    known = [pl.when(rate.is_not_null()).then(pl.lit(place)) for place, rate in enumerate(rates)]
    found = cells.select("group", "grade", "channel", "n", rate=pl.coalesce(*rates), alike=pl.coalesce(*known))
    return found.with_columns(wins=pl.col("n") * pl.col("rate"))


def _rate_elsewhere(*alike: str) -> pl.Expr:
    """The win rate of all that are alike and of another group; null where there is none."""
    n, won = (_elsewhere(pl.col(name), alike) for name in ("n", "won"))
    return pl.when(n > 0).then(won / n)


def _elsewhere(count: pl.Expr, alike: tuple[str, ...]) -> pl.Expr:
    everywhere = count.sum().over(*alike) if alike else count.sum()
    return everywhere - count.sum().over("group", *alike)


def verdict(won: int, of: int, expected: float | None) -> str:
    """above, below, as expected, or too few to say.

    Too few: under 20, nobody to compare with, or an interval of the won rate so wide that it holds both half and twice the expected
    rate. Above and below: the interval does not hold the expected rate.
    """
    if of < MINIMUM or expected is None:
        return "too few"
    figure, usual = rate(won, of), expected / of
    if figure["low"] <= usual / 2 and figure["high"] >= usual * 2:
        return "too few"
    return "above" if figure["low"] > usual else "below" if figure["high"] < usual else "as expected"


def best_first(rows: list[Row]) -> list[Row]:
    """By the low end of the won rate's interval, then by what was won, then by name; those without a group last.

    The low end, not the rate: one win of one lead is not the best campaign of the quarter.
    """
    return sorted(rows, key=_place)


def _place(row: Row) -> tuple[Any, ...]:
    low = row["won"]["low"]
    return row["by"] is None, -(low if low is not None else -1), -row["won_amount"]["amount"], row["by"] or ""
