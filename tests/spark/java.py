"""A Java for Spark: that of the system, else the one that `make java` put beside the libraries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

OURS = Path(__file__).parents[2] / ".venv" / "java"
RECENT = 17


def java_environment() -> dict[str, str] | None:
    """What has to stand in the environment so that Spark finds a recent Java; None where there is none."""
    if home := os.environ.get("JAVA_HOME"):
        return {} if is_recent(Path(home) / "bin" / "java") else None
    if (on_path := shutil.which("java")) and is_recent(Path(on_path)):
        return {}
    return {"JAVA_HOME": str(OURS)} if is_recent(OURS / "bin" / "java") else None


def is_recent(java: Path) -> bool:
    """Whether this program is there and a Java of 17 or later."""
    if not java.is_file():
        return False
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r' version "([0-9]+)', said)
    return found is not None and int(found[1]) >= RECENT
