"""The hand-offs that are still in somebody's hands, each with what its next step is read from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.reports.explain.dossier import name_in, profile_of
from smarketing.reports.explain.words import properties_of
from smarketing.reports.handed.cycles import OVER
from smarketing.vocabulary.kinds import SALES_ACTS, is_touch

if TYPE_CHECKING:
    from smarketing.agreement.models import Agreement, Commitment
    from smarketing.reports.following import Following

Row = dict[str, Any]
TOLD = ("lead_id", "at", "fact_id", "kind", "campaign", "channel", "actor", "opportunity_id", "amount", "currency", "properties")
"""What of a fact is read here."""
OPPORTUNITY_ENDS = ("opportunity_won", "opportunity_lost")
OPEN, CASES = "open hand-offs", "cases"
"""Under these names an outcome keeps what was read."""


@dataclass(frozen=True)
class Case:
    """One open hand-off: its `row` of `handoffs`, the `stage` where the lead is, its `clocks`, and all facts of the lead in order.

    `version`: of the agreement at the hand-off, by which its clocks go; `begun_at`: when the cycle began, `qualified_at`: when the lead was ripe
    for the hand-off.
    """

    row: Row
    stage: str | None
    clocks: list[Row]
    facts: list[Row]
    version: Agreement
    begun_at: datetime
    qualified_at: datetime | None

    @property
    def lead_id(self) -> str:
        """Whose it is."""
        return str(self.row["lead_id"])

    @cached_property
    def profile(self) -> Row:
        """What is known of the lead."""
        return profile_of(self.facts)

    @cached_property
    def name(self) -> str:
        """The person's name, else the account, else the id."""
        return name_in(self.profile) or self.profile.get("account") or self.lead_id

    @cached_property
    def since(self) -> list[Row]:
        """The facts since the hand-off, that moment included."""
        return [fact for fact in self.facts if fact["at"] >= self.row["handed_at"]]

    def last(self, *kinds: str) -> Row | None:
        """The last fact of these kinds since the hand-off."""
        return next((fact for fact in reversed(self.since) if fact["kind"] in kinds), None)

    @cached_property
    def touch(self) -> Row | None:
        """The last thing the lead did, whenever."""
        return next((fact for fact in reversed(self.facts) if is_touch(fact["kind"])), None)

    @cached_property
    def act(self) -> Row | None:
        """The last act of sales since the hand-off."""
        return self.last(*SALES_ACTS)

    @cached_property
    def snoozed_until(self) -> datetime | None:
        """Until when the rep put it off; a touch or an act of sales after that wakes it."""
        asleep = self.last("snoozed")
        if asleep is None or any(fact["at"] > asleep["at"] and wakes(fact["kind"]) for fact in self.since):
            return None
        return instant_in(properties_of(asleep).get("until"), self.version.timezone)

    def promise(self, commitment: str) -> Commitment | None:
        """The commitment of a clock."""
        return next((each for each in self.version.commitments if each.name == commitment), None)


def wakes(kind: str) -> bool:
    """Whether a fact of this kind wakes what was put off."""
    return is_touch(kind) or kind in SALES_ACTS or kind in ("accepted", "assigned")


def instant_in(text: Any, zone: str) -> datetime | None:
    """The instant that a text names, in a zone where it says none; None where it is no instant."""
    from smarketing.vocabulary.periods import instant

    try:
        return instant(str(text), zone)
    except ValueError:
        return None


def open_handoffs(outcome: Following) -> pl.DataFrame:
    """The rows of `handoffs` whose cycle goes on and has no win that stands, with `begun_at`, the begin of the cycle, and
    `qualified_at`, the entry of the stage at which leads are handed over.
    """
    return outcome.once(OPEN, lambda: _open(outcome))


def _open(outcome: Following) -> pl.DataFrame:
    return open_in(outcome.table("stage_entries"), outcome.table("handoffs"), outcome.agreement.handoff.at)


