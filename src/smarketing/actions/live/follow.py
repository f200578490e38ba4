"""Follow: what follows for the leads whose facts came in, or for whom time made a difference; everything, where that is not enough."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import polars as pl

from smarketing.actions.due import due_at, is_due, must_be_anew
from smarketing.actions.refresh import LIVES, derive_anew, tables_of_leads
from smarketing.actions.settled import settle
from smarketing.actions.workspace import Workspace
from smarketing.backends.live import Replayer
from smarketing.records.derived import State, advance_derived, current_state, due_leads, refreshing, rows_now, snapshot
from smarketing.records.lives import tellings_of, tied_leads
from smarketing.records.work import arrived, has_arrived

MOST_ARRIVALS, MOST_LEADS = 20_000, 10_000
"""Beyond these, deriving everything is quicker than looking for what changed."""


class _Warm:
    """The replayer of this process: what it was made for, and it."""

    lock = threading.Lock()
    made_for: tuple[object, ...] = ()
    replayer: Replayer | None = None


def follow(workspace: Workspace) -> State | None:
    """Bring the state up to date; None where another one does so now, or nothing has to be done. The workspace is open.

    Raises DocumentError for an agreement or a small table with problems.
    """
    with refreshing(wait=False) as alone:
        return _alone(workspace) if alone else None


def follow_and_wait(workspace: Workspace) -> State | None:
    """The same; where another one is at it, wait until it is done."""
    with refreshing():
        return _alone(workspace)


def _alone(workspace: Workspace) -> State | None:
    state, now = current_state(), workspace.now()
    if state is None or must_be_anew(workspace, state, now):
        return derive_anew(workspace, now)
    try:
        return _follow(workspace, state, now)
    except _TooMuch:
        return derive_anew(workspace, now)


def follow_if_due(workspace: Workspace) -> State | None:
    """The same, found out first without being the only one."""
    return follow(workspace) if is_due(workspace) else None


class _TooMuch(Exception):
    """More changed than is worth looking for."""


def _follow(workspace: Workspace, state: State, now: datetime) -> State | None:
    with snapshot(reading=False):
        came = arrived(most=MOST_ARRIVALS + 1)
        due = due_leads(now, most=MOST_LEADS + 1)
        if len(came) > MOST_ARRIVALS or len(due) > MOST_LEADS:
            raise _TooMuch
        if not came and not due:
            return _moved_on(workspace, state, now)
        leads = tied_leads({lead_id for _, lead_id in came}.union(due), most=MOST_LEADS)
        if leads is None:
            raise _TooMuch
        advanced = _advance(workspace, state, leads, now)
        has_arrived([number for number, _ in came])
        return advanced


def _moved_on(workspace: Workspace, state: State, now: datetime) -> State | None:
    """Only the time is another one, and no lead's rows with it."""
    if workspace.stands_still or now < due_at(workspace, state):
        return None
    return advance_derived({}, (), state._replace(as_of=now, written_at=datetime.now(UTC)))


def _advance(workspace: Workspace, state: State, leads: set[str], now: datetime) -> State:
    facts = tellings_of(leads)
    updated = _replayer(workspace).update(facts, as_of=now)
    settled = settle(facts, now)
    next_at = updated.next_at.clear() if workspace.stands_still else updated.next_at
    tables = tables_of_leads(workspace, workspace.agreements(), updated.tables, settled, next_at)
    changed = {*leads, *updated.leads, *updated.gone}
    number = state.facts + _facts(tables[LIVES]) - _facts(rows_now(LIVES, changed))
    return advance_derived(tables, changed, state._replace(as_of=now, facts=number, written_at=datetime.now(UTC)))


def _facts(lives: pl.DataFrame) -> int:
    return int(lives["facts"].sum() or 0)


def _replayer(workspace: Workspace) -> Replayer:
    """The replayer for the agreements and small tables as they are now."""
    wanted = (workspace.folder, workspace.stamp())
    with _Warm.lock:
        if _Warm.replayer is None or _Warm.made_for != wanted:
            _Warm.made_for = wanted
            _Warm.replayer = Replayer(workspace.agreements(), tables_in=workspace.small_tables())
        return _Warm.replayer
