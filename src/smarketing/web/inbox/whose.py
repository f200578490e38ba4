"""Whose inbox somebody looks at: a rep at their own, who leads at any, colleagues at each other's where rankings are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from smarketing.reports.inbox.cases import open_handoffs
from smarketing.web.gate import only_rep
from smarketing.web.held import usual
from smarketing.web.people import name_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from smarketing.reports.outcome import Outcome


def whose(request: HttpRequest) -> str:
    """The address of the rep whose inbox is asked for; left out: one's own, or for who leads and has none the first one with leads."""
    user: Any = request.user
    asked = request.GET.get("rep") or request.POST.get("rep") or ""
    own = next((rep for rep in owners() if rep.lower() == user.email), str(user.email))
    if asked:
        return asked if only_rep(request) in (None, asked) else own
    if user.role == "sales" or own in owners():
        return own
    return next(iter(owners()), own)


def owners() -> dict[str, int]:
    """Everybody who has open hand-offs, by name, with how many; once for each state."""
    found: dict[str, int] = usual("owners", _owners)
    return found


def _owners(outcome: Outcome) -> dict[str, int]:
    counted = open_handoffs(outcome).filter(pl.col("owner").is_not_null())["owner"].value_counts()
    return dict(sorted(counted.iter_rows(), key=lambda each: name_of(each[0]).lower()))


def desks(request: HttpRequest, rep: str) -> list[tuple[str, str]]:
    """The inboxes that this user may choose among, as (address, name and number); none where there is only their own."""
    if only_rep(request) is not None:
        return []
    there = {rep: owners().get(rep, 0), **owners()} if rep not in owners() else owners()
    return [(address, f"{name_of(address)} ({number})") for address, number in there.items()]
