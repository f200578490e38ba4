"""What needs whom: answers that are overdue or due soon, leads that nobody has, leads that came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from smarketing.reports.feedback.checking import waiting
from smarketing.reports.leads import leads
from smarketing.vocabulary.periods import Period

if TYPE_CHECKING:
    from smarketing.reports.following import Following

SOON, LONG = timedelta(days=1), timedelta(days=14)
"""What is due within a day is told; what is overdue for longer is no news."""
ENDED = ("rejected_at", "recycled_at", "disqualified_at")
OVERDUE, DUE, NOBODY, BACK, CHECK = "overdue", "due", "nobody", "back", "check"


class Need(NamedTuple):
    """Something that somebody has to do. `kind`: overdue, due, nobody (has the lead), back (it came back), check (it waits for
    marketing's check).

    `who`: a rep's address, null: nobody's; `what`: the commitment, or the reason with which it came back; `at`: when it is or was due, or since when
    the lead waits.
    """

    kind: str
    lead_id: str
    account: str | None
    who: str | None
    what: str
    at: datetime


def needs_of(outcome: Following, team: str, period: Period) -> Iterator[Need]:
    """What a team has to do: sales answers, marketing takes back."""
    accounts = dict(leads(outcome).select("lead_id", "account").iter_rows())
    rows = _sales(outcome) if team == "sales" else _marketing(outcome, period)
    for kind, lead_id, who, what, at in rows.select("kind", "lead_id", "who", "what", "at").iter_rows():
        yield Need(kind, lead_id, accounts.get(lead_id), who, what or "", at)


def _sales(outcome: Following) -> pl.DataFrame:
    """Clocks that ran out or will within a day, of hand-offs that are with sales, and hand-offs that nobody has."""
    handed = outcome.table("handoffs").filter(pl.all_horizontal(pl.col(name).is_null() for name in ENDED))
    handed = handed.filter(pl.col("won_amount").is_null()).with_columns(who=pl.coalesce("owner", "rep"))
    state, due = pl.col("state"), pl.col("due_at")
    soon = (state == "open") & (due <= outcome.as_of + SOON)
    overdue = (state == "breached") & (due > outcome.as_of - LONG)
    clocks = (
        outcome.table("clocks").filter(soon | overdue).join(handed.select("lead_id", "cycle", "who"), on=["lead_id", "cycle"])
    )
    kind = pl.when(state == "open").then(pl.lit(DUE)).otherwise(pl.lit(OVERDUE))
    answers = clocks.with_columns(kind=kind, what="commitment", at="due_at").sort("at")
    nobody = handed.filter(pl.col("who").is_null(), pl.col("accepted_at").is_null(), pl.col("handed_at") > outcome.as_of - LONG)
    waits = nobody.with_columns(kind=pl.lit(NOBODY), what=pl.lit(""), at="handed_at").sort("at")
    named = [frame.select("kind", "lead_id", "who", "what", "at") for frame in (answers, waits)]
    order = {DUE: 0, OVERDUE: 1, NOBODY: 2}
    return pl.concat(named).sort(pl.col("kind").replace_strict(order, return_dtype=pl.Int64), "at", maintain_order=True)


def _marketing(outcome: Following, period: Period) -> pl.DataFrame:
    """The leads that came back in the period, the latest first, and those that wait for the check, the longest wait first."""
    back = pl.max_horizontal("rejected_at", "recycled_at")
    found = outcome.table("handoffs").with_columns(at=back, kind=pl.lit(BACK), what="reason", who=pl.lit(None, dtype=pl.String))
    found = found.filter(pl.col("at") >= period.start_at, pl.col("at") < period.end_at).sort("at", descending=True)
    nothing = pl.lit(None, dtype=pl.String)
    checks = waiting(outcome).with_columns(kind=pl.lit(CHECK), who=nothing, what=nothing, at="qualified_at")
    return pl.concat([frame.select("kind", "lead_id", "who", "what", "at") for frame in (found, checks)])
