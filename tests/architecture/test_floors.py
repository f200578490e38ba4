"""The floors hold, and the contracts that say so can fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

SEVERAL_FLOORS_TOO_HIGH = "from smarketing.reports import outcome\n"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts, to be broken."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "src" / "smarketing", tmp_path / "src" / "smarketing", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_imports_only_go_down():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("where", "what", "contract"),
    [
        ("vocabulary/extra.py", SEVERAL_FLOORS_TOO_HIGH, "Floors"),
        ("journal/extra.py", "import smarketing.agreement\n", "Floors"),
        ("utils/__init__.py", "", "Floors"),
        ("reports/extra.py", "import django\n", "The core needs"),
        ("reports/extra.py", "import altair\n", "The core needs"),
        ("connectors/one/__init__.py", "import smarketing.connectors.files\n", "Connectors"),
        ("derivations/extra.py", "import smarketing.derivations.other\n", "No cycle"),
    ],
)
def test_a_broken_rule_is_named(copy: Path, where: str, what: str, contract: str):
    broken = copy / "src" / "smarketing" / where
    broken.parent.mkdir(exist_ok=True)
    broken.write_text(what)
    if contract == "No cycle":
        broken.with_name("other.py").write_text("import smarketing.derivations.extra\n")
    result = lint_imports(copy)
    assert result.returncode == 1
    assert any(line.startswith(contract) and " BROKEN" in line for line in result.stdout.splitlines()), result.stdout
