"""The tables that take all leads together: shown one bucket of whole leads after the other, asked for at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from smarketing.derivations.attribution.touches import WON, Kept, Terms, kept, kept_of_lives, told_of_deals
from smarketing.derivations.matching.order import LEAD
from smarketing.derivations.money.unconverted import Unconverted
from smarketing.derivations.rulebook import Rulebook
from smarketing.derivations.tables.commitments import commitments
from smarketing.derivations.tables.credits import credits, credits_in_pieces
from smarketing.derivations.tables.ledger import ledger
from smarketing.derivations.tables.tallies import Tallies
from smarketing.journal.small_tables import doubts_of
from smarketing.journal.survey import Settled, Survey
from smarketing.vocabulary.problems import Problem

COMMITMENTS, LEDGER, CREDITS = "commitments", "ledger", "credits"
LEDGER_LINES = "ledger_lines"
"""What the ledger is made of: no table of the contract, made lead by lead like one."""
MADE_OF = {COMMITMENTS: ("handoffs", "clocks"), LEDGER: (LEDGER_LINES, "handoffs")}
"""The tables made here, in order, and those of each lead by itself that they are made of."""
IN_MONEY = ("handoffs", COMMITMENTS, LEDGER, CREDITS)
"""The tables for which amounts are converted."""


def without_lives(tables: Collection[str]) -> bool:
    """Whether these tables follow from the facts alone, so that no life has to be gone through."""
    return {*tables} <= {CREDITS}


@dataclass(slots=True)
class Across:
    """What all leads together bring to the tables asked for; small, however many leads there are."""

    book: Rulebook
    as_of: datetime
    asked: Collection[str]
    small: Mapping[str, pl.DataFrame]
    threads: int = 1
    tallies: Tallies = field(init=False)
    unconverted: Unconverted = field(init=False)
    ledger_lines: list[pl.DataFrame] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tallies = Tallies(self.book.versions, self.as_of, self.book.rates)
        self.unconverted = Unconverted(self.book.rates, self.book.versions)

    @property
    def needed(self) -> set[str]:
        """What `derive` has to make of each bucket besides the tables asked for."""
        return {name for table, names in MADE_OF.items() if table in self.asked for name in names}

    def see(self, facts: pl.DataFrame, made: Mapping[str, pl.DataFrame]) -> None:
        """Take in a bucket: its settled facts, and the tables `needed` of them."""
        if COMMITMENTS in self.asked:
            self.tallies.see(facts, made["handoffs"], made["clocks"])
        if LEDGER in self.asked:
            self.ledger_lines.append(made[LEDGER_LINES])
            worth = made["handoffs"].filter(sourced="marketing").select("handed_at", "worth", currency=pl.lit(None, pl.String))
            self.unconverted.see(worth.rename({"handed_at": "at", "worth": "amount"}), into=[self.book.agreement.currency])
        if CREDITS in self.asked:
            self.kept.append(self.kept_of(facts))
        if not {*IN_MONEY}.isdisjoint(self.asked):
            self.see_wins(facts)

    def kept_of(self, facts: pl.DataFrame) -> Kept:
        """What the credits keep of a bucket, whether its facts stand in the order of their lives or not."""
        versions, rates = self.book.versions, self.book.rates
        if LEAD in facts.columns:
            return kept_of_lives(facts, versions, rates, as_of=self.as_of)
        journal = Settled(facts.lazy(), Survey(self.as_of, facts.height, None))
        return kept(journal, told_of_deals(journal, versions), versions, rates, threads=self.threads)

    def see_journal(self, journal: Settled) -> None:
        """Take in a whole journal, where nothing is asked that follows from lives."""
        if CREDITS in self.asked:
            told = told_of_deals(journal, self.book.versions)
            self.kept.append(kept(journal, told, self.book.versions, self.book.rates, threads=self.threads))
            self.see_wins(told)

    def see_wins(self, facts: pl.DataFrame) -> None:
        """Take in what was won, which is to be converted."""
        wins = facts.select("kind", "at", "amount", "currency").filter(pl.col("kind") == WON)
        wins = wins.select("at", "amount", pl.col("currency").cast(pl.String))
        self.unconverted.see(wins, into=self.currencies)

    def merge(self, other: Across) -> None:
        """Take in what another one of the same replay was shown: other buckets, on another machine."""
        self.tallies.merge(other.tallies)
        self.unconverted.merge(other.unconverted)
        self.ledger_lines += other.ledger_lines
        self.kept += other.kept

    @property
    def currencies(self) -> list[str]:
        """The currencies that amounts are converted into."""
        promised = [
            version.currency for version in self.book.versions if any(one.revenue is not None for one in version.commitments)
        ]
        return sorted({self.book.agreement.currency, *(promised if COMMITMENTS in self.asked else ())})

    def tables(self) -> dict[str, pl.DataFrame]:
        """Those asked for, when every bucket was shown."""
        made = self.short_tables()
        if CREDITS in self.asked:
            made[CREDITS] = credits(*self.of_credits(), as_of=self.as_of, threads=self.threads)
        return made

    def short_tables(self) -> dict[str, pl.DataFrame]:
        """Those that are never long."""
        made: dict[str, pl.DataFrame] = {}
        if COMMITMENTS in self.asked:
            made[COMMITMENTS] = commitments(self.tallies)
        if LEDGER in self.asked:
            made[LEDGER] = ledger(self.ledger_lines)
        return made

    def long_tables(self) -> dict[str, Iterator[pl.DataFrame]]:
        """The others, piece by piece; the first piece has no row."""
        if CREDITS not in self.asked:
            return {}
        return {CREDITS: credits_in_pieces(*self.of_credits(), as_of=self.as_of, threads=self.threads)}

    def of_credits(self) -> tuple[list[Kept], Terms, pl.DataFrame | None]:
        """What the credits are made of."""
        return self.kept, Terms.of(self.book.agreement), self.small.get("campaigns")

    def problems(self) -> list[Problem]:
        """What was met on the way, and what is doubtful in the small tables (warnings)."""
        return [*doubts_of(self.small, calendars=self.book.agreement.calendars), *self.unconverted.problems()]
