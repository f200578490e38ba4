"""Facts from every hand that writes Parquet, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.journal.fact import FACT_SCHEMA, no_facts
from smarketing.journal.parquet import scan_facts, write_facts
from smarketing.vocabulary.errors import DocumentError, UsageError
from tests.unit.journal.journals import fact, journal

NOON = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
FACTS = journal(fact("f1", amount=Decimal("12.50"), campaign="spring"), fact("f2", "b", 1, "subscribed"), fact("f3", "c", 2))


def table(**columns: Any) -> pl.DataFrame:
    """One fact with only the required columns, changed."""
    return pl.DataFrame({"fact_id": ["f1"], "lead_id": ["a"], "at": [NOON], "kind": ["page_viewed"], **columns})


def read(facts: Any) -> dict[str, Any]:
    """The one fact there, read."""
    found = scan_facts(facts).collect()
    assert found.schema == pl.Schema(FACT_SCHEMA)
    return found.row(0, named=True)


def problems(facts: Any) -> list[str]:
    """Everything wrong with it."""
    with pytest.raises(DocumentError) as refused:
        scan_facts(facts)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("facts", [FACTS, no_facts()])
def test_what_is_written_is_read(facts: pl.DataFrame, tmp_path: Path) -> None:
    write_facts(facts, tmp_path / "facts.parquet")
    assert_frame_equal(scan_facts(tmp_path / "facts.parquet").collect(), facts)
    assert [path.name for path in tmp_path.iterdir()] == ["facts.parquet"]


def test_a_lazy_journal_can_be_written_over_the_file_it_is_read_from(tmp_path: Path) -> None:
    path = tmp_path / "facts.parquet"
    write_facts(FACTS, path)
    write_facts(scan_facts(path).filter(pl.col("fact_id") != "f2"), path)
    assert scan_facts(path).select("fact_id").collect().to_series().to_list() == ["f1", "f3"]


def test_a_broken_writing_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "facts.parquet"
    write_facts(FACTS, path)
    broken = FACTS.lazy().with_columns(pl.col("fact_id").cast(pl.Int64).cast(pl.String))
    with pytest.raises(pl.exceptions.PolarsError):
        write_facts(broken, path)
    assert_frame_equal(scan_facts(path).collect(), FACTS)
    assert [found.name for found in tmp_path.iterdir()] == ["facts.parquet"]


def test_a_folder_is_all_its_parts_even_when_written_differently(tmp_path: Path) -> None:
    (tmp_path / "bucket=1").mkdir()
    write_facts(FACTS[:1], tmp_path / "part-0.parquet")
    FACTS[1:2].with_columns(pl.col("at").cast(pl.Datetime("ns")), more=1).write_parquet(tmp_path / "part-1.parquet")
    FACTS[2:].drop("amount", "recorded_at").write_parquet(tmp_path / "bucket=1" / "part-2.parquet")
    for noise in ("_SUCCESS", ".part-0.parquet.crc", "_unfinished.parquet", ".hidden.parquet"):
        (tmp_path / noise).write_text("no facts")
    assert_frame_equal(scan_facts(tmp_path).collect(), FACTS, check_row_order=False)


@pytest.mark.parametrize(
    "at",
    [
        pl.Series([NOON]).dt.cast_time_unit("ns"),
        pl.Series([NOON]).dt.replace_time_zone(None),
        pl.Series([NOON]).dt.convert_time_zone("Asia/Kolkata"),
        pl.Series([NOON]).dt.replace_time_zone(None).dt.cast_time_unit("ns"),
    ],
)
def test_times_of_every_unit_and_zone_are_instants(at: pl.Series) -> None:
    assert read(table(at=at))["at"] == NOON


def test_milliseconds_and_dates_are_instants() -> None:
    assert read(table(at=pl.Series([NOON]).dt.cast_time_unit("ms")))["at"] == NOON.replace(microsecond=123000)
    assert read(table(at=[date(2026, 1, 1)]))["at"] == datetime(2026, 1, 1, tzinfo=UTC)


def test_what_is_not_there_is_empty() -> None:
    row = read(table())
    assert (row["recorded_at"], row["properties"]) == (NOON, "{}")
    assert [name for name, value in row.items() if value is None] == [
        "campaign", "channel", "actor", "opportunity_id", "amount", "currency", "source",
    ]  # fmt: skip


def test_columns_of_nulls_are_empty() -> None:
    assert read(table(amount=[None], recorded_at=[None], properties=[None], campaign=[None])) == read(table())
    empty = pl.Series([None], dtype=pl.Datetime("us"))
    assert read(table(recorded_at=empty, properties=pl.Series([None], dtype=pl.String))) == read(table())


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("12.5", "12.50"), ("12.345", "12.35"), ("-12.345", "-12.35"), ("", None), (12.345, "12.35"), (float("nan"), None), (7, "7.00"),
        (Decimal("12.345"), "12.35"), (0.1 + 0.2, "0.30"), ("9999999999999999.99", "9999999999999999.99"),
    ],
)  # fmt: skip
def test_amounts_are_read_to_the_cent(amount: Any, cents: str | None) -> None:
    assert read(table(amount=[amount]))["amount"] == (None if cents is None else Decimal(cents))


@pytest.mark.parametrize("amount", ["twelve", "1,50", "10000000000000000", 1e17, Decimal(10**17)])
def test_an_amount_that_is_none_is_a_problem(amount: Any) -> None:
    (problem,) = problems(table(amount=[amount]))
    assert problem.startswith("SMK-J005 facts  column")


def test_categories_bytes_and_whole_numbers_are_text() -> None:
    row = read(table(kind=pl.Series(["page_viewed"], dtype=pl.Categorical), lead_id=[17], fact_id=[b"f1"]))
    assert (row["kind"], row["lead_id"], row["fact_id"]) == ("page_viewed", "17", "f1")


def test_anything_that_speaks_arrow_is_read() -> None:
    arrow = pytest.importorskip("pyarrow")
    text = arrow.array(["f1"], arrow.large_string())
    foreign = arrow.table(
        {
            "fact_id": text,
            "lead_id": text.dictionary_encode(),
            "at": arrow.array([NOON], arrow.timestamp("ns", "UTC")),
            "kind": text,
            "amount": arrow.array([Decimal("1.5")], arrow.decimal128(38, 10)),
        }
    )
    row = read(foreign)
    assert (row["lead_id"], row["at"], row["amount"]) == ("f1", NOON, Decimal("1.50"))
    assert read(FACTS.lazy()) == read(FACTS)


def test_every_problem_of_every_part_is_named(tmp_path: Path) -> None:
    table().drop("lead_id").with_columns(leadid=pl.lit("a")).write_parquet(tmp_path / "a.parquet")
    table(at=["yesterday"], properties=[[1]]).write_parquet(tmp_path / "b.parquet")
    assert problems(tmp_path) == [
        f'SMK-J003 {tmp_path / "a.parquet"}  column "lead_id" is missing; every fact needs one. Did you mean "leadid"?',
        f'SMK-J004 {tmp_path / "b.parquet"}  column "at" is string; write it as a timestamp (any unit; with a zone, or in UTC)',
        f'SMK-J004 {tmp_path / "b.parquet"}  column "properties" is list(int64); write it as text',
    ]


def test_no_facts_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no facts at"):
        scan_facts(tmp_path / "nowhere.parquet")
    with pytest.raises(UsageError, match="not int"):
        scan_facts(17)
    assert problems(tmp_path) == [f"SMK-J001 {tmp_path}  holds no Parquet file; its parts must end in .parquet"]


def test_another_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text("fact_id,lead_id\n")
    assert problems(tmp_path / "facts.csv")[0].startswith(f"SMK-J002 {tmp_path / 'facts.csv'}  is not a Parquet file")
