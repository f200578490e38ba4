"""The demo's company lives on while somebody looks: its facts come at the time of its own clock, and visitors are not overruled."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from smarketing.actions.clock import Clock, read_clock, write_clock
from smarketing.actions.demo_life import AHEAD, after_the_night, begins_at, beside_visitors, live_until, living, parted
from smarketing.actions.init import make_workspace
from smarketing.journal.fact import FACT_SCHEMA

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 16, 8, 30, tzinfo=UTC)


def facts(*rows: tuple[str, str, int, str, str | None]) -> pl.DataFrame:
    """Facts by id, lead, minutes after Monday half past nine, kind and actor; each becomes known a minute later."""
    told = [
        {
            "fact_id": fact_id, "lead_id": lead, "at": MONDAY + timedelta(minutes=after), "recorded_at": MONDAY + timedelta(minutes=after + 1),
            "kind": kind, "actor": actor, "properties": "{}", "source": "test",
        }
        for fact_id, lead, after, kind, actor in rows
    ]  # fmt: skip
    return pl.DataFrame(told, schema=FACT_SCHEMA)


WEEK = facts(
    ("a", "ada", -90, "page_viewed", None),
    ("b", "ada", 10, "assigned", None),
    ("c", "ada", 20, "call_made", "anna@example.com"),
    ("d", "bob", 20, "call_made", "ben@example.com"),
    ("e", "bob", 30, "page_viewed", None),
)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-16T10:00", "2026-11-16T10:00"),
        ("2026-11-16T18:59", "2026-11-16T18:59"),
        ("2026-11-16T19:00", "2026-11-17T07:30"),
        ("2026-11-17T03:00", "2026-11-17T07:30"),
        ("2026-11-20T19:30", "2026-11-23T07:30"),
        ("2026-11-22T12:00", "2026-11-23T07:30"),
    ],
)
def test_nights_and_weekends_pass_at_once(now: str, then: str) -> None:
    local = [datetime.fromisoformat(text).replace(tzinfo=BERLIN) for text in (now, then)]
    assert after_the_night(local[0].astimezone(UTC), BERLIN) == local[1]


def test_its_week_begins_on_monday_and_what_is_not_known_then_is_still_to_come() -> None:
    begin = begins_at(date(2026, 11, 21), "Europe/Berlin")
    assert begin == MONDAY
    known, ahead = parted(WEEK, begin)
    assert known["fact_id"].to_list() == ["a"]
    assert ahead["fact_id"].to_list() == ["b", "c", "d", "e"]


def test_a_clock_of_its_own_passes_so_many_times_as_fast(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    assert abs(workspace.now() - datetime.now(UTC)) < timedelta(minutes=5)
    since = datetime.now(UTC) - timedelta(seconds=60)
    write_clock(workspace.data, Clock(MONDAY, since, 30))
    assert timedelta(minutes=30) <= workspace.now() - MONDAY < timedelta(minutes=120)
    assert workspace.speed == 30
    assert not workspace.stands_still


def test_how_long_something_took_is_what_it_took_for_whoever_sat_there(tmp_path: Path) -> None:
    """30 times as fast as ours, and what it leapt over took no time; also once it stands still."""
    workspace = make_workspace(tmp_path / "w")
    hour = timedelta(hours=1)
    assert workspace.felt(MONDAY, MONDAY + hour) == hour, "control: a workspace that goes by our time"
    clock = Clock(MONDAY, datetime(2026, 11, 30, 8, tzinfo=UTC), 30)
    write_clock(workspace.data, clock)
    assert workspace.felt(MONDAY, MONDAY + hour) == timedelta(minutes=2)
    leapt = clock.put(MONDAY + 13 * hour, clock.since + timedelta(minutes=2))
    assert leapt.skipped == ((MONDAY + hour, MONDAY + 13 * hour),)
    assert leapt.put(MONDAY + 14 * hour, clock.since + timedelta(minutes=4)).skipped == leapt.skipped, (
        "control: nothing was leapt over"
    )
    for one in (leapt, leapt.stopped(clock.since + timedelta(minutes=4))):
        write_clock(workspace.data, one)
        assert workspace.felt(MONDAY, MONDAY + 14 * hour) == timedelta(minutes=4)
        assert workspace.felt(MONDAY + 2 * hour, MONDAY + 12 * hour) == timedelta(0)
        assert workspace.felt(MONDAY + 2 * hour, MONDAY + 13.5 * hour) == timedelta(minutes=1)


@pytest.mark.postgres
@pytest.mark.usefixtures("empty_records")
def test_a_night_that_passed_at_once_is_remembered_as_one_that_took_no_time(tmp_path: Path) -> None:
    _, ahead = parted(facts(("late", "ada", 5 * 24 * 60, "page_viewed", None)), MONDAY)
    evening = MONDAY + timedelta(hours=9, minutes=45)
    write_clock(tmp_path, Clock(evening, datetime.now(UTC), 30))
    assert live_until(tmp_path, ahead, MONDAY, BERLIN) == datetime(2026, 11, 17, 6, 30, tzinfo=UTC)
    clock = read_clock(tmp_path)
    assert clock is not None
    ((begin, end),) = clock.skipped
    assert evening <= begin < evening + timedelta(minutes=30)
    assert end == clock.as_of


@pytest.mark.postgres
@pytest.mark.usefixtures("empty_records")
def test_what_happened_by_then_comes_in_once_and_at_the_end_time_stands_still(tmp_path: Path) -> None:
    from smarketing.records.models import Fact

    def there() -> list[str]:
        return sorted(Fact.objects.values_list("fact_id", flat=True))

    _, ahead = parted(WEEK, MONDAY)
    write_clock(tmp_path, Clock(MONDAY, datetime.now(UTC) - timedelta(minutes=1), 21.5))
    now = live_until(tmp_path, ahead, MONDAY, BERLIN)
    assert there() == ["b", "c", "d"]
    again = live_until(tmp_path, ahead, MONDAY, BERLIN)
    assert there() == ["b", "c", "d"]
    assert again >= now
    write_clock(tmp_path, Clock(MONDAY, datetime.now(UTC) - timedelta(hours=9), 30))
    end = live_until(tmp_path, ahead, now, BERLIN)
    assert there() == ["b", "c", "d", "e"]
    assert end == MONDAY + timedelta(minutes=31)
    clock = read_clock(tmp_path)
    assert clock is not None
    assert clock.speed == 0


@pytest.mark.postgres
@pytest.mark.usefixtures("empty_records")
def test_visitors_are_not_overruled_and_the_one_who_got_a_lead_works_it() -> None:
    from smarketing.records.acts import Act
    from smarketing.records.routing import Routed

    assert beside_visitors(WEEK).equals(WEEK)
    Routed.objects.create(lead_id="ada", cycle=1, rep="carla@example.com", asked_at=MONDAY, routed_at=MONDAY)
    lives = {row["fact_id"]: row["actor"] for row in beside_visitors(WEEK).to_dicts()}
    assert lives == {"a": None, "c": "carla@example.com", "d": "ben@example.com", "e": None}
    Act.objects.create(key="k", verb="accepted", lead_id="bob", at=MONDAY, digest="")
    assert beside_visitors(WEEK)["fact_id"].to_list() == ["a", "c", "e"]


@pytest.mark.postgres
@pytest.mark.usefixtures("empty_records")
def test_to_whom_a_rep_passed_a_lead_on_that_one_goes_on_with_it() -> None:
    from smarketing.records.facts import store_facts
    from smarketing.records.routing import Routed

    week = facts(
        ("a", "ada", 10, "call_made", "anna@example.com"),
        ("b", "ada", 20, "assigned", "anna@example.com"),
        ("c", "ada", 30, "meeting_held", "frida@example.com"),
        ("d", "ada", 40, "opportunity_won", "frida@example.com"),
    ).with_columns(properties=pl.when(kind="assigned").then(pl.lit('{"to": "frida@example.com"}')).otherwise("properties"))
    Routed.objects.create(lead_id="ada", cycle=1, rep="carla@example.com", asked_at=MONDAY, routed_at=MONDAY)
    carla, frida = "carla@example.com", "frida@example.com"
    assert beside_visitors(week)["actor"].to_list() == [carla, carla, frida, frida]
    assert beside_visitors(week[2:])["actor"].to_list()[0] == carla, "control: nobody knows that it was passed on"
    store_facts(week[:2])
    assert beside_visitors(week[2:])["actor"].to_list() == [frida, frida]


@pytest.mark.postgres
@pytest.mark.usefixtures("empty_records")
def test_whom_the_old_router_assigned_leads_to_is_left_out() -> None:
    """The workspace routes them itself; what a person assigned, or another program, stays."""
    old = WEEK.with_columns(source=pl.when(pl.col("fact_id") == "b").then(pl.lit("routing")).otherwise("source"))
    assert beside_visitors(old)["fact_id"].to_list() == ["a", "c", "d", "e"]
    assert beside_visitors(WEEK)["fact_id"].to_list() == ["a", "b", "c", "d", "e"]
    assert beside_visitors(old.with_columns(actor=pl.lit("sam@example.com")))["fact_id"].to_list() == ["a", "b", "c", "d", "e"]


@pytest.mark.postgres
@pytest.mark.usefixtures("empty_records")
def test_it_goes_on_where_it_was_left_however_that_was(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    with living(workspace, speed=30):
        assert read_clock(workspace.data) is None, "a workspace without a clock of its own is left alone"
    long_ago = datetime.now(UTC) - timedelta(days=3)
    write_clock(workspace.data, Clock(MONDAY, long_ago, 30))  # as a killed server leaves it
    parted(WEEK, MONDAY)[1].write_parquet(workspace.data / AHEAD)
    with living(workspace, speed=30):
        assert workspace.now() < MONDAY + timedelta(minutes=10)
    clock = read_clock(workspace.data)
    assert clock is not None
    assert clock.speed == 0
    assert MONDAY <= clock.as_of < MONDAY + timedelta(minutes=10)
