"""Matching: the agreement's conditions applied to the facts' columns; what remains are small integer codes for the fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.columns import gathered
from smarketing.derivations.compiling import kernel
from smarketing.derivations.life.flags import DEAL_KINDS
from smarketing.derivations.life.rows import FACT, Codes, Facts, Ints, Rows
from smarketing.derivations.matching.codes import Names, coded, frozen
from smarketing.derivations.matching.order import LEAD, in_lives, lives
from smarketing.derivations.matching.profile import Fits, fits
from smarketing.derivations.matching.properties import REMOVED, distinct, frame_of, places, read_one
from smarketing.derivations.program import FactTest
from smarketing.derivations.rulebook import Rulebook

Bits = NDArray[np.uint64]
COLUMNS = ("campaign", "channel", "actor", "amount")
"""The columns of a fact that a `where` can name beside its properties."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Some leads' facts as codes, with the names behind the codes.

    `facts` stand by lead, time and fact id; fact number i there is the row i of `frame`.
    """

    frame: pl.DataFrame
    leads: pl.Series
    facts: Facts
    fits: Fits
    people: pl.Series
    campaigns: pl.Series

    def leads_of(self, numbers: NDArray[np.int64]) -> pl.Series:
        """The leads of the facts with these numbers."""
        start = self.facts.lead_start
        return gathered(self.leads, np.repeat(np.arange(len(start) - 1), np.diff(start))[numbers])

    def column(self, name: str, numbers: NDArray[np.int64]) -> pl.Series:
        """A column of the facts with these numbers; null for number -1."""
        return gathered(self.frame[name], numbers)


def match(facts: pl.DataFrame, book: Rulebook) -> Matched:
    """Match settled facts with the versions of the agreement, each with the one in force when it happened."""
    facts = in_lives(facts)
    lead = facts[LEAD].to_numpy()
    lead_start = lives(lead)
    kind = match_kinds(facts["kind"], book)
    people, named, actor = match_people(facts, kind, book)
    campaigns, campaign = coded(facts["campaign"])
    at, amount, deal = (
        frozen(facts["at"].to_physical().to_numpy()),
        amounts(facts, kind, book),
        match_deals(facts, lead, kind, book),
    )
    found, profile = match_profiles(facts, lead, at, kind, book)
    if len(book.versions) > 1:
        kind = kind + (len(book.kinds) * book.version_of(at)).astype(np.int32)
    rows = np.empty(facts.height, FACT)
    write_facts(rows, at, amount, kind, profile, deal, named, actor, campaign)
    where = match_conditions(facts, kind, book)
    leads, in_one_piece = facts["lead_id"].gather(lead_start[:-1]), facts["fact_id"].rechunk()
    facts = facts.with_columns(in_one_piece)  # of which tables pick many
    return Matched(facts, leads, Facts(rows, where, lead_start), found, people, campaigns)


@kernel
def write_facts(rows: Rows, at: Ints, amount: Ints, kind: Codes, profile: Codes, deal: Codes, named: Codes, actor: Codes, campaign: Codes) -> None:  # fmt: skip
    """Write FACT rows, each once: a field at a time they would have to be fetched eight times."""
    for i in range(rows.shape[0]):
        row = rows[i]
        row.at, row.amount, row.kind, row.profile = at[i], amount[i], kind[i], profile[i]
        row.deal, row.named, row.actor, row.campaign = deal[i], named[i], actor[i], campaign[i]


def match_profiles(frame: pl.DataFrame, lead: NDArray[np.uint32], at: Ints, kind: Codes, book: Rulebook) -> tuple[Fits, Codes]:
    """The fits that occur, and for each fact the profile after its moment, on the moment's last `profile_changed` (else -1)."""
    changes = np.flatnonzero(kind == book.kinds.index("profile_changed"))
    lead, at = lead[changes], at[changes]
    found, profile = fits(book.versions, frame["properties"], lead, changes)
    last = np.ones(len(changes), dtype=np.bool_)
    last[:-1] = (lead[1:] != lead[:-1]) | (at[1:] != at[:-1])
    after = np.full(frame.height, -1, dtype=np.int32)
    after[changes[last]] = profile[last]
    return found, after


def match_kinds(kinds: pl.Series, book: Rulebook) -> Codes:
    """The number of each fact's kind; all kinds that the agreement does not name have the last one."""
    found, number = Names.of(kinds), {name: number for number, name in enumerate(book.kinds[:-1])}
    return found.coded([number.get(name, len(number)) for name in found.names])


