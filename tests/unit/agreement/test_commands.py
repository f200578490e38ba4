"""`smarketing check`, `schema` and `diff` on the command line."""

import json
from pathlib import Path

import pytest

from smarketing.cli.main import main
from tests.unit.agreement.documents import SMALL, changed, line_of

LINE = line_of("stages:", SMALL)


def run(capsys, *arguments):
    """The exit code and what was printed."""
    code = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as leaving:
        code = leaving.code or 0
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "agreement.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def wrong(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(changed("stages:", "stagess:"), encoding="utf-8")
    return path


def test_check_says_what_a_valid_agreement_is(capsys, small):
    code, out, err = run(capsys, "check", small)
    assert (code, err) == (0, "")
    assert out.startswith(f"{small}  Small  version ")
    assert out.endswith("in force from 2026-01-01\n")


def test_check_lists_the_problems_of_every_file(capsys, small, wrong):
    code, out, _ = run(capsys, "check", wrong, small)
    assert code == 10
    assert f"SMK-A003 {wrong}:{LINE}" in out
    assert 'Did you mean "stages"?' in out
    assert f"{small}  Small" in out


def test_a_warning_does_not_stop(capsys, small):
    small.write_text(changed("points: 5,", "points: 0,"), encoding="utf-8")
    code, out, _ = run(capsys, "check", small)
    assert code == 0
    assert "SMK-A041" in out
    assert "(warning)" in out


def test_check_as_json(capsys, small, wrong):
    code, out, _ = run(capsys, "check", wrong, small, "--format", "json")
    assert code == 10
    first, second = json.loads(out)
    assert (first["valid"], first["problems"][0]["code"], first["problems"][0]["line"]) == (False, "SMK-A003", LINE)
    assert (second["valid"], second["problems"], len(second["id"])) == (True, [], 64)


def test_a_file_that_is_not_there_is_wrong_use(capsys, tmp_path):
    assert run(capsys, "check", tmp_path / "none.yaml")[0] == 2


def test_schema_to_a_file(capsys, tmp_path):
    assert run(capsys, "schema", "-o", tmp_path / "schema.json")[:2] == (0, "")
    assert json.loads(Path(tmp_path / "schema.json").read_text(encoding="utf-8"))["title"] == "Smarketing agreement"


def test_diff_in_sentences_and_as_json(capsys, small, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(changed("engagement: 40", "engagement: 45"), encoding="utf-8")
    assert run(capsys, "diff", small, other) == (0, "An MQL now needs 45 engagement points instead of 40.\n", "")
    code, out, _ = run(capsys, "diff", small, other, "--format", "json")
    assert code == 0
    assert set(json.loads(out)) == {"from", "to", "sentences"}


def test_diff_of_a_wrong_agreement_names_its_problems(capsys, small, wrong):
    code, out, err = run(capsys, "diff", small, wrong)
    assert (code, out) == (10, "")
    assert "SMK-A003" in err
