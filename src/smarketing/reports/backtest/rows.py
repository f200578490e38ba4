"""The back-test: what a draft would have changed, beside the agreement in force, with what nobody can know.

Both are judged over the same facts as of the same instant, each by its one version, as if that had always been in force. The figures of a
side are of the hand-offs that count: by marketing (what sales brings in itself is no hand-off of an agreement), in the span asked for.
A hand-off *really happened* where the agreement in force hands over that lead in that cycle. One of the draft that did not
is *known* all the same where sales worked the lead in that cycle (an act, a verdict, a deal) or it was in the holdout; else it is
*unknown*, and no rate counts it. That a lead handed over at another time would have become the same is assumed.

| figure of a side | what it is |
|---|---|
| `mqls_per_week` | entries of the stage at which is handed over, but for leads that sales brought in itself, ÷ the weeks of the span |
| `handoffs` | the hand-offs that count |
| `effort_hours_per_week` | attempts × minutes per attempt ÷ 60 ÷ weeks; for an unknown hand-off the mean of the agreement's of that grade; null without `effort` |
| `worth` | the sum of their worth; null where the agreement has none |
| `precision` | those won later ÷ those whose outcome is known. Won later: a win that stands, in the cycle of the hand-off and after it |
| `recall` | later wins that were handed over before ÷ all later wins: each deal by its last win that stands, in the span; handed over before: some lead of it, in the cycle of its win, whenever |
| `days_earlier` | over the leads that count and that both sides hand over: the median of how much earlier their first hand-off is than the agreement's; of the agreement itself 0; null where there is none |
| `breaches` | clocks of the known hand-offs that were kept late or never |
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from smarketing.reports.backtest.checked import as_if_checked
from smarketing.reports.backtest.compared import Compared
from smarketing.reports.backtest.notes import notes
from smarketing.reports.backtest.past import CYCLE, Past
from smarketing.reports.backtest.sides import Side
from smarketing.reports.backtest.text import grids
from smarketing.reports.backtest.unknown import bounds, holdout
from smarketing.reports.report import Report
from smarketing.vocabulary.errors import NotEnoughData, UsageError
from smarketing.vocabulary.periods import Period, instant

if TYPE_CHECKING:
    from smarketing.reports.following import Following


def backtest(
    draft: Following,
    against: Following,
    *,
    from_: str | None = None,
    to: str | None = None,
    unchecked: Following | None = None,
) -> Report:
    """`{"draft": SIDE, "against": SIDE, "gained", "lost", "unidentified_share", "bounds", "holdout"}` beside two rows, the same sides.

    SIDE: see above; a row is `{"side": "draft" | "against", …SIDE}`. `gained`: the leads that count on the draft's side and that the
    agreement never hands over, `lost`: the other way round, in order of their ids. `unidentified_share`: the unknown ones of the
    draft's hand-offs. `bounds`, `holdout` (`{"leads", "days_until_settled"}`): see `backtest.unknown`. `from_`, `to`: a date or time;
    hand-offs from the one and before the other count, else all from the first fact to `as_of`; a date is 00:00 in the zone of the
    agreement in force. `draft` and `against` are replays of one version each, with `stage_entries`, `handoffs` and `clocks`.
    `unchecked`: where the draft lets marketing check, its replay without that (see `backtest.checked`).
    Raises UsageError, and NotEnoughData where neither side hands anything over.
    """
    draft, assumed = (draft, 0) if unchecked is None else as_if_checked(draft, unchecked, against)
    past = span(draft, against, from_, to)
    found = compared(past)
    period = Period(f"{from_ or ''}..{to or ''}", past.begin_at, past.end_at) if from_ or to else None
    rows = [{"side": side, **found.answer[side]} for side in ("draft", "against")]
    return Report(
        "backtest",
        period,
        against.as_of,
        against.agreement.id,
        rows,
        sorted(notes(found, assumed)),
        grids(found),
        ("worth",),
        beside=found.answer,
    )


def compared(past: Past) -> Compared:
    """Both sides, figure by figure. Raises NotEnoughData."""
    made = past.against.table("handoffs").select(CYCLE)
    draft, against = Side(past.draft, past, made), Side(past.against, past)
    if draft.handed.is_empty() and against.handed.is_empty():
        raise NotEnoughData("Not enough to compare: neither the draft nor the agreement hands anything over in that time.")
    settled = holdout(draft, against)
    answer = {
        "draft": draft.figures(against),
        "against": against.figures(against),
        "gained": draft.not_in(against),
        "lost": against.not_in(draft),
        "unidentified_share": draft.unknown.height / draft.handed.height if draft.handed.height else 0.0,
        "bounds": bounds(draft, against),
        "holdout": {"leads": settled.leads, "days_until_settled": settled.days},
    }
    return Compared(past, draft, against, answer, settled)


def span(draft: Following, against: Following, from_: str | None, to: str | None) -> Past:
    """From the first fact, or `from_` where that is later, to `as_of`, or `to` where that is earlier. Raises UsageError, NotEnoughData."""
    since, until = _asked("--from", from_, against), _asked("--to", to, against)
    first = against.facts.select(pl.col("at").min()).collect().item()
    if not isinstance(first, datetime):
        raise NotEnoughData("Not enough to compare: there are no facts by then.")
    begin, end = max(first, since or first), min(against.as_of, until or against.as_of)
    if begin >= end:
        if since is None and until is None:
            raise NotEnoughData("Not enough to compare: all facts are of one moment, so there is no time in which to count.")
        raise UsageError(
            f"there is no time between {begin.isoformat()} and {end.isoformat()}; --from lies before --to, and both among the facts"
        )
    return Past(draft, against, begin, end, since, until)


def _asked(option: str, text: str | None, against: Following) -> datetime | None:
    try:
        return None if text is None else instant(text, against.agreement.timezone)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error
