"""Saved views: a page as somebody likes to look at it, under a name, for oneself or for both teams."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from smarketing.records.people import SavedView
from smarketing.web.questions import OF_THE_PAGE

NOT_KEPT = {*OF_THE_PAGE, "view"} - {"sort"}
LONGEST_NAME = 80


def views_of(request: HttpRequest) -> dict[str, Any]:
    """Context for `{% saved_views views view save_url %}`: the views of this page that this user may open, the one that is on.

    A view is `name, url, shared` and, for its owner, `remove` (an address for POST).
    """
    user: Any = request.user
    found = SavedView.objects.filter(Q(user=user) | Q(shared=True), page=request.path).select_related("user")
    rows = [_row(view, mine=view.user_id == user.pk) for view in found]
    here = _kept(request.GET)
    current = next((row["name"] for row in rows if _kept(QueryDict(row["query"])) == here), "")
    save = f"{reverse('view-save')}?{urlencode({'page': request.path, 'query': here})}"
    return {"views": rows, "view": current, "save_url": save}


def _row(view: SavedView, *, mine: bool) -> dict[str, Any]:
    url = f"{view.page}?{view.query}" if view.query else view.page
    remove = reverse("view-remove", args=[view.pk]) if mine else ""
    return {"name": view.name, "url": url, "shared": view.shared, "remove": remove, "query": view.query}


def _kept(query: QueryDict) -> str:
    """The part of an address that a view keeps, in a fixed order."""
    return urlencode(sorted((key, value) for key in query for value in query.getlist(key) if key not in NOT_KEPT and value))


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep `page` with `query` under `name`; the same name again replaces it."""
    page, query = request.GET.get("page", ""), _kept(QueryDict(request.GET.get("query", "")))
    name = request.POST.get("name", "").strip()[:LONGEST_NAME]
    if not _is_ours(page) or not name:
        raise Http404
    values = {"query": query, "shared": request.POST.get("shared") == "on"}
    user: Any = request.user
    SavedView.objects.update_or_create(user=user, page=page, name=name, defaults=values)
    messages.success(request, f"Saved as {name}.")
    return redirect(f"{page}?{query}" if query else page)


@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Forget a view of one's own; somebody else's is not there."""
    user: Any = request.user
    view = get_object_or_404(SavedView, pk=number, user=user)
    view.delete()
    messages.success(request, f"{view.name} is removed.")
    return redirect(view.page)


def _is_ours(page: str) -> bool:
    """Whether this is a page of this site, and nothing else that a browser could follow."""
    try:
        return page.startswith("/") and not page.startswith("//") and bool(resolve(page).url_name)
    except Resolver404:
        return False
