"""What a replay gives back: the contract's tables, and the questions they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smarketing.reports.following import Following

if TYPE_CHECKING:
    from smarketing.reports.behind.asked import Behind
    from smarketing.reports.explain.story import Explanation
    from smarketing.reports.report import Report


@dataclass(repr=False)
class Outcome(Following):
    """What follows from a journal under an agreement as of an instant, ready to be asked.

    `tables`: the derived tables by name, each also an attribute (`outcome.handoffs`). The reports read a `Following`, so they
    do not know who asks.
    """

    def funnel(self, by: str | None = None, *, period: str | None = None, cohort: str = "first_touch") -> Report:
        """The funnel from lead to won, one row for each group of `by`; see `smarketing.reports.funnel.rows`."""
        from smarketing.reports.funnel.rows import funnel

        return funnel(self, by=by, period=period, cohort=cohort)

    def scoreboard(self, period: str | None = None) -> Report:
        """What was promised and what came of it, the reward, the wins; see `smarketing.reports.scoreboard.rows`."""
        from smarketing.reports.scoreboard.rows import scoreboard

        return scoreboard(self, period=period)

    def campaigns(self, period: str | None = None) -> Report:
        """Campaigns by what became of their leads; see `smarketing.reports.leaderboards.campaigns`."""
        from smarketing.reports.leaderboards.campaigns import campaigns

        return campaigns(self, period=period)

    def reps(self, period: str | None = None) -> Report:
        """Reps by what became of their hand-offs; see `smarketing.reports.leaderboards.reps`."""
        from smarketing.reports.leaderboards.reps import reps

        return reps(self, period=period)

    def plan(self, period: str | None = None) -> Report:
        """The hand-offs that the revenue goal and the quotas need; see `smarketing.reports.plan.rows`."""
        from smarketing.reports.plan.rows import plan

        return plan(self, period=period)

    def routing(self, period: str | None = None) -> Report:
        """Who would have got the hand-offs of a period, and who got them; see `smarketing.reports.routing.rows`."""
        from smarketing.reports.routing.rows import routing

        return routing(self, period=period)

    def price(self, period: str | None = None) -> Report:
        """What a hand-off of each grade is worth by what became of those before; see `smarketing.reports.price.rows`."""
        from smarketing.reports.price.rows import price

        return price(self, period=period)

    def attribution(self, by: str = "campaign", *, period: str | None = None) -> Report:
        """Who brought the money by every model, and what it cost; see `smarketing.reports.attribution.rows`."""
        from smarketing.reports.attribution.rows import attribution

        return attribution(self, by=by, period=period)

    def behind(self, question: Mapping[str, str]) -> Behind:
        """The rows behind a number: `question` is one of a report's `behind`; see `smarketing.reports.behind.asked`."""
        from smarketing.reports.behind.asked import behind

        return behind(self, question)

    def explain(self, lead_id: str) -> Explanation:
        """One lead's life in order of time, in sentences; see `smarketing.reports.explain.story`."""
        from smarketing.reports.explain.story import explain

        return explain(self, lead_id)
