"""`smarketing report …` and `smarketing explain`: formats, files, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smarketing.cli.main import main
from tests.golden.company import golden_facts

AGREEMENT = Path(__file__).parents[2] / "golden" / "agreement.yaml"


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "facts.parquet"
    golden_facts().write_parquet(path)
    return path


def run(*words: object) -> int:
    """The exit code of one command."""
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return int(left.value.code or 0)


def funnel(journal: Path, *more: object) -> int:
    return run("report", "funnel", "--facts", journal, "--agreement", AGREEMENT, *more)


def test_json_goes_to_stdout_and_as_of_is_the_latest_fact(journal: Path, capsys: pytest.CaptureFixture[str]):
    assert funnel(journal, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    latest = golden_facts()["at"].max()
    assert told["as_of"] == latest.isoformat().replace("+00:00", "Z")
    assert told["rows"][0]["leads"] == golden_facts()["lead_id"].n_unique() - 1


def test_tables_are_read_and_a_file_is_written(journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "spend.csv").write_text("campaign,day,amount,currency\nsearch,2026-04-11,250.25,EUR\n")
    out = tmp_path / "funnel.csv"
    assert funnel(journal, "--by", "campaign", "--tables-in", tmp_path, "--format", "csv", "-o", out) == 0
    assert capsys.readouterr().out == ""
    assert ",250.25,EUR," in out.read_text(encoding="utf-8")


def test_a_table_fits_a_terminal(journal: Path, capsys: pytest.CaptureFixture[str]):
    assert funnel(journal, "--by", "industry", "--period", "2026-Q1", "--cohort", "handoff", "--as-of", "2026-07-01") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Funnel by industry: leads first handed over in 2026-Q1, as of 2026-07-01 00:00")
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--by", "industri"], 'Did you mean "industry"?'),
        (["--period", "2026-13"], "is not a period"),
        (["--as-of", "today"], "is not a time"),
    ],
)
def test_wrong_use_is_2(journal: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert funnel(journal, *more) == 2
    assert said in capsys.readouterr().err


def test_a_wrong_cohort_or_no_facts_is_2(journal: Path, tmp_path: Path):
    assert funnel(journal, "--cohort", "won") == 2
    assert funnel(tmp_path / "nothing.parquet") == 2


@pytest.mark.parametrize("words", [("report", "funnel"), ("explain", "anna"), ("replay", "--out", "out")], ids=" ".join)
def test_an_agreement_that_is_not_there_is_2_and_a_folder_without_one_10(
    journal: Path, tmp_path: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
):
    assert run(*words, "--facts", journal, "--agreement", tmp_path / "none.yaml") == 2
    assert "does not exist" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert run(*words, "--facts", journal, "--agreement", tmp_path / "empty") == 10
    assert "There is no agreement in this folder." in capsys.readouterr().err


def test_problems_in_the_agreement_are_10(journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(AGREEMENT.read_text(encoding="utf-8").replace("stages:", "stagess:"), encoding="utf-8")
    assert run("report", "funnel", "--facts", journal, "--agreement", wrong) == 10
    assert 'Did you mean "stages"?' in capsys.readouterr().err


def test_explain_as_text_and_json(journal: Path, capsys: pytest.CaptureFixture[str]):
    words = ("explain", "anna-web", "--facts", journal, "--agreement", AGREEMENT, "--as-of", "2026-07-01")
    assert run(*words) == 0
    golden = AGREEMENT.with_name("anna.txt").read_text(encoding="utf-8")
    assert capsys.readouterr().out == golden
    assert run(*words, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads(AGREEMENT.with_name("anna.json").read_text(encoding="utf-8"))


def test_explaining_nobody_is_2(journal: Path, capsys: pytest.CaptureFixture[str]):
    assert run("explain", "lead-00", "--facts", journal, "--agreement", AGREEMENT) == 2
    assert 'Did you mean "lead-00' in capsys.readouterr().err


REPORTS = {"scoreboard": "2026-04", "campaigns": "2026-Q2", "reps": "2026-Q2", "funnel": "2026-Q2"}


def report(journal: Path, name: str, *more: object) -> int:
    return run("report", name, "--facts", journal, "--agreement", AGREEMENT, *more)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_written_as_json_csv_and_a_table(journal: Path, name: str, capsys: pytest.CaptureFixture[str]):
    period = ("--period", REPORTS[name])
    assert report(journal, name, *period, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["report"], told["agreement"][:1] != "") == (name, True)
    assert set(told) >= {"report", "period", "as_of", "agreement", "rows", "notes"}
    assert report(journal, name, *period, "--format", "csv") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(told["rows"]) + 1
    assert report(journal, name, *period) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


@pytest.mark.parametrize(("format", "begins"), [("html", b"<!doctype html"), ("svg", b"<svg"), ("png", b"\x89PNG")])
def test_a_report_is_drawn(journal: Path, tmp_path: Path, format: str, begins: bytes):
    pytest.importorskip("altair")
    out = tmp_path / f"scoreboard.{format}"
    assert report(journal, "scoreboard", "--period", "2026-04", "--format", format, "-o", out) == 0
    assert out.read_bytes().lower().startswith(begins.lower())
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_an_image_is_nothing_for_a_terminal(journal: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert report(journal, "reps", "--format", "png") == 2
    assert "-o FILE.png" in capsys.readouterr().err


def test_who_would_have_got_leads_that_nobody_routes_is_13(journal: Path, capsys: pytest.CaptureFixture[str]):
    assert report(journal, "routing") == 13
    assert "does not say who gets a lead" in capsys.readouterr().err


def test_too_little_history_for_a_plan_is_13(journal: Path, capsys: pytest.CaptureFixture[str]):
    assert report(journal, "plan") == 13
    assert "needs a goal" in capsys.readouterr().err


@pytest.mark.parametrize("tables", ["", " , "])
def test_a_replay_of_no_table_is_2(journal: Path, tmp_path: Path, tables: str, capsys: pytest.CaptureFixture[str]):
    assert run("replay", "--facts", journal, "--agreement", AGREEMENT, "--out", tmp_path / "out", "--tables", tables) == 2
    assert "--tables names no table" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_replay_into_a_file_is_2_and_leaves_the_file_alone(journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    taken = tmp_path / "out"
    taken.write_text("mine", encoding="utf-8")
    assert run("replay", "--facts", journal, "--agreement", AGREEMENT, "--out", taken) == 2
    assert "is a file; name a folder" in capsys.readouterr().err
    assert taken.read_text(encoding="utf-8") == "mine"


def test_facts_go_with_an_agreement(journal: Path, capsys: pytest.CaptureFixture[str]):
    assert run("report", "reps", "--facts", journal) == 2
    assert "--facts needs --agreement" in capsys.readouterr().err


def test_facts_and_a_workspace_are_two_journals(journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert report(journal, "reps", "--workspace", tmp_path) == 2
    assert "not both" in capsys.readouterr().err
    assert run("report", "reps", "--workspace", tmp_path, "--agreement", AGREEMENT) == 2
    assert "a workspace has its own" in capsys.readouterr().err


def test_without_anything_given_it_is_said_what_to_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    assert run("report", "scoreboard") == 2
    said = capsys.readouterr().err
    assert "--workspace DIR" in said
    assert "--facts FILE --agreement FILE" in said


DOUBTED = "rep,role,calendar\nanna@hart.example,sale,\n"


@pytest.mark.parametrize("command", ["replay", "report", "explain"])
def test_a_doubtful_rep_is_said_and_stops_nothing(
    command: str, journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "reps.csv").write_text(DOUBTED, encoding="utf-8")
    (tmp_path / "rates.csv").write_text("day,from_currency,to_currency,rate\n2026-01-01,CHF,EUR,0.95\n", encoding="utf-8")
    words = {"replay": ["--out", tmp_path / "out"], "report": ["reps"], "explain": ["lead-017"]}[command]
    asked = (command, *words, "--facts", journal, "--agreement", AGREEMENT, "--tables-in", tmp_path)
    assert run(*asked) == 0
    told = capsys.readouterr()
    assert told.err.count("SMK-J036 reps.csv:2") == 1 and 'Did you mean "sales"? (warning)' in told.err
    assert "SMK-J036" not in told.out
    assert run("--quiet", *asked) == 0
    assert capsys.readouterr().err == ""
