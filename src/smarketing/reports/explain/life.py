"""One lead's life as the tables tell it: its facts, its cycles, and its scores at any time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.sequence import version_at
from smarketing.derivations.live.profiles import Profiles
from smarketing.derivations.matching.profile import Fits
from smarketing.derivations.rulebook import personas_of
from smarketing.vocabulary.kinds import begins_after_disqualification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smarketing.agreement.models import Agreement
    from smarketing.reports.following import Following

ENDINGS = ("disqualified", "rejected", "recycled", "opportunity_lost")
"""The kinds that end a cycle, the one that wins over the others first."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cycle:
    """Facts with `begin_at < at <= end_at` belong to it (at its begin too where `whole`); `by`: the fact that began it."""

    number: int
    begin_at: datetime
    end_at: datetime | None
    by: Row
    whole: bool

    def holds(self, at: datetime) -> bool:
        """Whether a fact of that time belongs to the cycle."""
        after = at >= self.begin_at if self.whole else at > self.begin_at
        return after and (self.end_at is None or at <= self.end_at)


@dataclass(frozen=True)
class Life:
    """The rows of one lead: its facts in order and its rows of each table; `versions` of the agreement judged them, in sequence."""

    lead_id: str
    versions: Sequence[Agreement]
    as_of: datetime
    facts: list[Row]
    changes: list[Row]
    entries: list[Row]
    handoffs: list[Row]
    clocks: list[Row]

    @property
    def agreement(self) -> Agreement:
        """The version in force now, in whose language the tables speak."""
        return self.versions[-1]

    def version_at(self, at: datetime) -> Agreement:
        """The version that was in force at a time."""
        return version_at(self.versions, at)

    def judge_of(self, line: Row) -> Agreement:
        """The version under which a score change came about: of points for what somebody did, that of the fact's time."""
        fact = self.fact[line["fact_id"]] if line["axis"] == "engagement" else line
        return self.version_at(fact["at"])

    @cached_property
    def fact(self) -> dict[str, Row]:
        """The facts by id."""
        return {fact["fact_id"]: fact for fact in self.facts}

    @cached_property
    def receipt(self) -> list[Row]:
        """The score changes in order; within a moment fit first, and what is lost before what is earned."""

        def place(line: Row) -> tuple[object, ...]:
            return line["at"], line["axis"] != "fit", line["points"] > 0, line["rule"], line["fact_id"]

        return sorted(self.changes, key=place)

    @cached_property
    def last_line(self) -> dict[tuple[datetime, str], Row]:
        """The last line of each moment and axis."""
        return {(line["at"], line["axis"]): line for line in self.receipt}

    @cached_property
    def earnings(self) -> set[tuple[str, datetime]]:
        """The rules and moments at which a fact of that very moment changed the score."""
        by_facts = [line for line in self.changes if line["axis"] == "engagement"]
        return {(line["rule"], line["at"]) for line in by_facts if self.fact[line["fact_id"]]["at"] == line["at"]}

    @cached_property
    def cycles(self) -> list[Cycle]:
        """The cycles that entered a stage or were handed over, in order.

        A cycle ends when its furthest stage is left; the next begins there or, after a disqualification, with the next fact that
        can begin one.
        """
        found = [Cycle(1, self.facts[0]["at"], self._end(1), self.facts[0], whole=True)]
        for number in sorted({row["cycle"] for row in [*self.entries, *self.handoffs]} - {1}):
            found.append(self._next(found[-1], number))
        return found

    def cycle_at(self, at: datetime) -> Cycle | None:
        """The cycle to which a fact of that time belongs; None between a disqualification and the next begin."""
        return next((cycle for cycle in self.cycles if cycle.holds(at)), None)

    def balance(self, axis: str, at: datetime) -> Decimal:
        """The points of an axis at a time."""
        return sum((line["points"] for line in self.changes if line["axis"] == axis and line["at"] <= at), Decimal(0))

    def engagement(self, at: datetime, cycle: int) -> Decimal:
        """The engagement that conditions read: in a later cycle what the facts of that cycle have earned and not lost again."""
        if cycle == 1:
            return self.balance("engagement", at)
        own = next(one for one in self.cycles if one.number == cycle)
        lines = [line for line in self.changes if line["axis"] == "engagement" and line["at"] <= at]
        return sum((line["points"] for line in lines if own.holds(self.fact[line["fact_id"]]["at"])), Decimal(0))

    def persona(self, at: datetime) -> str | None:
        """The persona at a time, of the profile known by then, under the version in force then; None before the first fact."""
        if at < self.facts[0]["at"]:
            return None
        changes, found, profile = self._profiles
        told = bisect_right(changes, at)
        version = self.versions.index(self.version_at(at))
        code = int(found.states[found.compiled.of[profile[told - 1] if told else 0, version]]["persona"])
        return personas_of(self.versions)[code] if code >= 0 else None

    @cached_property
    def _profiles(self) -> tuple[list[datetime], Fits, NDArray[np.int32]]:
        """The times of the changes of the profile, the fits that occur, and which profile each change leaves; number 0 is the empty one."""
        changes = [fact for fact in self.facts if fact["kind"] == "profile_changed"]
        said = [fact["properties"] or "{}" for fact in changes]
        return [fact["at"] for fact in changes], *profiles_under(self.versions).follow(said, [0] * len(said))

    def _end(self, number: int) -> datetime | None:
        names = self.agreement.stage_names
        mine = [entry for entry in self.entries if entry["cycle"] == number]
        furthest = max(mine, key=lambda entry: names.index(entry["stage"]), default=None)
        return furthest["left_at"] if furthest else None

    def _next(self, before: Cycle, number: int) -> Cycle:
        mine = [entry for entry in self.entries if entry["cycle"] == number]
        end_at = self._end(number)
        ending = [fact for fact in self.facts if fact["at"] == before.end_at and fact["kind"] in ENDINGS]
        if not ending or before.number != number - 1:
            handed = [row["handed_at"] for row in self.handoffs if row["cycle"] == number]
            begin_at = min([*(entry["entered_at"] for entry in mine), *handed])
            return Cycle(number, begin_at, end_at, self._first_at(begin_at), whole=False)
        by = min(ending, key=lambda fact: (fact["kind"] != ENDINGS[0], fact["kind"] == ENDINGS[-1], fact["fact_id"]))
        if by["kind"] != ENDINGS[0]:
            return Cycle(number, by["at"], end_at, by, whole=False)
        begun = next(fact for fact in self.facts if fact["at"] > by["at"] and begins_after_disqualification(fact["kind"]))
        return Cycle(number, begun["at"], end_at, begun, whole=True)

    def _first_at(self, at: datetime) -> Row:
        return next((fact for fact in self.facts if fact["at"] >= at), self.facts[-1])


