"""One row for each cycle that was handed over, and what became of it (contract, 3.3).

Each version hands over, while it is in force, who has entered its stage of the hand-off, be it before it began or by a hand-back to a
stage after it. The first of these counts, and what it is worth, who brought it and how long it may wait goes by that version. What is an
attempt goes by the version in force when it was made.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.reference.business import working_time
from tests.reference.conditions import fact_matches
from tests.reference.journal import SALES_ACTS, Fact
from tests.reference.rates import Exchange
from tests.reference.receipt import Receipt, hundredths, money
from tests.reference.stages import StagesOfCycle
from tests.reference.versions import Document, names_of


class Handoff:
    """The hand-off of one cycle; `handed_at` is None where there was none."""

    def __init__(self, lead_id: str, stages: StagesOfCycle, tables: dict[str, Any]) -> None:
        self.lead_id, self.stages, self.tables = lead_id, stages, tables
        self.receipt: Receipt = stages.receipt
        self.cycle, self.versions = stages.cycle, stages.versions
        self.handed_at, self.agreement = self._handed_at()
        if self.handed_at is not None:
            self.after = [fact for fact in stages.facts if fact.at >= self.handed_at]
            self.attempts = [fact for fact in self.after if self.is_attempt(fact)]
            self.connects = [fact for fact in self.after if self.is_connect(fact)]

    def _handed_at(self) -> tuple[datetime | None, Document]:
        """The first hand-off by any version, and that version."""
        found = []
        for version, start, end in self.versions.windows():
            at = self.handed_by(version, start)
            if at is None or (end is not None and at >= end) or (self.cycle.end is not None and at > self.cycle.end):
                continue
            found.append((at, version))
        return min(found, key=lambda one: one[0], default=(None, self.versions.last))

    def handed_by(self, version: Document, start: datetime | None) -> datetime | None:
        """When a version hands over that is in force from `start` on for ever."""
        entry = self.stages.entered_at(version["handoff"]["at"], names_of(version))
        if entry is None:
            return None
        entry = max(entry, start) if start else entry
        if not version["handoff"].get("check"):
            return entry
        passed = [fact.at for fact in self.stages.facts if fact.kind in {"passed", "accepted"}]
        return max(passed[0], entry) if passed else None

    def is_attempt(self, fact: Fact) -> bool:
        """Is a fact of this kind an attempt, by the version in force when it happened?"""
        listed = self.versions.at(fact.at)["handoff"].get("attempts")
        return fact.kind in (SALES_ACTS if listed is None else listed)

    def is_connect(self, fact: Fact) -> bool:
        """Is this fact a connect, by the version in force when it happened?"""
        listed = self.versions.at(fact.at)["handoff"].get("connects") or []
        return any(fact_matches({"fact": one} if isinstance(one, str) else one, fact) for one in listed)

    @property
    def entered_at(self) -> datetime | None:
        """When the stage of the hand-off was entered, by the version that hands over."""
        return self.stages.entered_at(self.agreement["handoff"]["at"], names_of(self.agreement))

    @property
    def sourced(self) -> str:
        """marketing, where the stage of the hand-off was entered in its own right."""
        own = self.stages.own.get(self.agreement["handoff"]["at"])
        return "marketing" if own == self.entered_at else "sales"

    def named(self) -> list[Fact]:
        """All assignments of the lead that name somebody."""
        return [fact for fact in self.receipt.facts if fact.kind == "assigned" and fact.text("to")]

    @property
    def rep(self) -> str | None:
        """Who was responsible first."""
        in_cycle = [fact for fact in self.named() if self.cycle.includes(fact.at)]
        by_then = [fact for fact in in_cycle if fact.at <= self.handed_at]
        later = [fact for fact in in_cycle if fact.at > self.handed_at]
        earlier = [fact for fact in self.named() if fact.at <= self.cycle.begin and not self.cycle.includes(fact.at)]
        if by_then:
            return by_then[-1].text("to")
        if later:
            return later[0].text("to")
        if earlier:
            return earlier[-1].text("to")
        return self.attempts[0].actor if self.attempts else None

    @property
    def owner(self) -> str | None:
        """Who is responsible last."""
        in_cycle = [fact for fact in self.named() if self.cycle.includes(fact.at)]
        return in_cycle[-1].text("to") if in_cycle else self.rep

    @property
    def assigned_at(self) -> datetime | None:
        """The first assignment from the hand-off on, or the hand-off where there were only earlier ones."""
        assigned = [fact for fact in self.stages.facts if fact.kind == "assigned"]
        at_or_after = [fact.at for fact in assigned if fact.at >= self.handed_at]
        if at_or_after:
            return at_or_after[0]
        return self.handed_at if assigned else None

    def first(self, *kinds: str) -> datetime | None:
        """The first fact of these kinds in the cycle at or after the hand-off."""
        return first_at([fact for fact in self.after if fact.kind in kinds])

    @property
    def worth(self) -> Decimal | None:
        """What a lead of this grade (and engagement) is worth at the hand-off."""
        table = self.agreement.get("worth")
        if table is None:
            return None
        worth = table.get(self.receipt.grade_at(self.handed_at), 0)
        if isinstance(worth, dict):
            engagement = self.receipt.engagement_at(self.handed_at)
            reached = [band for band in worth if hundredths(band) <= engagement]
            worth = worth[max(reached, key=hundredths)] if reached else 0
        return money(hundredths(worth))

    @property
    def campaign(self) -> str | None:
        """Of the lead's last touch with one, at or before the hand-off."""
        touches = [fact for fact in self.receipt.facts if fact.at <= self.handed_at and fact.is_touch and fact.campaign]
        return touches[-1].campaign if touches else None

    @property
    def won_amount(self) -> Decimal:
        """For each opportunity the amount of its last win in the cycle, if it was not lost after that, in the last version's currency."""
        last_win: dict[str | None, Fact] = {}
        for fact in self.stages.facts:
            if fact.kind == "opportunity_won":
                last_win[fact.opportunity_id] = fact
        total = Decimal("0.00")
        for deal, win in last_win.items():
            losses = [fact for fact in self.receipt.facts if fact.kind == "opportunity_lost" and fact.opportunity_id == deal]
            if not any(loss.order > win.order for loss in losses):
                total += Exchange(self.versions, self.tables).amount_of(win)
        return total

    @property
    def waited_minutes(self) -> float | None:
        """Working minutes between the hand-off and the first attempt."""
        calendar = working_time(self.rep, self.agreement, self.tables)
        if calendar is None or not self.attempts:
            return None
        return calendar.worked(self.handed_at, self.attempts[0].at) / timedelta(microseconds=1) / 60_000_000

    def row(self) -> dict[str, Any]:
        """The row of `handoffs`."""
        at, receipt, stages = self.handed_at, self.receipt, self.stages
        after = stages.names[stages.names.index(self.versions.last["handoff"]["at"]) + 1 :]
        later = {f"{name}_at": stages.entered_at(name, stages.names) for name in after}
        return {
            "lead_id": self.lead_id,
            "cycle": self.cycle.number,
            "handed_at": at,
            "sourced": self.sourced,
            "rep": self.rep,
            "owner": self.owner,
            "persona": receipt.persona_at(at),
            "fit": money(receipt.fit_at(at)),
            "engagement": money(receipt.engagement_at(at)),
            "grade": receipt.grade_at(at),
            "worth": self.worth,
            "campaign": self.campaign,
            "accepted_at": self.first("accepted"),
            "rejected_at": self.first("rejected"),
            "recycled_at": self.first("recycled"),
            "disqualified_at": self.first("disqualified"),
            "reason": self.cycle.ended_by.text("reason") if self.cycle.ended_by else None,
            "assigned_at": self.assigned_at,
            "first_attempt_at": first_at(self.attempts),
            "attempts": len(self.attempts),
            "connected_at": first_at(self.connects),
            "business_minutes_to_first_attempt": self.waited_minutes,
            **later,
            "won_amount": self.won_amount,
        }


def first_at(facts: list[Fact]) -> datetime | None:
    """The time of the first of some facts in order."""
    return facts[0].at if facts else None
