"""`/leads/<id>`: who this is, what both sides did, why the score is what it is, and what was promised about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from smarketing.agreement.changes.phrases import short_name, upper
from smarketing.reports.person.consent import consent_of
from smarketing.web.charting import spec_url
from smarketing.web.consenting import lines_of
from smarketing.web.fresh import one_look
from smarketing.web.held import held
from smarketing.web.inbox.beside import acting, comments
from smarketing.web.inbox.mine import row_of
from smarketing.web.inbox.shown import millis, row_shown
from smarketing.web.inbox.words import waits_for
from smarketing.web.lives import dossier_of, life, machine_facts_of, nearest_lead, one_life
from smarketing.web.locale import reader
from smarketing.web.people import everybody, name_of, persona_name
from smarketing.web.questions import question_url
from smarketing.web.reaching import profile_shown
from smarketing.web.states import place
from smarketing.web.story.chapters import WHOLE, anchors, chapters, told_since
from smarketing.web.story.phase import phase_said
from smarketing.web.story.receipt import receipts, version_label
from smarketing.web.story.score import score_drawing
from smarketing.web.told.feedback import became_context, came_context

if TYPE_CHECKING:
    from smarketing.records.people import User
    from smarketing.reports.explain.dossier import Dossier, Handover, Waits
    from smarketing.reports.explain.story import Explanation

PARTS = (
    ("Receipt", "receipt"),
    ("Story", "story"),
    ("Notes", "notes"),
    ("How it came", "came"),
    ("Hand-offs", "hand-offs"),
    ("Profile", "profile"),
)
"""The parts of the page, to jump to on a phone, and their places."""
Shown = dict[str, Any]


@require_safe
def page(request: HttpRequest, lead_id: str) -> HttpResponse:
    """The page; an id that nobody goes by gives 404 with the nearest one."""
    with one_look():
        try:
            story, known = life(lead_id), dossier_of(lead_id)
        except Http404:
            return unknown(request, lead_id)
        consent = consent_of(known.facts.values())
        context = {
            **head(story, known),
            **told(story, known, whole="whole" in request.GET),
            "asked": lead_id if lead_id != story.lead_id else "",
            "consent": consent,
            "contact": SimpleLazyObject(lambda: lines_of(consent, story.lead_id)),
            **doing(request, story, known),
        }
        return render(request, "pages/lead.html", context)


def told(story: Explanation, known: Dossier, *, whole: bool) -> Shown:
    """What is told of the life, each part when the template asks for it; `life_key` stands for all of them."""
    since = None if whole else told_since(story)
    places, of_it = anchors(story, since=since), one_life(story.lead_id)
    parts = {
        "receipts": lambda: receipts(story, places, whole=whole),
        "chapters": lambda: chapters(story, machine_facts_of(known), places, since=since),
        "phase": lambda: phase_said(story),
        "handovers": lambda: [_handover(story, each, alone=len(known.handovers) == 1) for each in known.handovers],
        "profile": lambda: profile_shown(known.profile),
        "versions": lambda: [(version_label(story, each.id), each) for each in story.versions] if len(story.versions) > 1 else [],
        "came": lambda: came_context(known),
        "became": lambda: became_context(of_it, known),
        "chart": lambda: score_drawing(known),
    }
    return {
        **{name: SimpleLazyObject(make) for name, make in parts.items()},
        "life_key": (of_it.once("drawn as", object), whole, since, held().as_of, everybody()),
        "whole_url": WHOLE,
        "parts": [{"label": label, "url": f"#{place}"} for label, place in PARTS if place != "hand-offs" or known.handovers],
        "chart_url": spec_url("score", lead=story.lead_id),
    }


def doing(request: HttpRequest, story: Explanation, known: Dossier) -> Shown:
    """What can be done with the lead now (`it`, for `parts/acting.html`), its next `step`, for whom it `waits`, and what was noted."""
    now, user = place().now(), cast("User", request.user)
    row = row_of(story.lead_id, now)
    return {
        "it": acting(story.lead_id, user, row=row, now=now),
        "step": row_shown(row, story.lead_id, now) if row else None,
        "waits_for": waits_for(row.case, now) if row else "",
        "comments": comments(known.facts.values()),
        "now_ms": millis(now),
        "speed": 0 if place().stands_still else place().speed,
    }


def unknown(request: HttpRequest, lead_id: str) -> HttpResponse:
    """404: the nearest id, and the way to search."""
    search = f"{reverse('leads')}?{urlencode({'q': lead_id})}"
    return render(
        request, "pages/lead_unknown.html", {"asked": lead_id, "near": nearest_lead(lead_id), "search": search}, status=404
    )


def head(story: Explanation, known: Dossier) -> Shown:
    """Who it is and where it stands."""
    now, agreement = story.now, held().agreement
    persona = next((each for each in agreement.personas if each.name == now["persona"]), None)
    account = known.profile.get("account")
    return {
        "lead_id": story.lead_id,
        "title": known.name or account or story.lead_id,
        "account": account if known.name else None,
        "now": now,
        "total": now["fit"] + now["engagement"],
        "stage": upper(short_name(now["stage"], agreement)) if now["stage"] else "",
        "owner": name_of(now["owner"]),
        "persona": persona,
        "persona_name": persona_name(persona.name) if persona else "",
        "answer": _answer(story, known),
        "ids": known.ids[1:],
        "facts": len(known.facts),
    }


def _answer(story: Explanation, known: Dossier) -> str:
    """Where it stands, and what is promised about it right now, in one sentence or two."""
    now, said = story.now, reader()
    stage = upper(short_name(now["stage"], held().agreement)) if now["stage"] else "At no stage"
    since = f" since {said.date(now['since'])}" if now["since"] else ""
    owner = f", with {name_of(now['owner'])}" if now["owner"] else ""
    running = [clock for each in known.handovers[:1] for clock in each.clocks if clock.state == "open"]
    due = min(running, key=lambda clock: clock.due_at, default=None)
    waits = f" The {due.commitment} is due {said.datetime(due.due_at)}." if due else ""
    return f"{stage}{since}{owner}.{waits}"


def _handover(story: Explanation, each: Handover, *, alone: bool) -> Shown:
    """A hand-off in the page's words: people by name, the version that its clocks go by."""
    row, currency = each.row, held().agreement.currency
    return {
        "title": "Hand-off" if alone else f"Hand-off in cycle {row['cycle']}",
        "row": row,
        "rep": name_of(row["rep"]),
        "owner": name_of(row["owner"]) if row["owner"] != row["rep"] else "",
        "worth": {"amount": row["worth"], "currency": currency} if row["worth"] is not None else None,
        "urls": _behind(row, each.waits),
        "won": {"amount": row["won_amount"], "currency": currency} if row["won_amount"] else None,
        "clocks": each.clocks,
        "waits": each.waits,
        "version": next((version_label(story, clock.agreement) for clock in each.clocks), ""),
    }


def _behind(row: Shown, waits: Waits) -> dict[str, str]:
    """What is behind the figures of a hand-off: the steps to its worth, its wins, the facts at both ends of each wait."""
    of = {"lead": row["lead_id"], "cycle": str(row["cycle"])}
    ended = {"check": waits.check, "system": waits.system, "routing": waits.routing, "human": waits.human}
    asked = {
        "worth": {"of": "steps", "figure": "worth", **of},
        "won": {"of": "wins", "sum": "amount", **of},
        "working": {"of": "handoffs", "median": "business_minutes_to_first_attempt", **of},
        **{wait: {"of": "facts", "wait": wait, "span": "at", **of} for wait, took in ended.items() if took is not None},
    }
    return {figure: question_url(question) for figure, question in asked.items()}
