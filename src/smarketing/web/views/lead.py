"""`/leads/<id>`: one life, told in order of time."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smarketing.web.lives import life


@require_safe
def page(request: HttpRequest, lead_id: str) -> HttpResponse:
    """The page."""
    story = life(lead_id)
    return render(request, "pages/lead.html", {"lead_id": lead_id, "story": story.to_text(width=100)})
