"""Pages for what did not work: each says what happened, why, and what to do about it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from smarketing.vocabulary.errors import SmarketingError
from smarketing.web.access import Role, role_of, verdict
from smarketing.web.gate import Answer, Refused
from smarketing.web.held import EmptyWorkspace

MAY_IMPORT, API = "import-new", "/api/"


class Told:
    """What a view could not answer becomes a page that says why; anything else is a mistake of ours."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Called by Django with what a view raised."""
        if isinstance(error, EmptyWorkspace):
            return empty(request)
        return wrong(request, str(error)) if isinstance(error, SmarketingError) else None


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the address or the form makes no sense."""
    plain = isinstance(exception, BadRequest) and not isinstance(exception, SuspiciousOperation)
    return wrong(request, str(exception) if plain else "The address cannot be read.")


def wrong(request: HttpRequest, reason: str) -> HttpResponse:
    """400 with the reason of a user's error."""
    return render(request, "errors/400.html", {"reason": reason}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: says who may."""
    refused = exception if isinstance(exception, Refused) else None
    context = {"reason": refused.reason if refused else "", "roles": list(refused.roles) if refused else []}
    return render(request, "errors/403.html", context, status=403)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that did not come from our own page, or came too late."""
    return render(
        request,
        "errors/403.html",
        {"reason": "This form is too old. Open the page again and repeat it.", "roles": []},
        status=403,
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; for a program, under the API's addresses, in the API's own shape."""
    if request.path.startswith(API):
        return JsonResponse(
            {"code": "not_found", "message": f"There is nothing at {request.path}; /api/docs lists what is."}, status=404
        )
    return render(request, "errors/404.html", {"path": request.path}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: a mistake of ours; nothing of it is shown, and nothing that could fail again is asked."""
    return render(request, "errors/500.html", status=500)


def empty(request: HttpRequest) -> HttpResponse:
    """There is not a fact yet: what to do first."""
    role = role_of(request.user)
    context: dict[str, Any] = {
        "may_import": verdict(MAY_IMPORT, role) != "deny",
        "who": [Role.marketing, Role.leader, Role.operations],
    }
    return render(request, "pages/empty.html", context)
