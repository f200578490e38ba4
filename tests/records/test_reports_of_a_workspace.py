"""`smarketing report …` and `explain` on a workspace: what a file of the same facts says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smarketing.actions.workspace import Workspace
from smarketing.cli.main import main

pytestmark = pytest.mark.postgres

MAPPING = """zone: UTC
files:
  - match: "leads*.csv"
    facts:
      - {kind: form_submitted, fact_id: "crm:{id}", lead_id: "crm-{id}", at: {column: at}, campaign: "{campaign}", properties: {form: demo}}
"""
LEADS = "id,at,campaign\n1,2026-03-05,fair\n2,2026-03-06,search\n3,2026-05-04,fair\n"


@pytest.fixture
def facts(workspace: Workspace, tmp_path: Path) -> Path:
    """Three leads in the workspace, and the same in a file."""
    from smarketing.actions.import_facts import import_facts
    from smarketing.actions.import_into import import_into

    (workspace.folder / "mappings" / "crm.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "leads.csv").write_text(LEADS, encoding="utf-8")
    import_into(workspace, [tmp_path / "leads.csv"])
    import_facts([tmp_path / "leads.csv"], mapping=workspace.mappings()[0], out=tmp_path / "facts.parquet")
    return tmp_path / "facts.parquet"


def report(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    return told(capsys, "report", *words)


def told(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    with pytest.raises(SystemExit) as left:
        main([*(str(word) for word in words), "--format", "json"])
    assert left.value.code in (0, None), capsys.readouterr().err
    return dict(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize("name", ["scoreboard", "campaigns", "reps", "funnel"])
def test_a_workspace_says_what_a_file_of_the_same_facts_says(
    workspace: Workspace, facts: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (agreement,) = (workspace.folder / "agreement").glob("*.yaml")
    of_file = ("--facts", facts, "--agreement", agreement, "--as-of", "2026-06-01")
    assert report(capsys, name, "--workspace", workspace.folder) == report(capsys, name, *of_file)


def test_as_of_looks_back(workspace: Workspace, facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = report(capsys, "campaigns", "--workspace", workspace.folder)
    then = report(capsys, "campaigns", "--workspace", workspace.folder, "--as-of", "2026-04-01")
    assert [sum(row["leads"] for row in one["rows"]) for one in (now, then)] == [3, 2]


@pytest.mark.parametrize("as_of", ["2026-03-06", "2026-04-01", "2026-06-01"])
def test_a_lead_is_explained_as_a_file_of_the_same_facts_explains_it(
    workspace: Workspace, facts: Path, as_of: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (agreement,) = (workspace.folder / "agreement").glob("*.yaml")
    of_file = ("--facts", facts, "--agreement", agreement, "--as-of", as_of)
    explained = told(capsys, "explain", "crm-1", "--workspace", workspace.folder, "--as-of", as_of)
    assert explained == told(capsys, "explain", "crm-1", *of_file)
    assert explained["rows"]


def test_a_lead_is_explained_as_it_stands_now(workspace: Workspace, facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    explained = told(capsys, "explain", "crm-2", "--workspace", workspace.folder)
    assert "form" in explained["rows"][0]["text"].lower()
    assert explained["as_of"] == report(capsys, "campaigns", "--workspace", workspace.folder)["as_of"]
