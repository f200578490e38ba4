"""Matching few facts: as `matching.facts.match`, but a condition that was asked of equal properties before is not asked again."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.derivations.columns import distinct
from smarketing.derivations.life.flags import ATTEMPT, DEAL, TOUCH, WON
from smarketing.derivations.life.rows import FACT, Facts, Ints, Rows
from smarketing.derivations.live.profiles import Profiles
from smarketing.derivations.live.remembered import Remembered
from smarketing.derivations.matching.facts import Conditions, Matched, amounts, bits_of
from smarketing.derivations.matching.order import coded_leads, in_order
from smarketing.derivations.matching.profile import Fits
from smarketing.derivations.matching.properties import values_of
from smarketing.derivations.rulebook import Rulebook

READ = ("fact_id", "at", "kind", "campaign", "channel", "actor", "opportunity_id", "amount", "currency", "properties")
MOST = 200_000
"""So many properties, each of a kind of fact, are remembered at least."""
Key = tuple[int, str]
Bits = tuple[int, ...]


class Memory:
    """What was found out about facts under one rulebook; threads may share it."""

    def __init__(self, book: Rulebook, *, most: int = MOST) -> None:
        self.book = book
        self.kinds = pl.Enum(book.kinds[:-1])
        self.profiles = Profiles(book.versions)
        with_where = {number: [test for test in tests if test.where is not None] for number, tests in enumerate(book.tests)}
        self.conditions = {number: Conditions.of(tests) for number, tests in with_where.items() if tests}
        self.tested = np.array([number in self.conditions for number in with_where])
        self.bits: Remembered[Key, Bits] = Remembered(most)
        self.named: Remembered[str, tuple[str | None]] = Remembered(most)

    def match(self, facts: pl.DataFrame) -> Matched:
        """Match settled facts with the versions of the agreement, each with the one in force when it happened."""
        facts, leads, lead_start = in_lives(facts)
        at, lead = facts["at"].to_physical().to_numpy(), np.repeat(np.arange(len(leads)), np.diff(lead_start))
        kind = self.kinds_of(facts["kind"])
        if len(self.book.versions) > 1:
            kind = kind + len(self.book.kinds) * self.book.version_of(at)
        flags = self.book.law.kind_flags[kind]
        rows = np.empty(facts.height, FACT)
        rows["at"], rows["kind"], rows["amount"] = at, kind, self.amounts(facts, kind, flags)
        rows["deal"], rows["campaign"] = deals(facts, lead, flags), campaigns(facts, flags)
        people, rows["named"], rows["actor"] = self.people(facts, kind, flags)
        found, rows["profile"] = self.fits(facts, lead, rows)
        return Matched(facts, leads, Facts(rows, self.where(facts, kind), lead_start), found, people, facts["campaign"])

    def kinds_of(self, kinds: pl.Series) -> Ints:
        """The number of each fact's kind, without regard to the version."""
        codes = kinds.cast(self.kinds, strict=False).to_physical().cast(pl.Int64)
        unknown = codes.is_null().to_numpy() if codes.null_count() else None
        if unknown is None:
            return codes.to_numpy()
        return np.where(unknown, len(self.book.kinds) - 1, codes.fill_null(0).to_numpy())

    def people(self, facts: pl.DataFrame, kind: Ints, flags: Ints) -> tuple[pl.Series, Ints, Ints]:
        """The people who occur; for each fact whom an `assigned` names, and who made an attempt (-1: nobody)."""
        assigned = np.flatnonzero(kind % len(self.book.kinds) == self.book.kinds.index("assigned"))
        attempts = np.flatnonzero(flags & ATTEMPT)
        to = [
            one
            for (one,) in self.named.answers(texts_at(facts, assigned), lambda texts: [(one,) for one in values_of(texts, "to")])
        ]
        actors = facts["actor"].gather(attempts).to_list()
        codes = {name: code for code, name in enumerate(dict.fromkeys(name for name in (*to, *actors) if name is not None))}
        named, actor = np.full(facts.height, -1), np.full(facts.height, -1)
        named[assigned] = [codes.get(name, -1) for name in to]
        actor[attempts] = [codes.get(name, -1) for name in actors]
        return pl.Series(list(codes), dtype=pl.String), named, actor

    def amounts(self, facts: pl.DataFrame, kind: Ints, flags: Ints) -> Ints | int:
        """What each win is worth, in hundredths; 0 for other facts."""
        return amounts(facts, (kind % len(self.book.kinds)).astype(np.int32), self.book) if (flags & WON).any() else 0

    def fits(self, facts: pl.DataFrame, lead: Ints, rows: Rows) -> tuple[Fits, NDArray[np.int32]]:
        """The fits that occur, and for each fact the profile after its moment, on the moment's last `profile_changed` (else -1)."""
        changes = np.flatnonzero(rows["kind"] % len(self.book.kinds) == self.book.kinds.index("profile_changed"))
        whose, at = lead[changes], rows["at"][changes]
        found, profile = self.profiles.follow(texts_at(facts, changes), whose.tolist())
        last = np.ones(len(changes), dtype=np.bool_)
        last[:-1] = (whose[1:] != whose[:-1]) | (at[1:] != at[:-1])
        after = np.full(facts.height, -1, dtype=np.int32)
        after[changes[last]] = profile[last]
        return found, after

    def where(self, facts: pl.DataFrame, kind: Ints) -> NDArray[np.uint64]:
        """The bits of the tests with a `where`, by the numbers of the kinds."""
        bits = np.zeros((facts.height, self.book.words), dtype=np.uint64)
        rows = np.flatnonzero(self.tested[kind])
        if not len(rows):
            return bits
        texts = self.texts_of(facts, kind, rows)
        codes = texts.cast(pl.Categorical(pl.Categories.random())).to_physical().to_numpy().astype(np.int64)
        width = int(codes.max()) + 1
        there, which = distinct(kind[rows] * width + codes, len(self.tested) * width)
        example = np.empty(len(there), dtype=np.int64)
        example[which] = np.arange(len(rows))
        asked = list(zip((there // width).tolist(), texts.gather(example).to_list(), strict=True))
        row_of = dict(zip(asked, rows[example].tolist(), strict=True))
        answers = self.bits.answers(asked, lambda new: self.ask(facts, new, [row_of[one] for one in new]))
        bits[rows] = np.array(answers, dtype=np.uint64)[which]
        return bits

    def texts_of(self, facts: pl.DataFrame, kind: Ints, rows: Ints) -> pl.Series:
        """What the conditions of these rows' kinds read: the properties and, where they are named, columns beside them."""
        properties = facts["properties"].gather(rows)
        for number, conditions in self.conditions.items():
            if conditions.columns:
                these = np.flatnonzero(kind[rows] == number)
                beside = facts.select(pl.col(conditions.columns).cast(pl.String))[rows[these]]
                properties = properties.scatter(these, with_columns(properties.gather(these), beside))
        return properties

    def ask(self, facts: pl.DataFrame, asked: list[Key], rows: list[int]) -> list[Bits]:
        """Ask the conditions, each of one of the facts for which the answer holds."""
        kinds, found = np.array([kind for kind, _ in asked]), np.empty((len(asked), self.book.words), dtype=np.uint64)
        for kind in np.unique(kinds).tolist():
            these = np.flatnonzero(kinds == kind)
            passed, index = bits_of(facts, np.array(rows)[these], self.conditions[kind], self.book.words)
            found[these] = passed[index]
        return [tuple(row) for row in found.tolist()]


def in_lives(facts: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series, Ints]:
    """The columns that are read of the facts, by lead, time and fact id; the leads; and where each one's facts begin, and the end."""
    leads, lead = coded_leads(facts["lead_id"])
    order, lead_start = in_order(lead, len(leads), facts["at"].to_physical().to_numpy(), facts["fact_id"])
    facts = pl.DataFrame([facts[name] for name in READ])
    return facts if (order[1:] > order[:-1]).all() else facts[order], leads, lead_start


def with_columns(properties: pl.Series, beside: pl.DataFrame) -> pl.Series:
    """One text for each row that is equal only where all of these are."""
    parts = [pl.concat_str(pl.col(name).str.len_bytes().cast(pl.String), pl.lit(":"), name) for name in beside.columns]
    said = beside.select(pl.concat_str([part.fill_null("-") for part in parts] + [pl.lit("|")])).to_series()
    return said + properties


def texts_at(facts: pl.DataFrame, rows: Ints) -> list[str]:
    """The properties of these facts."""
    return [text or "{}" for text in facts["properties"].gather(rows).to_list()]


def deals(facts: pl.DataFrame, lead: Ints, flags: Ints) -> Ints:
    """The number of each fact's opportunity within its lead; -1 where the kind concerns none. Without an id they are one."""
    rows, found = np.flatnonzero(flags & DEAL), np.full(facts.height, -1, dtype=np.int64)
    if len(rows):
        codes: dict[str, int] = {}
        ids = [codes.setdefault(one or "", len(codes)) for one in facts["opportunity_id"].gather(rows).to_list()]
        key, which = np.unique(lead[rows] * len(codes) + np.array(ids), return_inverse=True)
        whose = key // len(codes)
        found[rows] = (np.arange(len(key)) - np.searchsorted(whose, whose))[which]
    return found


def campaigns(facts: pl.DataFrame, flags: Ints) -> Ints:
    """For each touch with a campaign its row, which is as good as a number of the campaign; -1 for other facts."""
    return np.where((flags & TOUCH != 0) & facts["campaign"].is_not_null().to_numpy(), np.arange(facts.height), -1)
