"""`/notices`: what concerns me? The bell beside it, and what is news on a page that is open."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from smarketing.actions.notices import MOST_PARTS, merged_in, notices_of, read, unread
from smarketing.web.board.news import Standing, said, standing
from smarketing.web.held import EmptyWorkspace
from smarketing.web.locale import reader
from smarketing.web.look import formats
from smarketing.web.states import place

if TYPE_CHECKING:
    from smarketing.records.notices import Merged, Notice

SIGNS = {"assigned": "handoff", "breach": "missed", "won": "win", "mention": "person", "comment": "person", "check": "check"}
TONES = {"breach": "bad", "won": "good"}
MOST = 200
"""So many notices."""
MOST_BELL = 99
NOTHING_NEW = 204
"""htmx then leaves the page as it is."""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The notices of whoever asks, day by day, the latest first."""
    user: Any = request.user
    found = notices_of(user, most=MOST)
    number, parts = unread(user), merged_in(found, most=MOST_PARTS)
    rows = [_row(notice, parts.get(notice.pk, [])) for notice in found]
    days = [(day, list(each)) for day, each in groupby(rows, key=lambda row: row["day"])]
    mail = place().settings.mail_url is not None
    context = {"days": days, "answer": answer(number, bool(found)), "number": number, "mails": user.mails, "mail": mail}
    return render(request, "pages/notices.html", context)


def _row(notice: Notice, parts: list[Merged]) -> dict[str, Any]:
    """One notice; `parts`: what it stands for, the latest first, and how many `more`."""
    return {
        "notice": notice,
        "sign": SIGNS[notice.kind],
        "tone": TONES.get(notice.kind, "quiet"),
        "day": _day(notice),
        "parts": parts,
        "more": notice.number - len(parts) if parts else 0,
    }


def _day(notice: Notice) -> Any:
    return notice.created_at.astimezone(ZoneInfo(reader().zone)).date()


def answer(number: int, anything: bool) -> str:
    """The page in a sentence."""
    if number:
        return f"{formats.number(number)} {'notice is' if number == 1 else 'notices are'} unread."
    return "You have read everything." if anything else ""


@require_safe
def follow(request: HttpRequest, number: int) -> HttpResponse:
    """To where a notice leads; it is read then. Of somebody else's nobody hears."""
    from smarketing.records.notices import Notice

    notice = Notice.objects.filter(pk=number, user=request.user.pk).first()
    if notice is None:
        raise Http404
    read(request.user, [notice.pk], now=_now())  # type: ignore[arg-type]
    return redirect(notice.url)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything is read."""
    read(request.user, now=_now())  # type: ignore[arg-type]
    return redirect("notices")


@require_POST
def mails(request: HttpRequest) -> HttpResponse:
    """Whether somebody is mailed as well."""
    user: Any = request.user
    user.mails = request.POST.get("mails") == "yes"
    user.save(update_fields=["mails"])
    messages.success(request, "You are mailed what concerns you." if user.mails else "You are mailed nothing any more.")
    return redirect("notices")


@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell, where its number is another than the one that stands there."""
    number = unread(request.user)  # type: ignore[arg-type]
    if request.GET.get("seen") == str(number):
        return HttpResponse(status=NOTHING_NEW)
    said = f"{formats.number(number)} unread {'notice' if number == 1 else 'notices'}" if number else "Nothing is unread"
    return render(request, "parts/bells.html", {"unread": number, "said": said})


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """What happened since the page was opened (`?broken=…&won=…` says how it stood then; `?first=1`: there was not a single fact)."""
    try:
        seen, now = Standing(_number(request, "broken"), _number(request, "won")), standing()
    except EmptyWorkspace:
        return HttpResponse(status=NOTHING_NEW)
    if request.GET.get("first"):
        return HttpResponse(status=NOTHING_NEW, headers={"HX-Refresh": "true"})
    text = said(seen, now)
    if not text or request.GET.get("said") == text:
        return HttpResponse(status=NOTHING_NEW)
    good = now.won > seen.won
    return render(request, "parts/news.html", {"seen": seen, "text": text, "kind": "good" if good else "warning", "good": good})


def _number(request: HttpRequest, key: str) -> int:
    text = request.GET.get(key, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _now() -> datetime:
    return place().now()
