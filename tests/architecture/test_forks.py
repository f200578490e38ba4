"""A process forked after Polars was used hangs: threads or spawned processes only, in the product and in its tests."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, calls, tracked

FORKS = {"os.fork", "os.forkpty", "pty.fork", "multiprocessing.Process", "multiprocessing.Pool", "multiprocessing.Manager"}
NEED_A_CONTEXT = {"concurrent.futures.ProcessPoolExecutor", "concurrent.futures.process.ProcessPoolExecutor"}
CHOOSE = {"multiprocessing.get_context", "multiprocessing.set_start_method"}


def forks(path: Path) -> list[str]:
    """Every place in a file where a process may be forked."""
    return [f"{path.name}:{line} {name}" for line, name, call in calls(path) if _may_fork(name, call)]


def _may_fork(name: str, call: ast.Call) -> bool:
    if name in CHOOSE:
        return [getattr(each, "value", None) for each in call.args] != ["spawn"]
    if name in NEED_A_CONTEXT:
        return not any(word.arg == "mp_context" for word in call.keywords)
    return name in FORKS


def test_nothing_forks():
    assert {str(path.relative_to(ROOT)): found for path in tracked(".py") if (found := forks(path))} == {}


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.fork()",
        "import multiprocessing as mp\nmp.Pool(2)",
        "from multiprocessing import get_context\nget_context('fork')",
        "import multiprocessing\nmultiprocessing.get_context()",
        "from concurrent.futures import ProcessPoolExecutor\nProcessPoolExecutor(2)",
    ],
)
def test_a_fork_is_seen(tmp_path: Path, code: str):
    (tmp_path / "module.py").write_text(code)
    assert len(forks(tmp_path / "module.py")) == 1


def test_a_spawned_process_is_allowed(tmp_path: Path):
    (tmp_path / "module.py").write_text("import multiprocessing\nmultiprocessing.get_context('spawn').Pool(2)")
    assert forks(tmp_path / "module.py") == []
