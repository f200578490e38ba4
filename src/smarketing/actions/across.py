"""The tables that take all leads together, made of the held ones when somebody asks: nobody keeps them up to date for nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl

from smarketing.backends.local import replay
from smarketing.derivations.money.rates import rates_in
from smarketing.derivations.rulebook import compile_agreement
from smarketing.derivations.tables.across import COMMITMENTS, CREDITS, LEDGER, Across

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome


class HeldTables(dict[str, pl.DataFrame]):
    """Tables by name; some of them are `made` when they are first asked for."""

    made: dict[str, Callable[[], pl.DataFrame]]

    def __init__(self, held: dict[str, pl.DataFrame]) -> None:
        super().__init__(held)
        self.made = {}

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.made

    def __missing__(self, name: str) -> pl.DataFrame:
        if name not in self.made:
            raise KeyError(name)
        self[name] = self.made[name]()
        return self[name]


def later(outcome: Outcome, held: HeldTables) -> None:
    """Let the tables across leads be made of what is held, each when it is asked for."""
    held.made |= {
        COMMITMENTS: lambda: _of_tables(outcome, COMMITMENTS),
        CREDITS: lambda: _of_tables(outcome, CREDITS),
        LEDGER: lambda: _replayed(outcome, LEDGER),
    }


def _of_tables(outcome: Outcome, name: str) -> pl.DataFrame:
    """What needs no more than the facts and the tables of the leads."""
    book = compile_agreement(outcome.versions, rates_in(outcome.small, outcome.versions))
    across = Across(book, outcome.as_of, [name], outcome.small)
    facts = outcome.facts.collect()
    if facts.height:
        across.see(facts, outcome.tables)
    return across.tables()[name]


def _replayed(outcome: Outcome, name: str) -> pl.DataFrame:
    """What needs something of each lead that is not kept."""
    return replay(outcome.facts, outcome.versions, outcome.as_of, tables=[name], tables_in=outcome.small).table(name)
