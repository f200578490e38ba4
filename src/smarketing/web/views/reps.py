"""`/reps`: what became of the hand-offs that each rep got; inside sales and sales apart, and who took over and closed beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smarketing.reports.report import Report
from smarketing.web.answer import drawn_as, table_page
from smarketing.web.gate import only_rep
from smarketing.web.held import asked, held
from smarketing.web.own import own_rows
from smarketing.web.periods import period_picker
from smarketing.web.told.boards import PART, Board, board
from smarketing.web.told.figures import Chart, chart_of
from smarketing.web.told.links import linked
from smarketing.web.told.notes import page_notes
from smarketing.web.told.sentences import of_reps

Row = dict[str, Any]
DESKS = {"inside_sales": "Inside sales", "sales": "Sales", "marketing": "Marketing", None: "Without a role"}
"""The headings, in order; a role that is none of these comes before those without one."""
NOBODY = "Hand-offs that name nobody"
ENOUGH = 20
"""From so many hand-offs with a name on it is said that reps are known by wins only (as the report's note does)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page: its heading, what to know about it, its table, and a chart where there is one; `folded`: on demand."""

    title: str
    note: str
    table: Board
    chart: Chart | None = None
    folded: bool = False


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; `?period=…`, `?sort=…`, `?export=csv|xlsx&table=…`."""
    now = held()
    period = period_picker(request, zone=now.agreement.timezone, as_of=now.as_of, default=None)
    asked_for = asked("reps", period=period.chosen)
    report = own_rows(asked_for, request)
    wins_only = known_by_wins(report.rows)
    parts = list(_parts(request, report, period.chosen, wins_only))
    for part in parts[1:]:
        part.table.explains = False
    if request.GET.get("export") and parts:
        wanted = request.GET.get("table")
        chosen = next((part for part in parts if part.table.name == wanted), parts[0])
        return table_page(request, "pages/reps.html", chosen.table, part=PART)
    own = only_rep(request) is not None
    owners = linked(report.beside["owners"], report.behind_beside.get("owners", []))
    context = {
        "period": period,
        "answer": of_reps(linked(report.rows, report.behind), owners, wins_only=wins_only, own=own),
        "notes": page_notes(report),
        "drawn_as": drawn_as(request, asked_for),
        "parts": parts,
        "own": own,
        "wins_only": wins_only,
        "chart": chart_of(report, part="won", period=period.chosen) if report.rows and not wins_only else None,
    }
    return render(request, "pages/reps.html", context)


def known_by_wins(rows: Sequence[Row]) -> bool:
    """Whether every hand-off that names somebody was won and no other was: rates, expected wins and verdicts then mean nothing."""
    named = [row for row in rows if row["by"] is not None]
    nobody = [row for row in rows if row["by"] is None]
    everything_won = all(row["won"]["n"] == row["won"]["of"] for row in named)
    return sum(row["handoffs"] for row in named) >= ENOUGH and everything_won and bool(nobody) and not nobody[0]["won"]["n"]


def _parts(request: HttpRequest, report: Report, period: str | None, wins_only: bool) -> Iterator[Part]:
    """Each role's table, who took over, who closed; only those that somebody is in."""
    apart = {row["role"] for row in report.rows if row["by"] is not None} - {None}
    own = [
        _of_role(request, report, role, DESKS.get(role, str(role)) if apart else "All reps", wins_only)
        for role in _roles(report.rows)
    ]
    yield from (part for part in own if not part.folded)
    if owners := report.beside["owners"]:
        chart = chart_of(report, part="owners", period=period)
        caption = "Reps who took hand-offs over, best first"
        table = board(request, "owners", owners, report.behind_beside["owners"], by="owner", caption=caption)
        yield Part("Taken over", "hand-offs that went on from the rep who had them first, by who has them now", table, chart)
    closers = report.beside["closers"]
    if any(row["by"] for row in closers):
        table = board(
            request, "closers", closers, report.behind_beside["closers"], by="closer", caption="Who closed, most money first"
        )
        yield Part("Closed by", "who entered the wins of these hand-offs", table)
    yield from (part for part in own if part.folded)


def _roles(rows: Sequence[Row]) -> list[str | None]:
    found = {row["role"] for row in rows}
    others = sorted(role for role in found if role not in DESKS)
    known = [role for role in DESKS if role is not None and role in found]
    return [*known, *others, *([None] if None in found else [])]


def _of_role(request: HttpRequest, report: Report, role: str | None, title: str, wins_only: bool) -> Part:
    places = [place for place, row in enumerate(report.rows) if row["role"] == role and not (wins_only and row["by"] is None)]
    if wins_only:
        places.sort(key=lambda place: -report.rows[place]["won_amount"]["amount"])
    rows, questions = [report.rows[place] for place in places], [report.behind[place] for place in places]
    order = "most money first" if wins_only else "best first"
    name = (role or "reps").replace("_", "-")
    table = board(request, name, rows, questions, by="rep", caption=f"{title}, {order}", wins_only=wins_only)
    nobody = bool(rows) and all(row["by"] is None for row in rows)
    return Part(NOBODY if nobody else title, f"by who was responsible first, {order}", table, folded=nobody)
