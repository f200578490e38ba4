"""What follows, at rest: every type comes back as it was, a state is replaced whole, and nobody reads half of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.vocabulary.tables import INSTANT, MONEY
from tests.records.test_facts import run
from tests.unit.journal.journals import day

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("empty_records")]

SCHEMA: dict[str, Any] = {
    "a text": pl.String,
    "count": pl.Int64,
    "share": pl.Float64,
    "yes": pl.Boolean,
    "at": INSTANT,
    "money": MONEY,
}
ROWS = pl.DataFrame(
    [
        ("", 0, 0.1, True, day(0), Decimal("-0.01")),
        ('quote " comma , \\N \n é', 2**62, 1 / 3, False, datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), Decimal("9999999999999999.99")),
        (None, None, None, None, None, None),
        ("NULL", -1, 5e-324, None, day(1.5), Decimal(3)),
    ],
    schema=SCHEMA,
    orient="row",
)  # fmt: skip


def state(rows: int = 0) -> Any:
    """A state with nothing in particular."""
    from smarketing.records.derived import State

    return State(0, day(1), ("one", "two"), "stamp", rows)


def test_there_is_no_state_at_first() -> None:
    from smarketing.records.derived import current_state, load_derived

    assert current_state() is None
    assert load_derived() is None


def test_every_type_comes_back_as_it_was() -> None:
    from smarketing.records.derived import load_derived, replace_derived

    written = replace_derived({"rows": ROWS, "none": ROWS.clear()}, state())
    assert written == state()._replace(serial=1, since=1)
    found = load_derived()
    assert found is not None
    assert found[0]._replace(written_at=None) == written
    assert_frame_equal(found[1]["rows"], ROWS)
    assert_frame_equal(found[1]["none"], ROWS.clear())


def test_a_sum_of_money_comes_back_as_money() -> None:
    from smarketing.records.derived import load_derived, replace_derived

    replace_derived({"sums": ROWS.select(pl.col("money").cast(pl.Decimal(38, 2)))}, state())
    found = load_derived()
    assert found is not None
    assert found[1]["sums"].dtypes == [MONEY]


def test_a_new_state_replaces_all_of_the_old_one() -> None:
    from smarketing.records.derived import current_state, load_derived, replace_derived

    replace_derived({"rows": ROWS, "old": ROWS}, state())
    replace_derived({"rows": ROWS.select("count", more="a text")}, state())
    found, now = load_derived(), current_state()
    assert found is not None
    assert now is not None
    assert (now.serial, list(found[1]), found[1]["rows"].columns) == (2, ["rows"], ["count", "more"])


def test_a_state_that_cannot_be_written_leaves_the_old_one() -> None:
    from django.db import DataError

    from smarketing.records.derived import current_state, load_derived, replace_derived

    replace_derived({"rows": ROWS}, state())
    with pytest.raises(DataError):
        replace_derived({"rows": ROWS.clear(), "bad": pl.DataFrame({"text": ["\0"]})}, state())
    found, now = load_derived(), current_state()
    assert found is not None
    assert now is not None
    assert (now.serial, found[1]["rows"].height) == (1, ROWS.height)


def test_a_reader_sees_one_state_or_the_other_never_half() -> None:
    from django.db import connection

    from smarketing.records.derived import load_derived, replace_derived

    def tables(number: int) -> dict[str, pl.DataFrame]:
        frame = pl.DataFrame({"number": [number] * (number % 7 + 1)})
        return {"first": frame, "second": frame, "third": frame.rename({"number": "n"}) if number % 2 else frame}

    replace_derived(tables(0), state(0))
    done = threading.Event()

    def read() -> list[tuple[int, set[int]]]:
        seen = []
        try:
            while not done.is_set():
                found = load_derived()
                assert found is not None
                numbers = {value for frame in found[1].values() for value in frame.to_series().to_list()}
                seen.append((found[0].facts, numbers))
        finally:
            connection.close()
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            for number in range(1, 25):
                replace_derived(tables(number), state(number))
        finally:
            done.set()
        seen = [one for reader in readers for one in reader.result()]
    assert [one for one in seen if one[1] != {one[0]}] == []
    assert len({one[0] for one in seen}) > 3
    assert run("SELECT serial FROM derived.state") == [(25,)]


def test_only_one_refreshes_at_a_time() -> None:
    from django.db import connection

    from smarketing.records.derived import refreshing

    def try_it() -> bool:
        try:
            with refreshing(wait=False) as alone:
                return alone
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with refreshing() as alone:
            assert alone
            assert not pool.submit(try_it).result()
        assert pool.submit(try_it).result()
