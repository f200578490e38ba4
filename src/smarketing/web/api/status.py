"""`GET /api/status`: how the workspace is, for programs of those who look after it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from smarketing.actions.live.status import status
from smarketing.web.api import shapes
from smarketing.web.api.reads import MISTAKES, answered
from smarketing.web.states import place

router = Router(tags=["Status"])


@router.get("/status", response={200: shapes.Status, **MISTAKES}, url_name="status", summary="Who works, what waits")
def read(request: HttpRequest) -> HttpResponse:
    """What `/status` shows. `/health/work` says without a login whether there is an alarm, and answers 503 then."""
    return answered(status(place()).to_dict())
