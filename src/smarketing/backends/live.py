"""What follows for the few leads that just changed, from a rulebook that is kept warm: the same function as a replay's."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.agreement.sequence import begins_at, in_force_by
from smarketing.backends.local import SmallTables, at_instant, cores, refuse_incomplete, versions_of
from smarketing.derivations.life.words import NEVER
from smarketing.derivations.live.following import Followed, Follower
from smarketing.derivations.live.settling import facts_in_memory, no_text_is_empty, settle_few
from smarketing.derivations.money.rates import rates_in
from smarketing.derivations.replay import OF_LEADS
from smarketing.derivations.rulebook import compile_agreement
from smarketing.journal.fact import INSTANT
from smarketing.journal.properties import as_text, decoded
from smarketing.journal.small_tables import read_small_tables
from smarketing.journal.survey import ACROSS_LEADS
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.kinds import IDENTITY
from smarketing.vocabulary.periods import micros

MANY = 200_000
"""From so many facts on a second thread is worth its start."""


@dataclass(frozen=True, slots=True)
class Updated:
    """What follows now for the leads of some facts, as of an instant.

    `leads`: the ids of the lives, united, in order. `gone`: ids under which these facts, or links among them, speak of somebody,
    and that are no lead (any more): united with another, or nothing follows from their facts; what was kept under them goes.
    `tables`: OF_LEADS by name, all rows of these leads, as a full replay has them, and `ledger_lines`, from which `Across` makes the
    ledger. `united`: one row for each id that became part
    of another lead, `id` and `lead_id`. `next_at`: key `lead_id`, one row for each of `leads`, and for ids whose first fact lies
    ahead; the first instant after `as_of` as of which the lead's rows are others by time alone (points fade, a clock is breached,
    a version begins, a fact given here happens); null: never.
    """

    as_of: datetime
    leads: list[str]
    gone: list[str]
    tables: dict[str, pl.DataFrame]
    united: pl.DataFrame
    next_at: pl.DataFrame


class Replayer:
    """Agreements and small tables, read and compiled once, for as many updates as there are; safe to share between threads.

    `agreements`: one version, or all of them; each update is judged by those in force by its `as_of`. `tables_in`: the small tables
    as `replay` takes them. When either changes, make a new one. Raises UsageError and DocumentError.
    """

    def __init__(self, agreements: Agreement | Sequence[Agreement], *, tables_in: SmallTables = None) -> None:
        self.versions = versions_of(agreements)
        self.small = read_small_tables(tables_in)
        self._followers: dict[tuple[str, ...], Follower] = {}
        self._lock = threading.Lock()

    def update(self, facts: Any, *, as_of: datetime | str) -> Updated:
        """What follows for the leads of these facts, as of an instant: equal to their rows in a replay of the whole journal.

        `facts` are whole lives: every fact of each lead, as stored (anything that `scan_facts` reads), and with each life those that
        are tied to it: the ids that its links name (undone links too), the leads of facts that its retractions name, of retractions
        that name its facts, and of facts with the same id. Raises UsageError and DocumentError.
        """
        instant = at_instant(as_of, self.versions)
        if instant is None:
            raise UsageError("an update is as of an instant; give as_of.")
        given = facts_in_memory(facts)
        refuse_incomplete_rows(given)
        settled, united = settle_few(given, instant)
        followed = self._follower(instant).follow(settled, instant, threads=cores() if settled.height > MANY else 1)
        leads = followed.leads.to_list()
        gone = sorted(spoken_of(given) - set(leads))
        whose = united.rename({"lead_id": "id", "united_id": "lead_id"})
        return Updated(instant, leads, gone, followed.tables, whose, self._next_at(given, united, followed, instant))

    def tables_of(self, settled: pl.DataFrame, *, as_of: datetime) -> dict[str, pl.DataFrame]:
        """OF_LEADS of whole lives whose facts are settled already (see `journal.survey`): none of them lies ahead."""
        return self._follower(as_of).follow(settled, as_of, names=OF_LEADS).tables

    def _follower(self, as_of: datetime) -> Follower:
        """The rulebook of the versions in force by then, warm."""
        versions = in_force_by(self.versions, as_of)
        ids = tuple(version.id for version in versions)
        with self._lock:
            if ids not in self._followers:
                self._followers[ids] = Follower(compile_agreement(versions, rates_in(self.small, versions)), self.small)
            return self._followers[ids]

    def _next_at(self, given: pl.DataFrame, united: pl.DataFrame, followed: Followed, as_of: datetime) -> pl.DataFrame:
        """When something is different by time alone, for each lead."""
        begins = [micros(begins_at(version)) for version in self.versions if begins_at(version) > as_of]
        ahead = later_than(given, as_of)
        for_all = min([*begins, *ties_at(ahead, given)], default=NEVER)
        next_at = dict(zip(followed.leads.to_list(), np.minimum(followed.next_at, for_all).tolist(), strict=True))
        others = dict(united.iter_rows()) if ahead.height else {}
        for raw, at in zip(ahead["lead_id"].to_list(), ahead["at"].to_physical().to_list(), strict=True):
            lead = others.get(raw, raw)
            next_at[lead] = min(next_at.get(lead, for_all), at)
        rows = sorted(next_at.items())
        instants = pl.Series([None if at == NEVER else at for _, at in rows], dtype=pl.Int64).cast(INSTANT)
        return pl.DataFrame({"lead_id": pl.Series([lead for lead, _ in rows], dtype=pl.String), "next_at": instants})


def later_than(facts: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Those of the facts that lie ahead."""
    latest = facts["at"].max()
    nothing_ahead = not isinstance(latest, datetime) or latest <= as_of
    return facts.clear() if nothing_ahead else facts.filter(facts["at"] > pl.Series([as_of], dtype=INSTANT))


