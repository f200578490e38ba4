"""For whoever watches the server: whether it answers, and how fresh what it shows is."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from smarketing.web.held import keeper


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """`{"status": "ok", "serial"}`: the state held; no number of the company, for anybody may ask."""
    return JsonResponse({"status": "ok", "serial": keeper().now.serial})
