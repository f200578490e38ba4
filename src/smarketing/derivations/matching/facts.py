"""Matching: the agreement's conditions applied to the facts' columns; what remains are small integer codes for the fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.columns import gathered
from smarketing.derivations.life.flags import DEAL_KINDS
from smarketing.derivations.life.rows import FACT, Facts, Rows
from smarketing.derivations.matching.order import coded_leads, in_order
from smarketing.derivations.matching.profile import Fits, fits
from smarketing.derivations.matching.properties import REMOVED, distinct, frame_of, places, read_one
from smarketing.derivations.program import FactTest
from smarketing.derivations.rulebook import Rulebook

COLUMNS = ("campaign", "channel", "actor", "amount")
"""The columns of a fact that a `where` can name beside its properties."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Some leads' facts as codes, with the names behind the codes.

    `facts` stand by lead, time and fact id; fact number i there is the row `order[i]` of `frame`, which stays as it came.
    """

    frame: pl.DataFrame
    order: NDArray[np.int64]
    leads: pl.Series
    facts: Facts
    fits: Fits
    people: pl.Series
    campaigns: pl.Series

    def leads_of(self, numbers: NDArray[np.int64]) -> pl.Series:
        """The leads of the facts with these numbers."""
        start = self.facts.lead_start
        return self.leads.gather(np.repeat(np.arange(len(start) - 1), np.diff(start))[numbers])

    def column(self, name: str, numbers: NDArray[np.int64]) -> pl.Series:
        """A column of the facts with these numbers; null for number -1."""
        rows = self.order[np.maximum(numbers, 0)] if len(self.order) else numbers
        return gathered(self.frame[name], np.where(numbers < 0, -1, rows))


def match(facts: pl.DataFrame, book: Rulebook) -> Matched:
    """Match settled facts with the versions of the agreement, each with the one in force when it happened."""
    leads, lead = coded_leads(facts["lead_id"])
    order, lead_start = in_order(lead, len(leads), facts["at"].to_physical().to_numpy(), facts["fact_id"])
    known_kinds = pl.Series(book.kinds[:-1], dtype=pl.String)
    kind = (
        facts["kind"]
        .replace_strict(known_kinds, range(len(known_kinds)), default=len(known_kinds), return_dtype=pl.Int32)
        .to_numpy()
    )
    people, named, actor = match_people(facts, kind, book)
    campaigns, campaign = coded(facts["campaign"])
    columns = {
        "at": facts["at"].to_physical().to_numpy(), "amount": amounts(facts, book), "kind": kind, "deal": match_deals(facts, lead),
        "named": named, "actor": actor, "campaign": campaign,
    }  # fmt: skip
    rows = np.empty(facts.height, FACT)
    for name, column in columns.items():
        rows[name] = column[order]
    found, rows["profile"] = match_profiles(facts, order, lead[order], rows, book)
    if len(book.versions) > 1:
        kind = kind + (len(book.kinds) * book.version_of(columns["at"])).astype(np.int32)
        rows["kind"] = kind[order]
    where = match_conditions(facts, kind, book)[order]
    return Matched(facts, order, leads, Facts(rows, where, lead_start), found, people, campaigns)


def match_profiles(
    frame: pl.DataFrame, order: NDArray[np.int64], lead: NDArray[np.int64], rows: Rows, book: Rulebook
) -> tuple[Fits, NDArray[np.int32]]:
    """The fits that occur, and for each fact the profile after its moment, on the moment's last `profile_changed` (else -1)."""
    changes = np.flatnonzero(rows["kind"] == book.kinds.index("profile_changed"))
    lead, at = lead[changes], rows["at"][changes]
    found, profile = fits(book.versions, frame["properties"].gather(order[changes]), lead)
    last = np.ones(len(changes), dtype=np.bool_)
    last[:-1] = (lead[1:] != lead[:-1]) | (at[1:] != at[:-1])
    after = np.full(len(order), -1, dtype=np.int32)
    after[changes[last]] = profile[last]
    return found, after


