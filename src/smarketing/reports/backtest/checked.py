"""A draft under which marketing checks: leads that would have come to the check, and never did.

With `check: true` a lead is handed over when marketing passes it. Nobody passes a lead that no agreement in force shows to marketing, so
a draft would seem to hand over nobody new. A lead that becomes what is handed over under the draft, in a cycle in which marketing had no
reason to check it and neither passed nor held it, is therefore taken as passed at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.backtest.past import CYCLE
from smarketing.reports.handed.cycles import cycle_ends, in_cycles

if TYPE_CHECKING:
    from smarketing.reports.following import Following

SEEN = ("passed", "held")
"""The facts of the check."""


def as_if_checked(draft: Following, unchecked: Following, against: Following) -> tuple[Following, int]:
    """The draft with those hand-offs and their clocks beside its own, and how many they are.

    `unchecked`: the replay of the draft without the check. Its hand-offs that the draft does not make, by marketing, count, of cycles
    without a `passed` or `held`; where the agreement in force checks too, only of cycles in which it has nothing to check.
    """
    own = draft.table("handoffs")
    new = unchecked.table("handoffs").filter(pl.col("sourced") == "marketing").join(own, on=CYCLE, how="anti")
    new = new.join(_seen(draft), on=CYCLE, how="anti")
    if against.agreement.handoff.check:
        shown = against.table("stage_entries").filter(pl.col("stage") == against.agreement.handoff.at)
        new = new.join(shown, on=CYCLE, how="anti")
    clocks = unchecked.table("clocks").join(new, on=CYCLE, how="semi")
    tables = {"handoffs": pl.concat([own, new]), "clocks": pl.concat([draft.table("clocks"), clocks])}
    return replace(draft, tables=draft.tables | tables), new.height


def _seen(draft: Following) -> pl.DataFrame:
    """`lead_id, cycle` of the cycles in which marketing checked."""
    facts = draft.facts.filter(pl.col("kind").is_in(SEEN)).select("lead_id", "at").collect().with_row_index("place")
    return in_cycles(facts, cycle_ends(draft.table("stage_entries"))).select(CYCLE)
