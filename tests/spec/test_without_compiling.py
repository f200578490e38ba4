"""The same specs, asked of the kernel as plain Python: what a cache of compiled code returns may be older than the code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def engine() -> None:
    """The engine is asked in the process that is started."""


@pytest.mark.slow
def test_the_specs_hold_without_compiling() -> None:
    folder = Path(__file__).parent
    others = [f"--ignore={folder / name}.py" for name in ("test_without_compiling", "test_manual", "test_agreements")]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "SMARKETING_SPEC_ENGINES": "kernel"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *others, str(folder)],
        env=environment, cwd=folder.parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-1000:]
    assert " passed" in run.stdout and "skipped" not in run.stdout
