"""What is to be done: a rep's inbox, the receipt of a lead, the hand-offs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import P, QueryEx, Router

from smarketing.actions.acts.standing import etags_of
from smarketing.reports.figures import iso
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.periods import parse_period
from smarketing.web.api import shapes
from smarketing.web.api.reads import MISTAKES, Page, Size, paged, plain, tagged, turned_to
from smarketing.web.held import held
from smarketing.web.inbox.mine import inbox_of
from smarketing.web.inbox.whose import whose
from smarketing.web.lives import life, one_life
from smarketing.web.states import place

router = Router(tags=["Work"])
KEPT = {304: None}
"""What is told to a program that holds the same already."""
FILTERS = ("rep", "owner", "grade", "persona", "campaign", "sourced")
State = QueryEx[str, P(pattern="^(open|decided)$", description="open: not decided; decided: accepted or given back")]
Line = dict[str, Any]


@router.get("/inbox", response={200: shapes.Inbox, **KEPT, **MISTAKES}, url_name="inbox", summary="A rep's inbox")
def inbox(request: HttpRequest, rep: str | None = None, page: Page = 1, size: Size = 100) -> HttpResponse:
    """Whom to call next, in the order of what is lost by waiting. `rep`: whose; left out: one's own. With each lead its `etag`."""
    now, address = place().now(), whose(request)
    found = inbox_of(address, now)
    at, here = turned_to(found.number, page, size)
    rows = [row.to_dict() for row in found.rows(found.leads[here])]
    tags = etags_of([row["lead_id"] for row in rows], now=now)
    told = [row | {"etag": tags.get(row["lead_id"])} for row in rows]
    same = {"rep": address, **at, "rows": [row | {"clock": _standing(row["clock"])} for row in told]}
    return tagged(request, {"rep": address, "now": iso(now), **at, "rows": told}, same=same)


def _standing(clock: Line | None) -> Line | None:
    """A clock without what time alone changes about it."""
    return clock and {name: clock[name] for name in clock if name not in ("hours_left", "intervals")}


@router.get("/leads/{path:lead_id}/receipt", response={200: shapes.Receipt, **KEPT, **MISTAKES}, url_name="receipt",
            summary="Why a lead has its score")  # fmt: skip
def receipt(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Every line that adds up to the score, in order of time, each with its rule and its fact."""
    told = life(lead_id)
    lines = one_life(lead_id).table("score_changes").sort("at", "axis", "rule", "fact_id")
    sums = {axis: told.now[axis] for axis in ("fit", "engagement")}
    head = {"lead_id": told.lead_id, **plain(sums), "total": float(sum(sums.values())), "grade": told.now["grade"]}
    return tagged(request, head | {"lines": [plain(line) for line in lines.drop("lead_id").to_dicts()]})


@router.get("/handoffs", response={200: shapes.Handoffs, **KEPT, **MISTAKES}, url_name="handoffs", summary="Hand-offs")
def handoffs(
    request: HttpRequest, period: str | None = None, state: State | None = None, rep: str | None = None, owner: str | None = None,
    grade: str | None = None, persona: str | None = None, campaign: str | None = None, sourced: str | None = None,
    page: Page = 1, size: Size = 100,
) -> HttpResponse:  # fmt: skip
    """Every cycle that was handed over, the latest first, with its clocks. An empty filter means "none": `owner=` finds those nobody has."""
    asked = {name: request.GET[name] for name in FILTERS if name in request.GET}
    found = paged(_handoffs(period, state, asked), page, size)
    clocks = _clocks(found["rows"])
    told = [row | {"clocks": clocks.get((row["lead_id"], row["cycle"]), [])} for row in found["rows"]]
    return tagged(request, found | {"rows": told})


DECIDED = pl.any_horizontal(pl.col("accepted_at", "rejected_at", "recycled_at", "disqualified_at").is_not_null())


def _handoffs(period: str | None, state: str | None, asked: dict[str, str]) -> pl.DataFrame:
    outcome = held()
    found = outcome.table("handoffs")
    if period is not None:
        begin, end = _bounds(period, outcome.agreement.timezone)
        found = found.filter((pl.col("handed_at") >= begin) & (pl.col("handed_at") < end))
    if state is not None:
        found = found.filter(DECIDED if state == "decided" else ~DECIDED)
    for name, value in asked.items():
        found = found.filter(pl.col(name) == value if value else pl.col(name).is_null())
    return found.sort("handed_at", "lead_id", "cycle", descending=[True, False, False])


def _bounds(period: str, zone: str) -> tuple[datetime, datetime]:
    try:
        found = parse_period(period, zone)
    except ValueError as wrong:
        raise UsageError(str(wrong)) from wrong
    return found.start_at, found.end_at


def _clocks(rows: list[Line]) -> dict[tuple[str, int], list[Line]]:
    """The clocks of these hand-offs, those that run out first before the others."""
    wanted = pl.DataFrame(
        [(row["lead_id"], row["cycle"]) for row in rows], schema={"lead_id": pl.String, "cycle": pl.Int64}, orient="row"
    )
    clocks = held().table("clocks").join(wanted, on=["lead_id", "cycle"], how="semi").sort("due_at", "commitment")
    found: dict[tuple[str, int], list[Line]] = {}
    for clock in clocks.to_dicts():
        found.setdefault((clock["lead_id"], clock["cycle"]), []).append(
            plain({name: clock[name] for name in ("commitment", "due_at", "kept_at", "state")})
        )
    return found
