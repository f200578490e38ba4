"""The door of the command line: what an error becomes, and where results and messages go."""

from __future__ import annotations

import json
import re
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from smarketing.cli import main as door
from smarketing.cli import output
from smarketing.vocabulary.errors import DocumentError, NotEnoughData, SmarketingError
from smarketing.vocabulary.problems import Problem


@pytest.fixture(autouse=True)
def voice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> output.Voice:
    """A voice of this test's own, and a place for its traces."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    voice = output.Voice()
    monkeypatch.setattr(output, "VOICE", voice)
    monkeypatch.setattr(door, "VOICE", voice)
    return voice


def leave(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """The exit code with which the program ends when a command raises."""

    def command(arguments: list[str], prog_name: str) -> None:
        raise error

    monkeypatch.setattr(door, "app", command)
    with pytest.raises(SystemExit) as end:
        door.main([])
    assert isinstance(end.value.code, int)
    return end.value.code


def run(*line: str) -> int:
    with pytest.raises(SystemExit) as end:
        door.main(list(line))
    return end.value.code or 0  # type: ignore[return-value]


def test_a_users_error_shows_its_message_and_leaves_with_its_code(monkeypatch, capsys):
    assert leave(monkeypatch, NotEnoughData("only 12 hand-offs")) == 13
    assert capsys.readouterr().err == "only 12 hand-offs\n"


def test_a_documents_problems_are_all_listed(monkeypatch, capsys):
    problems = [Problem("SMK-A001", "a.yaml:3", "one"), Problem("SMK-A002", "a.yaml:9", "two")]
    assert leave(monkeypatch, DocumentError(problems)) == 10
    assert capsys.readouterr().err == "SMK-A001 a.yaml:3  one\nSMK-A002 a.yaml:9  two\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file or directory", "a/facts.parquet"), "is not there; look at the path, and make the folder first"),
        (IsADirectoryError(21, "Is a directory", "a/facts.parquet"), "is a folder; name a file"),
        (PermissionError(13, "Permission denied", "a/facts.parquet"), "may not be read or written by you; ask for the right, or name another place"),
        (OSError(28, "No space left on device", "a/facts.parquet"), None),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_no_mistake_of_ours(monkeypatch, capsys, error: OSError, said: str | None):
    assert leave(monkeypatch, error) == 2
    assert capsys.readouterr().err == (f"a/facts.parquet {said}\n" if said else "a/facts.parquet: No space left on device\n")


def test_a_result_that_cannot_be_written_is_named_as_it_was_asked_for(monkeypatch, capsys, tmp_path: Path):
    assert run("schema", "-o", str(tmp_path / "nowhere" / "schema.json")) == 2
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'nowhere' / 'schema.json'} is not there; ")
    assert run("schema", "-o", str(tmp_path)) == 2
    assert capsys.readouterr().err == f"{tmp_path} is a folder; name a file\n"


@pytest.mark.parametrize("error", [ValueError("odd"), OSError("no name"), SmarketingError("ours")])
def test_a_mistake_of_ours_leaves_with_1(monkeypatch, capsys, error):
    assert leave(monkeypatch, error) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_the_trace_of_a_mistake_is_written_to_the_file_that_the_message_names(monkeypatch, capsys):
    leave(monkeypatch, ValueError("odd"))
    named = re.search(r"written in (\S+)", capsys.readouterr().err)
    assert named
    trace = Path(named[1])
    assert trace.read_text(encoding="utf-8").endswith("ValueError: odd\n")


def test_ctrl_c_leaves_with_130(monkeypatch, capsys):
    assert leave(monkeypatch, KeyboardInterrupt()) == 130


@pytest.mark.parametrize("line", [["--no-such-option"], ["no-such-command"], []])
def test_wrong_use_leaves_with_2(line: list[str]):
    assert run(*line) == 2


def test_quiet_may_stand_anywhere(voice: output.Voice):
    assert door._options_first(["report", "funnel", "--quiet", "--", "--no-color"]) == [
        "--quiet",
        "report",
        "funnel",
        "--",
        "--no-color",
    ]


def test_quiet_silences_messages_but_not_what_went_wrong(voice: output.Voice, capsys):
    voice.quiet = True
    output.say("a message")
    output.complain("an error")
    assert capsys.readouterr() == ("", "an error\n")


def test_a_result_goes_to_its_file_whole_or_not_at_all(tmp_path: Path):
    output.write("old", to=tmp_path / "result")
    with pytest.raises(RuntimeError), output._opened(tmp_path / "result") as out:
        out.write("half")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["result"]
    assert (tmp_path / "result").read_text() == "old\n"


def test_json_knows_money_and_instants(capsys):
    output.write_json({"amount": Decimal("12.50"), "at": datetime(2026, 1, 1, tzinfo=UTC), "names": {"b", "a"}})
    assert json.loads(capsys.readouterr().out) == {"amount": 12.5, "at": "2026-01-01T00:00:00Z", "names": ["a", "b"]}


ROWS = [("a", 1, None), ("=b", 20, datetime(2026, 1, 1, tzinfo=UTC))]


def test_a_table_lines_up_and_numbers_stand_on_the_right(capsys):
    output.write_table(["name", "n", "at"], ROWS)
    assert capsys.readouterr().out == (
        "name   n  at\n"
        "──────────────────────────────\n"
        "a      1\n"
        "=b    20  2026-01-01T00:00:00Z\n"
    )  # fmt: skip


def test_a_table_as_csv_runs_no_formula(capsys):
    output.write_table(["name", "n", "at"], ROWS, format=output.Format.csv)
    assert capsys.readouterr().out == "name,n,at\na,1,\n'=b,20,2026-01-01T00:00:00Z\n"


def test_a_table_as_json_is_a_list_of_objects(tmp_path):
    output.write_table(["name", "n", "at"], ROWS, format=output.Format.json, to=tmp_path / "out")
    first, second = json.loads((tmp_path / "out").read_text())
    assert first == {"name": "a", "n": 1, "at": None}
    assert second == {"name": "=b", "n": 20, "at": "2026-01-01T00:00:00Z"}
