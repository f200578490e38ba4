"""`/agreement`: what both teams promised each other, and since when; two versions compared; a version's document."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smarketing.actions.agreement_files import document_of
from smarketing.vocabulary.errors import UsageError
from smarketing.web.agreed import compared, whole
from smarketing.web.agreed.words import found, words
from smarketing.web.held import keeper
from smarketing.web.states import place
from smarketing.web.versions import Version, version_named, versions


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`?version=ID` (left out: the one in force); with `against=ID` what differs; with `export=yaml` its document; `q` searches the words."""
    known = versions()
    version = version_named(request.GET.get("version", ""), known)
    if request.GET.get("export"):
        return _document(request, version)
    if request.GET.get("against"):
        return _compared(request, version, version_named(request.GET["against"], known), known)
    return _whole(request, version, known)


def _whole(request: HttpRequest, version: Version, known: list[Version]) -> HttpResponse:
    outcome, asked = keeper().now.outcome, request.GET.get("q", "")
    listed, parts = words(version.agreement), whole.parts(version)
    context = {
        "agreement": version.agreement,
        "answer": whole.answer(version, outcome.as_of if outcome else None),
        "contents": list(whole.contents(parts, len(listed))),
        "words": found(asked, listed),
        "asked": asked,
        "in_force": version_named("", known),
    }
    return render(request, "pages/agreement.html", context | parts | _choice(version, known))


def _compared(request: HttpRequest, version: Version, against: Version, known: list[Version]) -> HttpResponse:
    parts = compared.changes(version, against)
    context = {"parts": parts, "answer": compared.answer(version, against, parts), "against": against}
    return render(request, "pages/agreement_compared.html", context | _choice(version, known))


def _choice(version: Version, known: list[Version]) -> dict[str, Any]:
    """What the list and the form of versions need."""
    return {"version": version, "versions": known[::-1], "options": list(compared.options(known))}


def _document(request: HttpRequest, version: Version) -> HttpResponse:
    if request.GET["export"] != "yaml":
        raise UsageError(f'an agreement comes as "yaml", not as "{request.GET["export"][:20]}"')
    from smarketing.actions.workspace import AGREEMENT

    text = document_of(place().folder / AGREEMENT, version.agreement)
    name = f"agreement-{version.since.isoformat()}.yaml"
    return HttpResponse(
        text, content_type="application/yaml; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
