"""Matching: the agreement's conditions applied to the facts' columns; what remains are small integer codes for the fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.columns import gathered
from smarketing.derivations.life.flags import DEAL_KINDS
from smarketing.derivations.life.rows import FACT, Facts, Rows
from smarketing.derivations.matching.order import LEAD, in_lives, lives
from smarketing.derivations.matching.profile import Fits, fits
from smarketing.derivations.matching.properties import REMOVED, distinct, frame_of, places, read_one
from smarketing.derivations.program import FactTest
from smarketing.derivations.rulebook import Rulebook

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
    columns = {
        "at": facts["at"].to_physical().to_numpy(), "amount": amounts(facts, kind, book), "kind": kind, "deal": match_deals(facts, lead, kind, book),
        "named": named, "actor": actor, "campaign": campaign,
    }  # fmt: skip
    rows = np.empty(facts.height, FACT)
    for name, column in columns.items():
        rows[name] = column
    found, rows["profile"] = match_profiles(facts, lead, rows, book)
    if len(book.versions) > 1:
        kind = kind + (len(book.kinds) * book.version_of(columns["at"])).astype(np.int32)
        rows["kind"] = kind
    where = match_conditions(facts, kind, book)
    leads = facts["lead_id"].gather(lead_start[:-1])
    return Matched(facts, leads, Facts(rows, where, lead_start), found, people, campaigns)


def match_profiles(frame: pl.DataFrame, lead: NDArray[np.uint32], rows: Rows, book: Rulebook) -> tuple[Fits, NDArray[np.int32]]:
    """The fits that occur, and for each fact the profile after its moment, on the moment's last `profile_changed` (else -1)."""
    changes = np.flatnonzero(rows["kind"] == book.kinds.index("profile_changed"))
    lead, at = lead[changes], rows["at"][changes]
    found, profile = fits(book.versions, frame["properties"].gather(changes), lead)
    last = np.ones(len(changes), dtype=np.bool_)
    last[:-1] = (lead[1:] != lead[:-1]) | (at[1:] != at[:-1])
    after = np.full(frame.height, -1, dtype=np.int32)
    after[changes[last]] = profile[last]
    return found, after


def match_kinds(kinds: pl.Series, book: Rulebook) -> NDArray[np.int32]:
    """The number of each fact's kind; all kinds that the agreement does not name have the last one."""
    names, codes = coded(kinds)
    number = {name: number for number, name in enumerate(book.kinds[:-1])}
    return np.array([number.get(name, len(number)) for name in names], dtype=np.int32)[codes]


def coded(names: pl.Series) -> tuple[pl.Series, NDArray[np.int32]]:
    """The distinct names in order, and each row's code (-1: none)."""
    if not isinstance(names.dtype, pl.Categorical):
        names = names.cast(pl.Categorical(pl.Categories.random()))
    known = np.flatnonzero(names.is_not_null().to_numpy()) if names.null_count() else np.arange(len(names))
    numbers = names.to_physical().fill_null(0).to_numpy()[known].astype(np.int64)
    somewhere = np.full(int(numbers.max(initial=-1)) + 1, -1, dtype=np.int64)
    somewhere[numbers] = known
    used = np.flatnonzero(somewhere >= 0)
    of_used = names.gather(somewhere[used]).cast(pl.String)
    by_name, code = of_used.arg_sort().to_numpy(), np.empty(len(somewhere), dtype=np.int32)
    code[used[by_name]] = np.arange(len(used))
    codes = np.full(len(names), -1, dtype=np.int32)
    codes[known] = code[numbers]
    return of_used.gather(by_name), codes


def match_people(
    frame: pl.DataFrame, kind: NDArray[np.int32], book: Rulebook
) -> tuple[pl.Series, NDArray[np.int32], NDArray[np.int32]]:
    """The people who occur; for each fact whom an `assigned` names, and who acted (-1: nobody)."""
    rows = np.flatnonzero(kind == book.kinds.index("assigned"))
    acting, actor = coded(frame["actor"])
    receiving, to = coded(read_one(frame["properties"].gather(rows), "to"))
    people = pl.concat([acting, receiving]).unique().sort()
    named = np.full(frame.height, -1, dtype=np.int32)
    named[rows] = recoded(to, receiving, people)
    return people, named, recoded(actor, acting, people)


def recoded(codes: NDArray[np.int32], names: pl.Series, among: pl.Series) -> NDArray[np.int32]:
    """The same rows coded by the places of the `names` among others, in order, that hold them all."""
    places = np.append(among.search_sorted(names).to_numpy(), -1) if len(names) else np.array([-1])
    return places.astype(np.int32)[codes]


def match_deals(frame: pl.DataFrame, lead: NDArray[np.uint32], kind: NDArray[np.int32], book: Rulebook) -> NDArray[np.int32]:
    """The number of each fact's opportunity within its lead; -1 where the kind concerns none. Without an id they are one."""
    numbers = np.full(frame.height, -1, dtype=np.int32)
    rows = np.flatnonzero(np.isin(kind, [book.kinds.index(name) for name in DEAL_KINDS]))
    deals = pl.DataFrame({"lead": lead[rows], "id": frame["opportunity_id"].gather(rows).cast(pl.String).fill_null("")})
    numbers[rows] = deals.select(pl.col("id").rank("dense").over("lead") - 1).to_series().to_numpy()
    return numbers


def amounts(frame: pl.DataFrame, kind: NDArray[np.int32], book: Rulebook) -> NDArray[np.int64]:
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


def match_conditions(frame: pl.DataFrame, kind: NDArray[np.int32], book: Rulebook) -> NDArray[np.uint64]:
    """The bits of the tests with a `where`, by the numbers of the kinds."""
    bits = np.zeros((frame.height, book.words), dtype=np.uint64)
    for number, these in enumerate(book.tests):
        if any(test.where is not None for test in these):
            rows = np.flatnonzero(kind == number)
            bits[rows] = bits_of(frame, rows, Conditions.of(these), book.words)
    return bits


def bits_of(frame: pl.DataFrame, rows: NDArray[np.int64], conditions: Conditions, words: int) -> NDArray[np.uint64]:
    """For each of the rows which of the conditions its properties and columns pass."""
    texts, index = distinct(frame["properties"].gather(rows))
    properties = frame_of(texts, conditions.names)
    if conditions.columns:
        beside = frame.select(pl.col(conditions.columns).cast(pl.String).gather(rows))
        properties = pl.concat([properties[index], beside], how="horizontal")
    passed = properties.select(conditions.asked).to_numpy()
    bits = np.zeros((len(passed), words), dtype=np.uint64)
    for at in range(passed.shape[1]):
        bits[:, at // 64] |= passed[:, at].astype(np.uint64) << np.uint64(at % 64)
    return bits if conditions.columns else bits[index.to_numpy()]


def one_value(found: pl.Expr, beside: str | None) -> pl.Expr:
    """The value a `where` reads under a name: the property, also one without a value, else the column `beside`; null: not known."""
    known_value = pl.when(found != REMOVED).then(found)
    if beside is None:
        return known_value
    column = pl.col(beside)
    return pl.when(found.is_null()).then(pl.when(column != "").then(column)).otherwise(known_value)
