"""What the address of the page of leads asks for, and the ways to ask for something else: stages, choices, chips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import HttpRequest, QueryDict

from smarketing.reports.leads import counted, leads, select_leads
from smarketing.web.held import held, remembered
from smarketing.web.locale import reader
from smarketing.web.people import name_of as person
from smarketing.web.people import persona_name
from smarketing.web.questions import address
from smarketing.web.told.names import name_of, stage_label

if TYPE_CHECKING:
    import polars as pl

    from smarketing.reports.outcome import Outcome

NONE = "-"
"""In an address: those that have none, such as `owner=-`; an empty value asks nothing, as forms send it."""
SEARCH, STAGE = "q", "stage"
TITLES = {"owner": "Owner", "grade": "Grade", "campaign": "Campaign", "persona": "Persona"}
"""The fields that are chosen from a list, and what they are called."""
WITHOUT = {"owner": "Nobody", "campaign": "No campaign", "persona": "No persona", STAGE: "At no stage", "grade": "No grade"}


class Choice(NamedTuple):
    """A field of the filter: its `name` in the address, `options` as pairs of value and label, the `value` chosen."""

    title: str
    name: str
    options: list[tuple[str, str]]
    value: str


class Chip(NamedTuple):
    """A filter that is on, in words, and the address without it."""

    title: str
    value: str
    remove: str


def selected(asked: QueryDict, *, without: str = "") -> pl.DataFrame:
    """The leads that the address asks for; `without`: a field of it that is not to count."""
    return select_leads(held(), filters_of(asked, without=without))


def filters_of(asked: QueryDict, *, without: str = "") -> dict[str, str]:
    """The filters in the words of `select_leads`; a field that is left empty filters nothing."""
    named = {name: asked.get(name, "") for name in (STAGE, *TITLES) if asked.get(name) and name != without}
    filters = {name: "" if value == NONE else value for name, value in named.items()}
    search = asked.get(SEARCH, "").strip()
    return filters | ({"search": search} if search and without != SEARCH else {})


def stage_tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """One tab for each stage in the order of the way, with how many of the leads otherwise asked for are there now."""
    rows = selected(request.GET, without=STAGE)
    numbers, now = counted(rows, STAGE), request.GET.get(STAGE, "")
    stages = [(name, stage_label(name)) for name in held().agreement.stage_names]
    offered = [("", "All", rows.height), *((name, label, numbers.get(name, 0)) for name, label in stages)]
    if numbers.get(None) or now == NONE:
        offered.append((NONE, WITHOUT[STAGE], numbers.get(None, 0)))
    return [
        {
            "label": label,
            "count": reader().number(count),
            "current": value == now,
            "url": address(request.path, request.GET, stage=value, page=""),
        }
        for value, label, count in offered
    ]


def choices(asked: QueryDict) -> list[Choice]:
    """The fields with everything there is to choose, by name."""
    return [Choice(title, name, _offered(name), asked.get(name, "")) for name, title in TITLES.items()]


def _offered(name: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = remembered("choices", lambda outcome: _options(outcome, name), name)
    return found


def _options(outcome: Outcome, name: str) -> list[tuple[str, str]]:
    found = counted(leads(outcome), name)
    named = sorted(((value, label(name, value)) for value in found if value), key=lambda one: one[1].casefold())
    return [*named, *([(NONE, WITHOUT[name])] if None in found else [])]


def label(name: str, value: str) -> str:
    """The value of a field in words: people and campaigns by name."""
    if value == NONE:
        return WITHOUT[name]
    words: Mapping[str, Any] = {"owner": person, "persona": persona_name, STAGE: stage_label, "grade": str}
    return str(words[name](value)) if name in words else name_of(value, name).text


def chips(request: HttpRequest) -> list[Chip]:
    """The filters that are on."""
    asked = request.GET
    named = [(title, name, label(name, asked[name])) for name, title in {STAGE: "Stage", **TITLES}.items() if asked.get(name)]
    search = asked.get(SEARCH, "").strip()
    searched = [("Search", SEARCH, search)] if search else []
    return [
        Chip(title, text, address(request.path, asked, **{name: "", "page": ""})) for title, name, text in [*searched, *named]
    ]
