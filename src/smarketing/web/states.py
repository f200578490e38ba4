"""The states of a workspace, as `held` asks for them: out of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from smarketing.web.held import Held, keeper

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace
    from smarketing.reports.outcome import Outcome

LIVES_WARMED = 500
"""So many lives are replayed before somebody asks; they hold most of what the lives of others are made of."""


class States:
    """What the latest refresh left in the database of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def serial(self) -> int:
        """The number of the latest state, 0 before the first."""
        return _with_a_fresh_connection(_serial)

    def load(self, before: Outcome | None) -> Outcome | None:
        """The latest state; None while there is not a fact. Of the one held `before`, what stayed the same is taken over."""
        from smarketing.actions.aside import aside
        from smarketing.actions.refresh import load_following
        from smarketing.reports.handed import doubts
        from smarketing.reports.inbox.kept import take_over
        from smarketing.reports.person import consent

        outcome = load_following(self.workspace, before)
        if before is not None and outcome.changed is not None:
            for _ in take_over(before, outcome, outcome.changed, outcome.told):
                aside.give_way()
            doubts.take_over(before, outcome, outcome.changed)
            aside.give_way()
            consent.take_over(before, outcome, outcome.changed, outcome.told)
            aside.give_way()
        return outcome if outcome is not None and outcome.table("stage_entries").height else None


def place() -> Workspace:
    """The workspace whose states this process holds."""
    source = keeper().source
    assert isinstance(source, States), "the states that are held come from no workspace"
    return source.workspace


def refresh_now() -> None:
    """Bring what follows from the facts up to date, or wait for the worker that is at it, and hold it."""
    from smarketing.actions.live.follow import follow_and_wait

    follow_and_wait(place())
    keeper().look()


def _serial() -> int:
    from smarketing.records.derived import current_state

    state = current_state()
    return state.serial if state else 0


def _with_a_fresh_connection(ask: Callable[[], int]) -> int:
    """The answer; a connection that broke meanwhile (the database was started anew) is opened again, once."""
    from django.db import OperationalError, close_old_connections, connection

    close_old_connections()
    try:
        return ask()
    except OperationalError:
        connection.close()
        return ask()


def warm(held: Held) -> None:
    """Ask of a state what pages will ask, so that nobody waits for it: what a life needs, and of the first one what the first page does."""
    outcome = held.outcome
    if outcome is None:
        return
    ready_for_lives(outcome)
    if getattr(outcome, "changed", None) is not None:
        return
    from smarketing.reports.leads import leads
    from smarketing.web.periods import quarter_of

    leads(outcome)
    today = outcome.as_of.astimezone(ZoneInfo(outcome.agreement.timezone)).date()
    held.answer(outcome, "scoreboard", period=quarter_of(today))


def ready_for_lives(outcome: Outcome) -> None:
    """What the life of every lead is made with, whoever it is."""
    from smarketing.actions.refresh import replayer_of_a_life
    from smarketing.reports.explain.life import ids_in

    replayer_of_a_life(outcome)
    ids_in(outcome)


def prepare_lives() -> None:
    """Read who may be contacted, order the inboxes and replay the lives of the latest hand-offs, so that nobody waits for that.

    For a thread, when the pages are answered already.
    """
    from smarketing.actions.refresh import open_life, warm_lives
    from smarketing.reports.inbox.order import numbers
    from smarketing.reports.leads import leads
    from smarketing.reports.person.consent import consents

    outcome = keeper().now.outcome
    if outcome is not None:
        consents(outcome)
        numbers(outcome)
    known = leads(outcome)["lead_id"] if outcome is not None else None
    if outcome is not None and known is not None and len(known):
        open_life(outcome, known[0])
        latest = leads(outcome).select("lead_id", "handed_at").sort("handed_at", descending=True, nulls_last=True)
        warm_lives(outcome, latest["lead_id"].head(LIVES_WARMED).to_list())