_judged: dict[tuple[str, ...], Profiles] = {}
ALONE, IDS = "the facts of one life", "ids"
"""Under these names an outcome keeps that it is of one life alone, and who goes by which id."""
MOST_JUDGED, MOST_LIVES = 8, 4
"""Under so many sequences of versions profiles are remembered as judged; and so many lives of one outcome as read."""


def profiles_under(versions: Sequence[Agreement]) -> Profiles:
    """The profiles met so far under these versions: who asks for one life asks for the next."""
    ids = tuple(version.id for version in versions)
    found = _judged.get(ids)
    if found is not None:
        return found
    for oldest in list(_judged)[: len(_judged) + 1 - MOST_JUDGED]:
        _judged.pop(oldest, None)
    return _judged.setdefault(ids, Profiles(versions))


def life_of(outcome: Following, lead_id: str) -> Life | None:
    """The life of a lead, None where there is no fact of it. Who tells of a life asks for it several times; it is read once."""
    kept: dict[str, Life | None] = outcome.once("lives as read", dict)
    if lead_id in kept:
        return kept.get(lead_id) or _life_of(outcome, lead_id)
    for oldest in list(kept)[: len(kept) + 1 - MOST_LIVES]:
        kept.pop(oldest, None)
    return kept.setdefault(lead_id, _life_of(outcome, lead_id))


def _life_of(outcome: Following, lead_id: str) -> Life | None:
    alone = facts_alone(outcome)
    found = alone if alone is not None else outcome.facts.filter(pl.col("lead_id") == lead_id).collect()
    facts = sorted((row for row in found.iter_rows(named=True) if row["lead_id"] == lead_id), key=_place)
    if not facts:
        return None

    def rows(name: str) -> list[Row]:
        table = outcome.table(name)
        own = table if alone is not None else table.filter(pl.col("lead_id") == lead_id)
        return [row for row in own.iter_rows(named=True) if row["lead_id"] == lead_id]

    tables = (rows(name) for name in ("score_changes", "stage_entries", "handoffs", "clocks"))
    return Life(lead_id, outcome.versions, outcome.as_of, facts, *tables)


def _place(fact: Row) -> tuple[datetime, str]:
    return fact["at"], fact["fact_id"]


def keep_alone(outcome: Following, facts: pl.DataFrame) -> None:
    """Note that an outcome is of one life alone, and these are all its facts: its few rows are then read without a query for each table."""
    outcome.once(ALONE, lambda: facts)


def facts_alone(outcome: Following) -> pl.DataFrame | None:
    """The facts of an outcome of one life alone; None of any other."""
    found: pl.DataFrame | None = outcome.asked_so_far(ALONE)
    return found


class Ids(NamedTuple):
    """Who goes by which id: of each id its lead (`own`), of each lead the ids that became part of it, in order (`others`)."""

    own: dict[str, str]
    others: dict[str, list[str]]


def ids_in(outcome: Following) -> Ids:
    """The ids of an outcome, read once."""
    return outcome.once(IDS, lambda: _ids(outcome.united))


def share_ids(life: Following, outcome: Following) -> None:
    """Let a life know the ids as the outcome does of which it is a part."""
    life.once(IDS, lambda: ids_in(outcome))


def _ids(united: pl.DataFrame) -> Ids:
    own = dict(united.select("id", "lead_id").iter_rows())
    others: dict[str, list[str]] = {}
    for one, lead_id in sorted(own.items()):
        others.setdefault(lead_id, []).append(one)
    return Ids(own, others)
