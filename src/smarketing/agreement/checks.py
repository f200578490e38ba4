"""Reading an agreement and listing everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from smarketing.agreement.documents import Check, read_document
from smarketing.agreement.models import Agreement
from smarketing.agreement.problems import clauses, doubts, names
from smarketing.agreement.problems.codes import PREFIX
from smarketing.vocabulary.errors import DocumentError
from smarketing.vocabulary.problems import Problem, errors

CHECKS: tuple[Check, ...] = (*names.CHECKS, *clauses.CHECKS, *doubts.CHECKS)


def check_agreement(path: str | Path, *, text: str | None = None) -> tuple[Agreement | None, list[Problem]]:
    """Every problem of an agreement, in order of line, and the agreement itself when none of them is an error.

    `text` replaces the content of the file (an editor's buffer, a test); `path` then only names it.
    """
    return read_document(path, Agreement, prefix=PREFIX, checks=CHECKS, text=text)


def load_agreement(path: str | Path, *, text: str | None = None) -> Agreement:
    """The agreement in a file; raises DocumentError with all its problems when it cannot be used."""
    agreement, problems = check_agreement(path, text=text)
    if agreement is None:
        raise DocumentError(errors(problems))
    return agreement
