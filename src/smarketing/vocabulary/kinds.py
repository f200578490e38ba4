"""The kinds of fact with a fixed meaning, by family. Any other snake_case kind is a kind of your own."""

from __future__ import annotations

MARKETING = frozenset(
    "page_viewed content_downloaded comment_posted subscribed unsubscribed form_submitted email_delivered email_opened email_clicked "
    "ad_clicked webinar_attended event_attended chat_started trial_started referral_submitted".split()
)
SALES_ACTS = frozenset("call_made email_sent message_sent meeting_booked meeting_held".split())
HANDOVER = frozenset("passed held assigned accepted rejected recycled disqualified held_out".split())
OPPORTUNITY = frozenset(
    "opportunity_opened opportunity_moved opportunity_won opportunity_lost customer_renewed customer_churned".split()
)
WORK = frozenset("obstacle_noted snoozed commented attached".split())
CORRECTION = frozenset({"retracted"})
PROFILE = frozenset({"profile_changed"})
IDENTITY = frozenset({"linked", "unlinked"})

FAMILIES: dict[str, frozenset[str]] = {
    "marketing touches": MARKETING,
    "sales acts": SALES_ACTS,
    "hand-over": HANDOVER,
    "opportunity": OPPORTUNITY,
    "work": WORK,
    "correction": CORRECTION,
    "profile": PROFILE,
    "identity": IDENTITY,
}
KINDS: frozenset[str] = frozenset().union(*FAMILIES.values())
TOUCHES = MARKETING - {"email_delivered", "unsubscribed"}
"""The touches among the kinds with a fixed meaning; every kind of your own is one too (see `is_touch`)."""


def is_touch(kind: str) -> bool:
    """True for something the lead did: a marketing touch, or a kind of your own."""
    return kind in TOUCHES or kind not in KINDS


def begins_after_disqualification(kind: str) -> bool:
    """True for the facts that begin a new cycle for a lead that was disqualified."""
    return is_touch(kind) or kind in {"accepted", "meeting_held"} or (kind in OPPORTUNITY and kind != "opportunity_lost")
