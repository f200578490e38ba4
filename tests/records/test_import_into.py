"""Import into a workspace: as into a file, every row accounted for; again changes nothing; killed, it goes on where it was."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from smarketing.actions.workspace import Workspace
from smarketing.vocabulary.errors import DocumentError, UsageError
from tests.records.test_facts import canonical, run

pytestmark = pytest.mark.postgres

MAPPING = """zone: UTC
files:
  - match: "leads*.csv"
    facts:
      - {kind: form_submitted, fact_id: "crm:{id}", lead_id: "crm-{id}", at: {column: at}, properties: {form: "{form}", email: "{mail}"}}
tables:
  spend:
    - {match: "costs*.csv", campaign: "{campaign}", day: {column: day}, amount: {column: cost}}
"""
LEADS = "id,at,form,mail\n1,2026-03-05,demo,ada@example.com\n2,2026-03-06,guide,\n2,2026-03-06,demo,\n3,soon,demo,\n2,2026-03-06,guide,\n"
COSTS = "campaign,day,cost\nspring,2026-03-05,10.00\nspring,2026-03-05,2.50\n"


@pytest.fixture
def files(workspace: Workspace, tmp_path: Path) -> list[Path]:
    """Two exports, and the mapping that says what they mean."""
    (workspace.folder / "mappings" / "crm.yaml").write_text(MAPPING, encoding="utf-8")
    for name, text in (("leads.csv", LEADS), ("costs.csv", COSTS), ("other.csv", "a,b\n1,2\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in ("leads.csv", "costs.csv", "other.csv")]


def counted(workspace: Workspace, files: list[Path], **options: Any) -> dict[str, Any]:
    """The result of an import, as JSON shows it."""
    from smarketing.actions.import_into import import_into

    return import_into(workspace, files, **options).as_json()


def test_every_row_is_accounted_for_as_in_an_import_into_a_file(workspace: Workspace, files: list[Path], tmp_path: Path) -> None:
    from smarketing.actions.import_facts import import_facts

    ours = counted(workspace, files)
    theirs = import_facts(files, mapping=workspace.mappings()[0], out=tmp_path / "facts.parquet").as_json()
    assert ours["facts"] == {"new": 2, "known": 1, "conflicts": 1}
    assert ours | {"rejects": None} == theirs | {"rejects": None}
    rejects = workspace.data / "rejected" / "leads.rejected.csv"
    assert ours["rejects"] == str(rejects)
    assert rejects.read_bytes() == (tmp_path / "leads.rejected.csv").read_bytes()
    assert (workspace.small_tables() / "spend.csv").read_bytes() == (tmp_path / "tables" / "spend.csv").read_bytes()


def test_the_facts_are_those_of_an_import_into_a_file(workspace: Workspace, files: list[Path], tmp_path: Path) -> None:
    from smarketing.actions.import_facts import import_facts
    from smarketing.journal.survey import settled
    from smarketing.records.facts import load_facts

    at = workspace.now()
    counted(workspace, files, recorded_at=at)
    import_facts(files, mapping=workspace.mappings()[0], out=tmp_path / "facts.parquet", recorded_at=at)
    ours = settled(load_facts().lazy()).collect()
    theirs = settled(canonical(pl.read_parquet(tmp_path / "facts.parquet")).lazy()).collect()
    assert_frame_equal(ours.sort("fact_id"), theirs.sort("fact_id"))


def test_the_same_import_again_changes_nothing(workspace: Workspace, files: list[Path]) -> None:
    from smarketing.records.facts import load_facts

    counted(workspace, files)
    before, spend = load_facts().height, (workspace.small_tables() / "spend.csv").read_bytes()
    assert counted(workspace, files)["facts"] == {"new": 0, "known": 4, "conflicts": 0}
    assert (load_facts().height, (workspace.small_tables() / "spend.csv").read_bytes()) == (before, spend)


def test_a_trial_counts_and_keeps_nothing(workspace: Workspace, files: list[Path]) -> None:
    from smarketing.records.facts import load_facts

    tried = counted(workspace, files, dry_run=True)
    assert tried["facts"] == {"new": 2, "known": 1, "conflicts": 1}
    assert load_facts().is_empty()
    assert not (workspace.data / "rejected" / "leads.rejected.csv").exists()
    assert not (workspace.small_tables() / "spend.csv").exists()
    assert counted(workspace, files)["facts"] == tried["facts"]


def test_all_mappings_of_the_workspace_are_used_unless_one_is_named(
    workspace: Workspace, files: list[Path], tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(MAPPING.replace("leads*.csv", "other*.csv").replace("crm", "x").replace("{id}", "{a}").replace("{column: at}", '"2026-01-01"').replace("{form}", "f").replace("{mail}", "m"), encoding="utf-8")  # fmt: skip
    assert counted(workspace, files[2:], mappings=[other])["facts"]["new"] == 1
    assert counted(workspace, files)["ignored_files"] == [str(files[2])]
    other.rename(workspace.folder / "mappings" / "other.yaml")
    both = counted(workspace, files)
    assert both["facts"] == {"new": 0, "known": 5, "conflicts": 0}
    assert both["ignored_files"] == []


def test_rows_that_two_mappings_of_one_file_reject_stand_in_two_files(workspace: Workspace, files: list[Path]) -> None:
    once = counted(workspace, files)["rejects"]
    again = workspace.folder / "mappings" / "again.yaml"
    again.write_text(
        (workspace.folder / "mappings" / "crm.yaml").read_text(encoding="utf-8").replace("crm", "again"), encoding="utf-8"
    )
    first, second = (Path(path) for path in counted(workspace, files)["rejects"])
    assert first == Path(once)
    assert second.name == "leads-2.rejected.csv"
    assert first.read_bytes() == second.read_bytes(), "both reject the same rows of this file"


def test_without_a_mapping_it_says_what_is_missing(workspace: Workspace, files: list[Path]) -> None:
    (workspace.folder / "mappings" / "crm.yaml").unlink()
    with pytest.raises(UsageError, match="--mapping"):
        counted(workspace, files)


def test_a_broken_mapping_brings_nothing_in(workspace: Workspace, files: list[Path]) -> None:
    (workspace.folder / "mappings" / "bad.yaml").write_text("fils: []\n", encoding="utf-8")
    with pytest.raises(DocumentError):
        counted(workspace, files)
    assert run("SELECT count(*) FROM fact") == [(0,)]


def test_a_lead_named_by_its_address_is_warned_of(workspace: Workspace, files: list[Path]) -> None:
    from smarketing.actions.import_into import import_into

    assert [problem.code for problem in import_into(workspace, files).problems] == ["SMK-I001"]
    path = workspace.mappings()[0]
    path.write_text(MAPPING.replace('"crm-{id}"', '"{mail|nobody}"').replace("crm:", "again:"), encoding="utf-8")
    found = import_into(workspace, files).problems
    assert {(problem.code, problem.severity) for problem in found} == {("SMK-I002", "warning"), ("SMK-I001", "error")}
    assert "ada" not in str(found)


def smarketing(*words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the program said."""
    line = [sys.executable, "-m", "smarketing", *map(str, words)]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.mark.slow
