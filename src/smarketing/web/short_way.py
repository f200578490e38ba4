"""The short way in: a program that sends facts with its key is answered before sessions, forms and pages are thought of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware

from smarketing.web.ingest.keyed import token_of

FACTS, ROUTE = "/api/facts", "api:facts"
OWN = frozenset({"Content-Type", "Content-Length"})


class WithAKey:
    """A third of the cost of a small request; whoever comes otherwise takes the way of everybody, to the same view."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer
        self.headers: dict[bool, dict[str, str] | None] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = token_of(request) if request.path_info == FACTS and request.method == "POST" else None
        if token is None:
            return self.answer(request)
        request.get_host()  # refuses a name that is not ours
        secure = request.is_secure()
        if secure not in self.headers:
            self.headers[secure] = usual_headers(request)
        usual = self.headers[secure]
        return self.answer(request) if usual is None else with_headers(answered(request, token), usual)


def answered(request: HttpRequest, token: str) -> HttpResponseBase:
    """What a program with this token is told."""
    from smarketing.web.api.facts import take
    from smarketing.web.gate import refused_key, too_large

    return too_large(request) or refused_key(request, ROUTE, token) or take(request)


def with_headers(response: HttpResponseBase, headers: dict[str, str]) -> HttpResponseBase:
    """The answer with these, where it has none of its own."""
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    return response


def usual_headers(request: HttpRequest) -> dict[str, str] | None:
    """What every answer carries to somebody who comes like this; None where he is sent elsewhere first, as to https."""
    from smarketing.web.gate import Headers

    empty: Any = SecurityMiddleware(CSPMiddleware(Headers(lambda _: HttpResponse())))(request)
    return {name: value for name, value in empty.items() if name not in OWN} if empty.status_code == 200 else None
