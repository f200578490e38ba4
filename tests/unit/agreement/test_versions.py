"""Versions in a folder: read in the order of their dates, with everything that is wrong; which one is in force when."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from smarketing.agreement.checks import load_agreement, load_agreements
from smarketing.agreement.models import Agreement
from smarketing.agreement.sequence import begins_at, in_force_by, in_sequence, version_at
from smarketing.vocabulary.errors import DocumentError, UsageError
from tests.unit.agreement.documents import SMALL, changed, line_of

OF_FOLDERS = {"SMK-A030", "SMK-A031"}
"""The codes that only a folder can have."""


def dated(day: str, zone: str = "Europe/Berlin") -> str:
    """The small agreement from a day on."""
    return changed("2026-01-01", day, changed("Europe/Berlin", zone))


def folder(tmp_path: Path, **files: str) -> Path:
    """A folder with these files; `_` in a name is a dot."""
    for name, text in files.items():
        (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return tmp_path


def versions(*days: str | tuple[str, str]) -> list[Agreement]:
    """Versions from days on, in the order named; with another zone where one is named."""
    texts = [dated(day) if isinstance(day, str) else dated(*day) for day in days]
    return [load_agreement("a.yaml", text=text) for text in texts]


def problems_of(path: Path) -> list[tuple[str, str, str]]:
    """What loading complains of: code, place, message."""
    with pytest.raises(DocumentError) as raised:
        load_agreements(path)
    return [(problem.code, problem.source, problem.message) for problem in raised.value.problems]


def test_a_folder_is_read_in_the_order_of_the_dates_whatever_the_files_are_called(tmp_path: Path):
    made = folder(tmp_path, a_yaml=dated("2026-07-01"), b_yml=dated("2025-01-01"), c_YAML=dated("2026-01-01"))
    found = [str(version.in_force.from_) for version in load_agreements(made)]
    assert found == ["2025-01-01", "2026-01-01", "2026-07-01"]


def test_a_file_is_that_one_version(tmp_path: Path):
    made = folder(tmp_path, one_yaml=SMALL)
    assert load_agreements(made / "one.yaml") == [load_agreement(made / "one.yaml")]


def test_other_files_hidden_ones_and_folders_in_it_are_left_alone(tmp_path: Path):
    made = folder(tmp_path, one_yaml=SMALL, notes_md="# no", _hidden_yaml="no")
    (made / "drafts").mkdir()
    folder(made / "drafts", draft_yaml="no")
    assert [version.name for version in load_agreements(made)] == ["Small"]


def test_two_versions_from_one_date_are_refused_at_the_date_of_the_second(tmp_path: Path):
    text = dated("2026-07-01")
    made = folder(tmp_path, a_yaml=text, b_yaml=changed("name: Small", "name: Other", text), c_yaml=SMALL)
    place = f"{made / 'b.yaml'}:{line_of('in_force', text)}"
    [(code, source, message)] = problems_of(made)
    assert (code, source) == ("SMK-A030", place)
    assert "This version and that in a.yaml are both in force from 2026-07-01" in message
    assert "Give one of them another date" in message


def test_the_problems_of_all_files_come_at_once(tmp_path: Path):
    wrong = changed("at: mql", "at: mqll")
    made = folder(tmp_path, a_yaml=wrong, b_yaml=dated("2026-07-01"), c_yaml=dated("2026-07-01"), d_yaml="stages: [")
    found = problems_of(made)
    assert [(code, Path(source.rpartition(":")[0]).name) for code, source, _ in found] == [
        ("SMK-A013", "a.yaml"), ("SMK-A001", "d.yaml"), ("SMK-A030", "c.yaml"),
    ]  # fmt: skip
    assert found[0][1].endswith(f":{line_of('at: mqll', wrong)}")


def test_a_warning_stops_no_folder(tmp_path: Path):
    made = folder(tmp_path, a_yaml=changed("engagement: 40", "engagement: 4000"))
    assert len(load_agreements(made)) == 1


def test_an_empty_folder_says_what_belongs_there(tmp_path: Path):
    [(code, source, message)] = problems_of(folder(tmp_path, notes_md="no"))
    assert (code, source) == ("SMK-A031", str(tmp_path))
    assert "Put each version into a file of its own that ends in .yaml or .yml." in message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    made = folder(tmp_path, a_yaml=SMALL)
    (made / "b.yaml").symlink_to(made / "nowhere.yaml")
    (made / "c.yaml").write_bytes(b"name: \xff\xfe")
    found = problems_of(made)
    assert [(code, Path(source.rpartition(":")[0]).name) for code, source, _ in found] == [
        ("SMK-A001", "b.yaml"), ("SMK-A001", "c.yaml"),
    ]  # fmt: skip


def test_a_path_where_nothing_is_is_told_as_of_a_file(tmp_path: Path):
    [(code, source, _)] = problems_of(tmp_path / "nowhere")
    assert (code, source) == ("SMK-A001", f"{tmp_path / 'nowhere'}:1")


def test_a_version_begins_at_midnight_of_its_own_zone():
    early, late = versions(("2026-07-01", "Asia/Tokyo"), ("2026-07-01", "America/New_York"))
    assert begins_at(early) == datetime(2026, 6, 30, 15, tzinfo=UTC)
    assert begins_at(late) == datetime(2026, 7, 1, 4, tzinfo=UTC)


def test_an_instant_exactly_at_the_begin_belongs_to_the_new_version_and_the_first_one_also_counts_before():
    first, second = in_sequence(versions(("2026-07-01", "UTC"), ("2026-01-01", "UTC")))
    begin = datetime(2026, 7, 1, tzinfo=UTC)
    assert version_at([first, second], begin) is second
    assert version_at([first, second], begin.replace(day=1, month=6)) is first
    assert version_at([first, second], datetime(2020, 1, 1, tzinfo=UTC)) is first
    assert in_force_by([first, second], begin) == (first, second)
    assert in_force_by([first, second], datetime(2026, 6, 30, 23, 59, tzinfo=UTC)) == (first,)
    assert in_force_by([first, second], datetime(2020, 1, 1, tzinfo=UTC)) == (first,)


def test_a_version_that_is_overtaken_before_it_begins_is_never_in_force():
    first, west, east = versions("2026-01-01", ("2026-07-01", "Etc/GMT+12"), ("2026-07-02", "Etc/GMT-14"))
    assert in_force_by([first, west, east], datetime(2027, 1, 1, tzinfo=UTC)) == (first, east)
    assert in_force_by([west, east], datetime(2027, 1, 1, tzinfo=UTC)) == (west, east)


def test_no_version_and_two_from_one_date_are_wrong_use():
    with pytest.raises(UsageError, match="give at least one"):
        in_sequence([])
    with pytest.raises(UsageError, match="two versions are in force from 2026-07-01"):
        in_sequence(versions("2026-07-01", "2026-01-01", "2026-07-01"))
