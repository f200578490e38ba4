"""The small tables beside the facts: what is wrong with them is told at once, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.journal.small_tables import doubts_of, read_small_tables
from smarketing.vocabulary.errors import DocumentError


def told(folder: Path, **files: str) -> list[str]:
    """The problems of a folder with these tables."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_small_tables(folder)
    return [str(problem) for problem in caught.value.problems]


def test_every_cell_that_cannot_be_read_is_named_in_plain_words(tmp_path: Path):
    assert told(
        tmp_path,
        spend='campaign,day,amount\nfair,31.01.2026,"1,234.50"\nfair,2026-01-31,\n',
        reps="rep,capacity,active_from\nrita,many,May\n",
        rates="day,from_currency,to_currency,rate\n2026-02-30,USD,EUR,x\n",
    ) == [
        'SMK-J032 rates.csv:2  column "day": "2026-02-30" is not a day, like 2018-06-01',
        'SMK-J032 rates.csv:2  column "rate": "x" is not a number, like 1.08',
        'SMK-J032 reps.csv:2  column "active_from": "May" is not a day, like 2018-06-01',
        'SMK-J032 reps.csv:2  column "capacity": "many" is not a whole number',
        'SMK-J032 spend.csv:2  column "day": "31.01.2026" is not a day, like 2018-06-01',
        'SMK-J032 spend.csv:2  column "amount": "1,234.50" is not an amount, like 1250.50',
        'SMK-J032 spend.csv:3  column "amount": has no value',
    ]


def test_missing_columns_are_named_in_their_order(tmp_path: Path):
    assert [line.split('"')[1] for line in told(tmp_path, absences="who\nrita\n")] == ["rep", "from", "to"]


def test_a_file_that_is_no_table_is_a_problem(tmp_path: Path):
    assert told(tmp_path, absences="", spend="campaign,day,amount\nfair,2026-01-31,1,2,3\n") == [
        "SMK-J034 absences.csv  is empty; a table begins with the names of its columns",
        "SMK-J034 spend.csv  cannot be read as CSV; does a row have more cells than the header?",
    ]


def test_days_and_times_are_read(tmp_path: Path):
    (tmp_path / "absences.csv").write_text("rep,from,to\nrita,2026-05-01,2026-05-04T12:00\nrita,2026-06-01T08:00Z,2026-06-02\n")
    assert read_small_tables(tmp_path)["absences"].height == 2


@pytest.mark.parametrize(
    ("name", "meant"), [("rep", "reps"), ("Reps", "reps"), ("campagns", "campaigns"), ("absense", "absences"), ("spned", "spend")]
)
def test_a_misspelt_file_is_named_with_the_table_that_was_meant(tmp_path: Path, name: str, meant: str):
    (tmp_path / f"{name}.csv").write_text("rep\na@hart.example\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=f'SMK-J030 {name}.csv .* Did you mean "{meant}.csv"'):
        read_small_tables(tmp_path)


@pytest.mark.parametrize("name", ["companies", "sends", "deals", "leads", "reps_of_last_year", "events"])
def test_other_files_of_the_folder_are_nobody_s_business(tmp_path: Path, name: str):
    (tmp_path / f"{name}.csv").write_text("a\n1\n", encoding="utf-8")
    assert read_small_tables(tmp_path) == {}


def test_a_file_beside_the_table_it_looks_like_is_left_alone(tmp_path: Path):
    for name in ("reps", "rep"):
        (tmp_path / f"{name}.csv").write_text("rep\na@hart.example\n", encoding="utf-8")
    assert list(read_small_tables(tmp_path)) == ["reps"]


REPS = "rep,role,calendar\nanna,sale,default\nbob,inside_sales,new_yrok\ncleo,,\ndan,Marketing,Default\n"


def doubts(folder: Path, *calendars: str) -> list[str]:
    """What is said of a table of reps under an agreement with these calendars."""
    (folder / "reps.csv").write_text(REPS, encoding="utf-8")
    found = doubts_of(read_small_tables(folder), calendars=calendars)
    assert {problem.severity for problem in found} == {"warning"}
    return [str(problem) for problem in found]


def test_a_role_or_a_calendar_that_nobody_knows_is_a_warning_with_its_line(tmp_path: Path):
    roles, hours = (
        "is not one of inside_sales, sales, marketing; reports show such people apart.",
        "the working hours of default count.",
    )
    assert doubts(tmp_path, "default", "new_york") == [
        f'SMK-J036 reps.csv:2  column "role": "sale" {roles} Did you mean "sales"?',
        f'SMK-J036 reps.csv:5  column "role": "Marketing" {roles} Did you mean "marketing"?',
        f'SMK-J037 reps.csv:3  column "calendar": "new_yrok" is no calendar of the agreement (default, new_york); {hours} Did you mean "new_york"?',
        f'SMK-J037 reps.csv:5  column "calendar": "Default" is no calendar of the agreement (default, new_york); {hours} Did you mean "default"?',
    ]  # fmt: skip


def test_an_agreement_without_calendars_doubts_nobody_s(tmp_path: Path):
    assert {line.split()[0] for line in doubts(tmp_path)} == {"SMK-J036"}


def test_reps_as_they_should_be_are_in_no_doubt(tmp_path: Path):
    (tmp_path / "reps.csv").write_text("rep,role,calendar\nanna,sales,default\nbob,,\n", encoding="utf-8")
    assert doubts_of(read_small_tables(tmp_path), calendars=["default"]) == []
    assert doubts_of({}, calendars=["default"]) == []
