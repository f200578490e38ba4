"""A mapping's file: read, validated, and checked for what the types cannot say; all problems at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from smarketing.agreement.documents import Document, Place, parse_document, read_document
from smarketing.connectors.files.mapping import Mapping
from smarketing.journal.checks import SNAKE_CASE
from smarketing.vocabulary.errors import DocumentError
from smarketing.vocabulary.kinds import KINDS
from smarketing.vocabulary.problems import Problem
from smarketing.vocabulary.words import nearest

PREFIX = "SMK-M"
CODES: dict[str, str] = {
    "004": "A kind that is not snake_case (error), or looks like a slip of one with a fixed meaning (warning).",
    "011": "A column that the file, or the file of a lookup, does not have.",
    "012": "A lookup whose file is not there: a warning, and what is looked up is empty.",
}
"""What the numbers beyond those of every document say after `SMK-M`."""


@dataclass(frozen=True, slots=True)
class MappingDocument:
    """A mapping and the document it was read from, for the lines that later problems name."""

    mapping: Mapping
    document: Document
    warnings: list[Problem]


def load_mapping(path: str | Path, *, text: str | None = None) -> MappingDocument:
    """Read a mapping. Raises DocumentError with every problem; `text` replaces the file's content."""
    mapping, problems = read_document(path, Mapping, prefix=PREFIX, checks=[check_kinds], text=text)
    if mapping is None:
        raise DocumentError(problems)
    return MappingDocument(mapping, parse_document(path, prefix=PREFIX, text=text), problems)


def check_kinds(root: Place) -> Iterator[Problem]:
    """The kinds of facts: snake_case; a warning where one is nearly, but not quite, a kind with a fixed meaning."""
    for entry in root.get("files").entries():
        for fact in entry.get("facts").entries():
            kind = fact.get("kind")
            if kind.text is None or "{" in kind.text:
                continue
            if not re.match(SNAKE_CASE, kind.text):
                yield kind.error("004", f'"{kind.text}" is no kind of fact: write it in snake_case, like form_submitted.')
            elif kind.text not in KINDS and (guess := nearest(kind.text, KINDS)):
                yield kind.warning("004", f'"{kind.text}" is a kind of your own. Did you mean "{guess}"?')
