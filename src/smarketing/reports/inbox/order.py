"""The order of an inbox without its rows: a few numbers of each open hand-off, from which its place follows at any instant.

What a row says is made of all facts of its lead; to put thousands in order, these numbers are enough, as columns. They are read once and
hold for as long as nothing happens to the lead. The order is that of `rows.inbox`, to the last digit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.sequence import begins_at
from smarketing.derivations.business_time import NEVER
from smarketing.reports.explain.words import properties_of
from smarketing.reports.inbox.cases import OPPORTUNITY_ENDS, instant_in, open_handoffs, wakes
from smarketing.reports.inbox.hours import HOUR, hours_of
from smarketing.reports.inbox.rows import BROKEN, LEFT_ALONE, PROMISED, PUT_OFF
from smarketing.vocabulary.kinds import SALES_ACTS, is_touch
from smarketing.vocabulary.periods import micros
from smarketing.vocabulary.tables import INSTANT

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement
    from smarketing.reports.following import Following
    from smarketing.reports.inbox.rows import InboxRow

Instants = NDArray[np.int64]
Floats = NDArray[np.float64]
MEETINGS = ("meeting_booked", "meeting_held")
IN_ORDER = ("snoozed", *MEETINGS, *OPPORTUNITY_ENDS)
"""Of these kinds the last one counts."""
ID = ("lead_id", "cycle")
FEW = 1_000
"""Of so few leads the facts are picked out before they are joined."""
NUMBERS, DESKS = "numbers of open hand-offs", "desks"
"""Under these names an outcome keeps what was read."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of all open hand-offs, two tables.

    `places`: `lead_id, cycle, owner, handed_at, stake` (worth + 1), `version` (the place of the one at the hand-off), `asleep_until` (null: not
    put off), `answer_at` (null: the lead did nothing since the last word), `alone_from`: the last act of sales. `clocks`: those not kept, `lead_id,
    cycle, due_at`, and `working`: whether they count working time.
    """

    places: pl.DataFrame
    clocks: pl.DataFrame


def numbers(outcome: Following) -> Numbers:
    """The numbers of an outcome, read once."""
    return outcome.once(NUMBERS, lambda: numbers_of(outcome, open_handoffs(outcome)))


def numbers_of(outcome: Following, handed: pl.DataFrame, told_of_them: pl.DataFrame | None = None) -> Numbers:
    """The numbers of these rows of `open_handoffs`; those that were won without an amount are left out."""
    since = handed.select(*ID, "handed_at", "begun_at").lazy()
    facts = (outcome.facts if told_of_them is None else told_of_them.lazy()).select(
        "lead_id", "at", "fact_id", "kind", "opportunity_id", "properties"
    )
    if handed.height < FEW and told_of_them is None:
        facts = facts.filter(pl.col("lead_id").is_in(handed["lead_id"].implode()))
    told = facts.join(since, on="lead_id").collect()
    ordered = told.filter(pl.col("kind").is_in(IN_ORDER)).sort("at", "fact_id")
    handed = handed.join(_won(ordered), on=ID, how="anti")
    for found in (_moved(told), _put_off(ordered)):
        handed = handed.join(found, on=ID, how="left", maintain_order="left")
    places = handed.select(
        *ID,
        "owner",
        "handed_at",
        version=_version(outcome),
        stake=pl.col("worth").cast(pl.Float64).fill_null(0) + 1,
        asleep_until=_asleep_until(outcome, handed),
        answer_at=pl.when(~pl.col("meets").fill_null(value=False), pl.col("touched_at") > pl.col("acted_at")).then("touched_at"),
        alone_from=pl.coalesce("acted_at", "accepted_at", "handed_at"),
    )
    return Numbers(places, _clocks(outcome, places))


def _moved(told: pl.DataFrame) -> pl.DataFrame:
    """When what happened last: `touched_at` whenever, since the hand-off `acted_at`, and `woke_at` what wakes who was put off."""
    kinds = told["kind"].unique().to_list()
    kind, at, since = pl.col("kind"), pl.col("at"), pl.col("at") >= pl.col("handed_at")
    return told.group_by(ID).agg(
        touched_at=at.filter(kind.is_in([each for each in kinds if is_touch(each)])).max(),
        acted_at=at.filter(since & kind.is_in(SALES_ACTS)).max(),
        woke_at=at.filter(since & kind.is_in([each for each in kinds if wakes(each)])).max(),
    )


def _put_off(ordered: pl.DataFrame) -> pl.DataFrame:
    """Since the hand-off: whether a meeting is ahead (`meets`), the properties of the last `snoozed`, and when that was (`slept_at`)."""
    kind, since = pl.col("kind"), ordered.filter(pl.col("at") >= pl.col("handed_at"))
    return since.group_by(ID).agg(
        meets=kind.filter(kind.is_in(MEETINGS)).last() == "meeting_booked",
        snoozed=pl.col("properties").filter(kind == "snoozed").last(),
        slept_at=pl.col("at").filter(kind == "snoozed").max(),
    )


def _won(told: pl.DataFrame) -> pl.DataFrame:
    """The cycles with a win that stands: of each opportunity the last end counts."""
    ends = told.filter(pl.col("kind").is_in(OPPORTUNITY_ENDS), pl.col("at") > pl.col("begun_at"))
    last = ends.group_by(*ID, "opportunity_id").agg(pl.col("kind").last())
    return last.filter(pl.col("kind") == "opportunity_won").select(ID).unique()


def _version(outcome: Following) -> pl.Expr:
    """The place of the version in force at the hand-off; the first one also before it began."""
    found = pl.lit(0, pl.Int64)
    for place, version in enumerate(outcome.versions[1:], start=1):
        found = pl.when(pl.col("handed_at") >= begins_at(version)).then(place).otherwise(found)
    return found


def _asleep_until(outcome: Following, handed: pl.DataFrame) -> pl.Series:
    """Until when each was put off, unless something woke it since."""
    sleeps = handed["slept_at"].is_not_null() & ~(handed["woke_at"] > handed["slept_at"]).fill_null(value=False)
    found: list[datetime | None] = [None] * handed.height
    for place in sleeps.arg_true():
        zone = outcome.version_at(handed["handed_at"][place]).timezone
        until = instant_in(properties_of({"properties": handed["snoozed"][place]}).get("until"), zone)
        found[place] = until.astimezone(UTC) if until is not None else None
    return pl.Series(found, dtype=INSTANT)


def _clocks(outcome: Following, places: pl.DataFrame) -> pl.DataFrame:
    clocks = outcome.table("clocks").filter(pl.col("state").is_in(["open", "breached"]))
    of = clocks.join(places.select(*ID, "version"), on=ID)
    pairs = of.select("version", "commitment").unique()
    counts = [_counts_work(outcome.versions[version], name) for version, name in pairs.iter_rows()]
    of = of.join(pairs.with_columns(working=pl.Series(counts, dtype=pl.Boolean)), on=["version", "commitment"])
    return of.select(*ID, "due_at", "working")


def _counts_work(version: Agreement, commitment: str) -> bool:
    promise = next((each for each in version.commitments if each.name == commitment), None)
    return promise is not None and promise.due is not None and promise.due.business


def following(outcome: Following, before: Numbers, changed: Collection[str], told: pl.DataFrame | None = None) -> Numbers:
    """The numbers of an outcome in which the rows of all but these leads are as they were; `told`: the facts of these, where they are known."""
    gone = pl.col("lead_id").is_in(list(changed))
    handed = open_handoffs(outcome).filter(gone)
    if handed.is_empty():
        return Numbers(before.places.filter(~gone), before.clocks.filter(~gone))
    fresh = numbers_of(outcome, handed, told)
    return Numbers(_put(before.places.filter(~gone), fresh.places), _put(before.clocks.filter(~gone), fresh.clocks))


def _put(stays: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([stays, fresh.select(stays.columns).cast(stays.schema)])


@dataclass(frozen=True, slots=True)
class Desk:
    """The numbers of one rep's hand-offs, in order of their ids. Instants that are not there are NEVER; `clock_of`: the place of each clock."""

    leads: list[str]
    handed_at: Instants
    stake: Floats
    version: Instants
    asleep_until: Instants
    answer_at: Instants
    alone_from: Instants
    clock_of: Instants
    due_at: Instants
    working: NDArray[np.bool_]


