"""Whether a refresh is due. Apart from the refresh itself, so that a start that needs none does not load what derives."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from smarketing.actions.workspace import Workspace
from smarketing.records.derived import State, current_state, next_instant
from smarketing.records.work import anything_waits

OLD_AFTER = timedelta(seconds=60)
"""So much later, by our clock, a state moves on though no fact came in: what is expected by now grows with the time."""


SHOWN_UNTIL = timedelta(minutes=5)
"""So old, by our clock, may a state be that a start shows at first."""


def is_due(workspace: Workspace) -> bool:
    """Whether a refresh now could give anything else than what is there."""
    state, now = current_state(), workspace.now()
    if state is None or must_be_anew(workspace, state, now) or anything_waits():
        return True
    return not workspace.stands_still and now >= due_at(workspace, state)


def keeps_people_waiting(workspace: Workspace) -> bool:
    """Whether a refresh has to come before the first page is shown; a state of a few minutes ago may be shown while it is made."""
    state, now = current_state(), workspace.now()
    if state is None or must_be_anew(workspace, state, now):
        return True
    return not workspace.stands_still and now >= state.as_of + SHOWN_UNTIL * max(1.0, workspace.speed)


def must_be_anew(workspace: Workspace, state: State, now: datetime) -> bool:
    """Whether changed leads are not enough: something beside the facts changed, a version began, or the clock was put elsewhere."""
    if state.stamp != workspace.stamp() or now < state.as_of:
        return True
    if workspace.stands_still:
        return state.as_of != now
    from smarketing.agreement.sequence import in_force_by

    versions = workspace.agreements()
    return len(in_force_by(versions, now)) != len(in_force_by(versions, state.as_of))


def due_at(workspace: Workspace, state: State) -> datetime:
    """When the state has to move on though no fact comes in: a lead's rows change by time, a day begins, or it is old."""
    zone = ZoneInfo(workspace.agreements()[-1].timezone)
    tomorrow = (state.as_of.astimezone(zone) + timedelta(days=1)).date()
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone)
    known = next_instant()
    return min(midnight, state.as_of + OLD_AFTER * max(1.0, workspace.speed), *([known] if known is not None else []))
