"""`{% load contact %}`: whether a lead may be contacted, wherever a lead stands.

{% may_contact row.consent %}             the mark: a shape and words, its title says since when and why
{% may_contact row.consent quiet=True %}  the same, faint where it may, and nothing where nobody knows
{% contact_of row.lead_id %}              its drawing alone, for a name in a table or a sentence; nothing where nobody knows
{% contact_of row.lead_id words=True %}   as may_contact quiet=True, by an id of the lead
"""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from smarketing.reports.person.consent import Consent
from smarketing.web.consenting import consent_of_lead, mark_beside, mark_of
from smarketing.web.look.icons import icon

register = template.Library()


@register.simple_tag
def may_contact(consent: Consent | None, quiet: bool = False) -> SafeString:
    """The mark of a lead's consent (see `web.consenting.consent_of_lead`)."""
    mark = mark_of(consent or Consent())
    if quiet and mark.tone == "quiet":
        return SafeString("")
    tone = "is-faint" if quiet and mark.tone == "good" else f"tone-{mark.tone}"
    return format_html(
        '<span class="consent status {}" title="{}">{}<span>{}</span></span>', tone, mark.title, icon(mark.shape), mark.text
    )


@register.simple_tag
def contact_of(lead_id: str, words: bool = False) -> SafeString:
    """The mark beside the name of a lead, by an id of the lead (see `web.consenting.mark_beside`)."""
    return may_contact(consent_of_lead(lead_id), quiet=True) if words else mark_beside(lead_id)
