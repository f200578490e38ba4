"""The door of the API: who comes in, what an error becomes, where its description is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import SessionAuth

from smarketing.actions.acts.asked import NotDone
from smarketing.vocabulary.errors import SmarketingError
from smarketing.web.api import acts, facts, reads, status, work
from smarketing.web.gate import Refused
from smarketing.web.held import EmptyWorkspace

DESCRIPTION = """
The same numbers as the pages, for programs, and what people do with leads. Sign in with a browser: the session's cookie is the key; or
come with a key of your own, `Authorization: Bearer smk_…`, whose scope says what it opens: `facts:write` sends facts, `read` reads, and
`acts:write` acts in the name of its user.

A rate is always `{n, of, rate, low, high}` with a 90% interval; money is `{amount, currency}`; instants are ISO 8601 in UTC.
Periods are written `2018`, `2018-Q1`, `2018-05`, `2018-W05`, `2018-05-31` or `2018-01-01..2018-02-01` (the end not included).
"""


class InTheSession(SessionAuth):
    """The cookie of the session, as OpenAPI calls it."""

    def __init__(self) -> None:
        super().__init__(csrf=True)
        self.param_name = "smarketing-session"


api = NinjaAPI(
    title="Smarketing", version="1", description=DESCRIPTION, urls_namespace="api", docs_url="/docs", auth=InTheSession()
)
KEYED: list[Any] = [facts.WithAKey(), InTheSession()]
api.add_router("", work.router, auth=KEYED)  # before the reads: an id may hold a slash
api.add_router("", acts.router, auth=KEYED)
api.add_router("", reads.router, auth=KEYED)
api.add_router("", status.router, auth=KEYED)
api.add_router("", facts.router, auth=KEYED)


def _said(request: HttpRequest, code: str, message: str, status: int) -> HttpResponse:
    return api.create_response(request, {"code": code, "message": message}, status=status)


@api.exception_handler(EmptyWorkspace)
def _nothing_yet(request: HttpRequest, error: Any) -> HttpResponse:
    return _said(request, "empty", "There is not a single fact yet; import the first files.", HTTPStatus.CONFLICT)


@api.exception_handler(SmarketingError)
def _wrong(request: HttpRequest, error: Any) -> HttpResponse:
    return _said(request, "wrong", str(error), HTTPStatus.BAD_REQUEST)


@api.exception_handler(NotDone)
def _not_done(request: HttpRequest, error: Any) -> HttpResponse:
    return api.create_response(request, error.body, status=error.status)


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: Any) -> HttpResponse:
    told = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors)
    return _said(request, "not_understood", told, HTTPStatus.UNPROCESSABLE_ENTITY)


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, error: Any) -> HttpResponse:
    return _said(request, "not_found", "There is nothing at this address.", HTTPStatus.NOT_FOUND)


@api.exception_handler(Refused)
def _not_for_you(request: HttpRequest, error: Any) -> HttpResponse:
    return _said(request, "forbidden", f"{error.reason} It is open to: {', '.join(error.roles)}.", HTTPStatus.FORBIDDEN)


@api.exception_handler(HttpError)
def _other(request: HttpRequest, error: Any) -> HttpResponse:
    code = "wrong" if error.status_code == HTTPStatus.BAD_REQUEST else HTTPStatus(error.status_code).name.lower()
    return _said(request, code, str(error), error.status_code)
