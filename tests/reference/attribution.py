"""Who gets the credit along a path of touches, by definition: five simple rules, Markov and Shapley, in fractions (contract, 3.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import combinations, pairwise
from math import factorial

Shares = dict[str, Fraction]
ONE = Fraction(1)


@dataclass(frozen=True)
class Path:
    """The campaigns of the touches in order, and whether they led to a sale."""

    campaigns: tuple[str, ...]
    sold: bool


def to_the_first(campaigns: Sequence[str]) -> Shares:
    """All to the first."""
    return added(campaigns, [ONE] + [Fraction(0)] * (len(campaigns) - 1))


def to_the_last(campaigns: Sequence[str]) -> Shares:
    """All to the last."""
    return added(campaigns, [Fraction(0)] * (len(campaigns) - 1) + [ONE])


def to_each_touch(campaigns: Sequence[str]) -> Shares:
    """To each touch as much."""
    return added(campaigns, [ONE] * len(campaigns))


def by_position(campaigns: Sequence[str], shares: Sequence[Fraction]) -> Shares:
    """The first and the last, and all between together; where nothing is between, the two get what they have, made whole."""
    begin, between, end = shares
    inside = len(campaigns) - 2
    if inside == -1:
        return {campaigns[0]: ONE}
    if inside == 0:
        return added(campaigns, [begin, end] if begin + end else [ONE, ONE])
    return added(campaigns, [begin, *[between / inside] * inside, end])


def by_age(campaigns: Sequence[str], times: Sequence[datetime], half_life: timedelta) -> Shares:
    """Half as much for each half-life that a touch is older."""
    with localcontext(prec=60, Emin=-(10**12), Emax=10**12):
        ages = [Decimal((times[-1] - at) // timedelta(microseconds=1)) for at in times]
        each = [Decimal(2) ** -(age / Decimal(half_life // timedelta(microseconds=1))) for age in ages]
    return added(campaigns, [Fraction(one) if one > Decimal("1e-50") else Fraction(0) for one in each])


def added(campaigns: Sequence[str], weights: Sequence[Fraction]) -> Shares:
    """The weights of the touches added up for each campaign, as shares of their sum."""
    found = dict.fromkeys(campaigns, Fraction(0))
    for campaign, weight in zip(campaigns, weights, strict=True):
        found[campaign] += weight / sum(weights)
    return found


# Markov


def chance_of_a_sale(steps: Counter[tuple[str, str]], removed: str | None = None) -> Fraction:
    """How likely a walk from the start ends in a sale; who comes to the removed campaign ends without one."""
    states = sorted({state for state, _ in steps} - {removed})
    out = {state: sum(count for (one, _), count in steps.items() if one == state) for state in states}
    rows = []
    for state in states:
        to = {other: Fraction(steps[state, other], out[state]) for other in [*states, "sale"]}
        rows.append([(ONE if state == other else 0) - to[other] for other in states] + [to["sale"]])
    return solved(rows)[states.index("start")]


def solved(rows: list[list[Fraction]]) -> list[Fraction]:
    """The solution of a system of equations, each a row of factors and the right side (Gauss and Jordan)."""
    size = len(rows)
    for column in range(size):
        pivot = next(row for row in range(column, size) if rows[row][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(size):
            if row != column and (factor := rows[row][column]):
                rows[row] = [value - factor * other for value, other in zip(rows[row], rows[column], strict=True)]
    return [row[-1] for row in rows]


def steps_of(paths: Sequence[Path]) -> Counter[tuple[str, str]]:
    """How often a walk went from one state to another. Campaigns carry a mark, so that none is taken for the start or an end."""
    steps: Counter[tuple[str, str]] = Counter()
    for path in paths:
        steps.update(pairwise(["start", *(f"at {campaign}" for campaign in path.campaigns), "sale" if path.sold else "none"]))
    return steps


def removal_effects(paths: Sequence[Path]) -> Shares:
    """For each campaign the part of the sales that would be lost without it."""
    steps, campaigns = steps_of(paths), {campaign for path in paths for campaign in path.campaigns}
    whole = chance_of_a_sale(steps)
    return {campaign: 1 - chance_of_a_sale(steps, f"at {campaign}") / whole for campaign in campaigns}


def by_removal(campaigns: Sequence[str], effects: Shares) -> Shares:
    """The removal effects of the path's campaigns, as shares of their sum."""
    own = {campaign: effects[campaign] for campaign in campaigns}
    total = sum(own.values())
    return {campaign: effect / total if total else Fraction(1, len(own)) for campaign, effect in own.items()}


# Shapley


def conversion_rate(campaigns: frozenset[str], paths: Sequence[Path]) -> Fraction:
    """Sales of all paths that know no other campaigns than these."""
    inside = [path for path in paths if set(path.campaigns) <= campaigns]
    return Fraction(sum(path.sold for path in inside), len(inside)) if inside else Fraction(0)


def by_joining(campaigns: Sequence[str], value: Callable[[frozenset[str]], Fraction]) -> Shares:
    """What each campaign adds to the value of the others, on the mean of all orders in which they may come together."""
    players = sorted(set(campaigns))
    whole, found = value(frozenset(players)), {}
    for player in players:
        others = [other for other in players if other != player]
        total = Fraction(0)
        for size in range(len(players)):
            orders = Fraction(factorial(size) * factorial(len(players) - size - 1), factorial(len(players)))
            for before in combinations(others, size):
                total += orders * (value(frozenset({*before, player})) - value(frozenset(before)))
        found[player] = total / whole
    return found
