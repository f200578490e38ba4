"""The reference page: every code, every key, and snippets that are valid."""

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from smarketing.agreement import calendars, conditions, models
from smarketing.agreement.checks import check_agreement, load_agreement
from smarketing.agreement.documents import parse_document
from smarketing.agreement.problems.codes import CODES
from smarketing.agreement.values import Clause

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "agreement.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
CLAUSES = [
    clause
    for module in (models, conditions, calendars)
    for clause in vars(module).values()
    if isinstance(clause, type) and issubclass(clause, Clause) and clause is not Clause
]


def keys(clause: type[BaseModel]) -> set[str]:
    return {info.alias or name for name, info in clause.model_fields.items()} - {"="}


def test_the_page_lists_exactly_the_codes():
    listed = dict(re.findall(r"^\| `(SMK-A\d{3})` \| (.*) \|$", PAGE, re.MULTILINE))
    assert listed == CODES


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.split(":")[0])
def test_a_snippet_of_the_page_is_valid(snippet):
    """Put in the place of the same part of the whole example."""
    whole = load_agreement(ROOT / "examples" / "hart_vale" / "agreement.yaml").written
    part = parse_document("page", prefix="SMK-A", text=snippet).data
    agreement, problems = check_agreement("page", text=json.dumps({**whole, **part}))
    assert agreement is not None, [str(problem) for problem in problems]


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.__name__)
def test_every_key_stands_on_the_page(clause):
    assert [key for key in keys(clause) if not re.search(rf"\b{key}\b", PAGE)] == []
