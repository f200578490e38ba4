"""`handoffs` and `clocks` out of what the fold wrote. Keys: lead_id, cycle; and lead_id, cycle, commitment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.models import Commitment
from smarketing.derivations.business_time import NEVER as UNKNOWN
from smarketing.derivations.business_time import Micros, budget, due_many, elapsed_many
from smarketing.derivations.columns import cut, gathered, instants, money, named, without
from smarketing.derivations.life.rows import Ints, Out, Rows
from smarketing.derivations.life.words import NEVER
from smarketing.derivations.matching.facts import Matched
from smarketing.derivations.matching.properties import values_of
from smarketing.derivations.program import floor
from smarketing.derivations.rulebook import Rulebook, clocks_of, hundredths
from smarketing.derivations.working_time import WorkingTime
from smarketing.vocabulary import tables
from smarketing.vocabulary.periods import micros

OPEN, KEPT, LATE, BREACHED, VOID = range(5)
TIMES = ("at", "accepted", "rejected", "recycled", "disqualified", "assigned", "attempted", "connected")
"""The instants among the fields of a hand-off."""
STATES = ["open", "kept", "late", "breached", "void"]


@dataclass(frozen=True, slots=True)
class Handed:
    """The hand-offs of some leads with what both tables need: each one's timeline (-1: no calendar) and grade code."""

    rows: Rows
    matched: Matched
    timeline: Micros
    grade: NDArray[np.int64]
    kth: Ints
    entered: Ints

    def where(self, keep: NDArray[np.int64]) -> Handed:
        """Some of them."""
        columns = (column[keep] for column in (self.timeline, self.grade, self.kth, self.entered))
        return Handed(self.rows[keep], self.matched, *columns)


def handed(matched: Matched, folded: Out, book: Rulebook, working: WorkingTime) -> Handed:
    """The hand-offs, each with the calendar of its rep, and its grade, under the version in force then."""
    rows = folded.handoffs
    version = rows["version"]
    reached = (rows["fit"][:, None] < book.law.floors[version]).sum(axis=1)  # the floors descend
    timeline = working.of_people(matched.people)[version, rows["rep"]]
    return Handed(rows, matched, timeline, book.grade_codes[version, reached], folded.kth, folded.entered)


def handoffs(these: Handed, book: Rulebook, working: WorkingTime) -> pl.DataFrame:
    """One row for each cycle that was handed over."""
    rows, matched = these.rows, these.matched
    worth, known = worth_of(these, book)
    fit, engagement, worths, won = cut(money(np.concatenate([rows["fit"], rows["engagement"], worth, rows["won"]])), 4)
    at = dict(zip(TIMES, cut(instants(np.concatenate([rows[name] for name in TIMES])), len(TIMES)), strict=True))
    entered = cut(instants(these.entered.T.ravel()), max(1, these.entered.shape[1]))
    columns = {
        "lead_id": gathered(matched.leads, rows["lead"]),
        "cycle": np.ascontiguousarray(rows["cycle"]),
        "handed_at": at["at"],
        "sourced": named(1 - rows["by_marketing"].astype(np.int64), ["marketing", "sales"]),
        "rep": named(rows["rep"], matched.people),
        "owner": named(rows["owner"], matched.people),
        "persona": named(rows["persona"], book.persona_names),
        "fit": fit,
        "engagement": engagement,
        "grade": named(these.grade, book.grade_names),
        "worth": worths if known.all() else without(worths, ~known),
        "campaign": named(rows["campaign"], matched.campaigns),
        "accepted_at": at["accepted"],
        "rejected_at": at["rejected"],
        "recycled_at": at["recycled"],
        "disqualified_at": at["disqualified"],
        "reason": reasons(matched, rows["reason"]),
        "assigned_at": at["assigned"],
        "first_attempt_at": at["attempted"],
        "attempts": np.ascontiguousarray(rows["attempts"]),
        "connected_at": at["connected"],
        "business_minutes_to_first_attempt": minutes(these, working),
        **dict(zip((f"{stage}_at" for stage in book.stages_after), entered, strict=False)),
        "won_amount": won,
    }
    assert list(columns) == list(tables.handoffs(book.stages_after).columns)
    return pl.DataFrame(columns)


def worth(these: Handed, book: Rulebook) -> pl.Series:
    """What each hand-off is worth; null where nothing is agreed."""
    amounts, known = worth_of(these, book)
    return money(amounts) if known.all() else without(money(amounts), ~known)


