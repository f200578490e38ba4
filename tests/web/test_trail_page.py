"""The audit trail: who did what; nobody changes it, two roles read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.web.conftest import Entered

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
NOW = datetime(2026, 10, 31, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def written(site: object) -> Iterator[None]:
    """Three entries, of two people."""
    from smarketing.actions.trail import note

    note("ada@alderfinch.example", "made a key", "=cmd|'calc'", now=NOW - timedelta(days=40), network="10.1.2.3", scope="read")
    note("ada@alderfinch.example", "invited", "theodora@alderfinch.example", now=NOW - timedelta(days=1), role="sales")
    note("worker", "sent a letter", "<b>theodora</b>@alderfinch.example", now=NOW)
    return


@pytest.mark.usefixtures("written")
class TestThePage:
    """`/audit`."""

    def test_the_latest_stands_first_with_all_that_is_known(self, entered: Entered) -> None:
        rows = entered("leader").get("/audit?export=csv&raw=1&from=2026-09-01&to=2026-10-31").content.decode().splitlines()
        assert [row.partition(",")[2] for row in rows] == [
            "by,what,about,network,details",
            'worker,sent a letter,<b>theodora</b>@alderfinch.example,"",""',
            'ada@alderfinch.example,invited,theodora@alderfinch.example,"",role: sales',
            "ada@alderfinch.example,made a key,=cmd|'calc',10.1.2.3,scope: read",
        ]

    @pytest.mark.parametrize(
        ("asked", "left"),
        [
            ("by=worker", ["sent a letter"]),
            ("what=invited&to=2026-10-31&from=2026-10-01", ["invited"]),
            ("about=THEODORA", ["sent a letter", "invited"]),
            ("by=ada@alderfinch.example&from=2026-10-30&to=2026-10-31", ["invited"]),
            ("by=nobody", []),
        ],
    )
    def test_who_what_and_when_are_in_the_address(self, entered: Entered, asked: str, left: list[str]) -> None:
        rows = entered("operations").get(f"/audit?export=csv&raw=1&{asked}").content.decode().splitlines()[1:]
        assert [row.split(",")[2] for row in rows] == left

    def test_what_was_done_to_whom_is_only_text(self, entered: Entered) -> None:
        html = entered("operations").get("/audit?by=worker").content.decode()
        assert "&lt;b&gt;theodora" in html
        assert "<b>theodora" not in html

    def test_the_export_runs_no_formula(self, entered: Entered) -> None:
        assert "'=cmd" in entered("operations").get("/audit?export=csv&what=made a key").content.decode()

    def test_an_empty_answer_says_what_will_stand_there(self, entered: Entered) -> None:
        assert "Sign-ins, changes of people" in entered("leader").get("/audit?by=nobody").content.decode()

    def test_others_do_not_read_it(self, entered: Entered) -> None:
        assert {role: entered(role).get("/audit").status_code for role in ("marketing", "sales", "viewer", "leader")} == {
            "marketing": 403, "sales": 403, "viewer": 403, "leader": 200,
        }  # fmt: skip


@pytest.mark.parametrize("tried", ["update", "delete"])
def test_what_is_written_stays_written(tried: str) -> None:
    from django.db import Error, transaction

    from smarketing.actions.trail import note
    from smarketing.records.trail import Trail

    note("somebody", "did something", now=NOW)
    with pytest.raises(Error, match="what was done stays written"), transaction.atomic():
        Trail.objects.filter(by="somebody").update(what="did nothing") if tried == "update" else Trail.objects.all().delete()
    assert Trail.objects.filter(by="somebody", what="did something").exists()


def test_what_is_undone_was_not_done() -> None:
    from django.db import transaction

    from smarketing.actions.trail import note
    from smarketing.records.trail import Trail

    with pytest.raises(RuntimeError), transaction.atomic():
        note("somebody", "tried", now=NOW)
        raise RuntimeError
    assert not Trail.objects.filter(what="tried").exists()
