"""`/routing`: what waits for a rep and why, and who gets what. `/routing/simulation`: who would have got the leads of a period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from smarketing.actions.routing.waiting import HANDED_WITHIN, waiting
from smarketing.agreement.sentences.way import routing_rules
from smarketing.derivations.routing.book import EMPTY
from smarketing.records.routing import Routed
from smarketing.records.unrouted import turns_so_far
from smarketing.reports.feedback.called import called
from smarketing.reports.outcome import Outcome
from smarketing.reports.routing.desks import DeskNow, desks, office_at, older_without_anybody, open_handoffs
from smarketing.reports.routing.simulation import Share, Simulation, Would, simulation
from smarketing.web.agreed.whole import writing
from smarketing.web.consenting import consent_of_lead
from smarketing.web.gate import only_rep
from smarketing.web.held import held, remembered
from smarketing.web.locale import reader
from smarketing.web.periods import month_of, period_picker
from smarketing.web.questions import address
from smarketing.web.states import place

LATEST, SHOWN, OLDER = 30, 200, 50
"""So many of what was routed last, at most so many rows of a list, and of what routing leaves to people."""
STATES = {"works": "at work", "off": "not at work", "away": "away", "gone": "has left", "later": "not there yet"}
UNTIL = {"off": "begins", "away": "back", "later": "comes"}
NOBODY_NOW, SOMEBODY = "Nobody can take it now.", "somebody else"
NOBODY = "nobody"
"""How an address names that nobody got a lead."""


class Desk(NamedTuple):
    """A rep on the page: the desk, how it stands there, how often their turn came and when last, and where the numbers lead.

    `whole`: what a full bar stands for (null: no bar).
    """

    desk: DeskNow
    state: str
    until: str
    turns: int
    last_at: datetime | None
    open_url: str
    turns_url: str
    whole: int | None = None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; `?rep=ADDRESS` also lists what that rep has in work, and of what was routed only what went to them."""
    outcome, only = held(), only_rep(request)
    now = place().now()
    chosen = only if only is not None and "rep" in request.GET else request.GET.get("rep", "")
    rows = _desks(outcome, now, only)
    routes = outcome.agreement.handoff.routes
    waits = _waits(outcome, only) if routes else []
    context = {
        "tabs": _tabs(request),
        "routes": routes,
        "still": place().stands_still,
        "answer": _answer(outcome, len(waits)),
        "waits": waits,
        "older": _older(outcome, now) if routes else {"number": 0},
        "rules": list(routing_rules(outcome.agreement, writing())),
        "known": "reps" in outcome.small,
        "desks": _with_bars(rows),
        "chosen": next((row.desk for row in rows if chosen and row.desk.rep.lower() == chosen.lower()), None),
        "work": _work(outcome, chosen) if chosen else [],
        "latest": _latest(outcome, only or chosen),
        "own": only is not None,
    }
    return render(request, "pages/routing.html", context)


def _work(outcome: Outcome, rep: str) -> list[dict[str, Any]]:
    """What a rep has in work, the latest first."""
    return open_handoffs(outcome).filter(pl.col("owner").str.to_lowercase() == rep.lower()).head(SHOWN).to_dicts()


