"""`/agreement`: what both teams signed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smarketing.web.held import held


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "pages/agreement.html", {"agreement": held().agreement})
