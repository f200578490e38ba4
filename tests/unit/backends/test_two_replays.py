"""`smarketing backtest`: what it takes, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import smarketing as sm
from smarketing.cli.main import main
from smarketing.vocabulary.errors import UsageError
from tests.acceptance.test_backtest_by_hand import DRAFT, FACTS, SIGNED
from tests.unit.reports.lives import journal


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with `facts.parquet`, `draft.yaml` and `agreement.yaml` (JSON is YAML)."""
    journal(FACTS).write_parquet(tmp_path / "facts.parquet")
    (tmp_path / "draft.yaml").write_text(json.dumps(DRAFT), encoding="utf-8")
    (tmp_path / "agreement.yaml").write_text(json.dumps(SIGNED), encoding="utf-8")
    return tmp_path


def run(files: Path, *words: object) -> int:
    """The exit code."""
    with pytest.raises(SystemExit) as left:
        main(["backtest", str(files / "draft.yaml"), *map(str, words)])
    return int(left.value.code or 0)


def asked(files: Path, *more: object) -> int:
    return run(files, "--against", files / "agreement.yaml", "--facts", files / "facts.parquet", *more)


def told(captured: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(captured)
    return answer


def test_json_is_the_answer_of_the_library(files: Path, capsys: pytest.CaptureFixture[str]):
    assert asked(files, "--format", "json", "--as-of", "2026-01-29") == 0
    draft, against = (sm.load_agreement(files / name) for name in ("draft.yaml", "agreement.yaml"))
    report = sm.backtest(draft, against=against, facts=files / "facts.parquet", as_of="2026-01-29")
    assert told(capsys.readouterr().out) == report.to_dict()


def test_as_of_left_out_is_the_latest_fact_and_times_can_be_given(files: Path, capsys: pytest.CaptureFixture[str]):
    assert asked(files, "--format", "json", "--from", "2026-01-05", "--to", "2026-01-12T00:00:00Z") == 0
    answer = told(capsys.readouterr().out)
    assert answer["as_of"] == "2026-01-25T00:00:00Z"
    assert answer["period"] == {"from": "2026-01-05T00:00:00Z", "to": "2026-01-12T00:00:00Z"}


def test_the_table_names_both_sides_and_what_nobody_knows(files: Path, capsys: pytest.CaptureFixture[str]):
    assert asked(files, "-o", files / "out.txt") == 0
    assert capsys.readouterr().out == ""
    text = (files / "out.txt").read_text(encoding="utf-8")
    assert "draft" in text and "in force" in text and "28.6% of the draft's hand-offs were never worked" in text


def test_csv_has_a_row_for_each_side(files: Path, capsys: pytest.CaptureFixture[str]):
    assert asked(files, "--format", "csv") == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.startswith("side,mqls_per_week,handoffs,")
    assert [row.split(",")[0] for row in rows] == ["draft", "against"]


def test_a_folder_of_versions_means_the_one_in_force(files: Path, capsys: pytest.CaptureFixture[str]):
    folder = files / "agreements"
    folder.mkdir()
    (folder / "1.yaml").write_text(json.dumps(SIGNED), encoding="utf-8")
    (folder / "2.yaml").write_text(json.dumps(DRAFT | {"in_force": {"from": "2026-01-10"}}), encoding="utf-8")
    ids = []
    for as_of in ("2026-01-09", "2026-01-20"):
        run(files, "--against", folder, "--facts", files / "facts.parquet", "--format", "json", "--as-of", as_of)
        ids.append(told(capsys.readouterr().out)["agreement"])
    assert ids == [sm.load_agreement(folder / name).id for name in ("1.yaml", "2.yaml")]


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--facts", "facts.parquet"), 2, "--facts needs --against"),
        (("--facts", "facts.parquet", "--against", "agreement.yaml", "--workspace", "."), 2, "not both"),
        (("--facts", "facts.parquet", "--against", "agreement.yaml", "--from", "soon"), 2, '--from: "soon" is not a time'),
        (("--facts", "facts.parquet", "--against", "agreement.yaml", "--from", "2026-02-01"), 2, "there is no time between"),
        (("--facts", "facts.parquet", "--against", "agreement.yaml", "--from", "2026-01-24"), 13, "Not enough to compare"),
        (("--against", "agreement.yaml", "--tables-in", "."), 2, "--tables-in goes with --facts"),
        (("--facts", "facts.parquet", "--against", "broken.yaml"), 10, "SMK-A"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    files: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], status: int, says: str
):
    (files / "broken.yaml").write_text("name: broken\n")
    named = [files / word if word == "." or word.endswith((".yaml", ".parquet")) else word for word in words]
    assert run(files, *named) == status
    assert says in capsys.readouterr().err


def test_where_there_is_no_workspace_a_file_can_be_asked(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(files)
    assert run(files, "--against", files / "agreement.yaml") == 2
    assert "Or ask a file: --facts FILE --against FILE" in capsys.readouterr().err


def test_something_that_is_no_agreement_is_refused():
    with pytest.raises(UsageError, match="load_agreement"):
        sm.backtest("draft.yaml", against=sm.Agreement.model_validate(SIGNED), facts=journal(FACTS))  # type: ignore[arg-type]