def _older(outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The hand-offs that routing leaves to people: how many, and the latest."""
    found = older_without_anybody(outcome, now - HANDED_WITHIN)
    rows = found.head(OLDER).select("lead_id", "account", "grade", "handed_at").rows(named=True)
    return {"number": found.height, "rows": rows, "key": tuple((*row.values(), consent_of_lead(row["lead_id"])) for row in rows)}


def _tabs(request: HttpRequest) -> list[dict[str, Any]]:
    pages = ((reverse("routing"), "Today"), (reverse("routing-simulation"), "Who would have got them"))
    return [{"label": label, "url": url, "current": request.path == url} for url, label in pages]


def _answer(outcome: Outcome, waits: int) -> SafeString | str:
    """The page in one sentence."""
    if not outcome.agreement.handoff.routes:
        return "The agreement does not say who gets a lead, so nobody gets one by itself."
    if place().stands_still:
        return "This workspace stands still, so nothing is routed."
    if not waits:
        return "No lead waits for a rep."
    number = format_html('<a class="number" href="#waits">{}</a>', reader().number(waits))
    return format_html("{} {} for a rep.", number, "lead waits" if waits == 1 else "leads wait")


def _waits(outcome: Outcome, only: str | None) -> list[dict[str, Any]]:
    """What waits, with what is known of the lead; why, only as far as it tells nothing of others to those who may not see it."""
    rows = waiting()[:SHOWN]
    known = _known(outcome, [row.lead_id for row in rows])
    return [
        {"lead_id": row.lead_id, "asked_at": row.asked_at, "why": row.why if only is None else NOBODY_NOW}
        | known.get(row.lead_id, {})
        for row in rows
    ]


def _known(outcome: Outcome, leads: list[str]) -> Mapping[str, dict[str, Any]]:
    """Account and grade of these leads."""
    found = open_handoffs(outcome)
    found = found.filter(found["lead_id"].is_in(leads))
    return {row["lead_id"]: {"account": row["account"], "grade": row["grade"]} for row in found.to_dicts()}


def _desks(outcome: Outcome, now: datetime, only: str | None) -> list[Desk]:
    turns, here, office = turns_so_far(), reverse("routing"), office_at(outcome, now)
    told = []
    for desk in desks(outcome, now):
        if only is not None and desk.rep.lower() != only.lower():
            continue
        line, url = turns.get(desk.rep, EMPTY), f"{here}?rep={quote(desk.rep)}"
        until = f"{UNTIL[desk.state]} {_when(desk.until, now)}" if desk.until is not None and desk.state in UNTIL else ""
        last_at = office.local(line.last) if line.last >= 0 else None
        told.append(Desk(desk, STATES[desk.state], until, line.turns, last_at, f"{url}#work", f"{url}#latest"))
    return told


def _with_bars(rows: list[Desk]) -> list[Desk]:
    """The desks; a bar says how full one is. Only where nobody's capacity is written does it compare them with the fullest one."""
    if any(row.desk.capacity is not None for row in rows):
        capacities = [row.desk.capacity for row in rows]
        return [row._replace(whole=None if most is None else max(most, 1)) for row, most in zip(rows, capacities, strict=True)]
    most = max((row.desk.open for row in rows), default=0)
    return [row._replace(whole=most) for row in rows]


def _when(at: datetime, now: datetime) -> str:
    """An instant; of today the time alone."""
    who = reader()
    return who.time(at) if who.local(at).date() == who.local(now).date() else who.datetime(at)


def _latest(outcome: Outcome, rep: str) -> list[dict[str, Any]]:
    """What was routed last, of everybody or of one rep."""
    office = office_at(outcome, outcome.as_of)
    found = Routed.objects.filter(rep__isnull=False).order_by("-routed_at", "-id")
    rows = list((found.filter(rep__iexact=rep) if rep else found)[: SHOWN if rep else LATEST])
    leads = called(outcome, [row.lead_id for row in rows])
    return [
        {
            "lead_id": row.lead_id,
            "lead": leads[row.lead_id],
            "routed_at": row.routed_at,
            "name": office.name(str(row.rep)),
            "why": row.why,
            "round": row.round,
        }
        for row in rows
    ]


@require_safe
def simulated(request: HttpRequest) -> HttpResponse:
    """The page; `?period=…` (left out: last month), `?then=ADDRESS` or `?now=ADDRESS` for the leads behind a number."""
    outcome, only = held(), only_rep(request)
    zone = outcome.agreement.timezone
    period = period_picker(_last_month(request, outcome), zone=zone, as_of=outcome.as_of, default=None)
    found: Simulation = remembered("routing simulation", lambda outcome: simulation(outcome, period=period.chosen), period.chosen)
    shares = [share for share in found.shares if only is None or (share.rep or "").lower() == only.lower()]
    mine = [each for each in found.handoffs if only is None or only in (each.then, each.now)]
    names = {share.rep: share.name for share in found.shares}
    rows, title = _behind(request, mine, names)
    context = {
        "tabs": _tabs(request),
        "period": period,
        "answer": _would(found, period.chosen, own=only is not None),
        "shares": [_linked(request, share) for share in shares],
        "longest": max((max(share.then, share.now) for share in shares), default=1) or 1,
        "rows": [_row(each, names, only) for each in rows[:SHOWN]],
        "rows_number": len(rows),
        "title": title,
        "left_out": found.left_out,
        "own": only is not None,
    }
    return render(request, "pages/routing_simulation.html", context)


def _last_month(request: HttpRequest, outcome: Outcome) -> HttpRequest:
    """The request; where it names no period, it asks for the last month."""
    if not (request.GET.get("period") or (request.GET.get("from") and request.GET.get("to"))):
        asked = request.GET.copy()
        first = reader().local(outcome.as_of).date().replace(day=1)
        asked["period"] = month_of(first - timedelta(days=1))
        request.GET = asked  # type: ignore[assignment]
    return request


def _would(found: Simulation, period: str | None, *, own: bool) -> SafeString | str:
    """The page in one sentence."""
    if not found.handoffs:
        return "Marketing handed nothing over in this period."
    if own:
        return "Your own part of these hand-offs, as it was and as it would be."
    here = f"period={quote(period or 'all')}"
    number = format_html('<a class="number" href="?{}&all=yes#leads">{}</a>', here, reader().number(len(found.handoffs)))
    others = format_html('<a class="number" href="?{}&changed=yes#leads">{}</a>', here, reader().number(found.others))
    return format_html("Of {} hand-offs {} would have gone to somebody else.", number, others)


def _linked(request: HttpRequest, share: Share) -> dict[str, Any]:
    """A rep's part with the addresses of its numbers."""
    named = share.rep or NOBODY
    nothing = {"then": "", "now": "", "changed": "", "all": ""}
    asked = {"then": {"then": named}, "now": {"now": named}, "same": {"then": named, "now": named}}
    urls = {key: f"{address(request.path, request.GET, **{**nothing, **each})}#leads" for key, each in asked.items()}
    return {
        "name": share.name,
        "rep": share.rep,
        "then": share.then,
        "now": share.now,
        "same": share.same,
        "more": share.now - share.then,
        "urls": urls,
    }


def _behind(request: HttpRequest, rows: list[Would], names: Mapping[str | None, str]) -> tuple[list[Would], str]:
    """The hand-offs behind a number of the page, and what they are."""
    titles = []
    for key, said in (("then", "went to"), ("now", "would have gone to")):
        if asked := request.GET.get(key):
            rep = None if asked == NOBODY else asked
            rows = [each for each in rows if getattr(each, key) == rep]
            titles.append(f"{said} {names.get(rep, asked)}")
    if titles:
        return rows, f"What {' and '.join(titles)}"
    if request.GET.get("changed"):
        return [each for each in rows if each.then != each.now], "What would have gone to somebody else"
    return (rows, "Every hand-off") if request.GET.get("all") else ([], "")


def _row(each: Would, names: Mapping[str | None, str], only: str | None) -> dict[str, Any]:
    """One hand-off; of others nothing is told to those who may only see their own."""
    then, now = names.get(each.then, each.then), names.get(each.now, each.now)
    told = each._asdict() | {"then": then, "now": now, "same": each.then == each.now}
    if only is not None and each.now != only:
        return told | {"now": SOMEBODY, "why": ""}
    return told | ({"then": SOMEBODY} if only is not None and each.then != only else {})