def coded(names: pl.Series) -> tuple[pl.Series, NDArray[np.int32]]:
    """The distinct names, and each row's code (-1: none)."""
    distinct_names = names.drop_nulls().unique().sort()
    codes = names.cast(pl.Enum(distinct_names)).to_physical().cast(pl.Int32).fill_null(-1)
    return distinct_names, codes.to_numpy()


def match_people(
    frame: pl.DataFrame, kind: NDArray[np.int32], book: Rulebook
) -> tuple[pl.Series, NDArray[np.int32], NDArray[np.int32]]:
    """The people who occur; for each fact whom an `assigned` names, and who acted (-1: nobody)."""
    rows = np.flatnonzero(kind == book.kinds.index("assigned"))
    to = read_one(frame["properties"].gather(rows), "to")
    people, codes = coded(pl.concat([frame["actor"], to]))
    named = np.full(frame.height, -1, dtype=np.int32)
    named[rows] = codes[frame.height :]
    return people, named, codes[: frame.height].copy()


def match_deals(frame: pl.DataFrame, lead: NDArray[np.int64]) -> NDArray[np.int32]:
    """The number of each fact's opportunity within its lead; -1 where the kind concerns none. Without an id they are one."""
    deals = frame.select(pl.col("opportunity_id").fill_null(""), row=pl.int_range(pl.len()), lead=pl.Series(lead))
    deals = deals.filter(frame["kind"].is_in(DEAL_KINDS)).with_columns(
        deal=pl.col("opportunity_id").rank("dense").over("lead") - 1
    )
    numbers = np.full(frame.height, -1, dtype=np.int32)
    numbers[deals["row"].to_numpy()] = deals["deal"].to_numpy()
    return numbers


def amounts(frame: pl.DataFrame, book: Rulebook) -> NDArray[np.int64]:
    """Amounts in hundredths of the last version's currency; 0 where there is none, or the money is foreign and no rate is known."""
    return book.rates.convert(frame, to=book.agreement.currency, versions=book.versions).hundredths


def match_conditions(frame: pl.DataFrame, kind: NDArray[np.int32], book: Rulebook) -> NDArray[np.uint64]:
    """The bits of the tests with a `where`, by the numbers of the kinds."""
    bits = np.zeros((frame.height, book.words), dtype=np.uint64)
    for number, these in enumerate(book.tests):
        tests = [test for test in these if test.where is not None]
        if tests:
            rows = np.flatnonzero(kind == number)
            bits[rows] = bits_of(frame, rows, tests, book.words)
    return bits


def bits_of(frame: pl.DataFrame, rows: NDArray[np.int64], tests: list[FactTest], words: int) -> NDArray[np.uint64]:
    """For each of the rows which of the tests its properties and columns pass."""
    names = sorted(set().union(*(test.where.names() for test in tests if test.where is not None)))
    texts, index = distinct(frame["properties"].gather(rows))
    properties = frame_of(texts, names)
    columns = [name for name in COLUMNS if name in names]
    if columns:
        beside = frame.select(pl.col(columns).cast(pl.String).gather(rows))
        properties = pl.concat([properties[index], beside], how="horizontal")
    value = {name: one_value(column, name if name in columns else None) for name, column in places(names).items()}
    passed = properties.select(
        test.where.expression(value.__getitem__).alias(str(at)) for at, test in enumerate(tests) if test.where is not None
    ).to_numpy()
    bits = np.zeros((len(passed), words), dtype=np.uint64)
    for at in range(len(tests)):
        bits[:, at // 64] |= passed[:, at].astype(np.uint64) << np.uint64(at % 64)
    return bits if columns else bits[index.to_numpy()]


def one_value(found: pl.Expr, beside: str | None) -> pl.Expr:
    """The value a `where` reads under a name: the property, also one without a value, else the column `beside`; null: not known."""
    known_value = pl.when(found != REMOVED).then(found)
    if beside is None:
        return known_value
    column = pl.col(beside)
    return pl.when(found.is_null()).then(pl.when(column != "").then(column)).otherwise(known_value)
