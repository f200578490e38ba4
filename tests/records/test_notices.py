"""Notices: each is told once, however many tell it; storms are one; what is old goes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smarketing.vocabulary.errors import UsageError
from tests.records.test_facts import run

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("empty_records")]
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
RITA = "rita@hart.example"
THREADS = 8


@pytest.fixture
def rita() -> Any:
    """A rep who may log in."""
    return somebody(RITA)


def somebody(email: str, **more: Any) -> Any:
    """A user of this address."""
    from smarketing.records.people import User

    return User.objects.create(email=email, name=email.partition("@")[0].capitalize(), **{"role": "sales", **more})


def said(key: str, **changed: Any) -> bool:
    """Rita is told something."""
    from smarketing.actions.notices import tell

    given: dict[str, Any] = {
        "kind": "assigned",
        "text": f"Lead {key}",
        "url": f"/leads/{key}",
        "lead_id": key,
        "now": NOW,
    } | changed
    return tell(given.pop("to", RITA), key=key, **given)


def all_at_once(each: Callable[[int], object]) -> None:
    """What each of eight threads does, begun by all at one time."""
    from django.db import connection

    gate = threading.Barrier(THREADS)

    def begin(number: int) -> None:
        gate.wait()
        try:
            each(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(begin, range(THREADS)))


def test_the_same_is_told_once(rita: Any) -> None:
    from smarketing.actions.notices import notices_of, unread

    assert [said("a"), said("a", text="Another text"), said("b")] == [True, False, True]
    assert [notice.text for notice in notices_of(rita)] == ["Lead b", "Lead a"]
    assert unread(rita) == 2


def test_eight_who_tell_the_same_at_once_tell_it_once(rita: Any) -> None:
    told: list[bool] = []
    all_at_once(lambda number: told.extend(said(f"k{key}", storm="" if key % 2 else "s") for key in range(30)))
    assert told.count(True) == 30
    assert run("SELECT sum(number), count(*) FROM notice") == [(30, 16)]
    assert run("SELECT count(*), count(DISTINCT key) FROM notice_merged") == [(15, 15)]


def test_without_being_alone_the_same_would_be_told_twice(rita: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: of eight who look first and write then, two meet, and the database refuses the second."""
    from django.db import IntegrityError

    from smarketing.records import notices

    ready = threading.Barrier(THREADS)
    monkeypatch.setattr(notices, "alone_for", lambda user: None)
    original = notices.Notice.objects.create

    def slow(**values: Any) -> Any:
        ready.wait()
        return original(**values)

    monkeypatch.setattr(notices.Notice.objects, "create", slow)
    with pytest.raises(IntegrityError):
        all_at_once(lambda number: said("a"))


def test_a_storm_is_one_notice_and_what_went_into_it_is_not_told_again(rita: Any) -> None:
    from smarketing.actions.notices import notices_of, unread

    for number in range(12):
        said(f"l{number}", storm="assigned", storm_url="/inbox", now=NOW + timedelta(seconds=number))
    assert [said(f"l{number}", storm="assigned") for number in range(12)] == [False] * 12
    (notice,) = notices_of(rita)
    assert (notice.text, notice.url, notice.number, notice.lead_id) == ("12 leads were assigned to you", "/inbox", 12, "")
    assert notice.created_at == NOW + timedelta(seconds=11)
    assert unread(rita) == 1


def test_a_storm_still_says_what_it_stands_for(rita: Any) -> None:
    from smarketing.actions.notices import merged_in, notices_of

    for number in range(12):
        said(f"l{number}", text=f"Won: {number}", url=f"/leads/l{number}", lead_id=f"l{number}", kind="won", storm="won")
    said("alone", kind="mention")
    found = notices_of(rita)
    (storm,) = (notice for notice in found if notice.number > 1)
    parts = {number: [(part.text, part.url, part.lead_id) for part in each] for number, each in merged_in(found, most=3).items()}
    assert parts == {storm.pk: [(f"Won: {number}", f"/leads/l{number}", f"l{number}") for number in (11, 10, 9)]}
    whole = [part.text for part in merged_in(found, most=100)[storm.pk]]
    assert sorted(whole) == sorted(f"Won: {number}" for number in range(12))


def test_a_storm_ends_when_it_is_read_or_mailed(rita: Any) -> None:
    from smarketing.actions.notices import notices_of, read
    from smarketing.records.notices import Notice

    said("a", storm="assigned")
    read(rita, now=NOW)
    said("b", storm="assigned")
    Notice.objects.filter(key="b").update(mailed_at=NOW)
    said("c", storm="assigned")
    assert [notice.text for notice in notices_of(rita)] == ["Lead c", "Lead b", "Lead a"]
    assert not said("b", storm="assigned")


def test_several_kinds_of_storm_stay_apart(rita: Any) -> None:
    from smarketing.actions.notices import notices_of

    for kind in ("assigned", "breach", "won", "mention", "check", "comment"):
        said(f"{kind}1", kind=kind, storm=kind)
        said(f"{kind}2", kind=kind, storm=kind)
    assert sorted(notice.text for notice in notices_of(rita)) == [
        "2 comments on your leads", "2 deals were won", "2 leads wait for marketing's check", "2 leads were assigned to you",
        "2 promises were broken", "You were mentioned 2 times",
    ]  # fmt: skip


def test_it_is_for_who_may_log_in_and_mailed_to_who_wants_it(rita: Any) -> None:
    somebody("gone@hart.example", is_active=False)
    somebody("quiet@hart.example", mails=False)
    assert not said("a", to="nobody@hart.example")
    assert not said("a", to="gone@hart.example")
    assert said("a", to="quiet@hart.example")
    assert said("a", to="RITA@hart.example")
    assert said("b", mail=False)
    assert run("SELECT key, mail_at FROM notice ORDER BY id") == [("a", None), ("a", NOW + timedelta(minutes=1)), ("b", None)]


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "rumour"}, {"url": "https://elsewhere.example"}, {"url": "//elsewhere.example"}, {"storm_url": "elsewhere"}],
)
def test_what_is_no_notice_is_refused(rita: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        said("a", **wrong)
    assert run("SELECT count(*) FROM notice") == [(0,)]


def test_what_is_read_counts_no_more_and_nobody_reads_for_another(rita: Any) -> None:
    from smarketing.actions.notices import notices_of, read, read_about, unread

    other = somebody("otto@hart.example")
    for key in "abc":
        said(key)
    number = notices_of(rita)[0].pk
    assert read(other, [number], now=NOW) == 0
    assert read(rita, [number], now=NOW) == 1
    assert read_about(rita, "a", now=NOW) == 1
    assert unread(rita) == 1
    assert read(rita, now=NOW) == 1
    assert unread(rita) == 0


def test_what_is_old_goes_and_what_is_read_sooner(rita: Any) -> None:
    from smarketing.actions.notices import forget_old, notices_of, read

    for key, days in (("old and unread", 119), ("older", 121), ("read", 31), ("fresh", 1)):
        said(key, now=NOW - timedelta(days=days))
    read(rita, [notice.pk for notice in notices_of(rita) if notice.key == "read"], now=NOW)
    assert forget_old(NOW) == 2
    assert {notice.key for notice in notices_of(rita)} == {"old and unread", "fresh"}
