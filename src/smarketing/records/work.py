"""What is still to be done, and who does it: facts from which nothing follows yet, and the workers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, models


class Arrival(models.Model):
    """A telling of a fact from which what follows is not derived yet; the database writes a row with each of them.

    `telling` is its `id` among the facts, or among those set `aside`. A row without a telling: personal values of the lead changed.
    The row goes in the transaction that writes what follows, so facts and derived rows that are read together belong together.
    """

    lead_id = models.TextField(db_collation="C")
    fact_id = models.TextField(db_collation="C", null=True)
    telling = models.BigIntegerField(null=True)
    aside = models.BooleanField(default=False)
    arrived_at = models.DateTimeField()

    class Meta:
        """The telling is how a reader finds out that it is too early for it."""

        db_table = "arrival"
        indexes = (models.Index(fields=["telling"], name="arrival_of_telling"),)


class Worker(models.Model):
    """A worker that runs or ran: `seen_at` is the last sign of life, `stopped_at` says that it went in peace."""

    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    version = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        """The latest sign of life first."""

        db_table = "worker"
        ordering = ("-seen_at",)


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
    Worker.objects.filter(seen_at__lt=at - timedelta(days=7)).delete()
    return Worker.objects.create(host=host, pid=pid, version=version, started_at=at, seen_at=at)


def sign_of_life(worker: Worker, at: datetime, *, stopped: bool = False) -> None:
    """Note that the worker lives, or that it ends now."""
    Worker.objects.filter(pk=worker.pk).update(seen_at=at, stopped_at=at if stopped else None)


def latest_worker() -> Worker | None:
    """The worker that was seen last; one that still runs goes before those that said goodbye."""
    return Worker.objects.order_by(models.F("stopped_at").desc(nulls_first=True), "-seen_at").first()
