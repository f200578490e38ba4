"""`/imports/new`: files of both sides become facts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


def new(request: HttpRequest) -> HttpResponse:
    """The form."""
    return render(request, "pages/import_new.html")


def one(request: HttpRequest, number: str) -> HttpResponse:
    """One import."""
    raise Http404


def rejects(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """The rejected rows of one file."""
    raise Http404
