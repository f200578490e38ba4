"""Files as they really come: encodings, separators, quotes, ragged rows, headers, Parquet."""

from __future__ import annotations

import codecs
import csv
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from smarketing.vocabulary.errors import UsageError
from tests.unit.connectors.bench import Bench

NOTE = 'properties: {note: "{note}"}'
ROWS = 'id,at,note\n1,2026-01-05,"Zoë, ""quoted"""\n2,2026-01-06,"two\nlines"\n'
NOTES = ['{"note":"Zoë, \\"quoted\\""}', '{"note":"two\\nlines"}']


@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode(),
        codecs.BOM_UTF8 + ROWS.encode(),
        ROWS.encode("utf-16"),
        codecs.BOM_UTF16_BE + ROWS.encode("utf-16-be"),
        ROWS.encode("utf-16-le"),
        ROWS.encode("utf-16-be"),
        ROWS.encode("cp1252"),
        ROWS.rstrip("\n").encode(),
        b"\n\n" + ROWS.encode(),
        ROWS.replace('"two\nlines"', '"two\nlines"\n\n').encode(),
        b"sep=,\r\n" + ROWS.encode(),
    ],
    ids=[
        "utf-8",
        "utf-8 bom",
        "utf-16",
        "utf-16-be bom",
        "utf-16-le",
        "utf-16-be",
        "cp1252",
        "no end",
        "blank first",
        "blank last",
        "sep=",
    ],
)
def test_the_encoding_and_the_blank_lines_make_no_difference(bench: Bench, content: bytes):
    assert bench.told(content, NOTE)["properties"].to_list() == NOTES


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_separators_are_found(bench: Bench, separator: str):
    content = "id,at,note\n1,2026-01-05,x\n2,2026-01-06,y\n".replace(",", separator).replace("x", '"a, b; c|d"')
    assert bench.told(content, NOTE)["properties"].to_list() == ['{"note":"a, b; c|d"}', '{"note":"y"}']


def test_a_comma_in_the_cells_of_a_file_with_semicolons_separates_nothing(bench: Bench):
    assert (
        bench.told("id;at;note\n1;2026-01-05;a, b, c\n2;2026-01-06;1,5\n", NOTE)["properties"].to_list()[0]
        == '{"note":"a, b, c"}'
    )


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_ends_of_lines(bench: Bench, end: str):
    facts = bench.told(f'id,at,note{end}1,2026-01-05,"a"{end}2,2026-01-06,b{end}', NOTE)
    assert facts["properties"].to_list() == ['{"note":"a"}', '{"note":"b"}']


def test_ragged_rows_are_rejected_with_line_and_reason(bench: Bench):
    bench.file("data.csv", 'id,at\n1,2026-01-05\n2\n3,"x\ny",z\n4,2026-01-06\n')
    bench.mapped()
    result = bench.run("data.csv")
    (count,) = result.files
    assert (count.read, count.gave, count.rejected) == (4, 2, 2)
    assert [str(problem).split("data.csv")[1] for problem in result.problems] == [
        ":3  has 1 cell, the header has 2",
        ":4  has 3 cells, the header has 2",
    ]
    with result.rejects[0].open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows == [
        ["id", "at", "line", "reason"],
        ["2", "", "3", "has 1 cell, the header has 2"],
        ["3", "x\ny", "4", "has 3 cells, the header has 2; beyond them: z"],
    ]


def test_a_quote_inside_a_cell_is_part_of_it(bench: Bench):
    assert bench.told('id,at,note\n1,2026-01-05,5" pipe\n', NOTE)["properties"].to_list() == ['{"note":"5\\" pipe"}']


def test_a_quote_that_is_never_closed_costs_its_line_only(bench: Bench):
    bench.file("data.csv", 'id,at,note\n1,2026-01-05,"open\n2,2026-01-06,x\n3,2026-01-07,"y"\n')
    bench.mapped(NOTE)
    result = bench.run("data.csv")
    assert (result.files[0].gave, result.files[0].rejected, result.problems[0].source[-2:]) == (2, 1, ":2")


def test_a_broken_sign_in_utf8_costs_its_row_only(bench: Bench):
    bench.file("data.csv", "id,at,note\n1,2026-01-05,Zoë\n2,2026-01-06,über\n".encode() + b"3,2026-01-07,\xff\n")
    bench.mapped(NOTE)
    result = bench.run("data.csv")
    assert (result.files[0].gave, result.files[0].rejected) == (2, 1)
    assert "not text in UTF-8" in result.problems[0].message


def test_names_that_come_twice_and_names_that_are_missing(bench: Bench):
    bench.file("data.csv", "id, at ,note,note,\n1,2026-01-05,a,b,c\n")
    bench.mapped('properties: {one: "{note}", two: "{note (2)}", three: "{column 5}"}')
    result = bench.run("data.csv")
    assert bench.facts()["properties"].item() == '{"one":"a","three":"c","two":"b"}'
    assert result.files[0].ignored_columns == []


@pytest.mark.parametrize("content", [b"", codecs.BOM_UTF8, b"\n\n", b"id,at\n", b"id,at"])
def test_a_file_without_rows_gives_nothing(bench: Bench, content: bytes):
    bench.file("data.csv", content)
    bench.mapped()
    result = bench.run("data.csv")
    assert (result.files[0].read, result.facts.new, bench.facts().height) == (0, 0, 0)


def test_white_space_is_no_value_and_no_part_of_one(bench: Bench):
    facts = bench.told("id,at,note\n 1 , 2026-01-05 ,  \n", NOTE, 'campaign: "{note|none}"')
    assert facts.select("fact_id", "campaign", "properties").row(0) == ("t:1", "none", "{}")


def test_parquet_needs_no_formats(bench: Bench):
    frame = pl.DataFrame(
        {
            "id": [1.0, None, 3.0],
            "at": [datetime(2026, 1, 5, 9, 30), datetime(2026, 1, 6), None],
            "day": [date(2026, 1, 5)] * 3,
            "value": [Decimal("12.50"), None, None],
            "yes": [True, None, False],
        }
    )
    bench.file("data.parquet", frame)
    bench.mapped(
        "amount: {column: value, decimal: ','}",
        'properties: {day: "{day}", yes: {column: "yes", type: boolean}}',
        zone="Europe/Berlin",
    )
    result = bench.run("data.parquet")
    assert (result.files[0].gave, result.files[0].rejected) == (1, 2)
    fact = bench.facts().row(0, named=True)
    assert (fact["fact_id"], fact["at"].isoformat(), fact["amount"]) == ("t:1", "2026-01-05T08:30:00+00:00", Decimal("12.50"))
    assert fact["properties"] == '{"day":"2026-01-05","yes":true}'


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04...", "save the sheet as CSV"),
        (b"\x1f\x8b..", "unpack it first"),
        (b"PAR1 but not", "cannot be read as Parquet"),
    ],
)
def test_what_is_no_table_is_refused(bench: Bench, content: bytes, what: str):
    bench.file("data.csv", content)
    bench.mapped()
    with pytest.raises(UsageError, match=what):
        bench.run("data.csv")


def test_a_file_that_is_not_there(bench: Bench):
    bench.mapped()
    with pytest.raises(UsageError, match="does not exist"):
        bench.run("nothing.csv")
