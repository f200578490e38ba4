"""Refresh: what follows from the facts, derived anew and written to the database; and read back, ready to be asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import polars as pl

from smarketing.actions.across import HeldTables, later
from smarketing.actions.aside import aside
from smarketing.actions.pieces import in_pieces, put
from smarketing.actions.settled import Settled, settle
from smarketing.actions.workspace import Workspace
from smarketing.agreement.models import Agreement
from smarketing.agreement.sequence import in_force_by
from smarketing.backends.live import Replayer, kept_replayer
from smarketing.backends.local import replay
from smarketing.derivations.replay import OF_LEADS
from smarketing.journal.small_tables import read_small_tables
from smarketing.records.derived import (
    Changes,
    State,
    current_state,
    load_changes,
    load_derived_in,
    refreshing,
    replace_derived,
    snapshot,
)
from smarketing.records.facts import load_facts
from smarketing.records.lives import tellings_of, tied_leads
from smarketing.records.work import nothing_waits
from smarketing.reports.explain.life import ids_in, keep_alone, profiles_under, share_ids
from smarketing.reports.leads import KEPT, leads
from smarketing.reports.outcome import Outcome
from smarketing.vocabulary.errors import OutsideError
from smarketing.vocabulary.tables import INSTANT

STORED = ("stage_entries", "handoffs", "clocks")
"""The derived tables that are kept as they are; receipts are not, one life at a time is replayed (see `open_life`), and what takes all
leads together is made of these by who reads (see `across`)."""
UNITED, LIVES = "united", "lives"
"""Which ids go by another one; and of each lead how many `facts` its life has, and from when on its rows are others by time alone."""
OF_A_LIFE = ("reps", "absences", "rates")
"""The small tables that one life needs: whose working hours there are, and what foreign money is worth."""
ATTEMPTS = 5
MOST_CHANGES = 20_000
"""Of more leads than that, reading everything is quicker than reading what changed."""


def refresh(workspace: Workspace, as_of: datetime | None = None) -> State:
    """Derive everything anew as of an instant (left out: now) and put it in the place of what is there, in one transaction.

    The workspace is open. Raises DocumentError for an agreement or a small table with problems.
    """
    with refreshing():
        return derive_anew(workspace, as_of or workspace.now())


def derive_anew(workspace: Workspace, as_of: datetime) -> State:
    """What follows from all facts that are committed now. To be called inside `refreshing`."""
    stamp, versions = workspace.stamp(), workspace.agreements()
    with snapshot(reading=False) as name:
        facts = load_facts(name)
        settled = settle(facts, as_of)
        tables, next_at = _tables(workspace, versions, facts, settled)
        state = State(
            0, as_of, tuple(version.id for version in versions), stamp, settled.facts.height, written_at=datetime.now(UTC)
        )
        state = replace_derived(tables_of_leads(workspace, versions, tables, settled, next_at), state)
        nothing_waits()
    return state


def _tables(
    workspace: Workspace, versions: list[Agreement], facts: pl.DataFrame, settled: Settled
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """The tables of all leads; and for each when it will be another one, where time passes."""
    if not workspace.stands_still:
        updated = Replayer(versions, tables_in=workspace.small_tables()).update(facts, as_of=settled.as_of)
        return updated.tables, updated.next_at
    small = workspace.small_tables()
    outcome = replay(settled.facts, versions, settled.as_of, tables=OF_LEADS, tables_in=small)
    return outcome.tables, pl.DataFrame(schema={"lead_id": pl.String, "next_at": INSTANT})


def tables_of_leads(
    workspace: Workspace, versions: Sequence[Agreement], tables: dict[str, pl.DataFrame], settled: Settled, next_at: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Everything that is kept lead by lead, of the leads that these settled facts are about."""
    small = read_small_tables(workspace.small_tables())
    begun = in_force_by(versions, settled.as_of)
    outcome = Outcome(begun[-1], settled.as_of, tables, settled.facts.lazy(), small, united=settled.united, versions=begun)
    counted = settled.facts.group_by("lead_id").agg(facts=pl.len().cast(pl.Int64))
    lives = counted.join(next_at.cast({"next_at": INSTANT}), on="lead_id", how="full", coalesce=True)
    lives = lives.with_columns(pl.col("facts").fill_null(0)).sort("lead_id")
    return {name: tables[name] for name in STORED} | {KEPT: leads(outcome), UNITED: settled.united, LIVES: lives}


class Loaded(Outcome):
    """An outcome out of the database: it knows the serial of its state, so that what changed since can be read alone.

    `changed`: the leads whose rows are others than in the outcome that it was made of, and `told` their facts; None where that is not
    known. `stamp`: of what stood beside the facts when it was derived.
    """

    serial: int = 0
    stamp: str = ""
    changed: frozenset[str] | None = None
    told: pl.DataFrame | None = None


def load_following(workspace: Workspace, before: Outcome | None = None) -> Loaded:
    """The latest state as an outcome that can be asked: tables out of the database, `facts` in memory, receipts left out.

    `before`: an earlier one; where it is known what changed since then, only that is read and put into its place. Without a state,
    or under other agreements than it was derived by, a refresh comes first. The workspace is open.
    """
    for _ in range(ATTEMPTS):
        versions = workspace.agreements()
        state = current_state()
        if state is not None and state.versions == tuple(version.id for version in versions):
            found = _advanced(workspace, versions, before) if isinstance(before, Loaded) else None
            found = found or _whole(workspace, versions)
            if found is not None:
                return found
            continue  # the agreement was changed between two looks
        refresh(workspace)
    raise OutsideError("the agreement is changed faster than what follows from it can be derived; try again when it is done")


