"""Runs the examples that a page shows, and puts what they really print below them.

A block marked `python` or `sh` is run, all of a page in order and in one empty folder beside a copy of `examples/`. A block marked `text` that
follows directly is its result. A block of any other kind is left alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
WITH_EXAMPLES = (
    ROOT / "README.md",
    *sorted(page for part in ("tutorial", "how-to") for page in (ROOT / "docs" / part).glob("*.md")),
)
BLOCK = re.compile(r"^```(?P<kind>python|sh)\n(?P<code>.*?)^```\n(?P<result>\n```text\n.*?^```\n)?", re.MULTILINE | re.DOTALL)


def refreshed(page: Path) -> str:
    """The text of the page with every shown result as it is today. Raises RuntimeError where an example fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples", folder / "examples")
        return BLOCK.sub(lambda block: _with_result(block, folder), page.read_text(encoding="utf-8"))


def _with_result(block: re.Match[str], folder: Path) -> str:
    printed = _run(block["kind"], block["code"], folder)
    if block["result"] is None:
        return block[0]
    lines = "\n".join(line.rstrip() for line in printed.strip("\n").splitlines())
    return f"```{block['kind']}\n{block['code']}```\n\n```text\n{lines}\n```\n"


def _run(kind: str, code: str, folder: Path) -> str:
    programs = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": programs + os.pathsep + os.environ["PATH"], "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    line = [sys.executable, "-c", code] if kind == "python" else ["bash", "-euo", "pipefail", "-c", code]
    result = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"{code}\nended with {result.returncode}:\n{result.stderr}")
    return result.stdout