def desk_of(outcome: Following, rep: str) -> Desk:
    """The numbers of one rep."""
    desks: dict[str, Desk] = outcome.once(DESKS, dict)
    if rep not in desks:
        desks[rep] = _desk(numbers(outcome), rep)
    return desks[rep]


def desks_that_stay(before: Following, after: Following, changed: Collection[str]) -> dict[str, Desk]:
    """Of the desks that were read of an outcome, those of reps who had and have none of the leads that changed."""
    gone = pl.col("lead_id").is_in(list(changed))
    moved = {owner for every in (numbers(before), numbers(after)) for owner in every.places.filter(gone)["owner"]}
    return {rep: desk for rep, desk in [*(before.asked_so_far(DESKS) or {}).items()] if rep not in moved}


def _desk(every: Numbers, rep: str) -> Desk:
    places = every.places.filter(pl.col("owner") == rep).sort("lead_id", "cycle").with_row_index("place")
    clocks = every.clocks.join(places.select(*ID, "place"), on=ID)
    return Desk(
        places["lead_id"].to_list(),
        _instants(places["handed_at"]),
        places["stake"].to_numpy(),
        places["version"].to_numpy(),
        _instants(places["asleep_until"]),
        _instants(places["answer_at"]),
        _instants(places["alone_from"]),
        clocks["place"].cast(pl.Int64).to_numpy(),
        _instants(clocks["due_at"]),
        clocks["working"].to_numpy(),
    )


