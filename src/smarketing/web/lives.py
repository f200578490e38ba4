"""One lead's life with its receipt, which is replayed when somebody asks and remembered while the state is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from django.http import Http404

from smarketing.actions.refresh import open_life
from smarketing.reports.leads import leads
from smarketing.vocabulary.errors import UsageError
from smarketing.web.held import held, remembered

if TYPE_CHECKING:
    from smarketing.reports.explain.story import Explanation
    from smarketing.reports.outcome import Outcome


def one_life(lead_id: str) -> Outcome:
    """The tables of this lead alone, receipt included; any id that the lead goes by will do. Raises Http404 where there is none."""
    outcome = held()
    if not (_is_there(leads(outcome)["lead_id"], lead_id) or _is_there(outcome.united["id"], lead_id)):
        raise Http404
    found: Outcome = remembered("life", lambda outcome: open_life(outcome, lead_id), lead_id)
    return found


def _is_there(ids: pl.Series, wanted: str) -> bool:
    return bool((ids == wanted).any())


def life(lead_id: str) -> Explanation:
    """The life told. Raises Http404."""
    try:
        told: Explanation = remembered("told", lambda outcome: one_life(lead_id).explain(lead_id), lead_id)
    except UsageError as nobody:
        raise Http404 from nobody
    return told
