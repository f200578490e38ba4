"""Feedback in words: what happened to leads, how they came, what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from smarketing.agreement.changes.phrases import upper
from smarketing.reports.feedback.became import Became, Happened, became, checks_of
from smarketing.reports.feedback.came import Content, Step, came
from smarketing.reports.feedback.feed import HANDED
from smarketing.vocabulary.kinds import SALES_ACTS
from smarketing.web.held import held
from smarketing.web.look.formats import number
from smarketing.web.people import by_name
from smarketing.web.people import name_of as person
from smarketing.web.questions import question_url
from smarketing.web.templatetags.said import money
from smarketing.web.told.names import name_of

if TYPE_CHECKING:
    from smarketing.reports.explain.dossier import Dossier
    from smarketing.reports.outcome import Outcome

Shown = dict[str, Any]
SIGNS = {
    HANDED: ("handoff", "together"), "accepted": ("check", "good"), "rejected": ("close", "bad"), "recycled": ("left", "quiet"),
    "disqualified": ("void", "bad"), "meeting_booked": ("calendar", "quiet"), "meeting_held": ("calendar", "good"),
    "opportunity_opened": ("plus", "good"), "opportunity_won": ("win", "good"), "opportunity_lost": ("missed", "bad"),
    "passed": ("check", "good"), "held": ("void", "quiet"),
}  # fmt: skip
"""The drawing of a kind of event, and its tone."""
BY_SOMEBODY = {
    "accepted": "accepted {}", "rejected": "rejected {}", "recycled": "gave {} back for later", "disqualified": "disqualified {}",
    "meeting_booked": "booked a meeting with {}", "meeting_held": "met {}", "opportunity_opened": "opened an opportunity with {}",
    "opportunity_won": "won {}", "opportunity_lost": "lost the opportunity with {}", "passed": "passed {} to sales", "held": "held {} back",
}  # fmt: skip
BY_NOBODY = {
    "accepted": "{} was accepted", "rejected": "{} was rejected", "recycled": "{} was given back for later",
    "disqualified": "{} was disqualified", "meeting_booked": "A meeting with {} was booked", "meeting_held": "There was a meeting with {}",
    "opportunity_opened": "An opportunity with {} was opened", "opportunity_won": "{} was won",
    "opportunity_lost": "The opportunity with {} was lost", "passed": "{} was passed to sales", "held": "{} was held back",
}  # fmt: skip
CONTENT_WORDS = {
    "content_downloaded": "downloaded", "webinar_attended": "went to the webinar", "event_attended": "went to", "form_submitted": "sent the form",
    "comment_posted": "commented on", "referral_submitted": "was referred by", "trial_started": "started a trial", "chat_started": "chatted about",
    "called_us": "called us", "wrote_us": "wrote to us",
}  # fmt: skip
NAMELESS = {
    "content_downloaded": "downloaded something", "webinar_attended": "went to a webinar", "event_attended": "went to an event",
    "form_submitted": "sent a form", "comment_posted": "left a comment", "referral_submitted": "was referred", "trial_started": "started a trial",
    "chat_started": "chatted", "called_us": "called us", "wrote_us": "wrote to us",
}  # fmt: skip


class Entry(NamedTuple):
    """One thing that happened: the sentence, its drawing and tone, when, why, and what speaks against it."""

    text: SafeString
    sign: str
    tone: str
    at: datetime
    why: str
    doubt: str
    url: str


def entry(row: Mapping[str, Any], called: str, doubt: str = "") -> Entry:
    """A row of the feed in a sentence, its lead by name and as a link."""
    lead = format_html('<a href="{}">{}</a>', reverse("lead", args=[row["lead_id"]]), called)
    sign, tone = SIGNS.get(row["kind"], ("few", "quiet"))
    url = question_url({"of": "facts", "lead": row["lead_id"], "fact": row["fact_id"]}) if row["fact_id"] else ""
    return Entry(_sentence(row, lead), sign, tone, row["at"], row["reason"] or row["outcome"] or "", doubt, url)


def _sentence(row: Mapping[str, Any], lead: SafeString) -> SafeString:
    actor = person(row["actor"]) if row["actor"] else ""
    if row["kind"] == HANDED:
        return format_html("{} was handed over{}", lead, f" to {actor}" if actor else "")
    said = (
        format_html("{} {}", actor, format_html(BY_SOMEBODY[row["kind"]], lead))
        if actor
        else format_html(BY_NOBODY[row["kind"]], lead)
    )
    if row["kind"] == "opportunity_won" and row["amount"]:
        amount = {"amount": row["amount"], "currency": row["currency"] or held().agreement.currency}
        return format_html("{} for {}", said, money(amount))
    return said


def came_context(known: Dossier) -> Shown:
    """How a lead came: the steps of its path in words, for `parts/lead_came.html`."""
    path = came(known.facts.values())
    return {
        "path": [_step(step) for step in path],
        "touches": sum(step.touches for step in path),
        "touches_url": _facts_url(known),
    }


def _facts_url(known: Dossier) -> str:
    return question_url({"of": "facts", "lead": known.lead_id})


def _step(step: Step) -> Shown:
    named = name_of(step.campaign, "campaign") if step.campaign else None
    url = f"{reverse('feed')}?{urlencode({'campaign': step.campaign})}" if step.campaign else ""
    return {
        "name": named.text if named else "Without a campaign",
        "full": named.full if named else "",
        "url": url,
        "channel": (step.channel or "").replace("_", " "),
        "first_at": step.first_at,
        "touches": step.touches,
        "contents": [{"text": content_words(each), "at": each.at} for each in step.contents],
    }


def content_words(content: Content) -> str:
    """`downloaded “night work”, twice`."""
    what = f"{CONTENT_WORDS[content.kind]} \N{LEFT DOUBLE QUOTATION MARK}{by_name(content.name)}\N{RIGHT DOUBLE QUOTATION MARK}"
    said = what if content.name else NAMELESS[content.kind]
    often = {1: "", 2: ", twice"}.get(content.times, f", {number(content.times)} times")
    return f"{upper(said)}{often}"


def became_context(outcome: Outcome, known: Dossier) -> Shown:
    """What became of a lead, for `parts/lead_became.html`. `outcome`: the life alone."""
    handed = [each.row for each in known.handovers]
    ends = _ends(outcome, known.lead_id)
    attempts = outcome.agreement.handoff.attempts
    facts = list(known.facts.values())
    found = became(facts, handed, ends, sorted(SALES_ACTS) if attempts is None else attempts)
    checks = [_said(each, known.lead_id) for each in checks_of(facts)] if outcome.agreement.handoff.check else []
    return {"became": [_became(each, known.lead_id, outcome) for each in found], "checks": checks}


def _ends(life: Outcome, lead_id: str) -> dict[int, datetime | None]:
    """When each cycle of a life ended, as `cycle_ends` has it: None while a stage of it is not left."""
    left: dict[int, list[datetime | None]] = {}
    for row in life.table("stage_entries").iter_rows(named=True):
        if row["lead_id"] == lead_id:
            left.setdefault(row["cycle"], []).append(row["left_at"])
    over = {cycle: [at for at in every if at is not None] for cycle, every in left.items()}
    return {cycle: max(times) if len(times) == len(left[cycle]) else None for cycle, times in over.items()}


def _became(one: Became, lead_id: str, outcome: Outcome) -> Shown:
    from smarketing.reports.handed.doubts import doubts

    against = {(each["cycle"], each["kind"]): each["doubt"] for each in doubts(outcome) if each["lead_id"] == lead_id}
    return {
        "cycle": one.cycle,
        "handed_at": one.handed_at,
        "rep": person(one.rep) if one.rep else "",
        "waits": one.waits,
        "attempts": one.attempts,
        "attempts_url": question_url({"of": "handoffs", "lead": lead_id, "cycle": str(one.cycle)}),
        "last": _said(one.last_attempt, lead_id) if one.last_attempt else None,
        "happened": [{**_said(each, lead_id), "doubt": against.get((one.cycle, each.kind)) or ""} for each in one.happened],
    }


WORDS = {
    "accepted": "Accepted", "rejected": "Rejected", "recycled": "Given back for later", "disqualified": "Disqualified",
    "meeting_booked": "Meeting booked", "meeting_held": "Meeting held", "opportunity_opened": "Opportunity opened", "opportunity_won": "Won",
    "opportunity_lost": "Opportunity lost", "passed": "Passed to sales", "held": "Held back", "call_made": "Call", "email_sent": "Mail",
    "message_sent": "Message",
}  # fmt: skip


def _said(one: Happened, lead_id: str) -> Shown:
    sign, tone = SIGNS.get(one.kind, ("few", "quiet"))
    amount = {"amount": one.amount, "currency": one.currency or held().agreement.currency} if one.amount else None
    return {
        "what": WORDS.get(one.kind, upper(one.kind.replace("_", " "))),
        "by": person(one.by) if one.by else "",
        "at": one.at,
        "why": one.reason or one.outcome or "",
        "note": by_name(one.note) if one.note else "",
        "amount": amount,
        "sign": sign,
        "tone": tone,
        "url": question_url({"of": "facts", "lead": lead_id, "fact": one.fact_id}),
    }