def open_in(entries: pl.DataFrame, handoffs: pl.DataFrame, stage: str) -> pl.DataFrame:
    """`open_handoffs` of these rows; `stage`: at which leads are handed over."""
    won = (pl.col("won_amount") > 0).fill_null(value=False)
    handed = handoffs.lazy().filter(pl.col("disqualified_at").is_null(), ~won)
    at_handoff = pl.col("entered_at").filter(pl.col("stage") == stage)
    cycles = (
        entries.lazy()
        .group_by("lead_id", "cycle")
        .agg(over=OVER, begun_at=pl.col("entered_at").min(), qualified_at=at_handoff.min())
    )
    going_on = cycles.filter(pl.col("over").is_null()).drop("over")
    return handed.join(going_on, on=["lead_id", "cycle"], maintain_order="left").collect()


def cases_of(outcome: Following, rep: str) -> list[Case]:
    """The open hand-offs whose `owner` is this rep."""
    return [*cases_by(outcome, open_handoffs(outcome).filter(pl.col("owner") == rep)["lead_id"].to_list()).values()]


def cases_by(outcome: Following, leads: Collection[str]) -> dict[str, Case]:
    """The open hand-offs of these leads, by lead; each is read once."""
    kept: dict[str, Case | None] = outcome.once(CASES, dict)
    unread = [lead_id for lead_id in leads if lead_id not in kept]
    if unread:
        read = cases_in(outcome, open_handoffs(outcome).filter(pl.col("lead_id").is_in(unread)))
        kept.update(dict.fromkeys(unread) | {case.lead_id: case for case in read})
    return {lead_id: case for lead_id in leads if (case := kept[lead_id]) is not None}


def cases_in(outcome: Following, handed: pl.DataFrame) -> list[Case]:
    """Rows of `open_handoffs` with what belongs to them; those that were won without an amount are left out."""
    ids = handed.select("lead_id").unique()
    if ids.is_empty():
        return []
    facts = _by_lead(_facts(outcome, ids))
    clocks = _by_lead(outcome.table("clocks").join(ids, on="lead_id", how="semi"))
    stages = _stages(outcome, ids)
    found = [_case(outcome, row, stages, clocks, facts) for row in handed.to_dicts()]
    return [case for case in found if not is_won(case)]


def _case(
    outcome: Following, row: Row, stages: dict[str, str], clocks: dict[str, list[Row]], facts: dict[str, list[Row]]
) -> Case:
    lead_id, begun_at, qualified_at = row["lead_id"], row.pop("begun_at"), row.pop("qualified_at")
    own = [clock for clock in clocks.get(lead_id, []) if clock["cycle"] == row["cycle"]]
    version = outcome.version_at(row["handed_at"])
    return Case(row, stages.get(lead_id), own, facts.get(lead_id, []), version, begun_at, qualified_at)


def _stages(outcome: Following, ids: pl.DataFrame) -> dict[str, str]:
    """The stage that each of these leads has not left; the furthest of several."""
    names = outcome.agreement.stage_names
    there = outcome.table("stage_entries").filter(pl.col("left_at").is_null()).join(ids, on="lead_id", how="semi")
    rows = sorted(there.select("lead_id", "stage").rows(), key=lambda row: names.index(row[1]) if row[1] in names else -1)
    return dict(rows)


def _facts(outcome: Following, ids: pl.DataFrame) -> pl.DataFrame:
    """The facts of these leads, in order."""
    return outcome.facts.filter(pl.col("lead_id").is_in(ids["lead_id"].implode())).select(TOLD).sort("at", "fact_id").collect()


def _by_lead(rows: pl.DataFrame) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows.to_dicts():
        found.setdefault(row["lead_id"], []).append(row)
    return found


def is_won(case: Case) -> bool:
    """Whether the cycle has a win that stands: of each opportunity the last end counts."""
    ends: dict[str | None, str] = {}
    for fact in case.facts:
        if fact["kind"] in OPPORTUNITY_ENDS and fact["at"] > case.begun_at:
            ends[fact["opportunity_id"]] = fact["kind"]
    return "opportunity_won" in ends.values()


def one_name(outcome: Following, lead_id: str) -> str:
    """What one lead is called: the person's name, else the account, else its id."""
    case: Case | None = (outcome.asked_so_far(CASES) or {}).get(lead_id)
    if case is not None:
        return case.name
    facts = outcome.facts.filter((pl.col("lead_id") == lead_id) & (pl.col("kind") == "profile_changed")).sort("at", "fact_id")
    profile = profile_of(facts.select("kind", "properties").collect().to_dicts())
    return str(name_in(profile) or profile.get("account") or lead_id)