def _whole(workspace: Workspace, versions: list[Agreement]) -> Loaded | None:
    """Everything as of one snapshot; None where it was derived by other agreements by now."""
    with snapshot() as name:
        found = load_derived_in(name)
        facts = load_facts(name, followed=True)
    if found is None or found[0].versions != tuple(version.id for version in versions):
        return None
    state, tables = found[0], {name: in_pieces(table) for name, table in found[1].items()}
    small = read_small_tables(workspace.small_tables())
    settled = settle(facts, state.as_of)
    return _outcome(small, versions, state, tables, settled._replace(facts=in_pieces(settled.facts)))


def _advanced(workspace: Workspace, versions: list[Agreement], before: Loaded) -> Loaded | None:
    """An earlier outcome with what changed since; None where that is not known, or too much."""
    if [version.id for version in before.versions] != [version.id for version in in_force_by(versions, before.as_of)]:
        return None
    with snapshot():
        changes = load_changes(before.serial, most=MOST_CHANGES)
        if changes is None or changes.state.versions != tuple(version.id for version in versions):
            return None
        aside.give_way()
        ids = {*changes.leads, *(changes.tables[UNITED]["id"].to_list() if changes.leads else ())}
        tied = tied_leads(ids, most=MOST_CHANGES)
        if tied is None:
            return None
        aside.give_way()
        told = tellings_of(tied, followed=True)
    aside.give_way()
    settled = settle(told, changes.state.as_of)
    aside.give_way()
    return _merged(workspace, versions, before, changes, settled)


def _merged(workspace: Workspace, versions: list[Agreement], before: Loaded, changes: Changes, settled: Settled) -> Loaded:
    tables = dict(dict.items(before.tables)) | {UNITED: before.united}
    for name in (name for name in changes.tables if name in tables):
        aside.give_way()
        tables[name] = put(tables[name], changes.leads, changes.tables[name])
    told, facts = settled.facts.filter(pl.col("lead_id").is_in(changes.leads)), before.facts.collect()
    if changes.leads:
        aside.give_way()
        facts = put(facts, changes.leads, told)
    small = before.small if changes.state.stamp == before.stamp else read_small_tables(workspace.small_tables())
    tables = {name: tables[name] for name in (*STORED, KEPT, UNITED)}
    outcome = _outcome(small, versions, changes.state, tables, Settled(changes.state.as_of, facts, tables[UNITED]))
    outcome.changed, outcome.told = frozenset(changes.leads), told
    return outcome


def open_life(outcome: Outcome, lead_id: str) -> Outcome:
    """One lead's life with its receipt: the tables of this lead alone, replayed from its settled facts.

    `lead_id` may be any id that the lead goes by. Nothing is in the tables where there is no such lead.
    """
    own = ids_in(outcome).own.get(lead_id, lead_id)
    return open_life_of(outcome, outcome.facts.filter(pl.col("lead_id") == own).collect(), outcome.as_of)


def open_life_of(outcome: Outcome, facts: pl.DataFrame, as_of: datetime) -> Outcome:
    """The same of settled facts of one lead, which may know more than the outcome does, as of an instant not before its own."""
    agreement, versions = outcome.agreement, outcome.versions
    tables = replayer_of_a_life(outcome).tables_of(facts, as_of=as_of)
    life = Outcome(agreement, as_of, tables, facts.lazy(), outcome.small, united=outcome.united, versions=versions)
    keep_alone(life, facts)
    share_ids(life, outcome)
    return life


def warm_lives(outcome: Outcome, leads: Collection[str]) -> None:
    """Replay these lives together, so that whoever opens one of them, or one like them, finds the rules warm."""
    facts = outcome.facts.filter(pl.col("lead_id").is_in(list(leads))).sort("lead_id", "at", "fact_id").collect()
    if facts.is_empty():
        return
    replayer_of_a_life(outcome).tables_of(facts, as_of=outcome.as_of)
    told = facts.filter(pl.col("kind") == "profile_changed")
    whose = told["lead_id"].rle_id().to_list()
    profiles_under(outcome.versions).follow([text or "{}" for text in told["properties"].to_list()], whose)


def replayer_of_a_life(outcome: Outcome) -> Replayer:
    """The rules of this state, warm from the one before where they are the same."""
    return outcome.once("replayer of a life", lambda: _replayer_of_a_life(outcome))


def _replayer_of_a_life(outcome: Outcome) -> Replayer:
    return kept_replayer(outcome.versions, {name: outcome.small[name] for name in OF_A_LIFE if name in outcome.small})


def _outcome(
    small: dict[str, pl.DataFrame], versions: Sequence[Agreement], state: State, tables: dict[str, pl.DataFrame], settled: Settled
) -> Loaded:
    begun = in_force_by(versions, state.as_of)
    kept = HeldTables({name: frame for name, frame in tables.items() if name in {*STORED, KEPT}})
    outcome = Loaded(
        begun[-1], state.as_of, kept, settled.facts.lazy(), small, united=settled.united.select("id", "lead_id"), versions=begun
    )
    outcome.serial, outcome.stamp = state.serial, state.stamp
    later(outcome, kept)
    return outcome
