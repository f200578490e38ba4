"""The rejection check of a lead as it is now: the rule is that of the reports, over facts that need not be derived yet."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from smarketing.actions.acts.question import agreement_at
from smarketing.actions.acts.standing import Standing, standings_of

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace
    from smarketing.agreement.models import Agreement
    from smarketing.reports.handed.doubts import Ground


def doubt(workspace: Workspace, verb: str, reason: str, stands: Standing, *, now: datetime) -> str | None:
    """What speaks against this reason, in a sentence; None: nothing."""
    from smarketing.reports.handed.doubts import KINDS, doubt_of

    if verb not in KINDS:
        return None
    agreement = agreement_at(workspace, now)
    return doubt_of(agreement, verb, reason, ground_of(agreement, stands, now))


def doubts_before(workspace: Workspace, lead_id: str, *, now: datetime) -> dict[str, dict[str, str]]:
    """Of each way to give a lead back, the reasons that would be doubted, with the sentence: to be said before one is chosen.

    Of a lead that nobody knows, nothing.
    """
    from smarketing.reports.handed.doubts import KINDS, doubt_of

    stands = standings_of([lead_id], now=now).get(lead_id)
    if stands is None:
        return {}
    agreement = agreement_at(workspace, now)
    ground = ground_of(agreement, stands, now)
    said = {
        kind: {one.reason: doubt_of(agreement, kind, one.reason, ground) for one in getattr(agreement.handoff.reasons, kind)}
        for kind in KINDS
    }
    return {kind: {reason: why for reason, why in of.items() if why is not None} for kind, of in said.items()}


def ground_of(agreement: Agreement, stands: Standing, now: datetime) -> Ground:
    """What is known of a lead now. Personal values are not asked."""
    from smarketing.records.standings import facts_of, scored
    from smarketing.reports.handed.doubts import Ground, kinds_asked

    known = scored(stands.lead_id)
    facts = [fact._asdict() for fact in facts_of(stands.ids, kinds_asked(agreement), until=now)]
    return Ground(now, facts, stands.handed_at, stands.grade, stands.persona, known.fit, known.engagement, known.stages)
