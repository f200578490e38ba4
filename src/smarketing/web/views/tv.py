"""`/tv`: the scoreboard on a wall. Large, dark, without anything to press; it looks again by itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smarketing.web.board.answer import answer
from smarketing.web.board.celebrated import wins
from smarketing.web.board.prize import prize
from smarketing.web.board.promises import board
from smarketing.web.board.wall import answers, is_fresh
from smarketing.web.held import asked, held
from smarketing.web.states import place


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The wall."""
    return render(request, "pages/tv.html", shown())


@require_safe
def part(request: HttpRequest) -> HttpResponse:
    """What changes on it."""
    return render(request, "parts/tv.html", shown())


def shown() -> dict[str, Any]:
    """This quarter's promises, the answers that run, and the latest win."""
    now, workspace = held(), place()
    report, currency = asked("scoreboard", period=None), now.agreement.currency
    found, latest = board(report, now.agreement.timezone, currency), wins(now, report).latest
    win = latest[0] if latest else None
    return {
        "board": found, "halves": (("marketing", found.marketing), ("sales", found.sales)), "answer": answer(found, currency), "currency": currency, "prize": prize(now, report), "answers": answers(),
        "win": win, "fresh": win is not None and is_fresh(win, now.as_of), "still": workspace.stands_still,
        "now_ms": int(workspace.now().timestamp() * 1000), "speed": 0 if workspace.stands_still else workspace.speed,
        "zone": now.agreement.timezone,
    }  # fmt: skip
