"""Refresh: what follows from the facts, derived anew and written to the database; and read back, ready to be asked."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

import polars as pl

from smarketing.actions.due import is_due
from smarketing.actions.settled import Settled, settled_facts
from smarketing.actions.workspace import Workspace
from smarketing.agreement.models import Agreement
from smarketing.agreement.sequence import in_force_by
from smarketing.backends.local import replay
from smarketing.derivations.replay import OF_LEADS
from smarketing.journal.small_tables import read_small_tables
from smarketing.records.derived import State, load_derived, refreshing, replace_derived
from smarketing.reports.leads import KEPT, leads
from smarketing.reports.outcome import Outcome
from smarketing.vocabulary.errors import OutsideError, SmarketingError

STORED = ("stage_entries", "handoffs", "clocks", "commitments")
"""The derived tables that are kept as they are; receipts are not, one life at a time is replayed (see `open_life`)."""
UNITED = "united"
OF_A_LIFE = ("reps", "absences")
"""The small tables that one life needs: whose working hours there are."""
LOOK_SECONDS = 5.0
IDLE_FOR_EACH_BUSY = 19
"""After a second of work follow at least so many without: at most 5 % of the time is spent on it."""
ATTEMPTS = 5
logger = logging.getLogger(__name__)


def refresh(workspace: Workspace, as_of: datetime | None = None) -> State:
    """Derive everything anew as of an instant (left out: now) and put it in the place of what is there, in one transaction.

    The workspace is open. Raises DocumentError for an agreement or a small table with problems.
    """
    with refreshing():
        return _derive(workspace, as_of or workspace.now())


def refresh_if_due(workspace: Workspace) -> State | None:
    """Refresh where facts came in, an agreement or a small table changed, or the state is old; None where nobody has to."""
    if not is_due(workspace):
        return None
    with refreshing(wait=False) as alone:
        return _derive(workspace, workspace.now()) if alone and is_due(workspace) else None


def keep_fresh(workspace: Workspace, stopped: threading.Event) -> None:
    """Refresh whenever it is due until `stopped`; to be run in a thread of a process in which the workspace is open.

    What goes wrong is logged, once for each reason, and what is there stays.
    """
    from django.db import Error, connection

    pause, said = LOOK_SECONDS, ""
    while not stopped.wait(pause):
        begun = time.monotonic()
        try:
            refresh_if_due(workspace)
            said = ""
        except (SmarketingError, Error, OSError) as problem:
            if str(problem) != said:
                logger.warning("What follows from the facts was not refreshed: %s", problem)
            said = str(problem)
            connection.close()
        pause = max(LOOK_SECONDS, IDLE_FOR_EACH_BUSY * (time.monotonic() - begun))
    connection.close()


def load_following(workspace: Workspace) -> Outcome:
    """The latest state as an outcome that can be asked: tables out of the database, `facts` in memory, receipts left out.

    Without a state, or under other agreements than it was derived by, a refresh comes first. The workspace is open.
    """
    for _ in range(ATTEMPTS):
        versions = workspace.agreements()
        found = load_derived()
        if found is not None and found[0].versions == tuple(version.id for version in versions):
            state, tables = found
            settled = settled_facts(workspace.folder, state.as_of, state.extent)
            if settled.extent == state.extent:
                return _outcome(workspace, versions, state.as_of, tables, settled)
        refresh(workspace)
    raise OutsideError("facts come in faster than they can be read; try again when the import is done")


def open_life(outcome: Outcome, lead_id: str) -> Outcome:
    """One lead's life with its receipt: the tables of this lead alone, replayed from its settled facts.

    `lead_id` may be any id that the lead goes by. Nothing is in the tables where there is no such lead.
    """
    ids = outcome.united.filter(pl.col("id") == lead_id)["lead_id"].to_list() or [lead_id]
    facts = outcome.facts.filter(pl.col("lead_id") == ids[0]).collect()
    # A settled life replays to itself: what remains of its links names the same lead again.
    agreement, versions, as_of = outcome.agreement, outcome.versions, outcome.as_of
    desks = {name: outcome.small[name] for name in OF_A_LIFE if name in outcome.small}
    life = replay(facts, versions, as_of, tables=OF_LEADS, tables_in=desks, threads=1)
    return Outcome(agreement, as_of, life.tables, facts.lazy(), outcome.small, united=outcome.united, versions=versions)


def _derive(workspace: Workspace, as_of: datetime) -> State:
    stamp, versions = workspace.stamp(), workspace.agreements()
    settled = settled_facts(workspace.folder, as_of)
    replayed = replay(settled.facts, versions, as_of, tables_in=workspace.small_tables())
    outcome = _outcome(workspace, versions, as_of, replayed.tables, settled)
    tables = {name: outcome.table(name) for name in STORED} | {KEPT: leads(outcome), UNITED: settled.united}
    state = State(0, as_of, tuple(version.id for version in versions), stamp, settled.facts.height, settled.extent)
    return replace_derived(tables, state)


def _outcome(
    workspace: Workspace, versions: list[Agreement], as_of: datetime, tables: dict[str, pl.DataFrame], settled: Settled
) -> Outcome:
    kept = {name: frame for name, frame in tables.items() if name != UNITED}
    small, begun = read_small_tables(workspace.small_tables()), in_force_by(versions, as_of)
    return Outcome(begun[-1], as_of, kept, settled.facts.lazy(), small, united=settled.united, versions=begun)
