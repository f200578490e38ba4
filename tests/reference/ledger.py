"""The two-way ledger: what marketing delivered, what sales won, and what was taken back of both (contract, 3.5).

The worth of a hand-off is money of the version that hands over, at the day of the hand-off. Every win counts, also one of an opportunity that was won
before; each is undone by the first loss of its opportunity after it, whoever of its leads lost it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.reference.handoffs import Handoff
from tests.reference.journal import Fact
from tests.reference.rates import Exchange
from tests.reference.stages import Cycle

Row = dict[str, Any]
Lives = dict[str, list[Fact]]
Cycles = dict[str, list[Cycle]]
KEY = ("at", "team", "lead_id", "cycle", "reason", "opportunity_id")


def ledger_rows(exchange: Exchange, lives: Lives, cycles: Cycles, handoffs: list[Handoff]) -> list[Row]:
    """The rows of `ledger`: entries of one key are one row."""
    sums: dict[tuple[Any, ...], Decimal] = {}
    for key, amount in [*of_marketing(exchange, handoffs), *of_sales(exchange, lives, cycles)]:
        sums[key] = sums.get(key, Decimal("0.00")) + amount
    return [dict(zip(KEY, key, strict=True)) | {"amount": amount} for key, amount in sums.items()]


def of_marketing(exchange: Exchange, handoffs: list[Handoff]) -> Iterator[tuple[tuple[Any, ...], Decimal]]:
    """What the hand-offs that marketing brought are worth, and what of it came back."""
    for handoff in handoffs:
        if handoff.sourced != "marketing" or handoff.worth is None:
            continue
        worth = exchange.converted(handoff.worth, handoff.agreement["currency"], exchange.currency, handoff.handed_at)
        lead, number, end = handoff.lead_id, handoff.cycle.number, handoff.cycle.end
        yield (handoff.handed_at, "marketing", lead, number, "delivered", None), worth
        if end is not None and (handoff.first("rejected") is not None or handoff.first("accepted") is None):
            yield (end, "marketing", lead, number, "returned", None), -worth


def of_sales(exchange: Exchange, lives: Lives, cycles: Cycles) -> Iterator[tuple[tuple[Any, ...], Decimal]]:
    """Every win, and its loss where there is one after it."""
    for lead, life in lives.items():
        for win in [fact for fact in life if fact.kind == "opportunity_won"]:
            number, amount = cycle_of(cycles[lead], win.at), exchange.amount_of(win)
            yield (win.at, "sales", lead, number, "won", win.opportunity_id), amount
            losses = [fact for fact in losses_of(win, lead, lives) if fact.order > win.order]
            if losses:
                undone = min(losses, key=lambda fact: fact.order)
                yield (undone.at, "sales", lead, number, "undone", win.opportunity_id), -amount


def losses_of(win: Fact, lead: str, lives: Lives) -> list[Fact]:
    """The losses of an opportunity, whichever lead they are told of; one without an id is one for each lead."""
    everywhere = [fact for life in lives.values() for fact in life]
    facts = lives[lead] if win.opportunity_id is None else everywhere
    return [fact for fact in facts if fact.kind == "opportunity_lost" and fact.opportunity_id == win.opportunity_id]


def cycle_of(cycles: list[Cycle], at: datetime) -> int:
    """The number of the cycle that a time of a win belongs to: there always is one."""
    (number,) = [cycle.number for cycle in cycles if cycle.includes(at)]
    return number
