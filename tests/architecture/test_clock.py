"""Only the command line, the web and the actions read the clock; everything below takes `as_of`.

The linter says so while somebody types; this test also sees other spellings, models and SQL.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, calls, product_modules, room, tree

FLOORS_WITH_A_CLOCK = {"cli", "web", "actions"}
CLOCKS = {
    "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow", "datetime.date.today",
    "time.time", "time.time_ns", "time.gmtime", "time.localtime", "time.ctime", "time.strftime",
    "django.utils.timezone.now", "django.utils.timezone.localtime", "django.utils.timezone.localdate",
    "django.db.models.functions.Now", "numpy.datetime64.now", "pandas.Timestamp.now", "uuid.uuid1",
}  # fmt: skip
SQL_CLOCK = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\s*\)|\bcurrent_(timestamp|date|time)\b",
    re.IGNORECASE,
)


STAMPED = {"src/smarketing/records/migrations/0003_live.py"}
"""Since when a fact waits to be followed; nothing follows from it but an alarm."""


def clock_readings(path: Path) -> list[str]:
    """Every place in a file where the time of day gets in."""
    found = [f"{line} {name}" for line, name, call in calls(path) if name in CLOCKS or _stamps_itself(call)]
    named = [f"{node.lineno} {name}" for node in ast.walk(tree(path)) if (name := _handed_over(node))]
    texts = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    prose = _docstrings(path)
    found += [f"{text.lineno} SQL" for text in texts if id(text) not in prose and SQL_CLOCK.search(str(text.value))]
    return [f"{path.name}:{each}" for each in found + named]


def _stamps_itself(call: ast.Call) -> bool:
    """A Django column that fills itself with the present."""
    return any(word.arg in {"auto_now", "auto_now_add"} and getattr(word.value, "value", False) is True for word in call.keywords)


def _handed_over(node: ast.AST) -> str:
    """A clock that is not called but given to somebody who will: `default=timezone.now`."""
    if isinstance(node, ast.keyword) and isinstance(node.value, ast.Attribute) and node.value.attr in {"now", "utcnow", "today"}:
        return f"{node.arg}={ast.unparse(node.value)}"
    return ""


def _docstrings(path: Path) -> set[int]:
    owners = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return {id(node.body[0].value) for node in ast.walk(tree(path)) if isinstance(node, owners) and _opens_with_text(node)}


def _opens_with_text(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(node.body) and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)


def test_nobody_below_the_actions_reads_the_clock():
    modules = [path for path in product_modules() if room(path) not in FLOORS_WITH_A_CLOCK]
    readings = {str(path.relative_to(ROOT)): found for path in modules if (found := clock_readings(path))}
    assert set(readings) == STAMPED


@pytest.mark.parametrize(
    "code",
    [
        "import datetime\ndatetime.datetime.now()",
        "from datetime import datetime as d\nd.utcnow()",
        "import datetime as dt\ndt.date.today()",
        "from time import time\ntime()",
        "from django.utils import timezone\nfield(default=timezone.now)",
        "field(auto_now_add=True)",
        "run('INSERT INTO fact VALUES (now())')",
        "run('SELECT CURRENT_TIMESTAMP')",
    ],
)
def test_a_reading_is_seen(tmp_path: Path, code: str):
    (tmp_path / "module.py").write_text(code)
    assert len(clock_readings(tmp_path / "module.py")) == 1
