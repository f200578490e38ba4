"""The short way in: a program that sends facts with its key is answered before sessions, forms and pages are thought of."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from smarketing.web.ingest.keyed import token_of

FACTS, ROUTE = "/api/facts", "api:facts"


class WithAKey:
    """Half the cost of a small request; whoever comes otherwise takes the way of everybody, to the same view."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = token_of(request) if request.path_info == FACTS and request.method == "POST" else None
        if token is None:
            return self.answer(request)
        from smarketing.web.api.facts import take
        from smarketing.web.gate import refused_key

        request.get_host()  # refuses a name that is not ours
        return refused_key(request, ROUTE, token) or take(request)
