"""What follows for the few leads that just changed, from a rulebook that is kept warm: the same function as a replay's."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from smarketing.agreement.models import Agreement
from smarketing.agreement.sequence import begins_at, in_force_by
from smarketing.backends.local import SmallTables, at_instant, refuse_incomplete, versions_of
from smarketing.derivations.replay import OF_LEADS, derive
from smarketing.derivations.rulebook import Rulebook, compile_agreement
from smarketing.derivations.working_time import WorkingTime, working_time
from smarketing.journal.fact import INSTANT
from smarketing.journal.parquet import scan_facts
from smarketing.journal.properties import as_text, decoded
from smarketing.journal.small_tables import read_small_tables
from smarketing.journal.survey import Survey, survey
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.kinds import IDENTITY

MOMENT = timedelta(microseconds=1)
FAR = datetime(9999, 1, 1, tzinfo=UTC)
NEXT_AT = {"lead_id": pl.String, "next_at": INSTANT}


@dataclass(frozen=True, slots=True)
class Updated:
    """What follows now for the leads of some facts, as of an instant.

    `leads`: the ids of the lives, united, in order. `gone`: ids under which these facts, or links among them, speak of somebody,
    and that are no lead (any more): united with another, or nothing follows from their facts; what was kept under them goes.
    `tables`: OF_LEADS by name, all rows of these leads, as a full replay has them. `united`: one row for each id that became part
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
        self._books: dict[tuple[str, ...], Rulebook] = {}
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
        scanned = scan_facts(facts)
        refuse_incomplete(scanned, source="facts")
        given = scanned.collect()
        known = survey(given.lazy(), as_of=instant)
        settled = known.settle(given.lazy()).collect()
        book = self._book(instant)
        working = self._working(book, settled, instant)
        tables = derive(settled, book, working, as_of=instant)
        leads = settled["lead_id"].unique().sort().to_list()
        united = known.united.rename({"lead_id": "id", "united_id": "lead_id"})
        gone = sorted(spoken_of(given) - set(leads))
        return Updated(
            instant, leads, gone, tables, united, self._next_at(given, settled, known, book, working, tables["clocks"])
        )

    def _book(self, as_of: datetime) -> Rulebook:
        """The rulebook of the versions in force by then."""
        versions = in_force_by(self.versions, as_of)
        ids = tuple(version.id for version in versions)
        with self._lock:
            if ids not in self._books:
                self._books[ids] = compile_agreement(versions)
            return self._books[ids]

    def _working(self, book: Rulebook, settled: pl.DataFrame, as_of: datetime) -> WorkingTime:
        first = settled["at"].min()
        return working_time(book.versions, self.small, first_at=first if isinstance(first, datetime) else as_of, as_of=as_of)

    def _next_at(
        self,
        given: pl.DataFrame,
        settled: pl.DataFrame,
        known: Survey,
        book: Rulebook,
        working: WorkingTime,
        clocks: pl.DataFrame,
    ) -> pl.DataFrame:
        """When something is different by time alone, for each lead."""
        as_of = known.as_of
        changes = derive(settled, book, working, as_of=FAR, tables=[OF_LEADS[0]])["score_changes"]
        ahead = given.filter(pl.col("at") > as_of).join(known.united, on="lead_id", how="left")
        begins = [begins_at(version) for version in self.versions if begins_at(version) > as_of]
        leads = settled.select("lead_id").unique()
        parts = [
            leads.with_columns(next_at=pl.lit(min(begins, default=None), INSTANT)),
            changes.filter(pl.col("at") > as_of).select("lead_id", next_at="at"),
            clocks.filter(pl.col("state") == "open", pl.col("due_at") < FAR).select("lead_id", next_at=pl.col("due_at") + MOMENT),
            ahead.select(lead_id=pl.coalesce("united_id", "lead_id"), next_at="at"),
        ]
        return pl.concat(parts).group_by("lead_id").agg(pl.col("next_at").min()).sort("lead_id").cast(NEXT_AT)  # type: ignore[arg-type]


def spoken_of(facts: pl.DataFrame) -> set[str]:
    """The ids that facts happen to, or that links name."""
    links = facts.filter(pl.col("kind").is_in(sorted(IDENTITY)))["properties"].to_list()
    named = {as_text((decoded(text) or {}).get("with")) for text in links}
    return {*facts["lead_id"].unique().to_list(), *(name for name in named if name is not None)}
