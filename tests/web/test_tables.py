"""Tables sort, page and leave the house as files that do no harm."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tests.web.conftest import Entered

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def frame() -> pl.DataFrame:
    """120 rows; the texts of the first are what a spreadsheet would run."""
    harmful = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]
    return pl.DataFrame(
        {
            "lead_id": [*harmful, *(f"lead-{number:03}" for number in range(114))],
            "points": [None, *(Decimal(number) for number in range(119))],
            "first_at": [AT] * 120,
            "won": [True] * 120,
        },
        schema_overrides={"points": pl.Decimal(18, 2), "first_at": pl.Datetime("us", "UTC")},
    )


def table(frame: pl.DataFrame, query: str = "") -> Any:
    from django.http import QueryDict

    from smarketing.web.tables.guess import columns_of
    from smarketing.web.tables.table import Table

    return Table.of_frame("leads", frame, columns_of(frame, currency="EUR"), path="/leads", query=QueryDict(query))


def test_a_page_holds_fifty_rows_and_knows_the_way(frame: pl.DataFrame) -> None:
    pager = table(frame, "page=2&grade=A").pager
    assert (pager.first, pager.last, pager.total, pager.pages) == (51, 100, 120, 3)
    assert (pager.previous_url, pager.next_url) == ("/leads?grade=A", "/leads?page=3&grade=A")
    assert len(table(frame, "page=3").rows) == 20


@pytest.mark.parametrize("word", ["0", "-1", "99", "x", "", "²", "9" * 30])
def test_a_page_that_is_not_there_is_the_nearest(frame: pl.DataFrame, word: str) -> None:
    assert table(frame, f"page={word}").pager.page in (1, 3)


def test_a_column_sorts_both_ways_with_nothing_last(frame: pl.DataFrame) -> None:
    assert [row.held["points"] for row in table(frame, "sort=points").rows[:2]] == [Decimal(0), Decimal(1)]
    down = table(frame, "sort=-points")
    assert [row.held["points"] for row in down.rows[:2]] == [Decimal(118), Decimal(117)]
    assert table(frame, "sort=-points&page=3").rows[-1].held["points"] is None
    heads = {head.column.key: head for head in down.heads}
    assert (heads["points"].direction, heads["points"].url) == ("descending", "/leads?sort=points")
    assert heads["lead_id"].url == "/leads?sort=lead_id"


def test_a_word_that_is_no_column_sorts_nothing(frame: pl.DataFrame) -> None:
    assert list(table(frame, "sort=password").places) == list(range(120))


def test_rows_of_a_report_sort_by_what_their_figures_say() -> None:
    from django.http import QueryDict

    from smarketing.web.tables.columns import Column, Kind
    from smarketing.web.tables.table import Table

    rows = [
        {"by": name, "won": {"n": n, "of": 10, "rate": rate, "low": 0.0, "high": 1.0}}
        for name, n, rate in (("a", 1, 0.1), ("b", 0, None), ("c", 9, 0.9))
    ]
    made = Table.of_rows(
        "r", rows, [Column("by", "Who"), Column("won", "Won", Kind.rate)], path="/r", query=QueryDict("sort=-won")
    )
    assert [row.held["by"] for row in made.rows] == ["c", "a", "b"]
    assert [cell.text for cell in made.rows[0].cells] == ["c", "90.0%"]
    assert made.frame(made.places)["won"].to_list() == [0.9, 0.1, None]


def test_a_table_without_rows_has_one_empty_page(frame: pl.DataFrame) -> None:
    pager = table(frame.clear()).pager
    assert (pager.first, pager.last, pager.total, pager.pages, pager.next_url) == (0, 0, 0, 1, "")


def test_a_csv_runs_nothing_and_reads_back(frame: pl.DataFrame) -> None:
    from smarketing.web.tables.exports import as_csv

    rows = list(csv.reader(io.StringIO(as_csv(frame).decode("utf-8-sig"), newline="")))
    assert len(rows) == 121
    assert [row[0] for row in rows[1:7]] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "'\rx"]
    assert rows[2][2] == "2026-05-01T09:30:00Z"


def test_a_raw_csv_is_what_is_there(frame: pl.DataFrame) -> None:
    from smarketing.web.tables.exports import as_csv

    raw = as_csv(frame, raw=True)
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert next(iter(list(csv.reader(io.StringIO(raw.decode(), newline="")))[1:]))[0] == "=1+1"


def test_a_workbook_runs_nothing_and_keeps_numbers_and_times(frame: pl.DataFrame) -> None:
    from openpyxl import load_workbook

    from smarketing.web.tables.exports import as_workbook

    sheet = load_workbook(io.BytesIO(as_workbook(frame, name="leads"))).active
    rows = list(sheet.iter_rows())
    assert rows[1][0].value == "'=1+1"
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "d", "b"}
    assert [cell.value for cell in rows[3]] == ["'-1", 1, datetime(2026, 5, 1, 9, 30), True]
    assert sheet.freeze_panes == "A2"


def test_a_formula_would_be_seen(frame: pl.DataFrame) -> None:
    from openpyxl import load_workbook
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out) as book:
        book.add_worksheet().write(0, 0, "=1+1")
    assert load_workbook(io.BytesIO(out.getvalue())).active["A1"].data_type == "f"


def test_more_rows_than_a_sheet_holds_are_refused(frame: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    from smarketing.vocabulary.errors import UsageError
    from smarketing.web.tables import exports

    monkeypatch.setattr(exports, "MOST_ROWS_OF_A_SHEET", 100)
    with pytest.raises(UsageError, match="take the CSV"):
        exports.as_workbook(frame, name="leads")


def test_the_export_of_a_page_is_its_whole_filtered_sorted_table(entered: Entered) -> None:
    client = entered("viewer")
    asked = "/behind?of=leads&by=channel&group=referral"
    response = client.get(f"{asked}&sort=-total&export=csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="leads.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    whole = client.get(f"/api{asked}&size=1000").json()
    assert len(rows) == whole["total"] > 50
    assert {row["channel"] for row in rows} == {"referral"}
    totals = [float(row["total"]) for row in rows]
    assert totals == sorted(totals, reverse=True)
    assert client.get(f"{asked}&export=xlsx").content[:2] == b"PK"
    assert client.get(f"{asked}&export=pdf").status_code == 400


def test_htmx_gets_the_table_alone_and_everybody_else_the_page(entered: Entered) -> None:
    client = entered("viewer")
    part = client.get("/behind?of=leads&page=2", headers={"HX-Request": "true", "HX-Target": "leads"}).content.decode()
    other = client.get("/behind?of=leads&page=2", headers={"HX-Request": "true", "HX-Target": "elsewhere"}).content.decode()
    assert part.lstrip().startswith('<div id="leads"')
    assert "<html" in other
