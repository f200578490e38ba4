"""Whether a refresh is due. Apart from the refresh itself, so that a start that needs none does not load what derives."""

from __future__ import annotations

from datetime import timedelta

from smarketing.actions.workspace import Workspace
from smarketing.records.derived import current_state
from smarketing.records.facts import journal_extent

OLD_AFTER = timedelta(seconds=60)
"""So much later a state is derived anew though no fact came in: clocks run out, periods pass."""


def is_due(workspace: Workspace) -> bool:
    """Whether a refresh now could give anything else than what is there."""
    state, now = current_state(), workspace.now()
    if state is None or state.stamp != workspace.stamp() or state.extent != journal_extent():
        return True
    return state.as_of != now if workspace.settings.as_of else not timedelta() <= now - state.as_of < OLD_AFTER
