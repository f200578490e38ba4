"""The rows of campaigns and reps as one kind of table: what became of leads or hand-offs, against what they let expect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import polars as pl
from django.http import HttpRequest

from smarketing.agreement.models import Agreement
from smarketing.reports.figures import flat
from smarketing.reports.groups import PEOPLE
from smarketing.reports.leaderboards.milestones import milestone_stages
from smarketing.web.held import held
from smarketing.web.questions import address
from smarketing.web.tables.columns import Column, Kind
from smarketing.web.tables.table import Row as Line
from smarketing.web.tables.table import Table
from smarketing.web.templatetags.said import share
from smarketing.web.told.links import Questions, with_links
from smarketing.web.told.names import name_of, stage_label

Row = Mapping[str, Any]
PART = "parts/board.html"
FILES = {"csv": {"export": "csv"}, "xlsx": {"export": "xlsx"}, "raw": {"export": "csv", "raw": "1"}}
RANKS = {"above": 3, "as expected": 2, "below": 1}
"""How verdicts are sorted; too few to say is no place at all."""
FIRST = {"campaign": "Campaign", "closer": "Closed by"}
WON = (Column("won_count", "Won", Kind.number, path="won"), Column("won_amount", "Amount", Kind.money))
"""The columns of those of whom only the wins are known."""
BUSINESS_MINUTES = {"minute": 1, "hour": 60}


class Board(Table):
    """A table of campaigns or reps, with what its template needs beside the rows.

    `caption` says what it holds; `files`: the addresses of its exports; `people`: whether its rows are persons; `explains`: whether its heads
    explain their terms, which one table of a page does.
    """

    caption = ""
    people = False
    explains = True
    files: Mapping[str, str] = MappingProxyType({})

    def _row(self, place: int, held: Mapping[str, Any]) -> Line:
        """Its template draws what is held; no cells are written beside that."""
        return Line([], held)

    @property
    def hash(self) -> str:
        """Its place on the page, so that sorting does not lead away from it."""
        return f"#{self.name}"

    @property
    def shows(self) -> dict[str, Column]:
        """The columns by key."""
        return {column.key: column for column in self.columns}

    @property
    def goals(self) -> list[Column]:
        """The columns of goals."""
        return [column for column in self.columns if column.key.startswith("goal-")]


def board(
    request: HttpRequest, name: str, rows: Sequence[Row], questions: Sequence[Questions], *, by: str, caption: str,
    wins_only: bool = False,
) -> Board:  # fmt: skip
    """The table of these rows of a report; its export has every figure of them. `wins_only`: no rate says anything of them, so only what was won."""
    agreement = held().agreement
    columns = list(WON if wins_only or by == "closer" else _columns(rows, by, agreement))
    columns.insert(0, Column("name", FIRST.get(by, "Rep"), value=lambda row: row["shown"].text))
    made = Board.of_rows(
        name, list(_lines(rows, questions, by, agreement)), columns, path=request.path, query=request.GET, questions=questions,
        frame=lambda: pl.DataFrame([flat(row) for row in rows], strict=False, infer_schema_length=None),
    )  # fmt: skip
    assert isinstance(made, Board)
    made.caption, made.people = caption, by in PEOPLE
    made.files = {key: address(request.path, request.GET, table=name, page="", **how) for key, how in FILES.items()}
    return made


def _lines(rows: Sequence[Row], questions: Sequence[Questions], by: str, agreement: Agreement) -> Iterator[Row]:
    """The rows with what a template cannot say by itself: `shown` (its Name), `links`, `goal` and `late`."""
    promised = response_promised(agreement)
    widest = [
        max((_gap(row["goals"][place]) for row in rows), default=0)
        for place in range(len(rows[0].get("goals", ())) if rows else 0)
    ]
    for row, urls in with_links(rows, questions):
        minutes = row.get("median_response_minutes")
        late = promised is not None and minutes is not None and minutes > promised
        bars = [
            {**goal, "url": urls.get(f"goals.{place}", ""), "label": goal_title(goal), "widest": widest[place]}
            for place, goal in enumerate(row.get("goals", ()))
        ]
        won = row["won"]["n"] if isinstance(row["won"], Mapping) else row["won"]
        yield {**row, "won_count": won, "shown": name_of(row["by"], by), "links": urls, "bars": bars, "late": late}


def _goal_rate(place: int) -> Callable[[Row], Any]:
    return lambda row: row["goals"][place]["rate"]


def _gap(goal: Row) -> float:
    """How far a goal is over or under, for a common scale."""
    return 0.0 if goal["rate"]["rate"] is None else abs(goal["rate"]["rate"] - goal["target"])


def goal_title(goal: Row) -> str:
    """`MQL to SQL, goal 30%`."""
    return f"{stage_label(goal['from'])} to {stage_label(goal['to'])}, goal {share(goal['target'], 0)}"


def response_promised(agreement: Agreement) -> int | None:
    """The business minutes within which sales promised the first attempt; None where it promised no such time."""
    found = response_promise(agreement)
    return found[1] if found else None


def response_promise(agreement: Agreement) -> tuple[str, int] | None:
    """The commitment of such a time, and its business minutes."""
    for commitment in agreement.commitments:
        within = commitment.respond_within
        if within is not None and within.business and within.unit in BUSINESS_MINUTES:
            return commitment.name, within.amount * BUSINESS_MINUTES[within.unit]
    return None


def _columns(rows: Sequence[Row], by: str, agreement: Agreement) -> Iterator[Column]:
    """Those that say something: a milestone without a stage, or a time that nobody has, is left to the export."""
    whole = "leads" if by == "campaign" else "handoffs"
    yield Column(whole, "Leads" if whole == "leads" else "Hand-offs", Kind.number, term="" if whole == "leads" else "hand-off")
    stages = milestone_stages(agreement)
    for key, stage in stages.items():
        if stage is not None:
            yield Column(key, stage_label(stage), Kind.rate, term=stage)
    yield Column("won", "Won", Kind.rate)
    yield WON[1]
    yield Column("verdict", "Against expected", Kind.number, term="expected", value=lambda row: RANKS.get(row["verdict"]))
    if any(row["median_response_minutes"] is not None for row in rows):
        yield Column("median_response_minutes", "First attempt", Kind.minutes, term="attempt")
    if by == "campaign" and any(row["rejected"]["n"] for row in rows):
        yield Column("rejected", "Rejected", Kind.rate)
    for place, goal in enumerate(rows[0]["goals"] if rows else ()):
        yield Column(f"goal-{place}", goal_title(goal), Kind.rate, value=_goal_rate(place))
