"""What a replay gives back: the contract's tables, and the questions they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smarketing.reports.following import Following

if TYPE_CHECKING:
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

    def explain(self, lead_id: str) -> Explanation:
        """One lead's life in order of time, in sentences; see `smarketing.reports.explain.story`."""
        from smarketing.reports.explain.story import explain

        return explain(self, lead_id)
