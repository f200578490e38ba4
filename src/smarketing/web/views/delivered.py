"""`/delivered`: marketing's home. What was delivered and checked, what sales sent back and why, what waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from smarketing.reports.feedback.delivered import Count, Delivered, OfCampaign, SentBack, delivered
from smarketing.reports.feedback.feed import NONE
from smarketing.web.held import held, reckoned
from smarketing.web.periods import neighbours, period_picker
from smarketing.web.questions import question_url
from smarketing.web.templatetags.said import money, number
from smarketing.web.told.links import link
from smarketing.web.told.names import name_of

MOST_CAMPAIGNS = 12
KINDS = {"rejected": "Rejected", "recycled": "Given back for later", "disqualified": "Disqualified"}
Shown = dict[str, Any]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; `?period=…`, the month of now where none is named."""
    now = held()
    period = period_picker(request, zone=now.agreement.timezone, as_of=now.as_of, default="month")
    said: Delivered = reckoned("delivered", lambda outcome: delivered(outcome, period=period.chosen), period.chosen)
    before, after = neighbours(request, period.chosen, now.agreement.timezone)
    context = {
        "period": period,
        "previous": before,
        "next": after,
        "answer": answer(said, period.label),
        "said": said,
        "check": now.agreement.handoff.check,
        "waits": waits(said, check=now.agreement.handoff.check),
        "figures": figures(said, now.agreement.currency),
        "grades": [{"grade": grade, **counted(count)} for grade, count in said.grades if count.n],
        "reasons": [reason(each) for each in said.reasons],
        "campaigns": [campaign(each) for each in said.campaigns[:MOST_CAMPAIGNS]],
        "more_campaigns": max(len(said.campaigns) - MOST_CAMPAIGNS, 0),
        "campaigns_url": f"{reverse('campaigns')}?{urlencode({'period': period.chosen or 'all'})}",
        "feed_url": f"{reverse('feed')}?{urlencode({'period': period.chosen or 'all'})}",
    }
    return render(request, "pages/delivered.html", context)


def counted(count: Count) -> Shown:
    """A count with the address of what is behind it, and its worth as money."""
    worth = {"amount": count.worth, "currency": held().agreement.currency}
    url = question_url(count.question)
    return {"n": count.n, "url": url, "worth": worth, "worth_url": question_url({**count.question, "sum": "worth"})}


def answer(said: Delivered, when: str) -> SafeString | str:
    """What was delivered and what sales said to it, in a sentence."""
    if not said.handed.n:
        return f"Nothing was delivered in {when}."
    currency = held().agreement.currency
    handed = link(question_url(said.handed.question), number(said.handed.n))
    worth = format_html(
        " worth {}",
        link(question_url({**said.handed.question, "sum": "worth"}), money({"amount": said.handed.worth, "currency": currency})),
    )
    were = "lead{} was delivered" if said.handed.n == 1 else "leads{} were delivered"
    delivered_ = format_html("{} " + were, handed, worth if said.handed.worth else "")
    if not said.accepted["of"]:
        return format_html("{} in {}; sales has not decided on any of them yet.", delivered_, when)
    accepted = link(question_url(said.accepted_question), number(said.accepted["n"]))
    decided = link(question_url(said.decided_question), number(said.accepted["of"]))
    back = link(question_url(said.sent_back.question), number(said.sent_back.n))
    both = said.accepted["n"] + said.sent_back.n - said.accepted["of"]
    after = f", {number(both)} of them after accepting" if both else ""
    return format_html(
        "{} in {}; sales accepted {} of the {} it decided on, and sent {} back{}.",
        delivered_,
        when,
        accepted,
        decided,
        back,
        after,
    )


def waits(said: Delivered, *, check: bool) -> list[Shown]:
    """What waits now, for whom: the label, a number and its address, and whose turn it is."""
    own = [
        {"label": "Wait for the check", "n": said.to_check, "url": reverse("check"), "team": "marketing"},
        {"label": "Held back", "n": said.held_now, "url": f"{reverse('check')}?held=1", "team": "marketing"},
    ]
    sales = [
        {"label": "Wait for sales to decide", **counted(said.undecided), "team": "sales"},
        {"label": "of them without an attempt", **counted(said.untouched), "team": "sales"},
    ]
    return [*(own if check else []), *sales]


def figures(said: Delivered, currency: str) -> Shown:
    """The large figures."""
    return {
        "handed": counted(said.handed),
        "accepted": said.accepted,
        "accepted_url": question_url({**said.decided_question, "share": "accepted"}),
        "sent_back": counted(said.sent_back),
        "won": counted(said.won),
        "won_amount": {"amount": said.won_amount, "currency": currency} if said.won.n else None,
        "won_url": question_url({**said.won.question, "sum": "won_amount"}),
        "passed": counted(said.passed),
        "held": counted(said.held),
    }


def reason(said: SentBack) -> Shown:
    """One reason for which sales sent leads back."""
    return {
        "kind": KINDS[said.kind],
        "reason": said.reason or "no reason given",
        "given": bool(said.reason),
        "times": counted(said.times),
        "doubted": counted(said.doubted),
    }


def campaign(said: OfCampaign) -> Shown:
    """One campaign, and the way to what happened to its leads."""
    named = name_of(said.campaign, "campaign")
    url = f"{reverse('feed')}?{urlencode({'campaign': said.campaign or NONE})}"
    parts = {name: counted(getattr(said, name)) for name in ("handed", "accepted", "sent_back", "won")}
    return {"name": named.text, "full": named.full, "url": url, **parts}
