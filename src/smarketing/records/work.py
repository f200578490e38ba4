"""What is still to be done, and who does it: facts from which nothing follows yet, and the workers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

if TYPE_CHECKING:
    from smarketing.records.models import Worker


class Waiting(NamedTuple):
    """The queue: how many tellings wait, and when the oldest of them came (None: none waits)."""

    number: int
    oldest_at: datetime | None


def waiting() -> Waiting:
    """What nothing followed from so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(arrived_at) FROM arrival")
        number, oldest_at = cursor.fetchone() or (0, None)
    return Waiting(number, oldest_at)


def anything_waits() -> bool:
    """Whether a telling waits, found out without counting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM arrival)")
        return bool((cursor.fetchone() or (False,))[0])


def begin_work(*, host: str, pid: int, version: str, at: datetime) -> Worker:
    """Note that a worker begins; what workers of long ago left is cleared away."""
    from smarketing.records.models import Worker

    Worker.objects.filter(seen_at__lt=at - timedelta(days=7)).delete()
    return Worker.objects.create(host=host, pid=pid, version=version, started_at=at, seen_at=at)


def sign_of_life(worker: Worker, at: datetime, *, stopped: bool = False) -> None:
    """Note that the worker lives, or that it ends now."""
    type(worker).objects.filter(pk=worker.pk).update(seen_at=at, stopped_at=at if stopped else None)


def latest_worker() -> Worker | None:
    """The worker that was seen last; one that still runs goes before those that said goodbye."""
    from django.db.models import F

    from smarketing.records.models import Worker

    return Worker.objects.order_by(F("stopped_at").desc(nulls_first=True), "-seen_at").first()


def arrived(*, most: int) -> list[tuple[int, str]]:
    """What waits: number and lead of each row, at most so many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, lead_id FROM arrival LIMIT %s", [most])
        return [(number, lead_id) for number, lead_id in cursor.fetchall()]


def has_arrived(numbers: list[int]) -> None:
    """What follows from these is derived: they wait no more, once the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM arrival WHERE id = ANY(%s)", [numbers])


def nothing_waits() -> None:
    """What follows from everything that this transaction sees is derived."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM arrival")


def server_version() -> str:
    """Which PostgreSQL it is, such as 18.1."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str((cursor.fetchone() or ("",))[0]).split()[0]
