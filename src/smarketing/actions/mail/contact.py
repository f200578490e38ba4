"""Whether the leads that a letter names may be contacted, in words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from smarketing.reports.person.consent import TOLD_BY, UNKNOWN, Consent, consent_of, words_of

Said = dict[str, Any]


def contact_said(consent: Consent) -> Said:
    """`contact`: the words, "" where nobody knows; `forbidden`: whether something must not be done."""
    return {"contact": "" if consent == UNKNOWN else words_of(consent), "forbidden": bool(consent.forbidden)}


def contact_of(leads: Collection[str], *, now: datetime) -> dict[str, Said]:
    """The same of these leads, by the id that was asked for; by all facts that are there, as a letter waits for no state."""
    from smarketing.records.standings import facts_of, known_leads

    known = known_leads(leads)
    told = facts_of({one for lead in known.values() for one in lead.ids}, TOLD_BY, until=now) if known else []
    of_lead = {asked: [fact._asdict() for fact in told if fact.lead_id in lead.ids] for asked, lead in known.items()}
    return {asked: contact_said(consent_of(facts)) for asked, facts in of_lead.items()}
