"""What is tracked speaks of the product: no paths of a machine, no addresses of a package registry, no secrets, nothing unfinished."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, tracked

FORBIDDEN = {
    # Brackets keep these patterns from finding themselves.
    "path of a machine": r"(?<![\w.])/(wor[k]|tm[p]|roo[t]|home/[a-z]+|User[s]/\w+|op[t]|mn[t])/",
    "package registry or content network": r"py[p]i\.org|python[h]osted|npm[j]s|js[d]elivr|un[p]kg|\bcd[n]\.|registry\.npm|--(extra-)?index-ur[l]|--find-link[s]",
    "secret": r"BEGIN [A-Z ]*PRIVATE KE[Y]|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}",
    "unfinished": r"\b(TOD[O]|FIXM[E]|XX[X])\b|\blorem ipsu[m]|\bcoming soo[n]",
    "written by somebody else": r"[Cc]o-[Aa]uthored-[Bb]y|[Gg]enerated with \[",
}
NOT_OURS = {"LICENSE"}


def findings(path: Path) -> list[str]:
    """Line and reason of everything in a file that must not be there."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []  # a picture, or a file in the encoding that a test needs
    return [
        f"{number}: {reason}: {found[0]}"
        for number, line in enumerate(text.splitlines(), 1)
        for reason, pattern in FORBIDDEN.items()
        if (found := re.search(pattern, line))
    ]


def test_tracked_files_speak_of_the_product_only():
    files = [path for path in tracked() if path.name not in NOT_OURS]
    assert {str(path.relative_to(ROOT)): found for path in files if (found := findings(path))} == {}


@pytest.mark.parametrize(
    "line", ["see /wor" + "k/main", "https://pyp" + "i.org/simple", "# TO" + "DO later", "gh" + "p_" + "a" * 36]
)
def test_a_wrong_line_is_found(tmp_path: Path, line: str):
    (tmp_path / "file.txt").write_text(line)
    assert len(findings(tmp_path / "file.txt")) == 1
