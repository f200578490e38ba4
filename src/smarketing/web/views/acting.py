"""Acts of people with leads, sent by forms: told through the one door, answered with what the page is like after it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from smarketing.actions.acts.asked import Asked, Done, NotDone, Value
from smarketing.actions.acts.door import act as do
from smarketing.actions.acts.doubts import doubts_before
from smarketing.actions.acts.question import reasons_of
from smarketing.actions.acts.undoing import undo as take_back
from smarketing.web.held import held
from smarketing.web.inbox.panels import GIVEN_BACK
from smarketing.web.inbox.told import refused, told
from smarketing.web.states import place
from smarketing.web.views import check
from smarketing.web.views.inbox import PART, inbox_context

TYPED = ("note", "until", "obstacle", "text", "url", "name", "reason")
"""What can be typed into a form."""


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """One act: `lead`, `pick` (`verb:property:value`), `key`, `seen`, and what was typed. 201 or 200, 403, 409, 412 or 422 to htmx."""
    user: Any = request.user
    asked = _asked(request)
    try:
        done = do(place(), user, asked, now=place().now())
    except NotDone as problem:
        return _refused(request, problem, asked.lead_id)
    return _answered(request, done, to=str(asked.properties.get("to", "")))


@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """Take one's own act back."""
    user: Any = request.user
    try:
        done = take_back(place(), user, key, now=place().now(), new_key=f"undo-{key}")
    except NotDone as problem:
        return _refused(request, problem, request.POST.get("lead", ""))
    return _answered(request, done)


@require_safe
def doubts(request: HttpRequest) -> HttpResponse:
    """What speaks against the reasons of a panel (`of`) with a `lead`: marks beside them, asked for when it is opened."""
    of, now = request.GET.get("of", ""), place().now()
    verb = GIVEN_BACK.get(of, "")
    said = doubts_before(place(), request.GET.get("lead", ""), now=now).get(verb, {})
    reasons = reasons_of(held().agreement, verb)
    marks = [(number, said[reason]) for number, reason in enumerate(reasons, start=1) if reason in said]
    return render(request, "parts/acting_doubts.html", {"of": of, "marks": marks})


def _asked(request: HttpRequest) -> Asked:
    verb, _, rest = request.POST.get("pick", "").partition(":")
    name, _, value = rest.partition(":")
    properties: dict[str, Value] = {each: said for each in TYPED if (said := request.POST.get(each, "").strip())}
    if name:
        properties = {each: said for each, said in properties.items() if each == "note"} | {name: value}
    elif verb in ("accepted", "call_made", "email_sent", "message_sent", "meeting_booked", "meeting_held"):
        properties = {each: said for each, said in properties.items() if each == "note"}
    return Asked(verb, request.POST.get("lead", ""), request.POST.get("key", ""), request.POST.get("seen") or None, properties)


def _answered(request: HttpRequest, done: Done, *, to: str = "") -> HttpResponse:
    body = done.body
    said = told(body, to=to)
    level = messages.WARNING if body.get("doubt") else messages.SUCCESS
    messages.add_message(request, level, said, extra_tags=f"undo:{body['key']}" if body.get("undo_until") else "")
    return _shown(request, str(body["lead_id"]), done.status, body if done.status == 201 else None)


def _refused(request: HttpRequest, problem: NotDone, lead_id: str) -> HttpResponse:
    user: Any = request.user
    messages.error(request, f"Not done: {refused(problem, user)}")
    return _shown(request, lead_id, problem.status)


def _shown(request: HttpRequest, lead_id: str, status: int, done: dict[str, Any] | None = None) -> HttpResponse:
    """The inbox (or marketing's check) anew for htmx, after what was `done`; else back to the page that the form stands on."""
    if request.headers.get("HX-Request") == "true":
        of_check = check.asked_by(request)
        part = PART if of_check is None else check.PART
        context = (
            inbox_context(request, chosen=lead_id, done=done)
            if of_check is None
            else check.check_context(request, of_check, acted=lead_id)
        )
        response = render(request, part, {**context, "answers": True}, status=status)
        if of_check is None:
            response["HX-Replace-Url"] = f"{reverse('inbox')}?{urlencode({'rep': context['rep'], 'lead': context['lead_id']})}"
        return response
    return redirect(_back(request, lead_id))


def _back(request: HttpRequest, lead_id: str) -> str:
    """The page of ours that the form names, else that of the lead; where an act is sent to is no page."""
    named = request.POST.get("next", "")
    parts = urlsplit(named)
    try:
        resolve(parts.path if named.startswith("/") and not f"{parts.path}/".startswith("/acts/") and not parts.netloc else "")
    except Resolver404:
        return reverse("lead", args=[lead_id]) if lead_id else reverse("home")
    return f"{parts.path}{'?' + parts.query if parts.query else ''}"
