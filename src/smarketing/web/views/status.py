"""`/status`: is everything running, and does anything wait? And the same for monitors, without a number of the company."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smarketing.actions.live.status import ago, status
from smarketing.actions.mail.outgoing import outgoing
from smarketing.web.held import keeper
from smarketing.web.states import place


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Who works, what waits, how fresh the pages are; it looks again by itself."""
    now = status(place())
    context = {
        "now": now,
        "answer": answer(now.alarms[0].parts[0] if now.alarms else ""),
        "held": keeper().now.serial,
        "oldest": ago(now.at, now.oldest_at) if now.oldest_at else "",
        "worked": ago(now.at, now.since) if now.since else "",
        "refreshed": ago(now.at, now.refreshed_at) if now.refreshed_at else "",
        "versions": [*now.versions.items()],
        "agreements": [*enumerate(now.agreements, 1)],
        "mail": outgoing() if place().settings.mail_url else None,
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "parts/status.html" if part else "pages/status.html", context)


def answer(alarm: str) -> str:
    """The page in one sentence."""
    return alarm or "Everything is running, and what the pages show is fresh."


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 `ok` or 503 `alarm` with the codes of the alarms, for a monitor; anybody may ask, so nothing more is said."""
    alarms = [alarm.code for alarm in status(place()).alarms]
    return JsonResponse({"status": "alarm" if alarms else "ok", "alarms": alarms}, status=503 if alarms else 200)
