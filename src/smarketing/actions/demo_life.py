"""The life of the demo's company: what happens in its last week happens while somebody looks, at the time of its own clock.

What its reps do is left out for leads that a visitor acts on, and is done by whoever the lead was routed to.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from smarketing.actions.clock import read_clock, write_clock
from smarketing.actions.workspace import Workspace
from smarketing.vocabulary.kinds import HANDOVER, SALES_ACTS

AHEAD = "ahead.parquet"
COMES = "comes"
"""The column of the facts ahead that says when the company gets to know of each."""
STEP_SECONDS = 0.5
WORKS_FROM, WORKS_TO = time(7, 30), time(19, 0)
"""Nights and weekends pass at once: nobody would look at them."""
SATURDAY = 5
logger = logging.getLogger(__name__)


def begins_at(last_day: date, zone: str) -> datetime:
    """When its last week begins: half past nine on Monday."""
    monday = last_day - timedelta(days=last_day.weekday())
    return datetime.combine(monday, time(9, 30), ZoneInfo(zone)).astimezone(UTC)


def parted(facts: pl.DataFrame, begin: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The facts that are known when the last week begins, and those that come, in order, with COMES."""
    comes = pl.max_horizontal("at", "recorded_at")
    known = facts.filter(comes <= begin)
    return known, facts.filter(comes > begin).with_columns(comes.alias(COMES)).sort(COMES, "fact_id")


@contextmanager
def living(workspace: Workspace, *, speed: float) -> Iterator[None]:
    """Meanwhile time passes in the company, so many times as fast as ours, and what happens there comes in as facts."""
    data, stopped = workspace.data, threading.Event()
    before = read_clock(data)
    if before is None or not (data / AHEAD).is_file():
        yield
        return
    begins = replace(before, since=datetime.now(UTC), speed=speed)  # it stood still while nobody served it, however it ended
    write_clock(data, begins)
    thread = threading.Thread(target=_live, args=(workspace, before.as_of, stopped), name="company", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(STEP_SECONDS * 20)
        _stop(data)


def _live(workspace: Workspace, known_until: datetime, stopped: threading.Event) -> None:
    from django.db import Error, connection

    ahead = pl.read_parquet(workspace.data / AHEAD)
    zone = ZoneInfo(workspace.agreements()[-1].timezone)
    while not stopped.wait(STEP_SECONDS):
        try:
            known_until = live_until(workspace.data, ahead, known_until, zone)
        except (Error, OSError):
            logger.warning("The company of the demo could not live on for a moment", exc_info=True)
            connection.close()
    connection.close()


def live_until(data: Path, ahead: pl.DataFrame, known_until: datetime, zone: ZoneInfo) -> datetime:
    """Take in what happened up to now by the company's clock; that now. At the end of its last week the clock stops."""
    from smarketing.actions.live.calling import call_worker
    from smarketing.records.facts import store_facts

    clock = read_clock(data)
    assert clock is not None
    real = datetime.now(UTC)
    last = ahead[COMES].max()
    assert isinstance(last, datetime)
    now = min(after_the_night(clock.at(real), zone), last)
    came = ahead.filter((pl.col(COMES) > known_until) & (pl.col(COMES) <= now)).drop(COMES)
    if came.height:
        store_facts(beside_visitors(came))
        call_worker()
    put = clock.put(now, real)
    write_clock(data, put if now < last else put.stopped(real))
    return now


def after_the_night(now: datetime, zone: ZoneInfo) -> datetime:
    """The same instant in working hours, else when work begins next."""
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=local.time() >= WORKS_TO)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return max(now, datetime.combine(day, WORKS_FROM, zone).astimezone(UTC))


def beside_visitors(came: pl.DataFrame) -> pl.DataFrame:
    """What reps do, but for leads that visitors of the demo act on; and by those to whom leads were routed meanwhile.

    Whom the company's old router assigned leads to is left out: the workspace routes them itself. To whom a rep passed a lead on, that one goes on with it.
    """
    from smarketing.records.acts import Act
    from smarketing.records.routing import Routed

    leads = came["lead_id"].unique().to_list()
    touched = list(Act.objects.filter(lead_id__in=leads).values_list("lead_id", flat=True).distinct())
    routed = dict(Routed.objects.filter(lead_id__in=leads, rep__isnull=False).order_by("round").values_list("lead_id", "rep"))
    work = pl.col("kind").is_in(sorted({*SALES_ACTS, *HANDOVER}))
    by_itself = (pl.col("kind") == "assigned") & pl.col("actor").is_null()
    again = by_itself & (pl.col("lead_id").is_in(list(routed)) | (pl.col("source") == "routing"))
    sales = pl.col("actor").is_not_null() & work & ~pl.col("kind").is_in(["passed", "held"])
    by_them = came.filter(~(work & pl.col("lead_id").is_in(touched)) & ~again)
    if not routed:
        return by_them
    new = pl.col("lead_id").replace_strict(routed, default=pl.col("actor"), return_dtype=pl.String)
    passed_on = pl.struct("lead_id", pl.col("actor").alias("to")).is_in(_passed_on(came, leads).to_struct().implode())
    return by_them.with_columns(actor=pl.when(sales & ~passed_on).then(new).otherwise(pl.col("actor")))


def _passed_on(came: pl.DataFrame, leads: list[str]) -> pl.DataFrame:
    """`lead_id`, `to`: what people assigned to whom, so far or just now."""
    from django.db import connection

    said = pl.col("properties").str.json_path_match("$.to").alias("to")
    now = came.filter((pl.col("kind") == "assigned") & pl.col("actor").is_not_null()).select("lead_id", said)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lead_id, properties ->> 'to' FROM fact WHERE kind = 'assigned' AND actor IS NOT NULL AND lead_id = ANY(%s)",
            [leads],
        )
        before = pl.DataFrame(cursor.fetchall(), schema=now.schema, orient="row")
    return pl.concat([now, before])


def _stop(data: Path) -> None:
    clock = read_clock(data)
    if clock is not None:
        write_clock(data, clock.stopped(datetime.now(UTC)))