def match_people(frame: pl.DataFrame, kind: Codes, book: Rulebook) -> tuple[pl.Series, Codes, Codes]:
    """The people who occur; for each fact whom an `assigned` names, and who acted (-1: nobody)."""
    rows = np.flatnonzero(kind == book.kinds.index("assigned"))
    acting, receiving = Names.of(frame["actor"]), Names.of(read_one(frame["properties"], "to", rows))
    people = pl.concat([acting.names, receiving.names]).unique().sort()
    named = np.full(frame.height, -1, dtype=np.int32)
    named[rows] = receiving.coded_among(people)
    return people, named, acting.coded_among(people)


def match_deals(frame: pl.DataFrame, lead: NDArray[np.uint32], kind: Codes, book: Rulebook) -> Codes:
    """The number of each fact's opportunity within its lead; -1 where the kind concerns none. Without an id they are one."""
    numbers = np.full(frame.height, -1, dtype=np.int32)
    rows = np.flatnonzero(np.array([name in DEAL_KINDS for name in book.kinds])[kind])
    ids = Names.of(frame["opportunity_id"].gather(rows).cast(pl.String).fill_null(""))
    key, which = np.unique(lead[rows] * np.int64(ids.below) + ids.coded(ids.used), return_inverse=True)
    whose = key // max(ids.below, 1)
    numbers[rows] = (np.arange(len(key)) - np.searchsorted(whose, whose))[which]
    return numbers


def amounts(frame: pl.DataFrame, kind: Codes, book: Rulebook) -> NDArray[np.int64]:
    """What each win brought, in hundredths of the last version's currency; 0 for other facts, and where no amount or no rate is known."""
    hundredths, rows = np.zeros(frame.height, dtype=np.int64), np.flatnonzero(kind == book.kinds.index("opportunity_won"))
    won = frame.select(pl.col("at", "amount", "currency").gather(rows)).with_columns(pl.col("currency").cast(pl.String))
    hundredths[rows] = book.rates.convert(won, to=book.agreement.currency, versions=book.versions).hundredths
    return hundredths


@dataclass(frozen=True, slots=True)
class Conditions:
    """The tests with a `where` of facts of one kind, ready to be asked: the properties they read, the columns that may stand in for
    one, and an expression for each test."""

    names: list[str]
    columns: list[str]
    asked: list[pl.Expr]

    @classmethod
    def of(cls, tests: Sequence[FactTest]) -> Conditions:
        """Those of the tests that have a `where`."""
        wheres = [test.where for test in tests if test.where is not None]
        names = sorted(set().union(*(where.names() for where in wheres)))
        columns = [name for name in COLUMNS if name in names]
        value = {name: one_value(column, name if name in columns else None) for name, column in places(names).items()}
        return cls(names, columns, [where.expression(value.__getitem__).alias(str(at)) for at, where in enumerate(wheres)])


def match_conditions(frame: pl.DataFrame, kind: Codes, book: Rulebook) -> NDArray[np.uint64]:
    """The bits of the tests with a `where`, by the numbers of the kinds."""
    bits = np.zeros((frame.height, book.words), dtype=np.uint64)
    for number, these in enumerate(book.tests):
        if any(test.where is not None for test in these):
            rows = np.flatnonzero(kind == number)
            passed, index = bits_of(frame, rows, Conditions.of(these), book.words)
            write_bits(bits, rows, passed, index)
    return bits


@kernel
def write_bits(bits: Bits, rows: Ints, passed: Bits, index: Codes) -> None:
    """Write the bits of some rows, each of which has those at its index."""
    for place in range(rows.shape[0]):
        for word in range(bits.shape[1]):
            bits[rows[place], word] = passed[index[place], word]


def bits_of(frame: pl.DataFrame, rows: Ints, conditions: Conditions, words: int) -> tuple[Bits, Codes]:
    """Which of the conditions properties and columns pass, as bits, and for each of the rows at which index its own are."""
    texts, index = distinct(frame["properties"], rows)
    properties = frame_of(texts, conditions.names)
    if conditions.columns:
        beside = frame.select(pl.col(conditions.columns).cast(pl.String).gather(rows))
        properties = pl.concat([properties[index], beside], how="horizontal")
    passed = properties.select(conditions.asked).to_numpy()
    bits = np.zeros((len(passed), words), dtype=np.uint64)
    for at in range(passed.shape[1]):
        bits[:, at // 64] |= passed[:, at].astype(np.uint64) << np.uint64(at % 64)
    return bits, np.arange(len(rows), dtype=np.int32) if conditions.columns else index


def one_value(found: pl.Expr, beside: str | None) -> pl.Expr:
    """The value a `where` reads under a name: the property, also one without a value, else the column `beside`; null: not known."""
    known_value = pl.when(found != REMOVED).then(found)
    if beside is None:
        return known_value
    column = pl.col(beside)
    return pl.when(found.is_null()).then(pl.when(column != "").then(column)).otherwise(known_value)