def _instants(column: pl.Series) -> Instants:
    found: Instants = column.to_physical().fill_null(NEVER).to_numpy()
    return found


@dataclass(frozen=True, slots=True)
class Order:
    """Hand-offs at an instant, in order of their ids: `part` and `urgency` as in `rows`, when those put off wake (0: the others), whether a
    promise is broken.
    """

    leads: list[str]
    part: Instants
    wakes_at: Instants
    urgency: Floats
    handed_at: Instants
    broken: NDArray[np.bool_]

    def without(self, leads: Collection[str]) -> Order:
        """The others."""
        stays = np.array([lead_id not in leads for lead_id in self.leads], np.bool_)
        return Order(
            [lead_id for lead_id in self.leads if lead_id not in leads],
            self.part[stays],
            self.wakes_at[stays],
            self.urgency[stays],
            self.handed_at[stays],
            self.broken[stays],
        )

    def among(self, rows: Sequence[InboxRow]) -> Order:
        """These rows as well, each in its place."""
        rows = sorted(rows, key=lambda row: row.lead_id)
        places = [bisect_left(self.leads, row.lead_id) for row in rows]
        leads = [*self.leads]
        for place, row in reversed([*zip(places, rows, strict=True)]):
            leads.insert(place, row.lead_id)
        wakes_at = [micros(row.step.at) if row.part == PUT_OFF and row.step.at else 0 for row in rows]
        return Order(
            leads,
            np.insert(self.part, places, [row.part for row in rows]),
            np.insert(self.wakes_at, places, wakes_at),
            np.insert(self.urgency, places, [row.urgency for row in rows]),
            np.insert(self.handed_at, places, [micros(row.case.row["handed_at"]) for row in rows]),
            np.insert(self.broken, places, [bool(row.broken) for row in rows]),
        )

    def ordered(self) -> list[int]:
        """Their places, the first to be called first."""
        found: list[int] = np.lexsort((self.handed_at, -self.urgency, self.wakes_at, self.part)).tolist()
        return found


def order_at(outcome: Following, rep: str, now: datetime) -> Order:
    """A rep's hand-offs at an instant."""
    desk, at = desk_of(outcome, rep), micros(now)
    asleep = desk.asleep_until > at
    answers = (desk.answer_at != NEVER) & ~asleep
    running = np.zeros(len(desk.leads), np.bool_)
    broken = running.copy()
    running[desk.clock_of] = True
    broken[desk.clock_of[desk.due_at < at]] = True
    part = np.where(asleep, PUT_OFF, np.where(running | answers, PROMISED, LEFT_ALONE))
    worked = _Worked(outcome, rep, desk, now)
    urgency = np.where(running | answers, _lost(desk, worked, at, answers), desk.stake * worked.since(desk.alone_from))
    return Order(desk.leads, part, np.where(asleep, desk.asleep_until, 0), urgency, desk.handed_at, broken)


def _lost(desk: Desk, worked: _Worked, at: int, answers: NDArray[np.bool_]) -> Floats:
    """What is lost by waiting, of the most urgent clock or of an answer that is owed."""
    lost = np.zeros(len(desk.leads))
    each = desk.stake[desk.clock_of] * np.where(desk.due_at >= at, 1.0, BROKEN) / (1 + np.abs(worked.until_due()))
    np.maximum.at(lost, desk.clock_of, each)
    owed = desk.stake / (1 + worked.since(np.where(answers, desk.answer_at, at)))
    found: Floats = np.where(answers, np.maximum(lost, owed), lost)
    return found


@dataclass(frozen=True, slots=True)
class _Worked:
    """Hours of a rep's work around an instant, of all hand-offs of the desk at once."""

    outcome: Following
    rep: str
    desk: Desk
    now: datetime

    def since(self, begins: Instants) -> Floats:
        """From instants, one for each hand-off, until now."""
        hours = np.empty(len(begins))
        for version, those in self._by_version(self.desk.version):
            own = hours_of(self.outcome, self.rep, self.outcome.versions[version], self.now)
            hours[those] = -own.worked_until(self.now, begins[those])
        return np.maximum(hours, 0.0)

    def until_due(self) -> Floats:
        """From now until each clock is due; negative where that has passed."""
        desk = self.desk
        hours = (desk.due_at - micros(self.now)) / HOUR
        for version, those in self._by_version(desk.version[desk.clock_of]):
            own = hours_of(self.outcome, self.rep, self.outcome.versions[version], self.now)
            working = those & desk.working
            hours[working] = own.worked_until(self.now, desk.due_at[working])
        return hours

    def _by_version(self, version: Instants) -> Iterator[tuple[int, Any]]:
        for place in range(len(self.outcome.versions)):
            those = version == place
            if those.any():
                yield place, those
