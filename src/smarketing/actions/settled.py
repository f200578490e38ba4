"""The settled facts of the open workspace, held in memory for as long as the journal does not grow."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import polars as pl

from smarketing.journal.survey import survey
from smarketing.records.facts import Extent, journal_extent, load_facts


class Settled(NamedTuple):
    """The facts of the lives as of an instant: `facts` (FACT_SCHEMA), `united` (as in `Following`), and of what journal they are.

    `next_at`: the first fact that has not happened yet; until then the same facts are settled.
    """

    extent: Extent
    as_of: datetime
    next_at: datetime | None
    facts: pl.DataFrame
    united: pl.DataFrame

    def holds(self, extent: Extent, as_of: datetime) -> bool:
        """Whether these are the settled facts of that journal as of that instant, too."""
        return self.extent == extent and self.as_of <= as_of and (self.next_at is None or as_of < self.next_at)


class _Held:
    last: tuple[object, Settled] | None = None


def settled_facts(place: object, as_of: datetime, extent: Extent | None = None) -> Settled:
    """The settled facts of the journal, or of as much of it as `extent` says. `place` names the workspace.

    The `rows` of the extent that comes back are those that were read: there may be more than were asked for, where facts came in
    late by a transaction that had begun before.
    """
    reach = extent or journal_extent()
    if _Held.last is not None and _Held.last[0] == place and _Held.last[1].holds(reach, as_of):
        return _Held.last[1]
    facts = load_facts(reach)
    known = survey(facts.lazy(), as_of=as_of)
    later = facts.filter(pl.col("at") > pl.lit(as_of, facts.schema["at"]))["at"].min()
    united = known.united.rename({"lead_id": "id", "united_id": "lead_id"})
    settled = known.settle(facts.lazy()).collect()
    found = Settled(reach._replace(rows=facts.height), as_of, later if isinstance(later, datetime) else None, settled, united)
    _Held.last = (place, found)
    return found


def forget_settled() -> None:
    """Read the journal anew the next time."""
    _Held.last = None
