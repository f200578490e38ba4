"""How a workspace is: who works, what waits, how old what the pages show is; and what of that is an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

SILENT_AFTER = timedelta(seconds=10)
"""A worker that gave no sign of life for so long counts as stopped."""
WAITS_TOO_LONG = timedelta(seconds=60)
"""A fact that waits for so long is an alarm; a few seconds are usual."""
OLD_AFTER = timedelta(minutes=5)
"""What follows is brought up to date every minute; so much without is an alarm."""


class Alarm(NamedTuple):
    """Something that somebody has to do something about: a code for monitors, what is wrong, and what to do."""

    code: str
    said: str
    mend: str

    @property
    def parts(self) -> tuple[str, str]:
        """What is wrong in one sentence, and the rest."""
        first, _, rest = self.said.partition(". ")
        return f"{first.rstrip('.')}.", rest


@dataclass(frozen=True)
class Status:
    """How a workspace is `at` an instant of the clock.

    `working`: whether a worker gives signs of life, `since` when it does, `seen_at` its last one, `worker` which one it is. `waiting`: tellings of
    facts from which nothing follows yet, `oldest_at`: since when the first of them waits. `serial`, `as_of`, `facts`: of the latest
    state; `refreshed_at`: when it was written. `still`: the workspace stands still at a time of its settings. `versions`: of the
    product and PostgreSQL; `agreements`: the ids in sequence that the state follows from.
    """

    at: datetime
    working: bool
    since: datetime | None
    seen_at: datetime | None
    worker: str | None
    waiting: int
    oldest_at: datetime | None
    serial: int
    as_of: datetime | None
    facts: int
    refreshed_at: datetime | None
    still: bool
    versions: dict[str, str]
    agreements: tuple[str, ...]

    @property
    def oldest_seconds(self) -> float:
        """How long the oldest fact waits; 0 where none does."""
        return max(0.0, (self.at - self.oldest_at).total_seconds()) if self.oldest_at else 0.0

    @property
    def alarms(self) -> list[Alarm]:
        """What is wrong, the cause before the effect."""
        return [alarm for alarm in (self._stopped(), self._waits(), self._old()) if alarm is not None]

    def _stopped(self) -> Alarm | None:
        if self.working:
            return None
        last = f"It gave its last sign of life {ago(self.at, self.seen_at)} ago" if self.seen_at else "It never ran"
        said = f"The worker is stopped. {last}: facts are taken in and kept, what follows from them stays as it is."
        return Alarm("worker_stopped", said, "Start it with smarketing serve, or with smarketing worker beside smarketing web.")

    def _waits(self) -> Alarm | None:
        if self.oldest_seconds < WAITS_TOO_LONG.total_seconds():
            return None
        said = f"{self.waiting:,} facts wait, the oldest for {ago(self.at, self.oldest_at)}."
        return Alarm("facts_wait", said, "A long import passes by itself; else the log of the worker says why.")

    def _old(self) -> Alarm | None:
        if self.still or self.refreshed_at is None or self.at - self.refreshed_at < OLD_AFTER:
            return None
        said = f"What the pages show is from {ago(self.at, self.refreshed_at)} ago."
        return Alarm("not_refreshed", said, "The log of the worker says why; often an agreement or a small table has a mistake.")

    def to_dict(self) -> dict[str, Any]:
        """The same for programs; instants are ISO 8601."""
        return {
            "status": "alarm" if self.alarms else "ok",
            "alarms": [alarm._asdict() for alarm in self.alarms],
            "worker": {"alive": self.working, "since": _iso(self.since), "seen_at": _iso(self.seen_at), "where": self.worker},
            "queue": {"facts": self.waiting, "oldest_seconds": round(self.oldest_seconds, 3)},
            "state": {"serial": self.serial, "as_of": _iso(self.as_of), "facts": self.facts, "refreshed_at": _iso(self.refreshed_at)},
            "versions": self.versions,
            "agreements": list(self.agreements),
        }  # fmt: skip


def status(workspace: Workspace) -> Status:
    """How the open workspace is now."""
    from smarketing.records.derived import current_state
    from smarketing.records.work import latest_worker, server_version, waiting

    state, worker, (number, oldest_at), now = current_state(), latest_worker(), waiting(), datetime.now(UTC)
    alive = worker is not None and worker.stopped_at is None and now - worker.seen_at < SILENT_AFTER
    return Status(
        at=now, working=alive, since=worker.started_at if worker and alive else None, seen_at=worker.seen_at if worker else None,
        worker=f"process {worker.pid} on {worker.host}" if worker else None, waiting=number, oldest_at=oldest_at,
        serial=state.serial if state else 0, as_of=state.as_of if state else None, facts=state.facts if state else 0,
        refreshed_at=state.written_at if state else None, still=workspace.stands_still,
        versions={"smarketing": version("smarketing"), "postgresql": server_version()}, agreements=state.versions if state else (),
    )  # fmt: skip


def ago(at: datetime, since: datetime | None) -> str:
    """`8 seconds`, `3 minutes`, `2 hours`, `5 days`."""
    seconds = (at - since).total_seconds() if since else 0.0
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}s"
    return f"{max(0, round(seconds))} second{'' if round(seconds) == 1 else 's'}"


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