def ties_at(ahead: pl.DataFrame, given: pl.DataFrame) -> list[int]:
    """When the facts that lie ahead happen that change what facts of other lives mean: links, retractions, tellings of a fact told
    elsewhere."""
    if not ahead.height:
        return []
    told_again = given["fact_id"].filter(given["fact_id"].is_duplicated())
    tie = ahead["kind"].is_in(ACROSS_LEADS) | ahead["fact_id"].is_in(told_again.unique().implode())
    times: list[int] = ahead["at"].filter(tie).to_physical().to_list()
    return times


_kept: dict[Hashable, Replayer] = {}
_keeping = threading.Lock()
MOST_KEPT = 4
"""So many replayers are kept for whoever asks for the same again."""


def kept_replayer(agreements: Sequence[Agreement], small: Mapping[str, pl.DataFrame]) -> Replayer:
    """The replayer of these versions and small tables, the one from before if they are as they were then."""
    wanted = tuple(version.id for version in agreements), tuple((name, small[name].write_csv()) for name in sorted(small))
    with _keeping:
        found = _kept.pop(wanted, None) or Replayer(agreements, tables_in=small)
        _kept[wanted] = found  # at the end: the one not asked for longest goes first
        for oldest in list(_kept)[:-MOST_KEPT]:
            del _kept[oldest]
        return found


def spoken_of(facts: pl.DataFrame) -> set[str]:
    """The ids that facts happen to, or that links name."""
    links = facts.filter(pl.col("kind").is_in(sorted(IDENTITY)))["properties"].to_list()
    named = {as_text((decoded(text) or {}).get("with")) for text in links}
    return {*facts["lead_id"].unique().to_list(), *(name for name in named if name is not None)}


def refuse_incomplete_rows(facts: pl.DataFrame) -> None:
    """Raise DocumentError for rows without an id, a lead, a time or a kind."""
    absent = facts["at"].null_count() or any(facts[name].null_count() for name in ("fact_id", "lead_id", "kind"))
    if absent or not no_text_is_empty(facts).all():
        refuse_incomplete(facts.lazy(), source="facts")
