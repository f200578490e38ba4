"""`/leads/new`: a lead that somebody enters by hand, with a warning where it may be there already."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form."""
    return render(request, "pages/lead_new.html", {})
