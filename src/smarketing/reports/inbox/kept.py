"""What is read of a state for its inboxes holds for the next one as well, but for the leads that changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.inbox.cases import CASES, OPEN, open_in
from smarketing.reports.inbox.hours import HOURS, latest
from smarketing.reports.inbox.order import DESKS, NUMBERS, desks_that_stay, following

if TYPE_CHECKING:
    from smarketing.reports.following import Following


def take_over(before: Following, after: Following, changed: Collection[str], told: pl.DataFrame | None = None) -> Iterator[None]:
    """Let what was read of an outcome hold for the one that follows it, in which the rows of all but these leads are the same.

    `told`: the facts of these leads, where somebody has them at hand. Step by step: who has time may rest between two of them.
    """
    if [version.id for version in before.versions] != [version.id for version in after.versions]:
        return
    handed, gone = before.asked_so_far(OPEN), pl.col("lead_id").is_in(list(changed))
    if handed is None:
        return
    entries, handoffs = (after.table(name).filter(gone) for name in ("stage_entries", "handoffs"))
    fresh = open_in(entries, handoffs, after.agreement.handoff.at)
    yield
    after.once(OPEN, lambda: pl.concat([handed.filter(~gone), fresh.select(handed.columns).cast(dict(handed.schema))]))
    read = before.asked_so_far(CASES) or {}
    after.once(CASES, lambda: {lead_id: case for lead_id, case in [*read.items()] if lead_id not in changed})
    yield
    known = before.asked_so_far(NUMBERS)
    if known is not None:
        after.once(NUMBERS, lambda: following(after, known, changed, told))
        yield
        after.once(DESKS, lambda: desks_that_stay(before, after, changed))
    if before.small is after.small:
        after.once(HOURS, lambda: latest(before.asked_so_far(HOURS) or {}))
