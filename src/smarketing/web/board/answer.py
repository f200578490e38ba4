"""Are we keeping our promises, and will we make the revenue? In one sentence, each of its numbers a link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from smarketing.web.board.promises import Board, Promise, Result, kept
from smarketing.web.look import formats

SIDES = ("marketing", "sales")


def answer(board: Board, currency: str) -> SafeString:
    """`Marketing keeps 2 of 3 promises, sales keeps 4 of 4; revenue is €209,031 of €280,000, €49,646 ahead of …`; "" of nothing.

    Of a period that is running each promise counts once, as it stands in its current period; of one that is over every result counts.
    """
    halves = [*_halves(board)]
    parts = [_joined(halves, ", ")] if halves else []
    parts += [_revenue(board.revenue, currency)] if board.revenue else []
    text = _joined(parts, "; ")
    return format_html("{}.", SafeString(text[:1].upper() + text[1:])) if text else SafeString("")


def _halves(board: Board) -> Iterator[SafeString]:
    for team in SIDES:
        promises: Sequence[Promise] = getattr(board, team)
        if promises:
            yield _half(team, promises, over=board.over)


def _half(team: str, promises: Sequence[Promise], *, over: bool) -> SafeString:
    results = [result for promise in promises for result in (promise.results if over else (promise.now,))]
    good, judged = kept(results)
    if not judged:
        return format_html("nothing of {} is due yet", team)
    link = format_html('<a class="number" href="#{}">{} of {}</a>', team, formats.number(good), formats.number(judged))
    noun = "promise" if judged == 1 else "promises"
    if over:
        return format_html("{} kept {} {}", team, link, noun)
    return format_html("{} keeps {} {}", team, link, noun)


def _revenue(promise: Promise, currency: str) -> SafeString:
    now, row = promise.now, promise.now.row
    won, promised = (formats.money(row[key], currency) for key in ("actual", "target"))
    said = format_html(
        "revenue {} {} of {}", "was" if now.over else "is", _link(now.url, won), _link(now.urls["target"], promised)
    )
    return said if row["expected_by_now"] is None else format_html("{}, {}", said, _gap(now, currency))


def _link(url: str, shown: str) -> SafeString:
    return format_html('<a class="number" href="{}">{}</a>', url, shown)


def _gap(now: Result, currency: str) -> SafeString:
    gap = round(now.row["actual"] - now.row["expected_by_now"])
    if not gap:
        return format_html("just where it {}", _link(now.urls["expected_by_now"], "should be by now"))
    shown = _link(now.urls["gap"], formats.money(abs(gap), currency))
    return format_html("{} {} where it should be by now", shown, "ahead of" if gap > 0 else "behind")


def _joined(parts: Sequence[SafeString], by: str) -> SafeString:
    return SafeString(by.join(parts))