def worth_of(these: Handed, book: Rulebook) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """What each hand-off is worth in hundredths, by its grade, or by grade and the highest band of engagement it reaches; and whether
    that is agreed at all."""
    amounts, known = np.zeros(len(these.grade), dtype=np.int64), np.zeros(len(these.grade), dtype=np.bool_)
    for number, version in enumerate(book.versions):
        under = these.rows["version"] == number
        known |= under & bool(version.worth)
        for grade, bands in (version.worth or {}).items():
            of_grade = under & (these.grade == book.grade_names.index(grade))
            for band in bands:
                lowest = -NEVER if band.engagement is None else floor(band.engagement)
                amounts[of_grade & (these.rows["engagement"] >= lowest)] = hundredths(band.amount)
    return amounts, known


def reasons(matched: Matched, facts: NDArray[np.int64]) -> pl.Series:
    """The reason given by the fact that ended each cycle."""
    ended = np.flatnonzero(facts >= 0)
    found: list[str | None] = [None] * len(facts)
    for place, reason in zip(
        ended.tolist(), values_of(matched.column("properties", facts[ended]).to_list(), "reason"), strict=True
    ):
        found[place] = reason
    return pl.Series(found, dtype=pl.String)


def minutes(these: Handed, working: WorkingTime) -> pl.Series:
    """Business minutes from the hand-off to the first attempt."""
    attempted = np.where(these.rows["attempted"] == NEVER, UNKNOWN, these.rows["attempted"])
    waited = elapsed_many(working.timelines, these.timeline, np.ascontiguousarray(these.rows["at"]), attempted)
    return without(pl.Series(waited / 60_000_000), waited == UNKNOWN)


class ClockRows(NamedTuple):
    """The clocks in the order of the hand-offs (`row`): the `name` of each by its place in `names`, when it is due and was kept, its
    state."""

    row: NDArray[np.int64]
    name: NDArray[np.int64]
    due: Micros
    kept: Micros
    state: NDArray[np.int64]
    names: list[str]


def clocks(these: Handed, rows: ClockRows) -> pl.DataFrame:
    """One row for each marketing-sourced hand-off and commitment with a due time."""
    return pl.DataFrame(
        {
            "lead_id": gathered(these.matched.leads, these.rows["lead"][rows.row]),
            "cycle": np.ascontiguousarray(these.rows["cycle"][rows.row]),
            "commitment": named(rows.name, rows.names),
            "due_at": instants(rows.due),
            "kept_at": instants(rows.kept),
            "state": named(rows.state, STATES),
        }
    )


def clock_rows(these: Handed, book: Rulebook, working: WorkingTime, as_of: datetime) -> ClockRows:
    """The clocks of all versions' commitments, as numbers."""
    names: list[str] = []
    parts = [np.empty((5, 0), dtype=np.int64)]
    for number, version in enumerate(book.versions):
        rows = np.flatnonzero((these.rows["by_marketing"] == 1) & (these.rows["version"] == number))
        under = these.where(rows)
        for clock in clocks_of(version):
            kept, due = kept_at(under, clock, book), due_at(under, clock, working)
            state = states(under.rows["end"], due, kept, micros(as_of))
            parts.append(np.stack([rows, np.full(len(rows), len(names)), due, kept, state]))
            names.append(clock.name)
    together = np.concatenate(parts, axis=1)
    row, name, due, kept, state = together[:, np.argsort(together[0], kind="stable")]
    return ClockRows(row, name, due, kept, state, names)


def kept_at(these: Handed, clock: Commitment, book: Rulebook) -> Micros:
    """When the commitment was kept."""
    rows = these.rows
    if clock.attempts is not None:
        return np.minimum(these.kth[:, int(np.searchsorted(book.law.kth, clock.attempts))], rows["connected"])
    if clock.respond_within is not None:
        return rows["attempted"]
    return np.minimum(np.minimum(rows["accepted"], rows["rejected"]), np.minimum(rows["recycled"], rows["disqualified"]))


def due_at(these: Handed, clock: Commitment, working: WorkingTime) -> Micros:
    """When the clock runs out, in the calendar of the rep."""
    duration = clock.due
    assert duration is not None
    due = due_many(working.timelines, these.timeline, np.ascontiguousarray(these.rows["at"]), *budget(duration))
    return np.where(due == UNKNOWN, NEVER, due)


def states(end: Micros, due: Micros, kept: Micros, as_of: int) -> NDArray[np.int64]:
    """What became of each clock."""
    state = np.full(len(due), OPEN, dtype=np.int64)
    state[(kept == NEVER) & (due < as_of)] = BREACHED
    state[(kept == NEVER) & (end != NEVER) & (end <= due)] = VOID
    state[(kept != NEVER) & (kept <= due)] = KEPT
    state[(kept != NEVER) & (kept > due)] = LATE
    return state
