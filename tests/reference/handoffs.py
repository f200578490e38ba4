"""One row for each cycle that was handed over, and what became of it (contract, 3.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.reference.business import working_time
from tests.reference.conditions import fact_matches
from tests.reference.journal import SALES_ACTS, Fact
from tests.reference.receipt import Receipt, hundredths, money
from tests.reference.stages import StagesOfCycle


class Handoff:
    """The hand-off of one cycle; `handed_at` is None where there was none."""

    def __init__(self, lead_id: str, stages: StagesOfCycle, agreement: dict[str, Any], tables: dict[str, Any]) -> None:
        self.lead_id, self.stages, self.agreement, self.tables = lead_id, stages, agreement, tables
        self.receipt: Receipt = stages.receipt
        self.cycle = stages.cycle
        self.rule = agreement["handoff"]
        self.handed_at = self._handed_at()
        if self.handed_at is not None:
            self.after = [fact for fact in stages.facts if fact.at >= self.handed_at]
            listed = self.rule.get("attempts")
            kinds = SALES_ACTS if listed is None else listed
            self.attempts = [fact for fact in self.after if fact.kind in kinds]
            connects = [{"fact": one} if isinstance(one, str) else one for one in self.rule.get("connects") or []]
            self.connects = [fact for fact in self.after if any(fact_matches(one, fact) for one in connects)]

    def _handed_at(self) -> datetime | None:
        entry = self.stages.entered_at(self.stages.handoff)
        if entry is None or not self.rule.get("check"):
            return entry
        passed = [fact.at for fact in self.stages.facts if fact.kind in {"passed", "accepted"}]
        return max(passed[0], entry) if passed else None

    @property
    def sourced(self) -> str:
        """marketing, where the stage of the hand-off was entered in its own right."""
        index = self.stages.handoff
        return "marketing" if self.stages.own[index] == self.stages.entered_at(index) else "sales"

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
        """For each opportunity the amount of its last win in the cycle, if it was not lost after that."""
        last_win: dict[str | None, Fact] = {}
        for fact in self.stages.facts:
            if fact.kind == "opportunity_won":
                last_win[fact.opportunity_id] = fact
        total = Decimal("0.00")
        for deal, win in last_win.items():
            losses = [fact for fact in self.receipt.facts if fact.kind == "opportunity_lost" and fact.opportunity_id == deal]
            if not any(loss.order > win.order for loss in losses):
                total += win.amount or Decimal(0)
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
        later = {f"{name}_at": stages.entered_at(index) for index, name in enumerate(stages.names) if index > stages.handoff}
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
