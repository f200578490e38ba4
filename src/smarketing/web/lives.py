"""One lead's life with its receipt, which is replayed when somebody asks and remembered while the state is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from smarketing.actions.refresh import open_life
from smarketing.vocabulary.errors import UsageError
from smarketing.web.held import remembered

if TYPE_CHECKING:
    from smarketing.reports.explain.story import Explanation
    from smarketing.reports.outcome import Outcome


def one_life(lead_id: str) -> Outcome:
    """The tables of this lead alone, receipt included. Raises Http404 where there is no such lead."""
    found: Outcome = remembered("life", lambda outcome: open_life(outcome, lead_id), lead_id)
    if not found.table("stage_entries").height:
        raise Http404
    return found


def life(lead_id: str) -> Explanation:
    """The life told. Raises Http404."""
    try:
        told: Explanation = remembered("told", lambda outcome: one_life(lead_id).explain(lead_id), lead_id)
    except UsageError as nobody:
        raise Http404 from nobody
    return told
