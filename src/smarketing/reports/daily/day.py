"""What a team is told in the morning: lines with a number each, promises that are behind or missed, needs, wins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from smarketing.reports.behind.asked import behind
from smarketing.reports.daily.needs import Need, needs_of
from smarketing.reports.figures import iso
from smarketing.reports.scoreboard.wins import wins
from smarketing.vocabulary.periods import Period

if TYPE_CHECKING:
    from smarketing.reports.following import Following
    from smarketing.reports.report import Question, Report

Row = dict[str, Any]
BOTH, KEPT = "both", ("met", "on_pace")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: a number, what it counts (or adds up: `money`), and the question whose answer it is."""

    number: int | Decimal
    words: str
    question: Question
    money: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A team's morning. `period`: what it tells of; `board`: the scoreboard as it stands.

    `lines`: what happened, only the first of which may be nothing; `troubles`: rows of the scoreboard that are behind or missed, one's own first, each
    with the question behind what was done;
    `kept`, `judged`: how many of its promises the team keeps now, of those that can be judged; `needs`: who has to do something, the
    most urgent first; `wins`: as the scoreboard has them.
    """

    team: str
    period: Period
    lines: tuple[Line, ...]
    board: Report
    troubles: tuple[tuple[Row, Question], ...]
    kept: int
    judged: int
    needs: tuple[Need, ...]
    wins: tuple[Row, ...]


ASKED: dict[str, tuple[tuple[str, str, Question], ...]] = {
    "marketing": (
        ("lead was handed over to sales", "leads were handed over to sales", {"of": "handoffs", "sourced": "marketing"}),
        ("of worth with them, as agreed", "of worth with them, as agreed", {"of": "handoffs", "sourced": "marketing", "sum": "worth"}),
        ("new lead", "new leads", {"of": "leads"}),
        ("lead was accepted", "leads were accepted", {"of": "facts", "kind": "accepted"}),
        ("lead was rejected", "leads were rejected", {"of": "facts", "kind": "rejected"}),
        ("lead was sent back for later", "leads were sent back for later", {"of": "facts", "kind": "recycled"}),
        ("obstacle was noted by sales", "obstacles were noted by sales", {"of": "facts", "kind": "obstacle_noted"}),
    ),
    "sales": (
        ("lead was handed over", "leads were handed over", {"of": "handoffs"}),
        ("call, mail or message went out", "calls, mails and messages went out", {"of": "facts", "kind": "call_made,email_sent,message_sent"}),
        ("lead was accepted", "leads were accepted", {"of": "facts", "kind": "accepted"}),
        ("meeting was held", "meetings were held", {"of": "facts", "kind": "meeting_held"}),
        ("opportunity was opened", "opportunities were opened", {"of": "facts", "kind": "opportunity_opened"}),
        ("promise was broken and is still open", "promises were broken and are still open", {"of": "clocks", "state": "breached"}),
    ),
}  # fmt: skip
"""What each team is told of: in words for one and for many, and the question."""


def day(outcome: Following, team: str, *, period: Period, board: Report) -> Day:
    """The morning of a team (marketing or sales) after `period`; `board` is the scoreboard of the quarter as it stands."""
    judged = [row for row in _running(board, outcome.as_of) if row["team"] == team and row["status"] is not None]
    return Day(
        team=team,
        period=period,
        lines=tuple(_lines(outcome, team, period)),
        board=board,
        troubles=tuple(_troubles(board, team, period)),
        kept=sum(row["status"] in KEPT for row in judged),
        judged=len(judged),
        needs=tuple(needs_of(outcome, team, period)),
        wins=tuple(wins(outcome, period)),
    )


def _lines(outcome: Following, team: str, period: Period) -> Iterator[Line]:
    for place, (one, many, asked) in enumerate(ASKED[team]):
        question = asked | {"period": period.label}
        number = behind(outcome, question).number or 0
        if number or not place:
            counted = Decimal(number) if "sum" in question else int(number)
            yield Line(counted, one if counted == 1 else many, question, money="sum" in question)


def _running(board: Report, as_of: datetime) -> list[Row]:
    """The row of each promise for the period that holds `as_of`."""
    now = iso(as_of)
    return [row for row in board.rows if row["period_start"] <= now < row["period_end"]]


def _troubles(board: Report, team: str, period: Period) -> list[tuple[Row, Question]]:
    """What is behind or missed, of periods that run or ended since then; one's own first, then what both promised."""
    since, now = iso(period.start_at), iso(board.as_of)
    found = [
        (row, behind["actual"])
        for row, behind in zip(board.rows, board.behind, strict=True)
        if row["status"] not in (*KEPT, None) and row["period_end"] > since and row["period_start"] <= now
    ]
    return sorted(found, key=lambda each: (each[0]["team"] != team, each[0]["team"] != BOTH))
