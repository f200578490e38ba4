"""What happens to every request before its view: headers, the reader's locale, and the matrix of `access`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from smarketing.web import attempts
from smarketing.web.access import Role, Verdict, admitted, role_of, verdict
from smarketing.web.held import keeper
from smarketing.web.ingest.keyed import key_shown, opens, token_of
from smarketing.web.locale import Reader, preferred_locale, reading
from smarketing.web.network import network_of

if TYPE_CHECKING:
    from smarketing.records.keys import ApiKey

Answer = Callable[[HttpRequest], HttpResponseBase]
API, FACTS = "api:", "facts:write"
MEGABYTE = 1024 * 1024
UPLOADS = {"/imports/new": 256 * MEGABYTE, "/api/facts": 4 * MEGABYTE}
FORM_BYTES = MEGABYTE
"""Where files and facts may be sent, and the most that one request may hold there and elsewhere."""
FEATURES = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"


class Refused(PermissionDenied):
    """Somebody may not come in here; `roles` may."""

    def __init__(self, reason: str, roles: list[Role]) -> None:
        super().__init__(reason)
        self.reason, self.roles = reason, roles


class Headers:
    """Headers on every answer; a page with numbers is kept by nobody but the reader."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = too_large(request) or self.answer(request)
        response.headers.setdefault("Permissions-Policy", FEATURES)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def too_large(request: HttpRequest) -> HttpResponseBase | None:
    """An answer for a body that is larger than anything asked for here, before any of it is read."""
    most = UPLOADS.get(request.path, FORM_BYTES)
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) <= most:
        return None
    said = f"At most {most // MEGABYTE} MB can be sent here at once."
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "too_large", "message": said}, status=413)
    return HttpResponse(said, status=413, content_type="text/plain")


class ForTheReader:
    """While a request is answered, figures are written in its locale and in the agreement's zone."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        outcome = keeper().now.outcome
        zone = outcome.agreement.timezone if outcome else "UTC"
        with reading(Reader(preferred_locale(request.headers.get("Accept-Language", "")), zone)):
            response = self.answer(request)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


class Gate:
    """Lets in whom the matrix lets in. Sets `request.only_rep`: the one rep whose figures may be shown, None for all of them."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Called by Django when it knows the route; an answer from here ends the request."""
        route = request.resolver_match.view_name if request.resolver_match else ""
        if route.startswith(API) and (token := token_of(request)) is not None:
            return refused_key(request, route, token)
        role = role_of(request.user)
        said = verdict(route, role)
        if said is Verdict.deny and role is Role.anonymous:
            return _who_are_you(request, route)
        if said is Verdict.deny:
            return _refusal(route, f"This{'' if route.startswith(API) else ' page'} is not for your role.", admitted(route))
        request.only_rep = _only_rep(request) if said is Verdict.own else None  # type: ignore[attr-defined]
        if said is Verdict.own and not _asks_for_own(request):
            return _refusal(route, "The agreement shows the figures of single reps to leaders and to the rep alone.", LEADERS)
        return None


def refused_key(request: HttpRequest, route: str, token: str) -> HttpResponseBase | None:
    """The answer for a key that does not open this route; None lets the program in, whoever may be signed in beside it."""
    key = key_shown(token)
    if key is None:
        return _unknown_key(request)
    if not opens(key, route):
        return JsonResponse({"code": "forbidden", "message": f"This key is for {key.scope} alone."}, status=403)
    request.key = key  # type: ignore[attr-defined]
    return None if key.scope == FACTS else _refused_name(request, route, key)


def _unknown_key(request: HttpRequest) -> HttpResponseBase:
    """401; 429 where somebody tries one after the other."""
    seconds = attempts.over_the_rate("unknown key", f"address {network_of(request)}", attempts.UNKNOWN)
    if seconds:
        return attempts.slower(request, seconds)
    return JsonResponse({"code": "unknown_key", "message": "This key is unknown, or was revoked."}, status=401)


def _refused_name(request: HttpRequest, route: str, key: ApiKey) -> HttpResponseBase | None:
    """A key that reads or acts may do what the user may in whose name it comes; in nobody's name, what a viewer may see."""
    if key.user is not None and not key.user.is_active:
        return JsonResponse({"code": "unknown_key", "message": "Whoever this key acts for may not come in any more."}, status=401)
    request.user = key.user or AnonymousUser()
    role = role_of(key.user) if key.user is not None else Role.viewer
    said = verdict(route, role)
    if said is Verdict.deny:
        return _refusal(route, f"This is not for the role {role}.", admitted(route))
    request.only_rep = _only_rep(request) if said is Verdict.own else None  # type: ignore[attr-defined]
    if said is Verdict.own and not _asks_for_own(request):
        return _refusal(route, "The agreement shows the figures of single reps to leaders and to the rep alone.", LEADERS)
    return None


SINGLE = ("rep", "owner", "closer")
"""By these a question asks for the figures of single people."""
LEADERS = [Role.leader, Role.operations]


def only_rep(request: HttpRequest) -> str | None:
    """The one rep whose figures this request may show; None: everybody's."""
    found: str | None = getattr(request, "only_rep", None)
    return found


def _only_rep(request: HttpRequest) -> str | None:
    outcome = keeper().now.outcome
    open_to_all = outcome is None or outcome.agreement.rankings == "open"
    return None if open_to_all else str(getattr(request.user, "email", ""))


def _asks_for_own(request: HttpRequest) -> bool:
    """Whether a question by rep asks for nobody else's figures than may be seen."""
    only = only_rep(request)
    if only is None:
        return True
    if "elsewhere" in request.GET and request.GET.get("by") in SINGLE:
        return False  # all others together are, where there are two, the other one
    named = [request.GET[key] for key in SINGLE if key in request.GET]
    named += [request.GET.get("group", "")] if request.GET.get("by") in SINGLE else []
    return all(name == only for name in named)


def _refusal(route: str, reason: str, roles: list[Role]) -> HttpResponseBase:
    if route.startswith(API):
        return JsonResponse({"code": "forbidden", "message": f"{reason} It is open to: {', '.join(roles)}."}, status=403)
    raise Refused(reason, roles)


def _page_of(request: HttpRequest) -> str:
    """The page that somebody looks at: a part of one that htmx asks for by itself is no place to come back to."""
    if not request.headers.get("HX-Request"):
        return request.get_full_path() if request.method == "GET" else ""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return urlunsplit(("", "", parts.path, parts.query, "")) if parts.path.startswith("/") else ""


def _who_are_you(request: HttpRequest, route: str) -> HttpResponseBase:
    """To the login and back again; a program is told in its own words."""
    if route.startswith(API):
        return JsonResponse({"code": "not_signed_in", "message": "Sign in first."}, status=401)
    to = reverse("login")
    asked = _page_of(request)
    if asked and request.path != reverse("home"):
        to = f"{to}?{urlencode({'next': asked})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)
