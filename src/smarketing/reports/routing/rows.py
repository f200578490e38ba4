"""Who would have got the hand-offs of a period by the agreement in force, beside who got them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from smarketing.reports.figures import iso
from smarketing.reports.layout import Grid
from smarketing.reports.report import Note, Report
from smarketing.reports.routing.simulation import Share, Simulation, Would, simulation
from smarketing.vocabulary.errors import NotEnoughData
from smarketing.vocabulary.periods import Period, period_asked, period_at
from smarketing.vocabulary.words import with_minus

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Row = dict[str, Any]
COLUMNS = ("rep", "got", "would get", "the same ones", "difference")


def routing(outcome: Following, *, period: str | Period | None = None) -> Report:
    """One row for each rep who got or would get any: `{"rep", "name", "then", "now", "same", "difference"}`, in hand-offs by marketing.

    `period` (left out: the month before that of `as_of`) is that of the hand-off. `then`: whose first they were, `now`: whose they
    would be, `same`: those that are the same, `difference`: `now` − `then`; `rep` is null for nobody. `beside`: `others`, how many would have gone
    to somebody else, and `handoffs`, each in order with `why`. Raises NotEnoughData where the agreement routes nothing; UsageError.
    """
    if not outcome.agreement.handoff.routes:
        raise NotEnoughData("The agreement does not say who gets a lead (handoff: route), so it would have given nobody any.")
    zone = outcome.agreement.timezone
    window = period_asked(period, zone) or _last_month(outcome, zone)
    found = simulation(outcome, period=window)
    rows = [_row(share) for share in found.shares]
    beside = {"others": found.others, "handoffs": [_handoff(each) for each in found.handoffs]}
    grids = [_grid(window, found)] if rows else []
    return Report("routing", window, outcome.as_of, outcome.agreement.id, rows, [*_notes(outcome, found)], grids, beside=beside)


def _last_month(outcome: Following, zone: str) -> Period:
    this = period_at("month", zone, outcome.as_of)
    return period_at("month", zone, this.start_at - timedelta(days=1))


def _row(share: Share) -> Row:
    return {
        "rep": share.rep, "name": share.name, "then": share.then, "now": share.now, "same": share.same, "difference": share.now - share.then,
    }  # fmt: skip


def _handoff(each: Would) -> Row:
    return each._asdict() | {"handed_at": iso(each.handed_at)}


def _grid(window: Period, found: Simulation) -> Grid:
    cells = [
        (share.name, str(share.then), str(share.now), str(share.same), with_minus(f"{share.now - share.then:+d}"))
        for share in found.shares
    ]
    title = f"Routing of {window.label}: of {len(found.handoffs)} hand-offs {found.others} would have gone to somebody else"
    return Grid(title, COLUMNS, cells)


def _notes(outcome: Following, found: Simulation) -> Iterator[Note]:
    if not found.handoffs:
        yield Note("SMK-R080", "Marketing handed nothing over in this period.")
    if "reps" not in outcome.small:
        yield Note("SMK-R081", "There is no table of reps, so nobody would have got any.")
    if found.left_out:
        yield Note(
            "SMK-R082", f"Only the latest hand-offs of the period are gone through; {found.left_out:,} earlier ones are left out."
        )
