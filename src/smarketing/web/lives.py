"""One lead's life with its receipt, which is replayed when somebody asks and remembered while the state is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404

from smarketing.actions.refresh import open_life
from smarketing.reports.explain.life import ids_in
from smarketing.reports.leads import leads
from smarketing.vocabulary.errors import UsageError
from smarketing.vocabulary.words import nearest
from smarketing.web.fresh import fresh_lives
from smarketing.web.held import held, lasting, remembered
from smarketing.web.states import place

if TYPE_CHECKING:
    from smarketing.reports.explain.dossier import Dossier
    from smarketing.reports.explain.story import Explanation
    from smarketing.reports.outcome import Outcome


def one_life(lead_id: str) -> Outcome:
    """The tables of this lead alone, receipt included; any id that the lead goes by will do. Raises Http404 where there is none.

    What somebody did a moment ago is in them, also where nothing follows from it yet.
    """
    own = united_with(lead_id)
    if own is None and not (leads(held())["lead_id"] == lead_id).any():
        raise Http404
    own = own or lead_id
    ahead = fresh_lives([own], place().now()).get(own)
    if ahead is not None:
        return ahead
    found: Outcome = lasting("life", own, lambda outcome: open_life(outcome, own))
    return found


def life(lead_id: str) -> Explanation:
    """The life told. Raises Http404."""
    try:
        of_it = one_life(lead_id)
        told: Explanation = of_it.once(("told", lead_id), lambda: of_it.explain(lead_id))
    except UsageError as nobody:
        raise Http404 from nobody
    return told


def dossier_of(lead_id: str) -> Dossier:
    """What stands beside the life. Raises Http404."""
    from smarketing.reports.explain.dossier import dossier

    own = life(lead_id).lead_id
    of_it = one_life(own)
    found: Dossier | None = of_it.once("dossier", lambda: dossier(of_it, own))
    if found is None:
        raise Http404
    return found


def machine_facts_of(known: Dossier) -> list[dict[str, Any]]:
    """What machines did to the lead, in order of time; nothing followed from it."""
    from smarketing.actions.machine_facts import machine_facts

    found: list[dict[str, Any]] = remembered("machines", lambda outcome: machine_facts(known.ids, outcome.as_of), known.lead_id)
    return found


def united_with(lead_id: str) -> str | None:
    """The lead whose life the facts of this id are part of; None where the id is nobody's or the lead's own."""
    own = ids_in(held()).own.get(lead_id, lead_id)
    return own if own != lead_id else None


def nearest_lead(lead_id: str) -> str | None:
    """The lead whose id looks most like this one, None where none does."""
    return nearest(lead_id, leads(held())["lead_id"].to_list())