def test_the_command_imports_and_works_out_what_follows(workspace: Workspace, files: list[Path], tmp_path: Path) -> None:
    done = smarketing("import", *files, "--workspace", workspace.folder, "--format", "json", folder=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["facts"]) == (11, {"new": 2, "known": 1, "conflicts": 1})
    assert run("SELECT serial, facts FROM derived.state") == [(1, 2)]
    again = smarketing("import", *files, folder=workspace.folder / "mappings")
    assert "Facts: 0 new, 4 known, 0 in conflict." in again.stdout
    both = smarketing("import", *files, "--workspace", workspace.folder, "--out", "x.parquet", folder=tmp_path)
    assert (both.returncode, both.stdout) == (2, "")


ROWS = 40_000
WIDE = 400  # characters beside, so that few rows are several batches


@pytest.mark.slow
def test_an_import_killed_in_the_middle_goes_on_where_it_was(workspace: Workspace, files: list[Path], tmp_path: Path) -> None:
    numbers = pl.int_range(ROWS, eager=True).cast(pl.String)
    rows = pl.DataFrame({"id": numbers}).with_columns(
        at=pl.lit("2026-03-05"), form=pl.lit("demo"), mail=None, beside=pl.lit("x" * WIDE)
    )
    rows.write_csv(tmp_path / "leads-many.csv")
    line = [sys.executable, "-m", "smarketing", "import", "leads-many.csv", "--workspace", str(workspace.folder)]
    running = subprocess.Popen(line, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while running.poll() is None and run("SELECT count(*) FROM fact") == [(0,)]:
        time.sleep(0.01)
    running.kill()
    running.communicate()
    (there,) = run("SELECT count(*) FROM fact")[0]
    assert 0 < there < ROWS, "it was not killed in the middle"
    done = smarketing("import", "leads-many.csv", "--workspace", workspace.folder, "--format", "json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)["facts"]
    assert (counts["new"] + counts["known"], counts["conflicts"]) == (ROWS, 0)
    assert counts["known"] >= there
    assert run("SELECT count(*), count(DISTINCT fact_id) FROM fact") == [(ROWS, ROWS)]
    assert run("SELECT facts FROM derived.state") == [(ROWS,)]
