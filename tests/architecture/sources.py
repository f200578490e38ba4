"""The product's own source, as the architecture tests read it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "smarketing"
CORE = ("vocabulary", "agreement", "journal", "derivations", "reports")


@cache
def tracked(*suffixes: str) -> tuple[Path, ...]:
    """The files of the repository with one of `suffixes` (all of them without one), new ones included, ignored ones not."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)))


def product_modules() -> list[Path]:
    """Every Python file of the package."""
    return [path for path in tracked(".py") if path.is_relative_to(SOURCE)]


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def room(path: Path) -> str:
    """The name of the top room a file of the package lies in; empty for the root."""
    inside = path.relative_to(SOURCE).parts
    return inside[0] if len(inside) > 1 else ""


def calls(path: Path) -> Iterator[tuple[int, str, ast.Call]]:
    """Line, dotted name and node of every call in a file, as far as the name is written out; aliases resolved."""
    names = _imported(tree(path))
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and (dotted := _dotted(node.func)):
            head, _, rest = dotted.partition(".")
            yield node.lineno, ".".join(filter(None, (names.get(head, head), rest))), node


def _imported(module: ast.Module) -> dict[str, str]:
    """What the names at hand stand for: `dt` → `datetime`."""
    names = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names.update({each.asname: each.name for each in node.names if each.asname})
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({each.asname or each.name: f"{node.module}.{each.name}" for each in node.names})
    return names


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""
